import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const components = resolve(__dirname, "../../components");

interface Import {
  readonly file: string;
  readonly from: string;
  readonly typeOnly: boolean;
}

/** Every import of the files of a folder, with relative ones as paths from `components`. */
function importsOf(folder: string): readonly Import[] {
  const directory = join(components, folder);
  return readdirSync(directory)
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => {
      const code = readFileSync(join(directory, name), "utf8");
      return [...code.matchAll(/^(?:import|export)\s(type\s)?[^;]*?from\s+"([^"]+)";/gm)].map(
        ([, type, from = ""]): Import => ({
          file: `${folder}/${name}`,
          from: from.startsWith(".") ? relative(components, resolve(directory, from)) : from,
          typeOnly: type !== undefined,
        }),
      );
    });
}

const shown = (found: readonly Import[]) => found.map(({ file, from }) => `${file} imports ${from}`);

describe("imports of the components", () => {
  it("[PF-SCALE-01] what runs on every cluster knows no cloud", () => {
    const found = importsOf("kubernetes");
    assert.ok(found.length > 60, String(found.length));
    const allowed = /^(kubernetes|contracts|planning)\/|^@pulumi\/(pulumi|kubernetes|random)(\/|$)|^node:crypto$/;
    const models = /^@kubernetes-models\//;
    assert.deepEqual(
      shown(found.filter(({ from, typeOnly }) => !allowed.test(from) && !(typeOnly && models.test(from)))),
      [],
    );
  });

  it("contracts are made of contracts and know no cloud", () => {
    const found = importsOf("contracts");
    assert.ok(found.length > 30, String(found.length));
    assert.deepEqual(
      shown(
        found.filter(
          ({ from, typeOnly }) =>
            !/^(contracts|planning)\/|^zod$/.test(from) && !(typeOnly && from === "@pulumi/pulumi"),
        ),
      ),
      [],
    );
  });

  it("planning stands on contracts and itself", () => {
    const allowed = /^(contracts|planning)\/|^(ipaddr\.js|zod|node:crypto)$/;
    assert.deepEqual(shown(importsOf("planning").filter(({ from }) => !allowed.test(from))), []);
  });
});
