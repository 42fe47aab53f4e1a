/**
 * Copies of every record and how many of them must have it before a write counts, for this many brokers: with three copies one
 * broker may fail without refusing a write, or two without losing one that counted.
 */
export function replicationOf(brokers: number): { readonly copies: number; readonly inSync: number } {
  const copies = Math.min(brokers, 3);
  return { copies, inSync: Math.max(copies - 1, 1) };
}

/** A topic of the stream. */
export interface TopicSpec {
  /** Partitions: so many consumers of one group share the work. They can grow, never shrink. */
  readonly partitions: number;
  /** Hours that a record is kept. */
  readonly retentionHours: number;
}
