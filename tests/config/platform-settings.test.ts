import assert from "node:assert/strict";
import type { z } from "zod";
import { nodePoolsSettings, type NodePoolDefaults } from "../../config/schema/node-pools";
import { platformLayerSettings } from "../../config/schema/platform-layer";
import { addOnTable } from "../../components/kubernetes/add-ons";
import { awsPool } from "../../components/planning/node-pools";

const general: NodePoolDefaults = {
  capacity: "on-demand",
  architecture: "amd64",
  accelerator: "none",
  cpus: 2,
  memoryGiB: 8,
  diskGiB: 50,
  nodes: { min: 2, max: 6 },
};
const pools = nodePoolsSettings({ pools: { general }, machinesOf: awsPool });
const layer = platformLayerSettings({ namespaces: { web: { enforce: "restricted" } } });

/** Each fault as `path: message`. */
function faults(schema: z.ZodType, value: unknown): readonly string[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("settings of node pools", () => {
  it("take the defaults of the blueprint, and fill up a pool of the stack", () => {
    assert.deepEqual(pools.parse(undefined), { general });
    assert.deepEqual(pools.parse({ general: { cpus: 4, nodes: { max: 9 } } }), {
      general: { ...general, cpus: 4, nodes: { min: 1, max: 9 } },
    });
  });

  it("refuse a pool that no machine meets, bounds the wrong way round and a cluster without a plain pool", () => {
    const none = "no pool on demand without accelerators has nodes.min of 1 or more: add one";
    assert.deepEqual(faults(pools, { general, gpu: { accelerator: "nvidia-t4", architecture: "arm64" } }), [
      'gpu: nodePools.gpu: AWS rents no arm64 machine with nvidia-t4: set architecture to "amd64" or accelerator to "none"',
    ]);
    assert.deepEqual(faults(pools, { general: { ...general, nodes: { min: 4, max: 3 } } }), [
      "general.nodes.min: min (4) is above max (3): lower min or raise max",
    ]);
    assert.deepEqual(faults(pools, { general: { ...general, capacity: "spot" } }), [`: ${none}`]);
    assert.deepEqual(faults(pools, { general: { ...general, nodes: { min: 0, max: 3 } } }), [`: ${none}`]);
    assert.deepEqual(faults(pools, {}), [`: ${none}`]);
  });
});

describe("settings of the platform layer", () => {
  it("take the namespaces of the blueprint, restricted unless a stack says otherwise", () => {
    assert.deepEqual(layer.parse(undefined), { namespaces: { web: { enforce: "restricted" } } });
    assert.deepEqual(layer.parse({ namespaces: { jobs: {} } }), { namespaces: { jobs: { enforce: "restricted" } } });
  });

  it("refuse the namespaces of the cluster and of the add-ons", () => {
    const owned = Object.values(addOnTable).flatMap(({ namespace }) =>
      namespace === undefined ? [] : [namespace.name],
    );
    for (const name of ["kube-system", ...owned]) {
      assert.deepEqual(faults(layer, { namespaces: { [name]: {} } }), [
        `namespaces.${name}: "${name}" belongs to the cluster or to an add-on: take another name`,
      ]);
    }
  });
});
