import { Table, type TableArgs } from "@pulumi/aws/dynamodb/table";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { KeyValueStore } from "../contracts/key-value-store";
import { keyAttributes, type IndexSpec, type KeyType, type TableSpec } from "../planning/key-value-tables";
import type { Protection } from "../planning/protection";

/** Another region with a copy of every table that takes writes too. */
export interface TableReplica {
  readonly region: string;
  /** Key in that region; a key never leaves its own, and another one replaces the copy. */
  readonly keyArn: Input<string>;
}

export interface KeyValuesArgs {
  /** First part of the tables' names: `<prefix>-<table>`. */
  readonly prefix: string;
  /** The tables by a key, which becomes part of their names for ever. */
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** Days that any second can be restored, 1 to 35. */
  readonly recoveryDays: number;
  readonly keyArn: Input<string>;
  /** Default: none. */
  readonly replicas?: readonly TableReplica[];
  readonly protection: Protection;
  readonly transform?: (table: TableArgs, key: string) => TableArgs;
}

const attributeTypes = { string: "S", number: "N", binary: "B" } as const satisfies Record<KeyType, string>;

/**
 * Tables on DynamoDB, billed by request, with point-in-time recovery and a stream of every change. They are reached over TLS by
 * cloud identity alone, without a security group; an endpoint keeps the way inside the network.
 *
 * With replicas they are global tables of version 2019.11.21: every region takes writes, usually copied within a second, and of two
 * writes to one item the later one wins. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html
 *
 * Cost: each request and each GiB, in every region; point-in-time recovery per GiB of the table.
 */
export class KeyValues extends ComponentResource implements KeyValueStore {
  readonly kind = "key-values";
  /** The tables and their indexes. */
  readonly resourceIds: readonly Output<string>[];
  readonly keyId: Output<string>;
  readonly tableNames: Readonly<Record<string, Output<string>>>;
  /** Names of the tables' streams, for functions that run on changes. */
  readonly streamArns: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: KeyValuesArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:KeyValues", name, {}, opts);
    const tables = Object.entries(args.tables).map(([key, spec]) => {
      const tableArgs = tableOf(`${args.prefix}-${key}`, spec, args);
      const table = new Table(`${name}-${key}`, args.transform?.(tableArgs, key) ?? tableArgs, {
        parent: this,
        protect: args.protection.protect,
      });
      return { key, table };
    });
    this.resourceIds = tables.flatMap(({ table }) => [table.arn, interpolate`${table.arn}/index/*`]);
    this.keyId = interpolate`${args.keyArn}`;
    this.tableNames = Object.fromEntries(tables.map(({ key, table }) => [key, table.name]));
    this.streamArns = Object.fromEntries(tables.map(({ key, table }) => [key, table.streamArn]));
    this.registerOutputs({ tableNames: this.tableNames });
  }
}

function tableOf(name: string, spec: TableSpec, args: KeyValuesArgs): TableArgs {
  const { deletionProtection } = args.protection;
  const indexes = Object.entries(spec.indexes ?? {});
  return {
    name,
    billingMode: "PAY_PER_REQUEST",
    hashKey: spec.hashKey,
    ...(spec.rangeKey === undefined ? {} : { rangeKey: spec.rangeKey }),
    attributes: keyAttributes(spec).map((attribute) => ({
      name: attribute.name,
      type: attributeTypes[attribute.type],
    })),
    ...(indexes.length === 0 ? {} : { globalSecondaryIndexes: indexes.map(([of, index]) => indexOf(of, index)) }),
    ...(spec.expiresAt === undefined ? {} : { ttl: { enabled: true, attributeName: spec.expiresAt } }),
    pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: args.recoveryDays },
    serverSideEncryption: { enabled: true, kmsKeyArn: args.keyArn },
    deletionProtectionEnabled: deletionProtection,
    // Old and new images: what a global table copies, and what a function on the stream compares.
    streamEnabled: true,
    streamViewType: "NEW_AND_OLD_IMAGES",
    ...((args.replicas ?? []).length === 0
      ? {}
      : {
          replicas: (args.replicas ?? []).map(({ region, keyArn }) => ({
            regionName: region,
            kmsKeyArn: keyArn,
            pointInTimeRecovery: true,
            deletionProtectionEnabled: deletionProtection,
            propagateTags: true,
          })),
        }),
  };
}

function indexOf(name: string, { hashKey, rangeKey, projection = "all" }: IndexSpec) {
  return {
    name,
    keySchemas: [
      { attributeName: hashKey, keyType: "HASH" },
      ...(rangeKey === undefined ? [] : [{ attributeName: rangeKey, keyType: "RANGE" }]),
    ],
    ...(typeof projection === "string"
      ? { projectionType: projection === "all" ? "ALL" : "KEYS_ONLY" }
      : { projectionType: "INCLUDE", nonKeyAttributes: [...projection] }),
  };
}
