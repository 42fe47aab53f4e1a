import assert from "node:assert/strict";
import fc from "fast-check";
import {
  accelerators,
  architectures,
  capacities,
  poolLabels,
  poolTaints,
  type NodePool,
} from "../../../components/contracts/node-pool";
import { awsPool } from "../../../components/planning/node-pools";
import { architectureOf, isInstanceType } from "../../../offline/services/aws/instance-types";

const general: NodePool = {
  capacity: "on-demand",
  architecture: "amd64",
  accelerator: "none",
  cpus: 4,
  memoryGiB: 16,
  diskGiB: 80,
  nodes: { min: 2, max: 6 },
};
const types = (change: Partial<NodePool>) => awsPool("pool", { ...general, ...change }).instanceTypes;

describe("node pools on AWS", () => {
  it("[PF-SCALE-01] renders a pool on demand as one machine type, with its bounds", () => {
    assert.deepEqual(awsPool("general", general), {
      capacity: "on-demand",
      instanceTypes: ["m7i.xlarge"],
      amiType: "AL2023_x86_64_STANDARD",
      nodes: { desired: 2, min: 2, max: 6 },
      disk: { type: "gp3", sizeGiB: 80 },
      labels: { "platform/pool": "general", "platform/capacity": "on-demand", "platform/accelerator": "none" },
      taints: [],
    });
  });

  it("[PF-SCALE-01] gives a spot pool several machine types of one size, and keeps other pods off it", () => {
    const spot = awsPool("batch", { ...general, capacity: "spot" });
    assert.deepEqual(spot.instanceTypes, ["m7i.xlarge", "m7a.xlarge", "m6i.xlarge", "m6a.xlarge"]);
    assert.deepEqual(spot.taints, [{ key: "platform/capacity", value: "spot", effect: "NO_SCHEDULE" }]);
    assert.equal(spot.labels["platform/capacity"], "spot");
  });

  it("[PF-AI-01] rents one NVIDIA accelerator with each node, behind a taint and with its driver", () => {
    const pool = awsPool("serving", { ...general, accelerator: "nvidia-l4", nodes: { min: 0, max: 2 } });
    assert.deepEqual(pool.instanceTypes, ["g6.xlarge"]);
    assert.equal(pool.amiType, "AL2023_x86_64_NVIDIA");
    assert.deepEqual(pool.nodes, { desired: 0, min: 0, max: 2 });
    assert.deepEqual(pool.taints, [{ key: "platform/accelerator", value: "nvidia-l4", effect: "NO_SCHEDULE" }]);
    assert.deepEqual(types({ accelerator: "nvidia-t4", cpus: 5 }), ["g4dn.2xlarge"]);
    // One family has the accelerator, so that the next size stands in.
    assert.deepEqual(types({ accelerator: "nvidia-l4", capacity: "spot" }), ["g6.xlarge", "g6.2xlarge"]);
  });

  const smallest: readonly [cpus: number, memoryGiB: number, amd64: string, arm64: string][] = [
    [1, 4, "m7a.medium", "m8g.medium"],
    [2, 4, "c7i.large", "c8g.large"],
    [2, 8, "m7i.large", "m8g.large"],
    [2, 9, "r7i.large", "r8g.large"],
    [9, 36, "m7i.4xlarge", "m8g.4xlarge"],
    [17, 68, "m7i.8xlarge", "m8g.8xlarge"],
    [33, 132, "m7i.12xlarge", "m8g.12xlarge"],
    [49, 196, "m7i.16xlarge", "m8g.16xlarge"],
    [3, 8, "c7i.xlarge", "c8g.xlarge"],
    [4, 64, "r7i.2xlarge", "r8g.2xlarge"],
    [192, 1536, "r7i.48xlarge", "r8g.48xlarge"],
  ];
  for (const [cpus, memoryGiB, amd64, arm64] of smallest) {
    it(`takes the smallest machine for ${String(cpus)} processors and ${String(memoryGiB)} GiB`, () => {
      assert.deepEqual(types({ cpus, memoryGiB }), [amd64]);
      assert.deepEqual(types({ cpus, memoryGiB, architecture: "arm64" }), [arm64]);
    });
  }

  it("refuses what AWS does not rent, with what to change", () => {
    assert.throws(() => awsPool("serving", { ...general, architecture: "arm64", accelerator: "nvidia-t4" }), {
      message:
        'nodePools.serving: AWS rents no arm64 machine with nvidia-t4: set architecture to "amd64" or accelerator to "none"',
    });
    assert.throws(() => awsPool("huge", { ...general, cpus: 193 }), {
      message:
        "nodePools.huge: no machine has 193 processors and 16 GiB: ask for at most 192 in cpus and 1536 in memoryGiB",
    });
    assert.throws(
      () => awsPool("serving", { ...general, accelerator: "nvidia-l4", memoryGiB: 257 }),
      /256 in memoryGiB/,
    );
  });

  it("names only machine types that exist, of the architecture asked for, and enough of them for spot", () => {
    const pools = fc.record({
      capacity: fc.constantFrom(...capacities),
      architecture: fc.constantFrom(...architectures),
      accelerator: fc.constantFrom(...accelerators),
      cpus: fc.integer({ min: 1, max: 64 }),
      memoryGiB: fc.integer({ min: 1, max: 256 }),
      diskGiB: fc.constant(50),
      nodes: fc.constant({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(pools, (pool) => {
        fc.pre(pool.architecture === "amd64" || pool.accelerator === "none");
        const rendered = awsPool("pool", pool);
        for (const type of rendered.instanceTypes) {
          assert.ok(isInstanceType(type), type);
          assert.equal(architectureOf(type), pool.architecture === "arm64" ? "arm64" : "x86_64");
        }
        assert.equal(new Set(rendered.instanceTypes).size, rendered.instanceTypes.length);
        assert.deepEqual(rendered.labels, poolLabels("pool", pool));
        assert.equal(rendered.taints.length, poolTaints(pool).length);
        const onlyOne = pool.accelerator !== "none" && (pool.cpus > 32 || pool.memoryGiB > 128);
        const expected = pool.capacity === "on-demand" || onlyOne ? 1 : 2;
        assert.ok(rendered.instanceTypes.length >= expected, rendered.instanceTypes.join());
      }),
    );
  });
});
