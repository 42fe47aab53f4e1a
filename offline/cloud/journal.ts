import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { StoredResource } from "./cloud";
import type { Fault } from "./faults";

/** One change to the cloud: everything in it happened, or nothing. */
export interface Transaction {
  readonly sequence: number;
  readonly put?: readonly StoredResource[];
  /** Keys of removed resources. */
  readonly remove?: readonly string[];
  /** All faults still waiting, when that changed. */
  readonly faults?: readonly Fault[];
}

/** A file of JSON lines, one transaction each. Only whole lines count: a torn last line was never acknowledged and is cut off. */
export class Journal {
  private constructor(
    readonly file: string,
    private readonly descriptor: number,
    private readonly history: readonly Transaction[],
  ) {}

  static open(folder: string): Journal {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "journal.jsonl");
    const descriptor = openSync(file, "a+", 0o600);
    const text = readFileSync(file, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) ftruncateSync(descriptor, Buffer.byteLength(whole));
    return new Journal(file, descriptor, transactions(file));
  }

  /** The transactions that a journal holds so far, without touching it: another process may be writing. */
  static read(folder: string): readonly Transaction[] {
    try {
      return transactions(join(folder, "journal.jsonl"));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
  }

  replay(): readonly Transaction[] {
    return this.history;
  }

  /** Returns when the line is with the operating system, which outlives this process. */
  append(transaction: Transaction): void {
    const line = Buffer.from(`${JSON.stringify(transaction)}\n`);
    const before = fstatSync(this.descriptor).size;
    try {
      for (let written = 0; written < line.length;) {
        written += writeSync(this.descriptor, line, written);
      }
    } catch (error) {
      // A full disk may have taken half the line: without this the next one would be glued to it.
      ftruncateSync(this.descriptor, before);
      throw error;
    }
  }

  close(): void {
    fsyncSync(this.descriptor);
    closeSync(this.descriptor);
  }
}

function transactions(file: string): readonly Transaction[] {
  const lines = readFileSync(file, "utf8").split("\n");
  // What follows the last line end is empty, or a torn line.
  lines.pop();
  return lines.map((line, index) => parse(line, `${file}:${String(index + 1)}`));
}

function parse(line: string, at: string): Transaction {
  try {
    return JSON.parse(line) as Transaction;
  } catch {
    throw new Error(`${at}: the journal of the offline cloud is damaged; start again with: platform offline reset`);
  }
}
