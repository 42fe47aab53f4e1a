import type { SecretArgs } from "@pulumi/aws/secretsmanager";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { CallContext, Resolved } from "../../cloud/resource-type";
import { isList, type Properties } from "../../cloud/value";
import { findKey } from "./references";
import { inRegion } from "./regional-view";
import { isRegion } from "./regions";
import { text } from "./text";
import { SECRET } from "./types";

// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html

type Context = CallContext<Resolved<SecretArgs>>;
type Replica = NonNullable<Resolved<SecretArgs>["replicas"]>[number];

export function replicasIn(secret: StoredResource): readonly Replica[] {
  const replicas = secret.inputs["replicas"];
  return isList(replicas) ? (replicas as unknown as readonly Replica[]) : [];
}

/** https://github.com/aws-samples/aws-health-aware/pull/32 */
export function checkReplicaRegions(replicas: readonly Replica[], own: string): void {
  const regions = replicas.map(({ region }) => region);
  const isTwice = new Set(regions).size < regions.length;
  if (isTwice || regions.some((region) => region === own || !isRegion(region))) {
    refuse("InvalidParameterException", "Invalid replica region.");
  }
}

/** A value or a policy is given to the primary only. https://github.com/gruntwork-io/cloud-nuke/issues/435 */
export function requireOwnRegion(secret: StoredResource | undefined): void {
  if (secret?.outputs["primaryRegion"] === undefined) return;
  refuse(
    "InvalidParameterException",
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  );
}

/**
 * Makes the copies, and removes those that are no longer asked for. Secrets Manager makes the secret all the same when a copy
 * fails, and says so in the copy's status alone: here it is a problem of the secret, so that nobody counts on that copy.
 */
export function replicateSecret(
  context: Context,
  primaryArn: string,
  before: readonly Replica[],
): { readonly replicas: readonly Properties[]; readonly problems: readonly string[] } {
  const { inputs, effects, scope } = context;
  const wanted = inputs.replicas ?? [];
  const same = (one: Replica) => (other: Replica) => one.region === other.region && one.kmsKeyId === other.kmsKeyId;
  removeReplicas(
    context,
    primaryArn,
    before.filter((replica) => !wanted.some(same(replica))),
  );
  const problems: string[] = [];
  const replicas = wanted.map((replica): Properties => {
    const { region, kmsKeyId = "alias/aws/secretsmanager" } = replica;
    const there = inRegion(context, region);
    const id = arnIn(primaryArn, region);
    const problem = problemOf(context, replica, id);
    if (problem === undefined) {
      effects.put({
        type: SECRET,
        id,
        scope: there.scope,
        inputs: { name: inputs.name ?? "", kmsKeyId },
        outputs: { arn: id, name: inputs.name ?? "", kmsKeyId, primaryRegion: scope.region, region },
      });
    } else {
      problems.push(`the replica in ${region} failed: ${problem}`);
    }
    return {
      region,
      kmsKeyId,
      lastAccessedDate: "",
      status: problem === undefined ? "InSync" : "Failed",
      statusMessage: problem ?? "",
    };
  });
  return { replicas, problems };
}

/** The status message of a copy that cannot be made. */
function problemOf(context: Context, { region, kmsKeyId }: Replica, id: string): string | undefined {
  const { inputs, scope } = context;
  const { cloud } = inRegion(context, region);
  const other = cloud.list(SECRET).find(({ inputs: { name } }) => name === inputs.name);
  if (other !== undefined && other.id !== id) {
    if (inputs.forceOverwriteReplicaSecret !== true) return "Secret with this name already exists in this region";
    context.effects.remove(other);
  }
  // https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1459
  if (kmsKeyId !== undefined && findKey(cloud, scope.account, kmsKeyId) === undefined) {
    return `The KMS key ${kmsKeyId} does not exist in ${region}`;
  }
  return undefined;
}

/** A copy is gone at once, without a recovery window. */
export function removeReplicas(context: Context, primaryArn: string, replicas: readonly Replica[]): void {
  for (const { region } of replicas) {
    const copy = inRegion(context, region).cloud.find(SECRET, arnIn(primaryArn, region));
    if (copy !== undefined && text(copy.outputs["primaryRegion"]) === context.scope.region)
      context.effects.remove(copy);
  }
}

/** The ARN of a copy has the suffix of the primary's. */
function arnIn(primaryArn: string, region: string): string {
  return primaryArn
    .split(":")
    .map((part, index) => (index === 3 ? region : part))
    .join(":");
}
