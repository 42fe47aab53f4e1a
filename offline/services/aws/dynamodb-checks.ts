import type { TableArgs } from "@pulumi/aws/dynamodb";
import { refuse } from "../../cloud/errors";
import type { CheckContext, Resolved } from "../../cloud/resource-type";
import { parseArn } from "./arn";

// What the provider checks before it calls: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/dynamodb/table.go
// Limits and codes: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html,
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html

export type TableInputs = Resolved<TableArgs>;

const INVALID = "One or more parameter values were invalid";
const VIEWS = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"];
const CLASSES = ["STANDARD", "STANDARD_INFREQUENT_ACCESS"];
const PROJECTIONS = ["ALL", "INCLUDE", "KEYS_ONLY"];
const MOST_GLOBAL_INDEXES = 20;
const MOST_LOCAL_INDEXES = 5;

/** Whether the table takes its keys from another one. */
export function isRestored(inputs: Partial<TableInputs>): boolean {
  return [inputs.restoreSourceName, inputs.restoreSourceTableArn, inputs.restoreBackupArn].some(
    (source) => source !== undefined,
  );
}

/** What the provider refuses before it calls the service. */
export function checkTable(context: CheckContext<TableInputs>): void {
  const { inputs, refuse: report } = context;
  const oneOf = (property: string, value: string | undefined, known: readonly string[]) => {
    if (value !== undefined && !known.includes(value)) {
      report(property, `expected ${property} to be one of [${known.join(" ")}], got ${value}`);
    }
  };
  oneOf("billingMode", inputs.billingMode, ["PROVISIONED", "PAY_PER_REQUEST"]);
  oneOf("tableClass", inputs.tableClass, CLASSES);
  oneOf("streamViewType", inputs.streamViewType, VIEWS);
  for (const [index, { type }] of (inputs.attributes ?? []).entries()) {
    oneOf(`attributes[${String(index)}].type`, type, ["B", "N", "S"]);
  }
  if (inputs.streamEnabled === true && inputs.streamViewType === undefined && !context.isUnknown("streamViewType")) {
    report("streamViewType", "must be specified when streamEnabled is true");
  }
  const days = inputs.pointInTimeRecovery?.recoveryPeriodInDays;
  if (days !== undefined && (days < 1 || days > 35)) {
    report(
      "pointInTimeRecovery.recoveryPeriodInDays",
      `expected recoveryPeriodInDays to be in the range (1 - 35), got ${String(days)}`,
    );
  }
  const attribute = inputs.ttl?.attributeName ?? "";
  if (inputs.ttl?.enabled === true && attribute === "" && !context.isUnknown("ttl")) {
    report("ttl.attributeName", "must be specified when ttl.enabled is true");
  }
  const keys = [
    ["serverSideEncryption.kmsKeyArn", inputs.serverSideEncryption?.kmsKeyArn],
    ...(inputs.replicas ?? []).map(({ kmsKeyArn }, index) => [`replicas[${String(index)}].kmsKeyArn`, kmsKeyArn]),
  ] as const;
  for (const [property, key] of keys) {
    if (property !== undefined && key !== undefined && parseArn(key) === undefined) {
      report(property, `(${key}) is an invalid ARN: arn: invalid prefix`);
    }
  }
  checkKeys(context);
  checkCapacity(context);
}

/** Every key has a definition, and nothing else has one. */
function checkKeys({ inputs, isUnknown, refuse: report }: CheckContext<TableInputs>): void {
  const keyed = ["attributes", "hashKey", "rangeKey", "globalSecondaryIndexes", "localSecondaryIndexes"];
  if (isRestored(inputs) || keyed.some(isUnknown)) return;
  if (inputs.hashKey === undefined && inputs.importTable === undefined) {
    report("hashKey", "required: the partition key of the table");
    return;
  }
  const used = new Set([inputs.hashKey, inputs.rangeKey, ...indexKeys(inputs)].filter((key) => key !== undefined));
  const defined = new Set((inputs.attributes ?? []).map(({ name }) => name));
  const quoted = (names: readonly string[]) =>
    `[${[...names]
      .sort()
      .map((name) => JSON.stringify(name))
      .join(" ")}]`;
  const unused = [...defined].filter((name) => !used.has(name));
  if (unused.length > 0) report("attributes", `all attributes must be indexed. Unused attributes: ${quoted(unused)}`);
  const missing = [...used].filter((name) => !defined.has(name));
  if (missing.length > 0) {
    report("attributes", `all indexes must match a defined attribute. Unmatched indexes: ${quoted(missing)}`);
  }
}

