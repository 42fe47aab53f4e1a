import { Repository } from "@pulumi/gcp/artifactregistry/repository";
import { RepositoryIamMember } from "@pulumi/gcp/artifactregistry/repositoryIamMember";
import { IAMMember } from "@pulumi/gcp/projects/iammember";
import { Account } from "@pulumi/gcp/serviceaccount/account";
import { Bucket, type BucketArgs } from "@pulumi/gcp/storage/bucket";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember";
import { ComponentResource, all, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import type { Project } from "./project";

export interface FunctionBuildArgs {
  readonly project: Project;
  /** First part of the names; the bucket's begins with the project, since all of Google Cloud shares names of buckets. */
  readonly prefix: string;
  /** Key of code and images; the same as that of the functions. */
  readonly keyId: Input<string>;
  readonly protection: Protection;
  readonly transform?: (bucket: BucketArgs) => BucketArgs;
}

/** Tells whoever looks for what has no backup why this has none. */
const madeAgain = { criticality: "rebuildable" };

/**
 * Where functions are built: a bucket with their code, a repository with what Cloud Build makes of it, and the account it works
 * as, with rights on these two alone. Nothing in it is data: it is made again from the code. It is protected like data all the same,
 * since no function is built without it.
 * https://docs.cloud.google.com/functions/docs/building
 */
export class FunctionBuild extends ComponentResource {
  readonly bucketName: Output<string>;
  readonly repositoryId: Output<string>;
  /** `projects/<project>/serviceAccounts/<address>`, known once it has its rights. */
  readonly accountName: Output<string>;

  constructor(name: string, args: FunctionBuildArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:FunctionBuild", name, {}, opts);
    const { project, prefix, keyId, protection } = args;
    const parent = { parent: this };
    const held = { parent: this, protect: protection.protect };
    const bucketArgs: BucketArgs = {
      project: project.id,
      name: gcpName("resource", project.projectId, prefix, "functions"),
      location: project.region,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      encryption: { defaultKmsKeyName: keyId },
      versioning: { enabled: true },
      labels: madeAgain,
      forceDestroy: protection.deleteContents,
    };
    const bucket = new Bucket(`${name}-code`, args.transform?.(bucketArgs) ?? bucketArgs, held);
    const repository = new Repository(
      `${name}-images`,
      {
        project: project.id,
        location: project.region,
        repositoryId: gcpName("resource", prefix, "functions"),
        format: "DOCKER",
        labels: madeAgain,
        kmsKeyName: keyId,
        vulnerabilityScanningConfig: { enablementConfig: "INHERITED" },
      },
      held,
    );
    const account = new Account(
      `${name}-account`,
      {
        project: project.id,
        accountId: gcpName("serviceAccount", prefix, "build"),
        displayName: "Builds functions",
      },
      parent,
    );
    const { member } = account;
    // https://docs.cloud.google.com/functions/docs/securing/build-custom-sa
    const rights = [
      new BucketIAMMember(`${name}-read`, { bucket: bucket.name, role: "roles/storage.objectViewer", member }, parent),
      new RepositoryIamMember(
        `${name}-push`,
        {
          project: project.id,
          location: project.region,
          repository: repository.repositoryId,
          role: "roles/artifactregistry.writer",
          member,
        },
        parent,
      ),
      new IAMMember(`${name}-log`, { project: project.id, role: "roles/logging.logWriter", member }, parent),
    ];
    this.bucketName = bucket.name;
    this.repositoryId = repository.id;
    this.accountName = all([account.name, all(rights.map(({ urn }) => urn))]).apply(([id]) => id);
    this.registerOutputs({ bucketName: this.bucketName });
  }
}
