import assert from "node:assert/strict";
import type { NodePool } from "../../../components/contracts/node-pool";
import { azurePool } from "../../../components/planning/node-pools-azure";

const general: NodePool = {
  capacity: "on-demand",
  architecture: "amd64",
  accelerator: "none",
  cpus: 4,
  memoryGiB: 16,
  diskGiB: 100,
  nodes: { min: 3, max: 12 },
};

describe("node pools on Azure", () => {
  it("[PF-SCALE-01] bounds of a pool become those of the autoscaler", () => {
    assert.deepEqual(azurePool("general", general), {
      poolName: "general",
      capacity: "on-demand",
      vmSize: "Standard_D4s_v5",
      osSku: "AzureLinux",
      trustedLaunch: true,
      nodes: { min: 3, max: 12 },
      diskGiB: 100,
      labels: { "platform/pool": "general", "platform/capacity": "on-demand", "platform/accelerator": "none" },
      taints: [],
    });
  });

  const sizes: readonly [Partial<NodePool>, string][] = [
    [{ cpus: 2, memoryGiB: 4 }, "Standard_F2s_v2"],
    [{ cpus: 2, memoryGiB: 5 }, "Standard_D2s_v5"],
    [{ cpus: 2, memoryGiB: 16 }, "Standard_E2s_v5"],
    [{ cpus: 3, memoryGiB: 6 }, "Standard_F4s_v2"],
    [{ cpus: 4, memoryGiB: 16, architecture: "arm64" }, "Standard_D4ps_v6"],
    [{ cpus: 4, memoryGiB: 16, accelerator: "nvidia-t4" }, "Standard_NC4as_T4_v3"],
    [{ cpus: 16, memoryGiB: 110, accelerator: "nvidia-t4" }, "Standard_NC16as_T4_v3"],
  ];
  for (const [need, size] of sizes) {
    it(`the smallest machine for ${JSON.stringify(need)} is ${size}`, () => {
      assert.equal(azurePool("pool", { ...general, ...need }).vmSize, size);
    });
  }

  it("spot nodes have the taint of AKS besides ours", () => {
    assert.deepEqual(azurePool("spot", { ...general, capacity: "spot" }).taints, [
      "platform/capacity=spot:NoSchedule",
      "kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
    ]);
  });

  it("accelerated nodes run Ubuntu, and neither they nor those with arm64 start trusted", () => {
    const accelerated = azurePool("accelerated", { ...general, accelerator: "nvidia-t4" });
    assert.equal(accelerated.osSku, "Ubuntu");
    assert.equal(accelerated.trustedLaunch, false);
    assert.deepEqual(accelerated.taints, ["platform/accelerator=nvidia-t4:NoSchedule"]);
    assert.equal(azurePool("arm", { ...general, architecture: "arm64" }).trustedLaunch, false);
  });

  it("refuses what Azure does not rent, with what to do instead", () => {
    assert.throws(
      () => azurePool("accelerated", { ...general, accelerator: "nvidia-l4" }),
      new Error(
        'nodePools.accelerated: no machine size of Azure has an NVIDIA L4: take "nvidia-t4", which Azure has as NCasT4_v3',
      ),
    );
    assert.throws(
      () => azurePool("odd", { ...general, architecture: "arm64", accelerator: "nvidia-t4" }),
      /^Error: nodePools\.odd: Azure rents no arm64 machine with nvidia-t4: set architecture to "amd64"/,
    );
    assert.throws(
      () => azurePool("huge", { ...general, cpus: 200, memoryGiB: 400 }),
      new Error(
        "nodePools.huge: no machine has 200 processors and 400 GiB: ask for at most 96 in cpus and 512 in memoryGiB",
      ),
    );
  });
});
