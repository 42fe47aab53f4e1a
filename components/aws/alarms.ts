import { MetricAlarm, type MetricAlarmArgs } from "@pulumi/aws/cloudwatch/metricAlarm";
import { Topic } from "@pulumi/aws/sns/topic";
import { TopicPolicy } from "@pulumi/aws/sns/topicPolicy";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Telemetry } from "../contracts/telemetry";
import { alarms, type alarmDimensions, type AlarmSpec, type AlarmSubject } from "../planning/alarms";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { Key } from "./key";
import { policyDocument, type Statement } from "./policy-document";

/** One thing that is watched. A cache is watched node by node. */
export type WatchedResource = {
  readonly [Subject in AlarmSubject]: {
    readonly subject: Subject;
    /** The name of CloudWatch by which its metrics are found, such as `DBInstanceIdentifier`. */
    readonly dimensions: Readonly<Record<(typeof alarmDimensions)[Subject], Input<string>>>;
  };
}[AlarmSubject];

export interface AlarmsArgs {
  readonly account: Account;
  /** First part of the alarms' names. */
  readonly prefix: string;
  /** What is watched, by a name that never changes. */
  readonly watched: Readonly<Record<string, WatchedResource>>;
  readonly protection: Protection;
  readonly transform?: (alarm: MetricAlarmArgs, id: string) => MetricAlarmArgs;
}

/**
 * Alarms of CloudWatch on the managed services of a site, into one encrypted topic, which people and PagerDuty subscribe to.
 *
 * Cost: each alarm per month.
 */
export class Alarms extends ComponentResource implements Telemetry {
  readonly alarmChannelId: Output<string>;
  readonly alarms: readonly string[];

  constructor(name: string, args: AlarmsArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:Alarms", name, {}, opts);
    const { account, prefix, protection } = args;
    const key = new Key(
      `${name}-key`,
      {
        account,
        prefix,
        purpose: "alarms",
        description: "Alarms on their way to people",
        statements: [cloudWatchStatement(account)],
        protection,
      },
      { parent: this },
    );
    const topic = new Topic(`${name}-topic`, { name: `${prefix}-alarms`, kmsMasterKeyId: key.arn }, { parent: this });
    new TopicPolicy(
      `${name}-topic-policy`,
      {
        arn: topic.arn,
        policy: policyDocument([
          {
            Sid: "Alarms",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Resource: topic.arn,
            Condition: { StringEquals: { "aws:SourceAccount": account.id } },
          },
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "sns:Publish",
            Resource: topic.arn,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ]),
      },
      { parent: this },
    );
    const made = Object.entries(args.watched).flatMap(([watched, { subject, dimensions }]) =>
      (alarms[subject] as readonly AlarmSpec[]).map((spec) => {
        const id = `${watched}-${spec.id}`;
        const alarmArgs: MetricAlarmArgs = {
          name: `${prefix}-${id}`,
          alarmDescription: spec.meaning,
          namespace: spec.namespace,
          metricName: spec.metric,
          dimensions: { ...dimensions },
          statistic: spec.statistic,
          comparisonOperator: spec.comparison === "above" ? "GreaterThanThreshold" : "LessThanThreshold",
          threshold: spec.threshold,
          period: spec.periodSeconds,
          evaluationPeriods: spec.points,
          datapointsToAlarm: spec.points,
          treatMissingData: spec.missing,
          alarmActions: [topic.arn],
          okActions: [topic.arn],
        };
        new MetricAlarm(`${name}-${id}`, args.transform?.(alarmArgs, id) ?? alarmArgs, { parent: this });
        return `${prefix}-${id}`;
      }),
    );
    this.alarmChannelId = topic.arn;
    this.alarms = made;
    this.registerOutputs({ alarmChannelId: this.alarmChannelId });
  }
}

/** Without it an encrypted topic takes no alarm: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
function cloudWatchStatement(account: Account): Statement {
  return {
    Sid: "CloudWatchAlarms",
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": account.id } },
  };
}
