import assert from "node:assert/strict";
import { Cloud, resourceKey, type StoredResource } from "../../../offline/cloud/cloud";
import { ControlPlane } from "../../../offline/cloud/control-plane";
import { PartialFailure, refuse, ServiceError } from "../../../offline/cloud/errors";
import { takeFault, type Fault } from "../../../offline/cloud/faults";
import type { CloudPackage, Session } from "../../../offline/cloud/package";
import type { ResourceType } from "../../../offline/cloud/resource-type";
import type { Properties } from "../../../offline/cloud/value";

const session: Session = { scope: { account: "1", region: "west" }, config: {} };
const actions = { create: "Create", update: "Modify", delete: "Delete" };

const types: Readonly<Record<string, ResourceType>> = {
  "p:net": {
    token: "p:net",
    service: "Net",
    actions,
    duration: { create: 60, source: "test" },
    name: {
      property: "name",
      pattern: /^[a-z-]+/,
      rule: "letters",
      source: "url",
      maxLength: 30,
      unique: { within: "region", code: "NameTaken", message: "{value} is taken" },
    },
    inUse: { code: "InUse", message: "{id} is in use" },
    create: ({ inputs, hex }) => ({
      id: `net-${hex(4)}`,
      outputs: { arn: `arn:${inputs["name"] as string}`, size: 1 },
    }),
    update: ({ resource }) => ({ size: Number(resource.outputs["size"]) + 1 }),
    delete: ({ inputs }) => {
      if (inputs["protected"] === true) refuse("Protected", "deletion protection is on");
    },
    replacesWhen: (old, now) => (Number(now["version"]) < Number(old["version"]) ? ["version"] : []),
  },
  "p:sub": {
    token: "p:sub",
    service: "Net",
    actions,
    duration: { create: 5, source: "test" },
    references: [
      { path: "netIds[*]", to: "p:net", missing: { code: "NoNet", message: "no network {value}" } },
      { path: "arn", to: "p:net", by: "arn", within: "anywhere", missing: { code: "NoArn", message: "no {value}" } },
      { path: "hint", to: "p:net", holds: false },
    ],
    create: ({ hex, effects, inputs }) => {
      if (inputs["card"] === true) {
        effects.put({ type: "p:card", id: "card-1", inputs: {}, outputs: {} });
      }
      return { id: `sub-${hex(4)}`, outputs: {} };
    },
    delete: ({ cloud, effects }) => {
      for (const card of cloud.list("p:card")) effects.remove(card);
    },
  },
};

const pkg: CloudPackage = {
  name: "p",
  version: "1.0.0",
  checkConfig: () => [],
  configure: () => session,
  schema: () => undefined,
  resourceType: (token) => types[token] ?? { token, service: "Other", actions },
  replacement: (token) => (token === "p:net" ? { replaces: ["range"] } : undefined),
  deletesFirst: (_token, before) => before["name"] === "given",
  scopeOf: (_token, inputs, { scope }) =>
    typeof inputs["region"] === "string" ? { ...scope, region: inputs["region"] } : scope,
  invoke: () => ({}),
  effectiveOutputs: (_token, inputs) => ({ tagsAll: { ...(inputs["tags"] as Properties | undefined), all: "yes" } }),
};

