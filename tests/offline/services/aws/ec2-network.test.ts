import assert from "node:assert/strict";
import { text } from "../../../../offline/services/aws/text";
import { Account, at, network, refused } from "./support";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const EIP = "aws:ec2/eip:Eip";
const NAT = "aws:ec2/natGateway:NatGateway";
const TABLE = "aws:ec2/routeTable:RouteTable";
const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";

describe("AWS VPC", () => {
  it("makes a VPC with its id, ARN and default group, table and network ACL", () => {
    const account = new Account();
    const { id, outputs } = account.create(VPC, "net", { cidrBlock: "10.0.0.0/16", tags: { Name: "net" } });
    assert.match(id, /^vpc-[0-9a-f]{17}$/);
    assert.equal(outputs["arn"], `arn:aws:ec2:us-east-1:111122223333:vpc/${id}`);
    assert.match(text(outputs["defaultSecurityGroupId"]), /^sg-[0-9a-f]{17}$/);
    assert.match(text(outputs["defaultNetworkAclId"]), /^acl-[0-9a-f]{17}$/);
    assert.match(text(outputs["mainRouteTableId"]), /^rtb-[0-9a-f]{17}$/);
    assert.equal(outputs["enableDnsHostnames"], false);
    assert.deepEqual(outputs["tagsAll"], { Name: "net" });
    assert.equal(account.cloud.all().length, 4);
  });

  for (const cidr of ["10.0.0.0/15", "10.0.0.0/29", "10.0.0.1/16", "ten"]) {
    it(`refuses the block ${cidr}`, () => {
      refused(() => new Account().create(VPC, "net", { cidrBlock: cidr }), "InvalidVpc.Range", /is invalid/);
    });
  }

  it("wants a block or an address pool", () => {
    assert.match(new Account().reasons(VPC, {})["cidrBlock"] ?? "", /must be specified/);
  });

  it("refuses a sixth VPC in a region until the quota is raised", () => {
    const account = new Account();
    for (const n of [0, 1, 2, 3, 4]) account.create(VPC, `net${String(n)}`, { cidrBlock: `10.${String(n)}.0.0/16` });
    const sixth = () => account.create(VPC, "net5", { cidrBlock: "10.5.0.0/16" });
    refused(sixth, "VpcLimitExceeded");
    const quota = { serviceCode: "vpc", quotaCode: "L-F678F1CE", value: 6 };
    account.create("aws:servicequotas/serviceQuota:ServiceQuota", "more", quota);
    assert.match(sixth().id, /^vpc-/);
  });

  it("refuses to delete a VPC that holds a subnet, and takes its defaults along when it goes", () => {
    const account = new Account();
    const { vpc, gateway, subnets } = network(account);
    refused(
      () => {
        account.delete(vpc);
      },
      "DependencyViolation",
      /has dependencies and cannot be deleted/,
    );
    for (const made of [...subnets, gateway, vpc]) account.delete(made);
    assert.deepEqual(account.cloud.all(), []);
  });
});

describe("AWS subnet", () => {
  const subnet = (account: Account, vpcId: string, cidrBlock: string, more = {}) =>
    account.create(SUBNET, `s-${cidrBlock}`, { vpcId, cidrBlock, ...more });

  it("is made in its zone, with the zone's id", () => {
    const account = new Account();
    const { id, outputs } = at(network(account).subnets, 1);
    assert.match(id, /^subnet-[0-9a-f]{17}$/);
    assert.equal(outputs["availabilityZone"], "us-east-1b");
    assert.equal(outputs["availabilityZoneId"], "use1-az2");
    assert.equal(outputs["arn"], `arn:aws:ec2:us-east-1:111122223333:subnet/${id}`);
  });

  it("refuses a block outside its VPC, one of the wrong size and one that is no network address", () => {
    const account = new Account();
    const { vpc } = network(account);
    for (const cidr of ["10.1.0.0/24", "10.0.200.0/29", "10.0.200.1/24"]) {
      refused(() => subnet(account, vpc.id, cidr), "InvalidSubnet.Range");
    }
  });

  it("refuses a block that overlaps a sibling, and takes the same block in another VPC", () => {
    const account = new Account();
    const { vpc } = network(account);
    refused(() => subnet(account, vpc.id, "10.0.1.128/25"), "InvalidSubnet.Conflict", /10\.0\.1\.0\/24 of subnet-/);
    const other = account.create(VPC, "other", { cidrBlock: "10.0.0.0/16" });
    assert.match(subnet(account, other.id, "10.0.1.128/25").id, /^subnet-/);
  });

  it("refuses a zone that the region does not have and a VPC that does not exist", () => {
    const account = new Account();
    const { vpc } = network(account);
    refused(
      () => subnet(account, vpc.id, "10.0.9.0/24", { availabilityZone: "us-east-1z" }),
      "InvalidParameterValue",
      /us-east-1a, us-east-1b/,
    );
    refused(() => subnet(account, "vpc-0123", "10.0.9.0/24"), "InvalidVpcID.NotFound");
  });

  it("does not see the VPC of another region", () => {
    const account = new Account();
    const { vpc } = network(account);
    const elsewhere = new Account({ region: "eu-west-1" }, account.cloud);
    refused(() => subnet(elsewhere, vpc.id, "10.0.9.0/24"), "InvalidVpcID.NotFound");
  });
});

