import assert from "node:assert/strict";
import { refused, replacing, Subscription } from "./support";
import { cluster, ground, POOL, pool } from "./aks-support";

describe("Azure Kubernetes node pool", () => {
  it("refuses what no pool can have, all of it at once", () => {
    const subscription = new Subscription();
    const on = ground(subscription);
    cluster(subscription, on);
    const inputs = {
      resourceGroupName: "rg",
      resourceName: "portfolio",
      agentPoolName: "spot",
      vmSize: "Standard_D4ds_v5",
    };
    assert.deepEqual(
      Object.keys(
        subscription.reasons(POOL, { ...inputs, agentPoolName: "Spot-Pool", maxPods: 251, osDiskSizeGB: 20 }),
      ).sort(),
      ["agentPoolName", "maxPods", "osDiskSizeGB"],
    );
    const spot = { ...inputs, scaleSetPriority: "Spot" };
    assert.match(subscription.reasons(POOL, { ...spot, mode: "System" })["scaleSetPriority"] ?? "", /mode User/);
    assert.match(
      subscription.reasons(POOL, { ...spot, spotMaxPrice: 0 })["spotMaxPrice"] ?? "",
      /-1 or above 0, got 0/,
    );
    const scaled = { ...inputs, enableAutoScaling: true };
    assert.match(
      subscription.reasons(POOL, { ...scaled, minCount: 5, maxCount: 3 })["minCount"] ?? "",
      /must be in order/,
    );
    assert.match(
      subscription.reasons(POOL, { ...inputs, minCount: 1, maxCount: 3 })["minCount"] ?? "",
      /for a pool with enableAutoScaling/,
    );
    assert.match(
      subscription.reasons(POOL, { ...inputs, mode: "System", vmSize: "Standard_B1ms" })["vmSize"] ?? "",
      /2 cores and 4 GiB/,
    );
  });

  it("begins within its bounds, and goes after them when they change", () => {
    const subscription = new Subscription();
    const on = ground(subscription);
    cluster(subscription, on);
    const scaled = { enableAutoScaling: true, minCount: 1, maxCount: 3 };
    refused(
      () => pool(subscription, on, "late", { ...scaled, count: 4 }),
      "InvalidParameter",
      /count 4 of agent pool 'late' is not between minCount 1 and maxCount 3/,
    );
    const made = pool(subscription, on, "apps", { ...scaled, count: 2 });
    assert.equal(subscription.update(made, { minCount: 5, maxCount: 8 })["count"], 5);
    assert.equal(subscription.update(made, { minCount: 1, maxCount: 1 })["count"], 1);
    // What the bounds ask for counts, not what the pool began with.
    refused(
      () => subscription.update(made, { minCount: 900, maxCount: 900 }),
      "ErrCode_InsufficientVCPUQuota",
      /requested 3600/,
    );
  });

  it("taints a spot pool", () => {
    const subscription = new Subscription();
    const on = ground(subscription);
    cluster(subscription, on);
    const made = pool(subscription, on, "spot", { scaleSetPriority: "Spot" });
    assert.deepEqual(made.outputs["nodeTaints"], ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]);
    assert.equal(made.outputs["scaleSetEvictionPolicy"], "Delete");
    assert.equal(made.outputs["spotMaxPrice"], -1);
    refused(
      () => subscription.update(made, { scaleSetPriority: "Regular", scaleSetEvictionPolicy: undefined }),
      "PropertyChangeNotAllowed",
      /scaleSetPriority/,
    );
  });

  it("has machines that the region has, in zones that it has, within the quota", () => {
    const subscription = new Subscription();
    const on = ground(subscription);
    cluster(subscription, on);
    refused(
      () => pool(subscription, on, "odd", { vmSize: "Standard_Z9" }),
      "BadRequest",
      /VM size of Standard_Z9 is not allowed .* 'eastus'/,
    );
    refused(
      () => pool(subscription, on, "zoned", { availabilityZones: ["4"] }),
      "AvailabilityZoneNotSupported",
      /supported zones for location 'eastus' are '1, 2, 3'/,
    );
    pool(subscription, on, "gpu", { vmSize: "Standard_NC16as_T4_v3", count: 2 });
    refused(
      () => pool(subscription, on, "gpu2", { vmSize: "Standard_NC16as_T4_v3", count: 2 }),
      "ErrCode_InsufficientVCPUQuota",
      /requested 32, remaining 16 for family Standard NCASv3_T4 Family for region eastus/,
    );
    pool(subscription, on, "gpu2", { vmSize: "Standard_NC16as_T4_v3", count: 1 });
  });

  it("is no newer than its cluster, and never the last of its kind", () => {
    const subscription = new Subscription();
    const on = ground(subscription);
    const made = cluster(subscription, on);
    refused(
      () => pool(subscription, on, "new", { orchestratorVersion: "1.37" }),
      "NodePoolMcVersionIncompatible",
      /1\.37\.1 and control plane version 1\.36\.6/,
    );
    const inline = {
      token: POOL,
      name: "system",
      id: `${made.id}/agentPools/system`,
      inputs: { resourceGroupName: "rg", resourceName: "portfolio", agentPoolName: "system", mode: "System" },
      outputs: {},
    };
    refused(
      () => {
        subscription.delete(inline);
      },
      "OperationNotAllowed",
      /at least one system agent pool/,
    );
    const second = pool(subscription, on, "system2", { mode: "System", count: 1 });
    assert.deepEqual(replacing(subscription.diff(second, { vmSize: "Standard_D8ds_v5" })), ["vmSize"]);
    subscription.delete(inline);
  });

  it("needs a cluster, and becomes ready after it", () => {
    const subscription = new Subscription();
    const on = ground(subscription);
    refused(() => pool(subscription, on, "early"), "ParentResourceNotFound");
    cluster(subscription, on);
    const ready = subscription.cloud.now;
    pool(subscription, on, "apps");
    assert.equal(subscription.cloud.now - ready, 180);
  });
});
