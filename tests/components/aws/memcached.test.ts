import assert from "node:assert/strict";
import { Memcached } from "../../../components/aws/memcached";
import { attempt, onGround, type Ground } from "./data-ground";

function memcached({ shared, stores }: Ground, nodes: number, engineVersion = "1.6.22") {
  const { account, network, securityGroupId, protection } = shared;
  return new Memcached(
    "memcached",
    { account, network, securityGroupId, protection, engineVersion, nodeType: "cache.t4g.small", nodes },
    stores,
  );
}

describe("Memcached", function () {
  this.timeout(60_000);

  it("[PF-DATA-03] lies in all zones and answers over TLS only", async () => {
    let made: Memcached | undefined;
    const stack = await onGround((ground) => {
      made = memcached(ground, 4);
    });
    const cluster = stack.named("memcached-cluster");
    assert.deepEqual(cluster.inputs, {
      engine: "memcached",
      engineVersion: "1.6.22",
      nodeType: "cache.t4g.small",
      port: 11211,
      numCacheNodes: 4,
      azMode: "cross-az",
      preferredAvailabilityZones: ["eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1a"],
      parameterGroupName: stack.output("memcached-parameters", "name"),
      subnetGroupName: stack.output("memcached-subnets", "name"),
      securityGroupIds: [stack.id("stores")],
      transitEncryptionEnabled: true,
      maintenanceWindow: "sun:03:30-sun:04:30",
    });
    assert.equal(cluster.protect, true);
    assert.equal(stack.input("memcached-parameters", "family"), "memcached1.6");
    assert.deepEqual(
      stack.input("memcached-subnets", "subnetIds"),
      ["a", "b", "c"].map((zone) => stack.id(`network-database-${zone}`)),
    );
    assert.deepEqual([made?.engine, made?.port], ["memcached", 11211]);
  });

  it("has one node in one zone where one is enough, and no guard in development", async () => {
    const stack = await onGround((ground) => memcached(ground, 1), { class: "development" });
    const { inputs, protect } = stack.named("memcached-cluster");
    assert.deepEqual(
      [inputs["azMode"], inputs["preferredAvailabilityZones"], inputs["transitEncryptionEnabled"], protect],
      ["single-az", ["eu-west-1a"], true, false],
    );
  });

  it("gets another node without a change to those that are there", async () => {
    const zonesOf = async (nodes: number) =>
      (await onGround((ground) => memcached(ground, nodes))).input(
        "memcached-cluster",
        "preferredAvailabilityZones",
      ) as string[];
    const [three, four] = [await zonesOf(3), await zonesOf(4)];
    assert.deepEqual(four.slice(0, 3), three);
  });

  it("is refused by the cloud in a version without TLS", async () => {
    const stack = await attempt((ground) => memcached(ground, 2, "1.6.6"));
    assert.equal(stack.run.errors.length, 1);
    assert.match(stack.run.errors[0] ?? "", /memcached-cluster.*InvalidParameter/);
  });
});
