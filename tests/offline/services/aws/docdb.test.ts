import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { Account, at, network, refused, type Made } from "./support";

const CLUSTER = "aws:docdb/cluster:Cluster";
const INSTANCE = "aws:docdb/clusterInstance:ClusterInstance";
const SNAPSHOT = "aws:docdb/clusterSnapshot:ClusterSnapshot";
const SUBNETS = "aws:docdb/subnetGroup:SubnetGroup";
const PARAMETERS = "aws:docdb/clusterParameterGroup:ClusterParameterGroup";
const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const NO_KEY = "arn:aws:kms:us-east-1:111122223333:key/none";

/** An account with a network, a subnet group `documents`, a parameter group `docs` for 5.0 and a security group. */
function prepared() {
  const account = new Account();
  const { vpc, subnets } = network(account);
  account.create(SUBNETS, "documents", { name: "documents", subnetIds: subnets.map(({ id }) => id) });
  account.create(PARAMETERS, "docs", { name: "docs", family: "docdb5.0" });
  const group = account.create(SECURITY_GROUP, "documents", { vpcId: vpc.id, description: "documents" });
  const inputs = (more: Properties = {}): Properties => ({
    clusterIdentifier: "docs",
    engineVersion: "5.0.0",
    masterUsername: "root1",
    masterPassword: "correct-horse",
    dbSubnetGroupName: "documents",
    dbClusterParameterGroupName: "docs",
    vpcSecurityGroupIds: [group.id],
    storageEncrypted: true,
    skipFinalSnapshot: true,
    ...more,
  });
  const create = (more?: Properties) => account.create(CLUSTER, "docs", inputs(more));
  const instance = (name: string, more: Properties = {}) =>
    account.create(INSTANCE, name, {
      identifier: name,
      clusterIdentifier: "docs",
      instanceClass: "db.r6g.large",
      ...more,
    });
  const remove = (made: Made) => () => {
    account.delete(made);
  };
  return { account, subnets, inputs, create, instance, remove };
}

