/**
 * Sizes of a cache that is not sharded, 25 GB at most: the number is that of GB, in memory.
 * https://learn.microsoft.com/azure/redis/choose-clustering-policy
 */
export const cacheSizes = [
  "Balanced_B0",
  "Balanced_B1",
  "Balanced_B3",
  "Balanced_B5",
  "Balanced_B10",
  "Balanced_B20",
  "MemoryOptimized_M10",
  "MemoryOptimized_M20",
  "ComputeOptimized_X3",
  "ComputeOptimized_X5",
  "ComputeOptimized_X10",
  "ComputeOptimized_X20",
] as const;

export type CacheSize = (typeof cacheSizes)[number];

/** How often a cache is written to disk; the hours as Azure writes them. */
export const snapshotIntervals = ["1h", "6h", "12h", "none"] as const;

export type SnapshotInterval = (typeof snapshotIntervals)[number];
