import type { EventRuleArgs, EventTargetArgs } from "@pulumi/aws/cloudwatch";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CheckContext,
  type Reference,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { arn, parseArn } from "./arn";
import { anyName, roleReference } from "./references";
import { scheduleProblem } from "./schedule";

// Error codes: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html, API_PutTargets.html, API_DeleteRule.html

const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const BUS = "aws:cloudwatch/eventBus:EventBus";
const DEFAULT_BUS = "default";

/** Targets of a rule: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_TARGETS = 5;

const STATES = ["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"];

const role: Reference = roleReference("roleArn", "ValidationException", "Provided role '{value}' does not exist");

/** A bus is named by its name or its ARN. */
function busName(given: string | undefined): string {
  return (given ?? DEFAULT_BUS).replace(/^arn:.*:event-bus\//, "");
}

const rule = resourceType<EventRuleArgs>({
  token: RULE,
  service: "EventBridge",
  actions: { create: "PutRule", update: "PutRule", delete: "DeleteRule" },
  name: {
    property: "name",
    pattern: /^[.\-_A-Za-z0-9]+$/,
    rule: "1 to 64 letters, digits and .-_",
    source: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
    maxLength: 64,
  },
  references: [role],
  check: checkRule,
  create: ({ inputs, scope, cloud }) => {
    const name = inputs.name ?? "";
    const bus = busName(inputs.eventBusName);
    requireBus(cloud, bus);
    const path = bus === DEFAULT_BUS ? name : `${bus}/${name}`;
    return {
      id: path,
      outputs: {
        arn: arn(scope, "events", `rule/${path}`),
        eventBusName: inputs.eventBusName ?? DEFAULT_BUS,
        state: inputs.state ?? "ENABLED",
      },
    };
  },
  delete: ({ resource, cloud, effects }) => {
    const targets = cloud.list(TARGET).filter(({ inputs }) => idOfRule(inputs) === resource.id);
    if (targets.length > 0 && resource.inputs["forceDestroy"] !== true) {
      refuse("ValidationException", "Rule can't be deleted since it has targets.");
    }
    for (const target of targets) effects.remove(target);
  },
});

function requireBus(cloud: CloudView, bus: string): void {
  const isKnown = bus === DEFAULT_BUS || cloud.list(BUS).some(({ inputs }) => inputs["name"] === bus);
  if (!isKnown) refuse("ResourceNotFoundException", `Event bus ${bus} does not exist.`);
}

function checkRule({ inputs, isUnknown, refuse: report }: CheckContext<Resolved<EventRuleArgs>>): void {
  const has = (property: "eventPattern" | "scheduleExpression") =>
    inputs[property] !== undefined || isUnknown(property);
  if (!has("eventPattern") && !has("scheduleExpression")) {
    report("eventPattern", "one of eventPattern, scheduleExpression must be specified");
  }
  if (has("scheduleExpression") && busName(inputs.eventBusName) !== DEFAULT_BUS) {
    const reason = "ValidationException: ScheduleExpression is supported only on the default event bus.";
    report("scheduleExpression", reason);
  }
  const schedule = inputs.scheduleExpression === undefined ? undefined : scheduleProblem(inputs.scheduleExpression);
  if (schedule !== undefined) {
    report("scheduleExpression", `ValidationException: Parameter ScheduleExpression is not valid: ${schedule}`);
  }
  const pattern = inputs.eventPattern === undefined ? undefined : patternProblem(inputs.eventPattern);
  if (pattern !== undefined) {
    report("eventPattern", `InvalidEventPatternException: Event pattern is not valid. Reason: ${pattern}`);
  }
  if (inputs.state !== undefined && !STATES.includes(inputs.state)) {
    report("state", `expected one of ${STATES.join(", ")}, got ${inputs.state}`);
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
function patternProblem(pattern: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(pattern);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!isObject(parsed)) return "Filter is not an object";
  return Object.keys(parsed).length === 0 ? "Empty patterns are not allowed" : fieldProblem(parsed);
}

/** A field is a list of values to choose from, or an object with fields. */
function fieldProblem(fields: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value)) {
      if (value.length === 0) return "Empty arrays are not allowed";
      continue;
    }
    if (!isObject(value)) return `"${name}" must be an object or an array`;
    const problem = fieldProblem(value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The id of the rule that a target names. */
function idOfRule({ rule: name, eventBusName: given }: { readonly rule?: unknown; readonly eventBusName?: unknown }) {
  const bus = busName(typeof given === "string" ? given : undefined);
  return bus === DEFAULT_BUS ? String(name) : `${bus}/${String(name)}`;
}

/** Services that EventBridge calls in the name of a role: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html */
const NEEDS_ROLE = ["kinesis", "firehose", "ecs", "states", "batch", "codebuild", "codepipeline", "ssm", "sagemaker"];

const target = resourceType<EventTargetArgs>({
  token: TARGET,
  service: "EventBridge",
  actions: { create: "PutTargets", update: "PutTargets", delete: "RemoveTargets" },
  name: {
    ...anyName("targetId", 64),
    pattern: /^[.\-_A-Za-z0-9]+$/,
    rule: "1 to 64 letters, digits and .-_",
    source: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html",
  },
  references: [role],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const parsed = inputs.arn === undefined ? undefined : parseArn(inputs.arn);
    if (inputs.arn !== undefined && parsed === undefined) {
      report(
        "arn",
        `ValidationException: Parameter ${inputs.arn} is not valid. Reason: Provided Arn is not in correct format.`,
      );
    }
    if (
      parsed !== undefined &&
      NEEDS_ROLE.includes(parsed.service) &&
      inputs.roleArn === undefined &&
      !isUnknown("roleArn")
    ) {
      report("roleArn", `ValidationException: RoleArn is required for target ${inputs.arn ?? ""}.`);
    }
    const given = (["input", "inputPath", "inputTransformer"] as const).filter(
      (each) => inputs[each] !== undefined || isUnknown(each),
    );
    if (given.length > 1) report(given[1] ?? "", `conflicts with ${given[0] ?? ""}: give one of the three`);
  },
  create: ({ inputs, cloud }) => {
    const id = idOfRule(inputs);
    const bus = busName(inputs.eventBusName);
    if (cloud.find(RULE, id) === undefined) {
      refuse("ResourceNotFoundException", `Rule ${inputs.rule} does not exist on EventBus ${bus}.`);
    }
    const others = cloud.list(TARGET).filter((other) => idOfRule(other.inputs) === id);
    if (others.length >= MOST_TARGETS) {
      refuse("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
    }
    const parts = [inputs.rule, inputs.targetId ?? ""];
    return {
      id: (bus === DEFAULT_BUS ? parts : [bus, ...parts]).join("-"),
      outputs: { eventBusName: inputs.eventBusName ?? DEFAULT_BUS },
    };
  },
});

export const eventbridgeTypes: readonly ResourceType[] = [rule, target];
