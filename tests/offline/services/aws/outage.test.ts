import assert from "node:assert/strict";
import type { Outage } from "../../../../offline/cloud/faults";
import type { Properties } from "../../../../offline/cloud/value";
import { outageProblem } from "../../../../offline/services/aws/outage";
import { Account, at, network, refused, type Made } from "./support";

const WEST = "us-west-2";
const off = (region: string, planes: Outage["planes"] = ["control"], zone?: string): Outage => ({
  cloud: "aws",
  region,
  ...(zone === undefined ? {} : { zone }),
  planes,
});
const END = `to switch it on: npx platform offline outage end --cloud aws --region`;
const sendFailed = (host: string) =>
  `exceeded maximum number of attempts, 25, https response error StatusCode: 0, RequestID: , request send failed, ` +
  `Post "https://${host}/": dial tcp: lookup ${host}: i/o timeout`;

const VPC = "aws:ec2/vpc:Vpc";
const BUCKET = "aws:s3/bucket:Bucket";
const ROLE = "aws:iam/role:Role";
const ROLE_INPUTS: Properties = {
  assumeRolePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
};

function message(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
}

describe("an AWS region that is switched off", () => {
  it("answers no call of its control plane, as the SDK reports it, and changes nothing", () => {
    const account = new Account({ region: WEST });
    const vpc = account.create(VPC, "main", { cidrBlock: "10.0.0.0/16" });
    const before = account.cloud.all();
    account.cloud.commit({ outages: [off(WEST)] });
    const tail = `\naws us-west-2 (control) is switched off, nothing was changed; ${END} us-west-2`;
    const failed = sendFailed("ec2.us-west-2.amazonaws.com");
    assert.equal(
      message(() => account.create(VPC, "other", { cidrBlock: "10.1.0.0/16" })),
      `operation error EC2: CreateVpc, ${failed}${tail}`,
    );
    assert.equal(
      message(() => account.update(vpc, { tags: { a: "b" } })),
      `operation error EC2: ModifyVpcAttribute, ${failed}${tail}`,
    );
    assert.equal(
      message(() => {
        account.delete(vpc);
      }),
      `operation error EC2: DeleteVpc, ${failed}${tail}`,
    );
    assert.equal(
      message(() => account.invoke("aws:index/getAvailabilityZones:getAvailabilityZones")),
      `invoking aws:index/getAvailabilityZones:getAvailabilityZones, ${sendFailed("ec2.us-west-2.amazonaws.com")}${tail}`,
    );
    assert.deepEqual(account.cloud.all(), before);
    account.cloud.commit({ outages: [] });
    account.create(VPC, "other", { cidrBlock: "10.1.0.0/16" });
  });

  it("reads nothing: a resource that cannot be asked for is not one that is gone", () => {
    const account = new Account({ region: WEST });
    const vpc = account.create(VPC, "main", { cidrBlock: "10.0.0.0/16" });
    account.cloud.commit({ outages: [off(WEST)] });
    assert.match(
      message(() => account.read(vpc)),
      /^reading EC2 Vpc, exceeded maximum number of attempts, 25, /,
    );
    account.cloud.commit({ outages: [] });
    assert.deepEqual(account.read(vpc)?.outputs, vpc.outputs);
  });

  it("keeps the caller waiting on the virtual clock, and leaves waiting faults for later", () => {
    const account = new Account({ region: WEST });
    account.create(VPC, "main", { cidrBlock: "10.0.0.0/16" });
    const start = account.cloud.now;
    account.cloud.commit({
      outages: [off(WEST)],
      faults: [{ kind: "throttling", type: "*", operation: "create", count: 1 }],
    });
    for (const name of ["a", "b", "a"]) message(() => account.create(VPC, name, { cidrBlock: "10.1.0.0/16" }));
    assert.equal(account.cloud.now, start + 2 * 1560);
    assert.equal(account.cloud.faults().length, 1);
  });

  it("leaves alone the other regions, the data plane, the account's own data and the global services", () => {
    const account = new Account({ region: WEST });
    account.cloud.commit({ outages: [off(WEST)] });
    account.create(VPC, "east", { cidrBlock: "10.0.0.0/16", region: "us-east-2" });
    account.create(ROLE, "role", ROLE_INPUTS);
    assert.equal(account.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"], "111122223333");
    assert.equal(account.invoke("aws:index/getRegion:getRegion")["region"], WEST);
    refused(() => account.invoke("aws:index/getAvailabilityZones:getAvailabilityZones"), "RequestError");
    assert.notEqual(
      account.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", { region: "us-east-2" })["names"],
      undefined,
    );
    account.cloud.commit({ outages: [off(WEST, ["data"])] });
    account.create(VPC, "west", { cidrBlock: "10.0.0.0/16" });
  });

  it("takes with us-east-1 the changes of global services and of buckets anywhere", () => {
    const account = new Account({ region: WEST });
    const bucket = account.create(BUCKET, "data", { bucket: "some-data" });
    const role = account.create(ROLE, "role", ROLE_INPUTS);
    account.cloud.commit({ outages: [off("us-east-1")] });
    assert.equal(
      message(() => account.create(ROLE, "other", ROLE_INPUTS)),
      `operation error IAM: CreateRole, ${sendFailed("iam.amazonaws.com")}\n` +
        `aws us-east-1 (control) is switched off, nothing was changed; ${END} us-east-1`,
    );
    refused(() => {
      account.delete(role);
    }, "RequestError");
    refused(
      () => account.create("aws:route53/zone:Zone", "zone", { name: "example.com" }),
      "RequestError",
      /lookup route53\.amazonaws\.com: i\/o timeout/,
    );
    refused(
      () => account.create(BUCKET, "other", { bucket: "other-data" }),
      "RequestError",
      /lookup s3\.us-east-1\.amazonaws\.com: i\/o timeout/,
    );
    assert.notEqual(account.read(bucket), undefined);
    account.create(VPC, "west", { cidrBlock: "10.0.0.0/16" });
  });

  it("keeps partitions apart", () => {
    const china = new Account({ region: "cn-northwest-1" });
    china.cloud.commit({ outages: [off("us-east-1")] });
    china.create(ROLE, "role", ROLE_INPUTS);
    china.create(BUCKET, "data", { bucket: "some-data" });
    china.cloud.commit({ outages: [off("cn-north-1")] });
    refused(
      () => china.create(ROLE, "other", ROLE_INPUTS),
      "RequestError",
      /lookup iam\.cn-north-1\.amazonaws\.com\.cn: i\/o timeout/,
    );
  });

  it("names the endpoint of each service", () => {
    const account = new Account({ region: WEST });
    account.cloud.commit({ outages: [off(WEST)] });
    const hosts: Readonly<Record<string, string>> = {
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "ec2",
      "aws:cloudwatch/logGroup:LogGroup": "logs",
      "aws:cloudwatch/metricAlarm:MetricAlarm": "monitoring",
      "aws:cloudwatch/eventRule:EventRule": "events",
      "aws:ecr/repository:Repository": "api.ecr",
      "aws:lb/targetGroup:TargetGroup": "elasticloadbalancing",
      "aws:msk/cluster:Cluster": "kafka",
      "aws:dynamodb/table:Table": "dynamodb",
    };
    for (const [token, label] of Object.entries(hosts)) {
      const said = message(() => account.createUnchecked(token, "x", {}));
      assert.ok(said.includes(`lookup ${label}.us-west-2.amazonaws.com: i/o timeout`), `${token}: ${said}`);
    }
  });

  it("must exist", () => {
    assert.equal(outageProblem({ region: WEST }), undefined);
    assert.equal(outageProblem({ region: WEST, zone: "us-west-2d" }), undefined);
    assert.equal(outageProblem({ region: "us-west-9" }), 'there is no AWS region "us-west-9"');
    assert.equal(
      outageProblem({ region: WEST, zone: "us-west-2x" }),
      'region us-west-2 has no zone "us-west-2x": it has us-west-2a, us-west-2b, us-west-2c, us-west-2d',
    );
  });
});

describe("an AWS zone that is switched off", () => {
  const INSTANCE = "aws:ec2/instance:Instance";
  const NAT = "aws:ec2/natGateway:NatGateway";
  const TAIL = `\naws us-west-2a (control) is switched off; ${END} us-west-2 --zone us-west-2a`;
  let account: Account;
  let subnets: readonly Made[];
  const subnet = (index: number) => at(subnets, index).id;

  beforeEach(() => {
    account = new Account({ region: WEST });
    ({ subnets } = network(account));
  });
  const switchOff = (...zones: string[]) => {
    account.cloud.commit({ outages: zones.map((zone) => off(WEST, ["control"], `us-west-2${zone}`)) });
  };
  const make = (token: string, inputs: Properties) => account.createUnchecked(token, "x", inputs);
  const lacks = (token: string, inputs: Properties, code: string, words: string) => {
    const count = account.cloud.all().length;
    refused(() => make(token, inputs), code);
    assert.ok(
      message(() => make(token, inputs)).endsWith(`api error ${code}: ${words}${TAIL}`),
      message(() => make(token, inputs)),
    );
    assert.equal(account.cloud.all().length, count);
  };
  const LAUNCH =
    "We currently do not have sufficient t3.micro capacity in the Availability Zone you requested (us-west-2a). You can currently get " +
    "t3.micro capacity by not specifying an Availability Zone in your request or choosing us-west-2b, us-west-2c, us-west-2d.";

  it("gives no instance, volume or gateway", () => {
    switchOff("a");
    lacks(INSTANCE, { instanceType: "t3.micro", subnetId: subnet(0) }, "InsufficientInstanceCapacity", LAUNCH);
    lacks(
      INSTANCE,
      { instanceType: "t3.micro", availabilityZone: "us-west-2a" },
      "InsufficientInstanceCapacity",
      LAUNCH,
    );
    lacks(
      "aws:ebs/volume:Volume",
      { availabilityZone: "us-west-2a", size: 1 },
      "InsufficientVolumeCapacity",
      "There is not enough capacity to fulfill your EBS volume provision request in us-west-2a. Try a different Availability Zone.",
    );
    lacks(
      NAT,
      { subnetId: subnet(0) },
      "InternalError",
      "unexpected state 'failed', wanted target 'available': the gateway's network interface in us-west-2a is in an invalid state. Please try again.",
    );
  });

  it("lets be made what has another zone, and what needs no capacity", () => {
    switchOff("a");
    make(INSTANCE, { instanceType: "t3.micro", subnetId: subnet(1) });
    account.createUnchecked("aws:ec2/subnet:Subnet", "more", {
      vpcId: text(at(subnets, 0).inputs["vpcId"]),
      cidrBlock: "10.0.99.0/24",
      availabilityZone: "us-west-2a",
    });
  });

  it("gives no node group that has only that zone", () => {
    const group = (...indexes: number[]): Properties => ({
      clusterName: "shop",
      nodeRoleArn: "arn:aws:iam::111122223333:role/nodes",
      subnetIds: indexes.map(subnet),
      instanceTypes: ["t3.micro"],
      scalingConfig: { desiredSize: 1, minSize: 1, maxSize: 1 },
    });
    const NODES = "aws:eks/nodeGroup:NodeGroup";
    switchOff("a");
    lacks(
      NODES,
      group(0),
      "AsgInstanceLaunchFailures",
      `Could not launch On-Demand Instances. InsufficientInstanceCapacity - ${LAUNCH}`,
    );
    // Gets as far as the rules of the service.
    refused(() => make(NODES, group(0, 1)), "ResourceNotFoundException", /No cluster found/);
    switchOff("a", "b");
    refused(() => make(NODES, group(0, 1)), "AsgInstanceLaunchFailures");
  });

  it("gives no database in that zone alone; one with a standby needs two that are on", () => {
    const DATABASE = "aws:rds/instance:Instance";
    const group = account.create("aws:rds/subnetGroup:SubnetGroup", "db", {
      name: "db",
      subnetIds: [0, 1, 2].map(subnet),
    });
    const database = (more: Properties): Properties => ({
      identifier: "db",
      engine: "postgres",
      engineVersion: "17.6",
      instanceClass: "db.t4g.micro",
      allocatedStorage: 20,
      username: "postgres1",
      password: "long-enough-1",
      dbSubnetGroupName: group.id,
      skipFinalSnapshot: true,
      ...more,
    });
    switchOff("a");
    lacks(
      DATABASE,
      database({ availabilityZone: "us-west-2a" }),
      "InsufficientDBInstanceCapacity",
      "Cannot create a db.t4g.micro database instance because there are no availability zones with sufficient capacity (us-west-2a). Please try the request again at a later time.",
    );
    make(DATABASE, database({ multiAz: true }));
    switchOff("a", "b");
    refused(() => make(DATABASE, database({ multiAz: true })), "InsufficientDBInstanceCapacity");
    account.createUnchecked(DATABASE, "single", database({ identifier: "single" }));
  });

  it("gives no cache in that zone alone", () => {
    const group = account.create("aws:elasticache/subnetGroup:SubnetGroup", "cache", {
      name: "cache",
      subnetIds: [subnet(0)],
    });
    switchOff("a");
    lacks(
      "aws:elasticache/replicationGroup:ReplicationGroup",
      { replicationGroupId: "cache", description: "x", nodeType: "cache.t4g.micro", subnetGroupName: group.id },
      "InsufficientCacheClusterCapacity",
      "The requested cache node type cache.t4g.micro is not available in the specified Availability Zone us-west-2a.",
    );
  });

  it("still serves what is there: it is read, changed and deleted", () => {
    const made = make(INSTANCE, { instanceType: "t3.micro", subnetId: subnet(0) });
    switchOff("a");
    assert.notEqual(account.read(made), undefined);
    account.update(made, { tags: { a: "b" } });
    account.delete(made);
  });

  it("answers all the same while only its data plane is off", () => {
    account.cloud.commit({ outages: [off(WEST, ["data"], "us-west-2a")] });
    make(INSTANCE, { instanceType: "t3.micro", subnetId: subnet(0) });
  });
});

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

describe("AWS as a whole, switched off", () => {
  it("answers no call in any region or in none, and does not say who calls", () => {
    const account = new Account({ region: WEST });
    account.cloud.commit({ outages: [{ cloud: "aws", planes: ["control", "data"] }] });
    const tail =
      "\naws (control, data) is switched off, nothing was changed; to switch it on: npx platform offline outage end --cloud aws";
    assert.equal(
      message(() => account.create(VPC, "main", { cidrBlock: "10.0.0.0/16" })),
      `operation error EC2: CreateVpc, ${sendFailed("ec2.us-west-2.amazonaws.com")}${tail}`,
    );
    assert.equal(
      message(() => account.create(ROLE, "main", ROLE_INPUTS)),
      `operation error IAM: CreateRole, ${sendFailed("iam.amazonaws.com")}${tail}`,
    );
    const caller = "aws:index/getCallerIdentity:getCallerIdentity";
    assert.equal(
      message(() => account.invoke(caller)),
      `invoking ${caller}, ${sendFailed("sts.us-west-2.amazonaws.com")}${tail}`,
    );
    account.invoke("aws:index/getPartition:getPartition");
  });

  it("says who calls while a region runs: STS is in each of them", () => {
    const account = new Account({ region: WEST });
    const caller = "aws:index/getCallerIdentity:getCallerIdentity";
    account.cloud.commit({ outages: [off(WEST, ["control", "data"]), { cloud: "aws", planes: ["control"] }] });
    account.invoke(caller);
    account.cloud.commit({ outages: [{ cloud: "aws", planes: ["data"] }] });
    assert.notEqual(
      message(() => account.invoke(caller)),
      "",
    );
    account.create(VPC, "main", { cidrBlock: "10.0.0.0/16" });
  });

  it("is a place of an outage", () => {
    assert.equal(outageProblem({}), undefined);
  });
});
