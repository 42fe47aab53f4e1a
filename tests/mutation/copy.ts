import { type ChildProcess, fork } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withMutant, type Mutant } from "./mutants";
import { allProofs, proofsOf, unaffectedTitles } from "./proofs";
import type { Answer, Failure, Order } from "./prover";

const COPIED = [
  "boot",
  "cli",
  "components",
  "config",
  "docs",
  "functions",
  "offline",
  "stacks",
  "tests",
  "index.ts",
  "package.json",
  "Pulumi.yaml",
  "tsconfig.json",
];
/** Of one run: a run of everything, and one that ends with the first failure. */
const ALL_TIMEOUT_MS = 900_000;
const TIMEOUT_MS = 120_000;

/** A copy of the tree, and a process that runs its tests. */
export class Copy {
  private readonly folder: string;
  private readonly proofs: readonly string[];
  private child: ChildProcess | undefined;
  private known: Pick<Answer, "durations" | "reads"> = { durations: {}, reads: {} };
  /** Tests that fail without any change, which therefore prove nothing. */
  private failing: readonly string[] = [];
  /** Files whose changes the tests are known to notice. */
  private readonly seen = new Set<string>();

  constructor(root: string, subjects: readonly string[]) {
    this.folder = copyOf(root);
    this.proofs = allProofs(root, subjects);
  }

  /** The first test that fails with the mutant in place; undefined when none does. */
  async failureWith(mutant: Mutant): Promise<Failure | undefined> {
    if (!this.seen.has(mutant.file)) {
      const broken = await this.failureOf(mutant.file, (text) =>
        mutant.file.endsWith(".yaml") ? "broken: [" : `${text}\nthrow new Error("broken on purpose");\n`,
      );
      if (broken === undefined) return undefined;
      this.seen.add(mutant.file);
    }
    return this.failureOf(mutant.file, (text) => withMutant(text, mutant));
  }

  /** Runs what is unchanged: which tests fail all the same is what it gives, and from then on they do not count. */
  async findFailing(): Promise<readonly string[]> {
    const { failures, ...known } = await this.run({
      files: this.proofs,
      ignored: this.failing,
      all: true,
    });
    const found = failures.map(({ title }) => title);
    this.failing = [...this.failing, ...found];
    this.known = known;
    return found;
  }

  dispose(): void {
    this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async failureOf(subject: string, change: (text: string) => string): Promise<Failure | undefined> {
    const file = join(this.folder, subject);
    const original = readFileSync(file, "utf8");
    writeFileSync(file, change(original));
    try {
      const files = proofsOf(subject, this.proofs, this.known);
      const unaffected = unaffectedTitles(subject);
      return (await this.run({ files, subject, ignored: this.failing, unaffected, all: false })).failures[0];
    } finally {
      writeFileSync(file, original);
    }
  }

  private async run(order: Order): Promise<Answer> {
    this.child ??= fork(join(this.folder, "tests/mutation/prover.ts"), {
      cwd: this.folder,
      execArgv: ["--import=tsx"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const answer = await answerOf(this.child, order);
    if (answer.hung) this.stop();
    return answer;
  }

  private stop(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
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
    const failed = (title: string) => {
      done({ failures: [{ file: "", title }], hung: true, durations: {}, reads: {} });
    };
    const limit = order.all ? ALL_TIMEOUT_MS : TIMEOUT_MS;
    const timer = setTimeout(() => {
      failed(`a run of more than ${String(limit / 1000)} s`);
    }, limit);
    const ended = (code: number | null) => {
      failed(`the process ended with ${String(code)}`);
    };
    child.once("message", done).once("exit", ended);
    child.send(order);
  });
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
