import { createHash } from "node:crypto";
import type { BucketObjectv2Args } from "@pulumi/aws/s3";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { Asset, type Properties } from "../../cloud/value";
import { bareArn } from "./arn";
import { requireKey } from "./references";
import { bucketReference } from "./s3";
import { isVersioned } from "./s3-buckets";

// Error codes of this file: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html

type Inputs = Resolved<BucketObjectv2Args>;
type Context = CallContext<Inputs>;

const ENCRYPTION = ["AES256", "aws:kms", "aws:kms:dsse"];

function objectType(token: string): ResourceType {
  return resourceType<BucketObjectv2Args>({
    token,
    service: "S3",
    actions: { create: "PutObject", update: "PutObject", delete: "DeleteObject" },
    references: [bucketReference],
    check,
    create: (context) => {
      const { inputs, scope, urn } = context;
      requireObjectKey(context);
      const bucket = bucketOf(inputs);
      // The provider takes the logical name for the key when none is given.
      const key = inputs.key ?? urn.split("::").at(-1) ?? "";
      if (Buffer.byteLength(key) > 1024) refuse("KeyTooLongError", "Your key is too long: at most 1024 bytes");
      return {
        id: `${bucket}/${key}`,
        outputs: {
          arn: bareArn(scope, "s3", `${bucket}/${key}`),
          key,
          bucket,
          ...written(context),
          serverSideEncryption: inputs.serverSideEncryption ?? (inputs.kmsKeyId === undefined ? "AES256" : "aws:kms"),
          storageClass: inputs.storageClass ?? "STANDARD",
        },
      };
    },
    update: (context) => {
      requireObjectKey(context);
      return written(context);
    },
  });
}

function bucketOf({ bucket }: Inputs): string {
  return typeof bucket === "string" ? bucket : "";
}

function requireObjectKey(context: Context): void {
  const error = { code: "KMS.NotFoundException", message: "Invalid keyId '{value}'" };
  requireKey(context, context.inputs.kmsKeyId, error);
}

function check({ inputs, isUnknown, refuse: report }: CheckContext<Inputs>): void {
  const given = (["source", "content", "contentBase64"] as const).filter(
    (each) => inputs[each] !== undefined || isUnknown(each),
  );
  if (given.length > 1) report(given[1] ?? "", `conflicts with ${given[0] ?? ""}: give one of the three`);
  const encryption = inputs.serverSideEncryption;
  if (encryption !== undefined && !ENCRYPTION.includes(encryption)) {
    report("serverSideEncryption", `expected one of ${ENCRYPTION.join(", ")}, got ${encryption}`);
  }
  if (encryption === "AES256" && inputs.kmsKeyId !== undefined) {
    report("kmsKeyId", "InvalidArgument: a KMS key is not applicable if the algorithm is not aws:kms");
  }
  if (inputs.kmsKeyId !== undefined && inputs.etag !== undefined) {
    report("etag", "conflicts with kmsKeyId: the ETag of an object under a KMS key is not its MD5");
  }
}

/** What a write gives: the ETag, which is the MD5 of what was written unless a KMS key encrypts it, and a version. */
function written({ inputs, cloud, hex }: Context): Properties {
  const body = contentOf(inputs);
  const isKeyed = inputs.kmsKeyId !== undefined || (inputs.serverSideEncryption ?? "").startsWith("aws:kms");
  const salt = isKeyed ? hex(32) : "";
  const version = createHash("sha256")
    .update(body)
    .update(JSON.stringify(inputs.metadata ?? {}))
    .update(hex(32));
  return {
    etag: createHash("md5").update(salt).update(body).digest("hex"),
    versionId: isVersioned(cloud, bucketOf(inputs)) ? version.digest("base64url").slice(0, 32) : "",
  };
}

/** Of a file the cloud knows the hash alone, which stands for its content here. */
function contentOf({ content, contentBase64, source }: Inputs): Buffer {
  if (contentBase64 !== undefined) return Buffer.from(contentBase64, "base64");
  const file: unknown = source;
  return Buffer.from(content ?? (file instanceof Asset ? file.hash : ""));
}

export const s3ObjectTypes: readonly ResourceType[] = [
  objectType("aws:s3/bucketObjectv2:BucketObjectv2"),
  objectType("aws:s3/bucketObject:BucketObject"),
];
