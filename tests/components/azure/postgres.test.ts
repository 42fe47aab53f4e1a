import assert from "node:assert/strict";
import { Postgres, type PostgresArgs } from "../../../components/azure/postgres";
import { backupDays, computeTier, parameters, readReplicas, serverName } from "../../../components/azure/postgres.plan";
import { SecretStore } from "../../../components/azure/secret-store";
import { ShardedPostgres, type ShardedPostgresArgs } from "../../../components/azure/sharded-postgres";
import type { SlotTable } from "../../../components/planning/shards";
import { at, only, text, type Deployed } from "../../stacks/deployed";
import { attempt, onNetwork, subscriptionId, type Ground, type GroundOptions } from "./ground";
import { changeTo } from "./role";

const server = "azure-native:dbforpostgresql:Server";
const configuration = "azure-native:dbforpostgresql:Configuration";
const halves: SlotTable = { main: [[0, 511]], second: [[512, 1023]] };

const team = {
  principalId: "22222222-0000-4000-8000-0000000000a1",
  principalName: "databases",
  type: "Group",
} as const;

function storesOf({ prefix, place, network, dns, logs, protection, onAzure }: Ground): SecretStore {
  return new SecretStore("secrets", { prefix, place, network, dns, logs, protection }, onAzure);
}

function databaseArgs({ prefix, place, network, dns, keys, logs, protection }: Ground) {
  return {
    prefix,
    place,
    databaseName: "chat",
    masterUser: "platform",
    engineVersion: "17",
    compute: "Standard_D2ds_v5",
    storageGiB: 128,
    availability: "single-zone",
    replicaZone: undefined,
    minimumTls: "1.3",
    backupRetentionDays: 14,
    maxConnections: 200,
    network,
    dns,
    keys,
    logs,
    protection,
  } as const satisfies PostgresArgs;
}

function sharded(ground: Ground, changes: Partial<ShardedPostgresArgs> = {}): ShardedPostgres {
  const args = { ...databaseArgs(ground), secrets: storesOf(ground), slots: halves, ...changes };
  return new ShardedPostgres("database", args, ground.onAzure);
}

const active = {
  compute: "Standard_D8ds_v5",
  availability: "standby",
  replicas: { reports: "c" },
  logicalReplication: { slots: 10 },
  extensions: ["pg_trgm", "pgcrypto"],
  admins: { team },
} as const satisfies Partial<ShardedPostgresArgs>;

const standby = { ...active, compute: "Standard_D2ds_v5", availability: "single-zone" } as const;

function deployed(changes: Partial<ShardedPostgresArgs>, options: GroundOptions = {}): Promise<Deployed> {
  return onNetwork((ground) => {
    sharded(ground, changes);
  }, options);
}

