import assert from "node:assert/strict";
import { text } from "../../../../offline/services/aws/text";
import { Account, at, network, refused, type Made } from "./support";

const GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway";
const ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment";
const TABLE = "aws:ec2transitgateway/routeTable:RouteTable";
const TGW_ROUTE = "aws:ec2transitgateway/route:Route";
const ASSOCIATION = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation";
const PROPAGATION = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation";
const ROUTE_TABLE = "aws:ec2/routeTable:RouteTable";
const ROUTE = "aws:ec2/route:Route";

/** A network of three zones and a transit gateway beside it. */
function world(gateway = {}) {
  const account = new Account();
  const { vpc, subnets } = network(account);
  const hub = account.create(GATEWAY, "hub", gateway);
  const attach = (more = {}, name = "a"): Made =>
    account.create(ATTACHMENT, name, {
      transitGatewayId: hub.id,
      vpcId: vpc.id,
      subnetIds: subnets.map(({ id }) => id),
      ...more,
    });
  return { account, vpc, subnets, hub, attach };
}

describe("AWS transit gateway", () => {
  it("is made with its defaults and one default route table", () => {
    const { account, hub } = world({ amazonSideAsn: 64600 });
    const { id, outputs } = hub;
    assert.match(id, /^tgw-[0-9a-f]{17}$/);
    assert.equal(outputs["arn"], `arn:aws:ec2:us-east-1:111122223333:transit-gateway/${id}`);
    assert.equal(outputs["ownerId"], "111122223333");
    assert.equal(outputs["amazonSideAsn"], 64600);
    assert.equal(outputs["vpnEcmpSupport"], "enable");
    assert.match(text(outputs["associationDefaultRouteTableId"]), /^tgw-rtb-[0-9a-f]{17}$/);
    assert.equal(outputs["propagationDefaultRouteTableId"], outputs["associationDefaultRouteTableId"]);
    assert.ok(account.has(TABLE, text(outputs["associationDefaultRouteTableId"])));
    assert.equal(new Account().create(GATEWAY, "hub", {}).outputs["amazonSideAsn"], 64512);
  });

  it("has no default route table where both defaults are off", () => {
    const off = { defaultRouteTableAssociation: "disable", defaultRouteTablePropagation: "disable" };
    const { account, hub } = world(off);
    assert.equal(hub.outputs["associationDefaultRouteTableId"], "");
    assert.equal(account.cloud.all().filter(({ type }) => type === TABLE).length, 0);
  });

  for (const asn of [64511, 65535, 4199999999, 4294967295]) {
    it(`refuses the AS number ${String(asn)}, which is not private`, () => {
      assert.match(new Account().reasons(GATEWAY, { amazonSideAsn: asn })["amazonSideAsn"] ?? "", /64512 to 65534/);
    });
  }

  for (const asn of [64512, 65534, 4200000000, 4294967294]) {
    it(`takes the private AS number ${String(asn)}`, () => {
      assert.deepEqual(new Account().reasons(GATEWAY, { amazonSideAsn: asn }), {});
    });
  }

  it("refuses switches that are neither on nor off and blocks that are too small", () => {
    const reasons = new Account().reasons(GATEWAY, {
      vpnEcmpSupport: "yes",
      transitGatewayCidrBlocks: ["10.99.0.0/24", "10.99.1.0/25", "ten"],
    });
    assert.match(reasons["vpnEcmpSupport"] ?? "", /one of enable, disable, got yes/);
    assert.match(reasons["transitGatewayCidrBlocks[1]"] ?? "", /must be \/24 or larger/);
    assert.match(reasons["transitGatewayCidrBlocks[2]"] ?? "", /not an IPv4 CIDR block/);
    assert.equal(Object.keys(reasons).length, 3);
  });

  it("allows five in a region", () => {
    const account = new Account();
    for (const n of [0, 1, 2, 3, 4]) account.create(GATEWAY, `hub${String(n)}`, {});
    refused(() => account.create(GATEWAY, "hub5", {}), "ResourceLimitExceeded", /: 5/);
  });

  it("is replaced when a default is switched on, and kept when one is switched off", () => {
    const { account, hub } = world({ defaultRouteTableAssociation: "disable" });
    const on = account.diff(hub, { defaultRouteTableAssociation: "enable" });
    assert.deepEqual(
      on.changes.map(({ path, replaces }) => [path, replaces]),
      [["defaultRouteTableAssociation", true]],
    );
    const off = account.diff(hub, { defaultRouteTablePropagation: "disable" });
    assert.deepEqual(
      off.changes.map(({ replaces }) => replaces),
      [false],
    );
  });

  it("stays while a VPC is attached, and takes its default table along when it goes", () => {
    const { account, hub, attach } = world();
    const attachment = attach();
    const drop = () => {
      account.delete(hub);
    };
    refused(drop, "IncorrectState", new RegExp(`has non-deleted VPC Attachments: ${attachment.id}`));
    account.delete(attachment);
    drop();
    assert.equal(account.cloud.all().filter(({ type }) => type.startsWith("aws:ec2transitgateway/")).length, 0);
  });
});

