import type { BucketArgs } from "@pulumi/aws/s3";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type NameRule,
  type Reference,
  type ResourceType,
} from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { bareArn } from "./arn";
import { BUCKET, BUCKET_V2 } from "./types";

// Error codes of this file: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const NAME_PATTERN = new RegExp(
  "^(?!xn--|sthree-|amzn-s3-demo-)(?!\\d+\\.\\d+\\.\\d+\\.\\d+$)(?!.*\\.\\.)" +
    "(?!.*(-s3alias|--ol-s3|\\.mrap|--x-s3|--table-s3)$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
);

const bucketName: NameRule = {
  property: "bucket",
  spell: (name) => name.toLowerCase(),
  pattern: NAME_PATTERN,
  rule: "InvalidBucketName: 3 to 63 lower-case letters, digits, dots and hyphens, no address, none of the reserved prefixes and suffixes",
  source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
  maxLength: 63,
};

const OBJECT_TYPES = [
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:s3/bucketObject:BucketObject",
  "aws:s3/objectCopy:ObjectCopy",
];

const NO_SUCH_BUCKET = { code: "NoSuchBucket", message: "The specified bucket does not exist: {value}" };

/** A configuration of a bucket goes with it. */
export const bucketReference: Reference = {
  path: "bucket",
  to: [BUCKET, BUCKET_V2],
  missing: NO_SUCH_BUCKET,
  holds: false,
};

function bucketType(token: string): ResourceType {
  return resourceType<BucketArgs>({
    token,
    service: "S3",
    actions: { create: "CreateBucket", update: "PutBucketTagging", delete: "DeleteBucket" },
    name: bucketName,
    check: (context) => {
      const { inputs, scope } = context;
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
      const name = inputs.bucket;
      if (name === undefined) return;
      const suffix = `-${scope.account}-${scope.region}-an`;
      if (inputs.bucketNamespace === "account-regional" && !name.endsWith(suffix)) {
        context.refuse("bucket", `InvalidBucketName: a bucket of the account-regional namespace ends with ${suffix}`);
      }
      if (inputs.bucketNamespace !== "account-regional" && name.endsWith("-an")) {
        context.refuse("bucket", `InvalidBucketName: the ending -an is kept for the account-regional namespace`);
      }
    },
    create: (context) => {
      const { inputs, scope, cloud } = context;
      const name = inputs.bucket ?? "";
      const taken = holderOf(cloud, name);
      if (taken !== undefined) {
        const own = taken.scope.account === scope.account;
        refuse(
          own ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists",
          own
            ? `Your previous request to create the named bucket succeeded and you already own it: ${name}`
            : `The requested bucket name is not available. The bucket namespace is shared by all users of the system: ${name}`,
        );
      }
      return { id: name, outputs: bucketOutputs(context, name) };
    },
    delete: (context) => {
      const { resource, cloud, effects } = context;
      const objects = OBJECT_TYPES.flatMap((type) => cloud.list(type)).filter(
        (each) => each.inputs["bucket"] === resource.id,
      );
      const first = objects[0];
      if (first === undefined) return;
      if (resource.inputs["forceDestroy"] !== true) {
        refuse("BucketNotEmpty", `The bucket you tried to delete is not empty: ${resource.id} (${first.id})`);
      }
      for (const object of objects) effects.remove(object);
    },
  });
}

function holderOf(cloud: CloudView, name: string): StoredResource | undefined {
  return [BUCKET, BUCKET_V2].flatMap((type) => cloud.list(type, "anywhere")).find((other) => other.id === name);
}

function bucketOutputs({ scope }: Pick<CallContext<unknown>, "scope">, name: string): Properties {
  return {
    bucket: name,
    arn: bareArn(scope, "s3", name),
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${scope.region}.amazonaws.com`,
    bucketRegion: scope.region,
    // Hosted zone of the website endpoints of us-east-1; other regions have others, and none is used without a website.
    hostedZoneId: "Z3AQBSTGFYJSTF",
    acl: "private",
    requestPayer: "BucketOwner",
    websiteDomain: "",
    websiteEndpoint: "",
  };
}

export const s3Types: readonly ResourceType[] = [bucketType(BUCKET), bucketType(BUCKET_V2)];
