import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Dependency {
  readonly name: string;
  /** The version that is installed, else the range that package.json asks for. */
  readonly version: string;
}

/** The packages that a program uses, sorted by name: those of its package.json, or all that its lock file holds. */
export function programDependencies(programFolder: string, transitive: boolean): Dependency[] {
  const folder = packageFolder(programFolder);
  if (folder === undefined) return [];
  const locked = record(record(readJson(join(folder, "package-lock.json")))?.["packages"]) ?? {};
  const found = transitive ? everyLocked(locked) : direct(folder, locked);
  return found.sort((one, other) => compare(one.name, other.name) || compare(one.version, other.version));
}

function everyLocked(locked: Record<string, unknown>): Dependency[] {
  const found = new Map<string, Dependency>();
  for (const [path, entry] of Object.entries(locked)) {
    const version = record(entry)?.["version"];
    const name = path.split("node_modules/").at(-1);
    if (path !== "" && name !== undefined && typeof version === "string") {
      found.set(`${name}@${version}`, { name, version });
    }
  }
  return [...found.values()];
}

function direct(folder: string, locked: Record<string, unknown>): Dependency[] {
  const manifest = record(readJson(join(folder, "package.json")));
  const wanted = { ...record(manifest?.["devDependencies"]), ...record(manifest?.["dependencies"]) };
  return Object.entries(wanted).map(([name, range]) => {
    const version =
      record(locked[`node_modules/${name}`])?.["version"] ??
      record(readJson(join(folder, "node_modules", name, "package.json")))?.["version"] ??
      range;
    return { name, version: String(version) };
  });
}

function packageFolder(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (readJson(join(folder, "package.json")) !== undefined) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
