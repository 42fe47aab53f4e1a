import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { blueprints } from "../../config/blueprints";
import { driftedFiles, generatedFiles } from "../../docs/generate";
import { settingsSchema, stackFileSchema, type SettingSchema } from "../../config/json-schema";
import { stackNames } from "../../offline/engine/shadow-project";
import { root } from "../config/stack-files";

/** Every setting below a schema, by path. */
function leaves(path: string, schema: SettingSchema): readonly { path: string; setting: SettingSchema }[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, setting]) => [
    { path: `${path}.${name}`, setting },
    ...leaves(`${path}.${name}`, setting),
  ]);
}

describe("generated files", () => {
  it("are the ones that the schemas say: run npm run docs", () => {
    assert.deepEqual(driftedFiles(root), []);
  });

  const documents = [
    "docs/capabilities.md",
    "docs/compliance.md",
    "docs/configuration.md",
    "docs/policies.md",
    "docs/schema/policies.schema.json",
  ];

  it("are the documents and a schema per blueprint", () => {
    assert.deepEqual(
      [...generatedFiles().keys()].sort(),
      [...documents, ...Object.keys(blueprints).map((id) => `docs/schema/${id}.schema.json`)].sort(),
    );
  });

  it("drift is seen", () => {
    assert.deepEqual(driftedFiles(join(root, "tests")).length, documents.length + Object.keys(blueprints).length);
  });

  for (const [id, schema] of Object.entries(blueprints)) {
    it(`describe every setting of ${id}`, () => {
      for (const { path, setting } of leaves(id, settingsSchema(schema))) {
        assert.ok((setting.description ?? "").length > 3, `${path} has no description`);
      }
    });
  }

  it("say what is out of date", () => {
    const document = readFileSync(join(root, "docs/configuration.md"), "utf8");
    assert.match(document, /Documented is 1\.28, which EKS no longer offers; it needs allowUnsupportedVersion/);
    assert.match(document, /The documented tag `latest` needs allowMutableTags/);
  });
});

describe("committed stack files", () => {
  for (const stack of stackNames(root)) {
    const text = readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8");
    const { config } = parse(text) as { config: Record<string, unknown> };
    const blueprint = String(config["platform:blueprint"]);

    it(`${stack} names the schema of its blueprint for editors`, () => {
      assert.equal(text.split("\n")[0], `# yaml-language-server: $schema=docs/schema/${blueprint}.schema.json`);
    });

    it(`${stack} holds no secret and only keys that the schema has`, () => {
      const schema = stackFileSchema(blueprint, blueprints[blueprint as keyof typeof blueprints]) as SettingSchema;
      const known = Object.keys(schema.properties?.["config"]?.properties ?? {});
      assert.deepEqual(
        Object.keys(config).filter((key) => !known.includes(key)),
        [],
      );
      assert.ok(!("platform:secrets" in config));
    });
  }
});
