/** Kinds of values that a key can have. */
export const keyTypes = ["string", "number", "binary"] as const;

export type KeyType = (typeof keyTypes)[number];

/** The attributes by which items are found: one hash key and at most one range key. */
export interface KeySpec {
  readonly hashKey: string;
  readonly rangeKey?: string | undefined;
}

/** A second way to find the items of a table. */
export interface IndexSpec extends KeySpec {
  /** What of an item the index holds: all of it, its keys, or these attributes besides its keys. Default: all. */
  readonly projection?: "all" | "keys" | readonly string[] | undefined;
}

export interface TableSpec extends KeySpec {
  /** Types of the attributes that keys are made of, and of no others. An attribute not named here is a string. */
  readonly types?: Readonly<Record<string, KeyType>> | undefined;
  /** Further indexes by name. Their keys may be missing in an item, which then is not in the index. */
  readonly indexes?: Readonly<Record<string, IndexSpec>> | undefined;
  /** Attribute with the time, in seconds since 1970, after which an item is deleted. Default: items stay. */
  readonly expiresAt?: string | undefined;
}

/** A fault in a table, by the path below it of what has to change. */
export interface TableFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Attributes that the keys of a table and its indexes are made of, in the order in which they are named. */
export function keyAttributes(table: TableSpec): readonly { readonly name: string; readonly type: KeyType }[] {
  const names = [table, ...Object.values(table.indexes ?? {})].flatMap(({ hashKey, rangeKey }) => [
    hashKey,
    ...(rangeKey === undefined ? [] : [rangeKey]),
  ]);
  return [...new Set(names)].map((name) => ({ name, type: table.types?.[name] ?? "string" }));
}

/**
 * Global indexes of one table; a quota that AWS can raise.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
const mostIndexes = 20;

/** What is wrong with a table, all at once. */
export function tableFaults(table: TableSpec): readonly TableFault[] {
  const keys = new Set(keyAttributes(table).map(({ name }) => name));
  const indexes = Object.entries(table.indexes ?? {});
  const faults: TableFault[] = [];
  const checkKeys = ({ hashKey, rangeKey }: KeySpec, path: readonly string[]) => {
    if (hashKey !== rangeKey) return;
    faults.push({
      path: [...path, "rangeKey"],
      message: `"${hashKey}" is hashKey and rangeKey at once: name another attribute or leave rangeKey out`,
    });
  };
  checkKeys(table, []);
  for (const [name, index] of indexes) checkKeys(index, ["indexes", name]);
  for (const name of Object.keys(table.types ?? {}).filter((typed) => !keys.has(typed))) {
    faults.push({
      path: ["types", name],
      message: `"${name}" is part of no key, and only keys have a type: take it out or use it as a key`,
    });
  }
  if (table.expiresAt !== undefined && keys.has(table.expiresAt) && table.types?.[table.expiresAt] !== "number") {
    faults.push({
      path: ["expiresAt"],
      message: `"${table.expiresAt}" is a key that is no number, and a time is one: give it the type number or name another attribute`,
    });
  }
  if (indexes.length > mostIndexes) {
    faults.push({
      path: ["indexes"],
      message: `${String(indexes.length)} indexes are more than the ${String(mostIndexes)} of a table: leave some out`,
    });
  }
  return faults;
}
