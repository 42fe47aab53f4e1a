import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InterfaceIndex } from "./typings";

/** Changes whenever what is written changes meaning; older files are then left alone. */
const FORMAT = 1;

/**
 * What was read from the typings of one package version, kept between runs. Definitions are lines `<key> <tab> <JSON>` that are only
 * ever appended, each in one write, so that processes may share the file. A line that does not parse counts as not
 * there: the definition is read from the typings and appended again. A folder that cannot be written costs time, never a result.
 */
export class DefinitionCache {
  private readonly lines: Map<string, string>;
  private readonly file: string;
  private writable = true;

  constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {
    this.file = join(folder, `${name}-${String(FORMAT)}.ndjson`);
    this.lines = readLines(this.file);
  }

  /** The definition kept under `key`, else the one that `read` gives, which is kept. */
  definition<T extends object>(key: string, read: () => T | undefined): T | undefined {
    const line = this.lines.get(key);
    const kept = line === undefined ? undefined : parsed(line);
    if (kept !== undefined) return kept as T;
    const found = read();
    if (found !== undefined) this.append(key, JSON.stringify(found));
    return found;
  }

  /** The index of one file of nested types, made by `build` when there is none or `fresh` is asked for. */
  index(side: string, build: () => InterfaceIndex, fresh: boolean): InterfaceIndex {
    const file = join(this.folder, `${this.name}-${String(FORMAT)}.${side}.json`);
    const kept = fresh ? undefined : parsed(readText(file) ?? "");
    if (kept !== undefined) return kept as InterfaceIndex;
    const index = build();
    this.attempt(() => {
      const draft = `${file}.${String(process.pid)}`;
      writeFileSync(draft, JSON.stringify(index));
      renameSync(draft, file);
    });
    return index;
  }

  private append(key: string, json: string): void {
    this.lines.set(key, json);
    // The line break comes first: a line cut short by a killed process spoils itself alone.
    this.attempt(() => {
      appendFileSync(this.file, `\n${key}\t${json}`);
    });
  }

  private attempt(write: () => void): void {
    if (!this.writable) return;
    try {
      mkdirSync(this.folder, { recursive: true });
      write();
    } catch {
      this.writable = false;
    }
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function readLines(file: string): Map<string, string> {
  const lines = new Map<string, string>();
  for (const line of (readText(file) ?? "").split("\n")) {
    const tab = line.indexOf("\t");
    if (tab > 0) lines.set(line.slice(0, tab), line.slice(tab + 1));
  }
  return lines;
}

function parsed(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
