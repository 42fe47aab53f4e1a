import assert from "node:assert/strict";
import { mergeSecrets, redact } from "../../../offline/cloud/redaction";

describe("offline/cloud/redaction", () => {
  const properties = { user: "u", password: "p", list: [{ key: "k", id: 1 }], labels: { "a/b": "x" } };
  const secrets = new Set(["password", "list[0].key", 'labels["a/b"]']);
  const redacted = {
    user: "u",
    password: "[secret]",
    list: [{ key: "[secret]", id: 1 }],
    labels: { "a/b": "[secret]" },
  };

  it("takes out the value at each secret path and all below it", () => {
    assert.deepEqual(redact(properties, secrets), redacted);
    assert.deepEqual(redact(properties, new Set(["list"]))["list"], "[secret]");
    assert.equal(redact(properties, new Set()), properties);
  });

  it("puts back what the engine holds, and leaves out what it does not", () => {
    assert.deepEqual(mergeSecrets(redacted, properties), properties);
    assert.deepEqual(mergeSecrets(redacted, {}), { user: "u", list: [{ id: 1 }], labels: {} });
    assert.deepEqual(mergeSecrets({ list: ["[secret]", 1] }, {}), { list: [null, 1] });
  });

  it("shows drift beside a secret", () => {
    assert.deepEqual(mergeSecrets({ ...redacted, user: "v" }, properties), { ...properties, user: "v" });
  });
});
