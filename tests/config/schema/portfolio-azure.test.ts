import assert from "node:assert/strict";
import { limits, settings } from "../schema-settings";

/** What the smallest site has without a word: what only production has is skipped. */
const defaults: Readonly<Record<string, unknown>> = {
  class: "recovery",
  protection: "on",
  role: "standby",
  region: "eastus",
  site: "dr",
  "network.zones": ["a", "b", "c"],
  "vaults.keys": "premium",
  "vaults.createMode": "default",
  keys: {},
  gateway: "skip",
  "cluster.mode": "create",
  "cluster.name": "portfolio-dr-aks",
  "cluster.version": "1.36",
  "cluster.tier": "Standard",
  "cluster.access": "network",
  "cluster.publicCidrs": [],
  "cluster.logIn": "azurecli",
  "cluster.admins": {},
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
  standbyNodes: {},
  "platformLayer.namespaces": {
    services: {
      enforce: "restricted",
    },
  },
  "database.name": "portfolio",
  "database.masterUser": "platform",
  "database.engineVersion": "17",
  "database.compute": "Standard_D2ds_v5",
  "database.availability": "by-class",
  "database.storageGiB": 32,
  "database.backupRetentionDays": "by-class",
  "database.maxConnections": 200,
  "database.extensions": [],
  "database.admins": {},
  "database.replicaZone": "none",
  "database.replicas": {},
  "database.slots": {
    "shard-0": [[0, 1023]],
  },
  "database.minimumTls": "1.3",
  "database.logicalReplication": "off",
  "database.replicationSlots": 20,
  "cache.size": "Balanced_B0",
  "cache.nodes": "by-class",
  "cache.snapshots": "none",
  "memcached.mode": "skip",
  "documents.mode": "skip",
  "documents.engineVersion": "8.0",
  "documents.tier": "M30",
  "documents.storageGiB": 32,
  "documents.availability": "by-class",
  "documents.masterUser": "platform",
  "keyValues.mode": "skip",
  "keyValues.tables": {
    sessions: {
      hashKey: "id",
      expiresAt: "expires",
    },
  },
  "keyValues.recoveryDays": "by-class",
  "keyValues.replicaRegions": [],
  "keyValues.maxThroughput": 1000,
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
  "lake.infrequentAccessAfterDays": 90,
  "lake.deleteAfterDays": 365,
  "lake.keepVersionsDays": 7,
  "functions.mode": "skip",
  "functions.topic": "events",
  "functions.memoryMiB": 512,
  "functions.timeoutSeconds": 60,
  "functions.batchSize": 1000,
  "functions.batchWindowSeconds": 60,
  "functions.concurrency": 5,
  "functions.alwaysReady": 0,
  "functions.availability": "single-zone",
  "machineLearning.mode": "skip",
  "machineLearning.problem": "binary-classification",
  "machineLearning.target": "label",
  "machineLearning.maxRuntimeMinutes": 60,
  "machineLearning.machine": "Standard_D4ds_v5",
  "machineLearning.machines": 2,
  "identityProvider.mode": "skip",
  "identityProvider.mfa": "required",
  "identityProvider.tenantName": "portfoliodr",
  "identityProvider.displayName": "Portfolio",
  "identityProvider.dataPlace": "United States",
  "identityProvider.countryCode": "US",
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
  "PF-DR-03": ["role"],
  "PF-CLOUD-01": ["region", "gateway"],
  "PF-SEC-05": ["vaults.keys"],
  "PF-CLOUD-02": ["cluster.name", "cluster.version"],
  "PF-SEC-04": ["cluster.access"],
  "PF-SCALE-01": ["nodePools"],
  "PF-SEC-03": ["platformLayer.namespaces"],
  "PF-DATA-01": ["database.engineVersion", "database.compute", "database.availability", "database.storageGiB"],
  "PF-DR-01": ["database.backupRetentionDays"],
  "PF-SCALE-02": ["database.replicaZone", "database.replicas", "database.slots"],
  "PF-SEC-06": ["database.minimumTls"],
  "PF-DATA-03": ["cache.size", "cache.nodes", "memcached.mode"],
  "PF-DATA-02": ["documents.mode", "documents.tier", "documents.availability", "keyValues.mode", "keyValues.tables"],
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
  "database.backupRetentionDays": [7, 35],
  "database.maxConnections": [25, 5000],
  "database.replicationSlots": [5, 80],
  "keyValues.maxThroughput": [1000, 1000000],
  "keyValues.standby.maxThroughput": [1000, 1000000],
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
  "lake.infrequentAccessAfterDays": [30, 3650],
  "lake.deleteAfterDays": [31, 36500],
  "lake.keepVersionsDays": [1, 365],
  "functions.timeoutSeconds": [1, 3600],
  "functions.batchSize": [1, 10000],
  "functions.batchWindowSeconds": [1, 300],
  "functions.concurrency": [1, 1000],
  "functions.alwaysReady": [0, 20],
  "functions.standby.concurrency": [1, 1000],
  "functions.standby.alwaysReady": [0, 20],
  "machineLearning.maxRuntimeMinutes": [15, 1440],
  "machineLearning.machines": [1, 100],
  "governance.auditRetentionDays": [1, 36500],
  "governance.backups.retentionDays": [7, 3650],
};

