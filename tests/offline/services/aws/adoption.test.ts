import assert from "node:assert/strict";
import * as ec2 from "@pulumi/aws/ec2";
import { Provider } from "@pulumi/aws/provider";
import { Cloud } from "../../../../offline/cloud/cloud";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { deploy, runInProcess } from "../../../support/in-process";
import { ClusterAccount } from "./cluster-account";
import { Account, at, network, refused } from "./support";

/** An account that somebody else's stack has filled, and a second session that looks into it. */
function found() {
  const owner = new Account();
  const net = network(owner);
  const looker = new Account({}, owner.cloud);
  return { owner, looker, ...net };
}

describe("AWS lookups of adopted networks", () => {
  it("find the VPC by id, range or tag, and refuse none and several", () => {
    const { owner, looker, vpc } = found();
    const getVpc = (args: Properties) => looker.invoke("aws:ec2/getVpc:getVpc", args);
    const shared = owner.create("aws:ec2/vpc:Vpc", "shared", { cidrBlock: "10.9.0.0/16", tags: { owner: "network" } });
    assert.equal(getVpc({ id: vpc.id })["cidrBlock"], "10.0.0.0/16");
    assert.equal(getVpc({ cidrBlock: "10.9.0.0/16" })["id"], shared.id);
    assert.equal(getVpc({ tags: { owner: "network" } })["id"], shared.id);
    assert.equal(getVpc({ filters: [{ name: "tag:owner", values: ["net*"] }] })["id"], shared.id);
    refused(() => getVpc({ id: "vpc-0" }), "NotFound", /no matching EC2 VPC found/);
    refused(() => getVpc({}), "InvalidParameter", /multiple EC2 VPCs matched; .* to a single EC2 VPC/);
    refused(() => getVpc({ default: true }), "NotFound");
    refused(() => getVpc({ filters: [{ name: "colour", values: ["red"] }] }), "InvalidParameterValue", /'colour'/);
  });

  it("see neither another region nor another account", () => {
    const { owner, vpc } = found();
    const west = new Account({ region: "us-west-2" }, owner.cloud);
    refused(() => west.invoke("aws:ec2/getVpc:getVpc", { id: vpc.id }), "NotFound");
    assert.equal(west.invoke("aws:ec2/getVpc:getVpc", { id: vpc.id, region: "us-east-1" })["id"], vpc.id);
    const assumeRoles = JSON.stringify([{ roleArn: "arn:aws:iam::444455556666:role/deploy" }]);
    refused(
      () => new Account({ assumeRoles }, owner.cloud).invoke("aws:ec2/getVpc:getVpc", { id: vpc.id }),
      "NotFound",
    );
  });

  it("find subnets, and each table by its subnet, its VPC or its routes", () => {
    const { owner, looker, vpc, gateway, subnets } = found();
    const table = owner.create("aws:ec2/routeTable:RouteTable", "public", {
      vpcId: vpc.id,
      routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: gateway.id }],
      tags: { tier: "public" },
    });
    const subnet = at(subnets, 0).id;
    owner.create("aws:ec2/routeTableAssociation:RouteTableAssociation", "a", {
      routeTableId: table.id,
      subnetId: subnet,
    });
    const ids = looker.invoke("aws:ec2/getSubnets:getSubnets", { filters: [{ name: "vpc-id", values: [vpc.id] }] });
    assert.deepEqual(
      ids["ids"],
      subnets.map(({ id }) => id),
    );
    const getTable = (args: Properties) => looker.invoke("aws:ec2/getRouteTable:getRouteTable", args);
    for (const args of [
      { subnetId: subnet },
      { routeTableId: table.id },
      { vpcId: vpc.id, tags: { tier: "public" } },
      { filters: [{ name: "association.subnet-id", values: [subnet] }] },
      { filters: [{ name: "route.gateway-id", values: [gateway.id] }] },
    ]) {
      assert.equal(getTable(args)["id"], table.id, JSON.stringify(args));
    }
    const { associations, routes } = getTable({ subnetId: subnet });
    assert.deepEqual(
      (associations as Properties[]).map((each) => [each["main"], each["subnetId"]]),
      [[false, subnet]],
    );
    assert.deepEqual(
      (routes as Properties[]).map((route) => [route["cidrBlock"], route["gatewayId"]]),
      [
        ["10.0.0.0/16", "local"],
        ["0.0.0.0/0", gateway.id],
      ],
    );
    const main = { vpcId: vpc.id, filters: [{ name: "association.main", values: ["true"] }] };
    assert.equal(getTable(main)["id"], vpc.outputs["mainRouteTableId"]);
    refused(() => getTable({ subnetId: at(subnets, 1).id }), "NotFound", /no matching EC2 Route Table found/);
    refused(() => getTable({ vpcId: vpc.id }), "InvalidParameter", /multiple EC2 Route Tables matched/);
    const all = looker.invoke("aws:ec2/getRouteTables:getRouteTables", { vpcId: vpc.id });
    assert.equal((all["ids"] as string[]).length, 2);
  });

  it("find gateways", () => {
    const { owner, looker, vpc, gateway, subnets } = found();
    const attached = { filters: [{ name: "attachment.vpc-id", values: [vpc.id] }] };
    const source = "aws:ec2/getInternetGateway:getInternetGateway";
    assert.equal(looker.invoke(source, attached)["id"], gateway.id);
    refused(() => looker.invoke(source, { internetGatewayId: "igw-0" }), "NotFound");
    const nat = owner.create("aws:ec2/natGateway:NatGateway", "n", {
      subnetId: at(subnets, 0).id,
      connectivityType: "private",
    });
    assert.deepEqual(looker.invoke("aws:ec2/getNatGateways:getNatGateways", { vpcId: vpc.id })["ids"], [nat.id]);
    assert.deepEqual(looker.invoke("aws:ec2/getNatGateways:getNatGateways", { vpcId: "vpc-0" })["ids"], []);
    const hub = owner.create("aws:ec2transitgateway/transitGateway:TransitGateway", "hub", { amazonSideAsn: 64600 });
    const getHub = (args: Properties) =>
      looker.invoke("aws:ec2transitgateway/getTransitGateway:getTransitGateway", args);
    const byNumber = getHub({ filters: [{ name: "options.amazon-side-asn", values: ["64600"] }] });
    assert.deepEqual([byNumber["id"], byNumber["vpnEcmpSupport"]], [hub.id, "enable"]);
    refused(() => getHub({ id: "tgw-0" }), "NotFound", /no matching EC2 Transit Gateway found/);
  });
});

