import assert from "node:assert/strict";
import { accelerators, architectures, type NodePool } from "../../../components/contracts/node-pool";
import { gcpPool } from "../../../components/planning/node-pools-gcp";

const general: NodePool = {
  capacity: "on-demand",
  architecture: "amd64",
  accelerator: "none",
  cpus: 4,
  memoryGiB: 16,
  diskGiB: 100,
  nodes: { min: 3, max: 12 },
};

describe("node pools of GKE", () => {
  it("are the smallest machine that meets the need", () => {
    assert.deepEqual(gcpPool("general", general), {
      capacity: "on-demand",
      architecture: "amd64",
      machineType: "n4-standard-4",
      accelerator: undefined,
      nodes: { min: 3, max: 12 },
      disk: { type: "hyperdisk-balanced", sizeGiB: 100 },
      labels: { "platform/pool": "general", "platform/capacity": "on-demand", "platform/accelerator": "none" },
      taints: [],
    });
  });

  const cases: readonly [Partial<NodePool>, machine: string, disk: string][] = [
    [{ cpus: 4, memoryGiB: 8 }, "n4-highcpu-4", "hyperdisk-balanced"],
    [{ cpus: 4, memoryGiB: 9 }, "n4-standard-4", "hyperdisk-balanced"],
    [{ cpus: 2, memoryGiB: 17 }, "n4-highmem-4", "hyperdisk-balanced"],
    [{ cpus: 5, memoryGiB: 32 }, "n4-standard-8", "hyperdisk-balanced"],
    [{ architecture: "arm64" }, "c4a-standard-4", "hyperdisk-balanced"],
    [{ architecture: "arm64", cpus: 1, memoryGiB: 1 }, "c4a-highcpu-1", "hyperdisk-balanced"],
    [{ accelerator: "nvidia-l4" }, "g2-standard-4", "pd-balanced"],
    [{ accelerator: "nvidia-l4", memoryGiB: 40 }, "g2-standard-12", "pd-balanced"],
    [{ accelerator: "nvidia-t4", memoryGiB: 15 }, "n1-standard-4", "pd-balanced"],
    [{ accelerator: "nvidia-t4" }, "n1-highmem-4", "pd-balanced"],
    [{ cpus: 80, memoryGiB: 640 }, "n4-highmem-80", "hyperdisk-balanced"],
  ];
  for (const [need, machineType, disk] of cases) {
    it(`for ${JSON.stringify(need)} are of ${machineType}`, () => {
      const pool = gcpPool("general", { ...general, ...need });
      assert.equal(pool.machineType, machineType);
      assert.equal(pool.disk.type, disk);
    });
  }

  it("with accelerators name their type as Compute Engine does, and keep others off", () => {
    const pool = gcpPool("gpu", { ...general, accelerator: "nvidia-t4", capacity: "spot" });
    assert.equal(pool.accelerator, "nvidia-tesla-t4");
    assert.deepEqual(pool.taints, [
      { key: "platform/capacity", value: "spot", effect: "NO_SCHEDULE" },
      { key: "platform/accelerator", value: "nvidia-t4", effect: "NO_SCHEDULE" },
    ]);
  });

  it("are made for every kind that the contract knows, or refused with a remedy", () => {
    for (const architecture of architectures) {
      for (const accelerator of accelerators) {
        const make = () => gcpPool("pool", { ...general, architecture, accelerator });
        if (architecture === "arm64" && accelerator !== "none") {
          assert.throws(make, {
            message: `nodePools.pool: Google Cloud rents no arm64 machine with ${accelerator}: set architecture to "amd64" or accelerator to "none"`,
          });
        } else assert.match(make().machineType, /^[a-z0-9]+-[a-z]+-\d+$/);
      }
    }
  });

  it("larger than any machine are refused with what to ask for", () => {
    assert.throws(() => gcpPool("general", { ...general, cpus: 81 }), {
      message:
        "nodePools.general: no machine has 81 processors and 16 GiB: ask for at most 80 in cpus and 640 in memoryGiB",
    });
  });
});
