/** An IPv4 range: first and last address as numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/**
 * The range of an IPv4 CIDR block, or what is wrong with it. AWS takes the network address only where `strict`; elsewhere it
 * clears the host bits itself.
 */
export function parseCidr(text: string, strict = true): Range | string {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (found === null) return `"${text}" is not an IPv4 CIDR block`;
  const octets = found.slice(1, 5).map(Number);
  const prefix = Number(found[5]);
  if (octets.some((octet) => octet > 255) || prefix > 32) return `"${text}" is not an IPv4 CIDR block`;
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - prefix);
  const first = Math.floor(address / size) * size;
  if (strict && first !== address) {
    return `"${text}" is not a valid CIDR block; did you mean "${formatAddress(first)}/${String(prefix)}"?`;
  }
  return { first, last: first + size - 1, prefix };
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((bits) => String(Math.floor(address / 2 ** bits) % 256)).join(".");
}

/** Whether an address lies in a CIDR block. */
export function holds(cidr: string, address: string): boolean {
  const range = parseCidr(cidr, false);
  const single = parseCidr(`${address}/32`);
  return typeof range === "object" && typeof single === "object" && contains(range, single);
}
