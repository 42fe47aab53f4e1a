import { createHash } from "node:crypto";

/**
 * Logical shards. Keys are spread over them once and for all; what moves between servers is slots, never single keys. A power of
 * two, so that the last bits of a hash are a fair slot.
 */
export const slotCount = 1024;

/** The first and the last slot of a range, both in it. */
export type SlotRange = readonly [first: number, last: number];

/** Which slots each physical shard holds. A shard without slots is one that is about to get some. */
export type SlotTable = Readonly<Record<string, readonly SlotRange[]>>;

/** A fault in a table, by the path below the table of what has to change. */
export interface SlotFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a client needs to find the shard of a key by itself, in any language. */
export interface ShardRouting {
  /** Changes when a client must read the rest in another way. */
  readonly version: 1;
  /** The first two bytes of SHA-256 over the key in UTF-8, as a big-endian number, modulo `slotCount`. */
  readonly hash: "sha256-uint16be";
  readonly slotCount: number;
  readonly slots: SlotTable;
}

/**
 * The slot of a key: 0 to 1023. Frozen: another function would look for every row in another place.
 *
 * PostgreSQL computes the same in SQL, with `k` the key as text:
 * `(get_byte(sha256(convert_to(k, 'UTF8')), 0) * 256 + get_byte(sha256(convert_to(k, 'UTF8')), 1)) % 1024`
 * (https://www.postgresql.org/docs/17/functions-binarystring.html), so rows of a slot can be selected where they lie.
 */
export function slotOf(key: string): number {
  return createHash("sha256").update(key, "utf8").digest().readUInt16BE(0) % slotCount;
}

/** The physical shard of a key, by a table without faults. For many keys take `shardRouter`. */
export function shardOf(key: string, table: SlotTable): string {
  return shardRouter(table)(key);
}

/**
 * A function that finds the shard of a key in one step.
 *
 * @throws RangeError when the table has faults: no key is routed by half a table.
 */
export function shardRouter(table: SlotTable): (key: string) => string {
  const owners = ownersOf(table);
  return (key) => owners[slotOf(key)] ?? "";
}

/** Whether every slot belongs to exactly one shard. */
export function slotFaults(table: SlotTable): readonly SlotFault[] {
  const faults: SlotFault[] = [];
  const owners = new Array<string>(slotCount).fill("");
  for (const [shard, ranges] of Object.entries(table)) {
    for (const [index, range] of ranges.entries()) {
      const path = [shard, index];
      const [first, last] = range;
      if (!range.every((slot) => Number.isInteger(slot) && slot >= 0 && slot < slotCount)) {
        faults.push({
          path,
          message: `${text(range)} is not a range of slots: give two of 0 to ${String(slotCount - 1)}`,
        });
      } else if (first > last) {
        faults.push({ path, message: `${text(range)} ends before it begins: write ${text([last, first])}` });
      } else {
        const taken = owners.slice(first, last + 1).find((owner) => owner !== "");
        if (taken === undefined) owners.fill(shard, first, last + 1);
        else
          faults.push({ path, message: `${text(range)} overlaps a range of ${taken}: give every slot to one shard` });
      }
    }
  }
  // A range with a fault of its own would show up as a gap too.
  if (faults.length > 0) return faults;
  const gaps = runs(owners).filter(({ owner }) => owner === "");
  return gaps.map(({ range }) => ({
    path: [],
    message: `no shard holds ${text(range)}: give every slot from 0 to ${String(slotCount - 1)} to a shard`,
  }));
}

/** Slots that change hands. */
export interface SlotMove {
  readonly from: string;
  readonly to: string;
  readonly range: SlotRange;
}

/** What has to be copied before `after` takes the place of `before`, in the order of the slots. */
export function slotMoves(before: SlotTable, after: SlotTable): readonly SlotMove[] {
  const [from, to] = [ownersOf(before), ownersOf(after)];
  const moves = from.map((owner, slot) => (owner === to[slot] ? "" : JSON.stringify([owner, to[slot]])));
  return runs(moves)
    .filter(({ owner }) => owner !== "")
    .map(({ owner, range }) => {
      const [source, target] = JSON.parse(owner) as [string, string];
      return { from: source, to: target, range };
    });
}

/** What clients are given. */
export function shardRouting(table: SlotTable): ShardRouting {
  ownersOf(table);
  return { version: 1, hash: "sha256-uint16be", slotCount, slots: table };
}

/** The shard of every slot. */
function ownersOf(table: SlotTable): readonly string[] {
  const faults = slotFaults(table);
  if (faults.length > 0) {
    throw new RangeError(faults.map(({ path, message }) => `${["slots", ...path].join(".")}: ${message}`).join("\n"));
  }
  const owners = new Array<string>(slotCount).fill("");
  for (const [shard, ranges] of Object.entries(table)) {
    for (const [first, last] of ranges) owners.fill(shard, first, last + 1);
  }
  return owners;
}

/** Neighbouring slots with the same owner, as ranges. */
function runs(owners: readonly string[]): readonly { readonly owner: string; readonly range: SlotRange }[] {
  const found: { owner: string; range: SlotRange }[] = [];
  for (const [slot, owner] of owners.entries()) {
    const last = found.at(-1);
    if (last?.owner === owner) last.range = [last.range[0], slot];
    else found.push({ owner, range: [slot, slot] });
  }
  return found;
}

function text([first, last]: SlotRange): string {
  return `[${String(first)}, ${String(last)}]`;
}
