import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Copy } from "./copy";
import { equivalents } from "./equivalent";
import { mutantsOf, type Mutant } from "./mutants";
import { GOLDEN_FILES, sources } from "./proofs";
import { stackFileMutants } from "./stack-files";

/** Where the documented values stand. */
const FOLDERS = [
  "config/schema",
  ...["planning", "aws", "gcp", "azure", "kubernetes"].map((room) => `components/${room}`),
  "stacks",
];
const STACK_FILES = ["dev", "dr", "durga-puja", "prod", "prod-gcp"].map((stack) => `Pulumi.${stack}.yaml`);

/** Who noticed a change; `equivalent`: nobody can. */
type Outcome = "test" | "golden files alone" | "missed" | "equivalent";
const OUTCOMES: readonly Outcome[] = ["test", "golden files alone", "missed", "equivalent"];

interface Verdict {
  readonly mutant: Mutant;
  readonly outcome: Outcome;
}

/**
 * `npm run test:mutation [-- path ...]`: changes every documented value once and runs the program's tests: reports which changes they
 * caught, which only the golden files would show, and which nobody noticed.
 */
async function main(root: string, only: readonly string[]): Promise<number> {
  const files = [...STACK_FILES, ...FOLDERS.flatMap((folder) => sources(root, folder))].filter(
    (file) => only.length === 0 || only.some((path) => file.includes(path)),
  );
  const mutants = files.flatMap((file) => mutantsIn(file, readFileSync(join(root, file), "utf8")));
  const copy = new Copy(root, files);
  try {
    const failing = await copy.findFailing();
    report("fail before anything was changed, and prove nothing", failing);
    const verdicts: Verdict[] = [];
    for (const mutant of mutants) verdicts.push({ mutant, outcome: await outcomeOf(copy, root, mutant) });
    const broken = await copy.findFailing();
    report("fail after every change was taken back: a test depends on what ran before it", broken);
    process.stdout.write(`\n${table(verdicts)}\n`);
    const missed = verdicts.filter(({ outcome }) => outcome === "missed");
    return missed.length + failing.length + broken.length === 0 ? 0 : 1;
  } finally {
    copy.dispose();
  }
}

function mutantsIn(file: string, text: string): readonly Mutant[] {
  return file.endsWith(".yaml") ? stackFileMutants(file, text) : mutantsOf(file, text);
}

async function outcomeOf(copy: Copy, root: string, mutant: Mutant): Promise<Outcome> {
  if (isEquivalent(root, mutant)) return "equivalent";
  const failure = await copy.failureWith(mutant);
  const outcome: Outcome =
    failure === undefined ? "missed" : failure.file.startsWith(GOLDEN_FILES) ? "golden files alone" : "test";
  const by = outcome === "test" ? `caught by ${failure?.title ?? ""}` : outcome;
  process.stdout.write(
    `${mutant.file}:${String(mutant.line)} ${mutant.original} -> ${mutant.replacement}: ${by.split("\n")[0] ?? ""}\n`,
  );
  return outcome;
}

function isEquivalent(root: string, { file, line, original }: Mutant): boolean {
  const text = readFileSync(join(root, file), "utf8").split("\n")[line - 1] ?? "";
  return equivalents.some((row) => row.file === file && row.value === original && text.includes(row.line));
}

/** One line for each folder: how many of its values were noticed by whom. */
function table(verdicts: readonly Verdict[]): string {
  const folders = [...new Set(verdicts.map(({ mutant }) => folderOf(mutant)))];
  const row = (name: string, of: readonly Verdict[]) =>
    [name, ...OUTCOMES.map((outcome) => String(of.filter((verdict) => verdict.outcome === outcome).length))].join(
      " | ",
    );
  return [
    ["folder", ...OUTCOMES].join(" | "),
    ...folders.map((folder) =>
      row(
        folder,
        verdicts.filter(({ mutant }) => folderOf(mutant) === folder),
      ),
    ),
    row("all", verdicts),
  ].join("\n");
}

function folderOf({ file }: Mutant): string {
  return file.endsWith(".yaml") ? file : dirname(file);
}

function report(what: string, titles: readonly string[]): void {
  if (titles.length > 0) process.stdout.write(`These tests ${what}:\n${titles.map((one) => `  ${one}\n`).join("")}`);
}

void main(process.cwd(), process.argv.slice(2)).then((code) => (process.exitCode = code));
