import { z } from "zod";
import {
  cosmosFaults,
  mostTables,
  recoveryWindows,
  throughputBounds,
  throughputFloor,
} from "../../../components/azure/key-values.plan";
import type { TableSpec } from "../../../components/planning/key-value-tables";
import type { AddIssue } from "../data";
import { checkTables, keyValueFields, type KeyValueDefaults } from "../key-values";
import { azureRegion, byClass, wholeNumber } from "../values";

const { least, most, step } = throughputBounds;

const throughput = wholeNumber(least, most).multipleOf(step, `give a multiple of ${String(step)}`);

interface Checked {
  readonly tables: Readonly<Record<string, TableSpec>>;
  readonly maxThroughput: number;
  readonly standby?: { readonly maxThroughput: number } | undefined;
}

/** Tables of keys and values on Cosmos DB. In standby only `maxThroughput` is another, which Azure changes in place. */
export function azureKeyValueSettings(
  defaults: KeyValueDefaults & {
    readonly recoveryDays: 7 | 30 | typeof byClass;
    readonly replicaRegions: readonly string[];
    readonly maxThroughput: number;
    readonly standby?: { readonly maxThroughput: number };
  },
) {
  const fields = keyValueFields(defaults);
  const standby = z
    .strictObject({
      maxThroughput: throughput.meta({
        description: "What all tables together may use at most in standby",
        unit: "request units per second",
      }),
    })
    .optional();
  return z
    .strictObject({
      ...fields,
      tables: fields.tables.meta({
        description: `Tables, each with hashKey, rangeKey, types, indexes, expiresAt; at most ${String(mostTables)}`,
      }),
      recoveryDays: z
        .literal([...recoveryWindows, byClass])
        .default(defaults.recoveryDays)
        .meta({ description: "How far back any second can be restored", unit: "days" }),
      replicaRegions: z
        .array(azureRegion)
        .refine((regions) => new Set(regions).size === regions.length, { error: "name each region once" })
        .default([...defaults.replicaRegions])
        .meta({
          description:
            "Other regions with a copy of every table that takes writes too; a change of them stands alone in its update",
        }),
      maxThroughput: throughput.default(defaults.maxThroughput).meta({
        description: "What all tables together may use at most; a tenth of it is used, and billed, at rest",
        unit: "request units per second",
      }),
      standby: (defaults.standby === undefined ? standby : standby.default(defaults.standby)).meta({
        description: "What stands in for `maxThroughput` while the site's role is standby: a tenth of it at least",
      }),
    })
    .superRefine(checkTables(cosmosFaults))
    .superRefine(checkTableCount)
    .superRefine(checkStandby)
    .prefault({})
    .meta({ description: "Tables of keys and values" });
}

function checkTableCount({ tables }: Checked, context: AddIssue): void {
  const count = Object.keys(tables).length;
  if (count <= mostTables) return;
  context.addIssue({
    code: "custom",
    path: ["tables"],
    message: `${String(count)} tables are more than the ${String(mostTables)} that share a database's throughput: leave some out`,
  });
}

/** A switch to standby that Azure would refuse. */
function checkStandby({ maxThroughput, standby }: Checked, context: AddIssue): void {
  const floor = maxThroughput * throughputFloor;
  if (standby === undefined || standby.maxThroughput >= floor) return;
  context.addIssue({
    code: "custom",
    path: ["standby", "maxThroughput"],
    message: `standby.maxThroughput (${String(standby.maxThroughput)}) is below a tenth of maxThroughput (${String(maxThroughput)}), to which Cosmos DB goes back at most: raise it to ${String(Math.ceil(floor / step) * step)} or more, or lower maxThroughput`,
  });
}

export type AzureKeyValueSettings = z.output<ReturnType<typeof azureKeyValueSettings>>;
