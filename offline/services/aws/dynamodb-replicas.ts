import type { TableReplicaArgs } from "@pulumi/aws/dynamodb";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Effects, type Resolved, type Scope } from "../../cloud/resource-type";
import { isProperties, type Properties } from "../../cloud/value";
import { arn, parseArn } from "./arn";
import { invalid, type TableInputs } from "./dynamodb-checks";
import { requireKey } from "./references";
import { inRegion } from "./regional-view";
import { isRegion } from "./regions";
import { text } from "./text";

// Global tables of version 2019.11.21: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html

export const TABLE = "aws:dynamodb/table:Table";

type Replica = NonNullable<TableInputs["replicas"]>[number];
type Context = CallContext<unknown>;

/** ARN, stream and label of a table's copy in one region. A label is the time at which the stream was turned on. */
export function streamOf(context: Pick<Context, "hex">, scope: Scope, name: string) {
  const instant = Date.UTC(2026, 0, 1) + (Number.parseInt(context.hex(8), 16) % 86_400_000);
  const streamLabel = new Date(instant).toISOString().replace(/Z$/, "");
  const table = arn(scope, "dynamodb", `table/${name}`);
  return { arn: table, streamArn: `${table}/stream/${streamLabel}`, streamLabel };
}

/** Refuses a table that cannot be global, and replicas that it cannot have. */
export function checkReplicas(context: CallContext<TableInputs>): void {
  const { inputs, scope } = context;
  const replicas = inputs.replicas ?? [];
  if (replicas.length === 0) return;
  const isStrong = replicas.some(({ consistencyMode }) => consistencyMode === "STRONG");
  requireGlobal(inputs, isStrong);
  const regions = replicas.map(({ regionName }) => regionName);
  const twice = regions.find((region, index) => regions.indexOf(region) !== index);
  if (twice !== undefined) refuse("ValidationException", "Cannot target multiple regions with the same action");
  // Three regions: three replicas, or two and a witness. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
  if (isStrong && regions.length + (inputs.globalTableWitness === undefined ? 0 : 1) !== 2) {
    refuse(
      "ValidationException",
      `Unsupported replica count for global tables with MultiRegionConsistency set to STRONG: ${String(regions.length + 1)}`,
    );
  }
  const ownKey = inputs.serverSideEncryption?.kmsKeyArn;
  for (const { regionName, kmsKeyArn } of replicas) {
    requireReplicaRegion(regionName, scope.region);
    requireReplicaKey(context, regionName, kmsKeyArn, ownKey);
  }
}

/**
 * A replica gets its items by a stream of new and old images. DynamoDB turns one on by itself when none is asked for, and refuses the
 * next update that leaves it out (https://github.com/hashicorp/terraform-provider-aws/issues/43625): refused here from the start.
 */
function requireGlobal(table: Partial<TableInputs>, isStrong: boolean): void {
  if (!isStrong) {
    if (table.streamEnabled !== true) invalid("Disabling Stream is not allowed for a Global Table replica.");
    if (table.streamViewType !== "NEW_AND_OLD_IMAGES") {
      refuse(
        "ValidationException",
        `The stream of a global table has new and old images, not ${String(table.streamViewType)}`,
      );
    }
  }
  // https://github.com/hashicorp/terraform-provider-aws/issues/13097
  if (table.billingMode !== "PAY_PER_REQUEST") {
    refuse("ValidationException", "Table write capacity should either be Pay-Per-Request or AutoScaled.");
  }
}

function requireReplicaRegion(region: string, own: string): void {
  if (!isRegion(region)) {
    refuse(
      "ValidationException",
      `Region ${region} is not supported. The latest version of global tables are only supported in the regions of DynamoDB`,
    );
  }
  if (region !== own) return;
  refuse(
    "ValidationException",
    "Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.",
  );
}

/** Either every copy is under a key of the account, each in its region, or none is. */
function requireReplicaKey(context: Context, region: string, key: string | undefined, tableKey?: string): void {
  // https://github.com/hashicorp/terraform-provider-aws/issues/17422
  if (key === undefined) {
    if (tableKey !== undefined) invalid("KMSMasterKeyId must be specified for each replica.");
    return;
  }
  if (tableKey === undefined) {
    invalid("All replica keys must either be Customer Managed CMK or AWS Managed CMK.");
  }
  if (parseArn(key)?.region !== region) {
    refuse(
      "ValidationException",
      `KMS validation error for region ${region}: Invalid arn ${parseArn(key)?.region ?? key}`,
    );
  }
  requireKey(inRegion(context, region), key, {
    code: "ValidationException",
    message: `KMS validation error for region ${region}: Key '{value}' does not exist`,
  });
}