describe("AWS DocumentDB cluster", () => {
  it("has endpoints, zones and an ARN in the real shape", () => {
    const { id, outputs } = prepared().create();
    assert.equal(id, "docs");
    assert.match(text(outputs["endpoint"]), /^docs\.cluster-c[0-9a-f]{11}\.us-east-1\.docdb\.amazonaws\.com$/);
    assert.match(text(outputs["readerEndpoint"]), /^docs\.cluster-ro-c[0-9a-f]{11}\.us-east-1\.docdb\.amazonaws\.com$/);
    assert.equal(outputs["port"], 27017);
    assert.equal(outputs["arn"], "arn:aws:rds:us-east-1:111122223333:cluster:docs");
    assert.deepEqual(outputs["availabilityZones"], ["us-east-1a", "us-east-1b", "us-east-1c"]);
    assert.match(text(outputs["clusterResourceId"]), /^cluster-[0-9A-F]{26}$/);
    assert.deepEqual(outputs["masterUserSecrets"], []);
  });

  it("is the newest version with the default parameters of its family when none is given", () => {
    const { account, inputs } = prepared();
    const { engineVersion: _, dbClusterParameterGroupName: __, ...rest } = inputs({ clusterIdentifier: "newest" });
    const { outputs } = account.create(CLUSTER, "newest", rest);
    assert.equal(outputs["engineVersion"], "8.0.1");
    assert.equal(outputs["dbClusterParameterGroupName"], "default.docdb8.0");
  });

  it("leaves its password to Secrets Manager when asked", () => {
    const { account, inputs } = prepared();
    const { masterPassword: _, ...managed } = inputs({ manageMasterUserPassword: true });
    const secrets = account.create(CLUSTER, "docs", managed).outputs["masterUserSecrets"];
    assert.match(JSON.stringify(secrets), /secretsmanager:us-east-1:111122223333:secret:rds!cluster-/);
    assert.match(
      account.reasons(CLUSTER, inputs({ manageMasterUserPassword: true }))["masterPassword"] ?? "",
      /conflicts/,
    );
  });

  const refusals: readonly [what: string, code: string, more: Properties, words?: RegExp][] = [
    ["a version that does not exist", "InvalidParameterCombination", { engineVersion: "6.0.0" }, /version 6\.0\.0/],
    ["a missing subnet group", "DBSubnetGroupNotFoundFault", { dbSubnetGroupName: "none" }],
    ["no subnet group", "InvalidSubnet", { dbSubnetGroupName: undefined }, /no default VPC/],
    ["a missing parameter group", "DBClusterParameterGroupNotFound", { dbClusterParameterGroupName: "none" }],
    ["a parameter group of another family", "InvalidParameterCombination", { engineVersion: "8.0.0" }, /docdb8\.0/],
    ["a missing security group", "InvalidParameterValue", { vpcSecurityGroupIds: ["sg-0"] }, /sg-0/],
    ["a missing key", "KMSKeyNotAccessibleFault", { kmsKeyId: NO_KEY }],
    [
      "a key without encryption",
      "InvalidParameterCombination",
      { kmsKeyId: "arn:aws:kms:us-east-1:111122223333:alias/aws/rds", storageEncrypted: false },
    ],
    ["no user", "InvalidParameterValue", { masterUsername: undefined }, /MasterUsername must be provided/],
    ["a reserved user", "InvalidParameterValue", { masterUsername: "admin" }, /reserved word/],
    ["a user with _", "InvalidParameterValue", { masterUsername: "a_b" }, /letters and digits/],
    ["no password", "InvalidParameterValue", { masterPassword: undefined }, /MasterUserPassword must be provided/],
    ["a short password", "InvalidParameterValue", { masterPassword: "short" }, /shorter than 8/],
    ["a long password", "InvalidParameterValue", { masterPassword: "x".repeat(101) }, /longer than 100/],
    ["a password with @", "InvalidParameterValue", { masterPassword: "correct@horse" }, /printable ASCII/],
    ["no backups", "InvalidParameterValue", { backupRetentionPeriod: 0 }, /between 1 and 35/],
    ["a zone of another region", "InvalidVPCNetworkStateFault", { availabilityZones: ["us-west-2a"] }],
    ["a snapshot that does not exist", "DBClusterSnapshotNotFoundFault", { snapshotIdentifier: "none" }],
  ];
  for (const [what, code, more, words] of refusals) {
    it(`refuses ${what}`, () => {
      const { create } = prepared();
      refused(() => create(more), code, words);
    });
  }

  it("says before anything is created what no value can be", () => {
    const { account, inputs } = prepared();
    const reasons = (more: Properties) => Object.keys(account.reasons(CLUSTER, inputs(more)));
    assert.deepEqual(reasons({}), []);
    for (const name of ["Docs", "two--dashes", "last-", "x".repeat(64)]) {
      assert.deepEqual(reasons({ clusterIdentifier: name }), ["clusterIdentifier"], name);
    }
    assert.deepEqual(reasons({ port: 1149 }), ["port"]);
    assert.deepEqual(reasons({ backupRetentionPeriod: 36 }), ["backupRetentionPeriod"]);
    assert.deepEqual(reasons({ engine: "mongodb" }), ["engine"]);
    assert.deepEqual(reasons({ finalSnapshotIdentifier: "last_one" }), ["finalSnapshotIdentifier"]);
    assert.deepEqual(reasons({ storageType: "gp3" }), ["storageType"]);
    assert.deepEqual(reasons({ kmsKeyId: "alias/data" }), ["kmsKeyId"]);
    assert.deepEqual(reasons({ preferredBackupWindow: "3:00-4:00" }), ["preferredBackupWindow"]);
    assert.deepEqual(reasons({ enabledCloudwatchLogsExports: ["audit", "error"] }), [
      "enabledCloudwatchLogsExports[1]",
    ]);
    assert.deepEqual(reasons({ enabledCloudwatchLogsExports: ["audit", "profiler"] }), []);
    assert.deepEqual(reasons({ serverlessV2ScalingConfiguration: { minCapacity: 0.7, maxCapacity: 4 } }), [
      "serverlessV2ScalingConfiguration.minCapacity",
    ]);
  });

  it("refuses a security group of another network, and a name in use", () => {
    const { account, create } = prepared();
    const vpc = account.create("aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.9.0.0/16" });
    const group = account.create(SECURITY_GROUP, "other", { vpcId: vpc.id, description: "other" });
    refused(() => create({ vpcSecurityGroupIds: [group.id] }), "InvalidParameterCombination", /different VPCs/);
    create();
    refused(() => create(), "DBClusterAlreadyExistsFault");
  });

  it("takes a new major only when it is allowed, and never an older version", () => {
    const { account, create } = prepared();
    const made = create();
    assert.equal(account.update(made, { engineVersion: undefined })["engineVersion"], "5.0.0");
    refused(() => account.update(made, { masterPassword: "short" }), "InvalidParameterValue", /shorter than 8/);
    const own = { dbClusterParameterGroupName: undefined };
    refused(
      () => account.update(made, { ...own, engineVersion: "8.0.0" }),
      "InvalidParameterCombination",
      /AllowMajorVersionUpgrade/,
    );
    const upgrade = { ...own, engineVersion: "8.0.0", allowMajorVersionUpgrade: true };
    const outputs = account.update(made, upgrade);
    assert.equal(outputs["engineVersion"], "8.0.0");
    assert.equal(outputs["dbClusterParameterGroupName"], "default.docdb8.0");
    refused(() => account.update(made, { engineVersion: "5.0.1" }), "InvalidParameterCombination", /Cannot upgrade/);
  });

  it("is replaced for another key or without its serverless scaling, and keeps the rest in place", () => {
    const { account, create } = prepared();
    const made = create({ serverlessV2ScalingConfiguration: { minCapacity: 1, maxCapacity: 4 } });
    const replaced = (change: Properties) =>
      account
        .diff(made, change)
        .changes.filter((each) => each.replaces)
        .map(({ path }) => path);
    assert.deepEqual(replaced({ storageEncrypted: false }), ["storageEncrypted"]);
    assert.deepEqual(replaced({ engineVersion: "5.0.1", backupRetentionPeriod: 7 }), []);
    assert.deepEqual(replaced({ serverlessV2ScalingConfiguration: { minCapacity: 2, maxCapacity: 4 } }), []);
    assert.deepEqual(replaced({ serverlessV2ScalingConfiguration: undefined }), [
      "serverlessV2ScalingConfiguration.minCapacity",
      "serverlessV2ScalingConfiguration.maxCapacity",
    ]);
  });

  it("refuses deletion while protected, without a final snapshot's name, and while it has instances", () => {
    const { account, create, instance, remove } = prepared();
    const made = create({ deletionProtection: true, skipFinalSnapshot: false });
    const member = instance("docs-0");
    refused(remove(made), "InvalidParameterCombination", /Cannot delete protected Cluster/);
    account.update(made, { deletionProtection: false });
    refused(remove(made), "InvalidParameterCombination", /FinalDBSnapshotIdentifier is required/);
    account.update(made, { deletionProtection: false, finalSnapshotIdentifier: "last" });
    refused(remove(made), "InvalidDBClusterStateFault", /still contains DB instances/);
    assert.equal(account.has(SNAPSHOT, "last"), false);
    account.delete(member);
    account.delete(made);
    assert.equal(account.has(CLUSTER, "docs"), false);
    assert.equal(account.has(SNAPSHOT, "last"), true);
    const restored = create({ snapshotIdentifier: "last", masterUsername: undefined, masterPassword: undefined });
    assert.equal(restored.outputs["masterUsername"], "root1");
    account.update(restored, { skipFinalSnapshot: false, finalSnapshotIdentifier: "last" });
    refused(remove(restored), "DBClusterSnapshotAlreadyExistsFault", /last already exists/);
  });
});

