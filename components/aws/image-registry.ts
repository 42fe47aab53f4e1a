import { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy";
import { Repository, type RepositoryArgs } from "@pulumi/aws/ecr/repository";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { ImageRegistry as ImageRegistryContract } from "../contracts/image-registry";
import type { Protection } from "../planning/protection";

export interface ImageRegistryArgs {
  /** First part of every repository's name: `<prefix>/<repository>`. */
  readonly prefix: string;
  readonly repositories: readonly string[];
  readonly keyArn: Input<string>;
  readonly protection: Protection;
  readonly transform?: (repository: RepositoryArgs, id: string) => RepositoryArgs;
}

/** What is kept: releases can be rolled back far, leftovers of builds go early. */
const lifecyclePolicy = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: "Images without a tag for 14 days",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 },
      action: { type: "expire" },
    },
    {
      rulePriority: 2,
      description: "The last 100 images",
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 100 },
      action: { type: "expire" },
    },
  ],
});

/** Container repositories on ECR: a tag never moves, every push is scanned, images are encrypted with a key of the stack. */
export class ImageRegistry extends ComponentResource implements ImageRegistryContract {
  readonly kind = "images";
  readonly resourceIds: readonly Output<string>[];
  /** None: ECR decrypts by a grant of its own. */
  readonly keyId = undefined;
  readonly repositoryUrls: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: ImageRegistryArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:ImageRegistry", name, {}, opts);
    const arns: Output<string>[] = [];
    const urls: Record<string, Output<string>> = {};
    for (const id of args.repositories) {
      const repositoryArgs: RepositoryArgs = {
        name: `${args.prefix}/${id}`,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: args.keyArn }],
        forceDelete: args.protection.deleteContents,
      };
      const repository = new Repository(`${name}-${id}`, args.transform?.(repositoryArgs, id) ?? repositoryArgs, {
        parent: this,
        protect: args.protection.protect,
      });
      new LifecyclePolicy(
        `${name}-${id}-lifecycle`,
        { repository: repository.name, policy: lifecyclePolicy },
        { parent: this },
      );
      arns.push(repository.arn);
      urls[id] = repository.repositoryUrl;
    }
    this.resourceIds = arns;
    this.repositoryUrls = urls;
    this.registerOutputs({ repositoryUrls: urls });
  }
}
