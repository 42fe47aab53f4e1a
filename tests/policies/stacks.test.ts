import assert from "node:assert/strict";
import { stackNames } from "../../offline/engine/shadow-project";
import { ExemptionUse } from "../../policies/exemptions";
import { root } from "../config/stack-files";
import { factsOf, ofResource, ofStack, ownExemptions, told } from "./judge";
import { StackUnderTest } from "./stack-under-test";

/** Rules that cannot tell something of a deployed stack, and why. */
const UNDECIDED: Readonly<Record<string, string>> = {
  "dr-stateful-has-offsite-copy": "copies in another cloud, and those of Kafka, are made by other stacks",
  "dr-rpo-within-budget": "a global table of DynamoDB promises no time, and no alarm measures it",
  "dr-workload-parity": "what other sites run is told by the rule's settings, once services are deployed",
};

describe("the stacks", function () {
  this.timeout(60_000);

  for (const stack of stackNames(root)) {
    it(`[PR-05] [PF-SEC-07] ${stack} violates no rule but where it is exempt, and needs every exemption`, async () => {
      const { resources } = await StackUnderTest.of(stack);
      const facts = factsOf(stack);
      const use = new ExemptionUse(ownExemptions().valid, stack);
      const found = [...resources.flatMap((one) => ofResource(one, facts)), ...ofStack(resources, facts)];
      const labels = new Map(resources.map(({ urn, type, name }) => [urn, `${type} ${name}`]));
      const open = found.filter(
        ({ verdict, rule, urn }) =>
          use.covering(rule.id, labels.get(urn) ?? "") === undefined && verdict === "violated",
      );
      assert.deepEqual(
        open.map((one) => `${told(one)}: ${"says" in one ? one.says : ""}`),
        [],
      );
      assert.deepEqual(use.problems(), []);
      const undecided = found.filter(({ verdict }) => verdict === "undecided").map((one) => one.rule.id);
      assert.deepEqual(
        [...new Set(undecided)].filter((id) => !(id in UNDECIDED)),
        [],
      );
    });
  }
});
