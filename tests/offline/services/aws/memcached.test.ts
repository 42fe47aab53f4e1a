import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { Account, network, refused } from "./support";

const CLUSTER = "aws:elasticache/cluster:Cluster";
const SUBNETS = "aws:elasticache/subnetGroup:SubnetGroup";
const PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup";
const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"];

/** An account with a network, a subnet group, a parameter group for Memcached 1.6 and a security group. */
function prepared() {
  const account = new Account();
  const { vpc, subnets } = network(account);
  account.create(SUBNETS, "cache", { name: "cache", subnetIds: subnets.map(({ id }) => id) });
  account.create(PARAMETERS, "mem", { name: "mem", family: "memcached1.6" });
  const group = account.create(SECURITY_GROUP, "cache", { vpcId: vpc.id, description: "cache" });
  const inputs = (more: Properties = {}): Properties => ({
    clusterId: "pages",
    engine: "memcached",
    engineVersion: "1.6.22",
    nodeType: "cache.t4g.micro",
    numCacheNodes: 3,
    azMode: "cross-az",
    preferredAvailabilityZones: ZONES,
    subnetGroupName: "cache",
    parameterGroupName: "mem",
    securityGroupIds: [group.id],
    transitEncryptionEnabled: true,
    ...more,
  });
  return { account, inputs, create: (more?: Properties) => account.create(CLUSTER, "pages", inputs(more)) };
}

