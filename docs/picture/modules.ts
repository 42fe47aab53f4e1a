import { build } from "esbuild";

/** A folder of the program and the folders whose code it imports. */
export interface Module {
  readonly folder: string;
  readonly imports: readonly string[];
}

/** Where the program is entered: by the engine, by a person, and in the two processes of the offline cloud. */
const ENTRIES = ["index.ts", "cli/main.ts", "offline/providers/server.ts", "offline/providers/eks/start.ts"];

/** Which folder imports which, as the bundler sees the code; type-only imports count too, since they are what contracts are. */
export async function modules(root: string): Promise<readonly Module[]> {
  const { metafile } = await build({
    entryPoints: ENTRIES,
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    packages: "external",
    outdir: "unused",
    logLevel: "silent",
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  const found = new Map<string, Set<string>>();
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    const from = folderOf(file);
    const targets = found.get(from) ?? new Set<string>();
    for (const { path, external } of imports) {
      if (external !== true && folderOf(path) !== from) targets.add(folderOf(path));
    }
    found.set(from, targets);
  }
  return [...found]
    .map(([folder, imports]) => ({ folder, imports: [...imports].sort() }))
    .sort((a, b) => a.folder.localeCompare(b.folder));
}

/** `components` and `offline` are drawn room by room, the rest as one box each. */
function folderOf(file: string): string {
  const parts = file.split("/");
  if (parts.length === 1) return file;
  const [first = "", second = ""] = parts;
  const roomy = (first === "components" || first === "offline") && parts.length > 2;
  return roomy ? `${first}/${second}` : first;
}
