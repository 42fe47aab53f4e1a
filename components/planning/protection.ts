/** What a stack is for. One choice that decides protection, retention and redundancy everywhere. */
export const stackClasses = ["development", "staging", "production", "recovery"] as const;

export type StackClass = (typeof stackClasses)[number];

/**
 * Whether the guards against deletion are up. `off` takes them down in an update of its own, so that the next `destroy` can go
 * through: cloud and engine read them from the state, not from the program that deletes.
 */
export const protectionSwitch = ["on", "off"] as const;

export type ProtectionSwitch = (typeof protectionSwitch)[number];

/** How data and clusters of a stack are protected. */
export interface Protection {
  /** The cloud refuses to delete databases and clusters. */
  readonly deletionProtection: boolean;
  /** The engine refuses to delete what holds data. */
  readonly protect: boolean;
  /** Deleting a database takes a last snapshot. */
  readonly finalSnapshot: boolean;
  /** Deleting a bucket or registry may delete what is in it. */
  readonly deleteContents: boolean;
  /** Standby in a second zone for databases and caches. */
  readonly multiZone: boolean;
  /** Credentials and their keys have copies in another region. */
  readonly crossRegion: boolean;
  /** Days that automatic backups are kept. */
  readonly backupRetentionDays: number;
  /** Days that logs are kept; one of the periods that CloudWatch Logs accepts. */
  readonly logRetentionDays: number;
  /** Days between the deletion of a key and its end: 7 to 30. */
  readonly keyDeletionDays: number;
  /** Days that a deleted secret can be restored: 7 to 30, or 0 for none. As long its name is taken. */
  readonly secretRecoveryDays: number;
}

const classes = {
  development: {
    deletionProtection: false,
    protect: false,
    finalSnapshot: false,
    deleteContents: true,
    multiZone: false,
    crossRegion: false,
    backupRetentionDays: 1,
    logRetentionDays: 7,
    keyDeletionDays: 7,
    secretRecoveryDays: 0,
  },
  staging: {
    deletionProtection: false,
    protect: false,
    finalSnapshot: true,
    deleteContents: true,
    multiZone: true,
    crossRegion: false,
    backupRetentionDays: 7,
    logRetentionDays: 30,
    keyDeletionDays: 7,
    secretRecoveryDays: 7,
  },
  production: {
    deletionProtection: true,
    protect: true,
    finalSnapshot: true,
    deleteContents: false,
    multiZone: true,
    crossRegion: true,
    backupRetentionDays: 7,
    logRetentionDays: 365,
    keyDeletionDays: 30,
    secretRecoveryDays: 30,
  },
  recovery: {
    deletionProtection: true,
    protect: true,
    finalSnapshot: true,
    deleteContents: false,
    multiZone: true,
    crossRegion: true,
    backupRetentionDays: 7,
    logRetentionDays: 365,
    keyDeletionDays: 30,
    secretRecoveryDays: 30,
  },
} as const satisfies Record<StackClass, Protection>;

/**
 * The protection of a class. `off` lets a destroy delete everything for good: contents, secrets and last snapshots included.
 * Retention and redundancy stay those of the class.
 */
export function protectionOf(stackClass: StackClass, guards: ProtectionSwitch = "on"): Protection {
  const protection: Protection = classes[stackClass];
  if (guards === "on") return protection;
  return {
    ...protection,
    deletionProtection: false,
    protect: false,
    finalSnapshot: false,
    deleteContents: true,
    secretRecoveryDays: 0,
  };
}
