import assert from "node:assert/strict";
import type { Properties, Value } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { Account, network, refused, type Made } from "./support";

const INSTANCE = "aws:rds/instance:Instance";
const SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup";
const PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup";
const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const noKey = "arn:aws:kms:us-east-1:111122223333:key/none";

/** An account with a network and a subnet group `data` in zones a and b of it. */
function prepared() {
  const account = new Account();
  const { vpc, subnets } = network(account);
  account.create(SUBNET_GROUP, "data", { name: "data", subnetIds: subnets.slice(0, 2).map(({ id }) => id) });
  return { account, vpc };
}

const settings = {
  identifier: "db",
  engine: "postgres",
  engineVersion: "17.11",
  instanceClass: "db.t4g.micro",
  allocatedStorage: 20,
  username: "app",
  password: "correct-horse",
  dbSubnetGroupName: "data",
  skipFinalSnapshot: true,
};

function create(account: Account, change: Properties = {}): Made {
  return account.create(INSTANCE, "db", { ...settings, ...change });
}

function monitoringRole(account: Account, service: string): Value {
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
  const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  return account.create("aws:iam/role:Role", service, { assumeRolePolicy }).outputs["arn"] ?? "";
}

type Case = readonly [what: string, change: Properties, code: string, words?: RegExp];

function refuses(cases: readonly Case[]): void {
  for (const [what, change, code, words] of cases) {
    it(`refuses ${what}`, () => {
      refused(() => create(prepared().account, change), code, words);
    });
  }
}

function takes(cases: readonly (readonly [what: string, change: Properties])[]): void {
  for (const [what, change] of cases) {
    it(`takes ${what}`, () => {
      assert.equal(create(prepared().account, change).outputs["status"], "available");
    });
  }
}

describe("AWS RDS instance", () => {
  it("is made with its ARN and endpoint, and what the service chooses", () => {
    const { account } = prepared();
    const { id, outputs } = create(account);
    assert.match(id, /^db-[0-9A-F]{26}$/);
    assert.equal(outputs["arn"], "arn:aws:rds:us-east-1:111122223333:db:db");
    assert.match(text(outputs["address"]), /^db\.c[0-9a-f]{11}\.us-east-1\.rds\.amazonaws\.com$/);
    assert.equal(outputs["endpoint"], `${text(outputs["address"])}:5432`);
    const chosen = {
      resourceId: id,
      availabilityZone: "us-east-1a",
      backupRetentionPeriod: 1,
      engineVersionActual: "17.11",
      iops: 3000,
      multiAz: false,
      parameterGroupName: "default.postgres17",
      storageThroughput: 125,
      storageType: "gp3",
    };
    assert.deepEqual(Object.fromEntries(Object.keys(chosen).map((key) => [key, outputs[key]])), chosen);
  });

  it("takes the newest minor of a major, and gives large gp3 storage a higher rate", () => {
    const { account } = prepared();
    const { outputs } = create(account, { engineVersion: "18", allocatedStorage: 400 });
    assert.equal(outputs["engineVersion"], "18");
    assert.equal(outputs["engineVersionActual"], "18.6");
    assert.deepEqual([outputs["iops"], outputs["storageThroughput"]], [12000, 500]);
  });

  it("keeps a password that it manages itself as a secret", () => {
    const { account } = prepared();
    const { outputs } = create(account, { password: undefined, manageMasterUserPassword: true });
    const [secret] = outputs["masterUserSecrets"] as readonly Properties[];
    assert.match(
      text(secret?.["secretArn"]),
      /^arn:aws:secretsmanager:us-east-1:111122223333:secret:rds!db-[0-9a-f-]{36}-[0-9a-f]{6}$/,
    );
    assert.deepEqual(create(prepared().account).outputs["masterUserSecrets"], []);
  });

  for (const identifier of ["Db", "1db", "d--b", "db-", "d_b", "d".repeat(64)]) {
    it(`refuses the identifier ${identifier.slice(0, 8)}`, () => {
      assert.match(
        new Account().reasons(INSTANCE, { ...settings, identifier })["identifier"] ?? "accepted",
        /not a valid/,
      );
    });
  }

  it("refuses settings that miss what a new database needs, and two ways to a password", () => {
    const account = new Account();
    const bare = { instanceClass: "db.t4g.micro" };
    assert.deepEqual(Object.keys(account.reasons(INSTANCE, bare)).sort(), [
      "allocatedStorage",
      "engine",
      "password",
      "username",
    ]);
    assert.deepEqual(account.reasons(INSTANCE, { ...bare, replicateSourceDb: "db" }), {});
    assert.match(
      account.reasons(INSTANCE, { ...settings, manageMasterUserPassword: true })["password"] ?? "",
      /conflicts with manageMasterUserPassword/,
    );
  });

  it("refuses an identifier in use, in its region only", () => {
    const { account } = prepared();
    create(account);
    refused(() => account.create(INSTANCE, "other", settings), "DBInstanceAlreadyExists", /DB instance already exists/);
    const elsewhere = new Account({ region: "eu-west-1" }, account.cloud);
    const { subnets } = network(elsewhere);
    elsewhere.create(SUBNET_GROUP, "data", { name: "data", subnetIds: subnets.map(({ id }) => id) });
    assert.equal(elsewhere.create(INSTANCE, "other", settings).outputs["identifier"], "db");
  });
});

