import { z } from "zod";
import { createOrSkip, requirementOf, wholeNumber } from "./values";

export interface GovernanceDefaults {
  readonly mode: "create" | "skip";
  readonly backups: "create" | "skip";
  /** Default: 2190, the six years for which HIPAA asks documentation to be kept (45 CFR 164.316). */
  readonly auditRetentionDays?: number;
  /** Default: 35. */
  readonly backupRetentionDays?: number;
  /** Default: `governance`. */
  readonly lock?: "governance" | "compliance";
  readonly requirements?: { readonly governance: string; readonly backups: string };
}

/** Whether somebody may shorten what is kept, or nobody. */
export function lock(mode: GovernanceDefaults["lock"] = "governance") {
  return z.enum(["governance", "compliance"]).default(mode);
}

/** Days that records are kept, within the bounds of a cloud. */
export function auditRetention({ auditRetentionDays = 2190 }: GovernanceDefaults, least: number, most: number) {
  return wholeNumber(least, most).default(auditRetentionDays);
}

/** Days that backups are kept, within the bounds of a cloud. */
export function backupRetention({ backupRetentionDays = 35 }: GovernanceDefaults, least: number, most: number) {
  return wholeNumber(least, most).default(backupRetentionDays);
}

/** Records are moved to Infrequent Access at 90 days, and S3 takes an expiry only after that. */
const fewestAuditDays = 91;

/** What watches over the account, and the copies that nobody deletes early. */
export function governanceSettings(defaults: GovernanceDefaults) {
  const governance = requirementOf(defaults.requirements?.governance);
  const backups = requirementOf(defaults.requirements?.backups);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({
        description:
          "Whether the stack records calls (CloudTrail) and configuration (Config) and watches for threats (GuardDuty, Security Hub, Access Analyzer); an account has one of most of them in a region",
        ...governance,
      }),
      auditRetentionDays: auditRetention(defaults, fewestAuditDays, 36500).meta({
        description: "How long records of calls and of configuration are kept",
        unit: "days",
        ...governance,
      }),
      configurationRole: z.enum(["create", "adopt"]).default("create").meta({
        description:
          "`adopt` when the account has the role AWSServiceRoleForConfig already, from another region or from the console",
      }),
      backups: z
        .strictObject({
          mode: createOrSkip(defaults.backups).meta({
            description: "Whether recovery points are kept in locked vaults, here and in the backup region",
            ...backups,
          }),
          // https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
          retentionDays: backupRetention(defaults, 1, 36500).meta({
            description: "How long a daily recovery point is kept, in both regions",
            unit: "days",
            ...backups,
          }),
          lock: lock(defaults.lock).meta({
            description:
              "Who may unlock a vault: who may manage backups (`governance`), or nobody from three days after its creation (`compliance`)",
            ...backups,
          }),
        })
        .prefault({})
        .meta({ description: "Copies that cannot be deleted early" }),
    })
    .prefault({})
    .meta({ description: "Records, checks and backups of the account" });
}

export type GovernanceSettings = z.output<ReturnType<typeof governanceSettings>>;
