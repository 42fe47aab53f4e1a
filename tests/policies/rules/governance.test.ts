import assert from "node:assert/strict";
import { Unknown } from "../../../offline/cloud/value";
import { Graph } from "../../../policies/model/graph";
import { judgeStack } from "../../../policies/model/judgement";
import type { GraphRule } from "../../../policies/model/rule";
import { governanceRules, KEPT_TYPES } from "../../../policies/rules/governance";
import { fixture, written } from "../fixtures";
import { provesResource, provesStack } from "../proves";
import type { StackUnderTest } from "../stack-under-test";

const DB = "aws:rds/instance:Instance";
const BUCKET = "aws:s3/bucket:Bucket";
const CLUSTER = "gcp:container/cluster:Cluster";
const TABLE = "aws:dynamodb/table:Table";
const SECRET = "aws:secretsmanager/secret:Secret";

describe("rules on what is deleted, ignored, tagged and where it is", () => {
  provesResource(governanceRules, "stateful-pulumi-protect", {
    passes: [
      fixture("prod", DB, "databases-shard-0-source"),
      fixture("prod", DB, "databases-shard-0-replica-reader"),
      fixture("prod", BUCKET),
      fixture("prod-gcp", "gcp:sql/databaseInstance:DatabaseInstance", "databases-shard-0-source"),
      fixture("dr", "azure-native:dbforpostgresql:Server", "databases-shard-0-source"),
      fixture("dr", "kubernetes:kafka.strimzi.io/v1:Kafka"),
    ],
    alsoPasses: [
      { when: "the stack is for development", protect: false, stack: { class: "development" } },
      {
        when: "a tag says that it is made again",
        of: fixture("prod", BUCKET),
        protect: false,
        set: { forceDestroy: true, "tags.criticality": "rebuildable" },
      },
    ],
    fails: [
      { protect: false, at: "" },
      { protect: false, stack: { class: "recovery" }, at: "" },
      { set: { deletionProtection: false }, at: "deletionProtection" },
      { remove: ["deletionProtection"], at: "deletionProtection" },
      { set: { skipFinalSnapshot: true }, at: "skipFinalSnapshot" },
      { of: fixture("prod", BUCKET), set: { forceDestroy: true }, at: "forceDestroy" },
      { of: fixture("prod", BUCKET), set: { "tags.criticality": "high" }, protect: false, at: "" },
      { of: fixture("prod", TABLE), set: { deletionProtectionEnabled: false }, at: "deletionProtectionEnabled" },
      { of: fixture("prod", SECRET), set: { recoveryWindowInDays: 0 }, at: "recoveryWindowInDays" },
      { of: fixture("prod", "aws:ecr/repository:Repository"), set: { forceDelete: true }, at: "forceDelete" },
      { of: fixture("prod", "aws:backup/vault:Vault"), set: { forceDestroy: true }, at: "forceDestroy" },
      {
        of: fixture("prod", "aws:cognito/userPool:UserPool"),
        set: { deletionProtection: "INACTIVE" },
        at: "deletionProtection",
      },
      {
        of: fixture("prod-gcp", "gcp:sql/databaseInstance:DatabaseInstance"),
        set: { "settings.deletionProtectionEnabled": false },
        at: "settings.deletionProtectionEnabled",
      },
      {
        of: fixture("prod-gcp", "gcp:firestore/database:Database"),
        set: { deleteProtectionState: "DELETE_PROTECTION_DISABLED" },
        at: "deleteProtectionState",
      },
      {
        of: fixture("prod-gcp", "gcp:redis/instance:Instance"),
        set: { deletionProtection: false },
        at: "deletionProtection",
      },
      {
        of: fixture("prod-gcp", "gcp:storage/bucket:Bucket", "objects-bucket"),
        set: { forceDestroy: true },
        at: "forceDestroy",
      },
      {
        of: fixture("dr", "azure-native:keyvault:Vault"),
        remove: ["properties.enablePurgeProtection"],
        at: "properties.enablePurgeProtection",
      },
    ],
    unknown: ["deletionProtection", "skipFinalSnapshot"],
  });

  it("[PR-05] asks it of every type that keeps data", () => {
    const rule = governanceRules.find(({ id }) => id === "stateful-pulumi-protect");
    assert.ok(rule?.kind === "resource");
    assert.deepEqual([...rule.checks.keys()], [...KEPT_TYPES]);
  });

  provesStack(governanceRules, "no-ignorechanges-on-security", {
    of: "prod",
    fails: [
      ...["publiclyAccessible", "kmsKeyId", "tags", "*", 'tags["owner"]'].map((path) => ({
        when: `${path} of a database is ignored`,
        change: (stack: StackUnderTest) => stack.change(DB, "databases-shard-0-source", { ignoreChanges: [path] }),
        violated: [`${DB} databases-shard-0-source ${path}`],
      })),
      {
        when: "one path of several guards something",
        change: (stack) =>
          stack.change(DB, "databases-shard-0-source", { ignoreChanges: ["allocatedStorage", "deletionProtection"] }),
        violated: [`${DB} databases-shard-0-source deletionProtection`],
      },
      {
        when: "a block is ignored in which something guards",
        change: (stack) =>
          stack.change("aws:msk/cluster:Cluster", "events-cluster", { ignoreChanges: ["brokerNodeGroupInfo"] }),
        violated: ["aws:msk/cluster:Cluster events-cluster brokerNodeGroupInfo"],
      },
    ],
    alsoPasses: [
      {
        when: "a size is ignored",
        change: (stack) => stack.change(DB, "databases-shard-0-source", { ignoreChanges: ["allocatedStorage"] }),
      },
    ],
    undecided: [],
  });
  provesStack(governanceRules, "no-ignorechanges-on-security", {
    of: "prod-gcp",
    stack: { stack: "prod-gcp" },
    fails: [
      {
        when: "the description of nodes is ignored, and there are such nodes",
        change: (stack) =>
          stack.change(CLUSTER, "cluster-control-plane-gke", { set: { removeDefaultNodePool: false } }),
        violated: [`${CLUSTER} cluster-control-plane-gke nodeConfig`],
      },
    ],
    undecided: [],
  });

  provesResource(governanceRules, "required-tags", {
    passes: [
      fixture("prod", BUCKET),
      fixture("prod-gcp", CLUSTER),
      fixture("prod-gcp", "gcp:pubsub/topic:Topic"),
      fixture("dr", "azure-native:keyvault:Vault"),
    ],
    alsoPasses: [
      {
        when: "the resource has them itself",
        of: written(BUCKET, { tags: { system: "a", stack: "b", class: "c", "managed-by": "pulumi" } }),
      },
      {
        when: "a key is asked for that it has",
        of: fixture("prod", BUCKET),
        set: { "tags.owner": "data" },
        settings: { keys: ["system", "owner"] },
      },
      {
        when: "Azure keeps no tags of the type, although its API takes some",
        of: fixture("dr", "azure-native:cosmosdb:SqlResourceSqlContainer"),
        remove: ["tags"],
      },
    ],
    fails: [
      { of: written(BUCKET, {}), when: "neither the bucket nor its provider has any", at: "tags" },
      { of: fixture("prod", BUCKET), settings: { keys: ["owner"] }, when: "a key is asked for", at: "tags" },
      { of: fixture("dr", "azure-native:keyvault:Vault"), remove: ["tags"], at: "tags" },
      { of: fixture("dr", "azure-native:keyvault:Vault"), set: { tags: {} }, at: "tags" },
      {
        of: written("gcp:sql/databaseInstance:DatabaseInstance", { settings: {} }),
        when: "an instance has no labels",
        at: "settings.userLabels",
      },
      {
        of: {
          ...fixture("prod-gcp", "gcp:pubsub/topic:Topic"),
          type: "gcp:monitoring/alertPolicy:AlertPolicy",
        },
        when: "the provider does not give its labels to the type",
        at: "userLabels",
      },
    ],
    unknown: ["tags"],
  });

  provesStack(governanceRules, "data-residency", {
    of: "prod",
    stack: { config: { "platform:region": "us-west-2", "platform:backupRegion": "us-east-2" } },
    alsoPasses: [
      {
        when: "its class may be where it is",
        change: (stack) => stack.change(BUCKET, "objects-bucket", { set: { tags: { "data-classification": "phi" } } }),
        settings: { regions: { phi: ["us-west-2"] } },
      },
      {
        when: "the backup region is the blueprint's own",
        change: (stack) => stack,
        stack: { config: { "platform:region": "us-west-2", "platform:blueprint": "portfolio-aws" } },
      },
    ],
    fails: [
      {
        when: "a bucket is in a region that the stack does not declare",
        change: (stack) => stack.change(BUCKET, "objects-bucket", { set: { region: "eu-west-1" } }),
        violated: [`${BUCKET} objects-bucket`],
      },
      {
        when: "a replica of a table is",
        change: (stack) =>
          stack.change(TABLE, "key-values-sessions", { set: { "replicas[0].regionName": "eu-west-1" } }),
        violated: [`${TABLE} key-values-sessions replicas[0].regionName`],
      },
      {
        when: "a replica of a secret is",
        change: (stack) => stack.change(SECRET, "secrets-queue", { set: { "replicas[0].region": "eu-west-1" } }),
        violated: [`${SECRET} secrets-queue replicas[0].region`],
      },
      {
        when: "a copy of backups is",
        change: (stack) =>
          stack.change("aws:backup/plan:Plan", "backup-vaults-daily", {
            set: {
              "rules[0].copyActions[0].destinationVaultArn": "arn:aws:backup:eu-west-1:111122223333:backup-vault:copy",
            },
          }),
        violated: ["aws:backup/plan:Plan backup-vaults-daily rules[0].copyActions[0].destinationVaultArn"],
      },
      {
        when: "data of a class may not leave one region, and a replica does",
        change: (stack) =>
          stack.change(TABLE, "key-values-sessions", { set: { tags: { "data-classification": "phi" } } }),
        settings: { regions: { phi: ["us-west-2"] } },
        preview: "undecided",
        violated: [`${TABLE} key-values-sessions replicas[0].regionName`],
      },
    ],
    undecided: [
      {
        when: "a restricted class has no regions",
        change: (stack) => stack.change(BUCKET, "objects-bucket", { set: { tags: { "data-classification": "pii" } } }),
        of: [`${BUCKET} objects-bucket`],
      },
      {
        when: "the region of a bucket is not known",
        change: (stack) => stack.change(BUCKET, "objects-bucket", { set: { region: Unknown.value } }),
        of: [`${BUCKET} objects-bucket`],
      },
    ],
  });

  it("[PR-05] cannot tell where data may be in a stack that says nothing", () => {
    const rule = governanceRules.find(({ id }) => id === "data-residency") as GraphRule;
    const bucket = {
      ...written(BUCKET, { region: "us-west-2" }),
      outputs: {},
      dependencies: [],
      propertyDependencies: {},
    };
    const { findings } = judgeStack([rule], new Graph([bucket]), {
      stack: { stack: "a", project: "b", class: "production", isPreview: false, config: {} },
      settings: new Map([[rule.id, rule.settings?.parse({})]]),
    });
    assert.deepEqual(
      findings.map(({ verdict }) => verdict),
      ["undecided"],
    );
  });
});