function indexKeys(inputs: Partial<TableInputs>): readonly (string | undefined)[] {
  const global = (inputs.globalSecondaryIndexes ?? []).flatMap((index) => {
    // The older way of naming the keys of an index, which the service takes as well.
    const { hashKey, rangeKey }: Readonly<Record<string, unknown>> = { ...index };
    const named = [hashKey, rangeKey].filter((key) => typeof key === "string");
    return [...named, ...(index.keySchemas ?? []).map(({ attributeName }) => attributeName)];
  });
  return [...(inputs.localSecondaryIndexes ?? []).map(({ rangeKey }) => rangeKey), ...global];
}

/** With provisioned throughput the table and each global index need at least one unit of both kinds. */
function checkCapacity({ inputs, isUnknown, refuse: report }: CheckContext<TableInputs>): void {
  const isGiven = inputs.readCapacity !== undefined || inputs.writeCapacity !== undefined;
  if (isGiven && inputs.onDemandThroughput !== undefined) {
    report("onDemandThroughput", "conflicts with readCapacity and writeCapacity");
  }
  if (isUnknown("billingMode") || (inputs.billingMode ?? "PROVISIONED") !== "PROVISIONED" || isRestored(inputs)) return;
  for (const kind of ["readCapacity", "writeCapacity"] as const) {
    if ((inputs[kind] ?? 0) < 1 && !isUnknown(kind)) {
      report(kind, "must be > 0 when billing mode is PROVISIONED");
    }
    for (const [index, each] of (inputs.globalSecondaryIndexes ?? []).entries()) {
      if ((each[kind] ?? 0) < 1 && !isUnknown("globalSecondaryIndexes")) {
        report(
          `globalSecondaryIndexes[${String(index)}].${kind}`,
          `must be > 0 for index ${each.name} when billing mode is PROVISIONED`,
        );
      }
    }
  }
}

/** What DynamoDB refuses of indexes, stream and throughput. */
export function checkShape(inputs: TableInputs): void {
  const local = inputs.localSecondaryIndexes ?? [];
  const global = inputs.globalSecondaryIndexes ?? [];
  if (local.length > 0 && inputs.rangeKey === undefined && !isRestored(inputs)) {
    invalid("Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
  }
  if (local.length > MOST_LOCAL_INDEXES) {
    invalid(`Number of LocalSecondaryIndexes exceeds per-table limit of ${String(MOST_LOCAL_INDEXES)}`);
  }
  if (global.length > MOST_GLOBAL_INDEXES) {
    invalid(`GlobalSecondaryIndex count exceeds the per-table limit of ${String(MOST_GLOBAL_INDEXES)}`);
  }
  const names = [...local, ...global].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) invalid(`Duplicate index name: ${twice}`);
  for (const { name, projectionType, nonKeyAttributes = [] } of [...local, ...global]) {
    if (!/^[a-zA-Z0-9_.-]{3,255}$/.test(name)) {
      refuse("ValidationException", `Index name "${name}" has 3 to 255 letters, digits and _.-`);
    }
    if (!PROJECTIONS.includes(projectionType)) invalid(`Unknown ProjectionType: ${projectionType}`);
    if (projectionType === "INCLUDE" && nonKeyAttributes.length === 0) {
      invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
    }
    if (projectionType !== "INCLUDE" && nonKeyAttributes.length > 0) {
      invalid(`ProjectionType is ${projectionType}, but NonKeyAttributes is specified`);
    }
  }
  if (inputs.hashKey !== undefined && inputs.hashKey === inputs.rangeKey) {
    refuse("ValidationException", "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  if (inputs.streamEnabled === false && inputs.streamViewType !== undefined) {
    invalid("Table is being created with a stream disabled, UpdateViewType should not be specified");
  }
  if (inputs.onDemandThroughput !== undefined && inputs.billingMode !== "PAY_PER_REQUEST") {
    invalid("MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED");
  }
}

export function invalid(problem: string): never {
  return refuse("ValidationException", `${INVALID}: ${problem}`);
}
