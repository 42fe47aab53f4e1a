import { Unknown } from "../../../../offline/cloud/value";
import { observabilityRules } from "../../../../policies/rules/aws/observability";
import { fixture } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const DETECTOR = "aws:guardduty/detector:Detector";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const TRAIL = "aws:cloudtrail/trail:Trail";
const VAULT = "aws:backup/vault:Vault";

describe("rules on observability and backups of AWS", () => {
  provesResource(observabilityRules, "aws-cloudtrail-complete", {
    passes: fixture("prod", TRAIL),
    alsoPasses: [
      {
        when: "what AWS switches on by default is not said",
        remove: ["enableLogging", "includeGlobalServiceEvents"],
      },
    ],
    fails: [
      { set: { enableLogging: false }, at: "enableLogging" },
      { set: { isMultiRegionTrail: false }, at: "isMultiRegionTrail" },
      { remove: ["isMultiRegionTrail"], at: "isMultiRegionTrail" },
      { set: { includeGlobalServiceEvents: false }, at: "includeGlobalServiceEvents" },
      { set: { enableLogFileValidation: false }, at: "enableLogFileValidation" },
      { remove: ["enableLogFileValidation"], at: "enableLogFileValidation" },
      { remove: ["kmsKeyId"], at: "kmsKeyId" },
      { set: { kmsKeyId: "" }, at: "kmsKeyId" },
      { set: { cloudWatchLogsGroupArn: "" }, at: "cloudWatchLogsGroupArn" },
      { when: "it delivers to a bucket alone", remove: ["cloudWatchLogsGroupArn"], at: "cloudWatchLogsGroupArn" },
    ],
    unknown: [
      "enableLogging",
      "isMultiRegionTrail",
      "includeGlobalServiceEvents",
      "enableLogFileValidation",
      "kmsKeyId",
      "cloudWatchLogsGroupArn",
    ],
  });

  const alone = (stack: StackUnderTest) => stack.drop(DETECTOR, "threat-detection-copies-detector");
  provesStack(observabilityRules, "aws-guardduty-on", {
    of: "prod",
    alsoPasses: [
      {
        when: "the stack is of development",
        change: (stack) => stack.dropAll(DETECTOR),
        stack: { class: "development" },
      },
      {
        when: "the other region has a detector by a region of its own",
        change: (stack) => alone(stack).add(DETECTOR, "east", { inputs: { enable: true, region: "us-east-2" } }),
      },
      {
        when: "the other region has a detector in another stack",
        change: alone,
        settings: { elsewhere: ["us-east-2"] },
      },
      {
        when: "detectors are switched on by default",
        change: (stack) => stack.change(DETECTOR, "threat-detection-detector", { remove: ["enable"] }),
      },
    ],
    fails: [
      {
        when: "a detector is suspended",
        change: (stack) => stack.change(DETECTOR, "threat-detection-detector", { set: { enable: false } }),
        violated: [`${DETECTOR} threat-detection-detector enable`],
      },
      {
        when: "there is no detector",
        change: (stack) => stack.dropAll(DETECTOR),
        violated: ["pulumi:providers:aws aws", "pulumi:providers:aws aws-backup"],
      },
      {
        when: "another region in use has none",
        change: alone,
        violated: ["pulumi:providers:aws aws-backup"],
      },
      {
        when: "the detector is in another region",
        change: (stack) => stack.change(DETECTOR, "threat-detection-detector", { set: { region: "eu-west-1" } }),
        violated: ["pulumi:providers:aws aws"],
      },
      {
        when: "one resource is in a region of its own",
        change: (stack) => stack.add(LOG_GROUP, "far", { inputs: { region: "eu-west-1" } }),
        violated: [`${LOG_GROUP} far`],
      },
    ],
    undecided: [
      {
        when: "it is unknown whether the detector is on",
        change: (stack) => stack.change(DETECTOR, "threat-detection-detector", { set: { enable: Unknown.value } }),
        of: [`${DETECTOR} threat-detection-detector`],
      },
    ],
  });

  provesResource(observabilityRules, "aws-loggroup-retention-kms", {
    passes: fixture("prod", LOG_GROUP, "flow-logs-group"),
    alsoPasses: [
      { when: "entries stay for ever", set: { retentionInDays: 0 } },
      { when: "nothing is said, so entries stay for ever", remove: ["retentionInDays"] },
      { when: "CloudWatch only passes entries on", set: { retentionInDays: 2, logGroupClass: "DELIVERY" } },
      { when: "the stack is of development", set: { retentionInDays: 7 }, stack: { class: "development" } },
      { when: "the setting asks for less", set: { retentionInDays: 90 }, settings: { minimumDays: 90 } },
    ],
    fails: [
      { when: "entries are kept for 90 days", set: { retentionInDays: 90 }, at: "retentionInDays" },
      { set: { retentionInDays: 1 }, at: "retentionInDays" },
      { set: { retentionInDays: 180 }, stack: { class: "recovery" }, at: "retentionInDays" },
      { set: { retentionInDays: 3 }, stack: { class: "development" }, at: "retentionInDays" },
      { remove: ["kmsKeyId"], at: "kmsKeyId" },
    ],
    unknown: ["retentionInDays", "kmsKeyId"],
  });

  provesResource(observabilityRules, "aws-alarm-actions", {
    passes: [fixture("prod", ALARM, "alarms-documents-cpu"), fixture("prod", ALARM)],
    fails: [
      { set: { actionsEnabled: false }, at: "actionsEnabled" },
      { set: { alarmActions: [] }, at: "alarmActions" },
      { remove: ["alarmActions"], at: "alarmActions" },
    ],
    unknown: ["actionsEnabled", "alarmActions"],
  });

  const vault = `${VAULT} backup-vaults-vault`;
  const lock = `${LOCK} backup-vaults-vault-lock`;
  const holding = (minRetentionDays: number) => (stack: StackUnderTest) =>
    stack.change(LOCK, "backup-vaults-vault-lock", { set: { minRetentionDays } });
  provesStack(observabilityRules, "aws-backup-vault", {
    of: "prod",
    fails: [
      {
        when: "a vault has no lock, and that of another region has its name",
        change: (stack) => stack.drop(LOCK, "backup-vaults-vault-lock"),
        violated: [vault],
      },
      { when: "the lock holds backups for no day", change: holding(0), violated: [`${lock} minRetentionDays`] },
      { when: "the lock holds them too short", change: holding(6), violated: [`${lock} minRetentionDays`] },
      {
        when: "the lock names no days",
        change: (stack) => stack.change(LOCK, "backup-vaults-vault-lock", { remove: ["minRetentionDays"] }),
        violated: [`${lock} minRetentionDays`],
      },
      {
        when: "the setting asks for more",
        change: holding(35),
        settings: { minimumRetentionDays: 90 },
        violated: [`${lock} minRetentionDays`, `${LOCK} backup-vaults-copy-lock minRetentionDays`],
      },
      {
        when: "the vault takes the key of AWS",
        change: (stack) => stack.change(VAULT, "backup-vaults-vault", { remove: ["kmsKeyArn"] }),
        violated: [`${vault} kmsKeyArn`],
      },
      {
        when: "the vault is emptied when it is destroyed",
        change: (stack) => stack.change(VAULT, "backup-vaults-vault", { set: { forceDestroy: true } }),
        violated: [`${vault} forceDestroy`],
      },
    ],
    undecided: [
      {
        when: "the key is unknown",
        change: (stack) => stack.change(VAULT, "backup-vaults-vault", { set: { kmsKeyArn: Unknown.value } }),
        of: [vault],
      },
      {
        when: "it is unknown how long the lock holds backups",
        change: (stack) => stack.change(LOCK, "backup-vaults-vault-lock", { set: { minRetentionDays: Unknown.value } }),
        of: [lock],
      },
      {
        when: "it is unknown which vaults locks are of",
        change: (stack) =>
          stack
            .dropAll(LOCK)
            .add(LOCK, "strayed", { inputs: { backupVaultName: Unknown.value, minRetentionDays: 35 } }),
        of: [vault, `${VAULT} backup-vaults-copy`],
      },
    ],
  });
});
