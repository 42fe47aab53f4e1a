import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { serviceRole } from "./eks-support";
import { Account, refused } from "./support";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const TOPIC = "aws:sns/topic:Topic";

const METRIC: Properties = {
  comparisonOperator: "GreaterThanThreshold",
  evaluationPeriods: 3,
  threshold: 80,
  metricName: "CPUUtilization",
  namespace: "AWS/RDS",
  period: 60,
  statistic: "Average",
};

describe("AWS CloudWatch metric alarm", () => {
  const reasons = (more: Properties) => new Account().reasons(ALARM, { name: "a", ...METRIC, ...more });

  it("takes one statistic of one metric, or queries of which one counts", () => {
    assert.deepEqual(reasons({}), {});
    assert.deepEqual(reasons({ statistic: undefined, extendedStatistic: "p99.9" }), {});
    assert.match(reasons({ statistic: undefined })["statistic"] ?? "", /exactly one of statistic, extendedStatistic/);
    assert.match(reasons({ extendedStatistic: "p99" })["statistic"] ?? "", /exactly one of/);
    assert.match(
      reasons({ statistic: undefined, extendedStatistic: "p101" })["extendedStatistic"] ?? "",
      /no percentile/,
    );
    assert.match(reasons({ threshold: undefined })["threshold"] ?? "", /one of threshold, thresholdMetricId/);
    const none = { metricName: undefined, namespace: undefined, period: undefined, statistic: undefined };
    const metric = { metricName: "m", namespace: "n", period: 60, stat: "Sum" };
    const queries = (...metricQueries: Properties[]) => reasons({ ...none, metricQueries });
    assert.deepEqual(queries({ id: "e", expression: "m1 * 2", returnData: true }, { id: "m1", metric }), {});
    assert.match(queries({ id: "m1", metric })["metricQueries"] ?? "", /exactly one query must have returnData true/);
    assert.match(
      Object.values(queries({ id: "M1", metric: { ...metric, period: 45 }, returnData: true })).join(),
      /small letter.*multiple of 60, got 45/s,
    );
    assert.match(
      reasons({ metricQueries: [{ id: "e", expression: "1", returnData: true }] })["metricQueries"] ?? "",
      /conflicts/,
    );
  });

  it("refuses treatments of missing data that there are not", () => {
    assert.match(
      reasons({ treatMissingData: "zero" })["treatMissingData"] ?? "",
      /missing, ignore, breaching, notBreaching/,
    );
    assert.deepEqual(reasons({ treatMissingData: "notBreaching" }), {});
  });

  it("acts on topics that exist, in its own region", () => {
    const account = new Account();
    const create = (topic: unknown) =>
      account.create(ALARM, "a", { name: "a", ...METRIC, alarmActions: [topic] } as Properties);
    refused(() => create("arn:aws:sns:us-east-1:111122223333:none"), "ValidationError", /topic does not exist/);
    const west = account.create(TOPIC, "west", { name: "west", region: "us-west-2" });
    refused(() => create(west.outputs["arn"]), "ValidationError", /Invalid region us-west-2 specified. Only us-east-1/);
    const made = create(account.create(TOPIC, "ops", { name: "ops" }).outputs["arn"]);
    assert.equal(made.outputs["arn"], "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a");
    refused(() => account.update(made, { okActions: [west.outputs["arn"] ?? null] }), "ValidationError");
  });

  it("is kept by the composite alarms made of it", () => {
    const account = new Account();
    const part = account.create(ALARM, "part", { name: "part", ...METRIC });
    const whole = (alarmRule: string) => account.create(COMPOSITE, "whole", { alarmName: "whole", alarmRule });
    refused(() => whole('ALARM("part") AND OK("none")'), "ValidationError", /alarm none .* does not exist/);
    assert.match(
      account.reasons(COMPOSITE, { alarmName: "w", alarmRule: "part" })["alarmRule"] ?? "",
      /ValidationError/,
    );
    const made = whole("ALARM(part) OR NOT TRUE");
    refused(
      () => {
        account.delete(part);
      },
      "ValidationError",
      /composite alarm\(s\) depending on it/,
    );
    account.delete(made);
    account.delete(part);
  });
});