describe("AWS DocumentDB instance", () => {
  it("takes network, key and version of its cluster; the first one takes the writes", () => {
    const { create, instance } = prepared();
    create();
    const [first, second] = [instance("docs-0"), instance("docs-1")];
    assert.match(text(first.outputs["endpoint"]), /^docs-0\.c[0-9a-f]{11}\.us-east-1\.docdb\.amazonaws\.com$/);
    assert.equal(first.outputs["arn"], "arn:aws:rds:us-east-1:111122223333:db:docs-0");
    assert.deepEqual([first.outputs["writer"], second.outputs["writer"]], [true, false]);
    assert.deepEqual(
      [first.outputs["availabilityZone"], second.outputs["availabilityZone"]],
      ["us-east-1a", "us-east-1b"],
    );
    const taken = { dbSubnetGroupName: "documents", engineVersion: "5.0.0", port: 27017, storageEncrypted: true };
    assert.deepEqual(Object.fromEntries(Object.keys(taken).map((key) => [key, first.outputs[key]])), taken);
  });

  it("refuses a cluster, a class, a zone, a key and a name that cannot be", () => {
    const { account, create, instance } = prepared();
    refused(() => instance("docs-0"), "DBClusterNotFoundFault", /docs/);
    create();
    refused(() => instance("docs-0", { instanceClass: "db.t3.small" }), "InvalidParameterValue", /db\.t3\.small/);
    refused(() => instance("docs-0", { instanceClass: "db.serverless" }), "InvalidDBClusterStateFault");
    refused(() => instance("docs-0", { availabilityZone: "us-east-1d" }), "InvalidVPCNetworkStateFault", /us-east-1d/);
    refused(() => instance("docs-0", { performanceInsightsKmsKeyId: NO_KEY }), "KMSKeyNotAccessibleFault");
    instance("docs-0");
    refused(() => instance("docs-0"), "DBInstanceAlreadyExists");
    const base = { clusterIdentifier: "docs", instanceClass: "db.t4g.medium" };
    assert.deepEqual(Object.keys(account.reasons(INSTANCE, { ...base, promotionTier: 16 })), ["promotionTier"]);
    assert.deepEqual(Object.keys(account.reasons(INSTANCE, { ...base, identifier: "-x" })), ["identifier"]);
  });
});

