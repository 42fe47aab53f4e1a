import { InternetGateway } from "@pulumi/aws/ec2/internetGateway";
import { NatGateway } from "@pulumi/aws/ec2/natGateway";
import { Route } from "@pulumi/aws/ec2/route";
import { RouteTable } from "@pulumi/aws/ec2/routeTable";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import type { CustomResourceOptions, Output } from "@pulumi/pulumi";

/** A network with a gateway to the internet, and subnets that are asked for one by one. */
export class Network {
  readonly vpc: Vpc;
  private readonly gateway: InternetGateway;

  /** @param block second number of its addresses, 10.block.0.0/16 */
  constructor(
    private readonly name: string,
    private readonly block: number,
    private readonly options: CustomResourceOptions,
  ) {
    this.vpc = new Vpc(name, { cidrBlock: `10.${String(block)}.0.0/16` }, options);
    this.gateway = new InternetGateway(name, { vpcId: this.vpc.id }, options);
  }

  /** A subnet that the internet gateway leads into. */
  publicSubnet(number: number, zone: string): Subnet {
    return this.subnet(`${this.name}-public-${zone}`, number, zone, { gatewayId: this.gateway.id });
  }

  /** A subnet that goes out by a NAT gateway. */
  privateSubnet(number: number, zone: string, nat: NatGateway): Subnet {
    return this.subnet(`${this.name}-private-${zone}`, number, zone, { natGatewayId: nat.id });
  }

  /** A NAT gateway in a public subnet of its own. */
  nat(number: number, zone: string): NatGateway {
    const subnet = this.publicSubnet(number, zone);
    return new NatGateway(`${this.name}-${zone}`, { subnetId: subnet.id, connectivityType: "private" }, this.options);
  }

  private subnet(name: string, number: number, zone: string, target: Readonly<Record<string, Output<string>>>): Subnet {
    const { options, vpc } = this;
    const cidrBlock = `10.${String(this.block)}.${String(number)}.0/24`;
    const subnet = new Subnet(name, { vpcId: vpc.id, cidrBlock, availabilityZone: zone }, options);
    const table = new RouteTable(name, { vpcId: vpc.id }, options);
    new Route(name, { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", ...target }, options);
    new RouteTableAssociation(name, { subnetId: subnet.id, routeTableId: table.id }, options);
    return subnet;
  }
}
