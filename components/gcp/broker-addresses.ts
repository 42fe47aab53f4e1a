import { Address, type AddressArgs } from "@pulumi/gcp/compute/address";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import { brokerAddresses } from "../planning/broker-addresses";
import { gcpName } from "../planning/names-gcp";
import type { GcpNetwork } from "./network";
import type { Project } from "./project";

export interface BrokerAddressesArgs {
  readonly project: Project;
  /** First part of the addresses' names. */
  readonly prefix: string;
  /** The network whose subnet the brokers' load balancers are in. */
  readonly network: Pick<GcpNetwork, "subnetId" | "subnetRange">;
  readonly transform?: (address: AddressArgs) => AddressArgs;
}

/**
 * The addresses of the brokers' load balancers, kept free for them: clients and other sites know them, and nothing else of the subnet
 * is given one, not even while a load balancer is made anew. GKE takes an address that is asked for where it is reserved and free:
 * https://docs.cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters
 *
 * It comes before the cluster, whose nodes have addresses of the same subnet: pass it to the cluster in `dependsOn`.
 *
 * Cost: none: addresses of a network are free.
 */
export class BrokerAddresses extends ComponentResource {
  constructor(name: string, args: BrokerAddressesArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:BrokerAddresses", name, {}, opts);
    const { project, prefix, network } = args;
    const { events, queue } = brokerAddresses(network.subnetRange);
    const reserved = {
      "events-bootstrap": events.bootstrap,
      ...Object.fromEntries(events.brokers.map((address, index) => [`events-broker-${String(index)}`, address])),
      queue,
    };
    for (const [part, address] of Object.entries(reserved)) {
      const addressArgs: AddressArgs = {
        project: project.id,
        region: project.region,
        name: gcpName("resource", prefix, part),
        description: "Brokers on the cluster",
        subnetwork: network.subnetId,
        addressType: "INTERNAL",
        // One forwarding rule each; the other purpose for load balancers is for several that share an address.
        purpose: "GCE_ENDPOINT",
        address,
      };
      new Address(`${name}-${part}`, args.transform?.(addressArgs) ?? addressArgs, { parent: this });
    }
    this.registerOutputs({});
  }
}
