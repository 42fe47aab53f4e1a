import assert from "node:assert/strict";
import { isSecret, output } from "@pulumi/pulumi";
import { bundle } from "../../../components/gcp/certificates.plan";
import { Postgres, type PostgresArgs } from "../../../components/gcp/postgres";
import { availabilityOf, flags } from "../../../components/gcp/postgres.plan";
import { SecretStore } from "../../../components/gcp/secret-store";
import { ShardedPostgres } from "../../../components/gcp/sharded-postgres";
import { SiteKeys } from "../../../components/gcp/site-keys";
import { protectionOf } from "../../../components/planning/protection";
import type { SlotTable } from "../../../components/planning/shards";
import type { Properties } from "../../../offline/cloud/value";
import { at, only, text, type Deployed } from "../../stacks/deployed";
import { attempt, onSite, type Ground, type GroundOptions } from "./ground";

const instance = "gcp:sql/databaseInstance:DatabaseInstance";
const apis = ["sqladmin.googleapis.com"];
const labels = { system: "portfolio", "managed-by": "pulumi" };
const two: SlotTable = { "shard-0": [[0, 511]], "shard-1": [[512, 1023]] };

/** A database as production has it, on a key that Cloud SQL may use. */
function args({ project, prefix, network, protection, onGcp }: Ground): PostgresArgs {
  const keys = new SiteKeys("stores", { project, prefix: "stores", users: { data: ["sqladmin"] }, protection }, onGcp);
  return {
    project,
    prefix,
    databaseName: "portfolio",
    masterUser: "platform",
    engineVersion: "17",
    tier: "db-custom-2-7680",
    storage: { sizeGiB: 100, maxGiB: 500 },
    availability: "standby",
    replicas: { reports: "c", search: "a" },
    logicalReplication: { slots: 20, retainedGiB: 20, role: "publisher" },
    minimumTls: "1.3",
    backupRetentionDays: 14,
    maxConnections: 200,
    network,
    keyId: keys.keyIds.data,
    labels,
    protection,
  };
}

const secretsOf = ({ project, prefix, keys, protection, onGcp }: Ground) =>
  new SecretStore("secrets", { project, prefix, keyId: keys.keyIds.secrets, protection }, onGcp);

const one = (change: Partial<PostgresArgs> = {}, options: GroundOptions = {}) =>
  onSite(
    (ground) => {
      new Postgres("postgres", { ...args(ground), ...change }, ground.onGcp);
    },
    { apis, ...options },
  );

const settingsOf = (stack: Deployed, name: string) => stack.input(name, "settings") as Properties;

