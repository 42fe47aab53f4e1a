import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "./prover";

/**
 * The tests that must notice, in one process without an engine: those of the configuration, and those of the committed stacks, which
 * share one deployment of each. Beside them stand the tests of the changed file itself. Other tests of components are not asked: a
 * value that only they notice is reported, and its own tests should say it.
 */
const CONFIGURATION = "tests/config";
const STACKS = "tests/stacks";
const COMMITTED = /\/(prod|prod-gcp|dr|durga-puja|portfolio-aws|invariants|every-stack|sites)\b/;
/** Folders of pure functions, whose tests take no time: all of them are asked. */
const PURE = ["tests/components/planning", "tests/components/contracts"];
/** Folders of components whose tests are each of several files: all of the folder that load a file are asked. */
const SHARED_TESTS = ["components/gcp", "components/azure"];
/** It compares the generated documents with the code, which proves only that somebody generated them again. */
const NO_PROOF = "tests/config/generate.test.ts";
/** Says, when no test noticed, whether the golden files would. */
export const GOLDEN_FILES = "tests/mutation/registrations.ts";

/** What only one blueprint or cloud is made of: the stacks of the others need not be deployed to see it. */
const BELONGS: readonly (readonly [subject: RegExp, unaffected: RegExp])[] = [
  [/durga-puja/, /^tests\/stacks\/(prod\.|prod-gcp\.|dr\.|portfolio-|sites\.)/],
  [/portfolio-aws|^Pulumi\.prod\.yaml$/, /^tests\/stacks\/(durga-puja|prod-gcp|dr)\./],
  [/^components\/aws\//, /^tests\/stacks\/(prod-gcp|dr)\./],
  [/[/-]gcp\b/, /^tests\/stacks\/(durga-puja|prod|dr|portfolio-aws)\./],
  [/[/-]azure\b|^Pulumi\.dr\.yaml$/, /^tests\/stacks\/(durga-puja|prod|prod-gcp|portfolio-aws)\./],
];

/** Every test that may notice a change in a file, those first that most likely do, and do it soonest. */
export function proofsOf(
  subject: string,
  proofs: readonly string[],
  { durations, reads }: Pick<Answer, "durations" | "reads">,
): readonly string[] {
  const unaffected = BELONGS.find(([subjects]) => subjects.test(subject))?.[1];
  const rank = (file: string) => {
    if (isMirror(file, subject)) return 0;
    if (!file.startsWith(STACKS)) return 1;
    // All of them ask the same few deployments; whichever comes first makes them.
    if (/\/(prod|prod-gcp|dr)\./.test(file)) return 2;
    return /\/(portfolio-aws|durga-puja)/.test(file) ? 3 : 4;
  };
  // A stack file is read as a file, by whoever deploys its stack.
  const mayNotice = (file: string) => subject.endsWith(".yaml") || reads[file]?.includes(subject) !== false;
  const isOtherMirror = (file: string) =>
    rank(file) === 1 &&
    !isNeighbour(file, subject) &&
    ![CONFIGURATION, ...PURE].some((folder) => file.startsWith(folder));
  const cost = (file: string) => rank(file) * 1_000_000 + (durations[file] ?? 0);
  return [
    ...proofs
      .filter((file) => unaffected?.test(file) !== true && mayNotice(file) && !isOtherMirror(file))
      .toSorted((a, b) => cost(a) - cost(b)),
    GOLDEN_FILES,
  ];
}

/** Whether a test stands where the tests of a source file stand. */
function isMirror(file: string, subject: string): boolean {
  return file.startsWith(`tests/${subject.replace(/(\.plan|\.spec)?\.ts$/, "")}.`);
}

/** Whether a test stands in the folder of a source file's tests, where one test is of several files. */
function isNeighbour(file: string, subject: string): boolean {
  return SHARED_TESTS.some((folder) => subject.startsWith(`${folder}/`) && file.startsWith(`tests/${folder}/`));
}

/** Every test that may notice a change in one of these files. */
export function allProofs(root: string, subjects: readonly string[]): readonly string[] {
  const isProof = (file: string) =>
    file.startsWith(CONFIGURATION) ||
    (file.startsWith(STACKS) && COMMITTED.test(file)) ||
    PURE.some((folder) => file.startsWith(folder)) ||
    subjects.some((subject) => isMirror(file, subject) || isNeighbour(file, subject));
  return sources(root, "tests").filter((file) => file.endsWith(".test.ts") && file !== NO_PROOF && isProof(file));
}

/** The source files below a folder. */
export function sources(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith(".ts") && statSync(join(root, file)).isFile())
    .sort();
}
