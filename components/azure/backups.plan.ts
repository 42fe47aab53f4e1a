/** What a vault of Azure Backup takes in of a site. */
export type BackedUp = "objects" | "databases";

interface Kind {
  readonly datasourceType: string;
  readonly backupType: "Discrete" | "Full";
  /** When the first recovery point was due, and how far the others are apart: away from the maintenance of the servers. */
  readonly interval: string;
}

/**
 * How each kind is backed up. A server can be taken in once a week; its own recovery goes back to any second besides.
 * https://learn.microsoft.com/azure/backup/blob-backup-support-matrix,
 * https://learn.microsoft.com/azure/backup/backup-azure-database-postgresql-flex-support-matrix
 */
export const backupKinds = {
  objects: {
    datasourceType: "Microsoft.Storage/storageAccounts/blobServices",
    backupType: "Discrete",
    interval: "R/2026-01-04T08:00:00+00:00/P1D",
  },
  databases: {
    datasourceType: "Microsoft.DBforPostgreSQL/flexibleServers",
    backupType: "Full",
    interval: "R/2026-01-04T08:00:00+00:00/P1W",
  },
} as const satisfies Record<BackedUp, Kind>;

/** Days between two recovery points of a server: fewer days of keeping would leave none. */
export const fewestRetentionDays = 7;

/** Name of a policy. Azure changes no policy, so that other days are another policy. */
export function policyName(kind: BackedUp, retentionDays: number): string {
  return `${kind}-${String(retentionDays)}-days`;
}

/**
 * When recovery points are made, and how long they are kept in the vault.
 *
 * @throws RangeError for fewer days than lie between two recovery points.
 */
export function backupPolicy(kind: BackedUp, retentionDays: number) {
  if (retentionDays < fewestRetentionDays) {
    throw new RangeError(
      `recovery points kept for ${String(retentionDays)} days are gone before the next of a server is made: give governance.backups.retentionDays ${String(fewestRetentionDays)} or more`,
    );
  }
  const { datasourceType, backupType, interval } = backupKinds[kind];
  const store = { dataStoreType: "VaultStore", objectType: "DataStoreInfoBase" };
  const making = {
    objectType: "AzureBackupRule" as const,
    name: "Backup",
    backupParameters: { objectType: "AzureBackupParams" as const, backupType },
    dataStore: store,
    trigger: {
      objectType: "ScheduleBasedTriggerContext" as const,
      schedule: { repeatingTimeIntervals: [interval], timeZone: "UTC" },
      taggingCriteria: [{ isDefault: true, taggingPriority: 99, tagInfo: { tagName: "Default" } }],
    },
  };
  const keeping = {
    objectType: "AzureRetentionRule" as const,
    name: "Default",
    isDefault: true,
    lifecycles: [
      {
        sourceDataStore: store,
        deleteAfter: { objectType: "AbsoluteDeleteOption" as const, duration: `P${String(retentionDays)}D` },
        targetDataStoreCopySettings: [],
      },
    ],
  };
  return { objectType: "BackupPolicy" as const, datasourceTypes: [datasourceType], policyRules: [making, keeping] };
}
