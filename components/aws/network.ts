import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup";
import { Eip } from "@pulumi/aws/ec2/eip";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway";
import { NatGateway, type NatGatewayArgs } from "@pulumi/aws/ec2/natGateway";
import { Route } from "@pulumi/aws/ec2/route";
import { RouteTable } from "@pulumi/aws/ec2/routeTable";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation";
import { Subnet, type SubnetArgs } from "@pulumi/aws/ec2/subnet";
import { Vpc, type VpcArgs } from "@pulumi/aws/ec2/vpc";
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import type { Network as NetworkContract, Tier } from "../contracts/network";
import { tiers, type SubnetPlan, type Zone } from "../planning/address-plan";

/** `per-zone`: a zone's loss takes only its own way out. `single`: the first zone's serves all, for environments that may be down with it. */
export type NatMode = "per-zone" | "single";

export interface NetworkArgs {
  /** First part of the names in the console: `<prefix>-vpc`. */
  readonly prefix: string;
  readonly region: string;
  /** IPv4 range of the network, /16 to /28. */
  readonly cidr: string;
  /** Letters of the zones; the order is that of the subnet lists. */
  readonly zones: readonly Zone[];
  /** Range of each tier in each zone. */
  readonly subnets: SubnetPlan;
  readonly nat: NatMode;
  /** Name of the cluster that finds its subnets by tag. */
  readonly clusterName: string;
  readonly transform?: {
    readonly vpc?: (vpc: VpcArgs) => VpcArgs;
    readonly subnet?: (subnet: SubnetArgs, tier: Tier, zone: Zone) => SubnetArgs;
    readonly nat?: (nat: NatGatewayArgs, zone: Zone) => NatGatewayArgs;
  };
}

/** What components on AWS know of a network besides the contract, whether it was made here or adopted. */
export interface AwsNetwork extends NetworkContract, Resource {
  /** Letters of the zones; the order is that of the subnet lists. */
  readonly zones: readonly Zone[];
  /** NAT gateways of the network itself, by zone; none of an adopted one. */
  readonly natGatewayIds: Readonly<Partial<Record<Zone, Output<string>>>>;
  /** Route tables of the tiers without an address on the internet. */
  readonly routeTableIds: Readonly<Record<"private" | "database", readonly Output<string>[]>>;
}

/**
 * A VPC in three tiers: public (load balancers and NAT gateways), private (nodes and pods), database (no way to the internet).
 *
 * Cost: each NAT gateway is billed per hour and per GB, each of its addresses per hour.
 */
export class Network extends ComponentResource implements AwsNetwork {
  readonly networkId: Output<string>;
  readonly cidr: string;
  readonly zones: readonly Zone[];
  readonly subnetIds: Readonly<Record<Tier, readonly Output<string>[]>>;
  readonly natGatewayIds: Readonly<Partial<Record<Zone, Output<string>>>>;
  /** In the private tier one for each zone, in the database tier one for all. */
  readonly routeTableIds: Readonly<Record<"private" | "database", readonly Output<string>[]>>;