describe("AWS RDS combinations of engine, class and storage", () => {
  refuses([
    [
      "a version that the engine does not have",
      { engineVersion: "17.99" },
      "InvalidParameterCombination",
      /Cannot find version 17\.99 for postgres/,
    ],
    ["a major that has ended", { engineVersion: "9.6" }, "InvalidParameterCombination", /Cannot find version 9\.6/],
    [
      "a class without its prefix",
      { instanceClass: "t4g.micro" },
      "InvalidParameterValue",
      /Invalid DB Instance class/,
    ],
    [
      "a class of another family",
      { instanceClass: "db.c5.large" },
      "InvalidParameterCombination",
      /DBInstanceClass=db\.c5\.large, Engine=postgres, EngineVersion=17\.11/,
    ],
    ["a size that its family lacks", { instanceClass: "db.m7g.micro" }, "InvalidParameterCombination"],
    ["a storage type that does not exist", { storageType: "gp4" }, "InvalidParameterValue", /Invalid storage type/],
    ["less storage than the type starts at", { allocatedStorage: 19 }, "InvalidParameterValue", /storage size .* 19/],
    ["more storage than the type has", { allocatedStorage: 65537 }, "InvalidParameterValue", /storage size .* 65537/],
    ["magnetic storage above 3 TiB", { storageType: "standard", allocatedStorage: 3073 }, "InvalidParameterValue"],
    [
      "speeds for small gp3 storage",
      { storageType: "gp3", allocatedStorage: 399, iops: 3000 },
      "InvalidParameterCombination",
      /less than 400/,
    ],
    [
      "a throughput for small gp3 storage",
      { storageType: "gp3", storageThroughput: 500 },
      "InvalidParameterCombination",
      /less than 400/,
    ],
    ["io2 without IOPS", { storageType: "io2", allocatedStorage: 100 }, "InvalidParameterCombination", /specify IOPS/],
    [
      "more than 50 IOPS for each GiB",
      { storageType: "io1", allocatedStorage: 100, iops: 5001 },
      "InvalidParameterCombination",
      /ratio .* 50\.0100/,
    ],
    [
      "less than half an IOPS for each GiB",
      { storageType: "io1", allocatedStorage: 2002, iops: 1000 },
      "InvalidParameterCombination",
      /ratio .* 0\.4995/,
    ],
    [
      "a maximum that is no larger than the storage",
      { maxAllocatedStorage: 20 },
      "InvalidParameterCombination",
      /must be greater than storage size/,
    ],
    [
      "a maximum less than a tenth above the storage",
      { allocatedStorage: 100, maxAllocatedStorage: 109 },
      "InvalidParameterCombination",
      /Invalid max storage size .* 109/,
    ],
    ["a maximum above that of the type", { maxAllocatedStorage: 65537 }, "InvalidParameterCombination", /65537/],
  ]);
  takes([
    ["a build of extended support", { engineVersion: "13.23-rds.20260101" }],
    ["the largest size of a family", { instanceClass: "db.r8g.48xlarge" }],
    ["the most storage", { allocatedStorage: 65536 }],
    ["5 GiB of magnetic storage", { storageType: "standard", allocatedStorage: 5 }],
    ["speeds from 400 GiB of gp3 on", { storageType: "gp3", allocatedStorage: 400, iops: 12000 }],
    ["50 IOPS for each GiB", { storageType: "io1", allocatedStorage: 100, iops: 5000 }],
    ["half an IOPS for each GiB", { storageType: "io1", allocatedStorage: 2000, iops: 1000 }],
    ["a maximum a tenth above the storage", { allocatedStorage: 100, maxAllocatedStorage: 110 }],
    ["no autoscaling", { maxAllocatedStorage: 0 }],
  ]);
});

