import { z } from "zod";
import { azurePool } from "../../components/planning/node-pools-azure";
import { siteNames } from "../../components/planning/site-plan";
import { azureImageSettings, azureKeyAdoption, azureZoneSettings } from "./azure/adoption";
import { azureClusterSettings } from "./azure/cluster";
import { azureNetworkSettings } from "./azure/network";
import { azureStackSettings } from "./azure/stack";
import { vaultSettings } from "./azure/vaults";
import { nodeBounds, nodePoolsSettings } from "./node-pools";
import { platformLayerSettings } from "./platform-layer";
import { createOrSkip, identifier } from "./values";

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
    machinesOf: azurePool,
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
  images: azureImageSettings({ mode: "skip", images: [] }),
  dns: azureZoneSettings({ mode: "skip" }),
  alarms: createOrSkip("skip").meta({ description: "Whether the managed services have alarms" }),
  siteContract: createOrSkip("skip").meta({
    description: "Whether the site tells the others of itself, in its state storage and beside the state",
  }),
});

export type PortfolioAzureConfig = z.output<typeof portfolioAzure>;
