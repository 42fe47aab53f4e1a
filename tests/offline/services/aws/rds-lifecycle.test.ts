import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { Account, network, refused, type Made } from "./support";

const INSTANCE = "aws:rds/instance:Instance";
const SNAPSHOT = "aws:rds/snapshot:Snapshot";
const BACKUPS = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";

const settings = {
  identifier: "db",
  engine: "postgres",
  engineVersion: "16.10",
  instanceClass: "db.t4g.micro",
  allocatedStorage: 100,
  username: "app",
  password: "correct-horse",
  dbSubnetGroupName: "data",
  backupRetentionPeriod: 7,
};

function prepared(account = new Account()): Account {
  const subnetIds = network(account).subnets.map(({ id }) => id);
  account.create("aws:rds/subnetGroup:SubnetGroup", "data", { name: "data", subnetIds });
  return account;
}

function create(account: Account, change: Properties = {}): Made {
  return account.create(INSTANCE, "db", { ...settings, skipFinalSnapshot: true, ...change });
}

function remove(account: Account, made: Made): () => void {
  return () => {
    account.delete(made);
  };
}

function arnOf({ outputs }: Made): string {
  return text(outputs["arn"]);
}

/** An account in Europe in the same cloud, with a network and a subnet group `data` of its own. */
function europe(account: Account): Account {
  return prepared(new Account({ region: "eu-west-1" }, account.cloud));
}

describe("AWS RDS update", () => {
  const updated = (before: Properties, change: Properties) => {
    const account = prepared();
    return account.update(create(account, before), change);
  };

  it("grows storage, and refuses to shrink it", () => {
    assert.equal(updated({}, { allocatedStorage: 110 })["allocatedStorage"], 110);
    refused(
      () => updated({}, { allocatedStorage: 99 }),
      "InvalidParameterCombination",
      /Invalid storage size for engine name postgres and storage type gp3: 99/,
    );
  });

  it("takes a new minor, and refuses an older one and one that does not exist", () => {
    const outputs = updated({}, { engineVersion: "16.15" });
    assert.deepEqual([outputs["engineVersion"], outputs["engineVersionActual"]], ["16.15", "16.15"]);
    refused(() => updated({}, { engineVersion: "16.9" }), "InvalidParameterCombination", /from 16\.10 to 16\.9/);
    refused(() => updated({}, { engineVersion: "16.99" }), "InvalidParameterCombination", /Cannot find version 16\.99/);
  });

  it("takes a new major only when it is allowed, with the default parameters of that major", () => {
    refused(
      () => updated({}, { engineVersion: "17.11" }),
      "InvalidParameterCombination",
      /AllowMajorVersionUpgrade flag must be present/,
    );
    const outputs = updated({}, { engineVersion: "17", allowMajorVersionUpgrade: true });
    assert.equal(outputs["engineVersionActual"], "17.11");
    assert.equal(outputs["parameterGroupName"], "default.postgres17");
    refused(
      () => updated({}, { engineVersion: "15.19", allowMajorVersionUpgrade: true }),
      "InvalidParameterCombination",
      /Cannot upgrade postgres from 16\.10 to 15\.19/,
    );
  });

  it("stays on its minor when the version becomes just its major", () => {
    assert.equal(updated({}, { engineVersion: "16" })["engineVersionActual"], "16.10");
  });

  it("refuses what it refuses at creation", () => {
    refused(() => updated({}, { instanceClass: "db.c5.large" }), "InvalidParameterCombination", /db\.c5\.large/);
    refused(() => updated({}, { password: "short" }), "InvalidParameterValue", /shorter than 8/);
    refused(() => updated({}, { backupRetentionPeriod: 36 }), "InvalidParameterValue", /retention period/);
    refused(() => updated({}, { maxAllocatedStorage: 105 }), "InvalidParameterCombination", /max storage size/);
    refused(() => updated({}, { parameterGroupName: "none" }), "DBParameterGroupNotFound");
  });

  it("moves its endpoint with its identifier", () => {
    const outputs = updated({}, { identifier: "renamed" });
    assert.match(text(outputs["endpoint"]), /^renamed\.c[0-9a-f]{11}\.us-east-1\.rds\.amazonaws\.com:5432$/);
    assert.equal(outputs["arn"], "arn:aws:rds:us-east-1:111122223333:db:renamed");
  });
});

