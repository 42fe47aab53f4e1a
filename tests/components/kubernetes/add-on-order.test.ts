import assert from "node:assert/strict";
import { addOnOrder, type AddOnRelations } from "../../../components/kubernetes/add-on-order";
import { addOns, addOnTable, chooseAddOns } from "../../../components/kubernetes/add-ons";
import { charts } from "../../../components/kubernetes/charts";

type Id = "mesh" | "certificates" | "secrets" | "ingress" | "gateway";

const row = (needs: readonly Id[] = [], conflicts: readonly Id[] = []): AddOnRelations<Id> => ({ needs, conflicts });
const table = {
  mesh: row(["certificates"]),
  certificates: row(["secrets"]),
  secrets: row(),
  ingress: row([], ["gateway"]),
  gateway: row(["mesh"]),
} satisfies Record<Id, AddOnRelations<Id>>;

describe("order of add-ons", () => {
  it("puts what is needed first, and keeps the table's order otherwise", () => {
    assert.deepEqual(addOnOrder(table, { wanted: ["ingress", "mesh", "certificates", "secrets"] }), [
      "secrets",
      "certificates",
      "mesh",
      "ingress",
    ]);
  });

  it("takes a need as met by what the cluster brings", () => {
    assert.deepEqual(addOnOrder(table, { wanted: ["mesh", "certificates"], brought: ["secrets"] }), [
      "certificates",
      "mesh",
    ]);
  });

  it("says everything that is wrong at once", () => {
    assert.throws(() => addOnOrder(table, { wanted: ["ingress", "gateway", "certificates"] }), {
      message: [
        'add-on "gateway" needs "mesh": install "mesh" too, or leave "gateway" out',
        'add-on "certificates" needs "secrets": install "secrets" too, or leave "certificates" out',
        'add-ons "ingress" and "gateway" exclude each other: leave one of them out',
      ].join("\n"),
    });
    assert.throws(() => addOnOrder(table, { wanted: ["ingress"], brought: ["gateway"] }), /exclude each other/);
  });

  it("refuses needs that go round in a circle", () => {
    const circle = { ...table, secrets: row(["mesh"]) };
    assert.throws(() => addOnOrder(circle, { wanted: ["mesh", "certificates", "secrets"] }), {
      message:
        'add-ons need each other in a circle: "mesh" needs "certificates" needs "secrets" needs "mesh": take out one of the needs',
    });
  });
});

describe("table of add-ons", () => {
  it("names each component and namespace once, and has a chart for each", () => {
    const rows = Object.values(addOnTable);
    assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
    const namespaces = rows.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace.name]));
    assert.deepEqual(namespaces, ["cert-manager", "external-secrets"]);
    for (const id of Object.keys(addOns)) assert.ok(id in charts, id);
  });

  it("[PF-SCALE-01] chooses by what the cluster brings and what its pools are made of", () => {
    assert.deepEqual(chooseAddOns({ provides: new Set(["metrics", "node-autoscaling"]) }, {}), {
      wanted: ["cert-manager", "external-secrets"],
      brought: ["metrics-server"],
    });
  });
});
