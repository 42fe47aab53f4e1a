import { z } from "zod";
import { attempt } from "../../checks/attempt";
import { isOwnKey } from "../../checks/aws-keys";
import { regionOf } from "../../checks/regions";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, type Rule } from "../../model/rule";

const DETECTOR = "aws:guardduty/detector:Detector";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const TRAIL = "aws:cloudtrail/trail:Trail";
const VAULT = "aws:backup/vault:Vault";

export const observabilityRules: readonly Rule[] = [
  resourceRule({
    id: "aws-cloudtrail-complete",
    title: "Trails record every region, cannot be forged, and are looked at",
    severity: "high",
    controls: {
      cis: ["AWS 3.0 3.1", "AWS 3.0 3.2"],
      iso27001: ["A.8.15", "A.8.16"],
      soc2: ["CC2.1", "CC7.2"],
      hipaa: ["164.312(b)"],
      pciDss: ["10.2.1"],
      gdpr: ["Article 25"],
    },
    why: "An intruder works in the region that nobody records, and edits the files that nobody can check. What is written to a bucket alone raises no alarm.",
    remedy: {
      text: "Record all regions and global services, validate the files, encrypt them with a key, and deliver to CloudWatch Logs as well.",
      example:
        'new cloudtrail.Trail("calls", { isMultiRegionTrail: true, enableLogFileValidation: true, kmsKeyId: key.arn, cloudWatchLogsGroupArn: interpolate`${group.arn}:*`, cloudWatchLogsRoleArn: role.arn, … })',
    },
    source: "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html",
    on: {
      [TRAIL]: (trail, expect) => {
        expect("enableLogging", "records nothing", () => trail.enableLogging !== false);
        expect("isMultiRegionTrail", "records one region alone", () => trail.isMultiRegionTrail === true);
        expect(
          "includeGlobalServiceEvents",
          "leaves out what IAM and other global services do",
          () => trail.includeGlobalServiceEvents !== false,
        );
        expect("enableLogFileValidation", "cannot tell forged files", () => trail.enableLogFileValidation === true);
        expect("kmsKeyId", "names no key of the account's own: whoever may read the bucket reads the records", () =>
          isOwnKey(trail.kmsKeyId),
        );
        expect(
          "cloudWatchLogsGroupArn",
          "is missing: no alarm can watch what is recorded",
          () => (trail.cloudWatchLogsGroupArn ?? "") !== "",
        );
      },
    },
    fix: {
      [TRAIL]: {
        enableLogging: true,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
      },
    },
  }),
  graphRule({
    id: "aws-guardduty-on",
    title: "GuardDuty looks for intruders in every region in use",
    severity: "high",
    controls: {
      iso27001: ["A.5.19", "A.5.21"],
      soc2: ["CC3.1", "CC3.2"],
      hipaa: ["164.312(b)"],
      pciDss: ["11.5.1"],
    },
    why: "Stolen credentials and mining pods show in records that nobody reads by hand. A region without a detector is where they go unseen.",
    remedy: {
      text: "Have a detector in each region. An account has one in each: name regions whose detector another stack has in the rule's settings.",
      example: 'new guardduty.Detector("detector", { enable: true })',
    },
    source: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_regions.html",
    settings: z.object({
      elsewhere: z
        .array(z.string())
        .default([])
        .describe("Regions whose detector another stack of the account has. Stacks of development need none."),
    }),
    types: [],
    check: (graph, judge, { stack, settings }) => {
      judge.each(graph.all(DETECTOR), ({ props }, expect) => {
        expect("enable", "suspends GuardDuty", () => props.enable !== false);
      });
      if (stack.class === "development") return;
      const inUse = regionsInUse(graph);
      judge.each(inUse.keys(), (node, expect) => {
        const region = inUse.get(node) ?? "";
        expect("", `works in ${region}, where the stack has no GuardDuty detector`, () => {
          return settings.elsewhere.includes(region) || graph.all(DETECTOR).some((one) => regionOf(one) === region);
        });
      });
    },
  }),
  resourceRule({
    id: "aws-loggroup-retention-kms",
    title: "Log groups keep entries long enough, and encrypt them with a key of the account's own",
    severity: "medium",
    controls: {
      iso27001: ["A.8.15", "A.8.16"],
      soc2: ["CC7.3", "PI1.4"],
      hipaa: ["164.312(a)(2)(iv)"],
      pciDss: ["10.3.2"],
      gdpr: ["Article 32"],
    },
    why: "Intruders are found months after they came: by then the entries that tell what they did have gone. Entries hold names and addresses of people.",
    remedy: {
      text: "Keep entries for a year and encrypt them with a KMS key.",
      example: 'new cloudwatch.LogGroup("flows", { retentionInDays: 365, kmsKeyId: key.arn, … })',
    },
    source: "https://docs.aws.amazon.com/controltower/latest/controlreference/cloudwatch-rules.html",
    settings: z.object({
      minimumDays: z
        .int()
        .min(1)
        .default(365)
        .describe("Days that entries are kept in stacks of production and recovery, at least."),
      minimumDaysElsewhere: z.int().min(1).default(7).describe("Days that entries are kept in other stacks, at least."),
    }),
    on: {
      [LOG_GROUP]: (group, expect, { stack, settings }) => {
        const isStrict = stack.class === "production" || stack.class === "recovery";
        const least = isStrict ? settings.minimumDays : settings.minimumDaysElsewhere;
        expect("retentionInDays", `keeps entries for less than ${String(least)} days`, () => {
          // CloudWatch keeps what it delivers elsewhere for two days, whatever it is told. Without a value, or with 0, entries stay.
          return group.logGroupClass === "DELIVERY" || (group.retentionInDays ?? 0) === 0
            ? true
            : Number(group.retentionInDays) >= least;
        });
        expect("kmsKeyId", "names no key of the account's own: whoever may read the group reads the entries", () =>
          isOwnKey(group.kmsKeyId),
        );
      },
    },
    fix: { [LOG_GROUP]: { retentionInDays: 365 } },
  }),
  resourceRule({
    id: "aws-alarm-actions",
    title: "Alarms tell somebody",
    severity: "medium",
    controls: {},
    why: "An alarm without an action turns red on a page that nobody has open.",
    remedy: {
      text: "Send the alarm to a topic, and leave actions enabled.",
      example: 'new cloudwatch.MetricAlarm("cpu", { alarmActions: [topic.arn], … })',
    },
    source: "https://docs.aws.amazon.com/controltower/latest/controlreference/cloudwatch-rules.html",
    on: {
      "aws:cloudwatch/metricAlarm:MetricAlarm": (alarm, expect) => {
        expect("actionsEnabled", "keeps the alarm to itself", () => alarm.actionsEnabled !== false);
        expect("alarmActions", "names nobody to tell", () => (alarm.alarmActions ?? []).length > 0);
      },
    },
  }),
  graphRule({
    id: "aws-backup-vault",
    title: "Backups cannot be deleted before their time",
    severity: "high",
    controls: { iso27001: ["A.8.24"], soc2: ["PI1.5"] },
    why: "Who wants a ransom deletes the backups first.",
    remedy: {
      text: "Give the vault a key and a lock with a minimum retention, and do not let the program empty it.",
      example:
        'new backup.VaultLockConfiguration("lock", { backupVaultName: vault.name, minRetentionDays: 35, maxRetentionDays: 35 })',
    },
    source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",
    settings: z.object({
      minimumRetentionDays: z.int().min(1).default(7).describe("Days before which no backup can be deleted, at least."),
    }),
    types: [VAULT],
    check: (graph, judge, { settings }) => {
      judge.each(graph.all(VAULT), (vault, expect) => {
        expect(
          "kmsKeyArn",
          "names no key of the account's own: whoever may restore from the vault reads the data",
          () => isOwnKey(vault.props.kmsKeyArn),
        );
        expect("forceDestroy", "deletes the backups with the vault", () => vault.props.forceDestroy !== true);
        expect("", "has no lock", () => {
          // Vaults of different regions may have the same name.
          return graph.from(LOCK, "backupVaultName", vault).some((lock) => regionOf(lock) === regionOf(vault));
        });
      });
      judge.each(graph.all(LOCK), ({ props }, expect) => {
        const says = `lets backups go after less than ${String(settings.minimumRetentionDays)} days`;
        expect("minRetentionDays", says, () => (props.minRetentionDays ?? 0) >= settings.minimumRetentionDays);
      });
    },
  }),
];

/** Regions that a stack has resources in, each with the provider or the resource that says so. */
function regionsInUse(graph: Graph): ReadonlyMap<Node, string> {
  const first = new Map<string, Node>();
  for (const node of graph.nodes) {
    const region = node.type.startsWith("aws:") ? attempt(() => regionOf(node)) : undefined;
    if (typeof region !== "string" || first.has(region)) continue;
    const { provider } = node;
    first.set(region, (provider?.inputs["region"] === region ? graph.node(provider.urn) : undefined) ?? node);
  }
  return new Map([...first].map(([region, node]) => [node, region]));
}
