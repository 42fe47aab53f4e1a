import { z } from "zod";
import { keyTypes, tableFaults, type TableFault, type TableSpec } from "../../components/planning/key-value-tables";
import type { AddIssue } from "./data";
import { type byClass, createOrSkip, identifier, region, requirementOf, text, wholeNumberOrByClass } from "./values";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
const attribute = text(/^[A-Za-z_][\w.-]{0,254}$/, "1 to 255 letters, digits, _, - and ., no digit first");

const indexName = text(/^[A-Za-z0-9_.-]{3,255}$/, "3 to 255 letters, digits, _, - and .");

const keys = {
  hashKey: attribute.meta({ description: "Attribute that items are found by" }),
  rangeKey: attribute.optional().meta({ description: "Attribute that items with one hash key are ordered by" }),
};

const table = z
  .strictObject({
    ...keys,
    types: z
      .record(attribute, z.enum(keyTypes))
      .optional()
      .meta({ description: "Types of the attributes of keys; one that is not named is a string" }),
    indexes: z
      .record(
        indexName,
        z.strictObject({
          ...keys,
          projection: z
            .union([z.enum(["all", "keys"]), z.array(attribute).min(1, "name at least one attribute")])
            .optional()
            .meta({ description: "What of an item the index holds; all by default" }),
        }),
      )
      .optional()
      .meta({ description: "Further ways to find items" }),
    expiresAt: attribute.optional().meta({ description: "Attribute with the time after which an item is deleted" }),
  })
  .superRefine((spec, context) => {
    for (const { path, message } of tableFaults(spec)) context.addIssue({ code: "custom", path: [...path], message });
  });

export interface KeyValueDefaults {
  readonly mode: "create" | "skip";
  readonly tables: Readonly<Record<string, TableSpec>>;
  readonly requirement?: string;
}

/** Whether there are tables, and which. */
export function keyValueFields(defaults: KeyValueDefaults) {
  const requirement = requirementOf(defaults.requirement);
  return {
    mode: createOrSkip(defaults.mode).meta({
      description: "Whether there are tables of keys and values",
      ...requirement,
    }),
    tables: z
      .record(identifier, table)
      .default(structuredClone(defaults.tables) as Record<string, z.output<typeof table>>)
      .meta({ description: "Tables, each with hashKey, rangeKey, types, indexes, expiresAt", ...requirement }),
  };
}

/** Checks every table against what a cloud allows less than the others. */
export function checkTables(faultsOf: (table: TableSpec) => readonly TableFault[]) {
  return ({ tables }: { readonly tables: Readonly<Record<string, TableSpec>> }, context: AddIssue): void => {
    for (const [key, spec] of Object.entries(tables)) {
      for (const { path, message } of faultsOf(spec)) {
        context.addIssue({ code: "custom", path: ["tables", key, ...path], message });
      }
    }
  };
}

export function keyValueSettings(
  defaults: KeyValueDefaults & {
    readonly recoveryDays: number | typeof byClass;
    readonly replicaRegions: string[];
  },
) {
  return z
    .strictObject({
      ...keyValueFields(defaults),
      recoveryDays: wholeNumberOrByClass(1, 35)
        .default(defaults.recoveryDays)
        .meta({ description: "How far back any second can be restored", unit: "days" }),
      replicaRegions: z
        .array(region)
        .refine((regions) => new Set(regions).size === regions.length, { error: "name each region once" })
        .default(defaults.replicaRegions)
        .meta({ description: "Other regions with a copy of every table that takes writes too" }),
    })
    .prefault({})
    .meta({ description: "Tables of keys and values" });
}

export type KeyValueSettings = z.output<ReturnType<typeof keyValueSettings>>;
