import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { configurationFiles } from "../config/generated-files";
import { policyFiles } from "../policies/documents/generated-files";

/** Files that are generated from schemas and tables, by their path in the repository. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([...configurationFiles(), ...policyFiles()]);
}

/** Generated files that differ from what the code says, or are not there. */
export function driftedFiles(root: string): readonly string[] {
  return [...generatedFiles()].filter(([path, content]) => read(join(root, path)) !== content).map(([path]) => path);
}

/** Writes the generated files; with `--check` only says which ones differ. Returns the exit code. */
export function generate(root: string, args: readonly string[]): number {
  const drifted = driftedFiles(root);
  if (args.includes("--check")) {
    for (const path of drifted) console.error(`${path} differs from what the code says: run npm run docs`);
    return drifted.length === 0 ? 0 : 1;
  }
  for (const path of drifted) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), generatedFiles().get(path) ?? "");
    console.log(`wrote ${path}`);
  }
  return 0;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

if (require.main === module) process.exitCode = generate(process.cwd(), process.argv.slice(2));
