import ipaddr from "ipaddr.js";

/** A range of IPv4 addresses, both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * The range that a block stands for. Undefined where it is no IPv4 block: those of IPv6 are given out by the cloud, each once, and
 * a size alone, `/14`, says no address.
 */
export function rangeOf(cidr: string): Range | undefined {
  if (!ipaddr.IPv4.isValidCIDR(cidr)) return undefined;
  const [address, bits] = ipaddr.IPv4.parseCIDR(cidr);
  const size = 2 ** (32 - bits);
  const given = address.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
  const first = given - (given % size);
  return { first, last: first + size - 1 };
}

export function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}
