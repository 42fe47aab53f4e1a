import { BackupPlan, type BackupPlanArgs } from "@pulumi/gcp/backupdisasterrecovery/backupPlan";
import { BackupPlanAssociation } from "@pulumi/gcp/backupdisasterrecovery/backupPlanAssociation";
import { BackupVault, type BackupVaultArgs } from "@pulumi/gcp/backupdisasterrecovery/backupVault";
import {
  BackupPlan as ClusterBackupPlan,
  type BackupPlanArgs as ClusterBackupPlanArgs,
} from "@pulumi/gcp/gkebackup/backupPlan";
import { IAMMember } from "@pulumi/gcp/projects/iammember";
import {
  ComponentResource,
  all,
  interpolate,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import type { Project } from "./project";

/**
 * In both, nobody deletes a backup before its time. `governance`: who may manage backups may still shorten the time of those to
 * come. `compliance`: from a moment on nobody can, and the vault stays until its last backup is too old.
 * https://docs.cloud.google.com/backup-disaster-recovery/docs/concepts/backup-vault
 */
export type VaultLock =
  | { readonly mode: "governance" }
  /** `from`: RFC 3339 in the future when it is set, such as `2027-01-01T00:00:00Z`. */
  | { readonly mode: "compliance"; readonly from: string };

export interface BackupsArgs {
  readonly project: Project;
  /** First part of the names of vault and plans. */
  readonly prefix: string;
  /**
   * Names of instances of Cloud SQL, by a name that never changes: those whose `backups` are `vault`. Replicas are backed up by their
   * source.
   */
  readonly databases: Readonly<Record<string, Input<string>>>;
  /** A cluster with the agent of Backup for GKE: its objects and volumes. Default: none. */
  readonly clusterId?: Input<string>;
  /** Days that a daily backup is kept: 1 to 3,650. */
  readonly retentionDays: number;
  readonly lock: VaultLock;
  /** The other region, and a key there, whose users are the agents of Backup and DR and of Backup for GKE. */
  readonly copy: { readonly region: string; readonly keyId: Input<string> };
  readonly protection: Protection;
  readonly transform?: {
    readonly vault?: (vault: BackupVaultArgs) => BackupVaultArgs;
    readonly databases?: (plan: BackupPlanArgs) => BackupPlanArgs;
    readonly cluster?: (plan: ClusterBackupPlanArgs) => ClusterBackupPlanArgs;
  };
}

const daySeconds = 86_400;

/** Hours in UTC; a window is six hours at least: https://docs.cloud.google.com/backup-disaster-recovery/docs/create-plan/create-backup-plan */
const window = { startHourOfDay: 8, endHourOfDay: 14 } as const;

/** Days that any second can be gone back to in the edition Enterprise: https://docs.cloud.google.com/sql/docs/postgres/backup-recovery/pitr */
const pointInTimeDays = 7;

/** https://docs.cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/reference/rest/v1/projects.locations.backupPlans#retentionpolicy */
const clusterBounds = { lockedDays: 90, keptDays: 365 } as const;

/**
 * Daily backups of databases and of the cluster in another region, which nobody deletes before their time. Documents and key-value
 * tables keep their own, and buckets the older versions of their objects.
 *
 * A database in a plan has its backups from here alone, point-in-time recovery included: what its own settings say of them no
 * longer counts. https://docs.cloud.google.com/sql/docs/postgres/backup-recovery/backup-options
 *
 * Cost: storage per GB and month, the transfer between regions, and each pod of the cluster.
 */
export class Backups extends ComponentResource {
  readonly vaultId: Output<string>;

  constructor(name: string, args: BackupsArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:Backups", name, {}, opts);
    const { project, prefix, copy, lock, protection } = args;
    const vaultArgs: BackupVaultArgs = {
      project: project.id,
      location: copy.region,
      backupVaultId: gcpName("resource", prefix, "backups"),
      description: "Backups that nobody deletes before their time",
      backupMinimumEnforcedRetentionDuration: `${String(args.retentionDays * daySeconds)}s`,
      accessRestriction: "WITHIN_PROJECT",
      encryptionConfig: { kmsKeyName: copy.keyId },
      ignoreInactiveDatasources: protection.deleteContents,
      ...(lock.mode === "compliance" ? { effectiveTime: lock.from } : {}),
    };
    const vault = new BackupVault(`${name}-vault`, args.transform?.vault?.(vaultArgs) ?? vaultArgs, {
      parent: this,
      protect: protection.protect,
    });
    this.databases(name, args, vault);
    if (args.clusterId !== undefined) this.cluster(name, args, args.clusterId);
    this.vaultId = vault.id;
    this.registerOutputs({ vaultId: this.vaultId });
  }

  private databases(name: string, args: BackupsArgs, vault: BackupVault): void {
    const { project, prefix } = args;
    const databases = Object.entries(args.databases);
    if (databases.length === 0) return;
    // https://docs.cloud.google.com/sql/docs/postgres/backup-recovery/manage-enhanced-backups
    const operator = new IAMMember(
      `${name}-operator`,
      {
        project: project.id,
        role: "roles/backupdr.cloudSqlOperator",
        member: interpolate`serviceAccount:${vault.serviceAccount}`,
      },
      { parent: this },
    );
    const resourceType = "sqladmin.googleapis.com/Instance";
    const place = { project: project.id, location: project.region };
    const planArgs: BackupPlanArgs = {
      ...place,
      backupPlanId: gcpName("resource", prefix, "databases"),
      resourceType,
      backupVault: all([vault.id, operator.urn]).apply(([id]) => id),
      logRetentionDays: pointInTimeDays,
      backupRules: [
        {
          ruleId: "daily",
          backupRetentionDays: args.retentionDays,
          standardSchedule: { recurrenceType: "DAILY", timeZone: "UTC", backupWindow: window },
        },
      ],
    };
    const plan = new BackupPlan(`${name}-databases`, args.transform?.databases?.(planArgs) ?? planArgs, {
      parent: this,
    });
    for (const [id, instance] of databases) {
      new BackupPlanAssociation(
        `${name}-database-${id}`,
        {
          ...place,
          backupPlanAssociationId: gcpName("resource", prefix, id),
          backupPlan: plan.id,
          resourceType,
          resource: interpolate`projects/${project.id}/instances/${instance}`,
        },
        { parent: this },
      );
    }
  }

  private cluster(name: string, args: BackupsArgs, clusterId: Input<string>): void {
    const { project, prefix, copy, retentionDays } = args;
    const planArgs: ClusterBackupPlanArgs = {
      project: project.id,
      // Where the backups are: https://docs.cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/concepts/about-locations
      location: copy.region,
      name: gcpName("resource", prefix, "cluster"),
      cluster: clusterId,
      backupConfig: {
        allNamespaces: true,
        includeSecrets: true,
        includeVolumeData: true,
        encryptionKey: { gcpKmsEncryptionKey: copy.keyId },
      },
      backupSchedule: { cronSchedule: `0 ${String(window.startHourOfDay)} * * *` },
      retentionPolicy: {
        backupDeleteLockDays: Math.min(retentionDays, clusterBounds.lockedDays),
        backupRetainDays: Math.min(retentionDays, clusterBounds.keptDays),
        locked: args.lock.mode === "compliance",
      },
    };
    new ClusterBackupPlan(`${name}-cluster`, args.transform?.cluster?.(planArgs) ?? planArgs, { parent: this });
  }
}
