import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mutantsOf, withMutant, type Mutant } from "./mutants";

/** Where the documented values stand. */
const SUBJECTS = ["config/schema", "components/planning", "components/aws", "components/kubernetes", "stacks"];
/** The tests that must notice: those of the program, in this process; no engine. */
const PROOFS = ["tests/config/**/*.test.ts", "tests/components/**/*.test.ts", "tests/stacks/**/*.test.ts"];
const COPIED = [
  "components",
  "config",
  "stacks",
  "offline",
  "tests",
  "index.ts",
  "tsconfig.json",
  ".mocharc.json",
  "package.json",
  "docs",
  "Pulumi.yaml",
];
const WORKERS = 2;
const TIMEOUT_MS = 120_000;

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
  const copies = Array.from({ length: WORKERS }, () => copyOf(root));
  try {
    if (!(await passes(copies[0] ?? root))) {
      process.stderr.write("error: the tests fail before anything was changed\n");
      return 1;
    }
    const queue = [...mutants];
    const verdicts: Verdict[] = [];
    await Promise.all(
      copies.map(async (copy) => {
        for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
          const verdict = { mutant, caught: await isCaught(copy, mutant) };
          verdicts.push(verdict);
          process.stdout.write(`${verdict.caught ? "caught" : "MISSED"} ${describe(mutant)}\n`);
        }
      }),
    );
    const missed = verdicts.filter(({ caught }) => !caught);
    process.stdout.write(`\n${String(verdicts.length - missed.length)} caught, ${String(missed.length)} missed\n`);
    for (const { mutant } of missed) process.stdout.write(`  ${describe(mutant)}\n`);
    return missed.length === 0 ? 0 : 1;
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  }
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
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

async function isCaught(copy: string, mutant: Mutant): Promise<boolean> {
  const file = join(copy, mutant.file);
  const original = readFileSync(file, "utf8");
  writeFileSync(file, withMutant(original, mutant));
  try {
    return !(await passes(copy));
  } finally {
    writeFileSync(file, original);
  }
}

/** Whether the tests pass; one that hangs does not. */
function passes(folder: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["node_modules/mocha/bin/mocha.js", "--bail", ...PROOFS], {
      cwd: folder,
      stdio: "ignore",
      timeout: TIMEOUT_MS,
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      resolve(code === 0);
    });
  });
}

void main(process.cwd(), process.argv[2]).then((code) => (process.exitCode = code));
