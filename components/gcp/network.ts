import { Address } from "@pulumi/gcp/compute/address";
import { GlobalAddress } from "@pulumi/gcp/compute/globalAddress";
import { Network as VpcNetwork, type NetworkArgs as VpcNetworkArgs } from "@pulumi/gcp/compute/network";
import { NetworkPeeringRoutesConfig } from "@pulumi/gcp/compute/networkPeeringRoutesConfig";
import { Router } from "@pulumi/gcp/compute/router";
import { RouterNat, type RouterNatArgs } from "@pulumi/gcp/compute/routerNat";
import { Subnetwork, type SubnetworkArgs } from "@pulumi/gcp/compute/subnetwork";
import { Connection } from "@pulumi/gcp/servicenetworking/connection";
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import type { Network as NetworkContract, Tier } from "../contracts/network";
import type { Zone } from "../planning/address-plan";
import { tierRange } from "../planning/address-plan";
import { range } from "../planning/cidr";
import { gcpName } from "../planning/names-gcp";
import type { SiteRanges } from "../planning/site-plan";
import type { Project } from "./project";

/** Names of the secondary ranges of the nodes' subnet. */
const secondaryRanges = { pods: "pods", services: "services" } as const;

export interface NetworkArgs {
  readonly project: Project;
  /** First part of the physical names. */
  readonly prefix: string;
  /** Nodes lie in the lower half of `network`; the upper half is free. */
  readonly ranges: Pick<SiteRanges, "network" | "pods" | "services" | "privateServices">;
  /** Letters of the zones. */
  readonly zones: readonly Zone[];
  /** Static addresses of Cloud NAT, which others can let in: each has 64,512 ports for connections to one destination. */
  readonly natAddresses: number;
  readonly transform?: {
    readonly network?: (network: VpcNetworkArgs) => VpcNetworkArgs;
    readonly subnet?: (subnet: SubnetworkArgs) => SubnetworkArgs;
    readonly nat?: (nat: RouterNatArgs) => RouterNatArgs;
  };
}

/** What components on Google Cloud know of a network besides the contract, whether it was made here or adopted. */
export interface GcpNetwork extends NetworkContract, Resource {
  /** Letters of the zones; a zone's name is `<region>-<letter>`. */
  readonly zones: readonly Zone[];
  readonly networkName: Output<string>;
  /** The subnet of nodes and other machines, `projects/<project>/regions/<region>/subnetworks/<name>`. */
  readonly subnetId: Output<string>;
  /** IPv4 range of that subnet. */
  readonly subnetRange: string;
  /** Names of its secondary ranges. */
  readonly rangeNames: { readonly pods: string; readonly services: string };
  /** Range of pods: they reach other sites by addresses of their own. */
  readonly podRange: string;
  readonly privateServices: PrivateServices;
  /** By what machines reach the internet: it goes after the last of them. Empty where it is another's. */
  readonly wayOut: readonly Resource[];
}

/** Private services access: a network of Google's with the managed databases and caches, peered with the site's. */
export interface PrivateServices {
  /** Name of the reserved range: what services call the allocated IP range. */
  readonly rangeName: Output<string>;
  /** What has an address there is made after it and deleted before it. */
  readonly connection: Resource;
}

/**
 * A VPC with one subnet for the region, which spans all of its zones. Nothing in it has a public address: ways out go by Cloud
 * NAT, those to Google's own services stay inside.
 *
 * Of the contract's tiers only the private one has a subnet. Load balancers take their addresses from Google's edge, and managed
 * databases lie in a network of Google's: private services access.
 *
 * Cost: Cloud NAT is billed per hour, per machine and per GB, each of its addresses per hour, flow logs per GB.
 */
export class Network extends ComponentResource implements GcpNetwork {
  readonly networkId: Output<string>;
  readonly networkName: Output<string>;
  readonly cidr: string;
  readonly zones: readonly Zone[];
  readonly subnetIds: Readonly<Record<Tier, readonly Output<string>[]>>;
  readonly subnetId: Output<string>;
  readonly subnetRange: string;
  readonly rangeNames = secondaryRanges;
  readonly podRange: string;
  readonly privateServices: PrivateServices;
  readonly wayOut: readonly Resource[];
  /** Addresses that connections to the internet come from. */
  readonly natAddresses: readonly Output<string>[];

