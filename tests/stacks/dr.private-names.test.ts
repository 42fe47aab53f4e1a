import assert from "node:assert/strict";
import type { Value } from "../../offline/cloud/value";
import { at, deployed, only, type Deployed } from "./deployed";
import { list } from "./invariants/facts";

/** What each service is reached by: the group of its private endpoint, and the zones of its names. */
const ENDPOINTS = {
  "documents-private": ["MongoCluster", "documents"],
  "functions-archive-events-private": ["sites", "functions"],
  "functions-storage-blob": ["blob", "blob"],
  "functions-storage-queue": ["queue", "queue"],
  "functions-storage-table": ["table", "table"],
  "images-private": ["registry", "registry"],
  "key-values-private": ["Sql", "cosmos"],
  "keys-vault-private": ["vault", "vault"],
  "lake-private-blob": ["blob", "blob"],
  "lake-private-dfs": ["dfs", "dfs"],
  "machine-learning-private": ["amlworkspace", "machine-learning", "notebooks"],
  "machine-learning-storage-blob": ["blob", "blob"],
  "machine-learning-storage-file": ["file", "file"],
  "machine-learning-vault-private": ["vault", "vault"],
  "objects-private": ["blob", "blob"],
  "redis-private": ["redisEnterprise", "redis"],
  "secrets-vault-private": ["vault", "vault"],
} as const;

describe("dr: private names", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("dr");
  });

  it("[PF-SEC-04] reaches every service by a private endpoint, under the name that its clients know", () => {
    const group = (name: string): Value | undefined =>
      at(stack.named(`${name}-endpoint`).inputs, "privateLinkServiceConnections.0.groupIds.0");
    const endpoints = stack
      .ofType("azure-native:network:PrivateEndpoint")
      .map(({ name }) => name.replace(/-endpoint$/, ""));
    assert.deepEqual(endpoints.sort(), Object.keys(ENDPOINTS));
    for (const [name, [service, ...zones]] of Object.entries(ENDPOINTS)) {
      assert.equal(group(name), service, name);
      assert.equal(stack.input(`${name}-endpoint`, "subnet.id"), stack.id("network-endpoints"), name);
      assert.deepEqual(
        list(stack.input(`${name}-names`, "privateDnsZoneConfigs")).map((one) => at(one, "privateDnsZoneId")),
        zones.map((zone) => stack.id(`private-dns-${zone}`)),
        name,
      );
    }
  });

  it("[PF-SEC-04] links every private zone to its network alone, before a server or an endpoint is named in it", () => {
    const zones = stack.ofType("azure-native:privatedns:PrivateZone").map(({ name }) => name);
    assert.deepEqual(
      zones.map((zone) => `${zone}-link`).sort(),
      stack
        .ofType("azure-native:privatedns:VirtualNetworkLink")
        .map(({ name }) => name)
        .sort(),
    );
    for (const zone of zones) {
      assert.deepEqual(
        only(stack.named(`${zone}-link`).inputs, "privateZoneName", "virtualNetwork", "registrationEnabled"),
        {
          privateZoneName: stack.output(zone, "name"),
          virtualNetwork: { id: stack.id("network-network") },
          registrationEnabled: false,
        },
        zone,
      );
    }
    const used = new Set(Object.values(ENDPOINTS).flatMap(([, ...of]) => of));
    assert.deepEqual(zones.map((zone) => zone.replace("private-dns-", "")).sort(), [...used, "postgres"].sort());
    for (const server of ["databases-shard-0-source", "databases-shard-0-replica-reader"]) {
      assert.equal(stack.input(server, "network.privateDnsZoneArmResourceId"), stack.id("private-dns-postgres"));
      assert.equal(stack.input(server, "network.delegatedSubnetResourceId"), stack.id("network-database"));
      assert.ok(stack.waitsFor(server).has("private-dns-postgres-link"), `${server} does not wait for its names`);
    }
  });
});
