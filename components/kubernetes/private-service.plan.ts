import type * as pulumi from "@pulumi/pulumi";
import type { PrivateLoadBalancer } from "../contracts/kubernetes-cluster";

export interface PrivateServiceArgs {
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
  readonly loadBalancer: PrivateLoadBalancer;
  /** The address of the network that it has for ever. */
  readonly address: string;
  /** Port of the Service and of the pods. */
  readonly port: { readonly name: string; readonly number: number };
  /** Labels of the pods behind it. */
  readonly selector: Readonly<Record<string, string>>;
  /** Ranges that may call it. */
  readonly ranges: readonly string[];
}

/**
 * A Service with a load balancer on an address of the network. The load balancer sends to nodes that have one of the pods and keeps
 * the address of the caller, which network policies look at.
 *
 * @throws Error when the cluster's load balancers cannot be given an address.
 */
export function privateService({ loadBalancer, address, port, ...args }: PrivateServiceArgs) {
  const { addressIn, loadBalancerClass } = loadBalancer;
  if (addressIn === undefined) {
    throw new Error(
      `Service "${args.name}" cannot have the address ${address} in this cluster: use the cloud's service`,
    );
  }
  const byField = addressIn === "loadBalancerIP";
  return {
    metadata: {
      name: args.name,
      namespace: args.namespace,
      annotations: { ...loadBalancer.annotations, ...(byField ? {} : { [addressIn.annotation]: address }) },
    },
    spec: {
      type: "LoadBalancer",
      ...(loadBalancerClass === undefined ? {} : { loadBalancerClass }),
      ...(byField ? { loadBalancerIP: address } : {}),
      externalTrafficPolicy: "Local",
      loadBalancerSourceRanges: [...args.ranges],
      selector: { ...args.selector },
      ports: [{ name: port.name, port: port.number, targetPort: port.number, protocol: "TCP" }],
    },
  };
}