  constructor(name: string, args: NetworkArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:Network", name, {}, opts);
    const { project, prefix, ranges } = args;
    const parent = { parent: this };
    const inProject = { project: project.id };
    const inRegion = { ...inProject, region: project.region };

    const networkArgs: VpcNetworkArgs = {
      ...inProject,
      name: gcpName("resource", prefix, "network"),
      autoCreateSubnetworks: false,
      // Routes that are learned from other sites hold in this region alone, where the site is.
      routingMode: "REGIONAL",
    };
    const network = new VpcNetwork(`${name}-network`, args.transform?.network?.(networkArgs) ?? networkArgs, parent);
    this.subnetRange = nodeRange(ranges.network);
    const subnetArgs: SubnetworkArgs = {
      ...inRegion,
      name: gcpName("resource", prefix, "nodes"),
      network: network.id,
      ipCidrRange: this.subnetRange,
      privateIpGoogleAccess: true,
      secondaryIpRanges: [
        { rangeName: secondaryRanges.pods, ipCidrRange: ranges.pods },
        { rangeName: secondaryRanges.services, ipCidrRange: ranges.services },
      ],
      // Half of what is seen, every ten minutes: https://docs.cloud.google.com/vpc/docs/about-flow-logs-records
      logConfig: {
        aggregationInterval: "INTERVAL_10_MIN",
        flowSampling: 0.5,
        metadata: "INCLUDE_ALL_METADATA",
      },
    };
    const subnet = new Subnetwork(`${name}-nodes`, args.transform?.subnet?.(subnetArgs) ?? subnetArgs, parent);

    const router = new Router(
      `${name}-router`,
      { ...inRegion, name: gcpName("resource", prefix, "nat-router"), network: network.id },
      parent,
    );
    const addresses = Array.from(
      { length: args.natAddresses },
      (_, index) =>
        new Address(
          `${name}-nat-${String(index + 1)}-address`,
          { ...inRegion, name: gcpName("resource", prefix, "nat", String(index + 1)), addressType: "EXTERNAL" },
          parent,
        ),
    );
    const natArgs: RouterNatArgs = {
      ...inRegion,
      name: gcpName("resource", prefix, "nat"),
      router: router.name,
      natIpAllocateOption: "MANUAL_ONLY",
      natIps: addresses.map(({ selfLink }) => selfLink),
      sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
      // Nodes, pods and what else has an address there. Another subnet has a way out once somebody decides on it.
      subnetworks: [{ name: subnet.id, sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
      // A node has the connections of all its pods: it is given more ports when it runs short of them.
      // https://docs.cloud.google.com/nat/docs/ports-and-addresses#ports
      enableDynamicPortAllocation: true,
      enableEndpointIndependentMapping: false,
      minPortsPerVm: 64,
      maxPortsPerVm: 8192,
      logConfig: { enable: true, filter: "ERRORS_ONLY" },
    };
    const nat = new RouterNat(`${name}-nat`, args.transform?.nat?.(natArgs) ?? natArgs, parent);

    this.networkId = network.id;
    this.networkName = network.name;
    this.cidr = ranges.network;
    this.zones = args.zones;
    this.subnetId = subnet.id;
    this.subnetIds = { public: [], private: args.zones.map(() => subnet.id), database: [] };
    this.podRange = ranges.pods;
    this.wayOut = [nat];
    this.natAddresses = addresses.map(({ address }) => address);
    this.privateServices = this.connectPrivateServices(name, args, network);
    this.registerOutputs({ networkId: this.networkId, subnetId: this.subnetId });
  }

  private connectPrivateServices(name: string, { project, prefix, ranges }: NetworkArgs, network: VpcNetwork) {
    const parent = { parent: this };
    const { prefix: prefixLength } = range(ranges.privateServices);
    const reserved = new GlobalAddress(
      `${name}-private-services-range`,
      {
        project: project.id,
        name: gcpName("resource", prefix, "private-services"),
        purpose: "VPC_PEERING",
        addressType: "INTERNAL",
        address: ranges.privateServices.split("/")[0] ?? "",
        prefixLength,
        network: network.id,
      },
      parent,
    );
    const connection = new Connection(
      `${name}-private-services`,
      {
        network: network.id,
        service: "servicenetworking.googleapis.com",
        reservedPeeringRanges: [reserved.name],
        // What is left of an earlier one under the name is taken over instead of refused.
        updateOnCreationFail: true,
      },
      parent,
    );
    // Databases answer and follow other sites by routes that the gateway has learned.
    const routes = new NetworkPeeringRoutesConfig(
      `${name}-private-services-routes`,
      {
        project: project.id,
        network: network.name,
        peering: connection.peering,
        importCustomRoutes: true,
        exportCustomRoutes: true,
      },
      parent,
    );
    return { rangeName: reserved.name, connection: routes };
  }
}

/** The lower half of the network. */
function nodeRange(network: string): string {
  return tierRange(network, "private", { public: {}, private: {}, database: {} });
}
