import type { TableArgs } from "@pulumi/aws/dynamodb";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type ResourceType } from "../../cloud/resource-type";
import { isList, type Properties } from "../../cloud/value";
import { arn } from "./arn";
import { checkShape, checkTable, isRestored, type TableInputs } from "./dynamodb-checks";
import { checkReplicas, removeReplicas, replicate, streamOf, TABLE, tableReplica } from "./dynamodb-replicas";
import { requireKey } from "./references";
import { text } from "./text";

// Error codes: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html, API_UpdateTable.html,
// API_DeleteTable.html, API_RestoreTableToPointInTime.html, API_UpdateContinuousBackups.html

type Context = CallContext<TableInputs>;
type Replicas = NonNullable<TableInputs["replicas"]>;

/** Days for which a table can be restored when none are given. */
const DEFAULT_RECOVERY = 35;

/** The sources that a table can be restored from: another one replaces it, taking one away does not. */
const SOURCES = ["restoreSourceName", "restoreSourceTableArn", "restoreBackupArn"] as const;

const table = resourceType<TableArgs>({
  token: TABLE,
  service: "DynamoDB",
  actions: { create: "CreateTable", update: "UpdateTable", delete: "DeleteTable" },
  name: {
    property: "name",
    pattern: /^[a-zA-Z0-9_.-]{3,}$/,
    rule: "3 to 255 letters, digits and _.-",
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
    maxLength: 255,
    unique: { within: "region", code: "ResourceInUseException", message: "Table already exists: {value}" },
  },
  inUse: {
    code: "ValidationException",
    message:
      "Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the table in the last 24 hours.",
  },
  check: checkTable,
  create: (context) => {
    const { inputs, scope, hex } = context;
    checkCalls(context);
    const source = restoredFrom(context);
    const name = inputs.name ?? "";
    const hashKey = inputs.hashKey ?? text(source?.["hashKey"]);
    return {
      id: name,
      outputs: {
        name,
        arn: arn(scope, "dynamodb", `table/${name}`),
        hashKey,
        ...(source === undefined ? {} : { attributes: source["attributes"], rangeKey: source["rangeKey"] }),
        ...changeable(context),
        ...streamOutputs(inputs, streamOf({ hex }, scope, name)),
        replicas: replicate(context, []),
      },
    };
  },
  update: (context) => {
    const { inputs, resource, scope, hex } = context;
    checkCalls(context);
    const before = replicasOf(resource.inputs);
    return {
      ...changeable(context),
      ...streamOutputs(inputs, streamOf({ hex }, scope, resource.id)),
      replicas: replicate(context, before),
    };
  },
  delete: (context) => {
    const { resource } = context;
    if (resource.inputs["deletionProtectionEnabled"] === true) {
      refuse(
        "ValidationException",
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
      );
    }
    removeReplicas(context, resource.id, replicasOf(resource.inputs));
  },
  replacesWhen: (before, after) =>
    SOURCES.filter((source) => after[source] !== undefined && after[source] !== before[source]),
});

function replicasOf(inputs: Properties): Replicas {
  const replicas = inputs["replicas"];
  return isList(replicas) ? (replicas as unknown as Replicas) : [];
}

function checkCalls(context: Context): void {
  const { inputs } = context;
  checkShape(inputs);
  const encryption = inputs.serverSideEncryption;
  if (encryption?.enabled === true) {
    requireKey(context, encryption.kmsKeyArn, {
      code: "ValidationException",
      message: "KMS validation error: Key '{value}' does not exist",
    });
  }
  const recovery = inputs.pointInTimeRecovery;
  if (recovery?.enabled === false && recovery.recoveryPeriodInDays !== undefined) {
    refuse(
      "ValidationException",
      "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.",
    );
  }
  checkReplicas(context);
}

/** Outputs of the table that this one is restored from; undefined for a new one. */
function restoredFrom({ inputs, cloud }: Context): Properties | undefined {
  if (!isRestored(inputs)) return undefined;
  const { restoreSourceName: name, restoreSourceTableArn: sourceArn } = inputs;
  // What a backup holds is not kept here.
  if (name === undefined && sourceArn === undefined) return {};
  const source = name === undefined ? cloud.findBy(TABLE, "arn", sourceArn, "anywhere") : cloud.find(TABLE, name);
  if (source === undefined) {
    return refuse("TableNotFoundException", `Source table not found: ${name ?? String(sourceArn)}`);
  }
  if (JSON.stringify(source.inputs["pointInTimeRecovery"] ?? {}).includes('"enabled":true')) return source.outputs;
  return refuse(
    "PointInTimeRecoveryUnavailableException",
    `Point in time recovery is not enabled for table '${source.id}'`,
  );
}

/** Outputs that an update can change. */
function changeable({ inputs }: Context): Properties {
  const isOnDemand = inputs.billingMode === "PAY_PER_REQUEST";
  const recovery = inputs.pointInTimeRecovery;
  const isRecoverable = recovery?.enabled === true;
  const days = isRecoverable ? (recovery.recoveryPeriodInDays ?? DEFAULT_RECOVERY) : 0;
  const { readCapacity = 0, writeCapacity = 0, serverSideEncryption: encryption } = inputs;
  return {
    billingMode: inputs.billingMode ?? "PROVISIONED",
    deletionProtectionEnabled: inputs.deletionProtectionEnabled ?? false,
    readCapacity: isOnDemand ? 0 : readCapacity,
    writeCapacity: isOnDemand ? 0 : writeCapacity,
    pointInTimeRecovery: { enabled: isRecoverable, recoveryPeriodInDays: days },
    serverSideEncryption: { enabled: encryption?.enabled ?? false, kmsKeyArn: encryption?.kmsKeyArn ?? "" },
    tableClass: inputs.tableClass ?? "STANDARD",
    ttl: { attributeName: inputs.ttl?.attributeName ?? "", enabled: inputs.ttl?.enabled ?? false },
    // What a new table can take at once. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
    warmThroughput: inputs.warmThroughput ?? {
      readUnitsPerSecond: isOnDemand ? 12_000 : readCapacity,
      writeUnitsPerSecond: isOnDemand ? 4_000 : writeCapacity,
    },
  };
}

function streamOutputs(inputs: TableInputs, stream: { streamArn: string; streamLabel: string }): Properties {
  const { streamArn, streamLabel } = stream;
  const isOn = inputs.streamEnabled === true;
  return {
    streamArn: isOn ? streamArn : "",
    streamLabel: isOn ? streamLabel : "",
    streamViewType: isOn ? (inputs.streamViewType ?? "") : "",
  };
}

export const dynamodbTypes: readonly ResourceType[] = [table, tableReplica];
