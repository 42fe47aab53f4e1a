import type { CloudView, StoredResource } from "../../cloud/cloud";
import { CLUSTER, NODE_POOL } from "../gcp/types";
import { dig, text } from "./fields";
import { viewFrom, type Cluster, type ManagedKind } from "./managed-cluster";

export const gke: ManagedKind = {
  service: "gke",
  cloud: "gcp",
  type: CLUSTER,
  identityOf: ({ id }) => id,
  hostsOf: ({ outputs }) =>
    [
      text(outputs["endpoint"]),
      text(dig(outputs, "privateClusterConfig", "privateEndpoint")),
      text(dig(outputs, "privateClusterConfig", "publicEndpoint")),
      dnsEndpoint(outputs),
    ].flatMap((host) => (host === undefined || host === "" ? [] : [host])),
  describe,
};

/** The name behind which IAM is asked before a connection reaches the control plane. */
export function dnsEndpoint(outputs: StoredResource["outputs"]): string | undefined {
  return text(dig(outputs, "controlPlaneEndpointsConfig", "dnsEndpointConfig", "endpoint"));
}

function describe(stored: StoredResource, cloud: CloudView): Cluster {
  const { inputs, outputs, scope } = stored;
  const pools = cloud.list(NODE_POOL, "anywhere").filter(({ id }) => id.startsWith(`${stored.id}/`));
  const automatic = inputs["enableAutopilot"] === true || inputs["removeDefaultNodePool"] !== true;
  return {
    service: "gke",
    arn: stored.id,
    name: text(outputs["name"]) ?? stored.id,
    vpcId: text(inputs["network"]) ?? "default",
    scope,
    cloud: viewFrom(cloud, scope),
    serviceCidr: text(outputs["servicesIpv4Cidr"]) ?? "34.118.224.0/20",
    controlPlaneGroups: [],
    clusterGroup: undefined,
    nodes: [
      ...pools.map((pool) => ({ name: text(pool.outputs["name"]) ?? pool.id, groups: [] })),
      ...(automatic ? [{ name: "default-pool", groups: [] }] : []),
    ],
    // https://docs.cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes#storageclasses
    storageClasses: { names: ["standard", "standard-rwo", "premium-rwo"], usual: "standard-rwo" },
    readyAt: stored.readyAt,
  };
}
