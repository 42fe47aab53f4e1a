import assert from "node:assert/strict";
import { isSecret } from "@pulumi/pulumi";
import { Cache, type CacheArgs, type SnapshotHours } from "../../../components/gcp/cache";
import { SiteKeys } from "../../../components/gcp/site-keys";
import { only, text } from "../../stacks/deployed";
import { attempt, onSite, type Ground, type GroundOptions } from "./ground";

const apis = ["redis.googleapis.com"];

/** What Memorystore calls the hours between two snapshots. */
const snapshots: Readonly<Record<SnapshotHours, string>> = {
  1: "ONE_HOUR",
  6: "SIX_HOURS",
  12: "TWELVE_HOURS",
  24: "TWENTY_FOUR_HOURS",
};

/** A cache as production has it, on a key that Memorystore may use. */
function cache({ project, prefix, network, protection, onGcp }: Ground, change: Partial<CacheArgs> = {}): Cache {
  const keys = new SiteKeys("stores", { project, prefix: "stores", users: { data: ["redis"] }, protection }, onGcp);
  return new Cache(
    "cache",
    {
      project,
      prefix,
      engineVersion: "7.2",
      memoryGiB: 5,
      nodes: 3,
      readReplicas: "on",
      snapshotHours: 12,
      network,
      keyId: keys.keyIds.data,
      protection,
      ...change,
    },
    onGcp,
  );
}

const one = (change: Partial<CacheArgs> = {}, options: GroundOptions = {}) =>
  onSite(
    (ground) => {
      cache(ground, change);
    },
    { apis, ...options },
  );

const refusedWith = (change: Partial<CacheArgs>) =>
  attempt(
    (ground) => {
      cache(ground, change);
    },
    { apis },
  ).then(({ run }) => run.errors.join("\n"));

describe("Redis on Google Cloud", function () {
  this.timeout(60_000);

  it("[PF-DATA-03] fails over to a second zone by itself, and its replicas answer reads", async () => {
    const stack = await one({}, { class: "production" });
    const { inputs, outputs, protect } = stack.named("cache-instance");
    assert.deepEqual(
      only(inputs, "name", "tier", "replicaCount", "readReplicasMode", "memorySizeGb", "redisVersion", "region"),
      {
        name: "test-redis",
        tier: "STANDARD_HA",
        replicaCount: 2,
        readReplicasMode: "READ_REPLICAS_ENABLED",
        memorySizeGb: 5,
        redisVersion: "REDIS_7_2",
        region: "us-central1",
      },
    );
    assert.notEqual(outputs["locationId"], outputs["alternativeLocationId"]);
    assert.deepEqual(inputs["persistenceConfig"], { persistenceMode: "RDB", rdbSnapshotPeriod: "TWELVE_HOURS" });
    assert.deepEqual(inputs["maintenancePolicy"], {
      weeklyMaintenanceWindows: [{ day: "SUNDAY", startTime: { hours: 3, minutes: 0, seconds: 0, nanos: 0 } }],
    });
    assert.equal(inputs["deletionProtection"], true);
    assert.equal(protect, true);
  });

  it("[PF-SEC-05] is encrypted with a key of the site, which Memorystore may use before it is made", async () => {
    const stack = await onSite(cache, { apis });
    assert.match(text(stack.input("cache-instance", "customerManagedKey")), /keyRings\/stores\/.*\/data$/);
    assert.ok(stack.waitsFor("cache-instance").has("stores-data-redis"));
    const { run } = await attempt(
      (ground) => {
        cache(ground, { keyId: ground.keys.keyIds.data });
      },
      { apis },
    );
    assert.match(run.errors[0] ?? "", /::cache-instance: .*cloud-redis/);
  });

  it("[PF-SEC-06] answers at a private address alone, over TLS and behind a password", async () => {
    const seen: { url?: string; secret?: boolean; certificate?: string } = {};
    const stack = await onSite(
      (ground) => {
        const made = cache(ground);
        made.url.apply((url) => {
          seen.url = url;
        });
        made.certificateAuthority.apply((certificate) => {
          seen.certificate = certificate;
        });
        void isSecret(made.url).then((secret) => {
          seen.secret = secret;
        });
      },
      { apis },
    );
    const { inputs, outputs } = stack.named("cache-instance");
    assert.deepEqual(
      only(inputs, "authorizedNetwork", "connectMode", "reservedIpRange", "transitEncryptionMode", "authEnabled"),
      {
        authorizedNetwork: stack.id("network-network"),
        connectMode: "PRIVATE_SERVICE_ACCESS",
        reservedIpRange: "test-private-services",
        transitEncryptionMode: "SERVER_AUTHENTICATION",
        authEnabled: true,
      },
    );
    assert.ok(stack.waitsFor("cache-instance").has("network-private-services-routes"));
    assert.equal(outputs["port"], 6378);
    assert.equal(seen.url, `rediss://:${text(outputs["authString"])}@${text(outputs["host"])}:6378`);
    assert.equal(seen.secret, true);
    assert.match(seen.certificate ?? "", /^-----BEGIN CERTIFICATE-----/);
  });

  for (const [hours, rdbSnapshotPeriod] of Object.entries(snapshots)) {
    it(`takes a snapshot every ${hours} h`, async () => {
      const stack = await one({ snapshotHours: Number(hours) as SnapshotHours });
      assert.deepEqual(stack.input("cache-instance", "persistenceConfig"), {
        persistenceMode: "RDB",
        rdbSnapshotPeriod,
      });
    });
  }

  it("is one node without snapshots in development", async () => {
    const stack = await one({ nodes: 1, memoryGiB: 1, snapshotHours: 0 }, { class: "development" });
    const { inputs, protect } = stack.named("cache-instance");
    assert.deepEqual(only(inputs, "tier", "replicaCount", "readReplicasMode", "deletionProtection"), {
      tier: "BASIC",
      replicaCount: undefined,
      readReplicasMode: undefined,
      deletionProtection: false,
    });
    assert.deepEqual(inputs["persistenceConfig"], { persistenceMode: "DISABLED" });
    assert.equal(protect, false);
  });

  it("has a replica that answers no reads in less memory", async () => {
    const stack = await one({ nodes: 2, memoryGiB: 1, readReplicas: "off" });
    assert.deepEqual(only(stack.named("cache-instance").inputs, "tier", "replicaCount", "readReplicasMode"), {
      tier: "STANDARD_HA",
      replicaCount: 1,
      readReplicasMode: "READ_REPLICAS_DISABLED",
    });
  });

  it("is refused more replicas than it has room for", async () => {
    assert.match(await refusedWith({ nodes: 3, readReplicas: "off" }), /replicaCount/);
    assert.match(await refusedWith({ memoryGiB: 4 }), /memorySizeGb/);
  });

  it("can be changed by its one escape hatch", async () => {
    const stack = await one({ transform: (inputs) => ({ ...inputs, displayName: "Other" }) });
    assert.equal(stack.input("cache-instance", "displayName"), "Other");
  });
});
