import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { StoredResource } from "./cloud";
import type { Fault, Outage } from "./faults";
import { reviveAsset } from "./value";

/** One change to the cloud: everything in it happened, or nothing. */
export interface Transaction {
  readonly sequence: number;
  readonly put?: readonly StoredResource[];
  /** Keys of removed resources. */
  readonly remove?: readonly string[];
  /** URNs of resources made whose value is in the engine's state alone: made again, they differ. */
  readonly made?: readonly string[];
  /** All faults still waiting, when that changed. */
  readonly faults?: readonly Fault[];
  /** All that is switched off, when that changed. */
  readonly outages?: readonly Outage[];
  /** A call that nobody answered: until which virtual second its caller tried. */
  readonly waited?: { readonly call: string; readonly until: number };
}

/** The journal could not be written: the change was not made. */
export class JournalError extends Error {
  override readonly name = "JournalError";
}

/** A file of JSON lines, one transaction each. Only whole lines count: a torn last line was never acknowledged and is cut off. */
export class Journal {
  private constructor(
    readonly file: string,
    private readonly descriptor: number,
    private readonly history: readonly Transaction[],
    private size: number,
  ) {}

  static open(folder: string): Journal {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "journal.jsonl");
    const descriptor = openSync(file, "a+", 0o600);
    const text = readFileSync(file, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const size = Buffer.byteLength(whole);
    if (whole.length < text.length) ftruncateSync(descriptor, size);
    return new Journal(file, descriptor, transactions(file), size);
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
    try {
      // What is left of a line that could not be written would be glued to this one.
      if (fstatSync(this.descriptor).size !== this.size) ftruncateSync(this.descriptor, this.size);
      for (let written = 0; written < line.length;) {
        written += writeSync(this.descriptor, line, written);
      }
      this.size += line.length;
    } catch (error) {
      if (!(error instanceof Error && "syscall" in error && "code" in error)) throw error;
      throw new JournalError(
        `the offline cloud cannot write ${this.file} (${String(error.code)}): nothing was changed; free space on its disk and try again`,
        { cause: error },
      );
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
    return JSON.parse(line, reviveAsset) as Transaction;
  } catch {
    throw new Error(`${at}: the journal of the offline cloud is damaged; start again with: platform offline reset`);
  }
}
