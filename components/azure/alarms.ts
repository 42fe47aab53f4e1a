import { ActionGroup } from "@pulumi/azure-native/monitor/actionGroup";
import { MetricAlert, type MetricAlertArgs } from "@pulumi/azure-native/monitor/metricAlert";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Telemetry } from "../contracts/telemetry";
import { azureAlarms, type AzureAlarmSpec, type AzureAlarmSubject } from "../planning/alarms-azure";
import type { Place } from "./place";

/** One thing that is watched. */
export interface WatchedResource {
  readonly subject: AzureAlarmSubject;
  /** The cloud's own name of it; of a function, that of what it reports to. */
  readonly resourceId: Input<string>;
}

export interface AlarmsArgs {
  readonly place: Place;
  /** First part of the alarms' names. */
  readonly prefix: string;
  /** What is watched, by a name that never changes. */
  readonly watched: Readonly<Record<string, WatchedResource>>;
  /** Who gets a mail of every alarm, by a name that never changes. Default: nobody; others can be added to the group by hand. */
  readonly mails?: Readonly<Record<string, string>>;
  readonly transform?: (alarm: MetricAlertArgs, id: string) => MetricAlertArgs;
}

/** Name of the group in messages: 12 letters at most. https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups */
const longestShortName = 12;

/**
 * Alarms of Azure Monitor on the managed services of a site, into one action group. They end by themselves when the metric is well
 * again, and say so.
 *
 * Cost: each alarm per month.
 */
export class Alarms extends ComponentResource implements Telemetry {
  readonly alarmChannelId: Output<string>;
  readonly alarms: readonly string[];

  constructor(name: string, args: AlarmsArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:Alarms", name, {}, opts);
    const { place, prefix } = args;
    // Both are of no region: they go on while one is gone.
    const common = { resourceGroupName: place.groupName, location: "global", tags: { ...place.tags } };
    const group = new ActionGroup(
      `${name}-group`,
      {
        ...common,
        actionGroupName: `${prefix}-alarms`,
        groupShortName: prefix.slice(0, longestShortName),
        enabled: true,
        emailReceivers: Object.entries(args.mails ?? {}).map(([receiver, emailAddress]) => ({
          name: receiver,
          emailAddress,
          useCommonAlertSchema: true,
        })),
      },
      { parent: this },
    );
    const made = Object.entries(args.watched).flatMap(([watched, { subject, resourceId }]) =>
      (azureAlarms[subject] as readonly AzureAlarmSpec[]).map((spec) => {
        const id = `${watched}-${spec.id}`;
        const alarmArgs: MetricAlertArgs = {
          ...common,
          ruleName: `${prefix}-${id}`,
          description: spec.meaning,
          severity: spec.severity,
          enabled: true,
          autoMitigate: true,
          scopes: [resourceId],
          evaluationFrequency: spec.windowMinutes === 5 ? "PT1M" : "PT5M",
          windowSize: `PT${String(spec.windowMinutes)}M`,
          criteria: {
            odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
            allOf: [criterion(spec)],
          },
          actions: [{ actionGroupId: group.id }],
        };
        new MetricAlert(`${name}-${id}`, args.transform?.(alarmArgs, id) ?? alarmArgs, { parent: this });
        return `${prefix}-${id}`;
      }),
    );
    this.alarmChannelId = group.id;
    this.alarms = made;
    this.registerOutputs({ alarmChannelId: this.alarmChannelId });
  }
}

function criterion({ id, namespace, metric, aggregation, comparison, threshold, only }: AzureAlarmSpec) {
  return {
    criterionType: "StaticThresholdCriterion" as const,
    name: id,
    metricNamespace: namespace,
    metricName: metric,
    timeAggregation: aggregation,
    operator: comparison === "above" ? "GreaterThan" : "LessThan",
    threshold,
    dimensions: Object.entries(only ?? {}).map(([dimension, value]) => ({
      name: dimension,
      operator: "Include",
      values: [value],
    })),
    // A new resource has no metrics yet, and Azure Monitor would not know their names.
    skipMetricValidation: true,
  };
}