describe("AWS RDS deletion", () => {
  it("refuses a protected database until its protection is taken off", () => {
    const account = prepared();
    const made = create(account, { deletionProtection: true });
    refused(remove(account, made), "InvalidParameterCombination", /Cannot delete protected DB Instance/);
    account.update(made, { deletionProtection: false });
    account.delete(made);
    assert.equal(account.has(INSTANCE, made.id), false);
  });

  it("wants a name for the final snapshot, and takes the snapshot", () => {
    const account = prepared();
    const made = create(account, { skipFinalSnapshot: false });
    refused(remove(account, made), "InvalidParameterCombination", /FinalDBSnapshotIdentifier is required/);
    account.update(made, { finalSnapshotIdentifier: "last" });
    account.delete(made);
    assert.equal(account.has(INSTANCE, made.id), false);
    assert.equal(account.has(SNAPSHOT, "last"), true);
    const restored = create(account, { snapshotIdentifier: "last" });
    assert.equal(restored.outputs["status"], "available");
  });

  it("refuses the name of a snapshot that exists", () => {
    const account = prepared();
    const final = { skipFinalSnapshot: false, finalSnapshotIdentifier: "last" };
    account.delete(create(account, final));
    refused(remove(account, create(account, final)), "DBSnapshotAlreadyExists", /identifier last already exists/);
  });

  it("takes none when told so, and refuses one of a replica", () => {
    const account = prepared();
    const source = create(account, { finalSnapshotIdentifier: "never" });
    const replica = account.create(INSTANCE, "replica", {
      identifier: "replica",
      instanceClass: "db.t4g.micro",
      replicateSourceDb: "db",
      finalSnapshotIdentifier: "of-replica",
    });
    refused(remove(account, replica), "InvalidParameterCombination", /can not be specified when deleting a replica/);
    account.delete(source);
    assert.equal(account.has(SNAPSHOT, "never"), false);
  });
});

describe("AWS RDS replica", () => {
  const replicate = (account: Account, replicateSourceDb: string, change: Properties = {}) =>
    account.create(INSTANCE, "replica", {
      identifier: "replica",
      instanceClass: "db.t4g.micro",
      replicateSourceDb,
      skipFinalSnapshot: true,
      ...change,
    });

  it("[DP-DATA-02] takes engine, storage, user and network of its source, and is put in a zone of its own", () => {
    const account = prepared();
    create(account, { dbName: "app", port: 5433 });
    const { outputs } = replicate(account, "db", { availabilityZone: "us-east-1c" });
    const taken = {
      allocatedStorage: 100,
      availabilityZone: "us-east-1c",
      backupRetentionPeriod: 0,
      dbName: "app",
      dbSubnetGroupName: "data",
      engine: "postgres",
      engineVersionActual: "16.10",
      port: 5433,
      username: "app",
    };
    assert.deepEqual(Object.fromEntries(Object.keys(taken).map((key) => [key, outputs[key]])), taken);
  });

  it("refuses a source that does not exist, by identifier and by ARN", () => {
    const account = prepared();
    refused(() => replicate(account, "db"), "DBInstanceNotFound", /could not be found: db/);
    const arn = "arn:aws:rds:us-east-1:111122223333:db:db";
    refused(() => replicate(account, arn), "DBInstanceNotFound", /could not be found: arn/);
    const source = create(account);
    refused(() => replicate(europe(account), "db"), "DBInstanceNotFound");
    assert.equal(arnOf(source), arn);
    assert.equal(replicate(account, arn).outputs["status"], "available");
  });

  it("refuses a source without backups until they are turned on", () => {
    const account = prepared();
    const source = create(account, { backupRetentionPeriod: 0 });
    refused(() => replicate(account, "db"), "InvalidDBInstanceState", /Automated backups are not enabled/);
    account.update(source, { backupRetentionPeriod: 1 });
    assert.equal(replicate(account, "db").outputs["status"], "available");
  });

  it("refuses a replica of a replica that keeps no backups", () => {
    const account = prepared();
    create(account);
    replicate(account, "db");
    refused(
      () =>
        account.create(INSTANCE, "second", {
          identifier: "second",
          instanceClass: "db.t4g.micro",
          replicateSourceDb: "replica",
        }),
      "InvalidDBInstanceState",
    );
  });

  it("refuses a source that manages its own password", () => {
    const account = prepared();
    const { password: _, ...managed } = { ...settings, manageMasterUserPassword: true, skipFinalSnapshot: true };
    account.create(INSTANCE, "db", managed);
    refused(
      () => replicate(account, "db"),
      "InvalidParameterValue",
      /engine postgres where ManageMasterUserPassword is enabled is not supported/,
    );
  });

  it("refuses a subnet group in the region of the source, unless the source is named by its ARN", () => {
    const account = prepared();
    const source = create(account);
    const group = { dbSubnetGroupName: "data" };
    refused(() => replicate(account, "db", group), "DBSubnetGroupNotAllowedFault");
    assert.equal(replicate(account, arnOf(source), group).outputs["dbSubnetGroupName"], "data");
  });

  it("refuses another key than that of a source in its region", () => {
    const account = prepared();
    const [own, other] = ["own", "other"].map((name) =>
      text(account.create("aws:kms/key:Key", name, {}).outputs["arn"]),
    );
    create(account, { storageEncrypted: true, kmsKeyId: own ?? "" });
    refused(
      () => replicate(account, "db", { kmsKeyId: other ?? "" }),
      "InvalidParameterCombination",
      /encrypted with the key of the source/,
    );
    assert.equal(replicate(account, "db").outputs["kmsKeyId"], own);
  });

  it("wants a key of its own region for an encrypted source in another", () => {
    const account = prepared();
    const source = create(account, { storageEncrypted: true });
    const there = europe(account);
    const group = { dbSubnetGroupName: "data" };
    refused(
      () => replicate(there, arnOf(source), group),
      "InvalidParameterCombination",
      /Cannot create a cross region encrypted read replica/,
    );
    const kmsKeyId = text(there.create("aws:kms/key:Key", "there", {}).outputs["arn"]);
    const { outputs } = replicate(there, arnOf(source), { ...group, kmsKeyId });
    assert.equal(outputs["arn"], "arn:aws:rds:eu-west-1:111122223333:db:replica");
  });

  const member = (account: Account, identifier: string, replicateSourceDb: string, change: Properties = {}) =>
    account.create(INSTANCE, identifier, {
      identifier,
      instanceClass: "db.t4g.micro",
      replicateSourceDb,
      backupRetentionPeriod: 1,
      ...change,
    });

  it("is one of 15 at most, in all regions together", () => {
    const account = prepared();
    const source = create(account);
    for (let index = 1; index < 15; index++) member(account, `replica-${String(index)}`, "db");
    member(europe(account), "replica-15", arnOf(source), { dbSubnetGroupName: "data" });
    refused(() => member(account, "replica-16", "db"), "InstanceQuotaExceeded", /db has 15 read replicas/);
    assert.equal(member(account, "of-replica", "replica-1").outputs["status"], "available");
  });

  it("stands in a chain of three at most, and alone before PostgreSQL 14", () => {
    const account = prepared();
    create(account);
    member(account, "one", "db");
    member(account, "two", "one");
    member(account, "three", "two");
    refused(() => member(account, "four", "three"), "InvalidDBInstanceState", /at most 3/);
    const old = prepared();
    create(old, { engineVersion: "13.23" });
    member(old, "one", "db");
    refused(() => member(old, "two", "one"), "InvalidDBInstanceState", /14\.1 or higher/);
  });

  it("has no password of its own", () => {
    const account = prepared();
    create(account);
    refused(
      () => member(account, "one", "db", { password: "correct-horse" }),
      "InvalidParameterCombination",
      /Cannot change master user password/,
    );
  });
});

