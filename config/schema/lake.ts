import { z } from "zod";
import { icebergTypes, partitionTransforms, tableProblem, type TableSpec } from "../../components/planning/lake";
import { checkAges, type AddIssue } from "./data";
import { createOrSkip, requirementOf, text, wholeNumber } from "./values";

const name = text(/^[a-z][a-z0-9_]{0,127}$/, "lower-case letters, digits and _, a letter first");

const column = z.strictObject({ name, type: z.enum(icebergTypes), required: z.boolean().default(false) });

const table = z.strictObject({
  description: z.string().min(1, "say what the table holds").max(255, "say it in at most 255 characters"),
  columns: z.array(column).min(1, "give at least one column"),
  partition: z.record(name, z.enum(partitionTransforms)).default({}),
});

export interface LakeDefaults {
  readonly mode: "create" | "skip";
  readonly tables: Readonly<Record<string, TableSpec>>;
  readonly requirement?: string;
}

/** Whether there is a lake, and its tables; `checkLake` belongs to them. */
export function lakeFields(defaults: LakeDefaults) {
  const requirement = requirementOf(defaults.requirement);
  return {
    mode: createOrSkip(defaults.mode).meta({ description: "Whether there is a data lake", ...requirement }),
    tables: z
      .record(name, table)
      .default(structuredClone(defaults.tables) as Record<string, z.output<typeof table>>)
      .meta({
        description:
          "Iceberg tables by name, each with `description`, `columns` (`name`, `type`, `required`) and `partition` by column; new columns go to the end",
        ...requirement,
      }),
  };
}

/** How long a lake keeps files, which after a while lie in a tier that costs less; `checkLake` belongs to them too. */
export function lakeAges(tier: string) {
  return {
    infrequentAccessAfterDays: wholeNumber(30, 3650)
      .default(90)
      .meta({
        description: `Age at which archived events and results of queries move to ${tier}`,
        unit: "days",
      }),
    deleteAfterDays: wholeNumber(31, 36500)
      .default(365)
      .meta({ description: "Age at which archived events and results of queries are deleted", unit: "days" }),
    keepVersionsDays: wholeNumber(1, 3650)
      .default(7)
      .meta({ description: "How long a replaced or deleted object can be brought back", unit: "days" }),
  };
}

/** Tables that fit, and ages in their order. */
export function checkLake(
  lake: {
    readonly tables: Readonly<Record<string, TableSpec>>;
    readonly infrequentAccessAfterDays: number;
    readonly deleteAfterDays: number;
  },
  context: AddIssue,
): void {
  for (const [id, spec] of Object.entries(lake.tables)) {
    const problem = tableProblem(id, spec);
    if (problem !== undefined) context.addIssue({ code: "custom", path: ["tables", id], message: problem });
  }
  checkAges(lake, context);
}

export function lakeSettings(defaults: LakeDefaults) {
  return z
    .strictObject({
      ...lakeFields(defaults),
      snapshotRetentionDays: wholeNumber(1, 3650)
        .default(7)
        .meta({ description: "How long an older state of a table can be queried and brought back", unit: "days" }),
      ...lakeAges("Infrequent Access"),
      queryLimitGiB: wholeNumber(1, 1_048_576)
        .default(100)
        .meta({ description: "A query that reads more is stopped", unit: "GiB" }),
    })
    .superRefine(checkLake)
    .prefault({})
    .meta({ description: "Data lake" });
}

export type LakeSettings = z.output<ReturnType<typeof lakeSettings>>;
