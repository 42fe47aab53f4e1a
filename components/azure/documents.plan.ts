/** Machines that a cluster can move between: https://learn.microsoft.com/azure/documentdb/compute-storage */
export const documentTiers = ["M30", "M40", "M50", "M60", "M80", "M200"] as const;

export type DocumentTier = (typeof documentTiers)[number];

/** Storage of a node in GiB: https://learn.microsoft.com/azure/documentdb/compute-storage */
export const documentStorage = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32767] as const;

export type DocumentStorageGiB = (typeof documentStorage)[number];

/** Versions of MongoDB's protocol: https://learn.microsoft.com/azure/documentdb/release-notes */
export const documentVersions = ["8.0", "7.0", "6.0", "5.0"] as const;

export type DocumentVersion = (typeof documentVersions)[number];
