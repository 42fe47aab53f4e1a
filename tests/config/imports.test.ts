import assert from "node:assert/strict";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./stack-files";

/** What is loaded with a file: files of the repository, and packages by name. Imports of types alone are none. */
async function loadedWith(
  file: string,
): Promise<{ readonly files: readonly string[]; readonly packages: readonly string[] }> {
  const { metafile } = await build({
    entryPoints: [join(root, file)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: "node",
    packages: "external",
    metafile: true,
    logLevel: "silent",
  });
  const files = Object.keys(metafile.inputs);
  const packages = Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.flatMap(({ path, external }) => (external === true ? [path] : [])),
  );
  return { files, packages: [...new Set(packages)].sort() };
}

describe("configuration", () => {
  it("is checked before any SDK is loaded: of components it needs contracts, planning and plans alone", async () => {
    const { files, packages } = await loadedWith("config/blueprints.ts");
    assert.ok(files.includes("config/schema/portfolio-azure.ts"));
    assert.ok(files.some((file) => file.startsWith("components/planning/")));
    assert.deepEqual(
      files.filter((file) => !/^(config\/|components\/(contracts|planning)\/)|\.plan\.ts$/.test(file)),
      [],
    );
    assert.deepEqual(packages, ["ipaddr.js", "node:crypto", "zod"]);
  });
});
