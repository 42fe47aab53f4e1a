import type { StoredResource } from "../../cloud/cloud";
import { sameId } from "../azure/arm";
import { BASTION, PEERING, SUBNET } from "../azure/types";
import { parseCidr, formatAddress } from "../cidr";
import { noHost, timeout, type Access, type ApiCall, type Obstacle } from "./api-obstacle";
import { blocks, dig, text } from "./fields";
import type { Cluster } from "./managed-cluster";

export const aksAccess: Access = { obstacle, privateAddress };

/**
 * A public cluster answers everyone in its authorized ranges, and the caller is taken to be in them. Both names of a private one
 * lead to an address of the network: https://learn.microsoft.com/azure/aks/private-clusters
 */
function obstacle(stored: StoredResource, cluster: Cluster, call: ApiCall): Obstacle | undefined {
  if (dig(stored.inputs, "apiServerAccessProfile", "enablePrivateCluster") !== true) return undefined;
  if (call.tunnelled) return throughBastion(cluster, call);
  const isPrivateName = sameId(text(stored.outputs["privateFQDN"]), call.host);
  const dial =
    isPrivateName && call.place === "internet" ? noHost(call.host) : timeout(privateAddress(stored, cluster));
  if (call.place === "internet") {
    return {
      dial,
      remedy: `the cluster ${cluster.name} is private: call it from its network (without --from internet), or through Azure Bastion (proxy-url in the kubeconfig)`,
    };
  }
  return undefined;
}

/** A bastion host in the network of the cluster, or in one that is peered with it, that opens tunnels. */
function throughBastion(cluster: Cluster, { cloud }: ApiCall): Obstacle | undefined {
  const peers = cloud
    .list(PEERING, "anywhere")
    .filter(({ id }) => sameId(id.replace(/\/virtualNetworkPeerings\/[^/]+$/i, ""), cluster.vpcId))
    .map(({ inputs }) => text(dig(inputs, "remoteVirtualNetwork", "id")) ?? "");
  const hosts = cloud.list(BASTION, "anywhere").filter(({ inputs }) => {
    const subnet = text(dig(blocks(inputs["ipConfigurations"])[0], "subnet", "id")) ?? "";
    return [cluster.vpcId, ...peers].some((network) => sameId(subnet.replace(/\/subnets\/[^/]+$/i, ""), network));
  });
  const dial = "dial tcp 127.0.0.1: connect: connection refused";
  if (hosts.length === 0) {
    return { dial, remedy: `the kubeconfig leads through a bastion, and no bastion host is in ${cluster.vpcId}` };
  }
  // https://learn.microsoft.com/azure/bastion/configuration-settings#skus
  if (hosts.some(({ inputs }) => inputs["enableTunneling"] === true)) return undefined;
  return {
    dial,
    remedy: `the bastion host ${hosts[0]?.id ?? ""} opens no tunnels: set enableTunneling, which needs the SKU Standard`,
  };
}

/** An address of the first pool's subnet, where the private endpoint is. */
function privateAddress({ inputs }: StoredResource, cluster: Cluster): string {
  const id = text(blocks(inputs["agentPoolProfiles"])[0]?.["vnetSubnetID"]);
  const subnet = cluster.cloud.list(SUBNET, "anywhere").find((each) => sameId(each.id, id));
  const range = parseCidr(text(subnet?.inputs["addressPrefix"]) ?? "", false);
  return typeof range === "object" ? formatAddress(range.first + 4) : "10.224.0.4";
}
