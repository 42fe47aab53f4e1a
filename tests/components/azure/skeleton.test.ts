import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ComponentResource } from "@pulumi/pulumi";

const folder = join(__dirname, "..", "..", "..", "components", "azure");

interface Exported {
  readonly file: string;
  readonly source: string;
  readonly name: string;
}

/** Every component class that a file of the folder exports. */
function components(): readonly Exported[] {
  return readdirSync(folder).flatMap((file) => {
    const path = join(folder, file);
    // Loaded by name: a component that nobody lists here is checked all the same.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const exported = require(path) as Record<string, unknown>;
    return Object.entries(exported)
      .filter(([, value]) => typeof value === "function" && value.prototype instanceof ComponentResource)
      .map(([name]) => ({ file, source: readFileSync(path, "utf8"), name }));
  });
}

describe("components of Azure", () => {
  const found = components();

  it("are all seen", () => {
    const seen = new Set(found.map(({ name }) => name));
    for (const name of ["Network", "Gateway", "SiteKeys", "SecretStore", "ImageRegistry", "Cluster", "DnsZone"]) {
      assert.ok(seen.has(name), name);
    }
    assert.ok(found.length >= 20, String(found.length));
  });

  for (const { name, source, file } of found) {
    const body = source.slice(source.indexOf(`export class ${name} extends ComponentResource`));

    it(`${name} has the type token of its folder and class`, () => {
      assert.ok(body.includes(`super("platform:azure:${name}", name, {}, opts);`), file);
    });

    it(`${name} takes a name, its arguments and options, and registers its outputs`, () => {
      assert.ok(body.includes(`constructor(name: string, args: `), file);
      assert.ok(body.includes(", opts?: ComponentResourceOptions) {"), file);
      assert.ok(body.includes("this.registerOutputs({"), file);
    });
  }

  it("hold no subscription, no environment and no region", () => {
    for (const file of readdirSync(folder)) {
      const code = readFileSync(join(folder, file), "utf8").replace(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
      assert.doesNotMatch(code, /\/subscriptions\/[0-9a-f]{8}-/, file);
      assert.doesNotMatch(code, /process\.env/, file);
      assert.doesNotMatch(code, /["'`](?:east|west|central|north|south)us\d?["'`]/, file);
    }
  });

  it("import the parts of the SDK that they use, and no other cloud's", () => {
    for (const file of readdirSync(folder)) {
      const imports = [...readFileSync(join(folder, file), "utf8").matchAll(/from "(@pulumi\/[^"]+)"/g)];
      for (const [, from = ""] of imports) {
        assert.match(from, /^@pulumi\/(?:pulumi|azure-native\/[a-z]+\/[A-Za-z]+)$/, file);
      }
    }
  });
});