describe("AWS lookups of adopted things", () => {
  it("find a cluster by its name", () => {
    const owner = new ClusterAccount();
    owner.cluster();
    const looker = new Account({}, owner.cloud);
    const getCluster = (name: string) => looker.invoke("aws:eks/getCluster:getCluster", { name });
    assert.equal(getCluster("shop")["version"], "1.35");
    refused(() => getCluster("none"), "ResourceNotFoundException", /EKS Cluster \(none\)/);
  });

  it("find a key by id, ARN and alias, also the copy of one from elsewhere", () => {
    const owner = new Account();
    const key = owner.create("aws:kms/key:Key", "k", { multiRegion: true });
    owner.create("aws:kms/alias:Alias", "a", { name: "alias/data", targetKeyId: key.id });
    const getKey = (account: Account, keyId: string) => account.invoke("aws:kms/getKey:getKey", { keyId })["arn"];
    const looker = new Account({}, owner.cloud);
    for (const name of [key.id, text(key.outputs["arn"]), "alias/data"]) {
      assert.equal(getKey(looker, name), key.outputs["arn"]);
    }
    assert.equal(looker.invoke("aws:kms/getAlias:getAlias", { name: "alias/data" })["targetKeyId"], key.id);
    refused(() => getKey(looker, "none"), "NotFoundException");
    refused(() => looker.invoke("aws:kms/getAlias:getAlias", { name: "alias/none" }), "NotFoundException");
    const west = new Account({ region: "us-west-2" }, owner.cloud);
    refused(() => getKey(west, "alias/data"), "NotFoundException");
    const copy = west.create("aws:kms/replicaKey:ReplicaKey", "r", { primaryKeyArn: text(key.outputs["arn"]) });
    assert.equal(getKey(new Account({ region: "us-west-2" }, owner.cloud), key.id), copy.outputs["arn"]);
  });

  it("find a registry by its name", () => {
    const owner = new Account();
    const made = owner.create("aws:ecr/repository:Repository", "r", {
      name: "shop/web",
      imageTagMutability: "IMMUTABLE",
    });
    const looker = new Account({}, owner.cloud);
    const getRepository = (name: string) => looker.invoke("aws:ecr/getRepository:getRepository", { name });
    assert.equal(getRepository("shop/web")["repositoryUrl"], made.outputs["repositoryUrl"]);
    assert.equal(getRepository("shop/web")["imageTagMutability"], "IMMUTABLE");
    refused(() => getRepository("shop/none"), "RepositoryNotFoundException", /ECR Repository \(shop\/none\)/);
  });

  it("find a zone by id or by name, the public and the private one apart", () => {
    const { owner, looker, vpc } = found();
    const make = (name: string, inputs: Properties) => owner.create("aws:route53/zone:Zone", name, inputs);
    const open = make("open", { name: "example.com" });
    const inner = make("inner", { name: "example.com", vpcs: [{ vpcId: vpc.id }] });
    owner.create("aws:route53/record:Record", "www", {
      zoneId: open.id,
      name: "www",
      type: "A",
      ttl: 60,
      records: ["192.0.2.1"],
    });
    const getZone = (args: Properties) => looker.invoke("aws:route53/getZone:getZone", args);
    assert.equal(getZone({ name: "example.com." })["id"], open.id);
    assert.equal(getZone({ name: "example.com" })["resourceRecordSetCount"], 3);
    assert.equal(getZone({ name: "example.com", privateZone: true })["id"], inner.id);
    assert.equal(getZone({ name: "example.com", vpcId: vpc.id })["id"], inner.id);
    assert.deepEqual(getZone({ zoneId: open.id })["nameServers"], open.outputs["nameServers"]);
    refused(() => getZone({ name: "example.org" }), "NotFound", /no matching Route 53 Hosted Zone found/);
    make("again", { name: "example.com" });
    refused(() => getZone({ name: "example.com" }), "InvalidParameter", /multiple Route 53 Hosted Zones matched/);
    refused(() => getZone({}), "InvalidParameterCombination");
  });

  it("tell the zones of the region, by name, id and state", () => {
    const zones = (args: Properties) =>
      new Account({ region: "us-west-2" }).invoke("aws:index/getAvailabilityZones:getAvailabilityZones", args);
    assert.deepEqual(zones({})["names"], ["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"]);
    assert.deepEqual(zones({ state: "available", excludeZoneIds: ["usw2-az4"] })["zoneIds"], [
      "usw2-az2",
      "usw2-az1",
      "usw2-az3",
    ]);
    assert.deepEqual(zones({ state: "unavailable" })["names"], []);
    assert.deepEqual(zones({ region: "us-west-1" })["names"], ["us-west-1a", "us-west-1c"]);
  });
});

