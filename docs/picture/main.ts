import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { instance } from "@viz-js/viz";
import { modules, type Module } from "./modules";

/** What each box is, in the words of docs/architecture.md. */
const TITLES: Readonly<Record<string, string>> = {
  "index.ts": "index.ts\nthe program",
  config: "config\nschemas",
  stacks: "stacks\nblueprints",
  cli: "cli\nthe platform command",
  "components/contracts": "contracts",
  "components/planning": "planning\npure functions",
  "components/aws": "aws\nsite",
  "components/kubernetes": "kubernetes\nany cluster",
  "offline/engine": "engine\nfind, build, run",
  "offline/providers": "providers\ngRPC",
  "offline/schema": "schema\nSDK typings",
  "offline/cloud": "cloud\njournal, control plane",
  "offline/services": "services\nrules",
  offline: "packages",
};

const GROUPS = { components: "the program's components", offline: "the offline cloud" } as const;

function dot(all: readonly Module[]): string {
  const node = ({ folder }: Module) => `"${folder}" [label="${(TITLES[folder] ?? folder).replaceAll("\n", "\\n")}"];`;
  const cluster = (group: keyof typeof GROUPS) => {
    const inside = all.filter(({ folder }) => folder === group || folder.startsWith(`${group}/`));
    return `subgraph "cluster_${group}" { label="${GROUPS[group]}"; ${inside.map(node).join(" ")} }`;
  };
  const outside = all.filter(({ folder }) => !/^(components|offline)(\/|$)/.test(folder));
  const edges = all.flatMap(({ folder, imports }) => imports.map((to) => `"${folder}" -> "${to}";`));
  return [
    "digraph platform {",
    'rankdir=TB; nodesep=0.35; ranksep=0.55; fontname="Helvetica"; fontsize=13; color="#9aa5b1"; style="rounded";',
    'node [shape=box, style="rounded,filled", fillcolor="#eef3f8", color="#52606d", fontname="Helvetica", fontsize=12];',
    'edge [color="#7b8794", arrowsize=0.7];',
    ...outside.map(node),
    cluster("components"),
    cluster("offline"),
    ...edges,
    "}",
  ].join("\n");
}

/** Writes docs/architecture.svg from the imports of the code, or with `--check` fails when it is not what the code says. */
async function main(root: string, check: boolean): Promise<number> {
  const viz = await instance();
  const svg = viz.renderString(dot(await modules(root)), { format: "svg" });
  const file = join(root, "docs", "architecture.svg");
  if (!check) {
    writeFileSync(file, svg);
    return 0;
  }
  if (readFileSync(file, "utf8") === svg) return 0;
  process.stderr.write("error: docs/architecture.svg is not what the code says: run npm run docs\n");
  return 1;
}

void main(process.cwd(), process.argv.includes("--check")).then((code) => (process.exitCode = code));
