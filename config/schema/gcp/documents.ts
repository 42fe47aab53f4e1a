import { z } from "zod";
import { createOrSkip, requirementOf, text, wholeNumberOrByClass, type byClass } from "../values";

/** Documents on Firestore with MongoDB compatibility: it has no machines, and the region's zones by itself. */
export function gcpDocumentSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly backupRetentionDays: number | typeof byClass;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({ description: "Whether there is a document database", ...requirement }),
      masterUser: text(
        /^[a-z][a-z0-9-]{2,61}[a-z0-9]$/,
        "4 to 63 lower-case letters, digits and hyphens, a letter first and no hyphen last",
      )
        .default("platform")
        .meta({ description: "Name of the user; its password is generated" }),
      // https://docs.cloud.google.com/firestore/native/docs/backups
      backupRetentionDays: wholeNumberOrByClass(1, 98).default(defaults.backupRetentionDays).meta({
        description: "How long daily backups are kept; any minute of the last 7 days can be restored besides",
        unit: "days",
        requirement: "PF-DR-01",
      }),
    })
    .prefault({})
    .meta({ description: "Documents" });
}

export type GcpDocumentSettings = z.output<ReturnType<typeof gcpDocumentSettings>>;
