import assert from "node:assert/strict";
import { at, deployStack, only, type Deployed } from "./deployed";

// What the committed settings leave out, and a site on Google Cloud can have all the same.

describe("prod-gcp: other choices in production", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployStack("prod-gcp", {
      siteContract: "skip",
      cluster: {
        name: "portfolio-prod-gke",
        access: "bastion",
        operators: { platform: "group:platform@example.com" },
      },
      dns: { mode: "create", name: "gcp.example.com" },
      images: { mode: "skip" },
      cache: { memoryGiB: 5 },
      events: { mode: "create", cpus: 2, memoryGiB: 8, storageGiB: 500, standby: { cpus: 1, memoryGiB: 4 } },
      governance: {
        mode: "create",
        auditLock: "compliance",
        backups: { mode: "create", lock: "compliance", lockedFrom: "2027-01-01T00:00:00Z" },
      },
    });
  });

  it("[PF-SEC-03] [PF-SEC-04] has a bastion that Identity-Aware Proxy alone reaches, and that reaches others by HTTPS alone", () => {
    assert.deepEqual(
      stack
        .ofType("gcp:compute/firewall:Firewall")
        .map(({ name }) => name)
        .sort(),
      ["firewall-bastion-deny-egress", "firewall-bastion-https", "firewall-deny-ingress", "firewall-iap-ssh"],
    );
    assert.deepEqual(stack.input("firewall-iap-ssh", "targetServiceAccounts"), [
      stack.output("bastion-account", "email"),
    ]);
    assert.equal(
      stack.input("cluster-control-plane-gke", "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic"),
      false,
    );
  });

  it("[PF-SEC-07] [PF-DR-01] locks its records for ever, and its backups from a moment on", () => {
    assert.equal(stack.input("audit-trail-bucket", "locked"), true);
    assert.equal(stack.input("backup-vaults-vault", "effectiveTime"), "2027-01-01T00:00:00Z");
    assert.equal(stack.input("backup-vaults-cluster", "retentionPolicy.locked"), true);
  });

  it("keeps its DNS zone from being deleted", () => {
    assert.deepEqual(only(stack.named("dns-zone").inputs, "dnsName", "forceDestroy"), {
      dnsName: "gcp.example.com.",
      forceDestroy: false,
    });
    assert.equal(stack.named("dns-zone").protect, true);
  });

  it("[PF-DATA-03] has a second node of Redis where nobody says how many", () => {
    assert.deepEqual(only(stack.named("redis-instance").inputs, "tier", "replicaCount"), {
      tier: "STANDARD_HA",
      replicaCount: 1,
    });
  });

  it("has no registry of its own", () => {
    assert.deepEqual(
      stack.ofType("gcp:artifactregistry/repository:Repository").map(({ name }) => name),
      ["functions-build-images"],
    );
  });

  it("[PF-DATA-04] gives brokers the size of a site that serves, since it has no other role", () => {
    assert.deepEqual(at(stack.named("events-brokers").inputs, "spec.resources.requests"), { cpu: "2", memory: "8Gi" });
  });
});

describe("prod-gcp: other choices in development", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployStack("prod-gcp", {
      class: "development",
      siteContract: "skip",
      cache: { memoryGiB: 5 },
      database: { backupCopy: true },
      governance: { mode: "create", backups: { mode: "skip" } },
    });
  });

  it("[PF-DATA-03] has one node of Redis where nobody says how many", () => {
    assert.deepEqual(only(stack.named("redis-instance").inputs, "tier", "replicaCount"), {
      tier: "BASIC",
      replicaCount: undefined,
    });
  });

  it("[PF-DR-01] has backups of the database by Cloud SQL itself where no vault keeps them", () => {
    const { inputs, ignoreChanges } = stack.named("databases-shard-0-source");
    assert.deepEqual(ignoreChanges, ["settings.diskSize"]);
    assert.equal(at(inputs, "settings.backupConfiguration.location"), "us-east1");
    assert.equal(stack.ofType("gcp:backupdisasterrecovery/backupVault:BackupVault").length, 0);
    assert.equal(stack.input("audit-trail-bucket", "locked"), false);
  });
});
