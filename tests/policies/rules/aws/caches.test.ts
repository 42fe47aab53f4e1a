import assert from "node:assert/strict";
import { judgeResource } from "../../../../policies/model/judgement";
import type { ResourceRule } from "../../../../policies/model/rule";
import { cacheRules } from "../../../../policies/rules/aws/caches";
import { changed, fixture, written } from "../../fixtures";
import { provesResource } from "../../proves";

const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";
const CLUSTER = "aws:elasticache/cluster:Cluster";

const redis = fixture("prod", GROUP);
const small = fixture("dev", GROUP);
const memcached = fixture("prod", CLUSTER);
const single = written(CLUSTER, { engine: "redis", numCacheNodes: 1, nodeType: "cache.t4g.micro" });
const member = written(CLUSTER, { replicationGroupId: "sessions" });
const development = { stack: { class: "development" } } as const;
const sharded = {
  numNodeGroups: 2,
  replicasPerNodeGroup: 1,
};

describe("rules on caches of AWS", () => {
  provesResource(cacheRules, "aws-elasticache-encrypted", {
    passes: [redis, fixture("durga-puja", GROUP), small, memcached, member],
    alsoPasses: [
      { remove: ["transitEncryptionMode"], when: "no mode is named" },
      { set: { engine: "valkey" }, remove: ["atRestEncryptionEnabled"], when: "Valkey encrypts at rest by default" },
    ],
    fails: [
      { set: { atRestEncryptionEnabled: false }, at: "atRestEncryptionEnabled" },
      { remove: ["atRestEncryptionEnabled"], at: "atRestEncryptionEnabled" },
      { set: { engine: "valkey", atRestEncryptionEnabled: false }, at: "atRestEncryptionEnabled" },
      { remove: ["kmsKeyId"], at: "kmsKeyId" },
      { set: { kmsKeyId: "alias/aws/elasticache" }, at: "kmsKeyId" },
      { set: { transitEncryptionEnabled: false }, at: "transitEncryptionEnabled" },
      { remove: ["transitEncryptionEnabled"], at: "transitEncryptionEnabled" },
      { set: { transitEncryptionMode: "preferred" }, at: "transitEncryptionMode" },
      {
        set: { globalReplicationGroupId: "global", transitEncryptionEnabled: false },
        at: "transitEncryptionEnabled",
      },
      { of: memcached, set: { transitEncryptionEnabled: false }, at: "transitEncryptionEnabled" },
      { of: memcached, remove: ["transitEncryptionEnabled"], at: "transitEncryptionEnabled" },
      { of: single, when: "Redis stands outside of a replication group", at: ["transitEncryptionEnabled", "engine"] },
    ],
    unknown: ["atRestEncryptionEnabled", "kmsKeyId", "transitEncryptionEnabled", "transitEncryptionMode"],
  });

  provesResource(cacheRules, "aws-elasticache-auth", {
    passes: [redis, fixture("durga-puja", GROUP), small, memcached, member],
    alsoPasses: [
      { set: { userGroupIds: ["users"] }, remove: ["authToken"], when: "there is a user group" },
      { set: { authTokenWo: "[secret]" }, remove: ["authToken"], when: "the token is only written" },
    ],
    fails: [
      { remove: ["authToken"], at: "authToken" },
      { set: { authToken: "" }, at: "authToken" },
      { set: { authToken: null, userGroupIds: [] }, at: "authToken" },
      { of: single, when: "Redis stands outside of a replication group", at: "engine" },
    ],
    unknown: ["authToken", "userGroupIds"],
  });

  provesResource(cacheRules, "aws-elasticache-ha-backup", {
    passes: [redis, fixture("durga-puja", GROUP), memcached, member],
    alsoPasses: [
      { of: small, when: "a stack of class development does without", ...development },
      { of: single, when: "a stack of class development has a single node", ...development },
      { set: sharded, remove: ["numCacheClusters"], when: "each shard has a replica" },
      {
        set: { nodeGroupConfigurations: [{ replicaCount: 1 }, { replicaCount: 2 }] },
        remove: ["numCacheClusters"],
        when: "each shard names its replicas",
      },
      {
        set: { replicasPerNodeGroup: 1, nodeGroupConfigurations: [{ slots: "0-16383" }] },
        remove: ["numCacheClusters"],
        when: "shards have the replicas that all have",
      },
      { set: { snapshotRetentionLimit: 1 }, settings: { minimumDays: 1 }, when: "a day is enough" },
      { of: memcached, remove: ["preferredAvailabilityZones"], when: "ElastiCache chooses the zones" },
      {
        of: memcached,
        set: { preferredAvailabilityZones: ["us-west-2a", "us-west-2b", "us-west-2b"] },
        when: "nodes are in two zones",
      },
    ],
    fails: [
      {
        of: small,
        when: "the class is production",
        at: ["automaticFailoverEnabled", "multiAzEnabled", "numCacheClusters", "snapshotRetentionLimit"],
      },
      { set: { automaticFailoverEnabled: false }, at: "automaticFailoverEnabled" },
      { remove: ["automaticFailoverEnabled"], at: "automaticFailoverEnabled" },
      { set: { multiAzEnabled: false }, at: "multiAzEnabled" },
      { remove: ["multiAzEnabled"], at: "multiAzEnabled" },
      { set: { numCacheClusters: 1 }, at: "numCacheClusters" },
      { remove: ["numCacheClusters"], at: "numCacheClusters" },
      {
        set: { ...sharded, replicasPerNodeGroup: 0 },
        remove: ["numCacheClusters"],
        at: "replicasPerNodeGroup",
      },
      { set: { numNodeGroups: 2 }, remove: ["numCacheClusters"], at: "replicasPerNodeGroup" },
      {
        set: { nodeGroupConfigurations: [{ replicaCount: 1 }, { replicaCount: 0 }] },
        remove: ["numCacheClusters"],
        at: "replicasPerNodeGroup",
      },
      {
        set: { nodeGroupConfigurations: [{ slots: "0-16383" }] },
        remove: ["numCacheClusters"],
        at: "replicasPerNodeGroup",
      },
      { set: { snapshotRetentionLimit: 0 }, at: "snapshotRetentionLimit" },
      { remove: ["snapshotRetentionLimit"], at: "snapshotRetentionLimit" },
      { set: { snapshotRetentionLimit: 6 }, at: "snapshotRetentionLimit" },
      { of: memcached, set: { numCacheNodes: 1 }, at: "numCacheNodes" },
      { of: memcached, remove: ["numCacheNodes"], at: "numCacheNodes" },
      { of: memcached, set: { numCacheNodes: 2, azMode: "single-az" }, at: "azMode" },
      { of: memcached, set: { azMode: "single-az" }, at: "azMode" },
      { of: memcached, remove: ["azMode"], at: "azMode" },
      {
        of: memcached,
        set: { preferredAvailabilityZones: ["us-west-2a", "us-west-2a", "us-west-2a"] },
        at: "preferredAvailabilityZones",
      },
      { of: single, when: "Redis stands outside of a replication group", at: "numCacheNodes" },
    ],
    unknown: ["automaticFailoverEnabled", "multiAzEnabled", "numCacheClusters", "snapshotRetentionLimit"],
  });

  it("[PR-05] leaves to a global replication group what its members take over from it", () => {
    const rule = cacheRules.find(({ id }) => id === "aws-elasticache-encrypted") as ResourceRule;
    const one = changed(redis, {
      set: { globalReplicationGroupId: "global" },
      remove: ["atRestEncryptionEnabled", "transitEncryptionEnabled"],
    });
    const { findings } = judgeResource([rule], one, {
      stack: { stack: "prod", project: "platform", class: "production", isPreview: false, config: {} },
      settings: new Map([[rule.id, {}]]),
    });
    assert.deepEqual(
      findings.map((found) => `${found.verdict} ${found.at}`),
      ["undecided atRestEncryptionEnabled", "undecided transitEncryptionEnabled"],
    );
  });
});
