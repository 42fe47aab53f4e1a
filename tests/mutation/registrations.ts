import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../config/stack-files";
import { deployed } from "../stacks/deployed";
import type { Registration } from "../support/in-process";

// Run by the mutation run alone, in its copy of the tree: the first run records, the others compare. What is compared is what the
// golden files hold of a resource, so that a change seen here and nowhere else is one that the golden files alone would show.

const folder = join(root, "registrations");

function heldByGoldenFiles({ urn, parent, provider, dependsOn, deletedWith, ...rest }: Registration) {
  const { protect, retainOnDelete, inputs } = rest;
  return { urn, parent, provider, dependsOn: [...dependsOn].sort(), deletedWith, protect, retainOnDelete, inputs };
}

/** Declares the test of one stack. */
export function holdsRegistrations(stack: string): void {
  describe("golden files", function () {
    this.timeout(60_000);
    it(`hold every resource of ${stack}`, async () => {
      const { run } = await deployed(stack);
      const resources = run.resources.map(heldByGoldenFiles).sort((a, b) => (a.urn < b.urn ? -1 : 1));
      const found = JSON.stringify(resources, undefined, 1);
      const file = join(folder, `${stack}.json`);
      if (!existsSync(file)) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, found);
      }
      assert.ok(found === readFileSync(file, "utf8"), "a resource is not what it was");
    });
  });
}
