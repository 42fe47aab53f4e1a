import { z } from "zod";
import { mostRecoveryDays } from "../../../components/azure/object-store.plan";
import { tableProblem, type TableSpec } from "../../../components/planning/lake";
import { table } from "../lake";
import { createOrSkip, requirementOf, text, wholeNumber } from "../values";

/** A data lake on Data Lake Storage. Queries and the upkeep of tables are the catalog's and its engine's on the cluster. */
export function azureLakeSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly tables: Readonly<Record<string, TableSpec>>;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({ description: "Whether there is a data lake", ...requirement }),
      tables: z
        .record(text(/^[a-z][a-z0-9_]{0,127}$/, "lower-case letters, digits and _, a letter first"), table)
        .default(structuredClone(defaults.tables) as Record<string, z.output<typeof table>>)
        .meta({
          description:
            "Iceberg tables by name, each with `description`, `columns` (`name`, `type`, `required`) and `partition` by column; new columns go to the end",
          ...requirement,
        }),
      infrequentAccessAfterDays: wholeNumber(30, 3650).default(90).meta({
        description: "Age at which archived events and results of queries move to the tier Cool",
        unit: "days",
      }),
      deleteAfterDays: wholeNumber(31, 36500)
        .default(365)
        .meta({ description: "Age at which archived events and results of queries are deleted", unit: "days" }),
      keepVersionsDays: wholeNumber(1, mostRecoveryDays)
        .default(7)
        .meta({ description: "How long a deleted file can be brought back", unit: "days" }),
    })
    .superRefine(({ tables, infrequentAccessAfterDays, deleteAfterDays }, context) => {
      for (const [id, spec] of Object.entries(tables)) {
        const problem = tableProblem(id, spec);
        if (problem !== undefined) context.addIssue({ code: "custom", path: ["tables", id], message: problem });
      }
      if (deleteAfterDays > infrequentAccessAfterDays) return;
      context.addIssue({
        code: "custom",
        path: ["deleteAfterDays"],
        message: `deleteAfterDays (${String(deleteAfterDays)}) is not above infrequentAccessAfterDays (${String(infrequentAccessAfterDays)}): raise the first or lower the second`,
      });
    })
    .prefault({})
    .meta({ description: "Data lake" });
}

export type AzureLakeSettings = z.output<ReturnType<typeof azureLakeSettings>>;
