import assert from "node:assert/strict";
import { Unknown, type Properties } from "../../offline/cloud/value";
import { Graph } from "../../policies/model/graph";
import type { StackResource } from "../../policies/model/resource";
import { Undecided } from "../../policies/model/view";
import type { ResourceType } from "../../policies/types";

const SUBNET = "aws:ec2/subnet:Subnet";
const GROUP = "aws:rds/subnetGroup:SubnetGroup";
const CLUSTER = "aws:eks/cluster:Cluster";

function made(
  type: ResourceType,
  name: string,
  inputs: Properties,
  outputs: Properties,
  from: Readonly<Record<string, readonly string[]>> = {},
): StackResource {
  const urn = (label: string) => `urn:pulumi:test::platform::${label}`;
  return {
    urn: urn(name),
    type,
    name,
    inputs,
    outputs,
    secrets: new Set(),
    protect: false,
    ignoreChanges: [],
    parent: "",
    dependencies: [],
    propertyDependencies: Object.fromEntries(Object.entries(from).map(([key, names]) => [key, names.map(urn)])),
  };
}

const a = made(SUBNET, "a", {}, { id: "subnet-a", arn: "arn:aws:ec2:::subnet/subnet-a" });
const b = made(SUBNET, "b", {}, { id: "subnet-b" });

function referred(inputs: Properties, from: Readonly<Record<string, readonly string[]>> = {}, path = "subnetIds") {
  const graph = new Graph([a, b, made(GROUP, "group", inputs, {}, from)]);
  const [group] = graph.all(GROUP);
  assert.ok(group);
  const { nodes, outside, unresolved } = graph.references(group, path, SUBNET);
  return { nodes: nodes.map(({ name }) => name).sort(), outside, unresolved, graph, group };
}

function undecided(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Undecided, String(error));
    return error.reason;
  }
  return assert.fail("decided");
}

describe("references between resources", () => {
  it("[PR-05] by an id, an ARN or a name that is known", () => {
    const { nodes, outside } = referred({ subnetIds: ["subnet-b", "arn:aws:ec2:::subnet/subnet-a"] });
    assert.deepEqual(nodes, ["a", "b"]);
    assert.deepEqual(outside, []);
  });

  it("[PR-05] by what an unknown value comes from", () => {
    const { nodes, unresolved } = referred({ subnetIds: [Unknown.value] }, { subnetIds: ["a"] });
    assert.deepEqual(nodes, ["a"]);
    assert.equal(unresolved, false);
  });

  it("[PR-05] a list that is unknown as a whole comes from all of its sources", () => {
    assert.deepEqual(referred({ subnetIds: Unknown.value }, { subnetIds: ["a", "b"] }).nodes, ["a", "b"]);
  });

  it("[PR-05] a known value is exact, although its list comes from more", () => {
    assert.deepEqual(referred({ subnetIds: ["subnet-a"] }, { subnetIds: ["a", "b"] }).nodes, ["a"]);
  });

  it("[PR-05] a text that is made of an output names its resource through the engine", () => {
    assert.deepEqual(referred({ subnetIds: ["prefix/subnet-a/*"] }, { subnetIds: ["a"] }).nodes, ["a"]);
  });

  it("[PR-05] what is of another type is not taken for it", () => {
    const { nodes, outside } = referred({ subnetIds: ["group"] });
    assert.deepEqual(nodes, []);
    assert.deepEqual(outside, ["group"]);
  });

  it("[PR-05] an unknown value that comes from nowhere is not resolved, and following it is undecided", () => {
    const { nodes, unresolved, graph, group } = referred({ subnetIds: [Unknown.value] });
    assert.deepEqual(nodes, []);
    assert.equal(unresolved, true);
    assert.equal(
      undecided(() => graph.to(group, "subnetIds", SUBNET)),
      "is not known before the update",
    );
  });

  it("[PR-05] following a reference out of the stack is undecided", () => {
    const { graph, group } = referred({ subnetIds: ["subnet-elsewhere"] });
    assert.equal(
      undecided(() => graph.to(group, "subnetIds", SUBNET)),
      "refers to subnet-elsewhere, which is not in this stack",
    );
  });

  it("[PR-05] by a path into blocks, also where the block is unknown", () => {
    const at = (inputs: Properties, from = {}) => {
      const graph = new Graph([a, b, made(CLUSTER, "cluster", inputs, {}, from)]);
      const [cluster] = graph.all(CLUSTER);
      assert.ok(cluster);
      return graph.references(cluster, "vpcConfig.subnetIds", SUBNET);
    };
    assert.deepEqual(at({ vpcConfig: { subnetIds: ["subnet-a"] } }).nodes.length, 1);
    assert.deepEqual(
      at({ vpcConfig: Unknown.value }, { vpcConfig: ["b"] }).nodes.map(({ name }) => name),
      ["b"],
    );
    assert.equal(at({ vpcConfig: Unknown.value }).unresolved, true);
    assert.equal(at({ vpcConfig: {} }).unresolved, false);
    assert.equal(at({}).unresolved, false);
  });

  it("[PR-05] the other way round: who refers to a resource", () => {
    const { graph } = referred({ subnetIds: ["subnet-a"] });
    const [first, second] = graph.all(SUBNET);
    assert.ok(first && second);
    assert.deepEqual(
      graph.from(GROUP, "subnetIds", first).map(({ name }) => name),
      ["group"],
    );
    assert.deepEqual(graph.from(GROUP, "subnetIds", second), []);
  });

  it("[PR-05] that nobody refers to it is undecided while somebody unknown might", () => {
    const { graph } = referred({ subnetIds: [Unknown.value] });
    const [first] = graph.all(SUBNET);
    assert.ok(first);
    assert.equal(
      undecided(() => graph.from(GROUP, "subnetIds", first)),
      "subnetIds of group is not known before the update",
    );
  });

  it("[PR-05] reading an unknown input of a node is undecided", () => {
    const [group] = new Graph([made(GROUP, "group", { name: Unknown.value }, {})]).all(GROUP);
    assert.equal(
      undecided(() => group?.props.name),
      "is not known before the update",
    );
  });
});
