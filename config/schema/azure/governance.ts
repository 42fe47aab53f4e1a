import { z } from "zod";
import { fewestRetentionDays } from "../../../components/azure/backups.plan";
import { auditRetention, backupRetention, lock, type GovernanceDefaults } from "../governance";
import { createOrSkip, requirementOf } from "../values";

/** What watches over the subscription, and the copies that nobody deletes early. */
export function azureGovernanceSettings(defaults: GovernanceDefaults) {
  const governance = requirementOf(defaults.requirements?.governance);
  const backups = requirementOf(defaults.requirements?.backups);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({
        description:
          "Whether the stack records calls (activity log), checks settings (Azure Policy) and watches for threats (Defender for Cloud); a subscription has one set of the plans of Defender",
        ...governance,
      }),
      // https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies
      auditRetentionDays: auditRetention(defaults, 1, 36500).meta({
        description: "How long records of calls are kept",
        unit: "days",
        ...governance,
      }),
      auditLock: lock().meta({
        description:
          "Who may shorten that: who may manage the storage (`governance`), or nobody for ever (`compliance`), which a new stack is switched to by a second update",
      }),
      backups: z
        .strictObject({
          mode: createOrSkip(defaults.backups).meta({
            description: "Whether recovery points are kept in an immutable vault, which is copied to the paired region",
            ...backups,
          }),
          // https://learn.microsoft.com/azure/backup/backup-azure-database-postgresql-flex-support-matrix
          retentionDays: backupRetention(defaults, fewestRetentionDays, 3650).meta({
            description: "How long a recovery point is kept: daily ones of objects, weekly ones of databases",
            unit: "days",
            ...backups,
          }),
          lock: lock(defaults.lock).meta({
            description:
              "Who may unlock the vault: who may manage it (`governance`), or nobody for ever (`compliance`)",
            ...backups,
          }),
        })
        .prefault({})
        .meta({ description: "Copies that cannot be deleted early" }),
    })
    .prefault({})
    .meta({ description: "Records, checks and backups of the subscription" });
}

export type AzureGovernanceSettings = z.output<ReturnType<typeof azureGovernanceSettings>>;
