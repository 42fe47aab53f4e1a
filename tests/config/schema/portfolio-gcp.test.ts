import assert from "node:assert/strict";
import { limits, settings } from "../schema-settings";

/** What the smallest site has without a word: what only production has is skipped. */
const defaults: Readonly<Record<string, unknown>> = {
  class: "production",
  protection: "on",
  region: "us-central1",
  backupRegion: "us-east1",
  site: "prod-gcp",
  "network.zones": ["a", "b", "c"],
  "network.natAddresses": 2,
  keys: {},
  gateway: "skip",
  "cluster.mode": "create",
  "cluster.name": "portfolio-prod-gke",
  "cluster.version": "1.36",
  "cluster.releaseChannel": "REGULAR",
  "cluster.access": "dns-endpoint",
  "cluster.publicCidrs": [],
  "cluster.operators": {},
  nodePools: {
    general: {
      capacity: "on-demand",
      architecture: "amd64",
      accelerator: "none",
      cpus: 4,
      memoryGiB: 16,
      diskGiB: 100,
      nodes: {
        min: 3,
        max: 6,
      },
    },
  },
  "platformLayer.namespaces": {
    services: {
      enforce: "restricted",
    },
  },
  "database.name": "portfolio",
  "database.masterUser": "platform",
  "database.engineVersion": "17",
  "database.tier": "db-custom-1-3840",
  "database.availability": "by-class",
  "database.storageGiB": 20,
  "database.maxStorageGiB": 50,
  "database.backupRetentionDays": "by-class",
  "database.backupCopy": false,
  "database.maxConnections": 100,
  "database.replicas": {},
  "database.slots": {
    "shard-0": [[0, 1023]],
  },
  "database.minimumTls": "1.3",
  "database.logicalReplication": "off",
  "database.replicationRole": "publisher",
  "database.replicationSlots": 20,
  "database.slotRetentionGiB": 5,
  "cache.engineVersion": "7.2",
  "cache.memoryGiB": 1,
  "cache.nodes": "by-class",
  "cache.readReplicas": "off",
  "cache.snapshotHours": 0,
  "memcached.mode": "skip",
  "documents.mode": "skip",
  "documents.masterUser": "platform",
  "documents.backupRetentionDays": "by-class",
  "keyValues.mode": "skip",
  "keyValues.tables": {
    sessions: {
      hashKey: "id",
      expiresAt: "expires",
    },
  },
  "keyValues.recoveryDays": "by-class",
  "keyValues.replicaRegions": [],
  "events.mode": "skip",
  "events.version": "4.2",
  "events.cpus": 1,
  "events.memoryGiB": 4,
  "events.storageGiB": 100,
  "events.topics": {
    events: {
      partitions: 12,
      retentionHours: 168,
    },
  },
  "queue.mode": "skip",
  "queue.engineVersion": "4.3",
  "queue.availability": "by-class",
  "queue.cpus": 1,
  "queue.memoryGiB": 2,
  "queue.storageGiB": 20,
  "objects.prefixes": ["uploads", "backups"],
  "objects.infrequentAccessAfterDays": 90,
  "objects.deleteAfterDays": 365,
  "objects.keepVersionsDays": 30,
  "lake.mode": "skip",
  "lake.tables": {
    events: {
      description: "Every domain event, by the day it happened",
      columns: [
        {
          name: "id",
          type: "string",
          required: true,
        },
        {
          name: "type",
          type: "string",
          required: true,
        },
        {
          name: "happened_at",
          type: "timestamptz",
          required: true,
        },
        {
          name: "payload",
          type: "string",
          required: false,
        },
      ],
      partition: {
        happened_at: "day",
      },
    },
  },
  "lake.snapshotRetentionDays": 7,
  "lake.infrequentAccessAfterDays": 90,
  "lake.deleteAfterDays": 365,
  "lake.keepVersionsDays": 7,
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
  "identityProvider.clients": {},
  "governance.mode": "skip",
  "governance.auditRetentionDays": 2190,
  "governance.auditLock": "governance",
  "governance.backups.mode": "skip",
  "governance.backups.retentionDays": 35,
  "governance.backups.lock": "governance",
  "images.mode": "skip",
  "images.images": [],
  "images.repositories": {},
  "dns.mode": "skip",
  alarms: "skip",
  siteContract: "skip",
};

/** Settings whose default is a documented value, by the requirement. */
const required: Readonly<Record<string, readonly string[]>> = {
  "PF-CLOUD-01": ["region", "gateway"],
  "PF-CLOUD-02": ["cluster.name", "cluster.version"],
  "PF-SEC-04": ["cluster.access"],
  "PF-SCALE-01": ["nodePools"],
  "PF-SEC-03": ["platformLayer.namespaces"],
  "PF-DATA-01": ["database.engineVersion", "database.tier", "database.availability", "database.maxConnections"],
  "PF-DR-01": ["database.backupRetentionDays", "documents.backupRetentionDays"],
  "PF-SCALE-02": ["database.replicas", "database.slots"],
  "PF-SEC-06": ["database.minimumTls"],
  "PF-DATA-03": [
    "cache.engineVersion",
    "cache.memoryGiB",
    "cache.nodes",
    "cache.readReplicas",
    "cache.snapshotHours",
    "memcached.mode",
  ],
  "PF-DATA-02": ["documents.mode", "keyValues.mode", "keyValues.tables"],
  "PF-DATA-04": [
    "events.mode",
    "events.cpus",
    "events.memoryGiB",
    "queue.mode",
    "queue.availability",
    "queue.cpus",
    "queue.memoryGiB",
  ],
  "PF-DATA-05": ["lake.mode", "lake.tables"],
  "PF-SVC-03": ["functions.mode", "functions.topic"],
  "PF-AI-01": ["machineLearning.mode", "machineLearning.problem"],
  "PF-SEC-01": ["identityProvider.mode", "identityProvider.mfa", "identityProvider.clients"],
};