/** Makes or changes the copies, and removes those that are no longer asked for. A copy is a table of its own in its region. */
export function replicate(context: CallContext<TableInputs>, before: readonly Replica[]): readonly Properties[] {
  const { inputs, effects } = context;
  const name = inputs.name ?? "";
  const replicas = inputs.replicas ?? [];
  const kept = new Set(replicas.map(({ regionName }) => regionName));
  removeReplicas(
    context,
    name,
    before.filter(({ regionName }) => !kept.has(regionName)),
  );
  const old = new Set(before.map(({ regionName }) => regionName));
  return replicas.map((replica) => {
    const there = inRegion(context, replica.regionName);
    if (!old.has(replica.regionName)) requireFreeName(there, name);
    const stream = streamOf(context, there.scope, name);
    const outputs: Properties = {
      ...replica,
      ...stream,
      consistencyMode: replica.consistencyMode ?? "EVENTUAL",
      deletionProtectionEnabled: replica.deletionProtectionEnabled ?? false,
      kmsKeyArn: replica.kmsKeyArn ?? "",
      pointInTimeRecovery: replica.pointInTimeRecovery ?? false,
      propagateTags: replica.propagateTags ?? false,
    };
    putCopy(effects, there.scope, name, outputs);
    return outputs;
  });
}

/** Refuses while one of them is protected. */
export function removeReplicas(context: Context, name: string, replicas: readonly Replica[]): void {
  for (const { regionName } of replicas) {
    const { cloud } = inRegion(context, regionName);
    const copy = cloud.find(TABLE, name);
    if (copy === undefined) continue;
    if (copy.inputs["deletionProtectionEnabled"] === true) {
      refuse(
        "ValidationException",
        `Cannot delete table ${name} in region ${regionName} because it has deletion protection enabled. Disable deletion protection first.`,
      );
    }
    context.effects.remove(copy);
  }
}

function requireFreeName({ cloud }: Pick<Context, "cloud">, name: string): void {
  if (cloud.find(TABLE, name) === undefined) return;
  refuse(
    "ValidationException",
    `Failed to create a the new replica of table with name: ‘${name}’ because one or more replicas already existed as tables.`,
  );
}

function putCopy(effects: Effects, scope: Scope, name: string, replica: Properties): void {
  const { deletionProtectionEnabled } = replica;
  effects.put({
    type: TABLE,
    id: name,
    scope,
    inputs: { name, ...(deletionProtectionEnabled === undefined ? {} : { deletionProtectionEnabled }) },
    outputs: { ...replica, name, region: scope.region },
  });
}

/** A copy declared on its own, in the region that it lives in. */
export const tableReplica = resourceType<TableReplicaArgs>({
  token: "aws:dynamodb/tableReplica:TableReplica",
  service: "DynamoDB",
  actions: { create: "UpdateTable", update: "UpdateTable", delete: "UpdateTable" },
  references: [
    {
      path: "globalTableArn",
      to: TABLE,
      by: "arn",
      within: "account",
      missing: { code: "ResourceNotFoundException", message: "Requested resource not found: Table: {value} not found" },
    },
  ],
  create: (context) => {
    const { inputs, scope, cloud, effects } = context;
    const main = cloud.findBy(TABLE, "arn", inputs.globalTableArn, "anywhere");
    requireReplicaRegion(scope.region, parseArn(inputs.globalTableArn)?.region ?? "");
    requireGlobal(main?.inputs ?? {}, false);
    const encryption = main?.inputs["serverSideEncryption"];
    const tableKey = isProperties(encryption) ? encryption["kmsKeyArn"] : undefined;
    requireReplicaKey(context, scope.region, inputs.kmsKeyArn, typeof tableKey === "string" ? tableKey : undefined);
    const name = main?.id ?? "";
    requireFreeName(context, name);
    const outputs = described(inputs, streamOf(context, scope, name).arn);
    putCopy(effects, scope, name, { ...outputs, ...streamOf(context, scope, name) });
    return { id: `${name}:${main?.scope.region ?? ""}`, outputs };
  },
  update: (context) => {
    const { inputs, scope, effects, resource } = context;
    const outputs = described(inputs, text(resource.outputs["arn"]));
    const [name = ""] = resource.id.split(":");
    putCopy(effects, scope, name, { ...outputs, ...streamOf(context, scope, name) });
    return outputs;
  },
  delete: (context) => {
    const [name = ""] = context.resource.id.split(":");
    removeReplicas(context, name, [{ regionName: context.scope.region }]);
  },
});

function described(inputs: Resolved<TableReplicaArgs>, tableArn: string): Properties {
  return {
    arn: tableArn,
    deletionProtectionEnabled: inputs.deletionProtectionEnabled ?? false,
    kmsKeyArn: inputs.kmsKeyArn ?? "",
    pointInTimeRecovery: inputs.pointInTimeRecovery ?? false,
  };
}
