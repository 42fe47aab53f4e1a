import assert from "node:assert/strict";
import { limits, settings } from "./schema-settings";

/** What the smallest site has without a word: what only production has is skipped. */
const defaults: Readonly<Record<string, unknown>> = {
  class: "development",
  protection: "on",
  region: "us-west-2",
  backupRegion: "us-east-2",
  accounts: [],
  site: "dev",
  "network.cidr": "10.16.0.0/16",
  "network.zones": ["a", "b"],
  "network.nat": "single",
  "network.subnets.public": {},
  "network.subnets.private": {},
  "network.subnets.database": {},
  "network.adopt.subnetIds.public": {},
  "network.adopt.subnetIds.private": {},
  "network.adopt.subnetIds.database": {},
  keys: {},
  gateway: "skip",
  serviceEndpoints: [],
  "cluster.name": "portfolio-dev-eks",
  "cluster.version": "1.36",
  "cluster.allowUnsupportedVersion": false,
  "cluster.supportType": "STANDARD",
  "cluster.endpoint.private": true,
  "cluster.endpoint.public": true,
  "cluster.endpoint.publicCidrs": ["0.0.0.0/0"],
  "cluster.logs": ["api", "audit"],
  "cluster.admins": {},
  "cluster.mode": "create",
  "cluster.access": "internet",
  "cluster.autoscaler.maxNodes": 10,
  "cluster.autoscaler.scaleUpAfterSeconds": 30,
  "cluster.autoscaler.scaleDownBelowPercent": 50,
  "cluster.autoscaler.scaleDownAfterMinutes": 10,
  nodePools: {
    primary: {
      capacity: "on-demand",
      architecture: "amd64",
      accelerator: "none",
      cpus: 2,
      memoryGiB: 4,
      diskGiB: 30,
      nodes: { min: 2, max: 3 },
    },
  },
  "platformLayer.namespaces": { services: { enforce: "restricted" } },
  "database.name": "portfolio",
  "database.masterUser": "platform",
  "database.engineVersion": "17",
  "database.instanceClass": "db.t4g.micro",
  "database.availability": "by-class",
  "database.storageGiB": 20,
  "database.maxStorageGiB": 50,
  "database.storageType": "gp3",
  "database.backupRetentionDays": "by-class",
  "database.backupCopy": false,
  "database.maxConnections": 100,
  "database.monitoringIntervalSeconds": 60,
  "database.replicaZone": "none",
  "database.replicas": {},
  "database.slots": { "shard-0": [[0, 1023]] },
  "database.minimumTls": "1.3",
  "database.logicalReplication": "off",
  "database.replicationSlots": 20,
  "database.slotRetentionGiB": 5,
  "cache.engineVersion": "7.1",
  "cache.nodeType": "cache.t4g.micro",
  "cache.nodes": "by-class",
  "cache.snapshotRetentionDays": 0,
  "memcached.mode": "skip",
  "memcached.engineVersion": "1.6.22",
  "memcached.nodeType": "cache.t4g.micro",
  "memcached.nodes": "by-class",
  "documents.mode": "skip",
  "documents.engineVersion": "5.0",
  "documents.instanceClass": "db.t4g.medium",
  "documents.instances": "by-class",
  "documents.masterUser": "platform",
  "documents.minimumTls": "1.3",
  "documents.backupRetentionDays": "by-class",
  "documents.slowOperationMs": 100,
  "documents.changeStreamHours": 24,
  "keyValues.mode": "skip",
  "keyValues.tables": { sessions: { hashKey: "id", expiresAt: "expires" } },
  "keyValues.recoveryDays": "by-class",
  "keyValues.replicaRegions": [],
  "events.mode": "skip",
  "events.version": "4.2",
  "events.brokerType": "kafka.m7g.large",
  "events.brokersPerZone": 1,
  "events.storageGiB": 100,
  "events.maxStorageGiB": 1000,
  "events.monitoring": "PER_BROKER",
  "events.withoutAcl": "allow",
  "events.topics": { events: { partitions: 12, retentionHours: 168 } },
  "queue.mode": "skip",
  "queue.engineVersion": "4.3",
  "queue.instanceType": "mq.m7g.medium",
  "queue.availability": "by-class",
  "objects.prefixes": ["uploads", "backups"],
  "objects.infrequentAccessAfterDays": 90,
  "objects.deleteAfterDays": 365,
  "objects.keepVersionsDays": 30,
  "lake.mode": "skip",
  "lake.tables": {
    events: {
      description: "Every domain event, by the day it happened",
      columns: [
        { name: "id", type: "string", required: true },
        { name: "type", type: "string", required: true },
        { name: "happened_at", type: "timestamptz", required: true },
        { name: "payload", type: "string", required: false },
      ],
      partition: { happened_at: "day" },
    },
  },
  "lake.snapshotRetentionDays": 7,
  "lake.infrequentAccessAfterDays": 90,
  "lake.deleteAfterDays": 365,
  "lake.keepVersionsDays": 7,
  "lake.queryLimitGiB": 100,
  "functions.mode": "skip",
  "functions.topic": "events",
  "functions.memoryMiB": 256,
  "functions.timeoutSeconds": 60,
  "functions.batchSize": 1000,
  "functions.batchWindowSeconds": 60,
  "functions.concurrency": 5,
  "machineLearning.mode": "skip",
  "machineLearning.problem": "binary-classification",
  "machineLearning.target": "label",
  "machineLearning.maxRuntimeMinutes": 60,
  "identityProvider.mode": "skip",
  "identityProvider.mfa": "required",
  "identityProvider.signUp": "administrators",
  "identityProvider.threatProtection": "off",
  "identityProvider.accessTokenMinutes": 15,
  "identityProvider.idTokenMinutes": 15,
  "identityProvider.refreshTokenDays": 7,
  "identityProvider.clients": {},
  "identityProvider.apis": {},
  "identityProvider.groups": {
    administrators: { description: "May change everything", precedence: 1 },
    members: { description: "May use the services", precedence: 10 },
  },
  "images.mode": "skip",
  "images.images": [],
  "images.repositories": {},
  "dns.mode": "skip",
  alarms: "skip",
  "governance.mode": "skip",
  "governance.auditRetentionDays": 2190,
  "governance.configurationRole": "create",
  "governance.backups.mode": "skip",
  "governance.backups.retentionDays": 35,
  "governance.backups.lock": "governance",
  siteContract: "skip",
};

