import assert from "node:assert/strict";
import { deployed, deployStack, only, type Deployed } from "./deployed";

describe("dev: the portfolio's AWS site", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("dev");
  });

  it("[PF-CLOUD-01] stands in us-west-2, in two zones with one NAT gateway that both use", () => {
    assert.equal(stack.named("aws").inputs["region"], "us-west-2");
    assert.equal(stack.ofType("aws:ec2/subnet:Subnet").length, 6);
    assert.equal(stack.ofType("aws:ec2/natGateway:NatGateway").length, 1);
    for (const zone of ["a", "b"]) {
      assert.equal(stack.input(`network-private-${zone}-internet`, "natGatewayId"), stack.id("network-nat-a"));
    }
  });

  it("has the planned ranges", () => {
    assert.equal(stack.input("network-vpc", "cidrBlock"), "10.16.0.0/16");
    assert.deepEqual(
      ["private-a", "private-b", "public-a", "public-b", "database-a", "database-b"].map((subnet) =>
        stack.input(`network-${subnet}`, "cidrBlock"),
      ),
      ["10.16.0.0/20", "10.16.16.0/20", "10.16.128.0/23", "10.16.130.0/23", "10.16.144.0/23", "10.16.146.0/23"],
    );
  });

  it("[PF-CLOUD-02] has a cluster with one node group", () => {
    assert.deepEqual(
      only(stack.named("cluster-control-plane-eks-eksCluster").inputs, "name", "version", "deletionProtection"),
      {
        name: "portfolio-dev-eks",
        version: "1.36",
        deletionProtection: false,
      },
    );
    assert.deepEqual(stack.input("cluster-primary-group", "scalingConfig"), { desiredSize: 2, minSize: 1, maxSize: 3 });
  });

  it("[PF-DATA-01] has PostgreSQL 17 in one zone, and leaves nothing of it behind", () => {
    assert.deepEqual(
      only(
        stack.named("postgres-source").inputs,
        "engineVersion",
        "instanceClass",
        "multiAz",
        "backupRetentionPeriod",
        "deletionProtection",
        "skipFinalSnapshot",
        "deleteAutomatedBackups",
      ),
      {
        engineVersion: "17",
        instanceClass: "db.t4g.micro",
        multiAz: false,
        backupRetentionPeriod: 1,
        deletionProtection: false,
        skipFinalSnapshot: true,
        deleteAutomatedBackups: true,
      },
    );
    assert.equal(stack.ofType("aws:rds/instance:Instance").length, 1);
    assert.equal(
      stack.ofType("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication").length,
      0,
    );
  });

  it("[PF-DATA-03] has Redis on one node", () => {
    assert.deepEqual(
      only(
        stack.named("redis-group").inputs,
        "engineVersion",
        "nodeType",
        "numCacheClusters",
        "automaticFailoverEnabled",
        "multiAzEnabled",
        "snapshotRetentionLimit",
        "snapshotWindow",
      ),
      {
        engineVersion: "7.1",
        nodeType: "cache.t4g.micro",
        numCacheClusters: 1,
        automaticFailoverEnabled: false,
        multiAzEnabled: false,
        snapshotRetentionLimit: 0,
        snapshotWindow: undefined,
      },
    );
  });

  it("has a bucket that may be deleted with what is in it, and protects nothing", () => {
    assert.deepEqual(stack.named("objects-bucket").inputs, {
      bucket: "portfolio-dev-assets-111122223333-us-west-2",
      forceDestroy: true,
    });
    assert.deepEqual(
      stack.run.resources.filter(({ protect }) => protect).map(({ name }) => name),
      [],
    );
  });

  it("grows into production by its class alone: standby, replicated cache, guards", async () => {
    const production = await deployStack("dev", { class: "production" });
    assert.equal(production.input("postgres-source", "multiAz"), true);
    assert.equal(production.input("postgres-source", "backupRetentionPeriod"), 7);
    assert.equal(production.input("redis-group", "numCacheClusters"), 2);
    assert.equal(production.named("postgres-source").protect, true);
    assert.equal(production.input("cluster-control-plane-eks-eksCluster", "deletionProtection"), true);
  });
});
