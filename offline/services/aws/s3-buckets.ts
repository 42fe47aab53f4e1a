import type { CloudView, StoredResource } from "../../cloud/cloud";
import { isProperties } from "../../cloud/value";
import { bareArn } from "./arn";
import { grantsService, type PolicyRequest } from "./resource-policy";
import { BUCKET, BUCKET_V2 } from "./types";

const BUCKET_VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
export const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
export const BUCKET_REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
export const BUCKET_OBJECT_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";

/** The bucket of this name, in whatever region: bucket names are one namespace. */
export function bucketNamed(cloud: CloudView, name: string): StoredResource | undefined {
  return [BUCKET, BUCKET_V2].flatMap((type) => cloud.list(type, "anywhere")).find(({ id }) => id === name);
}

/** A bucket with object lock is versioned from the start: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
export function isVersioned(cloud: CloudView, name: string): boolean {
  if (hasObjectLock(cloud, name)) return true;
  const inline = bucketNamed(cloud, name)?.inputs["versioning"];
  if (isProperties(inline) && inline["enabled"] === true) return true;
  return configurations(cloud, BUCKET_VERSIONING, name).some(({ inputs }) => {
    const configuration = inputs["versioningConfiguration"];
    return isProperties(configuration) && configuration["status"] === "Enabled";
  });
}

/** Whether object lock is on, from the bucket's creation or since. It can never be turned off. */
function hasObjectLock(cloud: CloudView, name: string): boolean {
  return (
    bucketNamed(cloud, name)?.inputs["objectLockEnabled"] === true ||
    configurations(cloud, BUCKET_OBJECT_LOCK, name).length > 0
  );
}

/** Why the versioning of a bucket cannot be suspended now. Undefined: it can. */
export function versioningHolder(cloud: CloudView, name: string): "replication" | "object lock" | undefined {
  if (configurations(cloud, BUCKET_REPLICATION, name).length > 0) return "replication";
  return hasObjectLock(cloud, name) ? "object lock" : undefined;
}

/** Whether the bucket's policy lets a service make the call on `path` below it (the bucket itself without one). */
export function bucketGrants(
  cloud: CloudView,
  name: string,
  request: Omit<PolicyRequest, "resource"> & { readonly path?: string },
): boolean {
  const bucket = bucketNamed(cloud, name);
  if (bucket === undefined) return false;
  const arn = bareArn(bucket.scope, "s3", name);
  const resource = request.path === undefined ? arn : `${arn}/${request.path}`;
  const policies = configurations(cloud, BUCKET_POLICY, name).map(({ inputs }) => inputs["policy"]);
  return [bucket.inputs["policy"], ...policies].some((policy) => grantsService(policy, { ...request, resource }));
}

function configurations(cloud: CloudView, type: string, name: string): readonly StoredResource[] {
  return cloud.list(type, "anywhere").filter(({ inputs }) => inputs["bucket"] === name);
}