const choices: Readonly<Record<string, readonly unknown[]>> = {
  class: ["development", "production", "recovery", "staging"],
  protection: ["off", "on"],
  role: ["active", "standby"],
  site: ["dev", "dr", "prod", "prod-gcp"],
  "vaults.keys": ["premium", "standard"],
  "vaults.createMode": ["default", "recover"],
  gateway: ["create", "skip"],
  "cluster.mode": ["adopt", "create", "skip"],
  "cluster.tier": ["Free", "Standard"],
  "cluster.access": ["bastion", "dns-endpoint", "internet", "network"],
  "cluster.logIn": ["azurecli", "workloadidentity"],
  "database.engineVersion": ["15", "16", "17", "18"],
  "database.availability": ["by-class", "single-zone", "standby"],
  "database.storageGiB": [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32767],
  "database.replicaZone": ["a", "b", "c", "d", "e", "f", "g", "h", "none"],
  "database.minimumTls": ["1.2", "1.3"],
  "database.logicalReplication": ["off", "on"],
  "database.standby.availability": ["single-zone", "standby"],
  "cache.size": [
    "Balanced_B0",
    "Balanced_B1",
    "Balanced_B10",
    "Balanced_B20",
    "Balanced_B3",
    "Balanced_B5",
    "ComputeOptimized_X10",
    "ComputeOptimized_X20",
    "ComputeOptimized_X3",
    "ComputeOptimized_X5",
    "MemoryOptimized_M10",
    "MemoryOptimized_M20",
  ],
  "cache.nodes": [1, 2, "by-class"],
  "cache.snapshots": ["12h", "1h", "6h", "none"],
  "cache.standby.size": [
    "Balanced_B0",
    "Balanced_B1",
    "Balanced_B10",
    "Balanced_B20",
    "Balanced_B3",
    "Balanced_B5",
    "ComputeOptimized_X10",
    "ComputeOptimized_X20",
    "ComputeOptimized_X3",
    "ComputeOptimized_X5",
    "MemoryOptimized_M10",
    "MemoryOptimized_M20",
  ],
  "memcached.mode": ["create", "skip"],
  "documents.mode": ["create", "skip"],
  "documents.engineVersion": ["5.0", "6.0", "7.0", "8.0"],
  "documents.tier": ["M200", "M30", "M40", "M50", "M60", "M80"],
  "documents.storageGiB": [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32767],
  "documents.availability": ["by-class", "single-zone", "standby"],
  "documents.standby.tier": ["M200", "M30", "M40", "M50", "M60", "M80"],
  "documents.standby.availability": ["single-zone", "standby"],
  "keyValues.mode": ["create", "skip"],
  "keyValues.recoveryDays": [7, 30, "by-class"],
  "events.mode": ["create", "skip"],
  "events.version": ["4.2", "4.3"],
  "queue.mode": ["create", "skip"],
  "queue.engineVersion": ["4.3"],
  "queue.availability": ["by-class", "cluster", "single-instance"],
  "lake.mode": ["create", "skip"],
  "functions.mode": ["create", "skip"],
  "functions.memoryMiB": [512, 2048, 4096],
  "functions.availability": ["single-zone", "zones"],
  "functions.standby.availability": ["single-zone", "zones"],
  "machineLearning.mode": ["create", "skip"],
  "machineLearning.problem": ["binary-classification", "multiclass-classification", "regression"],
  "identityProvider.mode": ["create", "skip"],
  "identityProvider.mfa": ["optional", "required"],
  "identityProvider.dataPlace": ["Asia Pacific", "Australia", "Europe", "Japan", "United States"],
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

describe("settings of the portfolio's site on Azure", () => {
  const known = settings("portfolio-azure");
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
