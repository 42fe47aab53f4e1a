import { z } from "zod";
import { fewestRetentionDays } from "../../../components/azure/backups.plan";
import { createOrSkip, wholeNumber } from "../values";

type Mode = "create" | "skip";

/** What watches over the subscription, and the copies that nobody deletes early. */
export function azureGovernanceSettings(defaults: {
  readonly mode: Mode;
  readonly backups: Mode;
  /** Default: 2190, the six years for which HIPAA asks documentation to be kept (45 CFR 164.316). */
  readonly auditRetentionDays?: number;
  /** Default: 35. */
  readonly backupRetentionDays?: number;
  /** Default: `governance`. */
  readonly lock?: "governance" | "compliance";
  readonly requirements?: { readonly governance: string; readonly backups: string };
}) {
  const requirement = (of: "governance" | "backups") =>
    defaults.requirements === undefined ? {} : { requirement: defaults.requirements[of] };
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({
        description:
          "Whether the stack records calls (activity log), checks settings (Azure Policy) and watches for threats (Defender for Cloud); a subscription has one set of the plans of Defender",
        ...requirement("governance"),
      }),
      // https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies
      auditRetentionDays: wholeNumber(1, 36500)
        .default(defaults.auditRetentionDays ?? 2190)
        .meta({ description: "How long records of calls are kept", unit: "days", ...requirement("governance") }),
      auditLock: z.enum(["governance", "compliance"]).default("governance").meta({
        description:
          "Who may shorten that: who may manage the storage (`governance`), or nobody for ever (`compliance`), which a new stack is switched to by a second update",
      }),
      backups: z
        .strictObject({
          mode: createOrSkip(defaults.backups).meta({
            description: "Whether recovery points are kept in an immutable vault, which is copied to the paired region",
            ...requirement("backups"),
          }),
          // https://learn.microsoft.com/azure/backup/backup-azure-database-postgresql-flex-support-matrix
          retentionDays: wholeNumber(fewestRetentionDays, 3650)
            .default(defaults.backupRetentionDays ?? 35)
            .meta({
              description: "How long a recovery point is kept: daily ones of objects, weekly ones of databases",
              unit: "days",
              ...requirement("backups"),
            }),
          lock: z
            .enum(["governance", "compliance"])
            .default(defaults.lock ?? "governance")
            .meta({
              description:
                "Who may unlock the vault: who may manage it (`governance`), or nobody for ever (`compliance`)",
              ...requirement("backups"),
            }),
        })
        .prefault({})
        .meta({ description: "Copies that cannot be deleted early" }),
    })
    .prefault({})
    .meta({ description: "Records, checks and backups of the subscription" });
}

export type AzureGovernanceSettings = z.output<ReturnType<typeof azureGovernanceSettings>>;