describe("AWS internet gateway", () => {
  it("refuses a second one in a VPC", () => {
    const account = new Account();
    const { vpc } = network(account);
    refused(
      () => account.create(GATEWAY, "second", { vpcId: vpc.id }),
      "InvalidParameterValue",
      /already has an internet/,
    );
  });

  it("refuses to attach one that is attached", () => {
    const account = new Account();
    const { gateway } = network(account);
    const other = account.create(VPC, "other", { cidrBlock: "10.9.0.0/16" });
    const attachment = { internetGatewayId: gateway.id, vpcId: other.id };
    refused(
      () => account.create("aws:ec2/internetGatewayAttachment:InternetGatewayAttachment", "again", attachment),
      "Resource.AlreadyAssociated",
    );
  });

  it("is not detached while a NAT gateway has a public address", () => {
    const account = new Account();
    const { gateway, subnets } = network(account);
    const address = account.create(EIP, "nat", { domain: "vpc" });
    const nat = account.create(NAT, "nat", { subnetId: at(subnets, 0).id, allocationId: address.id });
    refused(
      () => {
        account.delete(gateway);
      },
      "DependencyViolation",
      /mapped public address/,
    );
    for (const made of [nat, gateway]) account.delete(made);
    assert.equal(account.has(GATEWAY, gateway.id), false);
  });
});

describe("AWS NAT gateway and addresses", () => {
  it("takes the address of its allocation", () => {
    const account = new Account();
    const { subnets } = network(account);
    const address = account.create(EIP, "nat", { domain: "vpc" });
    const nat = account.create(NAT, "nat", { subnetId: at(subnets, 0).id, allocationId: address.id });
    assert.match(address.id, /^eipalloc-[0-9a-f]{17}$/);
    assert.match(nat.id, /^nat-[0-9a-f]{17}$/);
    assert.equal(nat.outputs["publicIp"], address.outputs["publicIp"]);
    refused(() => {
      account.delete(address);
    }, "InvalidIPAddress.InUse");
  });

  it("refuses a sixth address in a region", () => {
    const account = new Account();
    for (const n of [1, 2, 3, 4, 5]) account.create(EIP, `a${String(n)}`, {});
    refused(() => account.create(EIP, "a6", {}), "AddressLimitExceeded");
  });

  it("refuses an allocation in use, one that does not exist and a VPC without an internet gateway", () => {
    const account = new Account();
    const { subnets } = network(account);
    const address = account.create(EIP, "nat", {});
    const subnetId = at(subnets, 0).id;
    account.create(NAT, "first", { subnetId, allocationId: address.id });
    const nat = (allocationId: string, subnet = subnetId) =>
      account.create(NAT, "second", { subnetId: subnet, allocationId });
    refused(() => nat(address.id), "Resource.AlreadyAssociated");
    refused(() => nat("eipalloc-0"), "InvalidAllocationID.NotFound");
    refused(() => nat(address.id, "subnet-0"), "InvalidSubnet");
    const closed = account.create(VPC, "closed", { cidrBlock: "10.8.0.0/16" });
    const inside = account.create(SUBNET, "closed", { vpcId: closed.id, cidrBlock: "10.8.1.0/24" });
    refused(() => nat(account.create(EIP, "free", {}).id, inside.id), "Gateway.NotAttached");
  });

  it("wants an allocation exactly when it is public", () => {
    const account = new Account();
    assert.match(account.reasons(NAT, { subnetId: "subnet-1" })["allocationId"] ?? "", /is required/);
    const isPrivate = { subnetId: "subnet-1", connectivityType: "private", allocationId: "eipalloc-1" };
    assert.match(account.reasons(NAT, isPrivate)["allocationId"] ?? "", /not supported/);
  });
});

