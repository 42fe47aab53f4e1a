import assert from "node:assert/strict";
import { Unknown } from "../../../offline/cloud/value";
import { selects, selectsEverything, type Labels, type LabelSelector } from "../../../policies/checks/label-selectors";
import { Undecided, viewOf } from "../../../policies/model/view";

const labels = { app: "api", tier: "" };

describe("selectors of labels", () => {
  const cases: readonly (readonly [LabelSelector, boolean])[] = [
    [{}, true],
    [{ matchLabels: {}, matchExpressions: [] }, true],
    [{ matchLabels: { app: "api" } }, true],
    [{ matchLabels: { app: "api", tier: "" } }, true],
    [{ matchLabels: { app: "api", zone: "a" } }, false],
    [{ matchLabels: { app: "web" } }, false],
    [{ matchExpressions: [{ key: "app", operator: "In", values: ["web", "api"] }] }, true],
    [{ matchExpressions: [{ key: "app", operator: "In", values: [] }] }, false],
    [{ matchExpressions: [{ key: "zone", operator: "In", values: ["a"] }] }, false],
    [{ matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, true],
    [{ matchExpressions: [{ key: "app", operator: "NotIn", values: ["api"] }] }, false],
    [{ matchExpressions: [{ key: "zone", operator: "NotIn", values: ["a"] }] }, true],
    [{ matchExpressions: [{ key: "tier", operator: "Exists" }] }, true],
    [{ matchExpressions: [{ key: "zone", operator: "Exists" }] }, false],
    [{ matchExpressions: [{ key: "zone", operator: "DoesNotExist" }] }, true],
    [{ matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }, false],
    [{ matchExpressions: [{ key: "app", operator: "Gt", values: ["1"] }] }, false],
    [{ matchLabels: { app: "api" }, matchExpressions: [{ key: "zone", operator: "Exists" }] }, false],
  ];
  for (const [selector, expected] of cases) {
    it(`[PR-05] ${JSON.stringify(selector)} ${expected ? "selects" : "does not select"} the pods`, () => {
      assert.equal(selects(selector, labels), expected);
    });
  }

  it("[PR-05] tells a selector of everything", () => {
    assert.equal(selectsEverything({}), true);
    assert.equal(selectsEverything({ matchLabels: {}, matchExpressions: [] }), true);
    assert.equal(selectsEverything({ matchLabels: { app: "api" } }), false);
    assert.equal(selectsEverything({ matchExpressions: [{ key: "app", operator: "Exists" }] }), false);
  });

  it("[PR-05] reads the labels alone that it asks for", () => {
    const partly: Labels = viewOf<Record<string, string>>({ app: "api", version: Unknown.value });
    assert.equal(selects({ matchLabels: { app: "api" } }, partly), true);
    assert.throws(() => selects({ matchLabels: { version: "2" } }, partly), Undecided);
  });
});
