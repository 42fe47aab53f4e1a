import type { AlertPolicyArgs, NotificationChannelArgs } from "@pulumi/gcp/monitoring";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkChoices, checkRanges } from "../input-checks";
import { seconds } from "./lookups";

const CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel";

/** Labels that each type of channel needs. https://docs.cloud.google.com/monitoring/alerts/using-channels-api */
const CHANNELS: Readonly<Record<string, readonly string[]>> = {
  email: ["email_address"],
  google_chat: ["space"],
  pagerduty: [],
  pubsub: ["topic"],
  slack: ["channel_name"],
  sms: ["number"],
  webhook_basicauth: ["url", "username"],
  webhook_tokenauth: ["url"],
};

const channel = resourceType<NotificationChannelArgs>({
  token: CHANNEL,
  service: "Cloud Monitoring",
  actions: {
    create: "CreateNotificationChannel",
    update: "UpdateNotificationChannel",
    delete: "DeleteNotificationChannel",
  },
  reach: "global",
  inUse: {
    code: "failedPrecondition",
    message:
      "Cannot delete notification channel {id}: it is used by {holder}. Set forceDelete to delete it all the same.",
  },
  check: (context) => {
    const { inputs, refuse: report, isUnknown } = context;
    checkChoices(context, [["type", inputs.type, Object.keys(CHANNELS)]]);
    const needed = CHANNELS[inputs.type ?? ""] ?? [];
    for (const label of needed) {
      if (inputs.labels?.[label] !== undefined || isUnknown("labels") || isUnknown(`labels.${label}`)) continue;
      report("labels", `Field "labels" is missing the label "${label}" of a channel of type ${inputs.type ?? ""}`);
    }
  },
  create: ({ scope, hex }) => {
    const name = `projects/${scope.account}/notificationChannels/${numberOf(hex(15))}`;
    return { id: name, outputs: { name, verificationStatus: "" } };
  },
});

const KINDS = [
  ...(["conditionThreshold", "conditionAbsent", "conditionMatchedLog", "conditionMonitoringQueryLanguage"] as const),
  ...(["conditionPrometheusQueryLanguage", "conditionSql"] as const),
];

const policy = resourceType<AlertPolicyArgs>({
  token: "gcp:monitoring/alertPolicy:AlertPolicy",
  service: "Cloud Monitoring",
  actions: { create: "CreateAlertPolicy", update: "UpdateAlertPolicy", delete: "DeleteAlertPolicy" },
  reach: "global",
  references: [
    {
      path: "notificationChannels[*]",
      to: CHANNEL,
      missing: { code: "notFound", message: "Cannot find notification channel {value}" },
    },
  ],
  check: checkPolicy,
  create: ({ inputs, scope, hex }) => {
    const name = `projects/${scope.account}/alertPolicies/${numberOf(hex(15))}`;
    const conditions = inputs.conditions.map((condition, index) => ({
      ...condition,
      name: `${name}/conditions/${numberOf(hex(14))}${String(index)}`,
    }));
    return { id: name, outputs: { name, enabled: inputs.enabled ?? true, conditions: conditions } };
  },
});

type Inputs = Resolved<AlertPolicyArgs>;

/** https://docs.cloud.google.com/monitoring/quotas, typings of `conditions` */
function checkPolicy(context: CheckContext<Inputs>): void {
  const { inputs, refuse: report } = context;
  const conditions = inputs.conditions ?? [];
  checkChoices(context, [
    ["combiner", inputs.combiner, ["AND", "OR", "AND_WITH_MATCHING_RESOURCE"]],
    ["severity", inputs.severity, ["CRITICAL", "ERROR", "WARNING"]],
  ]);
  if (inputs.conditions !== undefined) checkRanges(context, [["conditions", conditions.length, 1, 6]]);
  if ((inputs.notificationChannels ?? []).length > 16) report("notificationChannels", "at most 16 channels");
  for (const [index, condition] of conditions.entries()) {
    const at = `conditions[${String(index)}]`;
    const kinds = KINDS.filter((kind) => condition[kind] !== undefined);
    if (kinds.length !== 1 && !context.isUnknown(at))
      report(at, `exactly one of ${KINDS.join(", ")} must be specified`);
    for (const kind of ["conditionThreshold", "conditionAbsent"] as const) {
      const block = condition[kind];
      if (block === undefined) continue;
      const length = seconds(block.duration);
      if (length === undefined || length % 60 !== 0) {
        report(
          `${at}.${kind}.duration`,
          `INVALID_ARGUMENT: a multiple of a minute in seconds, such as 300s, got ${block.duration}`,
        );
      }
      // https://docs.cloud.google.com/monitoring/api/v3/filters
      const filter = block.filter ?? "";
      if (filter !== "" && !(filter.includes("metric.type") && filter.includes("resource.type"))) {
        report(
          `${at}.${kind}.filter`,
          "INVALID_ARGUMENT: must specify a restriction on metric.type and one on resource.type",
        );
      }
      for (const { alignmentPeriod: period } of block.aggregations ?? []) {
        if (period !== undefined && (seconds(period) ?? 0) < 60) {
          report(`${at}.${kind}.aggregations`, `INVALID_ARGUMENT: an alignment period of at least 60s, got ${period}`);
        }
      }
    }
    if (condition.conditionMatchedLog !== undefined && inputs.alertStrategy?.notificationRateLimit === undefined) {
      report("alertStrategy.notificationRateLimit", "is required for a policy with a log match condition");
    }
  }
}

/** The digits that Monitoring names its objects by. */
function numberOf(digits: string): string {
  return String(BigInt(`0x${digits}`));
}

export const monitoringTypes: readonly ResourceType[] = [channel, policy];