/** Settings whose documentation names a requirement. */
const required: Readonly<Record<string, readonly string[]>> = {
  "PF-CLOUD-01": ["region", "gateway"],
  "PF-SEC-04": ["serviceEndpoints", "cluster.access"],
  "PF-CLOUD-02": [
    "cluster.name",
    "cluster.version",
    "cluster.endpoint.private",
    "cluster.endpoint.public",
    "cluster.logs",
  ],
  "PF-SCALE-01": [
    "cluster.autoscaler.maxNodes",
    "cluster.autoscaler.scaleUpAfterSeconds",
    "cluster.autoscaler.scaleDownBelowPercent",
    "cluster.autoscaler.scaleDownAfterMinutes",
    "nodePools",
  ],
  "PF-SEC-03": ["platformLayer.namespaces"],
  "PF-SCALE-02": ["database.replicas", "database.slots"],
  "PF-SEC-06": ["database.minimumTls", "documents.minimumTls"],
  "PF-DATA-03": ["memcached.mode"],
  "PF-DATA-02": ["documents.mode", "documents.instances", "keyValues.mode", "keyValues.tables"],
  "PF-DATA-04": [
    "events.mode",
    "events.brokerType",
    "events.brokersPerZone",
    "queue.mode",
    "queue.instanceType",
    "queue.availability",
  ],
  "PF-DATA-05": ["lake.mode", "lake.tables"],
  "PF-SVC-03": ["functions.mode", "functions.topic"],
  "PF-AI-01": ["machineLearning.mode", "machineLearning.problem"],
  "PF-SEC-01": ["identityProvider.mode", "identityProvider.mfa", "identityProvider.clients", "identityProvider.groups"],
};

/** Least and greatest value of every whole number. */
const bounds: Readonly<Record<string, readonly [least: number, greatest: number]>> = {
  "cluster.autoscaler.maxNodes": [1, 1000],
  "cluster.autoscaler.scaleUpAfterSeconds": [0, 3600],
  "cluster.autoscaler.scaleDownBelowPercent": [1, 100],
  "cluster.autoscaler.scaleDownAfterMinutes": [1, 1440],
  "database.storageGiB": [20, 65536],
  "database.maxStorageGiB": [22, 65536],
  "database.backupRetentionDays": [1, 35],
  "database.maxConnections": [6, 262143],
  "database.replicationSlots": [5, 100],
  "database.slotRetentionGiB": [1, 32768],
  "cache.nodes": [1, 6],
  "cache.snapshotRetentionDays": [0, 35],
  "memcached.nodes": [1, 40],
  "documents.backupRetentionDays": [1, 35],
  "documents.slowOperationMs": [50, 2147483646],
  "documents.changeStreamHours": [1, 168],
  "keyValues.recoveryDays": [1, 35],
  "events.brokersPerZone": [1, 10],
  "events.storageGiB": [1, 16384],
  "events.maxStorageGiB": [1, 16384],
  "objects.infrequentAccessAfterDays": [30, 3650],
  "objects.deleteAfterDays": [31, 36500],
  "objects.keepVersionsDays": [1, 3650],
  "lake.snapshotRetentionDays": [1, 3650],
  "lake.infrequentAccessAfterDays": [30, 3650],
  "lake.deleteAfterDays": [31, 36500],
  "lake.keepVersionsDays": [1, 3650],
  "lake.queryLimitGiB": [1, 1048576],
  "functions.memoryMiB": [128, 10240],
  "functions.timeoutSeconds": [1, 900],
  "functions.batchSize": [1, 10000],
  "functions.batchWindowSeconds": [0, 300],
  "functions.concurrency": [1, 900],
  "machineLearning.maxRuntimeMinutes": [10, 1440],
  "identityProvider.accessTokenMinutes": [5, 1440],
  "identityProvider.idTokenMinutes": [5, 1440],
  "identityProvider.refreshTokenDays": [1, 3650],
  "governance.auditRetentionDays": [91, 36500],
  "governance.backups.retentionDays": [1, 36500],
};

