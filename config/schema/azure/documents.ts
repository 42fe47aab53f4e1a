import { z } from "zod";
import {
  documentStorage,
  documentTiers,
  documentVersions,
  type DocumentStorageGiB,
  type DocumentTier,
} from "../../../components/azure/documents.plan";
import { byClass, createOrSkip, requirementOf, text } from "../values";

const availabilities = ["single-zone", "standby"] as const;

/** Documents on Azure. Any second of the last 35 days can be restored, which cannot be set. */
export function azureDocumentSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly tier: DocumentTier;
  readonly storageGiB: DocumentStorageGiB;
  readonly availability: (typeof availabilities)[number] | typeof byClass;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({ description: "Whether there is a document database", ...requirement }),
      engineVersion: z.enum(documentVersions).default("8.0").meta({
        description: "Version of MongoDB's protocol; a newer one is taken in place, an older one never",
      }),
      tier: z
        .enum(documentTiers)
        .default(defaults.tier)
        .meta({ description: "Machine of each node", ...requirement }),
      storageGiB: z
        .literal([...documentStorage])
        .default(defaults.storageGiB)
        .meta({ description: "Storage, which never shrinks", unit: "GiB" }),
      availability: z
        .enum([...availabilities, byClass])
        .default(defaults.availability)
        .meta({ description: "`standby`: a synchronous copy in another zone takes over", ...requirement }),
      masterUser: text(/^(?!admin$)[a-z][a-z0-9]{0,62}$/, "lower-case letters and digits, a letter first, not admin")
        .default("platform")
        .meta({ description: "Name of the master user, for life; its password is generated" }),
      standby: z
        .strictObject({
          tier: z.enum(documentTiers).optional().meta({ description: "Machine in standby" }),
          availability: z.enum(availabilities).optional().meta({ description: "Standby in another zone or none" }),
        })
        .optional()
        .meta({ description: "What is otherwise while the site is in standby: all that a cluster changes in place" }),
    })
    .prefault({})
    .meta({ description: "Documents" });
}

export type AzureDocumentSettings = z.output<ReturnType<typeof azureDocumentSettings>>;
