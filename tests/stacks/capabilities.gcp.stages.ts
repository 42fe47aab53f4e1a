import { Provider } from "@pulumi/gcp/provider";
import { AdoptedCluster } from "../../components/gcp/adopted-cluster";
import { AdoptedNetwork } from "../../components/gcp/adopted-network";
import { AdoptedRegistry } from "../../components/gcp/adopted-registry";
import { DnsZone } from "../../components/gcp/dns-zone";
import { currentProject, EnabledApis, siteApis } from "../../components/gcp/project";
import { SiteKeys } from "../../components/gcp/site-keys";
import { protectionOf } from "../../components/planning/protection";
import { deploy } from "../support/in-process";
import type { CloudProofs } from "./capabilities.walk";
import { at, Deployed, deployed, deployStack, text } from "./deployed";

export const production = "prod-gcp";
export const project = "portfolio-prod-gcp";
export const region = "us-central1";
export const backupRegion = "us-east1";

/** A deployment that cells are proved on: production as it is committed, a small stack with something else, or adoption. */
export type Stage =
  | typeof production
  | "network"
  | "bastion"
  | "internet"
  | "shards"
  | "pools"
  | "publisher"
  | "locked"
  | "applications"
  | "adoption";

const skipped = { mode: "skip" };
const pool = { cpus: 4, memoryGiB: 16, nodes: { min: 0, max: 4 } };
const pools = { general: { ...pool, nodes: { min: 3, max: 6 } } };

/** The site at its smallest: network, cluster, PostgreSQL, Redis, objects. */
const small = {
  class: "development",
  gateway: "skip",
  nodePools: pools,
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
  network: site({ cluster: { access: "network" } }),
  bastion: site({ cluster: { access: "bastion", operators: { platform: "group:platform@example.com" } } }),
  internet: site({ cluster: { access: "internet", publicCidrs: ["203.0.113.0/24"] } }),
  shards: site({ database: { slots: { "shard-0": [[0, 511]], "shard-1": [[512, 1023]] } } }),
  pools: site({ nodePools: { ...pools, t4: { ...pool, memoryGiB: 15, accelerator: "nvidia-t4" } } }),
  publisher: site({
    database: { availability: "standby", logicalReplication: "on", backupRetentionDays: 35 },
  }),
  locked: site({ governance: { mode: "create", auditLock: "compliance" } }),
  applications: site({
    identityProvider: {
      mode: "create",
      clients: {
        desk: { kind: "server", callbackUrls: ["https://desk.example.com/log-in"] },
        shop: { kind: "browser", callbackUrls: ["https://shop.example.com/log-in"] },
      },
    },
  }),
  adoption: adoptAll,
} as const satisfies CloudProofs<Stage>["stages"];

/** Adopts, in a program of its own, what the owner of a small site has made. */
async function adoptAll(): Promise<Deployed> {
  const zoneName = "gcp.example.com";
  const owner = await deployStack(production, {
    ...small,
    cluster: { access: "network" },
    images: { mode: "create", images: ["services"] },
    dns: { mode: "create", name: zoneName },
  });
  const made = owner.named("network-nodes").inputs;
  const secondary = (index: number) => ({
    rangeName: text(at(made, `secondaryIpRanges.${String(index)}.rangeName`)),
    range: text(at(made, `secondaryIpRanges.${String(index)}.ipCidrRange`)),
  });
  const keyOf = (purpose: string) => owner.id(`keys-${purpose}-key`);
  const run = await deploy(
    () => {
      const gcp = new Provider("gcp", { project, region });
      const opts = { providers: { gcp } };
      const apis = new EnabledApis("apis", { projectId: project, apis: siteApis }, opts);
      const there = currentProject(apis, region, { provider: gcp });
      const network = new AdoptedNetwork(
        "network",
        {
          project: there,
          networkName: text(owner.input("network-network", "name")),
          cidr: "10.48.0.0/16",
          zones: ["a", "b", "c"],
          subnet: {
            name: text(made["name"]),
            range: text(made["ipCidrRange"]),
            pods: secondary(0),
            services: secondary(1),
          },
          privateServicesRange: text(owner.input("network-private-services-range", "name")),
        },
        opts,
      );
      const adopted = { data: keyOf("data"), images: keyOf("images"), logs: keyOf("logs"), secrets: keyOf("secrets") };
      const keys = new SiteKeys(
        "keys",
        { project: there, prefix: "adopting", adopted, protection: protectionOf("development") },
        opts,
      );
      new AdoptedCluster(
        "cluster",
        {
          project: there,
          clusterName: "portfolio-prod-gke",
          version: "1.36",
          apiAccess: "network",
          network,
          disksKeyId: keys.keyIds.data,
        },
        opts,
      );
      new DnsZone("zone", { project: there, mode: "adopt", zoneName, zoneId: `${project}-gcp-example-com` }, opts);
      const repositories = { services: { repository: `${project}-services`, image: "services" } };
      new AdoptedRegistry("images", { project: there, repositories }, opts);
    },
    { stack: "adopting", cloud: owner.run.cloud },
  );
  return new Deployed(run);
}
