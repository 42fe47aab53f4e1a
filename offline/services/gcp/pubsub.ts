import type { SubscriptionArgs, TopicArgs } from "@pulumi/gcp/pubsub";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { requireServiceKey } from "./cmek";
import { link, partIn } from "./links";
import { seconds } from "./lookups";
import { patternName } from "./names";
import { TOPIC } from "./types";

const name = patternName(
  "name",
  /^(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/,
  '3 to 255 letters, digits and -._~+%, a letter first, not beginning with "goog"',
  255,
  "https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names",
);
const DAY = 86_400;

/** Refuses a duration that is none or is outside its bounds, in seconds. */
function durationProblem(value: string | undefined, least: number, most: number): string | undefined {
  const length = value === undefined ? undefined : (seconds(value) ?? -1);
  if (length === undefined || (length >= least && length <= most)) return undefined;
  return `a duration of ${String(least)}s to ${String(most)}s, got ${value ?? ""}`;
}

const topic = resourceType<TopicArgs>({
  token: TOPIC,
  service: "Pub/Sub",
  actions: { create: "CreateTopic", update: "UpdateTopic", delete: "DeleteTopic" },
  reach: "global",
  name,
  check: ({ inputs, refuse }) => {
    const problem = durationProblem(inputs.messageRetentionDuration, 600, 31 * DAY);
    if (problem !== undefined) refuse("messageRetentionDuration", problem);
  },
  create: (context) => {
    const { inputs, scope } = context;
    const key = inputs.kmsKeyName;
    // A topic is everywhere, so a key of any location will do.
    requireServiceKey(context, key, "pubsub.googleapis.com", [partIn(key ?? "", "locations") ?? "global"]);
    return { id: `projects/${scope.account}/topics/${inputs.name ?? ""}`, outputs: { name: inputs.name ?? "" } };
  },
});

const subscription = resourceType<SubscriptionArgs>({
  token: "gcp:pubsub/subscription:Subscription",
  service: "Pub/Sub",
  actions: { create: "CreateSubscription", update: "UpdateSubscription", delete: "DeleteSubscription" },
  reach: "global",
  name,
  references: [
    link("topic", TOPIC, {
      holds: false,
      missing: { code: "notFound", message: "Resource not found (resource={value})." },
    }),
    link("deadLetterPolicy.deadLetterTopic", TOPIC, {
      holds: false,
      missing: { code: "notFound", message: "Resource not found (resource={value})." },
    }),
  ],
  check: ({ inputs, refuse }) => {
    const wait = inputs.ackDeadlineSeconds;
    if (wait !== undefined && (wait < 10 || wait > 600)) {
      refuse("ackDeadlineSeconds", `expected ackDeadlineSeconds to be in the range (10 - 600), got ${String(wait)}`);
    }
    const attempts = inputs.deadLetterPolicy?.maxDeliveryAttempts;
    if (attempts !== undefined && (attempts < 5 || attempts > 100)) {
      refuse("deadLetterPolicy.maxDeliveryAttempts", `5 to 100 attempts, got ${String(attempts)}`);
    }
    const kept = durationProblem(inputs.messageRetentionDuration, 600, 31 * DAY);
    if (kept !== undefined) refuse("messageRetentionDuration", kept);
    const ttl = inputs.expirationPolicy?.ttl;
    if (ttl !== undefined && ttl !== "" && (seconds(ttl) ?? 0) < DAY) {
      refuse("expirationPolicy.ttl", `at least a day, 86400s, or "" for never, got ${ttl}`);
    }
    const kinds = (["pushConfig", "bigqueryConfig", "cloudStorageConfig"] as const).filter(
      (key) => inputs[key] !== undefined,
    );
    if (kinds.length > 1)
      refuse(kinds[1] ?? "", `conflicts with ${kinds[0] ?? ""}: a subscription delivers in one way`);
    if (inputs.enableExactlyOnceDelivery === true && kinds.length > 0) {
      refuse("enableExactlyOnceDelivery", "is for subscriptions that are pulled from");
    }
  },
  create: ({ inputs, scope }) => ({
    id: `projects/${scope.account}/subscriptions/${inputs.name ?? ""}`,
    outputs: {
      name: inputs.name ?? "",
      ackDeadlineSeconds: inputs.ackDeadlineSeconds ?? 10,
      messageRetentionDuration: inputs.messageRetentionDuration ?? `${String(7 * DAY)}s`,
      expirationPolicy: inputs.expirationPolicy ?? { ttl: `${String(31 * DAY)}s` },
    },
  }),
});

export const pubsubTypes: readonly ResourceType[] = [topic, subscription];
