import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The modules of a function, by file: contents, not paths, so that the same code is the same package on every machine.
 *
 * @param folders where they are; of files of the same name that of the last folder counts
 * @throws where there is no `index.mjs`
 */
export function functionModules(
  id: string,
  folders: readonly [string, ...string[]],
  extensions: readonly string[] = [".mjs"],
): Readonly<Record<string, string>> {
  const found = new Map(folders.flatMap((folder) => filesIn(folder, extensions).map((file) => [file, folder])));
  if (!found.has("index.mjs")) {
    throw new Error(
      `function "${id}" has no code: ${join(folders[0], "index.mjs")} is missing, write it or take the function out`,
    );
  }
  return Object.fromEntries(
    [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, folder]) => [file, readFileSync(join(folder, file), "utf8")]),
  );
}

function filesIn(folder: string, extensions: readonly string[]): readonly string[] {
  try {
    return readdirSync(folder).filter((file) => extensions.some((extension) => file.endsWith(extension)));
  } catch {
    return [];
  }
}