describe("AWS transit gateway attachment", () => {
  it("joins the gateway's default tables", () => {
    const { id, outputs } = world().attach();
    assert.match(id, /^tgw-attach-[0-9a-f]{17}$/);
    assert.equal(outputs["arn"], `arn:aws:ec2:us-east-1:111122223333:transit-gateway-attachment/${id}`);
    assert.equal(outputs["vpcOwnerId"], "111122223333");
    assert.equal(outputs["transitGatewayDefaultRouteTableAssociation"], true);
    assert.equal(outputs["applianceModeSupport"], "disable");
  });

  it("refuses to join a default table that the gateway does not have", () => {
    const { attach } = world({ defaultRouteTableAssociation: "disable" });
    const join = { transitGatewayDefaultRouteTableAssociation: true };
    refused(() => attach(join), "MissingParameter", /TransitGatewayRouteTableId/);
    assert.equal(attach().outputs["transitGatewayDefaultRouteTableAssociation"], false);
  });

  it("refuses two subnets of one zone, at creation and later", () => {
    const { account, vpc, subnets, attach } = world();
    const twin = account.create("aws:ec2/subnet:Subnet", "twin", {
      vpcId: vpc.id,
      cidrBlock: "10.0.9.0/24",
      availabilityZone: "us-east-1a",
    });
    const both = { subnetIds: [at(subnets, 0).id, twin.id] };
    refused(() => attach(both), "DuplicateSubnetsInSameZone", /us-east-1a/);
    const attachment = attach();
    refused(() => account.update(attachment, both), "DuplicateSubnetsInSameZone");
  });

  it("refuses a second one of the same VPC, and what is missing or of another network", () => {
    const { account, subnets, attach } = world();
    attach();
    refused(() => attach({}, "b"), "DuplicateTransitGatewayAttachment", /with same VPC ID/);
    refused(() => attach({ transitGatewayId: "tgw-0" }, "b"), "InvalidTransitGatewayID.NotFound");
    refused(() => attach({ vpcId: "vpc-0" }, "b"), "InvalidVpcID.NotFound");
    refused(() => attach({ subnetIds: ["subnet-0"] }, "b"), "InvalidSubnetID.NotFound");
    const other = network(account, "10.1.0.0/16");
    const foreign = { vpcId: other.vpc.id, subnetIds: [at(subnets, 0).id] };
    refused(() => attach(foreign, "b"), "InvalidParameterValue", /belong to different networks/);
  });

  it("holds its VPC and subnets", () => {
    const { account, subnets, attach } = world();
    attach();
    refused(() => {
      account.delete(at(subnets, 0));
    }, "DependencyViolation");
  });

  it("is needed before a VPC knows the gateway in its routes", () => {
    const { account, vpc, hub, attach } = world();
    const table = account.create(ROUTE_TABLE, "t", { vpcId: vpc.id });
    const inputs = {
      routeTableId: table.id,
      destinationCidrBlock: "172.16.0.0/12",
      transitGatewayId: hub.id,
    };
    const code = "InvalidTransitGatewayID.NotFound";
    refused(() => account.create(ROUTE, "r", inputs), code, /has no attachment to it/);
    const inline = { vpcId: vpc.id, routes: [{ cidrBlock: "172.16.0.0/12", transitGatewayId: hub.id }] };
    refused(() => account.create(ROUTE_TABLE, "t2", inline), code);
    attach();
    assert.match(account.create(ROUTE, "r", inputs).id, /^r-rtb-/);
  });
});

