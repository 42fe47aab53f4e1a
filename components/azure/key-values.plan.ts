import type { IndexSpec, TableFault, TableSpec } from "../planning/key-value-tables";

/** Autoscale: https://learn.microsoft.com/azure/cosmos-db/provision-throughput-autoscale */
export const throughputBounds = { least: 1000, most: 1_000_000, step: 1000 } as const;

/**
 * The lowest that autoscale can be set to once it was higher: a tenth.
 * https://learn.microsoft.com/azure/cosmos-db/autoscale-faq
 */
export const throughputFloor = 0.1;

/** Containers that share the throughput of a database: https://learn.microsoft.com/azure/cosmos-db/set-throughput */
export const mostTables = 25;

/** Windows of continuous backups: https://learn.microsoft.com/azure/cosmos-db/continuous-backup-restore-introduction */
const tiers = { 7: "Continuous7Days", 30: "Continuous30Days" } as const;

/** Windows that there are, in days. */
export const recoveryWindows = [7, 30] as const satisfies readonly (keyof typeof tiers)[];

/**
 * The tier of backups that reaches back at least as far.
 *
 * @param days 1 to 30
 * @throws RangeError for more days than Cosmos DB goes back.
 */
export function backupTier(days: number) {
  const window = recoveryWindows.find((each) => each >= days);
  if (window === undefined) {
    throw new RangeError(
      `recoveryDays (${String(days)}) is more than Cosmos DB goes back: choose ${recoveryWindows.join(" or ")}`,
    );
  }
  return tiers[window];
}

/** What of a table Cosmos DB does not take, besides what no cloud does. */
export function cosmosFaults(table: TableSpec): readonly TableFault[] {
  const keys = [
    { path: [], ...table },
    ...Object.entries(table.indexes ?? {}).map(([name, index]) => ({ path: ["indexes", name], ...index })),
  ];
  return keys.flatMap(({ path, hashKey, rangeKey }) =>
    [["hashKey", hashKey] as const, ["rangeKey", rangeKey] as const].flatMap(([key, attribute]) =>
      attribute === undefined || /^\w+$/.test(attribute)
        ? []
        : [
            {
              path: [...path, key],
              message: `"${attribute}" has other characters than letters, digits and _, and Cosmos DB takes no key of such a name: rename it`,
            },
          ],
    ),
  );
}

/**
 * The container of a table, known by its id in its database.
 *
 * Items with one hash key are a logical partition, in which the range key is unique. Only keys are indexed. An item is deleted so
 * many seconds after its last change as its own attribute `ttl` says, since Cosmos DB knows no time of day for it.
 * https://learn.microsoft.com/azure/cosmos-db/time-to-live
 */
export function containerOf(id: string, { hashKey, rangeKey, indexes = {}, expiresAt }: TableSpec) {
  const specs = Object.values(indexes);
  const attributes = [hashKey, rangeKey, ...specs.flatMap((index) => [index.hashKey, index.rangeKey])];
  const indexed = [...new Set(attributes.filter((attribute) => attribute !== undefined))];
  const composite = specs.flatMap((index) => compositeIndex(index) ?? []);
  return {
    id,
    partitionKey: { kind: "Hash", version: 2, paths: [`/${hashKey}`] },
    ...(rangeKey === undefined ? {} : { uniqueKeyPolicy: { uniqueKeys: [{ paths: [`/${rangeKey}`] }] } }),
    indexingPolicy: {
      indexingMode: "consistent",
      automatic: true,
      includedPaths: indexed.map((attribute) => ({ path: `/${attribute}/?` })),
      excludedPaths: [{ path: "/*" }],
      ...(composite.length === 0 ? {} : { compositeIndexes: composite }),
    },
    // On, with no time of its own: only items that have a `ttl` end.
    ...(expiresAt === undefined ? {} : { defaultTtl: -1 }),
  };
}

function compositeIndex({ hashKey, rangeKey }: IndexSpec) {
  if (rangeKey === undefined) return undefined;
  return [[hashKey, rangeKey].map((attribute) => ({ path: `/${attribute}`, order: "ascending" }))];
}
