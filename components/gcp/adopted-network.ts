import { getNetwork } from "@pulumi/gcp/compute/getNetwork";
import { getSubnetwork } from "@pulumi/gcp/compute/getSubnetwork";
import { ComponentResource, all, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Tier } from "../contracts/network";
import type { Zone } from "../planning/address-plan";
import { existing } from "../planning/existing";
import type { GcpNetwork, PrivateServices } from "./network";
import type { Project } from "./project";

export interface AdoptedNetworkArgs {
  /** Project of the network and its subnet. */
  readonly project: Project;
  readonly networkName: string;
  /** IPv4 range that all subnets of the site lie in. */
  readonly cidr: string;
  readonly zones: readonly Zone[];
  readonly subnet: {
    readonly name: string;
    readonly range: string;
    /** Secondary ranges by what they are for. */
    readonly pods: { readonly rangeName: string; readonly range: string };
    readonly services: { readonly rangeName: string; readonly range: string };
  };
  /** Name of the range that private services access has reserved in the network. */
  readonly privateServicesRange: string;
}

/**
 * A VPC that exists already, with a subnet, secondary ranges for pods and services, and private services access. Nothing in it is
 * changed: routes, firewall, Cloud NAT and flow logs are its owner's.
 *
 * @throws Error when the subnet lies in another network, or has other ranges, than the arguments say.
 */
export class AdoptedNetwork extends ComponentResource implements GcpNetwork {
  readonly networkId: Output<string>;
  readonly networkName: Output<string>;
  readonly cidr: string;
  readonly zones: readonly Zone[];
  readonly subnetIds: Readonly<Record<Tier, readonly Output<string>[]>>;
  readonly subnetId: Output<string>;
  readonly subnetRange: string;
  readonly rangeNames: { readonly pods: string; readonly services: string };
  readonly podRange: string;
  readonly privateServices: PrivateServices;
  readonly wayOut = [];

  constructor(name: string, args: AdoptedNetworkArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:AdoptedNetwork", name, {}, opts);
    const { project, subnet } = args;
    const parent = { parent: this };
    const network = project.id.apply((id) =>
      existing(
        getNetwork({ name: args.networkName, project: id }, parent),
        `network "${args.networkName}"`,
        "name one of the project in network.adopt.network",
      ),
    );
    const found = project.id.apply((id) =>
      existing(
        getSubnetwork({ name: subnet.name, region: project.region, project: id }, parent),
        `subnet "${subnet.name}"`,
        `name one of ${project.region} in network.adopt.subnet.name`,
      ),
    );
    this.subnetId = all([found.id, found.network, found.ipCidrRange, found.secondaryIpRanges]).apply(
      ([id, owner, range, secondary]) => {
        const problem = faultOf(args, { owner, range, secondary });
        if (problem !== undefined) throw new Error(`subnet "${subnet.name}" ${problem}`);
        return id;
      },
    );
    this.networkId = network.id;
    this.networkName = network.name;
    this.cidr = args.cidr;
    this.zones = args.zones;
    this.subnetIds = { public: [], private: args.zones.map(() => this.subnetId), database: [] };
    this.subnetRange = subnet.range;
    this.rangeNames = { pods: subnet.pods.rangeName, services: subnet.services.rangeName };
    this.podRange = subnet.pods.range;
    this.privateServices = { rangeName: output(args.privateServicesRange), connection: this };
    this.registerOutputs({ networkId: this.networkId, subnetId: this.subnetId });
  }
}

/** What is looked up of a subnet. */
interface Found {
  readonly owner: string;
  readonly range: string;
  readonly secondary: readonly { readonly rangeName: string; readonly ipCidrRange: string }[];
}

function faultOf({ networkName, subnet }: AdoptedNetworkArgs, found: Found): string | undefined {
  const owner = found.owner.split("/").at(-1) ?? "";
  if (owner !== networkName) {
    return `lies in ${owner}, not in ${networkName}: correct network.adopt.network or network.adopt.subnet`;
  }
  if (found.range !== subnet.range) {
    return `has the range ${found.range}, not ${subnet.range}: set network.adopt.subnet.range to the subnet's`;
  }
  for (const use of ["pods", "services"] as const) {
    const { rangeName, range } = subnet[use];
    const secondary = found.secondary.find((each) => each.rangeName === rangeName);
    if (secondary === undefined) {
      return `has no secondary range "${rangeName}" for ${use}: correct network.adopt.subnet.${use}.rangeName, or let its owner add it`;
    }
    if (secondary.ipCidrRange !== range) {
      return `has ${secondary.ipCidrRange} in "${rangeName}", not ${range}: set network.adopt.subnet.${use}.range to it`;
    }
  }
  return undefined;
}
