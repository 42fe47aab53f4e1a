import { z } from "zod";
import { createOrSkip, wholeNumber } from "./values";

type Mode = "create" | "skip";

/** Records are moved to Infrequent Access at 90 days, and S3 takes an expiry only after that. */
const fewestAuditDays = 91;

/** What watches over the account, and the copies that nobody deletes early. */
export function governanceSettings(defaults: {
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
          "Whether the stack records calls (CloudTrail) and configuration (Config) and watches for threats (GuardDuty, Security Hub, Access Analyzer); an account has one of most of them in a region",
        ...requirement("governance"),
      }),
      auditRetentionDays: wholeNumber(fewestAuditDays, 36500)
        .default(defaults.auditRetentionDays ?? 2190)
        .meta({
          description: "How long records of calls and of configuration are kept",
          unit: "days",
          ...requirement("governance"),
        }),
      configurationRole: z.enum(["create", "adopt"]).default("create").meta({
        description:
          "`adopt` when the account has the role AWSServiceRoleForConfig already, from another region or from the console",
      }),
      backups: z
        .strictObject({
          mode: createOrSkip(defaults.backups).meta({
            description: "Whether recovery points are kept in locked vaults, here and in the backup region",
            ...requirement("backups"),
          }),
          // https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
          retentionDays: wholeNumber(1, 36500)
            .default(defaults.backupRetentionDays ?? 35)
            .meta({
              description: "How long a daily recovery point is kept, in both regions",
              unit: "days",
              ...requirement("backups"),
            }),
          lock: z
            .enum(["governance", "compliance"])
            .default(defaults.lock ?? "governance")
            .meta({
              description:
                "Who may unlock a vault: who may manage backups (`governance`), or nobody from three days after its creation (`compliance`)",
              ...requirement("backups"),
            }),
        })
        .prefault({})
        .meta({ description: "Copies that cannot be deleted early" }),
    })
    .prefault({})
    .meta({ description: "Records, checks and backups of the account" });
}

export type GovernanceSettings = z.output<ReturnType<typeof governanceSettings>>;
