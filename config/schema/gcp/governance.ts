import { z } from "zod";
import { auditRetention, backupRetention, lock, type GovernanceDefaults } from "../governance";
import { createOrSkip, requirementOf } from "../values";

/** https://docs.cloud.google.com/logging/quotas#logs_retention_periods */
const mostAuditDays = 3650;

/** https://docs.cloud.google.com/sql/docs/postgres/backup-recovery/backup-options */
const mostBackupDays = 3650;

/** What watches over the project, and the copies that nobody deletes early. */
export function projectGovernanceSettings(defaults: Omit<GovernanceDefaults, "lock">) {
  const governance = requirementOf(defaults.requirements?.governance);
  const backups = requirementOf(defaults.requirements?.backups);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({
        description:
          "Whether the stack records calls (Cloud Audit Logs), tells of changes (Cloud Asset Inventory) and of findings (Security Command Center)",
        ...governance,
      }),
      auditRetentionDays: auditRetention(defaults, 1, mostAuditDays).meta({
        description: "How long records of calls are kept",
        unit: "days",
        ...governance,
      }),
      auditLock: lock().meta({
        description:
          "Who may shorten that: who may manage logging (`governance`), or nobody for ever (`compliance`); a locked record cannot be destroyed before its time either",
        ...governance,
      }),
      backups: z
        .strictObject({
          mode: createOrSkip(defaults.backups).meta({
            description: "Whether backups are kept in the backup region, where nobody deletes them before their time",
            ...backups,
          }),
          retentionDays: backupRetention(defaults, 1, mostBackupDays).meta({
            description: "How long a daily backup is kept",
            unit: "days",
            ...backups,
          }),
          lock: lock().meta({
            description:
              "Who may shorten that for backups to come: who may manage backups (`governance`), or nobody from `lockedFrom` on (`compliance`)",
            ...backups,
          }),
          lockedFrom: z.iso
            .datetime({ error: "give a moment in UTC, such as 2027-01-01T00:00:00Z" })
            .optional()
            .meta({ description: "When a lock of compliance begins; in the future when it is set" }),
        })
        .superRefine(({ lock, lockedFrom }, context) => {
          if ((lock === "compliance") === (lockedFrom !== undefined)) return;
          context.addIssue({
            code: "custom",
            path: ["lockedFrom"],
            message:
              lock === "compliance"
                ? 'a lock of compliance begins at a moment: give lockedFrom, or set lock to "governance"'
                : 'there is no lock that could begin: take lockedFrom out, or set lock to "compliance"',
          });
        })
        .prefault({})
        .meta({ description: "Copies that cannot be deleted early" }),
    })
    .prefault({})
    .meta({ description: "Records, findings and backups of the project" });
}

export type ProjectGovernanceSettings = z.output<ReturnType<typeof projectGovernanceSettings>>;
