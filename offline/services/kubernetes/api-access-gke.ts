import type { StoredResource } from "../../cloud/cloud";
import { outageOf } from "../../cloud/faults";
import type { Value } from "../../cloud/value";
import { FIREWALL, INSTANCE, NETWORK, SUBNETWORK } from "../gcp/types";
import { names } from "../gcp/links";
import { timeout, type Access, type ApiCall, type Obstacle } from "./api-obstacle";
import { dnsEndpoint } from "./cluster-gke";
import { blocks, dig, items, text } from "./fields";
import type { Cluster } from "./managed-cluster";

/** From where Identity-Aware Proxy forwards TCP: https://docs.cloud.google.com/iap/docs/using-tcp-forwarding */
const IAP = "35.235.240.0/20";

export const gkeAccess: Access = { obstacle, privateAddress };

/**
 * The DNS endpoint answers whoever IAM lets in, from outside Google Cloud only where that is allowed; the endpoint by address is
 * private or public, and the caller is taken to be in the authorized networks.
 * https://docs.cloud.google.com/kubernetes-engine/docs/concepts/network-isolation
 */
function obstacle(stored: StoredResource, cluster: Cluster, call: ApiCall): Obstacle | undefined {
  if (call.tunnelled) return throughBastion(cluster, call);
  const dns = dnsEndpoint(stored.outputs);
  if (call.host.toLowerCase() === dns?.toLowerCase()) {
    const external = dig(stored.outputs, "controlPlaneEndpointsConfig", "dnsEndpointConfig", "allowExternalTraffic");
    if (external === true || call.place === "network") return undefined;
    return {
      dial: "403 Forbidden",
      remedy: `the DNS endpoint of ${cluster.name} takes no traffic from outside Google Cloud: set controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic`,
    };
  }
  const isPrivate = call.host === text(dig(stored.outputs, "privateClusterConfig", "privateEndpoint"));
  const dial = timeout(call.host);
  if (isPrivate && call.place === "internet") {
    return {
      dial,
      remedy: `the endpoint of ${cluster.name} is private: call it from its network (without --from internet), by its DNS endpoint, or through a bastion (proxy-url in the kubeconfig)`,
    };
  }
  const closed = dig(stored.outputs, "privateClusterConfig", "enablePrivateEndpoint") === true;
  if (!isPrivate && closed)
    return { dial, remedy: `the public endpoint of ${cluster.name} is off (enablePrivateEndpoint)` };
  if (dig(stored.outputs, "controlPlaneEndpointsConfig", "ipEndpointsConfig", "enabled") === false) {
    return { dial, remedy: `the endpoints of ${cluster.name} by address are off: use its DNS endpoint` };
  }
  return undefined;
}

/** A bastion is a machine in the network that Identity-Aware Proxy may reach. */
function throughBastion(cluster: Cluster, { cloud, outages }: ApiCall): Obstacle | undefined {
  const dial = "dial tcp 127.0.0.1: connect: connection refused";
  const network = cloud
    .list(NETWORK, "anywhere")
    .find((each) => names(cluster.vpcId, each, { ...cluster.scope, region: "" }));
  if (network === undefined) return { dial, remedy: `the network of ${cluster.name} does not exist` };
  const inNetwork = (value: Value | undefined, from: StoredResource) => names(text(value) ?? "", network, from.scope);
  const bastion = cloud.list(INSTANCE, "anywhere").find((machine) => {
    const zone = machine.scope.zone ?? "";
    const off = outageOf(outages, { cloud: "gcp", region: machine.scope.region, zone, plane: "data" });
    const there = blocks(machine.inputs["networkInterfaces"]).some((each) => {
      const subnetwork = cloud
        .list(SUBNETWORK, "anywhere")
        .find((candidate) => names(text(each["subnetwork"]) ?? "", candidate, machine.scope));
      return inNetwork(each["network"], machine) || inNetwork(subnetwork?.outputs["network"], machine);
    });
    return there && off === undefined && text(machine.outputs["currentStatus"]) !== "TERMINATED";
  });
  if (bastion === undefined) {
    return { dial, remedy: `the kubeconfig leads through a bastion, and no instance runs in ${network.id}` };
  }
  const open = cloud
    .list(FIREWALL, "anywhere")
    .some(
      (rule) =>
        inNetwork(rule.inputs["network"], rule) &&
        items(rule.inputs["sourceRanges"]).some((range) => range === IAP || range === "0.0.0.0/0") &&
        blocks(rule.inputs["allows"]).length > 0,
    );
  if (open) return undefined;
  return { dial, remedy: `no firewall rule of ${network.id} lets Identity-Aware Proxy in: allow tcp/22 from ${IAP}` };
}

function privateAddress({ outputs }: StoredResource): string {
  return text(dig(outputs, "privateClusterConfig", "privateEndpoint")) ?? text(outputs["endpoint"]) ?? "10.0.0.2";
}