describe("AWS CloudWatch dashboard", () => {
  const reason = (body: string) =>
    new Account().reasons(DASHBOARD, { dashboardName: "d", dashboardBody: body })["dashboardBody"] ?? "accepted";
  const widget = (more: object) =>
    JSON.stringify({ widgets: [{ type: "metric", properties: { region: "us-east-1" }, ...more }] });

  it("shows widgets that fit its grid", () => {
    assert.equal(reason(widget({ x: 0, y: 0, width: 24, height: 6 })), "accepted");
    assert.match(reason("{"), /^InvalidParameterInput: The field DashboardBody must be a valid JSON object/);
    assert.match(reason("{}"), /required property 'widgets'/);
    assert.match(reason(widget({ width: 25 })), /\/widgets\/0: width must be a whole number from 1 to 24/);
    assert.match(reason(widget({ type: "chart" })), /type must be one of metric, text/);
    assert.match(reason(widget({ properties: {} })), /has a region/);
    const { outputs } = new Account().create(DASHBOARD, "d", { dashboardName: "d", dashboardBody: widget({}) });
    assert.equal(outputs["dashboardArn"], "arn:aws:cloudwatch::111122223333:dashboard/d");
  });
});

describe("AWS EventBridge", () => {
  const PATTERN = JSON.stringify({ source: ["aws.guardduty"], detail: { severity: [{ numeric: [">=", 7] }] } });

  it("takes patterns and schedules, one at least", () => {
    const reasons = (more: Properties) => new Account().reasons(RULE, { name: "r", ...more });
    const pattern = (value: unknown) => reasons({ eventPattern: JSON.stringify(value) })["eventPattern"] ?? "accepted";
    assert.deepEqual(reasons({ eventPattern: PATTERN }), {});
    assert.match(reasons({})["eventPattern"] ?? "", /one of eventPattern, scheduleExpression/);
    assert.match(
      pattern({ source: "aws.ec2" }),
      /InvalidEventPatternException: .*"source" must be an object or an array/,
    );
    assert.match(pattern({ source: [] }), /Empty arrays/);
    assert.match(pattern([]), /not an object/);
    assert.match(reasons({ scheduleExpression: "rate(5 minute)" })["scheduleExpression"] ?? "", /ValidationException/);
    const elsewhere = { scheduleExpression: "rate(5 minutes)", eventBusName: "orders" };
    assert.match(reasons(elsewhere)["scheduleExpression"] ?? "", /only on the default event bus/);
    assert.match(reasons({ eventPattern: PATTERN, state: "ON" })["state"] ?? "", /expected one of ENABLED/);
  });

  it("sends to at most five targets, and keeps a rule that has any", () => {
    const account = new Account();
    const rule = account.create(RULE, "findings", { name: "findings", eventPattern: PATTERN });
    assert.equal(rule.outputs["arn"], "arn:aws:events:us-east-1:111122223333:rule/findings");
    const topic = account.create(TOPIC, "ops", { name: "ops" }).outputs["arn"];
    const target = (targetId: string, more = {}) =>
      account.create(TARGET, targetId, { rule: "findings", arn: topic, targetId, ...more });
    refused(() => target("t", { rule: "none" }), "ResourceNotFoundException", /Rule none does not exist/);
    const made = ["1", "2", "3", "4", "5"].map((id) => target(id));
    assert.equal(made[0]?.id, "findings-1");
    refused(() => target("6"), "LimitExceededException");
    refused(
      () => {
        account.delete(rule);
      },
      "ValidationException",
      /since it has targets/,
    );
    for (const each of made) account.delete(each);
    account.delete(rule);
  });

  it("needs a role for the services that it calls in one's name, and a bus that exists", () => {
    const account = new Account();
    const stream = "arn:aws:kinesis:us-east-1:111122223333:stream/s";
    const inputs = { rule: "r", arn: stream };
    assert.match(account.reasons(TARGET, inputs)["roleArn"] ?? "", /RoleArn is required/);
    assert.match(account.reasons(TARGET, { rule: "r", arn: "x" })["arn"] ?? "", /not in correct format/);
    const both = { rule: "r", arn: "arn:aws:sns:us-east-1:111122223333:t", input: "{}", inputPath: "$.detail" };
    assert.match(account.reasons(TARGET, both)["inputPath"] ?? "", /conflicts with input/);
    const roleArn = serviceRole(account, "events", "events.amazonaws.com").outputs["arn"];
    assert.deepEqual(account.reasons(TARGET, { ...inputs, roleArn }), {});
    const onBus = { name: "r", eventPattern: PATTERN, eventBusName: "orders" };
    refused(() => account.create(RULE, "r", onBus), "ResourceNotFoundException", /Event bus orders does not exist/);
    account.create("aws:cloudwatch/eventBus:EventBus", "orders", { name: "orders" });
    assert.equal(account.create(RULE, "r", onBus).id, "orders/r");
  });
});
