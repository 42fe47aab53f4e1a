import { getRegistry } from "@pulumi/azure-native/containerregistry/getRegistry";
import { ComponentResource, interpolate, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { ImageRegistry } from "../contracts/image-registry";
import { existing } from "../planning/existing";

export interface AdoptedRegistryArgs {
  /** Resource group of the registry. */
  readonly groupName: string;
  readonly registryName: string;
  /** Names of repositories in it, by the image's key. */
  readonly repositories: Readonly<Record<string, string>>;
}

/** A container registry that exists already. */
export class AdoptedRegistry extends ComponentResource implements ImageRegistry {
  readonly kind = "images";
  readonly resourceIds: readonly Output<string>[];
  readonly keyId = undefined;
  readonly repositoryUrls: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: AdoptedRegistryArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:AdoptedRegistry", name, {}, opts);
    const found = output(
      existing(
        getRegistry({ resourceGroupName: args.groupName, registryName: args.registryName }, { parent: this }),
        `registry "${args.registryName}" of ${args.groupName}`,
        "correct images.registry, or set images.mode to create",
      ),
    );
    this.resourceIds = [found.id];
    this.repositoryUrls = Object.fromEntries(
      Object.entries(args.repositories).map(([id, repository]) => [
        id,
        interpolate`${found.loginServer}/${repository}`,
      ]),
    );
    this.registerOutputs({ repositoryUrls: this.repositoryUrls });
  }
}