describe("AWS ElastiCache cluster of Memcached", () => {
  it("has a configuration endpoint and nodes, each in its zone", () => {
    const { id, outputs } = prepared().create();
    assert.equal(id, "pages");
    assert.match(
      text(outputs["configurationEndpoint"]),
      /^pages\.[0-9a-f]{6}\.cfg\.use1\.cache\.amazonaws\.com:11211$/,
    );
    assert.equal(outputs["configurationEndpoint"], `${text(outputs["clusterAddress"])}:11211`);
    assert.equal(outputs["port"], 11211);
    assert.equal(outputs["arn"], "arn:aws:elasticache:us-east-1:111122223333:cluster:pages");
    assert.equal(outputs["availabilityZone"], "Multiple");
    const nodes = outputs["cacheNodes"] as readonly Properties[];
    assert.deepEqual(
      nodes.map(({ id: node, port, availabilityZone }) => [node, port, availabilityZone]),
      [
        ["0001", 11211, ZONES[0]],
        ["0002", 11211, ZONES[1]],
        ["0003", 11211, ZONES[2]],
      ],
    );
    assert.match(text(nodes[0]?.["address"]), /^pages\.[0-9a-f]{6}\.0001\.use1\.cache\.amazonaws\.com$/);
  });

  it("is the newest version with the default parameters of its family, in one zone, when none is given", () => {
    const { outputs } = prepared().create({
      engineVersion: undefined,
      parameterGroupName: undefined,
      azMode: undefined,
      preferredAvailabilityZones: undefined,
    });
    assert.equal(outputs["engineVersionActual"], "1.6.22");
    assert.equal(outputs["parameterGroupName"], "default.memcached1.6");
    assert.deepEqual([outputs["azMode"], outputs["availabilityZone"]], ["single-az", "us-east-1a"]);
  });

  const one = { preferredAvailabilityZones: undefined };
  const refusals: readonly [what: string, code: string, more: Properties, words?: RegExp][] = [
    ["a version that does not exist", "InvalidParameterCombination", { engineVersion: "1.6.99" }, /1\.6\.99/],
    ["a node type that does not exist", "InvalidParameterValue", { nodeType: "cache.t9.micro" }],
    ["no node type", "InvalidParameterValue", { nodeType: undefined }, /nodeType must be provided/],
    ["no nodes", "InvalidParameterValue", { ...one, numCacheNodes: 0 }, /between 1 and 40/],
    ["41 nodes", "NodeQuotaForClusterExceeded", { ...one, numCacheNodes: 41 }],
    ["fewer zones than nodes", "InvalidParameterCombination", { numCacheNodes: 4 }, /same number/],
    ["several zones without cross-az", "InvalidParameterCombination", { azMode: "single-az" }, /cross-az/],
    [
      "a zone without a subnet",
      "InvalidParameterCombination",
      { preferredAvailabilityZones: ["us-east-1a", "us-east-1b", "us-east-1f"] },
      /us-east-1f/,
    ],
    [
      "encryption before 1.6.12",
      "InvalidParameterCombination",
      { engineVersion: "1.6.6" },
      /not supported for engine version 1\.6\.6/,
    ],
    ["encryption outside of a VPC", "InvalidParameterCombination", { subnetGroupName: undefined }, /in a VPC/],
    ["a missing subnet group", "CacheSubnetGroupNotFoundFault", { subnetGroupName: "none" }],
    ["a missing parameter group", "CacheParameterGroupNotFound", { parameterGroupName: "none" }],
    [
      "the default parameters of another family",
      "InvalidParameterCombination",
      { parameterGroupName: "default.memcached1.5" },
      /memcached1\.5/,
    ],
    ["a missing security group", "InvalidParameterValue", { securityGroupIds: ["sg-0"] }],
    [
      "zones for a single Redis node",
      "InvalidParameterCombination",
      {
        ...{
          engine: "redis",
          engineVersion: "7.1",
          numCacheNodes: 1,
          azMode: undefined,
          parameterGroupName: undefined,
        },
        ...{ transitEncryptionEnabled: false, preferredAvailabilityZones: ["us-east-1a"] },
      },
      /are for Memcached/,
    ],
    [
      "encryption of a single Redis node",
      "InvalidParameterCombination",
      { engine: "redis", engineVersion: "7.1", numCacheNodes: 1, azMode: undefined, ...one },
      /not supported for engine REDIS/,
    ],
  ];
  for (const [what, code, more, words] of refusals) {
    it(`refuses ${what}`, () => {
      const { create } = prepared();
      refused(() => create(more), code, words);
    });
  }

  it("takes 1.6.12 with encryption, 40 nodes, and an old version without encryption", () => {
    assert.equal(prepared().create({ engineVersion: "1.6.12" }).outputs["engineVersionActual"], "1.6.12");
    const { outputs } = prepared().create({ ...one, numCacheNodes: 40 });
    assert.equal((outputs["cacheNodes"] as readonly Properties[]).length, 40);
    const old = { engineVersion: "1.5.16", transitEncryptionEnabled: false, parameterGroupName: undefined };
    assert.equal(prepared().create(old).outputs["parameterGroupName"], "default.memcached1.5");
  });

  it("says before anything is created what no value can be", () => {
    const { account, inputs } = prepared();
    const reasons = (more: Properties) => Object.keys(account.reasons(CLUSTER, inputs(more)));
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ numCacheNodes: 1 }), ["azMode"]);
    assert.deepEqual(reasons({ azMode: "two-az" }), ["azMode"]);
    assert.deepEqual(reasons({ engine: "keydb" }), ["engine", "numCacheNodes"]);
    assert.deepEqual(reasons({ engine: undefined }), ["engine"]);
    assert.deepEqual(reasons({ engineVersion: "1.6" }), ["engineVersion"]);
    assert.deepEqual(reasons({ finalSnapshotIdentifier: "last" }), ["finalSnapshotIdentifier"]);
    assert.deepEqual(reasons({ clusterId: "two--dashes" }), ["clusterId"]);
    assert.deepEqual(reasons({ snapshotRetentionLimit: 36 }), ["snapshotRetentionLimit"]);
    assert.deepEqual(reasons({ engine: "valkey", engineVersion: "8.0", azMode: undefined }), ["numCacheNodes"]);
  });

  it("gains and loses nodes and takes a newer version in place; it is replaced for an older one or another type", () => {
    const { account, create } = prepared();
    const made = create({ engineVersion: "1.6.12" });
    const replaces = (change: Properties) => account.diff(made, change).changes.some((each) => each.replaces);
    const fewer = { numCacheNodes: 2, preferredAvailabilityZones: ZONES.slice(0, 2) };
    assert.equal(replaces(fewer), false);
    assert.equal((account.update(made, fewer)["cacheNodes"] as readonly Properties[]).length, 2);
    assert.equal(replaces({ engineVersion: "1.6.22" }), false);
    assert.equal(account.update(made, { engineVersion: "1.6.22" })["engineVersionActual"], "1.6.22");
    assert.equal(replaces({ engineVersion: undefined }), false);
    assert.equal(replaces({ engineVersion: "1.6.6" }), true);
    assert.equal(replaces({ nodeType: "cache.t4g.small" }), true);
    assert.equal(replaces({ transitEncryptionEnabled: false }), true);
    refused(() => account.update(made, { engineVersion: "1.6.12" }), "InvalidParameterCombination", /downgrade/);
  });

  it("refuses a security group of another network, and keeps its groups and its name", () => {
    const { account, create } = prepared();
    const vpc = account.create("aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.9.0.0/16" });
    const group = account.create(SECURITY_GROUP, "other", { vpcId: vpc.id, description: "other" });
    refused(() => create({ securityGroupIds: [group.id] }), "InvalidParameterCombination");
    const made = create();
    refused(() => create(), "CacheClusterAlreadyExists");
    const subnets = { token: SUBNETS, name: "cache", id: "cache", inputs: {}, outputs: {} };
    refused(() => {
      account.delete(subnets);
    }, "CacheSubnetGroupInUse");
    account.delete(made);
    account.delete(subnets);
    assert.equal(account.has(CLUSTER, "pages"), false);
  });
});
