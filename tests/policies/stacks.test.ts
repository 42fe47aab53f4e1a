import assert from "node:assert/strict";
import { stackNames } from "../../offline/engine/shadow-project";
import { root } from "../config/stack-files";
import { factsOf, ofResource, ofStack, told } from "./judge";
import { StackUnderTest } from "./stack-under-test";

/** What rules cannot tell of a deployed stack, by rule, and why. */
const UNDECIDED: Readonly<Record<string, string>> = {};

describe("the stacks", function () {
  this.timeout(60_000);

  for (const stack of stackNames(root)) {
    it(`[PR-05] [PF-SEC-07] ${stack} violates no rule, without an exemption`, async () => {
      const { resources } = await StackUnderTest.of(stack);
      const facts = factsOf(stack);
      const found = [...resources.flatMap((one) => ofResource(one, facts)), ...ofStack(resources, facts)];
      assert.deepEqual(
        found
          .filter(({ verdict }) => verdict === "violated")
          .map((one) => `${told(one)}: ${"says" in one ? one.says : ""}`),
        [],
      );
      const undecided = new Set(found.filter(({ verdict }) => verdict === "undecided").map(({ rule }) => rule.id));
      assert.deepEqual(
        [...undecided].filter((id) => !(id in UNDECIDED)),
        [],
      );
    });
  }
});
