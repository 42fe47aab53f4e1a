import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { Account, at, network, refused, type Made } from "./support";

const INSTANCE = "aws:rds/instance:Instance";
const SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup";
const PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup";

/** An account with a network and a subnet group `data` in it. */
function prepared(): { account: Account; subnetIds: readonly string[] } {
  const account = new Account();
  const subnetIds = network(account).subnets.map(({ id }) => id);
  account.create(SUBNET_GROUP, "data", { name: "data", subnetIds });
  return { account, subnetIds };
}

function database(account: Account, change: Properties): Made {
  return account.create(INSTANCE, "db", {
    identifier: "db",
    engine: "postgres",
    engineVersion: "17",
    instanceClass: "db.t4g.micro",
    allocatedStorage: 20,
    username: "app",
    password: "correct-horse",
    dbSubnetGroupName: "data",
    skipFinalSnapshot: true,
    ...change,
  });
}

describe("AWS RDS subnet group", () => {
  it("is made in the VPC of its subnets", () => {
    const account = new Account();
    const { vpc, subnets } = network(account);
    const { id, outputs } = account.create(SUBNET_GROUP, "data", {
      name: "data",
      subnetIds: subnets.map((subnet) => subnet.id),
    });
    assert.equal(id, "data");
    assert.equal(outputs["vpcId"], vpc.id);
    assert.equal(outputs["arn"], "arn:aws:rds:us-east-1:111122223333:subgrp:data");
  });

  it("refuses subnets in one zone, at creation and at an update", () => {
    const account = new Account();
    const { vpc, subnets } = network(account);
    const twin = account.create("aws:ec2/subnet:Subnet", "twin", {
      vpcId: vpc.id,
      cidrBlock: "10.0.9.0/24",
      availabilityZone: "us-east-1a",
    });
    const oneZone = { subnetIds: [at(subnets, 0).id, twin.id] };
    const code = "DBSubnetGroupDoesNotCoverEnoughAZs";
    refused(() => account.create(SUBNET_GROUP, "data", { name: "data", ...oneZone }), code, /coverage: us-east-1a\./);
    const made = account.create(SUBNET_GROUP, "data", {
      name: "data",
      subnetIds: [at(subnets, 0).id, at(subnets, 1).id],
    });
    refused(() => account.update(made, oneZone), code);
  });

  it("refuses subnets of two VPCs and one that does not exist", () => {
    const account = new Account();
    const here = at(network(account).subnets, 0).id;
    const there = at(network(account, "10.1.0.0/16").subnets, 1).id;
    const group = (...subnetIds: string[]) => account.create(SUBNET_GROUP, "data", { name: "data", subnetIds });
    refused(() => group(here, there), "InvalidSubnet", /must be in one VPC/);
    refused(() => group(here, "subnet-0"), "InvalidSubnet", /subnet-0/);
  });

  for (const name of ["default", "Data", "da/ta"]) {
    it(`refuses the name ${name}`, () => {
      assert.match(
        new Account().reasons(SUBNET_GROUP, { name, subnetIds: ["a"] })["name"] ?? "accepted",
        /not a valid/,
      );
    });
  }

  it("refuses a name in use, and its deletion while a database uses it", () => {
    const { account, subnetIds } = prepared();
    refused(
      () => account.create(SUBNET_GROUP, "twin", { name: "data", subnetIds }),
      "DBSubnetGroupAlreadyExists",
      /'data'/,
    );
    const group = account.create(SUBNET_GROUP, "used", { name: "used", subnetIds });
    const user = database(account, { dbSubnetGroupName: "used" });
    refused(
      () => {
        account.delete(group);
      },
      "InvalidDBSubnetGroupStateFault",
      /still using it/,
    );
    account.delete(user);
    account.delete(group);
    assert.equal(account.has(SUBNET_GROUP, "used"), false);
  });
});

describe("AWS RDS parameter group", () => {
  const group = (account: Account, more: Properties = {}) =>
    account.create(PARAMETER_GROUP, "p", { name: "p", family: "postgres17", ...more });
  const parameter = (name: string, applyMethod?: string) => ({
    parameters: [{ name, value: "1", ...(applyMethod === undefined ? {} : { applyMethod }) }],
  });

  it("refuses a parameter that PostgreSQL does not have, and one that only RDS sets", () => {
    const account = new Account();
    for (const name of ["rds.logical_replicaton", "max_connection", "character_set_server", "timescaledb.max"]) {
      refused(() => group(account, parameter(name, "pending-reboot")), "InvalidParameterValue", /Could not find/);
    }
    refused(
      () => group(account, parameter("wal_level", "pending-reboot")),
      "InvalidParameterValue",
      /cannot be modified/,
    );
    const known = ["rds.logical_replication", "max_slot_wal_keep_size", "pgaudit.log", "wal_sender_timeout"];
    const parameters = known.map((name) => ({ name, value: "1", applyMethod: "pending-reboot" }));
    assert.equal(group(account, { parameters }).id, "p");
    const mysql = { family: "mysql8.0", name: "m", parameters: [{ name: "character_set_server", value: "utf8" }] };
    assert.equal(group(account, mysql).id, "m");
  });

  it("applies logical replication at a restart", () => {
    const name = "rds.logical_replication";
    refused(() => group(new Account(), parameter(name)), "InvalidParameterCombination", /rds\.logical_replication/);
    assert.equal(group(new Account(), parameter(name, "pending-reboot")).id, "p");
  });

  it("refuses a static parameter that is to be applied at once, at creation and at an update", () => {
    const account = new Account();
    const code = "InvalidParameterCombination";
    refused(() => group(account, parameter("max_connections")), code, /static parameter \(max_connections/);
    refused(() => group(account, parameter("shared_buffers", "immediate")), code);
    const made = group(account, parameter("max_connections", "pending-reboot"));
    assert.equal(made.outputs["arn"], "arn:aws:rds:us-east-1:111122223333:pg:p");
    refused(() => account.update(made, parameter("max_connections", "immediate")), code);
    assert.equal(group(new Account(), parameter("log_min_duration_statement")).id, "p");
  });

  it("refuses a parameter and a family that do not exist, and a name in use", () => {
    const account = new Account();
    refused(() => group(account, parameter("Max-Connections")), "InvalidParameterValue", /Max-Connections/);
    refused(() => group(account, { family: "postgres12" }), "InvalidParameterValue", /postgres12/);
    refused(() => group(account, { family: "postgresql17" }), "InvalidParameterValue", /postgresql17/);
    group(account);
    refused(
      () => account.create(PARAMETER_GROUP, "twin", { name: "p", family: "postgres17" }),
      "DBParameterGroupAlreadyExists",
    );
  });

  for (const name of ["default.p", "P", "p--q", "p-"]) {
    it(`refuses the name ${name}`, () => {
      assert.match(
        new Account().reasons(PARAMETER_GROUP, { name, family: "postgres17" })["name"] ?? "accepted",
        /not a valid/,
      );
    });
  }

  it("refuses its deletion while a database uses it", () => {
    const { account } = prepared();
    const used = group(account);
    const user = database(account, { parameterGroupName: "p" });
    refused(
      () => {
        account.delete(used);
      },
      "InvalidDBParameterGroupState",
      /still members/,
    );
    account.delete(user);
    account.delete(used);
    assert.equal(account.has(PARAMETER_GROUP, "p"), false);
  });
});