describe("AWS RDS credentials, backups and monitoring", () => {
  refuses([
    ["a user name that starts with a digit", { username: "1app" }, "InvalidParameterValue", /MasterUsername/],
    ["a user name that is too long", { username: "a".repeat(64) }, "InvalidParameterValue", /MasterUsername/],
    ...["admin", "rdsadmin", "rds_superuser", "pg_monitor"].map((username): Case => [
      `the user ${username}`,
      { username },
      "InvalidParameterValue",
      /reserved word/,
    ]),
    ["a database name with a hyphen", { dbName: "my-app" }, "InvalidParameterValue", /DBName/],
    ["a password of 7 characters", { password: "1234567" }, "InvalidParameterValue", /shorter than 8/],
    ["a password of 129 characters", { password: "x".repeat(129) }, "InvalidParameterValue", /longer than 128/],
    ...["/", "@", '"', " ", "é"].map((character): Case => [
      `a password with ${character}`,
      { password: `12345678${character}` },
      "InvalidParameterValue",
      /Only printable ASCII/,
    ]),
    ["36 days of backups", { backupRetentionPeriod: 36 }, "InvalidParameterValue", /retention period: 36/],
    ["backups for days below none", { backupRetentionPeriod: -1 }, "InvalidParameterValue", /retention period: -1/],
    ["an odd interval of monitoring", { monitoringInterval: 7 }, "InvalidParameterValue", /0, 1, 5, 10, 15, 30, 60/],
    ["monitoring without a role", { monitoringInterval: 60 }, "InvalidParameterCombination", /MonitoringRoleARN/],
    [
      "monitoring with a role that does not exist",
      { monitoringInterval: 60, monitoringRoleArn: "arn:aws:iam::111122223333:role/none" },
      "InvalidParameterValue",
      /ENHANCED_MONITORING/,
    ],
    [
      "insights kept for 8 days",
      { performanceInsightsEnabled: true, performanceInsightsRetentionPeriod: 8 },
      "InvalidParameterValue",
      /retention period: 8/,
    ],
    [
      "advanced insights kept for a week",
      { databaseInsightsMode: "advanced", performanceInsightsEnabled: true },
      "InvalidParameterCombination",
      /465 days/,
    ],
    ["a snapshot that does not exist", { snapshotIdentifier: "none" }, "DBSnapshotNotFound", /none/],
    ...["kmsKeyId", "performanceInsightsKmsKeyId", "masterUserSecretKmsKeyId"].map((property): Case => [
      `a key that does not exist as ${property}`,
      { [property]: noKey, storageEncrypted: true },
      "KMSKeyNotAccessibleFault",
      /key\/none/,
    ]),
  ]);
  takes([
    ["the user postgres", { username: "postgres" }],
    ["a password of 8 characters", { password: "12345678" }],
    ["a password of 128 characters", { password: "x".repeat(128) }],
    ["35 days of backups", { backupRetentionPeriod: 35 }],
    ["insights kept for two months", { performanceInsightsEnabled: true, performanceInsightsRetentionPeriod: 62 }],
    [
      "advanced insights kept for 465 days",
      { databaseInsightsMode: "advanced", performanceInsightsEnabled: true, performanceInsightsRetentionPeriod: 465 },
    ],
  ]);

  it("refuses monitoring with a role of another service, and takes one of its own", () => {
    const { account } = prepared();
    const monitored = (service: string) => ({
      monitoringInterval: 60,
      monitoringRoleArn: monitoringRole(account, service),
    });
    refused(
      () => create(account, monitored("ec2.amazonaws.com")),
      "InvalidParameterValue",
      /required permissions for: ENHANCED_MONITORING/,
    );
    assert.equal(create(account, monitored("monitoring.rds.amazonaws.com")).outputs["status"], "available");
  });

  it("takes a key of its account and region", () => {
    const { account } = prepared();
    const key = account.create("aws:kms/key:Key", "data", {}).outputs["arn"] ?? "";
    assert.equal(create(account, { storageEncrypted: true, kmsKeyId: key }).outputs["kmsKeyId"], key);
  });
});

