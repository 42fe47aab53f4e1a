import { z } from "zod";
import { apiAccesses } from "../../components/contracts/kubernetes-cluster";
import { awsPool } from "../../components/planning/node-pools";
import { interfaceServices } from "../../components/planning/service-endpoints";
import { siteNames } from "../../components/planning/site-plan";
import { checkClusterAdoption, clusterAdoption, keyAdoption, registryAdoption, zoneSettings } from "./adoption";
import { autoscalerSettings, checkVersion, clusterSettings } from "./cluster";
import { cacheSettings, objectSettings } from "./data";
import { documentSettings } from "./documents";
import { eventSettings } from "./events";
import { functionSettings } from "./functions";
import { governanceSettings } from "./governance";
import { identityProviderSettings } from "./identity-provider";
import { keyValueSettings } from "./key-values";
import { lakeSettings } from "./lake";
import { machineLearningSettings } from "./machine-learning";
import { memcachedSettings } from "./memcached";
import { networkSettings } from "./network";
import { nodePoolsSettings } from "./node-pools";
import { platformLayerSettings } from "./platform-layer";
import { lakeTables } from "./portfolio";
import { queueSettings } from "./queue";
import { shardedDatabaseSettings } from "./sharded-database";
import { stackSettings } from "./stack";
import { byClass, createOrSkip } from "./values";

/** Settings of the portfolio's AWS site. Defaults are those of the smallest environment: what only production has is skipped. */
export const portfolioAws = z.strictObject({
  blueprint: z.literal("portfolio-aws").meta({ description: "The code that the stack runs" }),
  ...stackSettings({
    class: "development",
    region: "us-west-2",
    backupRegion: "us-east-2",
    requirement: "PF-CLOUD-01",
  }),
  site: z
    .enum(siteNames)
    .default("dev")
    .meta({ description: "Place in the address plan of all sites, which gives ranges and the number of the gateway" }),
  network: networkSettings({ cidr: "10.16.0.0/16", zones: ["a", "b"], nat: "single" })
    .prefault({})
    .meta({ description: "Virtual network" }),
  keys: keyAdoption(),
  gateway: createOrSkip("skip").meta({
    description: "Whether there is a gateway to the other sites",
    requirement: "PF-CLOUD-01",
  }),
  serviceEndpoints: z
    .array(z.enum(interfaceServices))
    .default([])
    .meta({ description: "Services of the cloud that get private addresses in the network", requirement: "PF-SEC-04" }),
  cluster: z
    .strictObject({
      ...clusterSettings({
        name: "portfolio-dev-eks",
        version: "1.36",
        logs: ["api", "audit"],
        requirement: "PF-CLOUD-02",
      }),
      ...clusterAdoption({ mode: "create" }),
      access: z.enum(apiAccesses).default("internet").meta({
        description:
          "From where the Kubernetes API is reached: `network` (a runner in the site's network), `bastion` (tunnels of a machine in it), `internet`",
        requirement: "PF-SEC-04",
      }),
      autoscaler: autoscalerSettings({ maxNodes: 10, requirement: "PF-SCALE-01" }),
    })
    .superRefine(checkVersion)
    .superRefine(checkClusterAdoption)
    .superRefine(({ mode, access, endpoint }, context) => {
      // An adopted cluster answers where its owner lets it.
      if (mode !== "create") return;
      const fault = (path: string[], message: string) => {
        context.addIssue({ code: "custom", path, message });
      };
      if (access === "internet" && !endpoint.public) {
        fault(
          ["access"],
          "is internet while endpoint.public is false, so nobody on the internet reaches the API: set access to network or bastion, or endpoint.public to true",
        );
      }
      if ((access === "network" || access === "bastion") && !endpoint.private) {
        fault(["access"], `is ${access} while endpoint.private is false: set endpoint.private to true`);
      }
    })
    .prefault({})
    .meta({ description: "Kubernetes cluster" }),
  nodePools: nodePoolsSettings({
    machinesOf: awsPool,
    pools: {
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
    requirement: "PF-SCALE-01",
  }),
  platformLayer: platformLayerSettings({
    namespaces: { services: { enforce: "restricted" } },
    requirement: "PF-SEC-03",
  }),
  database: shardedDatabaseSettings({
    databaseName: "portfolio",
    engineVersion: "17",
    instanceClass: "db.t4g.micro",
    availability: "by-class",
    maxStorageGiB: 50,
    backupRetentionDays: "by-class",
    backupCopy: false,
    replicas: {},
    slots: { "shard-0": [[0, 1023]] },
    logicalReplication: "off",
    slotRetentionGiB: 5,
  }),
  cache: cacheSettings({
    engineVersion: "7.1",
    nodeType: "cache.t4g.micro",
    nodes: "by-class",
    snapshotRetentionDays: 0,
  }),
  memcached: memcachedSettings({
    mode: "skip",
    nodeType: "cache.t4g.micro",
    nodes: byClass,
    requirement: "PF-DATA-03",
  }),
  documents: documentSettings({
    mode: "skip",
    instanceClass: "db.t4g.medium",
    instances: byClass,
    backupRetentionDays: byClass,
    requirement: "PF-DATA-02",
  }),
  keyValues: keyValueSettings({
    mode: "skip",
    tables: { sessions: { hashKey: "id", expiresAt: "expires" } },
    recoveryDays: byClass,
    replicaRegions: [],
    requirement: "PF-DATA-02",
  }),
  events: eventSettings({
    mode: "skip",
    brokerType: "kafka.m7g.large",
    topics: { events: { partitions: 12, retentionHours: 168 } },
    requirement: "PF-DATA-04",
  }),
  queue: queueSettings({
    mode: "skip",
    instanceType: "mq.m7g.medium",
    availability: byClass,
    requirement: "PF-DATA-04",
  }),
  objects: objectSettings({ prefixes: ["uploads", "backups"] }),
  lake: lakeSettings({
    mode: "skip",
    tables: lakeTables,
    requirement: "PF-DATA-05",
  }),
  functions: functionSettings({ mode: "skip", topic: "events", requirement: "PF-SVC-03" }),
  machineLearning: machineLearningSettings({
    mode: "skip",
    problem: "binary-classification",
    target: "label",
    requirement: "PF-AI-01",
  }),
  identityProvider: identityProviderSettings({
    mode: "skip",
    clients: {},
    apis: {},
    groups: {
      administrators: { description: "May change everything", precedence: 1 },
      members: { description: "May use the services", precedence: 10 },
    },
    threatProtection: "off",
    requirement: "PF-SEC-01",
  }),
  images: registryAdoption({ mode: "skip", images: [] }),
  dns: zoneSettings({ mode: "skip" }),
  alarms: createOrSkip("skip").meta({ description: "Whether the managed services have alarms" }),
  governance: governanceSettings({ mode: "skip", backups: "skip" }),
  siteContract: createOrSkip("skip").meta({
    description: "Whether the site tells the others of itself, in its state bucket and beside the state",
  }),
});

export type PortfolioAwsConfig = z.output<typeof portfolioAws>;
