import { z } from "zod";
import { azurePool } from "../../components/planning/node-pools-azure";
import { siteNames } from "../../components/planning/site-plan";
import { azureImageSettings, azureKeyAdoption, azureZoneSettings } from "./azure/adoption";
import { azureCacheSettings } from "./azure/cache";
import { azureClusterSettings } from "./azure/cluster";
import { azureDatabaseSettings } from "./azure/database";
import { azureDocumentSettings } from "./azure/documents";
import { azureFunctionSettings } from "./azure/functions";
import { azureGovernanceSettings } from "./azure/governance";
import { azureIdentityProviderSettings } from "./azure/identity-provider";
import { azureKeyValueSettings } from "./azure/key-values";
import { azureLakeSettings } from "./azure/lake";
import { azureMachineLearningSettings } from "./azure/machine-learning";
import { azureNetworkSettings } from "./azure/network";
import { azureObjectSettings } from "./azure/objects";
import { azureStackSettings } from "./azure/stack";
import { vaultSettings } from "./azure/vaults";
import { clusterEventSettings } from "./cluster-events";
import { clusterQueueSettings } from "./cluster-queue";
import { nodeBounds, nodePoolsSettings } from "./node-pools";
import { platformLayerSettings } from "./platform-layer";
import { lakeTables } from "./portfolio";
import { byClass, createOrSkip, identifier, unavailable } from "./values";

/** Settings of the portfolio's site on Azure. Defaults are those of a small environment: what only recovery has is skipped. */
export const portfolioAzure = z.strictObject({
  blueprint: z.literal("portfolio-azure").meta({ description: "The code that the stack runs" }),
  ...azureStackSettings({
    class: "recovery",
    role: "standby",
    region: "eastus",
    requirement: "PF-CLOUD-01",
  }),
  site: z
    .enum(siteNames)
    .default("dr")
    .meta({ description: "Place in the address plan of all sites, which gives ranges and the number of the gateway" }),
  network: azureNetworkSettings({ zones: ["a", "b", "c"] }),
  vaults: vaultSettings({ keys: "premium" }),
  keys: azureKeyAdoption(),
  gateway: createOrSkip("skip").meta({
    description: "Whether there is a gateway to the other sites",
    requirement: "PF-CLOUD-01",
  }),
  cluster: azureClusterSettings({
    name: "portfolio-dr-aks",
    version: "1.36",
    tier: "Standard",
    access: "network",
    requirement: "PF-CLOUD-02",
  }),
  nodePools: nodePoolsSettings({
    // An accelerator that Azure has in no machine is refused as a capability, with what to take instead.
    machinesOf: (name, pool) => (pool.accelerator === "nvidia-l4" ? undefined : azurePool(name, pool)),
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
  standbyNodes: z.record(identifier, nodeBounds).default({}).meta({
    description: "Bounds of pools of `nodePools` in standby, by name; the others have their own in both roles",
  }),
  platformLayer: platformLayerSettings({
    namespaces: { services: { enforce: "restricted" } },
    requirement: "PF-SEC-03",
  }),
  database: azureDatabaseSettings({
    databaseName: "portfolio",
    compute: "Standard_D2ds_v5",
    storageGiB: 32,
    availability: byClass,
    backupRetentionDays: byClass,
    replicas: {},
    slots: { "shard-0": [[0, 1023]] },
    logicalReplication: "off",
    requirements: { database: "PF-DATA-01", scale: "PF-SCALE-02", backups: "PF-DR-01" },
  }),
  cache: azureCacheSettings({ size: "Balanced_B0", nodes: byClass, snapshots: "none", requirement: "PF-DATA-03" }),
  memcached: unavailable("Memcached", "PF-DATA-03"),
  documents: azureDocumentSettings({
    mode: "skip",
    tier: "M30",
    storageGiB: 32,
    availability: byClass,
    requirement: "PF-DATA-02",
  }),
  keyValues: azureKeyValueSettings({
    mode: "skip",
    tables: { sessions: { hashKey: "id", expiresAt: "expires" } },
    recoveryDays: byClass,
    replicaRegions: [],
    maxThroughput: 1000,
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
  objects: azureObjectSettings({ prefixes: ["uploads", "backups"] }),
  lake: azureLakeSettings({ mode: "skip", tables: lakeTables, requirement: "PF-DATA-05" }),
  functions: azureFunctionSettings({ mode: "skip", topic: "events", requirement: "PF-SVC-03" }),
  machineLearning: azureMachineLearningSettings({
    mode: "skip",
    problem: "binary-classification",
    target: "label",
    requirement: "PF-AI-01",
  }),
  identityProvider: azureIdentityProviderSettings({
    mode: "skip",
    tenantName: "portfoliodr",
    displayName: "Portfolio",
    dataPlace: "United States",
    countryCode: "US",
    requirement: "PF-SEC-01",
  }),
  governance: azureGovernanceSettings({ mode: "skip", backups: "skip" }),
  images: azureImageSettings({ mode: "skip", images: [] }),
  dns: azureZoneSettings({ mode: "skip" }),
  alarms: createOrSkip("skip").meta({ description: "Whether the managed services have alarms" }),
  siteContract: createOrSkip("skip").meta({
    description: "Whether the site tells the others of itself, in its state storage and beside the state",
  }),
});

export type PortfolioAzureConfig = z.output<typeof portfolioAzure>;
