import { AdoptedRegistry } from "../components/gcp/adopted-registry";
import { archiveEvents } from "../components/gcp/archive-events";
import { FunctionRuntime } from "../components/gcp/functions";
import { IdentityProvider } from "../components/gcp/identity-provider";
import { ImageRegistry } from "../components/gcp/image-registry";
import { MachineLearning } from "../components/gcp/machine-learning";
import { archiveFunction } from "./portfolio-gcp.parts";
import type { Stores, StoresArgs } from "./portfolio-gcp.stores";

export interface ServicesArgs extends StoresArgs {
  readonly stores: Stores;
  /** Folder with the code of the functions. */
  readonly codeFolder: string;
}

export type Services = ReturnType<typeof createServices>;

/** What the cloud runs by itself: registry of images, functions, log-in for people, training. */
export function createServices(args: ServicesArgs) {
  const { config, project, prefix, ground, stores, protection, providers } = args;
  const onGcp = { providers: { gcp: providers.gcp } };
  const { mfa, signUp, clients } = config.identityProvider;
  return {
    images: imageRegistry(args),
    functions: config.functions.mode === "create" ? functions(args) : undefined,
    identityProvider:
      config.identityProvider.mode === "create"
        ? new IdentityProvider(
            "identity-provider",
            { project, prefix, mfa, signUp, clients, secrets: stores.secrets, protection },
            onGcp,
          )
        : undefined,
    machineLearning:
      config.machineLearning.mode === "create"
        ? new MachineLearning(
            "machine-learning",
            {
              project,
              prefix,
              problem: config.machineLearning.problem,
              target: config.machineLearning.target,
              maxRuntimeMinutes: config.machineLearning.maxRuntimeMinutes,
              lake: lakeOf(stores, "training"),
              keyId: ground.keys.keyIds.data,
            },
            onGcp,
          )
        : undefined,
  };
}

function imageRegistry({ config, project, prefix, ground, protection, providers: { gcp } }: ServicesArgs) {
  const { mode, images, repositories } = config.images;
  const onGcp = { providers: { gcp } };
  switch (mode) {
    case "create":
      return new ImageRegistry(
        "images",
        {
          project,
          prefix,
          repositories: images,
          keyId: ground.keys.keyIds.images,
          readers: { nodes: ground.nodeAccount.member },
          protection,
        },
        onGcp,
      );
    case "adopt":
      return new AdoptedRegistry("images", { project, repositories }, onGcp);
    case "skip":
      return undefined;
  }
}

function functions(args: ServicesArgs) {
  const { config, project, prefix, ground, stores, codeFolder, protection, providers } = args;
  return new FunctionRuntime(
    "functions",
    {
      project,
      prefix,
      functions: { [archiveFunction]: archiveEvents(lakeOf(stores, "functions"), config.functions, {}) },
      codeFolder,
      keyId: ground.keys.keyIds.data,
      protection,
    },
    { providers: { gcp: providers.gcp } },
  );
}

function lakeOf({ lake }: Stores, what: string): NonNullable<Stores["lake"]> {
  if (lake === undefined) throw new Error(`${what} needs the lake`);
  return lake;
}
