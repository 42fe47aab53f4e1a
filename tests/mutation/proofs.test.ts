import assert from "node:assert/strict";
import { root } from "../config/stack-files";
import { allProofs, GOLDEN_FILES, proofsOf, sources, unaffectedTitles } from "./proofs";

const nothingKnown = { durations: {}, reads: {} };

describe("proofs of a change", () => {
  it("are tests of its own for every component of Google Cloud and Azure", () => {
    const components = ["gcp", "azure"].flatMap((cloud) => sources(root, `components/${cloud}`));
    const without = components.filter((file) => {
      const [first = ""] = proofsOf(file, allProofs(root, [file]), nothingKnown);
      return !/^tests\/(components\/(gcp|azure)|stacks\/state-backend)/.test(first);
    });
    // Parts that only others are made of.
    assert.deepEqual(without, [
      "components/azure/deletion-lock.ts",
      "components/azure/key-user.ts",
      "components/azure/private-endpoint.ts",
      "components/azure/resource-group.ts",
    ]);
  });

  it("are of the stacks that are made of a file, and no others", () => {
    const asked = (file: string) => allProofs(root, [file]).filter((proof) => /stacks\/|registrations\//.test(proof));
    const azure = asked("components/azure/cache.ts");
    assert.ok(azure.includes("tests/stacks/dr.data.test.ts"));
    assert.ok(!azure.some((proof) => /\/(prod|prod-gcp|durga-puja|portfolio-aws)\./.test(proof)));
    assert.deepEqual(
      azure.filter((proof) => proof.startsWith(GOLDEN_FILES)),
      [`${GOLDEN_FILES}dr.ts`],
    );
    const adopting = asked("stacks/portfolio-gcp.network.ts").filter((proof) => proof.includes("adoption"));
    assert.deepEqual(adopting, ["tests/stacks/portfolio-adoption.gcp.test.ts"]);
    const adopted = asked("components/azure/adopted-cluster.ts").filter((proof) => proof.includes("adoption"));
    assert.deepEqual(adopted, ["tests/stacks/portfolio-adoption.azure.test.ts"]);
    const shared = asked("components/kubernetes/charts.ts");
    assert.equal(shared.filter((proof) => proof.startsWith(GOLDEN_FILES)).length, 5);
  });

  it("leave out what is said of other stacks in tests of every stack", () => {
    const left = new RegExp(unaffectedTitles("components/gcp/cache.ts") ?? "");
    for (const title of ["invariants of prod [PF-SEC-04]", "invariants of the data of dr x", "stack dev has"]) {
      assert.match(title, left);
    }
    for (const title of ["invariants of prod-gcp [PF]", "invariants of the data of prod-gcp x", "stack prod-gcp has"]) {
      assert.doesNotMatch(title, left);
    }
    assert.equal(unaffectedTitles("components/kubernetes/charts.ts"), undefined);
  });
});
