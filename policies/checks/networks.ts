import ipaddr from "ipaddr.js";

/** Names that clouds have for "from anywhere". */
const ANYWHERE = new Set(["*", "any", "internet"]);

/**
 * Whether a source lets in the internet: everywhere, or so much of it that it might as well. A block is that when it is not of
 * a private range and has fewer than 8 bits of prefix (16 for IPv6): two halves are as open as the whole.
 */
export function isInternet(source: string | undefined): boolean {
  if (source === undefined) return false;
  if (ANYWHERE.has(source.toLowerCase())) return true;
  if (!ipaddr.isValidCIDR(source)) return false;
  const [address, bits] = ipaddr.parseCIDR(source);
  if (bits === 0) return true;
  return address.range() !== "private" && bits < (address.kind() === "ipv4" ? 8 : 16);
}

/** Ports of log-ins and stores, which nobody but their own clients reaches. */
export const SENSITIVE_PORTS: ReadonlyMap<number, string> = new Map([
  [20, "FTP data"],
  [21, "FTP"],
  [22, "SSH"],
  [23, "Telnet"],
  [445, "SMB"],
  [1433, "SQL Server"],
  [3306, "MySQL"],
  [3389, "RDP"],
  [5432, "PostgreSQL"],
  [5672, "AMQP"],
  [6379, "Redis"],
  [9092, "Kafka"],
  [9200, "OpenSearch"],
  [10000, "Azure Managed Redis"],
  [11211, "Memcached"],
  [27017, "MongoDB"],
]);

/** The sensitive port in a range of ports, both ends included; undefined where there is none. */
export function sensitivePortIn(from: number, to: number): number | undefined {
  return [...SENSITIVE_PORTS.keys()].find((port) => from <= port && port <= to);
}
