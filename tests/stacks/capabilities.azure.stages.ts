import { Provider } from "@pulumi/azure-native/provider";
import { output } from "@pulumi/pulumi";
import { AdoptedCluster } from "../../components/azure/adopted-cluster";
import { AdoptedNetwork } from "../../components/azure/adopted-network";
import { AdoptedRegistry } from "../../components/azure/adopted-registry";
import { DnsZone } from "../../components/azure/dns-zone";
import { LogWorkspace } from "../../components/azure/log-workspace";
import { currentSubscription } from "../../components/azure/place";
import { PrivateDns } from "../../components/azure/private-dns";
import { SiteKeys } from "../../components/azure/site-keys";
import { protectionOf } from "../../components/planning/protection";
import program from "../../index";
import { committed, withSettings } from "../config/stack-files";
import { deploy } from "../support/in-process";
import type { CloudProofs } from "./capabilities.walk";
import { Deployed, deployed, deployStack, text } from "./deployed";

export const production = "dr";
export const region = "eastus";
export const zoneName = "azure.example.com";

/** Client ids that Microsoft Entra has given two applications. */
export const clients = {
  desk: "00000000-0000-4000-8000-00000000c001",
  shop: "00000000-0000-4000-8000-00000000c002",
} as const;

/** A deployment that cells are proved on: production as it is committed, a small stack with something else, or adoption. */
export type Stage =
  | typeof production
  | "bastion"
  | "internet"
  | "shards"
  | "standby"
  | "regions"
  | "applications"
  | "backups"
  | "locked"
  | "adoption";

const skipped = { mode: "skip" };
const admins = { platform: { principalId: "00000000-0000-4000-8000-00000000000a", type: "Group" } };
const pool = { cpus: 4, memoryGiB: 16 };
const pools = { general: { ...pool, nodes: { min: 3, max: 6 } } };

/** The site at its smallest: network, cluster, PostgreSQL, Redis, objects. */
const small = {
  class: "development",
  gateway: "skip",
  nodePools: pools,
  standbyNodes: {},
  database: {},
  cache: {},
  documents: skipped,
  keyValues: skipped,
  events: skipped,
  queue: skipped,
  lake: skipped,
  functions: skipped,
  machineLearning: skipped,
  identityProvider: skipped,
  images: skipped,
  alarms: "skip",
  governance: skipped,
  siteContract: "skip",
};

const site = (settings: Record<string, unknown>) => () => deployStack(production, { ...small, ...settings });

export const stages = {
  [production]: () => deployed(production),
  bastion: site({ cluster: { access: "bastion", admins } }),
  internet: site({ cluster: { access: "internet", publicCidrs: ["203.0.113.0/24"], admins } }),
  shards: site({ database: { slots: { "shard-0": [[0, 511]], "shard-1": [[512, 1023]] } } }),
  standby: site({ database: { availability: "standby", backupRetentionDays: 35 } }),
  regions: site({ keyValues: { mode: "create", replicaRegions: ["westeurope"] } }),
  applications: site({ identityProvider: { mode: "create", clients } }),
  backups: site({
    class: "recovery",
    lake: { mode: "create" },
    governance: { mode: "skip", backups: { mode: "create", lock: "compliance" } },
  }),
  locked,
  adoption: adoptAll,
} as const satisfies CloudProofs<Stage>["stages"];

/** A preview: Azure locks the record of calls by an update, and refuses to make it so. */
async function locked(): Promise<Deployed> {
  const governance = { mode: "create", auditLock: "compliance" };
  const { values } = withSettings(committed(production), { ...small, governance });
  return new Deployed(await deploy(program, { stack: production, config: { ...values }, preview: true }));
}

/** Adopts, in a program of its own, what the owner of a small site has made. */
async function adoptAll(): Promise<Deployed> {
  const owner = await deployStack(production, {
    ...small,
    images: { mode: "create", images: ["services"] },
    dns: { mode: "create", name: zoneName },
  });
  const named = (resource: string, input: string) => text(owner.input(resource, input));
  const groupName = named("site-group", "resourceGroupName");
  const vaultName = named("keys-vault-vault", "vaultName");
  const run = await deploy(
    () => {
      const azure = new Provider("azure", { location: region });
      const opts = { providers: { "azure-native": azure } };
      const place = {
        subscription: currentSubscription(region, { provider: azure }),
        groupName: output(groupName),
        region,
        tags: {},
      };
      const prefix = "adopting";
      const protection = protectionOf("development");
      const network = new AdoptedNetwork(
        "network",
        {
          groupName,
          networkName: named("network-network", "virtualNetworkName"),
          cidr: "10.64.0.0/16",
          zones: ["a", "b", "c"],
          subnetNames: { nodes: "nodes", ingress: "ingress", database: "database" },
        },
        opts,
      );
      const clusterName = named("cluster-aks", "resourceName");
      new AdoptedCluster("cluster", { groupName, clusterName, version: "1.36", apiAccess: "network", network }, opts);
      const adopted = (keyName: string) => ({ groupName, vaultName, keyName });
      new SiteKeys(
        "keys",
        {
          prefix,
          place,
          network,
          dns: new PrivateDns("private-dns", { prefix, place, network, zones: [] }, opts),
          sku: "premium",
          adopted: {
            data: adopted("data"),
            images: adopted("images"),
            logs: adopted("logs"),
            secrets: adopted("secrets"),
          },
          logs: new LogWorkspace("logs", { prefix, place, protection }, opts),
          protection,
        },
        opts,
      );
      new DnsZone("zone", { place, zoneName, mode: "adopt", protection }, opts);
      const registryName = named("images-registry", "registryName");
      const repositories = { services: "portfolio-dr/services" };
      new AdoptedRegistry("images", { groupName, registryName, repositories }, opts);
    },
    { stack: "adopting", cloud: owner.run.cloud },
  );
  return new Deployed(run);
}
