import type { TableFault, TableSpec } from "../planning/key-value-tables";

/** An index over several fields of a collection. */
export interface CompositeIndex {
  /** Last part of its logical name. */
  readonly id: string;
  readonly fields: readonly { readonly fieldPath: string; readonly order: "ASCENDING" | "DESCENDING" }[];
}

/**
 * Indexes that a table's keys take. Firestore indexes each field alone by itself; a hash key with a range key takes one index for
 * items in ascending order and one for descending, since none is read backwards. What of an item an index holds is no choice:
 * a query finds whole documents, so that indexes with the same keys are one.
 * https://docs.cloud.google.com/firestore/native/docs/query-data/index-overview
 */
export function compositeIndexes(table: TableSpec): readonly CompositeIndex[] {
  const found = new Map<string, CompositeIndex>();
  const keys = [
    ["key", table] as const,
    ...Object.entries(table.indexes ?? {}).map(([of, key]) => [`index-${of}`, key] as const),
  ];
  for (const [id, { hashKey, rangeKey }] of keys) {
    const pair = `${hashKey}/${rangeKey ?? ""}`;
    if (rangeKey === undefined || found.has(pair)) continue;
    const hash = { fieldPath: hashKey, order: "ASCENDING" } as const;
    found.set(pair, { id, fields: [hash, { fieldPath: rangeKey, order: "ASCENDING" }] });
    found.set(`${pair}/`, { id: `${id}-descending`, fields: [hash, { fieldPath: rangeKey, order: "DESCENDING" }] });
  }
  return [...found.values()];
}

/** Whether items are found by this attribute alone, which takes the index that Firestore makes by itself. */
export function isFoundBy(table: TableSpec, attribute: string): boolean {
  return [table, ...Object.values(table.indexes ?? {})].some(
    ({ hashKey, rangeKey }) => hashKey === attribute && rangeKey === undefined,
  );
}

/** What of a table Firestore does not take, besides what no cloud does. */
export function firestoreFaults(table: TableSpec): readonly TableFault[] {
  const keys = [
    { path: [], ...table },
    ...Object.entries(table.indexes ?? {}).map(([of, key]) => ({
      path: ["indexes", of],
      ...key,
      expiresAt: undefined,
    })),
  ];
  return keys.flatMap(({ path, hashKey, rangeKey, expiresAt }) =>
    Object.entries({ hashKey, rangeKey, expiresAt }).flatMap(([setting, attribute]) => {
      const message = attribute === undefined ? undefined : nameFault(attribute);
      return message === undefined ? [] : [{ path: [...path, setting], message }];
    }),
  );
}

/** Dots lead into maps, and two underscores at both ends are reserved: https://docs.cloud.google.com/firestore/quotas#collections */
function nameFault(attribute: string): string | undefined {
  if (/^__.*__$/.test(attribute)) {
    return `"${attribute}" is a name that Firestore keeps for itself: rename it`;
  }
  if (/^[A-Za-z_]\w*$/.test(attribute)) return undefined;
  return `"${attribute}" has other characters than letters, digits and _, which Firestore reads as a path: rename it`;
}
