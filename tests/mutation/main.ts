import { type ChildProcess, fork } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mutantsOf, withMutant, type Mutant } from "./mutants";
import type { Answer, Order } from "./prover";

/** Where the documented values stand. */
const SUBJECTS = ["config/schema", "components/planning", "components/aws", "components/kubernetes", "stacks"];
/** The tests that must notice: those of the program, in this process; no engine. */
const PROOFS = ["tests/config", "tests/components", "tests/stacks"];
/** It compares the generated documents with the code, which proves only that somebody generated them again. */
const NO_PROOF = "tests/config/generate.test.ts";
const COPIED = [
  "components",
  "config",
  "stacks",
  "offline",
  "tests",
  "index.ts",
  "tsconfig.json",
  "package.json",
  "docs",
  "Pulumi.yaml",
];
const WORKERS = 2;
const TIMEOUT_MS = 120_000;
/** Modules that were forgotten are not all freed: a process runs this often, then makes room for a new one. */
const RUNS_PER_PROCESS = 40;

interface Verdict {
  readonly mutant: Mutant;
  readonly caught: boolean;
}

/**
 * `npm run test:mutation [-- path]`: changes every documented value once and runs the program's tests: reports which changes they
 * caught and which they missed.
 */
async function main(root: string, only: string | undefined): Promise<number> {
  const files = SUBJECTS.flatMap((folder) => sources(root, folder)).filter(
    (file) => only === undefined || file.includes(only),
  );
  const mutants = files.flatMap((file) => mutantsOf(file, readFileSync(join(root, file), "utf8")));
  const proofs = PROOFS.flatMap((folder) => sources(root, folder)).filter(
    (file) => file.endsWith(".test.ts") && file !== NO_PROOF,
  );
  const provers = Array.from({ length: WORKERS }, () => new Prover(copyOf(root), proofs));
  try {
    const queue = [...mutants];
    const verdicts: Verdict[] = [];
    await Promise.all(
      provers.map(async (prover) => {
        await prover.expectSound("before anything was changed");
        for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
          const failure = await prover.failureWith(mutant);
          verdicts.push({ mutant, caught: failure !== undefined });
          const verdict = failure === undefined ? "MISSED" : "caught";
          process.stdout.write(`${verdict} ${describe(mutant)}${failure === undefined ? "" : ` by ${failure}`}\n`);
        }
        await prover.expectSound("after every change was taken back");
      }),
    );
    const missed = verdicts.filter(({ caught }) => !caught);
    process.stdout.write(`\n${String(verdicts.length - missed.length)} caught, ${String(missed.length)} missed\n`);
    for (const { mutant } of missed) process.stdout.write(`  ${describe(mutant)}\n`);
    return missed.length === 0 ? 0 : 1;
  } finally {
    for (const prover of provers) prover.dispose();
  }
}

/** A copy of the tree, and a process that runs its tests. */
class Prover {
  private child: ChildProcess | undefined;
  private runs = 0;
  /** Files whose changes the tests are known to notice. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly copy: string,
    private proofs: readonly string[],
  ) {}

  /** The first test that fails with the mutant in place; undefined when none does. */
  async failureWith(mutant: Mutant): Promise<string | undefined> {
    if (!this.seen.has(mutant.file)) {
      const broken = await this.failureOf(mutant.file, (text) => `${text}\nthrow new Error("broken on purpose");\n`);
      if (broken === undefined) throw new Error(`no test reads ${mutant.file}: its mutants would all be missed`);
      this.seen.add(mutant.file);
    }
    return this.failureOf(mutant.file, (text) => withMutant(text, mutant));
  }

  private async failureOf(subject: string, change: (text: string) => string): Promise<string | undefined> {
    const file = join(this.copy, subject);
    const original = readFileSync(file, "utf8");
    writeFileSync(file, change(original));
    try {
      return (await this.run(this.proofs)).failure;
    } finally {
      writeFileSync(file, original);
    }
  }

  /** Runs what is unchanged, and from then on the quick tests before the slow ones. */
  async expectSound(when: string): Promise<void> {
    const { failure, durations } = await this.run(this.proofs);
    if (failure !== undefined) throw new Error(`the tests fail ${when}: ${failure}`);
    // Whichever test of a stack comes first deploys it for the others, so that their times say little: they stay last.
    const cost = (file: string) => (file.startsWith("tests/stacks/") ? TIMEOUT_MS : 0) + (durations[file] ?? 0);
    this.proofs = this.proofs.toSorted((a, b) => cost(a) - cost(b));
  }

  dispose(): void {
    this.stop();
    rmSync(this.copy, { recursive: true, force: true });
  }

  private async run(files: readonly string[]): Promise<Answer> {
    if (this.runs === RUNS_PER_PROCESS) this.stop();
    this.child ??= fork(join(this.copy, "tests/mutation/prover.ts"), { cwd: this.copy, execArgv: ["--import=tsx"] });
    this.runs += 1;
    const answer = await answerOf(this.child, { files });
    if (answer.hung) this.stop();
    return answer;
  }

  private stop(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
    this.runs = 0;
  }
}

/** What a process answers; one that dies or does not answer has failed. */
function answerOf(child: ChildProcess, order: Order): Promise<Answer> {
  return new Promise((resolve) => {
    const done = (answer: Answer) => {
      clearTimeout(timer);
      child.off("message", done).off("exit", ended);
      resolve(answer);
    };
    const timer = setTimeout(() => {
      done({ failure: `a run of more than ${String(TIMEOUT_MS / 1000)} s`, hung: true, durations: {} });
    }, TIMEOUT_MS);
    const ended = (code: number | null) => {
      done({ failure: `the process ended with ${String(code)}`, hung: true, durations: {} });
    };
    child.once("message", done).once("exit", ended);
    child.send(order);
  });
}

function describe({ file, line, original, replacement }: Mutant): string {
  return `${file}:${String(line)} ${original} -> ${replacement}`;
}

function sources(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith(".ts") && statSync(join(root, file)).isFile())
    .sort();
}

function copyOf(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), "platform-mutation-"));
  for (const entry of COPIED) cpSync(join(root, entry), join(copy, entry), { recursive: true });
  for (const entry of readdirSync(root).filter((file) => /^Pulumi\..+\.yaml$/.test(file))) {
    cpSync(join(root, entry), join(copy, entry));
  }
  // Node keeps imported modules for good, so that a mutant in one would not be read: what is loaded on demand is required.
  const index = join(copy, "index.ts");
  writeFileSync(index, readFileSync(index, "utf8").replace(/\bimport\(("[^"]+")\)/g, "Promise.resolve(require($1))"));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

void main(process.cwd(), process.argv[2]).then((code) => (process.exitCode = code));
