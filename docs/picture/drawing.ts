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
  boot: "boot\nset-up, compiler, locks",
};

const GROUPS = { components: "the program's components", offline: "the offline cloud" } as const;

function dot(all: readonly Module[]): string {
  const node = ({ folder }: Module) => `"${folder}" [label="${(TITLES[folder] ?? folder).replaceAll("\n", "\\n")}"];`;
  const cluster = (group: keyof typeof GROUPS) => {
    const inside = all.filter(({ folder }) => folder === group || folder.startsWith(`${group}/`));
    return `subgraph "cluster_${group}" { margin=14; label="${GROUPS[group]}"; ${inside.map(node).join(" ")} }`;
  };
  const outside = all.filter(({ folder }) => !/^(components|offline)(\/|$)/.test(folder));
  const edges = all.flatMap(({ folder, imports }) => imports.map((to) => `"${folder}" -> "${to}";`));
  return [
    "digraph platform {",
    'rankdir=TB; nodesep=0.35; ranksep=0.55; fontname="Helvetica"; fontsize=13; color="#9aa5b1"; style="rounded";',
    'node [shape=box, margin="0.25,0.12", style="rounded,filled", fillcolor="#eef3f8", color="#52606d", fontname="Helvetica", fontsize=12];',
    'edge [color="#7b8794", arrowsize=0.7];',
    ...outside.map(node),
    cluster("components"),
    cluster("offline"),
    ...edges,
    "}",
  ].join("\n");
}

/** The picture of docs/architecture.md, as SVG, from the imports of the code. */
export async function drawing(root: string): Promise<string> {
  const viz = await instance();
  return viz.renderString(dot(modules(root)), { format: "svg" });
}
