import { AdoptedRegistry } from "../components/aws/adopted-registry";
import { archiveEvents } from "../components/aws/archive-events";
import { FunctionRuntime } from "../components/aws/functions";
import { IdentityProvider } from "../components/aws/identity-provider";
import { ImageRegistry } from "../components/aws/image-registry";
import { MachineLearning } from "../components/aws/machine-learning";
import type { StoresArgs, Stores } from "./portfolio-aws.stores";
import { archiveFunction } from "./portfolio-aws.parts";

export interface ServicesArgs extends Omit<StoresArgs, "logGroups"> {
  readonly stores: Stores;
  /** Folder with the code of the functions. */
  readonly codeFolder: string;
}

export type Services = ReturnType<typeof createServices>;

/** What the cloud runs by itself: registry of images, functions, log-in for people, training. */
export function createServices(args: ServicesArgs) {
  const { config, account, prefix, protection, providers, stores } = args;
  const { aws } = providers;
  return {
    images: imageRegistry(args),
    functions: config.functions.mode === "create" ? functions(args) : undefined,
    identityProvider:
      config.identityProvider.mode === "create"
        ? new IdentityProvider(
            "identity-provider",
            {
              account,
              prefix,
              ...identityProviderArgs(config.identityProvider),
              secrets: stores.secrets,
              protection,
            },
            { providers: { aws } },
          )
        : undefined,
    machineLearning: config.machineLearning.mode === "create" ? machineLearning(args) : undefined,
  };
}

function imageRegistry({ config, prefix, keys, protection, providers }: ServicesArgs) {
  const { mode, images, repositories } = config.images;
  const onAws = { providers: { aws: providers.aws } };
  switch (mode) {
    case "create":
      return new ImageRegistry(
        "images",
        { prefix, repositories: images, keyArn: keys.keyIds.images, protection },
        onAws,
      );
    case "adopt":
      return new AdoptedRegistry("images", { repositories }, onAws);
    case "skip":
      return undefined;
  }
}

function identityProviderArgs(settings: ServicesArgs["config"]["identityProvider"]) {
  const { mfa, signUp, threatProtection, clients, apis, groups } = settings;
  const { accessTokenMinutes, idTokenMinutes, refreshTokenDays } = settings;
  return {
    mfa,
    signUp,
    threatProtection,
    clients,
    apis,
    groups,
    tokens: { accessMinutes: accessTokenMinutes, idMinutes: idTokenMinutes, refreshDays: refreshTokenDays },
  };
}

function functions(args: ServicesArgs): FunctionRuntime {
  const { config, account, prefix, network, securityGroups, keys, protection, providers, stores, codeFolder } = args;
  const { events, lake } = stores;
  if (events === undefined || lake === undefined) throw new Error("functions need the event stream and the lake");
  return new FunctionRuntime(
    "functions",
    {
      account,
      prefix,
      functions: { [archiveFunction]: archiveEvents(lake, config.functions) },
      codeFolder,
      events,
      secretsKeyArn: stores.secrets.keyId,
      network,
      securityGroupId: securityGroups.idOf("functions"),
      keyArn: keys.keyIds.data,
      logsKeyArn: keys.keyIds.logs,
      protection,
    },
    { providers: { aws: providers.aws } },
  );
}

function machineLearning(args: ServicesArgs): MachineLearning {
  const { config, account, prefix, network, securityGroups, keys, protection, providers, stores } = args;
  const { lake } = stores;
  if (lake === undefined) throw new Error("training needs the lake");
  return new MachineLearning(
    "machine-learning",
    {
      account,
      prefix,
      problem: config.machineLearning.problem,
      target: config.machineLearning.target,
      maxRuntimeMinutes: config.machineLearning.maxRuntimeMinutes,
      lake,
      network,
      securityGroupId: securityGroups.idOf("training"),
      keyArn: keys.keyIds.data,
      protection,
    },
    { providers: { aws: providers.aws } },
  );
}
