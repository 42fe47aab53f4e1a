import type { CompositeAlarmArgs, DashboardArgs, MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type NameRule,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { arn, parseArn } from "./arn";
import { dashboardProblem } from "./cloudwatch-dashboard";
import { SNS_TOPIC } from "./types";

// Error codes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html, API_PutCompositeAlarm.html,
// API_PutDashboard.html

const METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE_ALARM = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

const STATISTICS = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
const COMPARISONS = [
  ...["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"],
  ...["LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"],
];
const MISSING_DATA = ["missing", "ignore", "breaching", "notBreaching"];

/** Percentiles, trimmed and winsorized means and their kin: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
const EXTENDED_STATISTIC = /^((p|tm|wm|tc|ts)\d{1,2}(\.\d{1,10})?|p100|IQM|(TM|WM|PR|TC|TS)\([^()]*:[^()]*\))$/;

function alarmName(property: string): NameRule {
  return {
    property,
    pattern: /^[^\p{Cc}]+$/u,
    rule: "1 to 255 characters",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    maxLength: 255,
  };
}

const topicReferences = (["alarmActions[*]", "okActions[*]", "insufficientDataActions[*]"] as const).map((path) => ({
  path,
  to: SNS_TOPIC,
  by: "arn",
  holds: false,
}));

type Actions = Pick<Resolved<MetricAlarmArgs>, "alarmActions" | "okActions" | "insufficientDataActions">;

/** Topics of this account must exist, in the region of the alarm. */
function refuseActions({ inputs, scope, cloud }: CallContext<Actions>): void {
  const actions = [inputs.alarmActions, inputs.okActions, inputs.insufficientDataActions].flatMap((list) => list ?? []);
  for (const action of actions.filter((each) => typeof each === "string")) {
    const parsed = parseArn(action);
    if (parsed?.service !== "sns" || parsed.account !== scope.account) continue;
    if (parsed.region !== scope.region) {
      refuse("ValidationError", `Invalid region ${parsed.region} specified. Only ${scope.region} is supported.`);
    }
    if (cloud.findBy(SNS_TOPIC, "arn", action) === undefined) {
      refuse("ValidationError", `Invalid arn syntax or the topic does not exist: ${action}`);
    }
  }
}

const metricAlarm = resourceType<MetricAlarmArgs>({
  token: METRIC_ALARM,
  service: "CloudWatch",
  actions: { create: "PutMetricAlarm", update: "PutMetricAlarm", delete: "DeleteAlarms" },
  name: alarmName("name"),
  references: topicReferences,
  check: (context) => {
    checkTimes(context);
    checkSource(context);
    checkChoices(context);
  },
  create: (context) => {
    refuseActions(context);
    const { inputs, scope } = context;
    const name = inputs.name ?? "";
    return {
      id: name,
      outputs: {
        arn: arn(scope, "cloudwatch", `alarm:${name}`),
        actionsEnabled: inputs.actionsEnabled ?? true,
        treatMissingData: inputs.treatMissingData ?? "missing",
      },
    };
  },
  update: (context) => {
    refuseActions(context);
    return {};
  },
  delete: ({ resource, cloud }) => {
    const parent = cloud
      .list(COMPOSITE_ALARM)
      .find(({ inputs }) => alarmsOf(inputs["alarmRule"]).includes(resource.id));
    if (parent !== undefined) {
      const message = `Cannot delete ${resource.id} as there are composite alarm(s) depending on it: ${parent.id}`;
      refuse("ValidationError", message);
    }
  },
});

type Alarm = CheckContext<Resolved<MetricAlarmArgs>>;

function checkTimes({ inputs, refuse: report }: Alarm): void {
  const { period, evaluationPeriods, datapointsToAlarm } = inputs;
  if (period !== undefined && !isPeriod(period)) {
    const reason = `ValidationError: Metric period must be 10, 20, 30 or a multiple of 60, got ${String(period)}`;
    report("period", reason);
  }
  if (period !== undefined && evaluationPeriods !== undefined && period * evaluationPeriods > 604800) {
    const reason =
      "ValidationError: Metrics cannot be checked across more than seven days (period * evaluationPeriods)";
    report("evaluationPeriods", reason);
  }
  if (datapointsToAlarm !== undefined && evaluationPeriods !== undefined && datapointsToAlarm > evaluationPeriods) {
    report("datapointsToAlarm", "ValidationError: datapointsToAlarm must not be greater than evaluationPeriods");
  }
}

function isPeriod(seconds: number): boolean {
  return [10, 20, 30].includes(seconds) || (seconds >= 60 && seconds % 60 === 0);
}

/** What an alarm watches: one metric, or metrics and expressions, or a query of PromQL. */
function checkSource({ inputs, isUnknown, refuse: report }: Alarm): void {
  const has = (property: keyof MetricAlarmArgs) => inputs[property] !== undefined || isUnknown(property);
  const sources = (["metricName", "metricQueries", "evaluationCriteria"] as const).filter(has);
  if (sources.length === 0) report("metricName", "ValidationError: one of metricName, metricQueries must be set");
  if (sources.length > 1) report(sources[1] ?? "", `conflicts with ${sources[0] ?? ""}: give one of the two`);
  const statistics = (["statistic", "extendedStatistic"] as const).filter(has);
  if (has("metricName") && statistics.length !== 1) {
    report("statistic", "ValidationError: exactly one of statistic, extendedStatistic must be set for a metric");
  }
  if (has("metricName") && !has("period")) report("period", "ValidationError: a metric needs a period");
  if (has("metricName") && !has("namespace")) report("namespace", "ValidationError: a metric needs a namespace");
  if (!has("evaluationCriteria") && !has("threshold") && !has("thresholdMetricId")) {
    report("threshold", "ValidationError: one of threshold, thresholdMetricId must be set");
  }
  if (inputs.metricQueries !== undefined) checkQueries(inputs.metricQueries, report);
}

function checkQueries(queries: NonNullable<Resolved<MetricAlarmArgs>["metricQueries"]>, report: Alarm["refuse"]): void {
  const ids = queries.map(({ id }) => id);
  queries.forEach(({ id, expression, metric }, index) => {
    const path = `metricQueries[${String(index)}]`;
    if (!/^[a-z]\w{0,254}$/.test(id)) {
      report(`${path}.id`, `ValidationError: "${id}" starts with a small letter, then letters, digits and _`);
    }
    if (ids.indexOf(id) !== index) report(`${path}.id`, `ValidationError: the id "${id}" is used twice`);
    if ((expression === undefined) === (metric === undefined)) {
      report(path, "ValidationError: exactly one of expression, metric must be set");
    }
    if (metric !== undefined && !isPeriod(metric.period)) {
      const reason = `ValidationError: Metric period must be 10, 20, 30 or a multiple of 60, got ${String(metric.period)}`;
      report(`${path}.metric.period`, reason);
    }
  });
  if (queries.filter(({ returnData }) => returnData === true).length !== 1) {
    report("metricQueries", "ValidationError: exactly one query must have returnData true");
  }
}

function checkChoices({ inputs, refuse: report }: Alarm): void {
  const { statistic, extendedStatistic: extended, comparisonOperator, treatMissingData: missing } = inputs;
  if (statistic !== undefined && !STATISTICS.includes(statistic)) {
    report("statistic", `expected one of ${STATISTICS.join(", ")}, got ${statistic}`);
  }
  if (extended !== undefined && !EXTENDED_STATISTIC.test(extended)) {
    report("extendedStatistic", `ValidationError: "${extended}" is no percentile such as p99 and no trimmed mean`);
  }
  if (comparisonOperator !== undefined && !COMPARISONS.includes(comparisonOperator)) {
    report("comparisonOperator", `expected one of ${COMPARISONS.join(", ")}, got ${comparisonOperator}`);
  }
  if (missing !== undefined && !MISSING_DATA.includes(missing)) {
    report("treatMissingData", `expected one of ${MISSING_DATA.join(", ")}, got ${missing}`);
  }
}

const compositeAlarm = resourceType<CompositeAlarmArgs>({
  token: COMPOSITE_ALARM,
  service: "CloudWatch",
  actions: { create: "PutCompositeAlarm", update: "PutCompositeAlarm", delete: "DeleteAlarms" },
  name: alarmName("alarmName"),
  references: topicReferences,
  check: ({ inputs, refuse: report }) => {
    const rule = inputs.alarmRule;
    if (rule === undefined) return;
    const isEmpty = alarmsOf(rule).length === 0 && !/\b(TRUE|FALSE)\b/.test(rule);
    if (isEmpty || rule.length > 10240) {
      report("alarmRule", "ValidationError: 1 to 10240 characters of ALARM(…), OK(…), AND, OR, NOT, TRUE and FALSE");
    }
  },
  create: (context) => {
    refuseComposite(context);
    const { inputs, scope } = context;
    return { id: inputs.alarmName, outputs: { arn: arn(scope, "cloudwatch", `alarm:${inputs.alarmName}`) } };
  },
  update: (context) => {
    refuseComposite(context);
    return {};
  },
});

/** Names or ARNs of the alarms in a rule, as names. */
function alarmsOf(rule: unknown): readonly string[] {
  const found =
    typeof rule === "string" ? rule.matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*"?([^")]+)"?\s*\)/g) : [];
  return [...found].map(([, name = ""]) => parseArn(name)?.resource.replace(/^alarm:/, "") ?? name);
}

