import { z } from "zod";
import { firestoreFaults } from "../../../components/gcp/key-values.plan";
import { checkTables, keyValueFields, type KeyValueDefaults } from "../key-values";
import { type byClass, gcpRegion, wholeNumberOrByClass } from "../values";

/** Tables of keys and values on Firestore. */
export function gcpKeyValueSettings(defaults: KeyValueDefaults & { readonly recoveryDays: number | typeof byClass }) {
  return z
    .strictObject({
      ...keyValueFields(defaults),
      recoveryDays: wholeNumberOrByClass(1, 98).default(defaults.recoveryDays).meta({
        description: "How long a daily backup is kept; any minute of the last seven days can be read besides",
        unit: "days",
      }),
      replicaRegions: z
        .array(gcpRegion)
        .default([])
        .meta({ description: "Stays empty: no region can be added to a database of Firestore" }),
    })
    .superRefine(checkTables(firestoreFaults))
    .prefault({})
    .meta({ description: "Tables of keys and values" });
}

export type GcpKeyValueSettings = z.output<ReturnType<typeof gcpKeyValueSettings>>;
