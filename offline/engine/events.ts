import { readFileSync } from "node:fs";
import { z } from "zod";

const step = z.object({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  new: z
    .object({
      parent: z.string().optional(),
      provider: z.string().optional(),
      outputs: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

/** The engine's events that a verdict is computed from, as `--event-log` writes them: one JSON object a line. */
const event = z.object({
  timestamp: z.number(),
  diagnosticEvent: z.object({ urn: z.string().optional(), message: z.string(), severity: z.string() }).optional(),
  resourcePreEvent: z.object({ metadata: step }).optional(),
  resOutputsEvent: z.object({ metadata: step }).optional(),
  resOpFailedEvent: z.object({ metadata: step }).optional(),
  policyEvent: z
    .object({
      resourceUrn: z.string().optional(),
      message: z.string(),
      policyName: z.string(),
      enforcementLevel: z.string(),
    })
    .optional(),
  summaryEvent: z
    .object({
      durationSeconds: z.number(),
      resourceChanges: z.record(z.string(), z.number()),
      result: z.string().optional(),
    })
    .optional(),
});

export type EngineEvent = z.infer<typeof event>;

/** Counts of what an operation did, or would do. A replacement counts once. */
export interface Changes {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly replace: number;
  readonly same: number;
}

/** What the engine is about to do with one resource. */
export interface PlannedResource {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly parent: string;
  /** `<urn>::<id>` of its provider. */
  readonly provider: string;
}

/** What the events of one operation say. */
export interface Digest {
  readonly changes: Changes;
  /** Resources in the stack, or in the one that a preview promises; components and explicit providers included. */
  readonly resources: number;
  /** Stack outputs; secrets read `[secret]`, what a preview cannot know `[unknown]`. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Every step, in the engine's order. */
  readonly planned: readonly PlannedResource[];
  /** Error diagnostics, in order, with the URN they belong to. */
  readonly errors: readonly { readonly urn?: string; readonly message: string }[];
  /** URNs of resources whose operation failed. */
  readonly failed: readonly string[];
  /** Mandatory policy violations. */
  readonly violations: readonly string[];
  /** Whether the engine came to an end by itself: it wrote its summary. */
  readonly complete: boolean;
  readonly seconds: number;
}

/** Reads an event log. A last line that the engine did not finish, because it was killed, is left out. */
export function readEvents(file: string): readonly EngineEvent[] {
  const lines = readFileSync(file, "utf8").split("\n");
  lines.pop();
  return lines.map((line) => event.parse(JSON.parse(line)));
}

export function digest(events: readonly EngineEvent[]): Digest {
  const summary = events.findLast((one) => one.summaryEvent !== undefined)?.summaryEvent;
  const counts = summary?.resourceChanges ?? {};
  const count = (...ops: string[]) => ops.reduce((sum, op) => sum + (counts[op] ?? 0), 0);
  const changes: Changes = {
    create: count("create", "import"),
    update: count("update"),
    delete: count("delete"),
    replace: count("replace"),
    same: count("same"),
  };
  const stack = events.findLast((one) => one.resOutputsEvent?.metadata.type === "pulumi:pulumi:Stack")?.resOutputsEvent;
  return {
    changes: withoutStack(changes, events),
    resources: resourceCount(events),
    outputs: masked(stack?.metadata.new?.outputs ?? {}) as Record<string, unknown>,
    planned: events.flatMap(({ resourcePreEvent: one }) => (one === undefined ? [] : [plannedResource(one.metadata)])),
    errors: events.flatMap(({ diagnosticEvent: one }) =>
      one?.severity === "error"
        ? [{ ...(one.urn === undefined ? {} : { urn: one.urn }), message: plain(one.message) }]
        : [],
    ),
    failed: events.flatMap(({ resOpFailedEvent: one }) => (one === undefined ? [] : [one.metadata.urn])),
    violations: events.flatMap(({ policyEvent: one }) =>
      one?.enforcementLevel === "mandatory" ? [`${one.policyName}: ${plain(one.message)}`] : [],
    ),
    complete: summary !== undefined,
    seconds: summary?.durationSeconds ?? 0,
  };
}

/** A message without the engine's marks for colours, such as `<{%reset%}>`. */
function plain(message: string): string {
  return message.replaceAll(/<\{%.*?%\}>/g, "").trim();
}

function plannedResource({ op, urn, type, new: now }: z.infer<typeof step>): PlannedResource {
  return { op, urn, type, parent: now?.parent ?? "", provider: now?.provider ?? "" };
}

const REMOVED = new Set(["delete", "delete-replaced", "discard", "discard-replaced", "read-discard"]);

/** Resources that are there afterwards: every URN that was kept, made or changed, and not taken away. */
function resourceCount(events: readonly EngineEvent[]): number {
  const present = new Set<string>();
  for (const { resourcePreEvent: one } of events) {
    if (one === undefined || isInternal(one.metadata)) continue;
    if (one.metadata.op === "delete") present.delete(one.metadata.urn);
    else if (!REMOVED.has(one.metadata.op)) present.add(one.metadata.urn);
  }
  return present.size;
}

/** The stack itself, and the engine's own default providers: the summary does not count these either. */
function isInternal({ type, urn }: { readonly type: string; readonly urn: string }): boolean {
  return type === "pulumi:pulumi:Stack" || (type.startsWith("pulumi:providers:") && /::default(_[^:]*)?$/.test(urn));
}

/** The summary counts the stack as a resource; a user does not. */
function withoutStack(changes: Changes, events: readonly EngineEvent[]): Changes {
  const stack = events.find((one) => one.resourcePreEvent?.metadata.type === "pulumi:pulumi:Stack")?.resourcePreEvent;
  const op = stack?.metadata.op;
  // A refresh counts a stack that is as it was as the same.
  const counted = op === "refresh" ? "same" : op;
  if (counted === "create" || counted === "delete" || counted === "same" || counted === "update") {
    return { ...changes, [counted]: Math.max(0, changes[counted] - 1) };
  }
  return changes;
}

/** What the engine writes for a value that is known only after the update (sdk/go/common/resource/plugin/rpc.go). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SECRET_KEY = "4dabf18193072939515e22adb298388d";

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (value === UNKNOWN) return "[unknown]";
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_KEY in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]));
}