describe("PostgreSQL of Azure, deployed", function () {
  this.timeout(120_000);
  let made: ShardedPostgres | undefined;
  let stack: Deployed;
  before(async () => {
    stack = await onNetwork(
      (ground) => {
        made = sharded(ground, active);
      },
      { class: "production" },
    );
  });

  it("[PF-DATA-01] is a server of version 17 in the delegated subnet, made after its names answer there", () => {
    const { inputs, protect } = stack.named("database-main-source");
    assert.deepEqual(only(inputs, "version", "createMode", "sku", "storage", "network", "highAvailability"), {
      version: "17",
      createMode: "Default",
      sku: { name: "Standard_D8ds_v5", tier: "GeneralPurpose" },
      storage: { storageSizeGB: 128, type: "Premium_LRS", autoGrow: "Enabled" },
      network: {
        delegatedSubnetResourceId: stack.id("network-database"),
        privateDnsZoneArmResourceId: stack.id("dns-postgres"),
      },
      // An empty zone is none: Azure chooses.
      highAvailability: { mode: "ZoneRedundant", standbyAvailabilityZone: "" },
    });
    assert.equal(protect, true);
    assert.ok(stack.waitsFor("database-main-source").has("dns-postgres-link"));
    assert.match(text(inputs["serverName"]), /^test-main-postgres-[a-z0-9]{6}$/);
    const { inputs: database, protect: kept } = stack.named("database-main-database");
    assert.deepEqual(only(database, "databaseName", "charset", "collation"), {
      databaseName: "chat",
      charset: "UTF8",
      collation: "en_US.utf8",
    });
    assert.equal(kept, true);
  });

  it("[PF-SEC-06] has a master user with a password of 32 letters and digits of each kind, which fits in a URL", () => {
    assert.deepEqual(
      only(stack.named("database-main-password").inputs, "length", "special", "minLower", "minUpper", "minNumeric"),
      { length: 32, special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
    );
  });

  it("is maintained on Sundays, the source at 05:00 and its replica at 07:00 UTC", () => {
    const sunday = (startHour: number) => ({ customWindow: "Enabled", dayOfWeek: 0, startHour, startMinute: 0 });
    assert.deepEqual(stack.input("database-main-source", "maintenanceWindow"), sunday(5));
    assert.deepEqual(stack.input("database-main-replica-reports", "maintenanceWindow"), sunday(7));
  });

  it("[PF-SCALE-02] has a server for each shard, with a read replica in the zone of its key", () => {
    const zones = (name: string) => only(stack.named(name).inputs, "createMode", "availabilityZone");
    for (const shard of ["main", "second"]) {
      const [source, replica] = [`database-${shard}-source`, `database-${shard}-replica-reports`];
      assert.deepEqual(zones(source), { createMode: "Default", availabilityZone: "" });
      assert.deepEqual(zones(replica), { createMode: "Replica", availabilityZone: "3" });
    }
    assert.equal(stack.ofType(server).length, 4);
    const { inputs } = stack.named("database-main-replica-reports");
    assert.equal(inputs["sourceServerResourceId"], stack.id("database-main-source"));
    assert.deepEqual(
      only(inputs, "administratorLogin", "administratorLoginPassword", "highAvailability", "backup", "version"),
      only({}, "administratorLogin", "administratorLoginPassword", "highAvailability", "backup", "version"),
    );
    assert.deepEqual(made?.routing.slots, halves);
    assert.equal(made.shards.length, 2);
    // Parameters first, so that the replica takes them over.
    assert.ok(stack.waitsFor("database-main-replica-reports").has("database-main-source-sync-replication-slots"));
  });

  it("[PF-SEC-05] is encrypted with the key of the site, which the server may use before it is made", () => {
    for (const name of ["database-main-source", "database-main-replica-reports"]) {
      assert.deepEqual(
        stack.input(name, "dataEncryption"),
        {
          type: "AzureKeyVault",
          primaryKeyURI: stack.output("keys-data", "keyUri"),
          primaryUserAssignedIdentityId: stack.id("database-main-key-identity"),
        },
        name,
      );
      assert.ok(stack.waitsFor(name).has("database-main-key-right"), name);
    }
  });

  it("[PF-SEC-06] speaks TLS 1.3 alone, and asks everybody for it", () => {
    const value = (name: string) => stack.input(`database-main-source-${name}`, "value");
    assert.equal(value("require-secure-transport"), "on");
    assert.equal(value("ssl-min-protocol-version"), "TLSv1.3");
    assert.equal(stack.input("database-main-replica-reports-ssl-min-protocol-version", "value"), "TLSv1.3");
    assert.equal(value("azure-accepted-password-auth-method"), "scram-sha-256");
  });

  it("[PF-DR-01] restores any second of the days that are given, a week at least", async () => {
    assert.deepEqual(stack.input("database-main-source", "backup"), {
      backupRetentionDays: 14,
      geoRedundantBackup: "Disabled",
    });
    const short = await deployed({ backupRetentionDays: 1 }, { class: "development" });
    assert.equal(short.input("database-main-source", "backup.backupRetentionDays"), backupDays.least);
    assert.equal(short.named("database-main-source").protect, false);
    assert.equal(short.input("database-main-source", "highAvailability.mode"), "Disabled");
    assert.deepEqual(short.ofType("azure-native:authorization:ManagementLockByScope"), []);
  });

  it("can be followed, and can follow, by logical replication", () => {
    const values = Object.fromEntries(
      stack
        .ofType(configuration)
        .filter(({ inputs }) => inputs["serverName"] === stack.output("database-main-source", "name"))
        .map(({ inputs }) => [text(inputs["configurationName"]), inputs["value"]]),
    );
    assert.deepEqual(values, {
      require_secure_transport: "on",
      ssl_min_protocol_version: "TLSv1.3",
      password_encryption: "scram-sha-256",
      "azure.accepted_password_auth_method": "scram-sha-256",
      max_connections: "200",
      "azure.extensions": "PG_TRGM,PGCRYPTO",
      wal_level: "logical",
      // 10 of subscribers and replicas, 4 of high availability.
      max_replication_slots: "14",
      max_wal_senders: "20",
      max_worker_processes: "16",
      max_logical_replication_workers: "8",
      hot_standby_feedback: "on",
      sync_replication_slots: "on",
    });
  });

  it("changes one thing of a server at a time", () => {
    const own = (name: string) => name.startsWith("database-main-source-") && !/-(?:logs|lock)$/.test(name);
    const parts = stack.run.resources.filter(({ name, custom }) => custom && own(name)).map(({ name }) => name);
    assert.equal(parts.length, 13);
    const order = ["database-main-database", "database-main-admin-team", ...parts];
    for (const [index, name] of order.entries()) {
      const waits = stack.waitsFor(name);
      assert.ok(
        order.slice(0, index).every((earlier) => waits.has(earlier)),
        name,
      );
      assert.equal(stack.named(name).deletedWith, stack.named("database-main-source").urn, name);
    }
  });

  it("lets the administrators log in by Microsoft Entra, and keeps the password of the master user in the store", () => {
    const authConfig = stack.input("database-main-source", "authConfig");
    assert.deepEqual(authConfig, {
      activeDirectoryAuth: "Enabled",
      passwordAuth: "Enabled",
      tenantId: stack.input("database-main-admin-team", "tenantId"),
    });
    assert.deepEqual(
      only(stack.named("database-main-admin-team").inputs, "objectId", "principalName", "principalType"),
      { objectId: team.principalId, principalName: "databases", principalType: "Group" },
    );
    assert.deepEqual(JSON.parse(text(stack.input("secrets-postgres-main", "properties.value"))), {
      username: "platform",
      password: stack.output("database-main-password", "result"),
      host: stack.output("database-main-source", "fullyQualifiedDomainName"),
      port: "5432",
      database: "chat",
    });
    assert.ok(stack.named("database-main-source").secretPaths.includes("administratorLoginPassword"));
    assert.deepEqual(stack.component("database-main").outputs["replicaHosts"], [
      stack.output("database-main-replica-reports", "fullyQualifiedDomainName"),
    ]);
    assert.deepEqual(
      made?.credentials.map(({ keys }) => keys),
      [1, 2].map(() => ["username", "password", "host", "port", "database"]),
    );
  });

  it("is locked where the class protects, and writes its log to the workspace", () => {
    const lock = stack.named("database-main-source-lock");
    assert.deepEqual(only(lock.inputs, "scope", "level"), {
      scope: stack.id("database-main-source"),
      level: "CanNotDelete",
    });
    assert.equal(at(stack.named("database-main-replica-reports-logs").inputs, "logs.0.category"), "PostgreSQLLogs");
  });

  it("takes neither its zone nor its grown storage from a refresh", () => {
    const own = ["availabilityZone", "storage.storageSizeGB"];
    assert.deepEqual(stack.named("database-main-source").ignoreChanges, [
      ...own,
      "highAvailability.standbyAvailabilityZone",
    ]);
    assert.deepEqual(stack.named("database-main-replica-reports").ignoreChanges, own);
  });

  it("switches its role in place, and back", async () => {
    const small = await deployed(standby);
    const large = await deployed(active);
    const servers = large.ofType(server).map(({ name }) => name);
    assert.deepEqual(changeTo(small, large), { updated: servers, others: [] });
    const again = await deployed(active);
    assert.deepEqual(changeTo(again, await deployed(standby)), { updated: servers, others: [] });
  });

  it("a change that replaces a server is seen as one", async () => {
    const { others } = changeTo(await deployed(standby), await deployed({ ...active, masterUser: "owner" }));
    assert.deepEqual(
      others.filter((each) => each.includes("-source")).map((each) => each.split("::").at(-1)),
      ["database-main-source", "database-second-source"].map((name) => `${name} is replaced by administratorLogin`),
    );
  });

  it("one server goes without shards, replicas and subscribers", async () => {
    const one = await onNetwork((ground) => {
      new Postgres("database", databaseArgs(ground), ground.onAzure);
    });
    assert.equal(one.ofType(server).length, 1);
    assert.equal(one.ofType(configuration).length, 5);
    assert.equal(one.ofType("azure-native:keyvault:Secret").length, 0);
  });

  it("what Azure cannot do is refused by name", async () => {
    const errors = async (changes: Partial<ShardedPostgresArgs>) =>
      (await attempt((ground) => void sharded(ground, changes))).run.errors.join("\n");
    assert.match(await errors({ compute: "Standard_B2s" }), /database\.compute "Standard_B2s" is of no tier/);
    assert.match(await errors({ slots: { main: [[0, 1022]] } }), /no shard holds \[1023, 1023\]/);
    assert.match(await errors({ extensions: ["no_such"] }), /no such extension/);
    assert.match(await errors({ storageGiB: 100 }), /storage\.storageSizeGB/);
  });
});

describe("plan of PostgreSQL on Azure", () => {
  it("the tier is that of the machine", () => {
    assert.equal(computeTier("Standard_D2ds_v5"), "GeneralPurpose");
    assert.equal(computeTier("Standard_E4ds_v5"), "MemoryOptimized");
  });

  it("copies of slots on a standby are there from version 17 on", () => {
    const names = (engineVersion: string) =>
      parameters({
        engineVersion,
        maxConnections: 100,
        minimumTls: "1.2",
        extensions: [],
        logicalReplication: { slots: 5 },
      }).map(({ name }) => name);
    assert.ok(names("17").includes("sync_replication_slots"));
    assert.ok(!names("16").includes("sync_replication_slots"));
    assert.ok(!names("17").includes("azure.extensions"));
  });

  it("at most five replicas follow a source", () => {
    const replicas = Object.fromEntries(["a1", "a2", "a3", "a4", "a5"].map((key) => [key, "a" as const]));
    assert.equal(readReplicas({ replicaZone: undefined, replicas }).length, 5);
    assert.throws(() => readReplicas({ replicaZone: "b", replicas }), /ask for 6 read replicas: give at most 5/);
  });

  it("names are those of the subscription, and never longer than 63", () => {
    const name = serverName("a".repeat(80), "postgres-replica-reporting", subscriptionId);
    assert.equal(name.length, 63);
    assert.match(name, /^a+-postgres-replica-reporting-[a-z0-9]{6}$/);
    assert.notEqual(name, serverName("a".repeat(80), "postgres-replica-reporting", `${subscriptionId}x`));
  });
});
