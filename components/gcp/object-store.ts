import { Bucket, type BucketArgs } from "@pulumi/gcp/storage/bucket";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { ObjectStore as ObjectStoreContract } from "../contracts/object-store";
import type { Protection } from "../planning/protection";
import type { Project } from "./project";

const secondsPerDay = 86_400;

/** Days that the service keeps what was deleted for good; the fewest it takes. https://docs.cloud.google.com/storage/docs/soft-delete */
const softDeleteDays = 7;

/** How long no object can be deleted or replaced, by anybody: https://docs.cloud.google.com/storage/docs/bucket-lock */
export interface Retention {
  readonly days: number;
  /** `locked` is for ever: the period can only grow, and the bucket goes when its last object is old enough. */
  readonly mode: "open" | "locked";
}

interface CommonArgs {
  /** The bucket lies in its region. */
  readonly project: Project;
  /** Name of the bucket, unique in the world. */
  readonly bucketName: Input<string>;
  /** Days that a replaced or deleted version can still be brought back; the soft delete of the service adds seven. */
  readonly keepVersionsDays: number;
  /** Key that objects are encrypted with, which Cloud Storage may use. Default: keys of Google. */
  readonly keyId?: Input<string>;
  /** Default: objects can be deleted and replaced at any time. */
  readonly retention?: Retention;
  readonly protection: Protection;
  readonly transform?: (bucket: BucketArgs) => BucketArgs;
}

/** Objects that grow old, each prefix by life cycle rules of its own. */
interface AgingArgs {
  /** Key prefixes, without the slash. */
  readonly prefixes: readonly string[];
  /** Days until an object moves to the class Nearline; at least 30. */
  readonly infrequentAccessAfterDays: number;
  /** Days until an object is deleted. */
  readonly deleteAfterDays: number;
}

/** Objects that stay until somebody deletes them; what was replaced or deleted goes in time. */
interface LastingArgs {
  readonly prefixes: readonly [];
}

export type ObjectStoreArgs = CommonArgs & (AgingArgs | LastingArgs);

/**
 * A private, versioned bucket in the site's region: no object has rights of its own, and none can be made public.
 *
 * Cost: storage per GB and month, older versions and what soft delete keeps included; each request.
 */
export class ObjectStore extends ComponentResource implements ObjectStoreContract {
  readonly kind = "objects";
  readonly resourceIds: readonly Output<string>[];
  /** None: Cloud Storage decrypts by a right of its own. */
  readonly keyId = undefined;
  readonly bucketName: Output<string>;
  readonly prefixes: readonly string[];

  constructor(name: string, args: ObjectStoreArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:ObjectStore", name, {}, opts);
    const { project, protection, retention } = args;
    const bucketArgs: BucketArgs = {
      project: project.id,
      name: args.bucketName,
      // As the API answers: a refresh finds no other location.
      location: project.region.toUpperCase(),
      storageClass: "STANDARD",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      versioning: { enabled: true },
      softDeletePolicy: { retentionDurationSeconds: softDeleteDays * secondsPerDay },
      ...(args.keyId === undefined ? {} : { encryption: { defaultKmsKeyName: args.keyId } }),
      ...(retention === undefined
        ? {}
        : {
            retentionPolicy: {
              retentionPeriod: String(retention.days * secondsPerDay),
              isLocked: retention.mode === "locked",
            },
          }),
      lifecycleRules: [
        ...agingRules(args),
        {
          action: { type: "Delete" },
          condition: { daysSinceNoncurrentTime: args.keepVersionsDays, withState: "ARCHIVED" },
        },
        { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
      ],
      forceDestroy: protection.deleteContents,
    };
    const bucket = new Bucket(`${name}-bucket`, args.transform?.(bucketArgs) ?? bucketArgs, {
      parent: this,
      protect: protection.protect,
    });
    this.resourceIds = [bucket.name];
    this.bucketName = bucket.name;
    this.prefixes = args.prefixes;
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

/** Of live objects alone: the age of a version counts from its creation, so that an old one would go the day it was replaced. */
function agingRules(args: ObjectStoreArgs) {
  if (!("deleteAfterDays" in args)) return [];
  return args.prefixes.flatMap((prefix) => {
    const matching = { matchesPrefixes: [`${prefix}/`], withState: "LIVE" };
    return [
      {
        action: { type: "SetStorageClass", storageClass: "NEARLINE" },
        condition: { ...matching, age: args.infrequentAccessAfterDays, matchesStorageClasses: ["STANDARD"] },
      },
      { action: { type: "Delete" }, condition: { ...matching, age: args.deleteAfterDays } },
    ];
  });
}
