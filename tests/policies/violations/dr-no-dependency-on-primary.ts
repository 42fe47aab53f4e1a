import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm";
import { Topic } from "@pulumi/aws/sns/topic";
import { BACKUP, type Providers } from "./providers";

/** An alarm of the place of copies that rings at the place which they are copied from. */
export function plant(on: Providers): void {
  const topic = new Topic("at-home", {}, on.aws());
  new MetricAlarm(
    "dependent",
    {
      namespace: "AWS/Backup",
      metricName: "NumberOfCopyJobsFailed",
      statistic: "Sum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      evaluationPeriods: 1,
      period: 300,
      alarmActions: [topic.arn],
    },
    on.aws(BACKUP),
  );
}
