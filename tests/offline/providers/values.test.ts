import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Asset, Unknown, type Properties } from "../../../offline/cloud/value";
import { decode, encode } from "../../../offline/providers/values";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (value: JavaScriptValue) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });
const struct = (value: Record<string, JavaScriptValue>) => Struct.fromJavaScript(value);

describe("offline/providers/values", () => {
  it("knows all seven marks of an unknown value, at any depth", () => {
    const marks = [
      "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
      "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
      "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
      "030794c1-ac77-496b-92df-f27374a8bd58",
      "e48ece36-62e2-4504-bad9-02848725956a",
      "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ];
    const { properties } = decode(struct({ list: marks, block: { deep: [{ at: marks[0] ?? "" }] } }));
    assert.deepEqual(properties, { list: marks.map(() => Unknown.value), block: { deep: [{ at: Unknown.value }] } });
    assert.deepEqual(encode({ a: Unknown.value }).toJavaScript(), { a: marks[2] });
  });

  it("unwraps secrets, remembers their paths, and wraps the same paths again", () => {
    const wire = { password: secret("p"), users: [{ key: secret("k"), name: "n" }], labels: { "a/b": secret("x") } };
    const decoded = decode(struct(wire));
    assert.deepEqual(decoded.properties, { password: "p", users: [{ key: "k", name: "n" }], labels: { "a/b": "x" } });
    assert.deepEqual([...decoded.secrets].sort(), ['labels["a/b"]', "password", "users[0].key"]);
    assert.deepEqual(encode({ ...decoded.properties, more: 1 }, decoded).toJavaScript(), { ...wire, more: 1 });
  });

  it("resolves output values, known, unknown and secret", () => {
    const output = (fields: Record<string, JavaScriptValue>) => ({
      [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
      ...fields,
    });
    const decoded = decode(
      struct({ known: output({ value: "v" }), unknown: output({}), hidden: output({ value: "h", secret: true }) }),
    );
    assert.deepEqual(decoded.properties, { known: "v", unknown: Unknown.value, hidden: "h" });
    assert.deepEqual([...decoded.secrets], ["hidden"]);
  });

  it("gives the id of a resource, the URN of a component, and unknown for one that does not exist yet", () => {
    const reference = (fields: Record<string, JavaScriptValue>) => ({
      [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e",
      ...fields,
    });
    const { properties } = decode(
      struct({
        made: reference({ urn: "urn:a", id: "i-1" }),
        component: reference({ urn: "urn:b" }),
        planned: reference({ urn: "urn:c", id: "" }),
      }),
    );
    assert.deepEqual(properties, { made: "i-1", component: "urn:b", planned: Unknown.value });
  });

  it("keeps assets by hash and gives them back as they came", () => {
    const asset = { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", hash: "h1", text: "hello" };
    const archive = { [SIGNATURE]: "0def7320c3a5731c473e5ecbe6d01bc7", hash: "h2", path: "./code" };
    const decoded = decode(struct({ asset, archive }));
    assert.deepEqual(decoded.properties, { asset: new Asset("asset", "h1"), archive: new Asset("archive", "h2") });
    assert.deepEqual(encode(decoded.properties, decoded).toJavaScript(), { asset, archive });
    assert.deepEqual(encode({ asset: new Asset("asset", "h3") }).toJavaScript(), {
      asset: { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", hash: "h3" },
    });
  });

  it("drops null properties, keeps null elements, and refuses a signature it does not know", () => {
    assert.deepEqual(decode(struct({ a: null, b: [null, 1], c: { d: null } })).properties, { b: [null, 1], c: {} });
    assert.throws(() => decode(struct({ a: { b: { [SIGNATURE]: "other" } } })), /a\.b: .*unknown signature "other"/);
  });

  it("is the same after a round trip, whatever the property bag", () => {
    const value = fc.letrec<{ value: unknown; bag: Properties }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.boolean(),
        fc.integer(),
        fc.constant(Unknown.value),
        fc.array(tie("value")),
        tie("bag"),
      ),
      bag: fc.dictionary(
        fc.string().filter((key) => key !== "__proto__"),
        tie("value") as fc.Arbitrary<Properties[string]>,
        { noNullPrototype: true },
      ),
    }));
    fc.assert(
      fc.property(value.bag, (bag) => {
        assert.deepEqual(decode(Struct.deserializeBinary(encode(bag).serializeBinary())).properties, bag);
      }),
    );
  });
});
