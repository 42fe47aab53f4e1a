import assert from "node:assert/strict";
import type { MongoClusterArgs } from "@pulumi/azure-native/mongocluster";
import { output } from "@pulumi/pulumi";
import { Documents, type DocumentsArgs } from "../../../components/azure/documents";
import { SecretStore } from "../../../components/azure/secret-store";
import { at, only, text, type Deployed } from "../../stacks/deployed";
import { attempt, onNetwork, type Ground, type GroundOptions } from "./ground";
import { changeTo } from "./role";

function documentsOn(ground: Ground, changes: Partial<DocumentsArgs> = {}): Documents {
  const { prefix, place, network, dns, logs, protection, onAzure } = ground;
  const home = { prefix, place, network, dns, logs, protection };
  return new Documents(
    "documents",
    {
      ...home,
      engineVersion: "8.0",
      tier: "M40",
      storageGiB: 128,
      availability: "standby",
      masterUser: "platform",
      secrets: new SecretStore("secrets", home, onAzure),
      ...changes,
    },
    onAzure,
  );
}

function deployed(changes: Partial<DocumentsArgs>, options: GroundOptions = {}): Promise<Deployed> {
  return onNetwork((ground) => {
    documentsOn(ground, changes);
  }, options);
}

describe("documents of Azure, deployed", function () {
  this.timeout(60_000);
  let made: Documents | undefined;
  let stack: Deployed;
  const told: { host?: string; readerHost?: string } = {};
  before(async () => {
    stack = await onNetwork(
      (ground) => {
        made = documentsOn(ground);
        made.host.apply((host) => (told.host = host));
        made.readerHost.apply((host) => (told.readerHost = host));
      },
      { class: "production" },
    );
  });

  it("[PF-DATA-02] is a cluster for MongoDB with a standby in another zone", () => {
    const { inputs, protect } = stack.named("documents-cluster");
    assert.match(text(inputs["mongoClusterName"]), /^test-documents-[a-z0-9]{6}$/);
    assert.deepEqual(inputs["properties"], {
      administrator: { userName: "platform", password: stack.output("documents-password", "result") },
      serverVersion: "8.0",
      compute: { tier: "M40" },
      storage: { sizeGb: 128 },
      sharding: { shardCount: 1 },
      highAvailability: { targetMode: "ZoneRedundantPreferred" },
      publicNetworkAccess: "Disabled",
    });
    assert.equal(protect, true);
    assert.equal(stack.input("documents-lock", "scope"), stack.id("documents-cluster"));
  });

  it("has a master user with a password of 32 letters and digits of each kind, which fits in a URL", () => {
    assert.deepEqual(
      only(stack.named("documents-password").inputs, "length", "special", "minLower", "minUpper", "minNumeric"),
      { length: 32, special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
    );
  });

  it("has a name of 40 letters at most", async () => {
    const long = await deployed({ prefix: "a".repeat(50) });
    assert.match(text(long.input("documents-cluster", "mongoClusterName")), /^a{23}-documents-[a-z0-9]{6}$/);
  });

  it("[PF-SEC-06] is found by TLS, in the network alone", () => {
    const { inputs } = stack.named("documents-private-endpoint");
    assert.equal(at(inputs, "privateLinkServiceConnections.0.privateLinkServiceId"), stack.id("documents-cluster"));
    assert.equal(at(inputs, "privateLinkServiceConnections.0.groupIds.0"), "MongoCluster");
    assert.equal(
      stack.input("documents-private-names", "privateDnsZoneConfigs.0.privateDnsZoneId"),
      stack.id("dns-documents"),
    );
    assert.deepEqual(
      [made?.scheme, made?.databaseName, made?.port, made?.protocol, made?.options],
      [
        "mongodb+srv",
        undefined,
        10260,
        "8.0",
        { tls: "true", authMechanism: "SCRAM-SHA-256", retryWrites: "false", maxIdleTimeMS: "120000" },
      ],
    );
  });

  it("keeps its credentials in the store, with a URL that finds the node by itself", () => {
    const host = `${text(stack.output("documents-cluster", "name"))}.global.mongocluster.cosmos.azure.com`;
    assert.deepEqual([told.host, told.readerHost], [host, host]);
    const password = text(stack.output("documents-password", "result"));
    assert.deepEqual(JSON.parse(text(stack.input("secrets-documents", "properties.value"))), {
      username: "platform",
      password,
      host,
      port: "10260",
      url: `mongodb+srv://platform:${password}@${host}/?tls=true&authMechanism=SCRAM-SHA-256&retryWrites=false&maxIdleTimeMS=120000`,
    });
    assert.deepEqual(made?.credentials.keys, ["username", "password", "host", "port", "url"]);
    assert.ok(stack.named("documents-cluster").secretPaths.some((path) => path.startsWith("properties")));
  });

  it("is neither kept nor locked in development", async () => {
    const development = await deployed({ availability: "single-zone" }, { class: "development" });
    assert.equal(development.named("documents-cluster").protect, false);
    assert.equal(development.input("documents-cluster", "properties.highAvailability.targetMode"), "Disabled");
    assert.deepEqual(development.ofType("azure-native:authorization:ManagementLockByScope"), []);
  });

  it("shows no host in a preview", async () => {
    const { run } = await attempt((ground) => void documentsOn(ground), { preview: true });
    assert.deepEqual(run.errors, []);
  });

  it("switches its role in place, and back", async () => {
    const standby = { tier: "M30", availability: "single-zone" } as const;
    const inPlace = { updated: ["documents-cluster"], others: [] };
    assert.deepEqual(changeTo(await deployed(standby), await deployed({})), inPlace);
    assert.deepEqual(changeTo(await deployed({}), await deployed(standby)), inPlace);
  });

  it("storage that shrank with the role would be refused, and so would a machine without a standby", async () => {
    const { others } = changeTo(await deployed({}), await deployed({ storageGiB: 64 }));
    assert.match(others.join(), /::documents-cluster is refused: .*only grows/);
    const small = (cluster: MongoClusterArgs): MongoClusterArgs => ({
      ...cluster,
      properties: output(cluster.properties).apply((given) => ({ ...given, compute: { tier: "M25" } })),
    });
    const { run } = await attempt((ground) => void documentsOn(ground, { transform: small }));
    assert.match(run.errors.join("\n"), /the tier M25 has no high availability/);
  });
});