const choices: Readonly<Record<string, readonly unknown[]>> = {
  class: ["development", "production", "recovery", "staging"],
  protection: ["off", "on"],
  site: ["dev", "dr", "prod", "prod-gcp"],
  "network.nat": ["per-zone", "single"],
  gateway: ["create", "skip"],
  "cluster.supportType": ["EXTENDED", "STANDARD"],
  "cluster.mode": ["adopt", "create", "skip"],
  "cluster.access": ["bastion", "dns-endpoint", "internet", "network"],
  "database.engineVersion": ["15", "16", "17", "18"],
  "database.availability": ["by-class", "single-zone", "standby"],
  "database.monitoringIntervalSeconds": [1, 5, 10, 15, 30, 60],
  "database.replicaZone": ["a", "b", "c", "d", "e", "f", "g", "h", "none"],
  "database.minimumTls": ["1.2", "1.3"],
  "database.logicalReplication": ["off", "on"],
  "cache.engineVersion": ["7.0", "7.1"],
  "memcached.mode": ["create", "skip"],
  "memcached.engineVersion": ["1.6.12", "1.6.17", "1.6.22"],
  "documents.mode": ["create", "skip"],
  "documents.engineVersion": ["5.0", "8.0"],
  "documents.instances": ["by-class", "one-per-zone", "single"],
  "documents.minimumTls": ["1.2", "1.3"],
  "keyValues.mode": ["create", "skip"],
  "events.mode": ["create", "skip"],
  "events.version": ["3.9", "4.0", "4.1", "4.2"],
  "events.monitoring": ["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER", "PER_TOPIC_PER_PARTITION"],
  "events.withoutAcl": ["allow", "deny"],
  "queue.mode": ["create", "skip"],
  "queue.engineVersion": ["4.2", "4.3"],
  "queue.availability": ["by-class", "cluster", "single-instance"],
  "lake.mode": ["create", "skip"],
  "functions.mode": ["create", "skip"],
  "machineLearning.mode": ["create", "skip"],
  "machineLearning.problem": ["binary-classification", "multiclass-classification", "regression"],
  "identityProvider.mode": ["create", "skip"],
  "identityProvider.mfa": ["optional", "required"],
  "identityProvider.signUp": ["administrators", "self"],
  "identityProvider.threatProtection": ["audit", "enforced", "off"],
  "images.mode": ["adopt", "create", "skip"],
  "dns.mode": ["adopt", "create", "skip"],
  alarms: ["create", "skip"],
  "governance.mode": ["create", "skip"],
  "governance.configurationRole": ["adopt", "create"],
  "governance.backups.mode": ["create", "skip"],
  "governance.backups.lock": ["compliance", "governance"],
  siteContract: ["create", "skip"],
};

/** Lists that must hold something. */
const fewest: Readonly<Record<string, number>> = {
  "network.zones": 2,
  "cluster.endpoint.publicCidrs": 1,
  "objects.prefixes": 1,
};

describe("settings of the portfolio's AWS site", () => {
  const known = settings("portfolio-aws");

  it("are documented with these values", () => {
    const given = [...known].filter(([, setting]) => setting.default !== undefined);
    assert.deepEqual(Object.fromEntries(given.map(([path, setting]) => [path, setting.default])), defaults);
  });

  for (const [requirement, paths] of Object.entries(required)) {
    it(`[${requirement}] are documented with this requirement`, () => {
      assert.deepEqual(
        [...known].filter(([, setting]) => setting.requirement === requirement).map(([path]) => path),
        paths,
      );
    });
  }

  it("have no other requirement", () => {
    const named = new Set([...known.values()].flatMap(({ requirement }) => requirement ?? []));
    assert.deepEqual([...named].sort(), Object.keys(required).sort());
  });
});

describe("what may be set for the portfolio's AWS site", () => {
  const known = settings("portfolio-aws");
  const found = limits(known);

  it("numbers within these bounds, ends included", () => {
    assert.deepEqual(found.bounds, bounds);
  });

  it("one of these choices", () => {
    assert.deepEqual(found.choices, choices);
    assert.equal(known.get("database.storageType")?.const, "gp3");
  });

  it("lists that are at least this long", () => {
    assert.deepEqual(found.fewest, fewest);
  });
});
