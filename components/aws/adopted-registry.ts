import { getRepositoryOutput } from "@pulumi/aws/ecr/getRepository";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { ImageRegistry } from "../contracts/image-registry";

export interface AdoptedRegistryArgs {
  /** Names of existing repositories in ECR, by the image's key. */
  readonly repositories: Readonly<Record<string, string>>;
}

/** Container repositories on ECR that exist already. */
export class AdoptedRegistry extends ComponentResource implements ImageRegistry {
  readonly kind = "images";
  readonly resourceIds: readonly Output<string>[];
  readonly keyId = undefined;
  readonly repositoryUrls: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: AdoptedRegistryArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:AdoptedRegistry", name, {}, opts);
    const found = Object.entries(args.repositories).map(([id, repository]) => ({
      id,
      repository: getRepositoryOutput({ name: repository }, { parent: this }),
    }));
    this.resourceIds = found.map(({ repository }) => repository.arn);
    this.repositoryUrls = Object.fromEntries(found.map(({ id, repository }) => [id, repository.repositoryUrl]));
    this.registerOutputs({ repositoryUrls: this.repositoryUrls });
  }
}
