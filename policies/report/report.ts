import { z } from "zod";
import { SEVERITIES, STACK_CLASSES } from "../model/rule";
import { LEVELS } from "../enforcement";

const finding = z.object({
  rule: z.string(),
  /** URN; empty for what is about no resource. */
  urn: z.string(),
  /** `type name`; for what is about no resource, what it is about. */
  resource: z.string(),
  /** Path of the input that decides it; empty for the resource as a whole. */
  at: z.string(),
  says: z.string(),
});

/** Everything that the pack found of one stack, as it hands it to the command that asked. */
export const policyReport = z.object({
  pack: z.object({ name: z.string(), version: z.string() }),
  stack: z.string(),
  class: z.enum(STACK_CLASSES),
  /** Whether it is of a preview: what is undecided then is judged again by the update. */
  isPreview: z.boolean(),
  /** Resources that were looked at. */
  resources: z.number(),
  rules: z.array(
    z.object({
      id: z.string(),
      severity: z.enum(SEVERITIES),
      level: z.enum(LEVELS),
      /** Facts that hold. */
      satisfied: z.number(),
      /** Milliseconds that the rule took. */
      milliseconds: z.number(),
    }),
  ),
  violations: z.array(finding.extend({ level: z.enum(["advisory", "mandatory"]) })),
  undecided: z.array(finding),
  exempted: z.array(
    finding.extend({ reason: z.string(), owner: z.string(), expires: z.string(), ticket: z.string().optional() }),
  ),
});

export type PolicyReport = z.output<typeof policyReport>;
export type Finding = z.output<typeof finding>;
