import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ComponentResource } from "@pulumi/pulumi";

export interface Exported {
  readonly file: string;
  readonly source: string;
  readonly name: string;
}

/** Every component class that a file of `components/<cloud>` exports. */
export function componentsOf(cloud: "aws" | "gcp" | "azure"): readonly Exported[] {
  const folder = join(__dirname, "..", "..", "components", cloud);
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

/** The tests that every component passes: call it in a `describe`. */
export function followTheSkeleton(cloud: "aws" | "gcp" | "azure", found: readonly Exported[]): void {
  for (const { name, source, file } of found) {
    const body = source.slice(source.indexOf(`export class ${name} extends ComponentResource`));

    it(`${name} has the type token of its folder and class`, () => {
      assert.ok(body.includes(`super("platform:${cloud}:${name}", name, {}, opts);`), file);
    });

    it(`${name} takes a name, its arguments and options, and registers its outputs`, () => {
      assert.ok(body.includes(`constructor(name: string, args: `), file);
      assert.ok(body.includes(", opts?: ComponentResourceOptions) {"), file);
      assert.ok(body.includes("this.registerOutputs({"), file);
    });
  }
}

/** The code of a file without its comments. */
export function withoutComments(source: string): string {
  return source.replace(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}
