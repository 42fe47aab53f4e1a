import { Plan } from "@pulumi/aws/backup/plan";
import { Vault } from "@pulumi/aws/backup/vault";
import { REBUILDABLE, type Providers } from "./providers";

/** Backups that stay where they are made. */
export function plant(on: Providers): void {
  const vault = new Vault("near", { tags: REBUILDABLE }, on.aws());
  new Plan(
    "near",
    {
      rules: [
        {
          ruleName: "daily",
          schedule: "cron(0 5 * * ? *)",
          targetVaultName: vault.name,
          lifecycle: { deleteAfter: 35 },
        },
      ],
    },
    on.aws(),
  );
}
