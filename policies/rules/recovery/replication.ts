import { z } from "zod";
import { replicationLinks, type ReplicationLink } from "../../checks/replication";
import type { Node } from "../../model/graph";
import { graphRule, type Rule } from "../../model/rule";
import { undecided } from "../../model/view";
import { serves } from "./copies";
import type { ResourceType } from "../../types";

const budgetSetting = z
  .int()
  .min(1)
  .default(300)
  .describe("Seconds of data that may be lost with the primary site, at most.");

export const replicationRules: readonly Rule[] = [
  graphRule({
    id: "dr-rpo-within-budget",
    title: "No copy may be further behind than the recovery point that is promised",
    severity: "high",
    controls: { hipaa: ["164.308(a)(7)(ii)(B)"] },
    why: "What was written after the last moment that the copy has is lost with the primary site.",
    remedy: {
      text: "Use a way of replication whose promise is within the budget, or an alarm on its lag that rings within it; shorten intervals that are longer.",
      example: 'new cloudwatch.MetricAlarm("lag", { metricName: "ReplicationLatency", threshold: 300, … })',
    },
    source:
      "https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html",
    starred: true,
    settings: z.object({ seconds: budgetSetting }),
    types: [
      "aws:rds/instance:Instance",
      "aws:dynamodb/table:Table",
      "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
      "aws:msk/replicator:Replicator",
      "gcp:sql/databaseInstance:DatabaseInstance",
      "gcp:storage/bucket:Bucket",
      "gcp:storage/transferJob:TransferJob",
      "azure-native:dbforpostgresql:Server",
      "azure-native:cosmosdb:DatabaseAccount",
      "azure-native:storage:StorageAccount",
      "kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2",
    ],
    check: (graph, judge, { stack, settings }) => {
      for (const link of serves(stack) ? replicationLinks(graph) : []) {
        judge.each([link.node], (_node, expect) => {
          expect(link.at, `may be more than ${String(settings.seconds)} seconds behind`, () =>
            isWithin(link, settings.seconds),
          );
        });
      }
      judge.each(graph.all("aws:s3/bucketReplicationConfig:BucketReplicationConfig"), (config, expect) => {
        for (const [index, { destination }] of (config.props.rules ?? []).entries()) {
          const at = `rules[${String(index)}].destination`;
          expect(`${at}.metrics.status`, "is not Enabled: nothing measures how far the copy is behind", () => {
            return destination?.metrics?.status === "Enabled";
          });
          // Neither takes another number: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationTimeValue.html
          expect(`${at}.replicationTime.time.minutes`, "is not 15, which alone S3 takes", () => {
            return (destination?.replicationTime?.time?.minutes ?? 15) === 15;
          });
        }
      });
      judge.each(graph.all("kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2"), (mirror, expect) => {
        for (const { path, seconds } of intervals(mirror)) {
          expect(path, `is longer than ${String(settings.seconds)} seconds`, () => seconds() <= settings.seconds);
        }
      });
      judge.each(graph.all("gcp:storage/transferJob:TransferJob"), (job, expect) => {
        expect("eventStream", "is missing: the job runs by a schedule that is longer than the budget", () => {
          if (job.props.eventStream !== undefined) return true;
          // Without an interval it runs once a day.
          const interval = Number((job.props.schedule?.repeatInterval ?? "86400s").replace(/s$/, ""));
          return interval <= settings.seconds;
        });
      });
    },
  }),
  graphRule({
    id: "dr-replica-lag-alarm",
    title: "Somebody is told when a replica falls behind",
    severity: "high",
    controls: { iso27001: ["A.8.16"], soc2: ["CC7.2"] },
    why: "A replica that has stopped looks like any other until it is promoted, and then hours of data are missing.",
    remedy: {
      text: "Put an alarm on the lag of each replica, with a threshold within the recovery point and an action that reaches somebody.",
      example:
        'new cloudwatch.MetricAlarm("lag", { metricName: "ReplicaLag", dimensions: { DBInstanceIdentifier: replica.identifier }, threshold: 60, alarmActions: [topic.arn], … })',
    },
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html",
    starred: true,
    settings: z.object({ seconds: budgetSetting }),
    types: [
      "aws:rds/instance:Instance",
      "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
      "gcp:sql/databaseInstance:DatabaseInstance",
      "azure-native:dbforpostgresql:Server",
    ],
    check: (graph, judge, { settings }) => {
      const limit = `${String(settings.seconds)} seconds`;
      const judged = new Set<ResourceType>([
        "aws:rds/instance:Instance",
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "gcp:sql/databaseInstance:DatabaseInstance",
        "azure-native:dbforpostgresql:Server",
      ]);
      for (const { node, at, alarms } of replicationLinks(graph)) {
        if (alarms === undefined || !judged.has(node.type)) continue;
        judge.each([node], (_node, expect) => {
          expect(at, `has no alarm that rings when the copy is ${limit} behind`, () =>
            alarms().some(({ seconds }) => seconds <= settings.seconds),
          );
          expect(at, "has an alarm on its lag that tells nobody", () => alarms().every(({ tells }) => tells));
        });
      }
    },
  }),
];

/** Promised within the budget, or told when it is not; else, what nobody promises and nobody measures cannot be shown. */
function isWithin({ capability, alarms, at }: ReplicationLink, seconds: number): boolean {
  const { promise, title } = capability();
  if (promise !== undefined && promise <= seconds) return true;
  if ((alarms?.() ?? []).some((alarm) => alarm.tells && alarm.seconds <= seconds)) return true;
  const says = promise === undefined ? "promises nothing" : `promises ${String(promise)} seconds`;
  return undecided(at, `${title} ${says}, and no alarm within ${String(seconds)} seconds measures it`);
}

/** Settings of the mirror that are seconds between two looks at the source. */
const INTERVALS = /^(refresh\.(topics|groups)|emit\.checkpoints|sync\.group\.offsets)\.interval\.seconds$/;

/** https://kafka.apache.org/documentation/#mirrormakerconfigs: ten minutes, where nothing is said, for topics and groups. */
function intervals({ props }: Node<"kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2">) {
  const mirrors = props.spec?.["mirrors"];
  const found: { readonly path: string; readonly seconds: () => number }[] = [];
  for (const [index, mirror] of (Array.isArray(mirrors) ? (mirrors as Mirror[]) : []).entries()) {
    for (const connector of ["sourceConnector", "checkpointConnector"] as const) {
      const config = mirror[connector]?.config ?? {};
      for (const key of Object.keys(config).filter((each) => INTERVALS.test(each))) {
        found.push({
          path: `spec.mirrors[${String(index)}].${connector}.config["${key}"]`,
          seconds: () => Number(config[key]),
        });
      }
      if (connector === "sourceConnector" && config["refresh.topics.interval.seconds"] === undefined) {
        found.push({ path: `spec.mirrors[${String(index)}].${connector}.config`, seconds: () => 600 });
      }
    }
  }
  return found;
}

type Mirror = Readonly<
  Partial<Record<"sourceConnector" | "checkpointConnector", { readonly config?: Readonly<Record<string, unknown>> }>>
>;