describe("offline/cloud/control-plane", () => {
  let cloud: Cloud;
  let plane: ControlPlane;
  const urn = (type: string, name: string) => `urn:pulumi:dev::platform::${type}::${name}`;
  const call = (type: string, name: string, inputs: Properties) => ({ urn: urn(type, name), type, inputs, session });
  const create = (type: string, name: string, inputs: Properties = {}) => plane.create(call(type, name, inputs));
  const code = (action: () => unknown): string => {
    try {
      action();
    } catch (error) {
      if (error instanceof ServiceError) return error.code;
      throw error;
    }
    return "";
  };

  beforeEach(() => {
    cloud = Cloud.open();
    plane = new ControlPlane(cloud, pkg);
  });

  it("runs the virtual clock along what is made from what, not along the order of calls", () => {
    const a = create("p:net", "a", { name: "a" });
    const b = create("p:net", "b", { name: "b" });
    create("p:sub", "s", { netIds: [a.id, b.id] });
    create("p:other", "o", { on: "arn:a" });
    assert.deepEqual(
      cloud.all().map(({ readyAt }) => readyAt),
      [60, 60, 65, 61],
    );
    assert.equal(cloud.now, 65);
    plane.delete({ ...call("p:sub", "s", {}), id: cloud.all()[2]?.id ?? "" });
    assert.equal(cloud.now, 65);
  });

  it("gives repeatable ids that differ when a resource is made again", () => {
    const first = create("p:net", "a", { name: "a" });
    plane.delete({ ...call("p:net", "a", {}), id: first.id });
    const second = create("p:net", "a", { name: "a" });
    assert.notEqual(second.id, first.id);
    const other = new ControlPlane(Cloud.open(), pkg);
    assert.equal(other.create(call("p:net", "a", { name: "a" })).id, first.id);
  });

  it("refuses a reference to nothing, by id, by another output, and across regions", () => {
    assert.equal(
      code(() => create("p:sub", "s", { netIds: ["net-0"] })),
      "NoNet",
    );
    const net = create("p:net", "a", { name: "a" });
    assert.equal(
      code(() => create("p:sub", "s", { netIds: [net.id], region: "east" })),
      "NoNet",
    );
    assert.equal(
      code(() => create("p:sub", "s", { arn: "arn:b" })),
      "NoArn",
    );
    create("p:sub", "s", { arn: "arn:a", region: "east" });
    create("p:sub", "t", { netIds: [""], hint: "net-0" });
    assert.throws(
      () => create("p:sub", "s", { netIds: ["net-0"] }),
      /operation error Net: Create, api error NoNet: no network net-0/,
    );
  });

  it("refuses to delete what is referred to, what is protected, and lets a hint go", () => {
    const net = create("p:net", "a", { name: "a" });
    const sub = create("p:sub", "s", { netIds: [net.id], card: true });
    create("p:sub", "t", { hint: net.id });
    const remove = (type: string, id: string) => () => {
      plane.delete({ ...call(type, "x", {}), id });
    };
    assert.throws(remove("p:net", net.id), new RegExp(`InUse: ${net.id} is in use \\(p:sub ${sub.id}\\)`));
    assert.equal(cloud.all().length, 4);
    remove("p:sub", sub.id)();
    assert.deepEqual(
      cloud.all().map(({ type }) => type),
      ["p:net", "p:sub"],
    );
    remove("p:net", net.id)();
    const guarded = create("p:net", "g", { name: "g", protected: true });
    assert.equal(code(remove("p:net", guarded.id)), "Protected");
  });

  it("keeps names unique within their region, also when one is changed in place", () => {
    create("p:net", "a", { name: "same" });
    assert.equal(
      code(() => create("p:net", "b", { name: "same" })),
      "NameTaken",
    );
    create("p:net", "c", { name: "same", region: "east" });
    const other = create("p:net", "d", { name: "other" });
    const rename = (name: string) => () =>
      plane.update({
        ...call("p:net", "d", { name }),
        id: other.id,
        oldInputs: { name: "other" },
        oldOutputs: other.outputs,
      });
    assert.equal(code(rename("same")), "NameTaken");
    assert.equal(rename("other")().outputs["name"], "other");
  });

  it("updates in place: computed outputs stay or follow the rule, secrets come from the engine", () => {
    const inputs = { name: "a", tags: { x: "1" } };
    const made = plane.create({ ...call("p:net", "a", inputs), secrets: new Set(["tags.x"]) });
    assert.deepEqual(cloud.all()[0]?.inputs["tags"], { x: "[secret]" });
    const updated = plane.update({
      ...call("p:net", "a", { name: "a" }),
      id: made.id,
      oldInputs: inputs,
      oldOutputs: made.outputs,
    });
    assert.deepEqual(updated.outputs, { name: "a", arn: "arn:a", size: 2, tagsAll: { all: "yes" } });
    assert.equal(
      code(() => plane.update({ ...call("p:net", "a", {}), id: "net-0", oldInputs: {}, oldOutputs: {} })),
      "ResourceNotFoundException",
    );
  });

  it("replaces by table and by condition, and deletes first where the name is given", () => {
    const before = { name: "given", version: 2, range: "a" };
    const down = plane.diff("p:net", before, { ...before, version: 1, versionId: "x" });
    assert.deepEqual(down, {
      changes: [
        { path: "version", kind: "update", replaces: true },
        { path: "versionId", kind: "add", replaces: false },
      ],
      deleteBeforeReplace: true,
    });
    assert.equal(plane.diff("p:net", before, { ...before, version: 3 }).deleteBeforeReplace, false);
    assert.equal(plane.diff("p:net", { range: "a" }, { range: "b" }).deleteBeforeReplace, false);
    assert.equal(plane.diff("p:net", { range: "a" }, { range: "b" }).changes[0]?.replaces, true);
  });

  it("sees only its own account and region, and global resources from everywhere", () => {
    const stored = (id: string, account: string, region: string): StoredResource => ({
      type: "p:t",
      id,
      scope: { account, region },
      inputs: {},
      outputs: { arn: `arn:${id}` },
      readyAt: 0,
    });
    cloud.commit({
      put: [stored("a", "1", "west"), stored("b", "1", "east"), stored("c", "2", "west"), stored("g", "1", "")],
    });
    const view = cloud.view(session.scope);
    assert.deepEqual(
      view.list("p:t").map(({ id }) => id),
      ["a", "g"],
    );
    assert.equal(view.list("p:t", "anywhere").length, 4);
    assert.equal(view.find("p:t", "b"), undefined);
    assert.equal(view.find("p:t", "b", { account: "1", region: "east" })?.id, "b");
    assert.equal(view.find("p:t", "g")?.id, "g");
    assert.equal(view.findBy("p:t", "arn", "arn:c", "anywhere")?.id, "c");
    assert.equal(view.findBy("p:t", "id", "c"), undefined);
    assert.equal(resourceKey(stored("a", "1", "west")), "1|west|p:t|a");
  });

  it("lets each kind of fault happen as often as it was asked for", () => {
    const fault = (kind: Fault["kind"], operation: Fault["operation"], count = 1): Fault => ({
      kind,
      type: "p:net",
      operation,
      count,
    });
    cloud.commit({ faults: [fault("throttling", "create", 2), fault("timeout-after-change", "delete")] });
    create("p:sub", "s", {});
    const kinds = [1, 2].map(() => {
      try {
        create("p:net", "a", { name: "a" });
        return "";
      } catch (error) {
        return error instanceof ServiceError ? error.kind : "";
      }
    });
    assert.deepEqual(kinds, ["throttled", "throttled"]);
    const net = create("p:net", "a", { name: "a" });
    assert.throws(
      () => {
        plane.delete({ ...call("p:net", "a", {}), id: net.id });
      },
      (error) => error instanceof ServiceError && error.kind === "timeout",
    );
    assert.equal(cloud.all().length, 1);
    assert.deepEqual(cloud.faults(), []);
    cloud.commit({ faults: [fault("partial-creation", "create")] });
    assert.throws(() => create("p:net", "b", { name: "b" }), PartialFailure);
    assert.equal(cloud.all().length, 2);
  });

  it("takes the first fault that matches and leaves the others", () => {
    const any: Fault = { kind: "internal", type: "*", operation: "create", count: 2 };
    const read: Fault = { kind: "internal", type: "p:net", operation: "read", count: 1 };
    assert.equal(takeFault([any, read], "p:net", "delete"), undefined);
    assert.deepEqual(takeFault([any, read], "p:net", "create"), { fault: any, rest: [{ ...any, count: 1 }, read] });
    assert.deepEqual(takeFault([any, read], "p:net", "read"), { fault: read, rest: [any] });
  });
});
