import { getRepository } from "@pulumi/gcp/artifactregistry/getRepository";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { ImageRegistry } from "../contracts/image-registry";
import { existing } from "../planning/existing";
import type { Project } from "./project";

export interface AdoptedRegistryArgs {
  readonly project: Project;
  /** Existing repositories of Artifact Registry in the region, and the image in each, by the image's key. */
  readonly repositories: Readonly<Record<string, { readonly repository: string; readonly image: string }>>;
}

/** Container repositories on Artifact Registry that exist already. The nodes' right to pull is their owner's to give. */
export class AdoptedRegistry extends ComponentResource implements ImageRegistry {
  readonly kind = "images";
  readonly resourceIds: readonly Output<string>[];
  readonly keyId = undefined;
  readonly repositoryUrls: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: AdoptedRegistryArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:AdoptedRegistry", name, {}, opts);
    const { project } = args;
    const found = Object.entries(args.repositories).map(([id, { repository, image }]) => ({
      id,
      image,
      repository: project.id.apply((projectId) =>
        existing(
          getRepository({ repositoryId: repository, location: project.region, project: projectId }, { parent: this }),
          `repository "${repository}"`,
          `name one of ${project.region} in images.repositories.${id}.repository`,
        ),
      ),
    }));
    this.resourceIds = found.map(({ repository }) => repository.id);
    this.repositoryUrls = Object.fromEntries(
      found.map(({ id, image, repository }) => [id, interpolate`${repository.registryUri}/${image}`]),
    );
    this.registerOutputs({ repositoryUrls: this.repositoryUrls });
  }
}
