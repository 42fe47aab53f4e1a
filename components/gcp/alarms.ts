import { AlertPolicy, type AlertPolicyArgs } from "@pulumi/gcp/monitoring/alertPolicy";
import { NotificationChannel } from "@pulumi/gcp/monitoring/notificationChannel";
import { ComponentResource, output, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Telemetry } from "../contracts/telemetry";
import {
  alarmFilter,
  gcpAlarmLabels,
  gcpAlarms,
  type GcpAlarmSpec,
  type GcpAlarmSubject,
} from "../planning/alarms-gcp";
import type { Project } from "./project";
import { serviceAgent } from "./service-agents";
import { MessageTopic } from "./topic";

/** One thing that is watched. */
export interface WatchedResource {
  readonly subject: GcpAlarmSubject;
  /** Value of the label by which its metrics are found, such as `<project>:<instance>` of a database: `gcpAlarmLabels`. */
  readonly label: Input<string>;
}

export interface AlarmsArgs {
  readonly project: Project;
  /** First part of the alarms' names. */
  readonly prefix: string;
  /** What is watched, by a name that never changes. */
  readonly watched: Readonly<Record<string, WatchedResource>>;
  /** Key of the topic. */
  readonly keyId: Input<string>;
  /** Labels of policies and channel: those that the provider gives to all do not reach them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly transform?: (policy: AlertPolicyArgs, id: string) => AlertPolicyArgs;
}

/**
 * Alerting policies of Cloud Monitoring on the managed services of a site, into one channel: an encrypted topic, which people and
 * PagerDuty subscribe to.
 *
 * Cost: each condition per month, and the topic.
 */
export class Alarms extends ComponentResource implements Telemetry {
  readonly alarmChannelId: Output<string>;
  readonly alarms: readonly string[];
  /** What to subscribe to. */
  readonly topicId: Output<string>;

  constructor(name: string, args: AlarmsArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:Alarms", name, {}, opts);
    const { project, prefix } = args;
    const topic = new MessageTopic(
      `${name}-topic`,
      { project, prefix, purpose: "alarms", keyId: args.keyId },
      { parent: this },
    );
    const channel = new NotificationChannel(
      `${name}-channel`,
      {
        project: project.id,
        displayName: `${prefix}-alarms`,
        type: "pubsub",
        labels: { topic: topic.topicId },
        userLabels: { ...args.labels },
      },
      { parent: this },
    );
    topic.addPublisher(
      `${name}-publisher`,
      serviceAgent(`${name}-agent`, "monitoring", project, { parent: this }),
      // The identity comes with the first channel of this type: https://docs.cloud.google.com/monitoring/support/notification-options#pubsub
      { parent: this, dependsOn: [channel] },
    );
    this.alarms = Object.entries(args.watched).flatMap(([watched, { subject, label }]) =>
      (gcpAlarms[subject] as readonly GcpAlarmSpec[]).map((spec) => {
        const id = `${watched}-${spec.id}`;
        const filter = output(label).apply((value) => alarmFilter(spec, gcpAlarmLabels[subject], value));
        const policyArgs: AlertPolicyArgs = {
          project: project.id,
          ...policyOf(`${prefix}-${id}`, spec, filter),
          notificationChannels: [channel.name],
          userLabels: { ...args.labels },
        };
        new AlertPolicy(`${name}-${id}`, args.transform?.(policyArgs, id) ?? policyArgs, { parent: this });
        return `${prefix}-${id}`;
      }),
    );
    this.alarmChannelId = channel.name;
    this.topicId = topic.topicId;
    this.registerOutputs({ alarmChannelId: this.alarmChannelId });
  }
}

function policyOf(displayName: string, spec: GcpAlarmSpec, filter: Output<string>) {
  return {
    displayName,
    combiner: "OR",
    conditions: [
      {
        displayName: spec.id,
        conditionThreshold: {
          filter,
          comparison: spec.comparison === "above" ? "COMPARISON_GT" : "COMPARISON_LT",
          thresholdValue: spec.threshold,
          duration: `${String((spec.points - 1) * spec.periodSeconds)}s`,
          aggregations: [
            {
              alignmentPeriod: `${String(spec.periodSeconds)}s`,
              perSeriesAligner: spec.aligner,
              ...(spec.across === "sum" ? { crossSeriesReducer: "REDUCE_SUM" } : {}),
            },
          ],
          trigger: { count: 1 },
          evaluationMissingData:
            spec.missing === "breaching" ? "EVALUATION_MISSING_DATA_ACTIVE" : "EVALUATION_MISSING_DATA_INACTIVE",
        },
      },
    ],
    documentation: { subject: displayName, content: spec.meaning, mimeType: "text/markdown" },
    alertStrategy: { notificationPrompts: ["OPENED", "CLOSED"] },
  };
}
