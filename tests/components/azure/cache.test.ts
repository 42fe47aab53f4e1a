import assert from "node:assert/strict";
import { isSecret } from "@pulumi/pulumi";
import { Cache, type CacheArgs } from "../../../components/azure/cache";
import { at, only, text, type Deployed } from "../../stacks/deployed";
import { attempt, onNetwork, type Ground, type GroundOptions } from "./ground";
import { changeTo } from "./role";

function cacheOn(ground: Ground, changes: Partial<CacheArgs> = {}): Cache {
  const { prefix, place, network, dns, keys, logs, protection, onAzure } = ground;
  return new Cache(
    "cache",
    {
      prefix,
      place,
      size: "Balanced_B5",
      nodes: 2,
      snapshots: "12h",
      network,
      dns,
      keys,
      logs,
      protection,
      ...changes,
    },
    onAzure,
  );
}

function deployed(changes: Partial<CacheArgs>, options: GroundOptions = {}): Promise<Deployed> {
  return onNetwork((ground) => {
    cacheOn(ground, changes);
  }, options);
}

describe("cache of Azure, deployed", function () {
  this.timeout(60_000);
  const told: { url?: string; isSecret?: Promise<boolean>; engine?: string; port?: number } = {};
  let stack: Deployed;
  before(async () => {
    stack = await onNetwork(
      (ground) => {
        const cache = cacheOn(ground);
        [told.engine, told.port] = [cache.engine, cache.port];
        cache.url.apply((url) => (told.url = url));
        told.isSecret = isSecret(cache.url);
      },
      { class: "production" },
    );
  });

  it("[PF-DATA-03] is Redis with a replica, in one piece, found by one URL", async () => {
    assert.deepEqual(only(stack.named("cache-cluster").inputs, "sku", "highAvailability", "zones"), {
      sku: { name: "Balanced_B5" },
      highAvailability: "Enabled",
      zones: undefined,
    });
    assert.deepEqual(
      only(
        stack.named("cache-database").inputs,
        "databaseName",
        "port",
        "clusteringPolicy",
        "evictionPolicy",
        "accessKeysAuthentication",
        "persistence",
      ),
      {
        databaseName: "default",
        port: 10000,
        clusteringPolicy: "NoCluster",
        evictionPolicy: "VolatileLRU",
        accessKeysAuthentication: "Enabled",
        persistence: { aofEnabled: false, rdbEnabled: true, rdbFrequency: "12h" },
      },
    );
    assert.deepEqual([told.engine, told.port], ["redis", 10000]);
    const url = new URL(text(told.url));
    assert.equal(url.protocol, "rediss:");
    assert.equal(url.host, `${text(stack.output("cache-cluster", "hostName"))}:10000`);
    // A key is Base64, of which a URL takes not every letter as it is.
    assert.match(decodeURIComponent(url.password), /^[A-Za-z0-9+/]{43}=$/);
    assert.doesNotMatch(url.password, /[+/=]/);
    assert.equal(await told.isSecret, true);
  });

  it("has a name of 60 letters at most, and goes with its one database", async () => {
    assert.match(text(stack.input("cache-cluster", "clusterName")), /^test-redis-[a-z0-9]{6}$/);
    assert.equal(stack.named("cache-database").deletedWith, stack.named("cache-cluster").urn);
    const long = await deployed({ prefix: "a".repeat(55) });
    assert.equal(text(long.input("cache-cluster", "clusterName")).length, 60);
  });

  it("[PF-SEC-05] is encrypted with the key of the site, which it may use before it is made", () => {
    assert.deepEqual(stack.input("cache-cluster", "encryption.customerManagedKeyEncryption"), {
      keyEncryptionKeyIdentity: {
        identityType: "userAssignedIdentity",
        userAssignedIdentityResourceId: stack.id("cache-key-identity"),
      },
      keyEncryptionKeyUrl: stack.output("keys-data", "keyUriWithVersion"),
    });
    assert.ok(stack.waitsFor("cache-cluster").has("cache-key-right"));
  });

  it("[PF-SEC-06] speaks TLS alone, in the network alone", () => {
    assert.deepEqual(only(stack.named("cache-cluster").inputs, "minimumTlsVersion", "publicNetworkAccess"), {
      minimumTlsVersion: "1.2",
      publicNetworkAccess: "Disabled",
    });
    assert.equal(stack.input("cache-database", "clientProtocol"), "Encrypted");
    const { inputs } = stack.named("cache-private-endpoint");
    assert.equal(at(inputs, "privateLinkServiceConnections.0.privateLinkServiceId"), stack.id("cache-cluster"));
    assert.equal(at(inputs, "privateLinkServiceConnections.0.groupIds.0"), "redisEnterprise");
    assert.equal(stack.input("cache-private-names", "privateDnsZoneConfigs.0.privateDnsZoneId"), stack.id("dns-redis"));
    assert.ok(stack.waitsFor("cache-private-endpoint").has("cache-database"));
  });

  it("is kept and locked where the class protects", async () => {
    assert.equal(stack.named("cache-cluster").protect, true);
    assert.equal(stack.named("cache-database").protect, true);
    assert.equal(stack.input("cache-lock", "scope"), stack.id("cache-cluster"));
    const development = await deployed({ nodes: 1, snapshots: "none" }, { class: "development" });
    assert.equal(development.named("cache-cluster").protect, false);
    assert.equal(development.input("cache-cluster", "highAvailability"), "Disabled");
    assert.deepEqual(development.input("cache-database", "persistence"), { aofEnabled: false, rdbEnabled: false });
    assert.deepEqual(development.ofType("azure-native:authorization:ManagementLockByScope"), []);
  });

  it("asks for no key in a preview, where there is no cache yet", async () => {
    const { run } = await attempt((ground) => void cacheOn(ground), { preview: true });
    assert.deepEqual(run.errors, []);
  });

  it("switches its role in place, and back", async () => {
    const [standby, active] = [{ size: "Balanced_B0" }, { size: "Balanced_B10" }] as const;
    const inPlace = { updated: ["cache-cluster"], others: [] };
    assert.deepEqual(changeTo(await deployed(standby), await deployed(active)), inPlace);
    assert.deepEqual(changeTo(await deployed(active), await deployed(standby)), inPlace);
  });

  it("a replica that came or went with the role would be refused", async () => {
    const { updated, others } = changeTo(await deployed({ nodes: 1 }), await deployed({ nodes: 2 }));
    assert.deepEqual(updated, []);
    assert.equal(others.length, 1);
    assert.match(others.join(), /::cache-cluster is refused: .*highAvailability/);
  });
});