/** Least and greatest of whole numbers. */
const bounds: Readonly<Record<string, readonly [unknown, unknown]>> = {
  "network.natAddresses": [1, 16],
  "database.storageGiB": [10, 65536],
  "database.maxStorageGiB": [10, 65536],
  "database.backupRetentionDays": [1, 365],
  "database.maxConnections": [14, 262143],
  "database.replicationSlots": [5, 100],
  "database.slotRetentionGiB": [1, 32768],
  "cache.memoryGiB": [1, 300],
  "cache.nodes": [1, 6],
  "documents.backupRetentionDays": [1, 98],
  "keyValues.recoveryDays": [1, 98],
  "events.cpus": [1, 64],
  "events.memoryGiB": [2, 256],
  "events.storageGiB": [24, 16384],
  "events.standby.cpus": [1, 64],
  "events.standby.memoryGiB": [2, 256],
  "queue.cpus": [1, 64],
  "queue.memoryGiB": [2, 256],
  "queue.storageGiB": [10, 16384],
  "queue.standby.cpus": [1, 64],
  "queue.standby.memoryGiB": [2, 256],
  "objects.infrequentAccessAfterDays": [30, 3650],
  "objects.deleteAfterDays": [31, 36500],
  "objects.keepVersionsDays": [1, 3650],
  "lake.snapshotRetentionDays": [1, 3650],
  "lake.infrequentAccessAfterDays": [30, 3650],
  "lake.deleteAfterDays": [31, 36500],
  "lake.keepVersionsDays": [1, 3650],
  "functions.memoryMiB": [128, 10240],
  "functions.timeoutSeconds": [1, 900],
  "functions.batchSize": [1, 10000],
  "functions.batchWindowSeconds": [0, 300],
  "functions.concurrency": [1, 900],
  "machineLearning.maxRuntimeMinutes": [10, 1440],
  "governance.auditRetentionDays": [1, 3650],
  "governance.backups.retentionDays": [1, 3650],
};

const choices: Readonly<Record<string, readonly unknown[]>> = {
  class: ["development", "production", "recovery", "staging"],
  protection: ["off", "on"],
  site: ["dev", "dr", "prod", "prod-gcp"],
  gateway: ["create", "skip"],
  "cluster.mode": ["adopt", "create", "skip"],
  "cluster.releaseChannel": ["EXTENDED", "REGULAR", "STABLE"],
  "cluster.access": ["bastion", "dns-endpoint", "internet", "network"],
  "database.engineVersion": ["15", "16", "17", "18"],
  "database.availability": ["by-class", "single-zone", "standby"],
  "database.minimumTls": ["1.2", "1.3"],
  "database.logicalReplication": ["off", "on"],
  "database.replicationRole": ["publisher", "subscriber"],
  "cache.engineVersion": ["7.0", "7.2"],
  "cache.readReplicas": ["off", "on"],
  "cache.snapshotHours": [0, 1, 6, 12, 24],
  "memcached.mode": ["create", "skip"],
  "documents.mode": ["create", "skip"],
  "keyValues.mode": ["create", "skip"],
  "events.mode": ["create", "skip"],
  "events.version": ["4.2", "4.3"],
  "queue.mode": ["create", "skip"],
  "queue.engineVersion": ["4.3"],
  "queue.availability": ["by-class", "cluster", "single-instance"],
  "lake.mode": ["create", "skip"],
  "functions.mode": ["create", "skip"],
  "machineLearning.mode": ["create", "skip"],
  "machineLearning.problem": ["binary-classification", "multiclass-classification", "regression"],
  "identityProvider.mode": ["create", "skip"],
  "identityProvider.mfa": ["optional", "required"],
  "identityProvider.signUp": ["administrators", "self"],
  "governance.mode": ["create", "skip"],
  "governance.auditLock": ["compliance", "governance"],
  "governance.backups.mode": ["create", "skip"],
  "governance.backups.lock": ["compliance", "governance"],
  "images.mode": ["adopt", "create", "skip"],
  "dns.mode": ["adopt", "create", "skip"],
  alarms: ["create", "skip"],
  siteContract: ["create", "skip"],
};

/** Lists that must hold something. */
const fewest: Readonly<Record<string, number>> = {
  "network.zones": 2,
  "objects.prefixes": 1,
};

describe("settings of the portfolio's site on Google Cloud", () => {
  const known = settings("portfolio-gcp");
  const found = limits(known);

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

  it("numbers lie within these bounds, ends included", () => {
    assert.deepEqual(found.bounds, bounds);
  });

  it("have these choices", () => {
    assert.deepEqual(found.choices, choices);
  });

  it("have lists that are at least this long", () => {
    assert.deepEqual(found.fewest, fewest);
  });
});