  constructor(name: string, args: NetworkArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:Network", name, {}, opts);
    const parent = { parent: this };
    const tagged = (suffix: string) => ({ Name: `${args.prefix}-${suffix}` });

    const vpcArgs: VpcArgs = {
      cidrBlock: args.cidr,
      enableDnsSupport: true,
      // Private endpoints of the cluster and of the databases resolve only with host names switched on.
      enableDnsHostnames: true,
      tags: tagged("vpc"),
    };
    const vpc = new Vpc(`${name}-vpc`, args.transform?.vpc?.(vpcArgs) ?? vpcArgs, parent);
    // Adopted to be emptied: the group that AWS makes with every VPC lets its members talk to each other and to the internet.
    new DefaultSecurityGroup(
      `${name}-default-security-group`,
      { vpcId: vpc.id, ingress: [], egress: [], tags: tagged("default") },
      parent,
    );
    const internet = new InternetGateway(
      `${name}-internet-gateway`,
      { vpcId: vpc.id, tags: tagged("internet-gateway") },
      parent,
    );

    const subnets = new Map<string, Subnet>();
    for (const tier of tiers) {
      for (const zone of args.zones) {
        const subnetArgs: SubnetArgs = {
          vpcId: vpc.id,
          availabilityZone: args.region + zone,
          cidrBlock: args.subnets[tier][zone],
          // Load balancers and NAT gateways bring their own addresses; nothing else belongs in a public subnet.
          mapPublicIpOnLaunch: false,
          tags: { ...tagged(`${tier}-${zone}`), tier, ...discoveryTags(tier, args.clusterName) },
        };
        subnets.set(
          `${tier}-${zone}`,
          new Subnet(`${name}-${tier}-${zone}`, args.transform?.subnet?.(subnetArgs, tier, zone) ?? subnetArgs, parent),
        );
      }
    }
    const subnet = (tier: Tier, zone: Zone): Subnet => {
      const found = subnets.get(`${tier}-${zone}`);
      if (found === undefined) throw new Error(`network "${name}" has no ${tier} subnet in zone ${zone}`);
      return found;
    };
    const routeTable = (suffix: string) =>
      new RouteTable(`${name}-${suffix}-routes`, { vpcId: vpc.id, tags: tagged(suffix) }, parent);
    const associate = (tier: Tier, zone: Zone, table: RouteTable) =>
      new RouteTableAssociation(
        `${name}-${tier}-${zone}-association`,
        { subnetId: subnet(tier, zone).id, routeTableId: table.id },
        parent,
      );

    const publicRoutes = routeTable("public");
    new Route(
      `${name}-public-internet`,
      { routeTableId: publicRoutes.id, destinationCidrBlock: anywhere, gatewayId: internet.id },
      parent,
    );
    const publicAssociations = args.zones.map((zone) => associate("public", zone, publicRoutes));

    const natGateways = new Map<Zone, NatGateway>();
    for (const zone of args.nat === "per-zone" ? args.zones : args.zones.slice(0, 1)) {
      const address = new Eip(
        `${name}-nat-${zone}-address`,
        { domain: "vpc", tags: tagged(`nat-${zone}`) },
        // An address of a VPC can be mapped only while the VPC has its internet gateway.
        { parent: this, dependsOn: [internet] },
      );
      const natArgs: NatGatewayArgs = {
        allocationId: address.allocationId,
        subnetId: subnet("public", zone).id,
        tags: tagged(`nat-${zone}`),
      };
      natGateways.set(
        zone,
        new NatGateway(`${name}-nat-${zone}`, args.transform?.nat?.(natArgs, zone) ?? natArgs, {
          parent: this,
          dependsOn: [internet, ...publicAssociations],
        }),
      );
    }
    const [sharedNat] = natGateways.values();
    const privateTables = args.zones.map((zone) => {
      const privateRoutes = routeTable(`private-${zone}`);
      const nat = natGateways.get(zone) ?? sharedNat;
      new Route(
        `${name}-private-${zone}-internet`,
        { routeTableId: privateRoutes.id, destinationCidrBlock: anywhere, natGatewayId: nat?.id },
        parent,
      );
      associate("private", zone, privateRoutes);
      return privateRoutes.id;
    });

    // No route to the internet: traffic has nowhere to go but to the VPC and what is linked to it.
    const databaseRoutes = routeTable("database");
    for (const zone of args.zones) associate("database", zone, databaseRoutes);

    this.networkId = vpc.id;
    this.cidr = args.cidr;
    this.zones = args.zones;
    const ids = (tier: Tier) => args.zones.map((zone) => subnet(tier, zone).id);
    this.subnetIds = { public: ids("public"), private: ids("private"), database: ids("database") };
    this.natGatewayIds = Object.fromEntries([...natGateways].map(([zone, { id }]) => [zone, id]));
    this.routeTableIds = { private: privateTables, database: [databaseRoutes.id] };
    this.registerOutputs({ networkId: this.networkId });
  }
}

const anywhere = "0.0.0.0/0";

/**
 * Tags by which the load balancer controller finds the subnets for internet-facing and internal load balancers.
 * https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
 */
function discoveryTags(tier: Tier, clusterName: string): Record<string, string> {
  switch (tier) {
    case "public":
      return { "kubernetes.io/role/elb": "1", [`kubernetes.io/cluster/${clusterName}`]: "shared" };
    case "private":
      return { "kubernetes.io/role/internal-elb": "1", [`kubernetes.io/cluster/${clusterName}`]: "shared" };
    case "database":
      return {};
  }
}
