import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { Account, at, refused, type Made } from "./support";

const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const SUBNET = "aws:ec2/subnet:Subnet";
const TABLE = "aws:ec2/routeTable:RouteTable";

/** A VPC with two subnets in zone a and one in zone b, and a route table. */
function world(attributes: Properties = { enableDnsHostnames: true }, region = "us-east-1") {
  const account = new Account({ region });
  const vpc = account.create("aws:ec2/vpc:Vpc", "net", { cidrBlock: "10.0.0.0/16", ...attributes });
  const subnets = ["a", "b", "a"].map((zone, index) =>
    account.create(SUBNET, `s${String(index)}`, {
      vpcId: vpc.id,
      cidrBlock: `10.0.${String(index)}.0/24`,
      availabilityZone: region + zone,
    }),
  );
  const table = account.create(TABLE, "t", { vpcId: vpc.id });
  const endpoint = (service: string, more: Properties = {}, name = service): Made =>
    account.create(ENDPOINT, name, { vpcId: vpc.id, serviceName: `com.amazonaws.${region}.${service}`, ...more });
  const twoZones = [at(subnets, 0).id, at(subnets, 1).id];
  const interfaceOf = (service: string, more: Properties = {}, name = service): Made =>
    endpoint(service, { vpcEndpointType: "Interface", subnetIds: twoZones, privateDnsEnabled: true, ...more }, name);
  return { account, vpc, subnets, table, endpoint, interfaceOf };
}

describe("AWS interface endpoint", () => {
  it("has an interface in each subnet and the name that private DNS answers for", () => {
    const { vpc, interfaceOf } = world();
    const { outputs } = interfaceOf("ecr.api");
    assert.equal((outputs["networkInterfaceIds"] as string[]).length, 2);
    const names = (outputs["dnsEntries"] as { dnsName: string }[]).map(({ dnsName }) => dnsName);
    assert.match(names[0] ?? "", /^vpce-0[0-9a-f]{16}-[0-9a-f]{8}\.ecr\.api\.us-east-1\.vpce\.amazonaws\.com$/);
    assert.equal(names[1], "api.ecr.us-east-1.amazonaws.com");
    assert.deepEqual(outputs["securityGroupIds"], [vpc.outputs["defaultSecurityGroupId"]]);
    assert.equal(outputs["state"], "available");
  });

  it("refuses a service that does not exist, or not in the region", () => {
    refused(() => world().interfaceOf("lamda"), "InvalidServiceName", /com\.amazonaws\.us-east-1\.lamda/);
    assert.ok(world().interfaceOf("kafka"));
    const far = world({ enableDnsHostnames: true }, "ap-southeast-6");
    refused(() => far.interfaceOf("kafka"), "InvalidServiceName", /interface endpoint in ap-southeast-6/);
    assert.ok(far.interfaceOf("ecr.dkr"));
  });

  it("refuses private DNS in a VPC whose DNS is off", () => {
    for (const attributes of [{}, { enableDnsHostnames: true, enableDnsSupport: false }]) {
      const { interfaceOf } = world(attributes);
      refused(() => interfaceOf("sts"), "InvalidParameter", /both enableDnsSupport and enableDnsHostnames/);
      assert.ok(interfaceOf("sts", { privateDnsEnabled: false }));
    }
  });

  it("refuses a second one that answers for the same name, at creation and when it is switched on", () => {
    const { account, interfaceOf } = world();
    const first = interfaceOf("sts");
    assert.equal(account.update(first, { tags: { team: "network" } })["state"], "available");
    const words = /conflicting DNS domain for sts\.us-east-1\.amazonaws\.com in the VPC vpc-/;
    refused(() => interfaceOf("sts", {}, "second"), "InvalidParameter", words);
    const silent = interfaceOf("sts", { privateDnsEnabled: false }, "second");
    refused(() => account.update(silent, { privateDnsEnabled: true }), "InvalidParameter", words);
  });

  it("refuses a private zone of the same name in the way", () => {
    const { account, vpc, interfaceOf } = world();
    account.create("aws:route53/zone:Zone", "z", { name: "kms.us-east-1.amazonaws.com", vpcs: [{ vpcId: vpc.id }] });
    refused(() => interfaceOf("kms"), "InvalidParameter", /conflicting DNS domain/);
  });

  it("refuses two subnets of one zone, subnets of another VPC and route tables", () => {
    const { account, subnets, table, interfaceOf } = world();
    const sameZone = { subnetIds: [at(subnets, 0).id, at(subnets, 2).id] };
    refused(() => interfaceOf("sts", sameZone), "DuplicateSubnetsInSameZone", /us-east-1a/);
    const made = interfaceOf("sts");
    refused(() => account.update(made, sameZone), "DuplicateSubnetsInSameZone");
    refused(() => interfaceOf("kms", { routeTableIds: [table.id] }), "InvalidParameter", /takes subnetIds/);
    const other = account.create("aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.1.0.0/16" });
    const abroad = account.create(SUBNET, "abroad", { vpcId: other.id, cidrBlock: "10.1.0.0/24" });
    refused(() => interfaceOf("kms", { subnetIds: [abroad.id] }), "InvalidParameter", /different networks/);
  });

  it("of S3 answers for the name only beside a gateway, unless it answers for all", () => {
    const { endpoint, interfaceOf, table } = world();
    refused(() => interfaceOf("s3"), "InvalidParameter", /must have a Gateway endpoint for the service/);
    const forAll = { dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: false } };
    const alone = interfaceOf("s3", forAll);
    assert.match(alone.id, /^vpce-/);
    const beside = world();
    beside.endpoint("s3", { routeTableIds: [beside.table.id] });
    assert.match(beside.interfaceOf("s3", {}, "s3-interface").id, /^vpce-/);
    assert.match(endpoint("s3", { routeTableIds: [table.id] }, "gateway").id, /^vpce-/);
  });
});

