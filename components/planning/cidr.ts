import { IPv4 } from "ipaddr.js";

/** An IPv4 range: the number of its first address and the length of its prefix. */
export interface Range {
  readonly first: number;
  readonly prefix: number;
}

/**
 * Reads an IPv4 range in CIDR notation.
 *
 * @returns the range, or a sentence that says what is wrong with the text.
 */
export function parseRange(cidr: string): Range | string {
  if (!IPv4.isValidCIDRFourPartDecimal(cidr)) return `"${cidr}" is not an IPv4 range such as 10.0.0.0/16`;
  const [address, prefix] = IPv4.parseCIDR(cidr);
  const range = { first: numberOf(address), prefix };
  const aligned = Math.floor(range.first / sizeOf(range)) * sizeOf(range);
  if (aligned !== range.first) {
    return `"${cidr}" starts inside its range: the first address of a /${String(prefix)} there is ${format({ first: aligned, prefix })}`;
  }
  return range;
}

/**
 * Reads an IPv4 range that was checked before.
 *
 * @throws RangeError with the sentence of `parseRange`.
 */
export function range(cidr: string): Range {
  const parsed = parseRange(cidr);
  if (typeof parsed === "string") throw new RangeError(parsed);
  return parsed;
}

export function format({ first, prefix }: Range): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${new IPv4(octets).toString()}/${String(prefix)}`;
}

/** Number of addresses in the range. */
export function sizeOf({ prefix }: Pick<Range, "prefix">): number {
  return 2 ** (32 - prefix);
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first < b.first + sizeOf(b) && b.first < a.first + sizeOf(a);
}

export function contains(outer: Range, inner: Range): boolean {
  return inner.first >= outer.first && inner.first + sizeOf(inner) <= outer.first + sizeOf(outer);
}

/**
 * The part at `index` when `outer` is cut into parts of `prefix`.
 *
 * @throws RangeError when there is no such part.
 */
export function part(outer: Range, prefix: number, index: number): Range {
  const cut = { first: outer.first + index * sizeOf({ prefix }), prefix };
  if (prefix > 32 || !contains(outer, cut)) {
    throw new RangeError(`${format(outer)} has no part ${String(index)} of /${String(prefix)}`);
  }
  return cut;
}

function numberOf(address: IPv4): number {
  return address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
}