describe("AWS RDS replication of automated backups", () => {
  const replicated = (change: Properties = {}, source: Properties = {}) => {
    const account = prepared();
    const sourceDbInstanceArn = arnOf(create(account, source));
    const there = new Account({ region: "eu-west-1" }, account.cloud);
    return there.create(BACKUPS, "backups", { sourceDbInstanceArn, ...change });
  };

  it("is kept in another region for a week, unless told otherwise", () => {
    const { id, outputs } = replicated();
    assert.match(id, /^arn:aws:rds:eu-west-1:111122223333:auto-backup:ab-[0-9a-f]{26}$/);
    assert.equal(outputs["retentionPeriod"], 7);
    assert.equal(replicated({ retentionPeriod: 35 }).outputs["retentionPeriod"], 35);
  });

  it("refuses a source that does not exist, or is in the same region or without backups", () => {
    const missing = { sourceDbInstanceArn: "arn:aws:rds:us-east-1:111122223333:db:none" };
    refused(() => replicated(missing), "DBInstanceNotFound", /db:none not found/);
    const account = prepared();
    const sourceDbInstanceArn = arnOf(create(account));
    refused(
      () => account.create(BACKUPS, "backups", { sourceDbInstanceArn }),
      "InvalidParameterValue",
      /another region than that of the source: us-east-1/,
    );
    refused(() => replicated({}, { backupRetentionPeriod: 0 }), "InvalidDBInstanceState", /backups are not enabled/);
  });

  it("refuses a retention below 1 and above 35 days", () => {
    refused(() => replicated({ retentionPeriod: 0 }), "InvalidParameterValue", /retention period: 0/);
    refused(() => replicated({ retentionPeriod: 36 }), "InvalidParameterValue", /retention period: 36/);
  });

  it("wants a key that exists in its region for an encrypted source", () => {
    const encrypted = { storageEncrypted: true };
    refused(() => replicated({}, encrypted), "InvalidParameterCombination", /needs a kmsKeyId of the region/);
    refused(() => replicated({ kmsKeyId: "none" }, encrypted), "KMSKeyNotAccessibleFault", /\[none\]/);
    const account = prepared();
    const sourceDbInstanceArn = arnOf(create(account, encrypted));
    const there = new Account({ region: "eu-west-1" }, account.cloud);
    const kmsKeyId = text(there.create("aws:kms/key:Key", "there", {}).outputs["arn"]);
    assert.match(there.create(BACKUPS, "backups", { sourceDbInstanceArn, kmsKeyId }).id, /auto-backup/);
  });
});