describe("PostgreSQL on Google Cloud", function () {
  this.timeout(60_000);
  let stack: Deployed;
  let sharded: ShardedPostgres | undefined;
  const authorities: { text?: string; secret?: boolean } = {};
  before(async () => {
    stack = await onSite(
      (ground) => {
        const shared = { ...args(ground), slots: two, secrets: secretsOf(ground) };
        sharded = new ShardedPostgres("postgres", shared, ground.onGcp);
        const [first] = sharded.shards;
        first?.certificateAuthority.apply((text) => (authorities.text = text));
        void isSecret(first?.certificateAuthority ?? output("")).then((secret) => (authorities.secret = secret));
      },
      { apis, class: "production" },
    );
  });

  it("[PF-DATA-01] is a PostgreSQL 17 of the edition Enterprise with a standby, for each shard", () => {
    const sources = stack.ofType(instance).filter(({ inputs }) => inputs["masterInstanceName"] === undefined);
    assert.deepEqual(
      sources.map(({ name }) => name),
      ["postgres-shard-0-source", "postgres-shard-1-source"],
    );
    for (const { inputs, name, protect } of sources) {
      assert.equal(inputs["databaseVersion"], "POSTGRES_17", name);
      assert.equal(inputs["region"], "us-central1", name);
      assert.equal(inputs["deletionProtection"], true, name);
      assert.equal(protect, true, name);
      assert.deepEqual(
        only(inputs["settings"] as Properties, "tier", "edition", "availabilityType", "diskType", "diskSize"),
        {
          tier: "db-custom-2-7680",
          edition: "ENTERPRISE",
          availabilityType: "REGIONAL",
          diskType: "PD_SSD",
          diskSize: 100,
        },
      );
      assert.equal(at(inputs["settings"], "diskAutoresizeLimit"), 500);
      assert.equal(at(inputs["settings"], "deletionProtectionEnabled"), true);
    }
    // Storage that has grown is not shrunk.
    assert.deepEqual(stack.named("postgres-shard-0-source").ignoreChanges, ["settings.diskSize"]);
    assert.equal(stack.component("postgres-shard-0").parent, stack.component("postgres").urn);
  });

  it("grows by itself, is maintained on Sundays at 04:00 UTC, and shows slow queries without who asked them", () => {
    for (const { name, inputs } of stack.ofType(instance)) {
      assert.equal(at(inputs["settings"], "diskAutoresize"), true, name);
      assert.deepEqual(at(inputs["settings"], "userLabels"), labels, name);
      assert.deepEqual(
        at(inputs["settings"], "insightsConfig"),
        { queryInsightsEnabled: true, recordApplicationTags: true, recordClientAddress: false },
        name,
      );
    }
    assert.deepEqual(stack.input("postgres-shard-0-source", "settings.maintenanceWindow"), {
      day: 7,
      hour: 4,
      updateTrack: "stable",
    });
  });

  it("[PF-SEC-06] has a master user with a password of 32 letters and digits, which fits in a URL", () => {
    assert.deepEqual(only(stack.named("postgres-shard-0-password").inputs, "length", "special"), {
      length: 32,
      special: false,
    });
    assert.equal(stack.input("postgres-shard-0-user", "password"), stack.output("postgres-shard-0-password", "result"));
  });

  it("gives every instance a name that no deleted one had", () => {
    const names = stack.ofType(instance).map(({ inputs }) => text(inputs["name"]));
    assert.deepEqual(names.map((name) => name.replace(/[0-9a-f]{6}$/, "")).sort(), [
      "test-shard-0-postgres-",
      "test-shard-0-postgres-replica-reports-",
      "test-shard-0-postgres-replica-search-",
      "test-shard-1-postgres-",
      "test-shard-1-postgres-replica-reports-",
      "test-shard-1-postgres-replica-search-",
    ]);
    assert.equal(new Set(names.map((name) => name.slice(-6))).size, 6);
  });

  it("[PF-SCALE-02] has read replicas in zones of choice, of the edition and with the flags of their source", () => {
    const source = stack.named("postgres-shard-0-source");
    for (const [key, zone] of [
      ["reports", "us-central1-c"],
      ["search", "us-central1-a"],
    ] as const) {
      const { inputs, protect } = stack.named(`postgres-shard-0-replica-${key}`);
      const settings = inputs["settings"] as Properties;
      assert.equal(inputs["masterInstanceName"], source.inputs["name"]);
      assert.equal(inputs["encryptionKeyName"], undefined);
      assert.equal(inputs["deletionProtection"], true);
      assert.equal(protect, true);
      assert.deepEqual(settings["locationPreference"], { zone });
      assert.equal(settings["edition"], "ENTERPRISE");
      assert.equal(settings["availabilityType"], "ZONAL");
      assert.equal(settings["backupConfiguration"], undefined);
      assert.equal(settings["diskSize"], undefined);
      assert.deepEqual(settings["databaseFlags"], at(source.inputs["settings"], "databaseFlags"));
    }
  });

  it("[PF-DR-01] keeps daily backups and the logs between them, and a last backup", () => {
    assert.deepEqual(
      only(
        settingsOf(stack, "postgres-shard-0-source"),
        "backupConfiguration",
        "finalBackupConfig",
        "retainBackupsOnDelete",
      ),
      {
        backupConfiguration: {
          enabled: true,
          startTime: "03:00",
          location: "us-central1",
          pointInTimeRecoveryEnabled: true,
          transactionLogRetentionDays: 7,
          backupRetentionSettings: { retentionUnit: "COUNT", retainedBackups: 14 },
        },
        finalBackupConfig: { enabled: true, retentionDays: 30 },
        retainBackupsOnDelete: true,
      },
    );
  });

  it("[PF-SEC-05] is encrypted with a key of the site, which Cloud SQL may use before it is made", async () => {
    assert.match(text(stack.input("postgres-shard-0-source", "encryptionKeyName")), /keyRings\/stores\/.*\/data$/);
    assert.ok(stack.waitsFor("postgres-shard-0-source").has("stores-data-sqladmin"));
    const replica = stack.output("postgres-shard-0-replica-search", "encryptionKeyName");
    assert.equal(replica, stack.input("postgres-shard-0-source", "encryptionKeyName"));
    const { run } = await attempt(
      (ground) => {
        new Postgres("postgres", { ...args(ground), keyId: ground.keys.keyIds.data }, ground.onGcp);
      },
      { apis },
    );
    assert.match(run.errors[0] ?? "", /::postgres-source: .*gcp-sa-cloud-sql/);
  });

  it("[PF-SEC-06] answers at private addresses alone, over TLS", () => {
    for (const { inputs, outputs, name } of stack.ofType(instance)) {
      assert.deepEqual(
        at(inputs["settings"], "ipConfiguration"),
        {
          ipv4Enabled: false,
          privateNetwork: stack.id("network-network"),
          allocatedIpRange: "test-private-services",
          sslMode: "ENCRYPTED_ONLY",
        },
        name,
      );
      assert.equal(outputs["publicIpAddress"], "", name);
      assert.ok(stack.waitsFor(name).has("network-private-services-routes"), name);
    }
    const set = at(settingsOf(stack, "postgres-shard-0-source"), "databaseFlags") as Properties[];
    assert.deepEqual(
      set.find(({ name }) => name === "ssl_min_protocol_version"),
      { name: "ssl_min_protocol_version", value: "TLSv1.3" },
    );
  });

  it("hands out the credentials of each shard's owner, once there is one", () => {
    assert.deepEqual(
      sharded?.credentials.map(({ keys }) => keys),
      [0, 1].map(() => ["username", "password", "host", "port", "database"]),
    );
    const version = stack.named("secrets-postgres-shard-1-version");
    const password = stack.output("postgres-shard-1-password", "result");
    assert.deepEqual(JSON.parse(text(version.inputs["secretData"])), {
      username: "platform",
      password,
      host: stack.output("postgres-shard-1-source", "privateIpAddress"),
      port: "5432",
      database: "portfolio",
    });
    assert.ok(version.secretPaths.includes("secretData"));
    assert.deepEqual(stack.component("postgres").outputs["hosts"], [
      stack.output("postgres-shard-0-source", "privateIpAddress"),
      stack.output("postgres-shard-1-source", "privateIpAddress"),
    ]);
    assert.deepEqual(
      stack.component("postgres-shard-0").outputs["replicaHosts"],
      ["reports", "search"].map((key) => stack.output(`postgres-shard-0-replica-${key}`, "privateIpAddress")),
    );
    assert.equal(sharded.byKey["shard-1"], sharded.shards[1]);
    assert.deepEqual(sharded.routing.slots, two);
  });

  it("[PF-SEC-06] names the authorities of the source and of its replicas, which clients have to trust", () => {
    const own = ["source", "replica-reports", "replica-search"].map((part) =>
      text(stack.output(`postgres-shard-0-${part}`, "serverCaCerts.0.cert")),
    );
    assert.equal(new Set(own).size, 3);
    assert.deepEqual(authorities, { text: own.join(""), secret: false });
    const twice = { cert: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----" };
    assert.equal(bundle([twice, twice]), `${twice.cert}\n`);
  });

  it("[PF-DR-01] leaves its backups to a plan of Backup and DR where the site has one", async () => {
    const ignored = async (change: Partial<PostgresArgs>) => (await one(change)).named("postgres-source").ignoreChanges;
    assert.deepEqual(await ignored({}), ["settings.diskSize"]);
    assert.deepEqual(await ignored({ backups: "vault" }), ["settings.diskSize", "settings.backupConfiguration"]);
  });

  it("leaves rows and their owner where they are when a name changes", () => {
    for (const name of ["postgres-shard-0-database", "postgres-shard-0-user"]) {
      assert.equal(stack.input(name, "deletionPolicy"), "ABANDON", name);
      assert.equal(stack.input(name, "instance"), stack.input("postgres-shard-0-source", "name"), name);
    }
  });

  it("is small and goes without a trace in development", async () => {
    const small = await one(
      { availability: "single-zone", replicas: {}, backupRetentionDays: 1, backupLocation: "us-east4" },
      { class: "development" },
    );
    const settings = settingsOf(small, "postgres-source");
    assert.equal(small.ofType(instance).length, 1);
    assert.equal(settings["availabilityType"], "ZONAL");
    assert.equal(settings["deletionProtectionEnabled"], false);
    assert.equal(small.input("postgres-source", "deletionProtection"), false);
    assert.equal(small.named("postgres-source").protect, false);
    assert.deepEqual(settings["finalBackupConfig"], { enabled: false });
    assert.equal(settings["retainBackupsOnDelete"], false);
    assert.equal(at(settings, "backupConfiguration.location"), "us-east4");
    assert.equal(at(settings, "backupConfiguration.transactionLogRetentionDays"), 1);
    assert.equal(small.component("postgres").outputs["host"], small.output("postgres-source", "privateIpAddress"));
  });

  it("takes both switches down, and the last backup with them, once protection is off", async () => {
    const open = await onSite(
      (ground) => {
        const protection = protectionOf("production", "off");
        new Postgres("postgres", { ...args(ground), protection }, ground.onGcp);
      },
      { apis },
    );
    for (const { inputs, name, protect } of open.ofType(instance)) {
      assert.equal(inputs["deletionProtection"], false, name);
      assert.equal(at(inputs["settings"], "deletionProtectionEnabled"), false, name);
      assert.equal(protect, false, name);
    }
  });

  it("can be changed by its one escape hatch", async () => {
    const changed = await one({ transform: (inputs, role) => ({ ...inputs, maintenanceVersion: role }) });
    assert.equal(changed.input("postgres-source", "maintenanceVersion"), "source");
    assert.equal(changed.input("postgres-replica-search", "maintenanceVersion"), "replica");
  });

  it("refuses a standby of a database that follows another, and names both settings", async () => {
    await assert.rejects(
      one({ logicalReplication: { slots: 20, retainedGiB: 20, role: "subscriber" } }),
      /availability is "standby" while the replication role of "postgres" is "subscriber"/,
    );
  });
});

describe("flags of PostgreSQL on Google Cloud", () => {
  const written = (needs: Parameters<typeof flags>[0]) => flags(needs).map(({ name, value }) => `${name}=${value}`);
  const plain = [
    "cloudsql.enable_pgaudit=on",
    "cloudsql.iam_authentication=on",
    "log_checkpoints=on",
    "log_connections=on",
    "log_disconnections=on",
    "log_lock_waits=on",
    "max_connections=100",
  ];

  it("let identities log in, and write down who came", () => {
    assert.deepEqual(written({ maxConnections: 100 }), plain);
  });

  it("make room for publisher and subscriber alike, in the order of their names", () => {
    assert.deepEqual(
      written({ maxConnections: 100, minimumTls: "1.2", logicalReplication: { slots: 8, retainedGiB: 2 } }),
      [
        "cloudsql.enable_pgaudit=on",
        "cloudsql.iam_authentication=on",
        "cloudsql.logical_decoding=on",
        ...plain.slice(2),
        "max_logical_replication_workers=8",
        "max_replication_slots=8",
        "max_slot_wal_keep_size=2048",
        "max_wal_senders=18",
        "max_worker_processes=16",
        "ssl_min_protocol_version=TLSv1.2",
      ],
    );
  });
});

describe("a standby that is left to the class", () => {
  it("is there where the class has one, unless the database follows another", () => {
    const [production, development] = [protectionOf("production"), protectionOf("development")];
    assert.equal(availabilityOf("by-class", "publisher", production), "standby");
    assert.equal(availabilityOf("by-class", "subscriber", production), "single-zone");
    assert.equal(availabilityOf("by-class", "publisher", development), "single-zone");
    assert.equal(availabilityOf("standby", "publisher", development), "standby");
  });
});
