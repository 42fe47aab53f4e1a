import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { Account, network, refused } from "./support";

const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";
const SUBNETS = "aws:elasticache/subnetGroup:SubnetGroup";
const PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup";

/** An account with a network, a subnet group, a parameter group for Redis 7 and a security group. */
function prepared() {
  const account = new Account();
  const { vpc, subnets } = network(account);
  const ids = subnets.map(({ id }) => id);
  account.create(SUBNETS, "cache", { name: "cache", subnetIds: ids });
  account.create(PARAMETERS, "redis7", { name: "redis7", family: "redis7" });
  const group = account.create("aws:ec2/securityGroup:SecurityGroup", "cache", { vpcId: vpc.id, description: "cache" });
  const inputs = (more: Properties = {}): Properties => ({
    replicationGroupId: "sessions",
    description: "sessions",
    engine: "redis",
    engineVersion: "7.0",
    nodeType: "cache.t3.micro",
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    multiAzEnabled: true,
    subnetGroupName: "cache",
    parameterGroupName: "redis7",
    securityGroupIds: [group.id],
    transitEncryptionEnabled: true,
    atRestEncryptionEnabled: true,
    authToken: "0123456789abcdef",
    ...more,
  });
  return { account, inputs, create: (more?: Properties) => account.create(GROUP, "sessions", inputs(more)) };
}

describe("offline/services/aws/elasticache", () => {
  it("gives a group its nodes and endpoints in the real shape", () => {
    const { outputs, id } = prepared().create();
    assert.equal(id, "sessions");
    const host = (output: string) => {
      const value = outputs[output];
      assert.ok(typeof value === "string");
      return value;
    };
    assert.match(host("primaryEndpointAddress"), /^master\.sessions\.[0-9a-f]{6}\.use1\.cache\.amazonaws\.com$/);
    assert.match(host("readerEndpointAddress"), /^replica\.sessions\./);
    assert.deepEqual(outputs["memberClusters"], ["sessions-001", "sessions-002"]);
    assert.equal(outputs["engineVersionActual"], "7.0.7");
    assert.equal(outputs["arn"], "arn:aws:elasticache:us-east-1:111122223333:replicationgroup:sessions");
  });

  const refusals: readonly [what: string, code: string, more: Properties][] = [
    ["a version that does not exist", "InvalidParameterCombination", { engineVersion: "8.0" }],
    ["an engine that does not exist", "InvalidParameterValue", { engine: "keydb" }],
    ["a node type that does not exist", "InvalidParameterValue", { nodeType: "cache.t9.micro" }],
    ["failover with one node", "InvalidParameterCombination", { numCacheClusters: 1, multiAzEnabled: false }],
    ["several zones without failover", "InvalidParameterCombination", { automaticFailoverEnabled: false }],
    ["a token without encryption in transit", "InvalidParameterCombination", { transitEncryptionEnabled: false }],
    ["a missing subnet group", "CacheSubnetGroupNotFoundFault", { subnetGroupName: "nowhere" }],
    ["a missing parameter group", "CacheParameterGroupNotFound", { parameterGroupName: "nothing" }],
    ["a parameter group of another family", "InvalidParameterCombination", { engineVersion: "6.2" }],
    ["a missing security group", "InvalidParameterValue", { securityGroupIds: ["sg-00000000000000000"] }],
    ["a missing key", "InvalidParameterValue", { kmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/none" }],
    [
      "a key without encryption at rest",
      "InvalidParameterCombination",
      { kmsKeyId: "alias/aws/elasticache", atRestEncryptionEnabled: false },
    ],
  ];
  for (const [what, code, more] of refusals) {
    it(`refuses ${what}`, () => {
      const { create } = prepared();
      refused(() => create(more), code);
    });
  }

  it("says before anything is created what no value can be", () => {
    const { account, inputs } = prepared();
    const reasons = (more: Properties) => Object.keys(account.reasons(GROUP, inputs(more)));
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ authToken: "short" }), ["authToken"]);
    assert.deepEqual(reasons({ authToken: "0123456789abc/def@" }), ["authToken"]);
    assert.deepEqual(reasons({ snapshotRetentionLimit: 36 }), ["snapshotRetentionLimit"]);
    assert.deepEqual(reasons({ numCacheClusters: 7 }), ["numCacheClusters"]);
    assert.deepEqual(reasons({ numNodeGroups: 2 }), ["numCacheClusters"]);
    assert.deepEqual(reasons({ replicationGroupId: "two--dashes" }), ["replicationGroupId"]);
  });

  it("refuses a security group of another network", () => {
    const { account, create } = prepared();
    const vpc = account.create("aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.9.0.0/16" });
    const group = account.create("aws:ec2/securityGroup:SecurityGroup", "other", {
      vpcId: vpc.id,
      description: "other",
    });
    refused(() => create({ securityGroupIds: [group.id] }), "InvalidParameterCombination");
  });

  it("keeps the groups that a cache uses, and a name from being used twice", () => {
    const { account, create, inputs } = prepared();
    const cache = create();
    refused(() => account.create(GROUP, "again", inputs()), "ReplicationGroupAlreadyExists");
    const groups: readonly (readonly [string, string, string])[] = [
      [SUBNETS, "cache", "CacheSubnetGroupInUse"],
      [PARAMETERS, "redis7", "InvalidCacheParameterGroupState"],
    ];
    for (const [token, id, code] of groups) {
      refused(() => {
        account.delete({ token, name: id, id, inputs: {}, outputs: {} });
      }, code);
    }
    account.delete(cache);
    account.delete({ token: SUBNETS, name: "cache", id: "cache", inputs: {}, outputs: {} });
  });

  it("upgrades in place, and never goes back", () => {
    const { account, create, inputs } = prepared();
    const cache = create();
    const upgraded = account.update(cache, inputs({ engineVersion: "7.1" }));
    assert.equal(upgraded["engineVersionActual"], "7.1.0");
    refused(() => account.update(cache, inputs({ engineVersion: "7.0" })), "InvalidParameterCombination");
  });

  it("refuses a parameter group of no family, and groups of one name", () => {
    const { account } = prepared();
    refused(() => account.create(PARAMETERS, "x", { name: "x", family: "redis9" }), "InvalidParameterValue");
    refused(
      () => account.create(PARAMETERS, "y", { name: "redis7", family: "redis7" }),
      "CacheParameterGroupAlreadyExists",
    );
    refused(() => account.create(SUBNETS, "z", { name: "cache", subnetIds: [] }), "CacheSubnetGroupAlreadyExists");
  });
});