describe("AWS transit gateway route tables", () => {
  const tables = (gateway = {}) => {
    const all = world(gateway);
    const attachment = all.attach();
    const table = all.account.create(TABLE, "t", { transitGatewayId: all.hub.id });
    const ids = { transitGatewayRouteTableId: table.id, transitGatewayAttachmentId: attachment.id };
    return { ...all, attachment, table, ids };
  };

  it("look into one table for each attachment: the default one stands in the way", () => {
    const { account, ids } = tables();
    refused(
      () => account.create(ASSOCIATION, "s", ids),
      "Resource.AlreadyAssociated",
      /already associated to a route table/,
    );
    assert.ok(account.create(ASSOCIATION, "s", { ...ids, replaceExistingAssociation: true }));
  });

  it("are associated and propagated to once", () => {
    const { account, ids, vpc } = tables({ defaultRouteTableAssociation: "disable" });
    const association = account.create(ASSOCIATION, "s", ids);
    assert.equal(association.id, `${ids.transitGatewayRouteTableId}_${ids.transitGatewayAttachmentId}`);
    assert.deepEqual([association.outputs["resourceId"], association.outputs["resourceType"]], [vpc.id, "vpc"]);
    refused(() => account.create(ASSOCIATION, "s2", ids), "Resource.AlreadyAssociated");
    account.create(PROPAGATION, "p", ids);
    refused(() => account.create(PROPAGATION, "p2", ids), "TransitGatewayRouteTablePropagation.Duplicate");
  });

  it("stay while an attachment looks into them", () => {
    const { account, ids, table } = tables({ defaultRouteTableAssociation: "disable" });
    const association = account.create(ASSOCIATION, "s", ids);
    const drop = () => {
      account.delete(table);
    };
    refused(drop, "IncorrectState", /has active associations/);
    account.delete(association);
    drop();
  });

  it("take one route for each destination, to an attachment or to nowhere", () => {
    const { account, ids, table } = tables();
    const destinationCidrBlock = "10.8.0.0/16";
    const route = (more: object, name = "r") =>
      account.create(TGW_ROUTE, name, { transitGatewayRouteTableId: table.id, destinationCidrBlock, ...more });
    const attached = { transitGatewayAttachmentId: ids.transitGatewayAttachmentId };
    assert.equal(route(attached).id, `${table.id}_10.8.0.0/16`);
    refused(() => route({ blackhole: true }, "r2"), "RouteAlreadyExists", /10\.8\.0\.0\/16 already exists/);
    const given = { transitGatewayRouteTableId: table.id, destinationCidrBlock };
    assert.match(
      account.reasons(TGW_ROUTE, given)["transitGatewayAttachmentId"] ?? "",
      /exactly one of transitGatewayAttachmentId, blackhole/,
    );
  });

  it("belong to one gateway", () => {
    const { account, ids } = tables();
    const other = account.create(GATEWAY, "other", {});
    const elsewhere = account.create(TABLE, "e", { transitGatewayId: other.id });
    const wrong = { ...ids, transitGatewayRouteTableId: elsewhere.id };
    refused(() => account.create(PROPAGATION, "p", wrong), "InvalidParameterValue", /different transit gateways/);
    refused(() => {
      account.delete(other);
    }, "IncorrectState");
  });
});
