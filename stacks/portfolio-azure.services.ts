import { AdoptedRegistry } from "../components/azure/adopted-registry";
import { archiveEvents } from "../components/azure/archive-events";
import { FunctionRuntime } from "../components/azure/functions";
import { IdentityProvider } from "../components/azure/identity-provider";
import { ImageRegistry } from "../components/azure/image-registry";
import { MachineLearning } from "../components/azure/machine-learning";
import type { ClusterEvents } from "../components/kubernetes/cluster-events";
import { inRole } from "../components/planning/role";
import { archiveFunction } from "./portfolio-azure.parts";
import type { Stores, StoresArgs } from "./portfolio-azure.stores";

/** The registry, made or adopted; it comes before the cluster, whose nodes pull from it. */
export function imageRegistry({ config, place, prefix, ground, protection, providers }: StoresArgs) {
  const { mode, images, repositories, registry } = config.images;
  const onAzure = { providers: { "azure-native": providers["azure-native"] } };
  switch (mode) {
    case "create":
      return new ImageRegistry(
        "images",
        {
          prefix,
          place,
          repositories: images,
          key: ground.keys.keys.images,
          network: ground.network,
          dns: ground.privateDns,
          logs: ground.logs,
          protection,
        },
        onAzure,
      );
    case "adopt":
      if (registry === undefined) throw new Error("images.mode is adopt, and no registry is named");
      return new AdoptedRegistry(
        "images",
        { groupName: registry.resourceGroup, registryName: registry.name, repositories },
        onAzure,
      );
    case "skip":
      return undefined;
  }
}

export interface ServicesArgs extends StoresArgs {
  readonly stores: Stores;
  readonly events: ClusterEvents | undefined;
}

export type Services = ReturnType<typeof createServices>;

/** What the cloud runs by itself: functions, log-in for people, training. */
export function createServices(args: ServicesArgs) {
  const { config, place, protection, providers } = args;
  const { identityProvider } = config;
  return {
    functions: config.functions.mode === "create" ? functions(args) : undefined,
    identityProvider:
      identityProvider.mode === "create"
        ? new IdentityProvider(
            "identity-provider",
            {
              place,
              tenantName: identityProvider.tenantName,
              displayName: identityProvider.displayName,
              dataPlace: identityProvider.dataPlace,
              countryCode: identityProvider.countryCode,
              clients: identityProvider.clients,
              protection,
            },
            { providers: { "azure-native": providers["azure-native"] } },
          )
        : undefined,
    machineLearning: config.machineLearning.mode === "create" ? machineLearning(args) : undefined,
  };
}

function functions(args: ServicesArgs): FunctionRuntime {
  const { config, place, prefix, ground, stores, events, protection, providers } = args;
  const { mode: _mode, ...sizes } = inRole(config.functions, config.role);
  if (events === undefined) throw new Error("functions need the event stream");
  return new FunctionRuntime(
    "functions",
    {
      place,
      prefix,
      network: ground.network,
      dns: ground.privateDns,
      functions: { [archiveFunction]: archiveEvents(lakeOf(stores, "functions"), sizes) },
      stream: {
        bootstrapServers: events.plannedBootstrapServers,
        topicNames: Object.fromEntries(Object.keys(config.events.topics).map((topic) => [topic, topic])),
        username: events.username,
        password: events.password,
        authority: events.certificateAuthority,
      },
      secrets: stores.secrets,
      renewBy: config.vaults.renewSecretsBy,
      key: ground.keys.keys.data,
      logs: ground.logs,
      protection,
    },
    { providers: { "azure-native": providers["azure-native"] } },
  );
}

function machineLearning({ config, place, prefix, ground, stores, protection, providers }: ServicesArgs) {
  const { problem, target, maxRuntimeMinutes, machine, machines } = config.machineLearning;
  return new MachineLearning(
    "machine-learning",
    {
      place,
      prefix,
      network: ground.network,
      dns: ground.privateDns,
      problem,
      target,
      maxRuntimeMinutes,
      machine,
      machines,
      lake: lakeOf(stores, "training"),
      key: ground.keys.keys.data,
      logs: ground.logs,
      protection,
    },
    { providers: { "azure-native": providers["azure-native"] } },
  );
}

function lakeOf({ lake }: Stores, what: string): NonNullable<Stores["lake"]> {
  if (lake === undefined) throw new Error(`${what} needs the lake`);
  return lake;
}
