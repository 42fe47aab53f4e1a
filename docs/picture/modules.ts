import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { preProcessFile } from "typescript";

/** A folder of the program and the folders whose code it imports. */
export interface Module {
  readonly folder: string;
  readonly imports: readonly string[];
}

/** Where the program is entered: by the engine, by a person, and in the two processes of the offline cloud. */
const ENTRIES = ["index.ts", "cli/main.ts", "offline/providers/server.ts", "offline/providers/eks/start.ts"];

/** Which folder imports which. Type-only imports count too, since they are what contracts are: the bundler leaves these out. */
export function modules(root: string): readonly Module[] {
  const found = new Map<string, Set<string>>();
  const seen = new Set(ENTRIES);
  // A set gives what is added to it on the way.
  for (const file of seen) {
    const from = folderOf(file);
    const targets = found.get(from) ?? new Set<string>();
    for (const imported of importsOf(root, file)) {
      seen.add(imported);
      if (folderOf(imported) !== from) targets.add(folderOf(imported));
    }
    found.set(from, targets);
  }
  return [...found]
    .map(([folder, imports]) => ({ folder, imports: [...imports].sort() }))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Our own files that a file imports, by their path in the repository. */
function importsOf(root: string, file: string): readonly string[] {
  return preProcessFile(readFileSync(join(root, file), "utf8"))
    .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
    .map(({ fileName }) => {
      const path = posix.join(dirname(file), fileName);
      const there = [path, `${path}.ts`, posix.join(path, "index.ts")].find((one) =>
        /\.[a-z]+$/.test(one) ? existsSync(join(root, one)) : false,
      );
      if (there === undefined) throw new Error(`${file} imports ${fileName}, which is no file`);
      return there;
    });
}

/** `components` and `offline` are drawn room by room, the rest as one box each. */
function folderOf(file: string): string {
  const parts = file.split("/");
  if (parts.length === 1) return file;
  const [first = "", second = ""] = parts;
  const roomy = (first === "components" || first === "offline") && parts.length > 2;
  return roomy ? `${first}/${second}` : first;
}
