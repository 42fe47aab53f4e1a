import { z } from "zod";
import { autoscalerSettings, checkNodeCounts, checkVersion, clusterSettings, nodeGroupSettings } from "./cluster";
import { cacheSettings, databaseSettings, objectSettings } from "./data";
import { networkSettings } from "./network";
import { stackSettings } from "./stack";
import { createOrSkip, text, wholeNumber } from "./values";
import { workloadSettings } from "./workload";

const spotDefaults = { instanceTypes: ["t3.medium"], desired: 2, min: 0, max: 5, requirement: "DP-EKS-03" };

/** Settings of the durga-puja system. Defaults are its documented values, where they still exist. */
export const durgaPuja = z.strictObject({
  blueprint: z.literal("durga-puja").meta({ description: "The code that the stack runs" }),
  ...stackSettings({ class: "production", region: "us-east-1", backupRegion: "us-west-2", requirement: "DP-NET-01" }),
  network: networkSettings({
    cidr: "10.0.0.0/16",
    zones: ["a", "b", "c"],
    nat: "per-zone",
    subnets: {
      public: { a: "10.0.1.0/24", b: "10.0.2.0/24", c: "10.0.3.0/24" },
      private: { a: "10.0.11.0/24", b: "10.0.12.0/24", c: "10.0.13.0/24" },
      database: { a: "10.0.21.0/24", b: "10.0.22.0/24", c: "10.0.23.0/24" },
    },
    requirements: {
      network: "DP-NET-01",
      public: "DP-NET-02",
      private: "DP-NET-03",
      database: "DP-NET-04",
      nat: "DP-NET-05",
    },
  })
    .prefault({})
    .meta({ description: "Virtual network" }),
  cluster: z
    .strictObject({
      ...clusterSettings({
        name: "durga-puja-eks",
        version: "1.36",
        documentedVersion: "1.28",
        logs: ["api", "audit", "scheduler"],
        requirement: "DP-EKS-01",
      }),
      primary: z
        .strictObject(
          nodeGroupSettings({
            instanceTypes: ["t3.medium"],
            desired: 3,
            min: 2,
            max: 5,
            requirement: "DP-EKS-02",
          }),
        )
        .superRefine(checkNodeCounts)
        .prefault({})
        .meta({ description: "Node group on demand" }),
      spot: z
        .strictObject({
          enabled: z
            .boolean()
            .default(true)
            .meta({ description: "Whether there is a spot node group", requirement: "DP-EKS-03" }),
          ...nodeGroupSettings(spotDefaults),
        })
        .superRefine(checkNodeCounts)
        .prefault({})
        .meta({ description: "Node group of spare capacity, taken back at two minutes' notice" }),
      autoscaler: autoscalerSettings({ maxNodes: 5, requirement: "DP-EKS-04" }),
    })
    .superRefine(checkVersion)
    .superRefine(({ primary, spot, autoscaler }, context) => {
      const atFirst = primary.desired + (spot.enabled ? spot.desired : 0);
      if (atFirst <= autoscaler.maxNodes) return;
      context.addIssue({
        code: "custom",
        path: ["autoscaler", "maxNodes"],
        message: `maxNodes (${String(autoscaler.maxNodes)}) is below the nodes at first (${String(atFirst)}: primary.desired and spot.desired): raise maxNodes or lower one of them`,
      });
    })
    .prefault({})
    .meta({ description: "Kubernetes cluster" }),
  database: databaseSettings({
    databaseName: "durga_puja",
    engineVersion: "15",
    instanceClass: "db.t3.micro",
    availability: "standby",
    maxStorageGiB: 100,
    backupRetentionDays: 7,
    replicaZone: "c",
    backupCopy: true,
    requirements: { database: "DP-DATA-01", replica: "DP-DATA-02", backupCopy: "DP-HA-01" },
  }),
  cache: cacheSettings({
    engineVersion: "7.0",
    nodeType: "cache.t3.micro",
    nodes: 2,
    snapshotRetentionDays: 7,
    requirement: "DP-DATA-03",
  }),
  objects: objectSettings({ prefixes: ["uploads", "thumbnails", "static", "backups"], requirement: "DP-DATA-04" }),
  alarms: createOrSkip("create").meta({
    description: "Alarms on the stores, into one topic that people subscribe to",
    requirement: "DP-SEC-03",
  }),
  threatDetection: createOrSkip("create").meta({
    description: "GuardDuty and IAM Access Analyzer, of which an account has one each in a region",
    requirement: "DP-SEC-03",
  }),
  frontend: workloadSettings("frontend", {
    repository: "difindoxt/durga-puja-frontend",
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
    requirement: "DP-K8S-02",
  }),
  backend: workloadSettings("backend", {
    repository: "difindoxt/durga-puja-backend",
    resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
    requirement: "DP-K8S-03",
  }),
  certificateArn: text(/^arn:[\w-]+:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/, "the ARN of a certificate in ACM")
    .optional()
    .meta({
      description: "Certificate of the load balancer, in the stack's region; without one it answers on port 80 only",
    }),
  connectionDrainingSeconds: wholeNumber(0, 3600).default(300).meta({
    description: "How long a load balancer lets a leaving pod finish its connections",
    unit: "seconds",
    requirement: "DP-HA-01",
  }),
  secrets: z
    .strictObject({
      mongodbUri: z
        .string()
        .min(1, "give a connection string")
        .meta({ description: "Connection string of the backend's MongoDB" }),
    })
    .meta({ description: "Secrets, encrypted: `pulumi config set --secret --path 'platform:secrets.<name>'`" }),
});

export type DurgaPujaConfig = z.output<typeof durgaPuja>;
