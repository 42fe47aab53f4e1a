import { z } from "zod";
import { checkVersion, clusterSettings } from "./cluster";
import { cacheSettings, databaseSettings, objectSettings } from "./data";
import { networkSettings } from "./network";
import { stackSettings } from "./stack";

/** Settings of the portfolio's AWS site. Defaults are those of the smallest environment. */
export const portfolioAws = z.strictObject({
  blueprint: z.literal("portfolio-aws").meta({ description: "The code that the stack runs" }),
  ...stackSettings({
    class: "development",
    region: "us-west-2",
    backupRegion: "us-east-2",
    requirement: "PF-CLOUD-01",
  }),
  network: networkSettings({ cidr: "10.16.0.0/16", zones: ["a", "b"], nat: "single" })
    .prefault({})
    .meta({ description: "Virtual network" }),
  cluster: z
    .strictObject(
      clusterSettings({
        name: "portfolio-dev-eks",
        version: "1.36",
        logs: ["api", "audit"],
        primary: { instanceTypes: ["t3.medium"], desired: 2, min: 1, max: 3 },
        requirement: "PF-CLOUD-02",
      }),
    )
    .superRefine(checkVersion)
    .prefault({})
    .meta({ description: "Kubernetes cluster" }),
  database: databaseSettings({
    databaseName: "portfolio",
    engineVersion: "17",
    instanceClass: "db.t4g.micro",
    availability: "by-class",
    maxStorageGiB: 50,
    backupRetentionDays: "by-class",
    backupCopy: false,
  }),
  cache: cacheSettings({
    engineVersion: "7.1",
    nodeType: "cache.t4g.micro",
    nodes: "by-class",
    snapshotRetentionDays: 0,
  }),
  objects: objectSettings({ prefixes: ["uploads", "backups"] }),
});

export type PortfolioAwsConfig = z.output<typeof portfolioAws>;
