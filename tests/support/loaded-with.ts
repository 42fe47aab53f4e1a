import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../config/stack-files";

/** What is loaded with a file: files of the repository, and packages by name. Imports of types alone are none. */
export async function loadedWith(
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
