import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../cloud/package";

/** What the server of a cloud folder tells whoever wants to join it. */
export interface ServerRecord {
  readonly pid: number;
  /** Which build of the code it runs. */
  readonly build: string;
  /** Loopback port on which clients hold their connection. */
  readonly control: number;
  /** Proves to the server that a client may read this folder. */
  readonly token: string;
  /** Package to the loopback port of its provider, for commands run from each place: the port tells them apart. */
  readonly ports: Readonly<Record<Place, Readonly<Record<string, number>>>>;
}

const file = (folder: string) => join(folder, "server.json");

/** Log of the server, for failures of our own code. */
export function logFile(folder: string): string {
  return join(folder, "server.log");
}

/** The server's record; undefined when there is none, or one that a killed machine left half written. */
export function readRecord(folder: string): ServerRecord | undefined {
  try {
    return JSON.parse(readFileSync(file(folder), "utf8")) as ServerRecord;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && "code" in error && error.code === "ENOENT")) {
      return undefined;
    }
    throw error;
  }
}

/** Only the user may read it: the token lets whoever has it use the cloud. */
export function writeRecord(folder: string, record: ServerRecord): void {
  const temporary = `${file(folder)}.${String(record.pid)}`;
  writeFileSync(temporary, JSON.stringify(record), { mode: 0o600 });
  renameSync(temporary, file(folder));
}

/** Removes the record of this server, and nobody else's. */
export function removeRecord(folder: string, pid: number): void {
  if (readRecord(folder)?.pid === pid) rmSync(file(folder), { force: true });
}
