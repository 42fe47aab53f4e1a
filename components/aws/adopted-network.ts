import { getRouteTableOutput } from "@pulumi/aws/ec2/getRouteTable";
import { getRouteTablesOutput } from "@pulumi/aws/ec2/getRouteTables";
import { getSubnetOutput } from "@pulumi/aws/ec2/getSubnet";
import { getVpcOutput } from "@pulumi/aws/ec2/getVpc";
import { ComponentResource, all, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Tier } from "../contracts/network";
import type { Zone } from "../planning/address-plan";
import type { AwsNetwork } from "./network";

/** Ids of existing subnets by tier and zone. */
export type AdoptedSubnets = Readonly<Record<Tier, Readonly<Partial<Record<Zone, string>>>>>;

export interface AdoptedNetworkArgs {
  readonly region: string;
  readonly vpcId: string;
  /** IPv4 range of the VPC, known before it is looked up, since plans are made of it. */
  readonly cidr: string;
  /** Letters of the zones; the order is that of the subnet lists. */
  readonly zones: readonly Zone[];
  /** One subnet for every zone in each tier. */
  readonly subnetIds: AdoptedSubnets;
}

/**
 * A VPC that exists already, with one subnet for every zone in each tier. Nothing in it is changed: routes, filters and flow logs
 * are its owner's.
 *
 * @throws Error when a subnet lies in another VPC or zone, or the VPC has another range, than the arguments say.
 */
export class AdoptedNetwork extends ComponentResource implements AwsNetwork {
  readonly networkId: Output<string>;
  readonly cidr: string;
  readonly zones: readonly Zone[];
  readonly subnetIds: Readonly<Record<Tier, readonly Output<string>[]>>;
  readonly natGatewayIds = {};
  readonly routeTableIds: Readonly<Record<"private" | "database", readonly Output<string>[]>>;

  constructor(name: string, args: AdoptedNetworkArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:AdoptedNetwork", name, {}, opts);
    const parent = { parent: this };
    const subnet = (tier: Tier, zone: Zone): Output<string> => {
      const id = args.subnetIds[tier][zone];
      if (id === undefined) {
        throw new Error(
          `the adopted network has no ${tier} subnet in zone ${zone}: name it in network.adopt.subnetIds.${tier}.${zone}`,
        );
      }
      const { vpcId, availabilityZone } = getSubnetOutput({ id }, parent);
      return all([vpcId, availabilityZone]).apply(([vpc, found]) => {
        const expected = args.region + zone;
        if (vpc !== args.vpcId) {
          throw new Error(
            `${tier} subnet ${id} lies in ${vpc}, not in ${args.vpcId}: correct network.adopt.subnetIds.${tier}.${zone} or network.adopt.vpcId`,
          );
        }
        if (found !== expected) {
          throw new Error(
            `${tier} subnet ${id} lies in ${found}, not in ${expected}: correct network.adopt.subnetIds.${tier}.${zone}`,
          );
        }
        return id;
      });
    };
    this.networkId = getVpcOutput({ id: args.vpcId }, parent).cidrBlock.apply((cidr) => {
      if (cidr === args.cidr) return args.vpcId;
      throw new Error(`${args.vpcId} has the range ${cidr}, not ${args.cidr}: set network.cidr to the VPC's range`);
    });
    this.cidr = args.cidr;
    this.zones = args.zones;
    const ids = (tier: Tier) => args.zones.map((zone) => subnet(tier, zone));
    this.subnetIds = { public: ids("public"), private: ids("private"), database: ids("database") };
    // A subnet that names no table uses the network's main one.
    const main = getRouteTableOutput(
      { vpcId: args.vpcId, filters: [{ name: "association.main", values: ["true"] }] },
      parent,
    ).routeTableId;
    const tables = (tier: "private" | "database") =>
      this.subnetIds[tier].map((subnetId) => {
        const named = getRouteTablesOutput(
          { vpcId: args.vpcId, filters: [{ name: "association.subnet-id", values: [subnetId] }] },
          parent,
        );
        return all([named.ids, main]).apply(([[own], shared]) => own ?? shared);
      });
    this.routeTableIds = { private: tables("private"), database: tables("database") };
    this.registerOutputs({ networkId: this.networkId });
  }
}
