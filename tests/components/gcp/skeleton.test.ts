import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ComponentResource } from "@pulumi/pulumi";

const folder = join(__dirname, "..", "..", "..", "components", "gcp");

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

describe("components of Google Cloud", () => {
  const found = components();

  it("are those of the ground and the cluster, among others", () => {
    const names = found.map(({ name }) => name);
    const ground = [
      "AdoptedCluster",
      "AdoptedNetwork",
      "AdoptedRegistry",
      "Bastion",
      "Cluster",
      "DnsZone",
      "EnabledApis",
      "Firewall",
      "Gateway",
      "ImageRegistry",
      "Key",
      "KeyCopy",
      "ManagedCluster",
      "Network",
      "NodeAccount",
      "NodePool",
      "SecretStore",
      "SiteKeys",
      "WorkloadIdentity",
    ];
    assert.deepEqual(
      ground.filter((name) => !names.includes(name)),
      [],
    );
  });

  it("stand alone in their files", () => {
    const files = found.map(({ file }) => file);
    assert.deepEqual(
      files.filter((file, index) => files.indexOf(file) !== index),
      [],
    );
  });

  for (const { name, source, file } of found) {
    const body = source.slice(source.indexOf(`export class ${name} extends ComponentResource`));

    it(`${name} has the type token of its folder and class`, () => {
      assert.ok(body.includes(`super("platform:gcp:${name}", name, {}, opts);`), file);
    });

    it(`${name} takes a name, its arguments and options, and registers its outputs`, () => {
      assert.ok(body.includes(`constructor(name: string, args: `), file);
      assert.ok(body.includes(", opts?: ComponentResourceOptions) {"), file);
      assert.ok(body.includes("this.registerOutputs({"), file);
    });
  }

  it("hold no environment and no region, and load one class of the SDK at a time", () => {
    for (const { source, file } of found) {
      const code = source.replace(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
      assert.doesNotMatch(code, /process\.env/, file);
      assert.doesNotMatch(code, /["'`](us|europe|asia)-[a-z]+\d/, file);
      assert.doesNotMatch(code, /from "@pulumi\/gcp(\/[a-z]+)?"/, file);
    }
  });
});
