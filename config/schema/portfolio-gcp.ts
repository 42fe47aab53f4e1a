import { z } from "zod";
import { gcpPool } from "../../components/planning/node-pools-gcp";
import { siteNames } from "../../components/planning/site-plan";
import { clusterEventSettings } from "./cluster-events";
import { clusterQueueSettings } from "./cluster-queue";
import { objectSettings } from "./data";
import { functionSettings } from "./functions";
import { gcpImageSettings, gcpKeyAdoption, gcpZoneSettings } from "./gcp/adoption";
import { gcpCacheSettings } from "./gcp/cache";
import { gcpClusterSettings } from "./gcp/cluster";
import { gcpDatabaseSettings } from "./gcp/database";
import { gcpDocumentSettings } from "./gcp/documents";
import { projectGovernanceSettings } from "./gcp/governance";
import { identityPlatformSettings } from "./gcp/identity-provider";
import { gcpKeyValueSettings } from "./gcp/key-values";
import { gcpLakeSettings } from "./gcp/lake";
import { gcpNetworkSettings } from "./gcp/network";
import { gcpStackSettings } from "./gcp/stack";
import { machineLearningSettings } from "./machine-learning";
import { nodePoolsSettings } from "./node-pools";
import { platformLayerSettings } from "./platform-layer";
import { lakeTables } from "./portfolio";
import { byClass, createOrSkip, unavailable } from "./values";

/** Settings of the portfolio's site on Google Cloud. Defaults are those of a small environment: what only production has is skipped. */
export const portfolioGcp = z.strictObject({
  blueprint: z.literal("portfolio-gcp").meta({ description: "The code that the stack runs" }),
  ...gcpStackSettings({
    class: "production",
    region: "us-central1",
    backupRegion: "us-east1",
    requirement: "PF-CLOUD-01",
  }),
  site: z
    .enum(siteNames)
    .default("prod-gcp")
    .meta({ description: "Place in the address plan of all sites, which gives ranges and the number of the gateway" }),
  network: gcpNetworkSettings({ zones: ["a", "b", "c"], natAddresses: 2 }),
  keys: gcpKeyAdoption(),
  gateway: createOrSkip("skip").meta({
    description: "Whether there is a gateway to the other sites",
    requirement: "PF-CLOUD-01",
  }),
  cluster: gcpClusterSettings({
    name: "portfolio-prod-gke",
    version: "1.36",
    releaseChannel: "REGULAR",
    access: "dns-endpoint",
    requirement: "PF-CLOUD-02",
  }),
  nodePools: nodePoolsSettings({
    machinesOf: gcpPool,
    pools: {
      general: {
        capacity: "on-demand",
        architecture: "amd64",
        accelerator: "none",
        cpus: 4,
        memoryGiB: 16,
        diskGiB: 100,
        nodes: { min: 3, max: 6 },
      },
    },
    requirement: "PF-SCALE-01",
  }),
  platformLayer: platformLayerSettings({
    namespaces: { services: { enforce: "restricted" } },
    requirement: "PF-SEC-03",
  }),
  database: gcpDatabaseSettings({
    databaseName: "portfolio",
    engineVersion: "17",
    tier: "db-custom-1-3840",
    availability: byClass,
    maxStorageGiB: 50,
    backupRetentionDays: byClass,
    backupCopy: false,
    replicas: {},
    slots: { "shard-0": [[0, 1023]] },
    logicalReplication: "off",
    replicationRole: "publisher",
    slotRetentionGiB: 5,
    requirement: "PF-DATA-01",
  }),
  cache: gcpCacheSettings({
    engineVersion: "7.2",
    memoryGiB: 1,
    nodes: byClass,
    readReplicas: "off",
    snapshotHours: 0,
    requirement: "PF-DATA-03",
  }),
  memcached: unavailable("Memcached", "PF-DATA-03"),
  documents: gcpDocumentSettings({ mode: "skip", backupRetentionDays: byClass, requirement: "PF-DATA-02" }),
  keyValues: gcpKeyValueSettings({
    mode: "skip",
    tables: { sessions: { hashKey: "id", expiresAt: "expires" } },
    recoveryDays: byClass,
    requirement: "PF-DATA-02",
  }),
  events: clusterEventSettings({
    mode: "skip",
    cpus: 1,
    memoryGiB: 4,
    storageGiB: 100,
    topics: { events: { partitions: 12, retentionHours: 168 } },
    requirement: "PF-DATA-04",
  }),
  queue: clusterQueueSettings({
    mode: "skip",
    availability: byClass,
    cpus: 1,
    memoryGiB: 2,
    storageGiB: 20,
    requirement: "PF-DATA-04",
  }),
  objects: objectSettings({ prefixes: ["uploads", "backups"] }),
  lake: gcpLakeSettings({ mode: "skip", tables: lakeTables, requirement: "PF-DATA-05" }),
  functions: functionSettings({ mode: "skip", topic: "events", requirement: "PF-SVC-03" }),
  machineLearning: machineLearningSettings({
    mode: "skip",
    problem: "binary-classification",
    target: "label",
    requirement: "PF-AI-01",
  }),
  identityProvider: identityPlatformSettings({ mode: "skip", clients: {}, requirement: "PF-SEC-01" }),
  governance: projectGovernanceSettings({ mode: "skip", backups: "skip" }),
  images: gcpImageSettings({ mode: "skip", images: [] }),
  dns: gcpZoneSettings({ mode: "skip" }),
  alarms: createOrSkip("skip").meta({ description: "Whether the managed services have alarms" }),
  siteContract: createOrSkip("skip").meta({
    description: "Whether the site tells the others of itself, in its state bucket and beside the state",
  }),
});

export type PortfolioGcpConfig = z.output<typeof portfolioGcp>;