describe("AWS gateway endpoint", () => {
  it("is one of S3 or DynamoDB with the list of addresses of its service", () => {
    const { endpoint, table } = world();
    const s3 = endpoint("s3", { routeTableIds: [table.id] });
    const dynamodb = endpoint("dynamodb", { routeTableIds: [table.id] });
    assert.match(text(s3.outputs["prefixListId"]), /^pl-[0-9a-f]{8}$/);
    assert.notEqual(s3.outputs["prefixListId"], dynamodb.outputs["prefixListId"]);
    refused(() => endpoint("sqs"), "InvalidServiceName", /gateway endpoint/);
  });

  it("refuses a table that has a route to the service already, or is of another VPC", () => {
    const { account, endpoint, table } = world();
    endpoint("s3", { routeTableIds: [table.id] });
    refused(
      () => endpoint("s3", { routeTableIds: [table.id] }, "second"),
      "RouteAlreadyExists",
      /already has a route with destination-prefix-list-id pl-/,
    );
    const other = account.create("aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.1.0.0/16" });
    const abroad = account.create(TABLE, "abroad", { vpcId: other.id });
    refused(() => endpoint("dynamodb", { routeTableIds: [abroad.id] }), "InvalidParameter", /different networks/);
  });

  it("takes neither subnets nor groups nor private DNS", () => {
    const { subnets, vpc, endpoint } = world();
    const words = /cannot be specified for a Gateway endpoint/;
    refused(() => endpoint("s3", { subnetIds: [at(subnets, 0).id] }), "InvalidParameter", words);
    refused(() => endpoint("s3", { privateDnsEnabled: true }), "InvalidParameter", words);
    const group = text(vpc.outputs["defaultSecurityGroupId"]);
    refused(() => endpoint("s3", { securityGroupIds: [group] }), "InvalidParameter", words);
  });

  it("refuses types, policies and targets that are none", () => {
    const reasons = new Account().reasons(ENDPOINT, { vpcId: "vpc-0", vpcEndpointType: "gateway", policy: "{" });
    assert.match(reasons["vpcEndpointType"] ?? "", /got gateway/);
    assert.match(reasons["policy"] ?? "", /invalid JSON policy/);
    assert.match(reasons["serviceName"] ?? "", /exactly one of serviceName/);
  });
});