describe("AWS RDS network and groups", () => {
  refuses([
    ["a subnet group that does not exist", { dbSubnetGroupName: "none" }, "DBSubnetGroupNotFoundFault", /'none'/],
    ["a zone that the subnet group lacks", { availabilityZone: "us-east-1c" }, "InvalidVPCNetworkStateFault", /-1c/],
    [
      "a zone together with two zones",
      { availabilityZone: "us-east-1a", multiAz: true },
      "InvalidParameterCombination",
      /not valid for Multi-AZ/,
    ],
    ["a security group that does not exist", { vpcSecurityGroupIds: ["sg-0"] }, "InvalidParameterValue", /sg-0/],
    ["a parameter group that does not exist", { parameterGroupName: "none" }, "DBParameterGroupNotFound", /none/],
    [
      "the default parameters of another major",
      { parameterGroupName: "default.postgres16" },
      "InvalidParameterCombination",
      /DBParameterGroupFamily postgres17/,
    ],
  ]);

  it("refuses no subnet group: the account has no default VPC", () => {
    const { dbSubnetGroupName: _, ...alone } = settings;
    refused(() => new Account().create(INSTANCE, "db", alone), "InvalidSubnet", /no default VPC/);
  });

  it("lies in the zone that it names", () => {
    assert.equal(
      create(prepared().account, { availabilityZone: "us-east-1b" }).outputs["availabilityZone"],
      "us-east-1b",
    );
  });

  it("refuses a security group of another VPC, at creation and at an update", () => {
    const { account, vpc } = prepared();
    const other = network(account, "10.1.0.0/16").vpc;
    const [own, foreign] = [vpc, other].map(({ id }) => account.create(SECURITY_GROUP, `of-${id}`, { vpcId: id }).id);
    const with_ = (id: string | undefined) => ({ vpcSecurityGroupIds: [id ?? ""] });
    refused(() => create(account, with_(foreign)), "InvalidParameterCombination", /different VPCs/);
    const made = create(account, with_(own));
    refused(() => account.update(made, with_(foreign)), "InvalidParameterCombination", /different VPCs/);
  });

  it("refuses a parameter group of another family, and takes one of its own", () => {
    const { account } = prepared();
    for (const major of ["16", "17"]) {
      account.create(PARAMETER_GROUP, `p${major}`, { name: `p${major}`, family: `postgres${major}` });
    }
    refused(
      () => create(account, { parameterGroupName: "p16" }),
      "InvalidParameterCombination",
      /p16 with DBParameterGroupFamily postgres16 can't be used/,
    );
    assert.equal(create(account, { parameterGroupName: "p17" }).outputs["parameterGroupName"], "p17");
  });
});
