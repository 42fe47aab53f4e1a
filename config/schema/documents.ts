import { z } from "zod";
import { byClass, createOrSkip, minimumTls, requirementOf, text, wholeNumber, wholeNumberOrByClass } from "./values";

export function documentSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly instanceClass: string;
  readonly instances: "single" | "one-per-zone" | typeof byClass;
  readonly backupRetentionDays: number | typeof byClass;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({ description: "Whether there is a document database", ...requirement }),
      engineVersion: z.enum(["8.0", "5.0"]).default("5.0").meta({
        description: "Version of DocumentDB and of the protocol of MongoDB; 5.0 has long-term support",
      }),
      instanceClass: text(/^db\.[a-z0-9]+\.[a-z0-9]+$/, "a class such as db.t4g.medium")
        .default(defaults.instanceClass)
        .meta({ description: "Machine of each instance; the smallest is db.t4g.medium" }),
      instances: z
        .enum(["single", "one-per-zone", byClass])
        .default(defaults.instances)
        .meta({
          description: "`one-per-zone`: each but the first answers reads and takes over within 30 s",
          ...requirement,
        }),
      masterUser: text(/^(?!admin$)[a-z][a-z0-9]{0,62}$/, "lower-case letters and digits, a letter first, not admin")
        .default("platform")
        .meta({ description: "Name of the master user; its password is generated" }),
      minimumTls,
      backupRetentionDays: wholeNumberOrByClass(1, 35)
        .default(defaults.backupRetentionDays)
        .meta({ description: "How far back any second can be restored", unit: "days" }),
      slowOperationMs: wholeNumber(50, 2_147_483_646)
        .default(100)
        .meta({ description: "Operations that take longer are written to the profiler's log", unit: "milliseconds" }),
      changeStreamHours: wholeNumber(1, 168)
        .default(24)
        .meta({ description: "How long changes are kept for a reader that is away", unit: "hours" }),
    })
    .prefault({})
    .meta({ description: "Documents" });
}

export type DocumentSettings = z.output<ReturnType<typeof documentSettings>>;
