import { Repository, type RepositoryArgs } from "@pulumi/gcp/artifactregistry/repository";
import { RepositoryIamMember } from "@pulumi/gcp/artifactregistry/repositoryIamMember";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { ImageRegistry as ImageRegistryContract } from "../contracts/image-registry";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import type { Project } from "./project";

export interface ImageRegistryArgs {
  readonly project: Project;
  /** First part of every repository's name: `<prefix>-<repository>`. */
  readonly prefix: string;
  readonly repositories: readonly string[];
  readonly keyId: Input<string>;
  /** Members that pull from every repository, by a name that never changes: nodes, for one. Default: none. */
  readonly readers?: Readonly<Record<string, Input<string>>>;
  readonly protection: Protection;
  readonly transform?: (repository: RepositoryArgs, id: string) => RepositoryArgs;
}

/**
 * What is kept: releases can be rolled back far, leftovers of builds go early. What a rule keeps, none deletes:
 * https://docs.cloud.google.com/artifact-registry/docs/repositories/cleanup-policy
 */
const cleanupPolicies = [
  { id: "keep-last-100", action: "KEEP", mostRecentVersions: { keepCount: 100 } },
  { id: "untagged", action: "DELETE", condition: { tagState: "UNTAGGED", olderThan: `${String(14 * 86_400)}s` } },
  { id: "old", action: "DELETE", condition: { tagState: "ANY", olderThan: `${String(90 * 86_400)}s` } },
];

/**
 * Container repositories on Artifact Registry: a tag never moves, every push is scanned, images are encrypted with a key of the
 * stack. A repository holds one image, of the same name.
 *
 * Cost: storage per GB, and each image that is scanned.
 */
export class ImageRegistry extends ComponentResource implements ImageRegistryContract {
  readonly kind = "images";
  readonly resourceIds: readonly Output<string>[];
  /** None: Artifact Registry decrypts by a right of its own. */
  readonly keyId = undefined;
  readonly repositoryUrls: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: ImageRegistryArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:ImageRegistry", name, {}, opts);
    const { project, protection } = args;
    const ids: Output<string>[] = [];
    const urls: Record<string, Output<string>> = {};
    for (const id of args.repositories) {
      const repositoryArgs: RepositoryArgs = {
        project: project.id,
        location: project.region,
        repositoryId: gcpName("resource", args.prefix, id),
        format: "DOCKER",
        dockerConfig: { immutableTags: true },
        kmsKeyName: args.keyId,
        vulnerabilityScanningConfig: { enablementConfig: "INHERITED" },
        cleanupPolicies,
        cleanupPolicyDryRun: false,
      };
      const repository = new Repository(`${name}-${id}`, args.transform?.(repositoryArgs, id) ?? repositoryArgs, {
        parent: this,
        protect: protection.protect,
      });
      for (const [reader, member] of Object.entries(args.readers ?? {})) {
        new RepositoryIamMember(
          `${name}-${id}-${reader}`,
          {
            project: project.id,
            location: project.region,
            repository: repository.repositoryId,
            role: "roles/artifactregistry.reader",
            member,
          },
          { parent: this },
        );
      }
      ids.push(repository.id);
      urls[id] = interpolate`${repository.registryUri}/${id}`;
    }
    this.resourceIds = ids;
    this.repositoryUrls = urls;
    this.registerOutputs({ repositoryUrls: urls });
  }
}