describe("AWS DocumentDB groups", () => {
  it("covers two zones of one VPC, and is kept while a cluster uses it", () => {
    const { account, subnets, create, remove } = prepared();
    const group = (name: string, ids: readonly string[]) => account.create(SUBNETS, name, { name, subnetIds: ids });
    refused(() => group("one", [at(subnets, 0).id]), "DBSubnetGroupDoesNotCoverEnoughAZs", /us-east-1a/);
    refused(() => group("gone", ["subnet-0"]), "InvalidSubnet");
    refused(() => group("documents", [at(subnets, 0).id, at(subnets, 1).id]), "DBSubnetGroupAlreadyExists");
    const made = create();
    const used = { token: SUBNETS, name: "documents", id: "documents", inputs: {}, outputs: {} };
    refused(remove(used), "InvalidDBSubnetGroupStateFault");
    refused(remove({ ...used, token: PARAMETERS, name: "docs", id: "docs" }), "InvalidDBParameterGroupState");
    account.delete(made);
    account.delete(used);
    assert.equal(account.has(SUBNETS, "documents"), false);
  });

  it("refuses parameters and families that do not exist, and a static one applied at once", () => {
    const { account } = prepared();
    const group = (parameters: object[], family = "docdb5.0") =>
      account.create(PARAMETERS, "p", { name: "p", family, parameters: parameters.map((each) => ({ ...each })) });
    refused(() => group([], "docdb7.0"), "InvalidParameterValue", /docdb7\.0/);
    refused(() => group([{ name: "tsl", value: "enabled" }]), "InvalidParameterValue", /with name: tsl/);
    refused(() => group([{ name: "tls", value: "maybe" }]), "InvalidParameterValue", /maybe is outside of range/);
    refused(
      () => group([{ name: "tls", value: "enabled", applyMethod: "immediate" }]),
      "InvalidParameterCombination",
      /static parameter \(tls/,
    );
    const { outputs } = group([
      { name: "tls", value: "enabled" },
      { name: "audit_logs", value: "ddl", applyMethod: "immediate" },
      { name: "profiler_threshold_ms", value: "100" },
    ]);
    assert.equal(outputs["arn"], "arn:aws:rds:us-east-1:111122223333:cluster-pg:p");
  });
});
