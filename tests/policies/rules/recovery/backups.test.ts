import { Unknown } from "../../../../offline/cloud/value";
import { backupRules } from "../../../../policies/rules/recovery/backups";
import { provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const PLAN = "aws:backup/plan:Plan";
const SELECTION = "aws:backup/selection:Selection";
const BUCKET = "aws:s3/bucket:Bucket";
const TABLE = "aws:dynamodb/table:Table";
const DB = "aws:rds/instance:Instance";
const COPY = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
const own = "arn:aws:backup:us-west-2:111122223333:backup-vault:portfolio-prod";

/** The bucket of the audit trail is in no plan yet. */
const withoutAudit = (stack: StackUnderTest) =>
  stack.drop(BUCKET, "audit-store-objects-bucket").drop(BUCKET, "audit-store-requests-records-bucket");

describe("rules on backups", () => {
  provesStack(backupRules, "dr-backup-copy-cross-region", {
    of: "prod",
    alsoPasses: [
      {
        when: "backups are kept for ever",
        change: (stack) => stack.change(PLAN, "backup-vaults-daily", { remove: ["rules[0].lifecycle"] }),
      },
      {
        when: "the stack is for development",
        change: (stack) => stack.change(PLAN, "backup-vaults-daily", { set: { rules: [] } }),
        stack: { class: "development" },
      },
    ],
    fails: [
      {
        when: "a rule copies nothing",
        change: (stack) => stack.change(PLAN, "backup-vaults-daily", { remove: ["rules[0].copyActions"] }),
        violated: [`${PLAN} backup-vaults-daily rules[0].copyActions`],
      },
      {
        when: "a rule has an empty list of copies",
        change: (stack) => stack.change(PLAN, "backup-vaults-daily", { set: { "rules[0].copyActions": [] } }),
        violated: [`${PLAN} backup-vaults-daily rules[0].copyActions`],
      },
      {
        when: "the copy stays in the region",
        change: (stack) =>
          stack.change(PLAN, "backup-vaults-daily", { set: { "rules[0].copyActions[0].destinationVaultArn": own } }),
        preview: "undecided",
        violated: [`${PLAN} backup-vaults-daily rules[0].copyActions`],
      },
      {
        when: "copies are kept for a week",
        change: (stack) =>
          stack.change(PLAN, "backup-vaults-daily", { set: { "rules[0].copyActions[0].lifecycle.deleteAfter": 7 } }),
        violated: [`${PLAN} backup-vaults-daily rules[0].copyActions[0].lifecycle.deleteAfter`],
      },
      {
        when: "backups are kept for less than is asked",
        change: (stack) => stack.change(PLAN, "backup-vaults-daily", { set: { "rules[0].lifecycle.deleteAfter": 35 } }),
        settings: { minimumDays: 36 },
        violated: [
          `${PLAN} backup-vaults-continuous rules[0].copyActions[0].lifecycle.deleteAfter`,
          `${PLAN} backup-vaults-continuous rules[0].lifecycle.deleteAfter`,
          `${PLAN} backup-vaults-daily rules[0].copyActions[0].lifecycle.deleteAfter`,
          `${PLAN} backup-vaults-daily rules[0].lifecycle.deleteAfter`,
        ],
      },
      {
        when: "buckets are backed up once a day",
        change: (stack) =>
          stack.change(PLAN, "backup-vaults-continuous", { set: { "rules[0].enableContinuousBackup": false } }),
        preview: "undecided",
        violated: [`${PLAN} backup-vaults-continuous rules`],
      },
      {
        when: "a plan has no rule",
        change: (stack) => stack.change(PLAN, "backup-vaults-daily", { set: { rules: [] } }),
        violated: [`${PLAN} backup-vaults-daily rules`],
      },
    ],
    undecided: [
      {
        when: "it cannot be told where the copy goes",
        change: (stack) =>
          stack.change(PLAN, "backup-vaults-daily", {
            set: { rules: [{ ruleName: "daily", copyActions: [{ destinationVaultArn: Unknown.value }] }] },
          }),
        of: [`${PLAN} backup-vaults-daily`],
      },
    ],
  });

  provesStack(backupRules, "dr-backup-covers-stateful", {
    of: "prod",
    with: withoutAudit,
    alsoPasses: [
      {
        when: "a tag selects the stores",
        change: (stack) =>
          stack
            .dropAll(SELECTION)
            .change(BUCKET, "objects-bucket", { set: { tags: { backup: "yes" } } })
            .drop(BUCKET, "lake-objects-bucket")
            .drop(TABLE, "key-values-sessions")
            .drop("aws:docdb/cluster:Cluster", "documents-cluster")
            .add(SELECTION, "tagged", {
              inputs: {
                region: "us-west-2",
                planId: stack.one(PLAN, "backup-vaults-daily").outputs["id"] ?? "",
                selectionTags: [{ type: "STRINGEQUALS", key: "backup", value: "yes" }],
              },
              from: { planId: [`${PLAN} backup-vaults-daily`] },
            }),
      },
      {
        when: "a database keeps its own backups in another region, and no plan names it",
        change: (stack) =>
          stack.change(SELECTION, "backup-vaults-databases", {
            set: { resources: ["arn:aws:rds:*:*:cluster:*", "arn:aws:dynamodb:*:*:table/*"] },
          }),
      },
    ],
    fails: [
      {
        when: "no selection names a bucket",
        change: (stack) => stack.drop(SELECTION, "backup-vaults-buckets"),
        violated: [`${BUCKET} lake-objects-bucket`, `${BUCKET} objects-bucket`],
      },
      {
        when: "the condition of the selection is that of another stack",
        change: (stack) =>
          stack.change(SELECTION, "backup-vaults-databases", {
            set: { "conditions[0].stringEquals[0].value": "another" },
          }),
        violated: ["aws:docdb/cluster:Cluster documents-cluster", `${TABLE} key-values-sessions`],
      },
      {
        when: "the selection leaves a table out",
        change: (stack) =>
          stack.change(SELECTION, "backup-vaults-databases", {
            set: { notResources: [stack.one(TABLE, "key-values-sessions").outputs["arn"] ?? ""] },
          }),
        preview: "undecided",
        violated: [`${TABLE} key-values-sessions`],
      },
      {
        when: "the selection is of another region",
        change: (stack) => stack.change(SELECTION, "backup-vaults-databases", { set: { region: "us-east-2" } }),
        violated: ["aws:docdb/cluster:Cluster documents-cluster", `${TABLE} key-values-sessions`],
      },
      {
        when: "a database is neither selected nor copied by itself",
        change: (stack) =>
          stack.drop(COPY, "databases-shard-0-backup-copy").change(SELECTION, "backup-vaults-databases", {
            set: { resources: ["arn:aws:rds:*:*:cluster:*", "arn:aws:dynamodb:*:*:table/*"] },
          }),
        preview: "undecided",
        violated: [`${DB} databases-shard-0-source`],
      },
    ],
    undecided: [
      {
        when: "it cannot be told what a selection takes in",
        change: (stack) =>
          stack.drop(SELECTION, "backup-vaults-buckets").add(SELECTION, "open", {
            inputs: { region: "us-west-2", planId: "plan", resources: Unknown.value },
          }),
        of: [`${BUCKET} lake-objects-bucket`, `${BUCKET} objects-bucket`],
      },
    ],
  });
});
