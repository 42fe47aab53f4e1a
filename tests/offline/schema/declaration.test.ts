import assert from "node:assert/strict";
import {
  readEnum,
  readInterface,
  readOutputs,
  UnreadableTypings,
  withoutComments,
} from "../../../offline/schema/declaration";

function typeOf(text: string) {
  return readInterface(`export interface Args {\n    value: ${text};\n}\n`, "Args")?.members["value"];
}

describe("offline/schema/declaration", () => {
  it("reads each form of type", () => {
    const forms = [
      ["pulumi.Input<string>", "string"],
      ["pulumi.Input<pulumi.Input<number>[]>", { list: "number" }],
      ["(string | enums.ec2.Mode)[]", { list: { union: ["string", { named: "enums.ec2.Mode" }] } }],
      ["{\n        [key: string]: pulumi.Input<inputs.a.v1.B>;\n    }", { map: { named: "inputs.a.v1.B" } }],
      ["{\n        [key: string]: string;\n    }[]", { list: { map: "string" } }],
      ["Record<string, any>", { map: "any" }],
      ["string[][]", { list: { list: "string" } }],
      ['"a.b" | "c;}" | 5 | -1 | true', { union: ["a.b", "c;}", 5, -1, true].map((literal) => ({ literal })) }],
      ["pulumi.asset.Asset | pulumi.asset.Archive", "asset"],
      ["any | outputs.A", "any"],
      ["string | Role | string", { union: ["string", { map: "any" }] }],
      ["{\n        a?: string;\n    }", { members: { a: { type: "string", required: false } } }],
    ] as const;
    for (const [text, type] of forms) assert.deepEqual(typeOf(text), { type, required: true }, text);
  });

  it("takes a member with a question mark, or of a type that includes undefined, as optional", () => {
    assert.deepEqual(typeOf("pulumi.Input<string | undefined>"), { type: "string", required: false });
    assert.deepEqual(typeOf("any | undefined"), { type: "any", required: false });
    const text = 'interface A {\n  a?: string;\n  "b-c": string;\n  $ref?: string;\n}';
    const flags = Object.entries(readInterface(text, "A")?.members ?? {}).map(([name, { required }]) => [
      name,
      required,
    ]);
    assert.deepEqual(flags, [
      ["a", false],
      ["b-c", true],
      ["$ref", false],
    ]);
  });

  it("refuses what no generator writes, naming it", () => {
    assert.throws(() => typeOf("keyof X"), UnreadableTypings);
    assert.throws(() => typeOf("string &"), { name: "UnreadableTypings", message: /"&/ });
  });

  it("finds an interface by its whole name, outside of comments", () => {
    const text = withoutComments(
      "/**\n * interface A {\n */\nexport interface AB {\n    x: string;\n}\nexport interface A {\n}\n",
    );
    assert.deepEqual(readInterface(text, "A")?.members, {});
    assert.equal(readInterface(text, "B"), undefined);
  });

  it("reads the outputs of a class and none of its methods", () => {
    const text =
      "class A {\n    static get(name: string): A;\n    readonly x: pulumi.Output<string | undefined>;\n    private readonly y;\n}";
    assert.deepEqual(readOutputs(text), { x: { type: "string", required: false } });
  });

  it("reads the values of an enum, of any scalar type", () => {
    const text =
      'export declare const AB: {\n};\nexport declare const A: {\n    /**\n     * a\n     */\n    readonly One: "1: {};";\n    readonly "t-w": 2;\n};\n';
    assert.deepEqual(readEnum(text, "A"), ["1: {};", 2]);
    assert.deepEqual(readEnum(text, "AB"), []);
    assert.equal(readEnum(text, "C"), undefined);
  });
});