describe("A stack that adopts what another made", () => {
  const region = "us-west-2";

  /** Makes a network, as its owner's stack does. */
  async function seeded(): Promise<Cloud> {
    const cloud = Cloud.open();
    await deploy(
      () => {
        const provider = new Provider("aws", { region });
        new ec2.Vpc("net", { cidrBlock: "10.20.0.0/16", tags: { Name: "shared" } }, { provider });
      },
      { stack: "network", cloud },
    );
    return cloud;
  }

  const adopt = (name: string) => async () => {
    const provider = new Provider("aws", { region });
    const { id } = await ec2.getVpc({ tags: { Name: name } }, { provider });
    const subnet = new ec2.Subnet("s", { vpcId: id, cidrBlock: "10.20.1.0/24" }, { provider });
    return { vpcId: id, arn: subnet.arn };
  };

  it("finds it in the same cloud and builds on it", async () => {
    const cloud = await seeded();
    const { outputs, resources } = await deploy(adopt("shared"), { stack: "workload", cloud });
    assert.match(text(outputs["vpcId"]), /^vpc-/);
    assert.match(text(outputs["arn"]), /^arn:aws:ec2:us-west-2:/);
    assert.equal(resources.filter(({ type }) => type === "aws:ec2/vpc:Vpc").length, 0);
  });

  it("is told when nothing is there", async () => {
    const { errors } = await runInProcess(adopt("other"), { stack: "workload", cloud: await seeded() });
    assert.match(errors.join("\n"), /no matching EC2 VPC found/);
  });
});
