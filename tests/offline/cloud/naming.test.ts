import assert from "node:assert/strict";
import type { CheckCall } from "../../../offline/cloud/control-plane";
import { nameProblem, withName } from "../../../offline/cloud/naming";
import type { NameRule } from "../../../offline/cloud/resource-type";
import { Unknown, type Properties } from "../../../offline/cloud/value";

const rule: NameRule = {
  property: "name",
  pattern: /^[a-z-]+[0-9a-f]*$/,
  rule: "letters",
  source: "url",
  maxLength: 16,
};
const call = (inputs: Properties, more: Partial<CheckCall> = {}): CheckCall => ({
  urn: "urn:pulumi:dev::platform::t::assets",
  type: "t",
  inputs,
  session: { scope: { account: "", region: "" }, config: {} },
  ...more,
});
const name = (inputs: Properties, more: Partial<CheckCall> = {}) =>
  withName(rule, call(inputs, more), () => "1234567")["name"];

describe("offline/cloud/naming", () => {
  it("keeps a given name, then the one it has, then the project's, then makes one", () => {
    const autonaming = { name: "proposed", disabled: false };
    assert.equal(name({ name: "given" }, { oldInputs: { name: "old" }, autonaming }), "given");
    assert.equal(name({}, { oldInputs: { name: "old" }, autonaming }), "old");
    assert.equal(name({}, { autonaming }), "proposed");
    assert.equal(name({}, { autonaming: { name: "", disabled: false } }), "assets-1234567");
    assert.equal(name({}, { autonaming: { name: "", disabled: true } }), undefined);
    assert.equal(name({}), "assets-1234567");
  });

  it("follows a prefix, and does not know the name while the prefix is not known", () => {
    assert.equal(name({ namePrefix: "pre-" }), "pre-1234567");
    assert.equal(name({ namePrefix: "new-" }, { oldInputs: { namePrefix: "new-", name: "new-7" } }), "new-7");
    assert.equal(name({ namePrefix: Unknown.value }), Unknown.value);
  });

  it("shortens the logical name to what the service allows", () => {
    const long = name({}, { urn: "urn:pulumi:dev::platform::t::a-very-long-logical-name" });
    assert.equal(long, "a-very-l-1234567");
    assert.equal(withName({ ...rule, separator: "" }, call({}), () => "1234567")["name"], "assets1234567");
    assert.deepEqual(
      withName(undefined, call({}), () => "1234567"),
      {},
    );
  });

  it("says what is wrong with a name, and nothing of one that is not known", () => {
    assert.deepEqual(nameProblem(rule, { name: "Upper" }), {
      property: "name",
      reason: '"Upper" is not a valid name: letters (url)',
    });
    assert.notEqual(nameProblem(rule, { name: "a".repeat(17) }), undefined);
    assert.equal(nameProblem(rule, { name: "a".repeat(16) }), undefined);
    assert.equal(nameProblem(rule, { name: Unknown.value }), undefined);
    assert.equal(nameProblem(undefined, { name: "Upper" }), undefined);
  });
});