function refuseComposite(context: CallContext<Resolved<CompositeAlarmArgs>>): void {
  refuseActions(context);
  const { inputs, cloud } = context;
  const types = [METRIC_ALARM, COMPOSITE_ALARM];
  const none = alarmsOf(inputs.alarmRule).find((name) => types.every((type) => cloud.find(type, name) === undefined));
  if (none !== undefined) refuse("ValidationError", `The alarm ${none} of the alarm rule does not exist`);
}

const dashboard = resourceType<DashboardArgs>({
  token: "aws:cloudwatch/dashboard:Dashboard",
  service: "CloudWatch",
  actions: { create: "PutDashboard", update: "PutDashboard", delete: "DeleteDashboards" },
  name: {
    property: "dashboardName",
    pattern: /^[A-Za-z0-9_-]+$/,
    rule: "1 to 255 letters, digits, - and _",
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html",
    maxLength: 255,
  },
  check: ({ inputs, refuse: report }) => {
    const problem = inputs.dashboardBody === undefined ? undefined : dashboardProblem(inputs.dashboardBody);
    if (problem !== undefined) report("dashboardBody", `InvalidParameterInput: ${problem}`);
  },
  // A dashboard shows any region and belongs to none.
  create: ({ inputs, scope }) => ({
    id: inputs.dashboardName,
    outputs: { dashboardArn: arn({ ...scope, region: "" }, "cloudwatch", `dashboard/${inputs.dashboardName}`) },
  }),
});

export const cloudwatchTypes: readonly ResourceType[] = [metricAlarm, compositeAlarm, dashboard];
