import { z } from "zod";
import { checkLake, lakeAges, lakeFields, type LakeDefaults } from "../lake";
import { wholeNumber } from "../values";

/** A data lake on Cloud Storage. What a query of BigQuery may read is a setting of the query, and a quota of the project. */
export function gcpLakeSettings(defaults: LakeDefaults) {
  return z
    .strictObject({
      ...lakeFields(defaults),
      snapshotRetentionDays: wholeNumber(1, 3650).default(7).meta({
        description: "Age from which an older state of a table goes when an engine expires states",
        unit: "days",
      }),
      ...lakeAges("the class Nearline"),
    })
    .superRefine(checkLake)
    .prefault({})
    .meta({ description: "Data lake" });
}

export type GcpLakeSettings = z.output<ReturnType<typeof gcpLakeSettings>>;
