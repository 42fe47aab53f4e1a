import { z } from "zod";
import { mostRecoveryDays } from "../../../components/azure/object-store.plan";
import { checkLake, lakeAges, lakeFields, type LakeDefaults } from "../lake";
import { wholeNumber } from "../values";

/** A data lake on Data Lake Storage. Queries and the upkeep of tables are the catalog's and its engine's on the cluster. */
export function azureLakeSettings(defaults: LakeDefaults) {
  return z
    .strictObject({
      ...lakeFields(defaults),
      ...lakeAges("the tier Cool"),
      keepVersionsDays: wholeNumber(1, mostRecoveryDays)
        .default(7)
        .meta({ description: "How long a deleted file can be brought back", unit: "days" }),
    })
    .superRefine(checkLake)
    .prefault({})
    .meta({ description: "Data lake" });
}

export type AzureLakeSettings = z.output<ReturnType<typeof azureLakeSettings>>;
