/** Room for subscribers of logical replication, and how far they may fall behind. */
export interface LogicalReplication {
  /**
   * Slots: one for each subscriber and each read replica, and one more for each table that is being copied at first. A change takes
   * effect at a restart. https://www.postgresql.org/docs/17/logical-replication-config.html
   */
  readonly slots: number;
  /**
   * Write-ahead log in GiB that is kept for a subscriber that does not fetch it. One that falls further behind loses its slot and
   * has to copy everything again; without a bound it would fill the disk and stop the source.
   * https://www.postgresql.org/docs/17/runtime-config-replication.html#GUC-MAX-SLOT-WAL-KEEP-SIZE
   */
  readonly retainedGiB: number;
}

/** The oldest version of TLS that a server speaks. */
export type MinimumTls = "1.2" | "1.3";
