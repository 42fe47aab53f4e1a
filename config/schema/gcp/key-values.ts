import { z } from "zod";
import { firestoreFaults } from "../../../components/gcp/key-values.plan";
import type { TableSpec } from "../../../components/planning/key-value-tables";
import { table } from "../key-values";
import { type byClass, createOrSkip, gcpRegion, identifier, requirementOf, wholeNumberOrByClass } from "../values";

/** Tables of keys and values on Firestore. */
export function gcpKeyValueSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly tables: Readonly<Record<string, TableSpec>>;
  readonly recoveryDays: number | typeof byClass;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({
        description: "Whether there are tables of keys and values",
        ...requirement,
      }),
      tables: z
        .record(identifier, table)
        .default(structuredClone(defaults.tables) as Record<string, z.output<typeof table>>)
        .meta({ description: "Tables, each with hashKey, rangeKey, types, indexes, expiresAt", ...requirement }),
      recoveryDays: wholeNumberOrByClass(1, 98).default(defaults.recoveryDays).meta({
        description: "How long a daily backup is kept; any minute of the last seven days can be read besides",
        unit: "days",
      }),
      replicaRegions: z
        .array(gcpRegion)
        .default([])
        .meta({ description: "Stays empty: no region can be added to a database of Firestore" }),
    })
    .superRefine(({ tables }, context) => {
      for (const [key, spec] of Object.entries(tables)) {
        for (const { path, message } of firestoreFaults(spec)) {
          context.addIssue({ code: "custom", path: ["tables", key, ...path], message });
        }
      }
    })
    .prefault({})
    .meta({ description: "Tables of keys and values" });
}

export type GcpKeyValueSettings = z.output<ReturnType<typeof gcpKeyValueSettings>>;
