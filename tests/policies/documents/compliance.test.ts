import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CONTROLS } from "../../../policies/controls";
import { complianceDocument, enforcing } from "../../../policies/documents/compliance";
import { RULES } from "../../../policies/rules";
import { requirements } from "../../../requirements/requirements";

const MAPPED = ["soc2", "gdpr", "hipaa"] as const;
const configuration = readFileSync(resolve(__dirname, "../../../docs/configuration.md"), "utf8");

describe("the map of controls", () => {
  for (const framework of MAPPED) {
    it(`[PF-SEC-07] every control of ${framework} that a rule names is in it`, () => {
      const known = CONTROLS.filter((control) => control.framework === framework).map(({ id }) => id);
      assert.equal(new Set(known).size, known.length, "a control stands twice");
      const named = [...new Set(RULES.flatMap(({ controls }) => controls[framework] ?? []))].sort();
      assert.deepEqual(
        named.filter((id) => !known.includes(id)),
        [],
      );
    });
  }

  for (const { framework, id, reach, settings = [], requirements: proofs = [] } of CONTROLS) {
    it(`[PF-SEC-07] ${framework} ${id} says truly what carries it`, () => {
      const rules = enforcing(RULES, framework, id);
      if (reach === "organisational") assert.deepEqual(rules, [], "a rule enforces it, so it is not out of reach");
      if (reach === "platform") assert.ok(rules.length + proofs.length + settings.length > 0, "nothing carries it");
      for (const setting of settings) assert.ok(configuration.includes(`\`${setting}`), `no setting ${setting}`);
      for (const proof of proofs) {
        const requirement = (requirements as Record<string, { status: string }>)[proof];
        assert.ok(requirement !== undefined && requirement.status !== "planned", `${proof} has no proof`);
      }
    });
  }

  it("[PF-SEC-07] the document links every rule that enforces a control", () => {
    const text = complianceDocument(RULES);
    for (const rule of RULES) {
      if (Object.keys(rule.controls).length > 0) assert.ok(text.includes(`(policies.md#${rule.id})`), rule.id);
    }
  });
});
