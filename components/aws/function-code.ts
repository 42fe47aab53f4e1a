import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AssetArchive, StringAsset } from "@pulumi/pulumi/asset";

/**
 * The modules of a function as they are packaged. By content, not by path: the same code is the same package on every machine.
 *
 * @throws where there is no `index.mjs`
 */
export function functionCode(codeFolder: string, id: string): AssetArchive {
  const folder = join(codeFolder, id);
  const modules = modulesIn(folder);
  if (!modules.includes("index.mjs")) {
    throw new Error(
      `function "${id}" has no code: ${join(folder, "index.mjs")} is missing, write it or take the function out`,
    );
  }
  return new AssetArchive(
    Object.fromEntries(modules.map((file) => [file, new StringAsset(readFileSync(join(folder, file), "utf8"))])),
  );
}

function modulesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(".mjs"))
      .sort();
  } catch {
    return [];
  }
}
