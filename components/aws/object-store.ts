import { Bucket, type BucketArgs } from "@pulumi/aws/s3/bucket";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import { BucketOwnershipControls } from "@pulumi/aws/s3/bucketOwnershipControls";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import {
  ComponentResource,
  interpolate,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { ObjectStore as ObjectStoreContract } from "../contracts/object-store";
import type { Protection } from "../planning/protection";
import { policyDocument, type Statement } from "./policy-document";

interface CommonArgs {
  /** Name of the bucket, unique among all accounts. */
  readonly bucketName: Input<string>;
  /** Days that a replaced or deleted version can still be brought back. */
  readonly keepVersionsDays: number;
  /** Key that objects are encrypted with. Default: keys of S3 itself (SSE-S3). */
  readonly keyArn?: Input<string>;
  /** What services may do with the bucket, given its ARN. Default: nothing. */
  readonly policy?: (bucketArn: Output<string>) => readonly Statement[];
  readonly protection: Protection;
  readonly transform?: (bucket: BucketArgs) => BucketArgs;
}

/** Objects that grow old, each prefix by a life cycle rule of its own. */
interface AgingArgs {
  /** Key prefixes, without the slash. */
  readonly prefixes: readonly string[];
  /** Days until an object moves to Infrequent Access; at least 30. */
  readonly infrequentAccessAfterDays: number;
  /** Days until an object is deleted. */
  readonly deleteAfterDays: number;
}

/** Objects that stay until somebody deletes them; what was replaced or deleted goes in time. */
interface LastingArgs {
  readonly prefixes: readonly [];
}

export type ObjectStoreArgs = CommonArgs & (AgingArgs | LastingArgs);

/** A private, versioned bucket that answers over TLS only and encrypts every object. */
export class ObjectStore extends ComponentResource implements ObjectStoreContract {
  readonly kind = "objects";
  readonly resourceIds: readonly Output<string>[];
  /** None with S3's own keys, which take no right of the reader. */
  readonly keyId: Output<string> | undefined;
  readonly bucketName: Output<string>;
  /** Who may use the bucket: a service that checks its rights is made after it. */
  readonly accessPolicy: Resource;
  readonly prefixes: readonly string[];
  /**
   * The right to list, read, write and delete objects under the prefixes. Older versions stay out of reach, so that whatever is
   * replaced or deleted with it can be brought back.
   */
  readonly objectAccess: readonly Statement[];

  constructor(name: string, args: ObjectStoreArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:ObjectStore", name, {}, opts);
    const parent = { parent: this };
    const bucketArgs: BucketArgs = { bucket: args.bucketName, forceDestroy: args.protection.deleteContents };
    const bucket = new Bucket(`${name}-bucket`, args.transform?.(bucketArgs) ?? bucketArgs, {
      parent: this,
      protect: args.protection.protect,
    });
    const versioning = new BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      parent,
    );
    new BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket: bucket.bucket, rules: [encryption(args.keyArn)] },
      parent,
    );
    new BucketOwnershipControls(
      `${name}-ownership`,
      { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      parent,
    );
    const privacy = new BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      parent,
    );
    this.accessPolicy = new BucketPolicy(
      `${name}-policy`,
      {
        bucket: bucket.bucket,
        policy: policyDocument([
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [bucket.arn, interpolate`${bucket.arn}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
          ...(args.policy?.(bucket.arn) ?? []),
        ]),
      },
      // S3 answers 409 when both are written at once.
      { parent: this, dependsOn: [privacy] },
    );
    new BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        rules: [
          ...versionRules(args),
          {
            id: "incomplete-uploads",
            status: "Enabled",
            filter: { prefix: "" },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      // A rule for old versions needs versioning to be on.
      { parent: this, dependsOn: [versioning] },
    );
    this.resourceIds = [bucket.arn];
    this.keyId = args.keyArn === undefined ? undefined : output(args.keyArn);
    this.bucketName = bucket.bucket;
    this.prefixes = args.prefixes;
    this.objectAccess = objectAccess(bucket.arn, args.prefixes);
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

function versionRules(args: ObjectStoreArgs) {
  const noncurrentVersionExpiration = { noncurrentDays: args.keepVersionsDays };
  if (!("deleteAfterDays" in args)) {
    return [
      {
        id: "old-versions",
        status: "Enabled",
        filter: { prefix: "" },
        noncurrentVersionExpiration,
        expiration: { expiredObjectDeleteMarker: true },
      },
    ];
  }
  return args.prefixes.map((prefix) => ({
    id: prefix,
    status: "Enabled",
    filter: { prefix: `${prefix}/` },
    transitions: [{ days: args.infrequentAccessAfterDays, storageClass: "STANDARD_IA" }],
    expiration: { days: args.deleteAfterDays },
    noncurrentVersionExpiration,
  }));
}

/** A bucket key spares a call of KMS for each object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html */
function encryption(keyArn: Input<string> | undefined) {
  if (keyArn === undefined) return { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
  return {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
    bucketKeyEnabled: true,
  };
}

function objectAccess(bucketArn: Output<string>, prefixes: readonly string[]): readonly Statement[] {
  return [
    {
      Sid: "List",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucketArn,
      Condition: { StringLike: { "s3:prefix": prefixes.map((prefix) => `${prefix}/*`) } },
    },
    {
      Sid: "Objects",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"],
      Resource: prefixes.map((prefix) => interpolate`${bucketArn}/${prefix}/*`),
    },
  ];
}