describe("AWS routes", () => {
  const everywhere = "0.0.0.0/0";

  it("routes to a gateway of its VPC, once per destination", () => {
    const account = new Account();
    const { vpc, gateway } = network(account);
    const table = account.create(TABLE, "public", { vpcId: vpc.id });
    const inputs = { routeTableId: table.id, destinationCidrBlock: everywhere, gatewayId: gateway.id };
    assert.equal(account.create(ROUTE, "out", inputs).outputs["state"], "active");
    refused(() => account.create(ROUTE, "again", inputs), "RouteAlreadyExists");
  });

  it("refuses a route that an inline one of the table stands in the way of", () => {
    const account = new Account();
    const { vpc, gateway } = network(account);
    const routes = [{ cidrBlock: everywhere, gatewayId: gateway.id }];
    const table = account.create(TABLE, "public", { vpcId: vpc.id, routes });
    const inputs = { routeTableId: table.id, destinationCidrBlock: everywhere, gatewayId: gateway.id };
    refused(() => account.create(ROUTE, "again", inputs), "RouteAlreadyExists");
  });

  it("refuses targets that do not exist or belong to another VPC", () => {
    const account = new Account();
    const { vpc } = network(account);
    const other = network(account, "10.1.0.0/16");
    const table = account.create(TABLE, "public", { vpcId: vpc.id });
    const route = (target: object) =>
      account.create(ROUTE, "out", { routeTableId: table.id, destinationCidrBlock: everywhere, ...target });
    refused(() => route({ gatewayId: "igw-0" }), "InvalidGatewayID.NotFound");
    refused(() => route({ natGatewayId: "nat-0" }), "InvalidNatGatewayID.NotFound");
    refused(() => route({ gatewayId: other.gateway.id }), "InvalidParameterValue", /belong to different networks/);
    refused(() => route({ gatewayId: other.gateway.id, routeTableId: "rtb-0" }), "InvalidRouteTableID.NotFound");
  });

  it("refuses a route into its own VPC", () => {
    const account = new Account();
    const { vpc, gateway } = network(account);
    const table = account.create(TABLE, "public", { vpcId: vpc.id });
    const inputs = { routeTableId: table.id, destinationCidrBlock: "10.0.4.0/24", gatewayId: gateway.id };
    refused(() => account.create(ROUTE, "in", inputs), "InvalidParameterValue", /equal to or more specific/);
  });

  it("wants one destination and one target", () => {
    const reasons = new Account().reasons(ROUTE, { routeTableId: "rtb-1", gatewayId: "igw-1", natGatewayId: "nat-1" });
    assert.deepEqual(Object.keys(reasons).sort(), ["destinationCidrBlock", "gatewayId"]);
  });

  it("refuses a second table for a subnet and a table of another VPC, and keeps a table in use", () => {
    const account = new Account();
    const { vpc, subnets } = network(account);
    const table = account.create(TABLE, "one", { vpcId: vpc.id });
    const subnetId = at(subnets, 0).id;
    const association = account.create(ASSOCIATION, "one", { subnetId, routeTableId: table.id });
    assert.match(association.id, /^rtbassoc-/);
    refused(
      () => account.create(ASSOCIATION, "two", { subnetId, routeTableId: table.id }),
      "Resource.AlreadyAssociated",
    );
    const foreign = account.create(TABLE, "foreign", { vpcId: network(account, "10.1.0.0/16").vpc.id });
    const wrong = { subnetId: at(subnets, 1).id, routeTableId: foreign.id };
    refused(() => account.create(ASSOCIATION, "two", wrong), "InvalidParameterValue", /different networks/);
    refused(() => {
      account.delete(table);
    }, "DependencyViolation");
  });
});
