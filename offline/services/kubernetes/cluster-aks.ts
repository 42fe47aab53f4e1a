import type { CloudView, StoredResource } from "../../cloud/cloud";
import { isInside } from "../azure/arm";
import { AGENT_POOL, MANAGED_CLUSTER } from "../azure/types";
import { dig, text } from "./fields";
import { viewFrom, type Cluster, type ManagedKind } from "./managed-cluster";

export const aks: ManagedKind = {
  service: "aks",
  cloud: "azure",
  type: MANAGED_CLUSTER,
  identityOf: ({ id }) => id,
  hostsOf: ({ outputs }) => [text(outputs["privateFQDN"]), text(outputs["fqdn"])].filter((host) => host !== undefined),
  describe,
};

function describe(stored: StoredResource, cloud: CloudView): Cluster {
  const { outputs } = stored;
  // An id is one of the subscription; the region is the resource's own.
  const scope = { account: stored.scope.account, region: text(outputs["location"]) ?? "" };
  const pools = cloud.list(AGENT_POOL, "anywhere").filter(({ id }) => isInside(id, stored.id));
  return {
    service: "aks",
    arn: stored.id,
    name: text(outputs["name"]) ?? stored.id,
    vpcId: networkOf(pools) ?? "",
    scope,
    cloud: viewFrom(cloud, scope),
    serviceCidr: text(dig(outputs, "networkProfile", "serviceCidr")) ?? "10.0.0.0/16",
    controlPlaneGroups: [],
    clusterGroup: undefined,
    nodes: pools.map((pool) => ({ name: text(pool.inputs["agentPoolName"]) ?? pool.id, groups: [] })),
    // https://learn.microsoft.com/azure/aks/concepts-storage#storage-classes
    storageClasses: {
      names: [
        "azurefile",
        "azurefile-csi",
        "azurefile-csi-premium",
        "azurefile-premium",
        "default",
        "managed",
        "managed-csi",
        "managed-csi-premium",
        "managed-premium",
      ],
      usual: "default",
    },
    readyAt: stored.readyAt,
  };
}

/** Virtual network of the nodes; undefined where AKS makes one of its own. */
function networkOf(pools: readonly StoredResource[]): string | undefined {
  const subnet = pools.map(({ inputs }) => text(inputs["vnetSubnetID"])).find((id) => id !== undefined);
  return subnet?.replace(/\/subnets\/[^/]+$/i, "");
}
