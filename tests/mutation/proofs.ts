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
/** It compares the generated documents with the code, which proves only that somebody generated them again. */
const NO_PROOF = "tests/docs/generate.test.ts";
/** Say, when no test noticed, whether the golden files would: a file for each stack. */
export const GOLDEN_FILES = "tests/mutation/registrations/";

/** The stacks that are made of a file: the others need not be deployed to see a change in it. */
const BELONGS: readonly (readonly [subject: RegExp, stacks: readonly string[]])[] = [
  [/durga-puja/, ["durga-puja"]],
  [/portfolio-aws|^Pulumi\.prod\.yaml$/, ["dev", "prod"]],
  [/^components\/aws\//, ["dev", "durga-puja", "prod"]],
  [/[/-]gcp\b/, ["prod-gcp"]],
  [/[/-]azure\b|^Pulumi\.dr\.yaml$/, ["dr"]],
];
/** The stacks that a file of tests deploys, where its name says it; one that is not named here asks whatever a stack is made of. */
const DEPLOYS = new RegExp(
  `^(?:${STACKS}|${GOLDEN_FILES.slice(0, -1)})/(dev|dr|durga-puja|portfolio-aws|prod|prod-gcp|sites)\\.`,
);
const ALSO: Readonly<Record<string, readonly string[]>> = {
  "portfolio-aws": ["prod"],
  sites: ["dr", "prod", "prod-gcp"],
};

/** Tests of sites that adopt what is there; they deploy so many that only the stacks and what adopts ask them. */
const ADOPTING = /^tests\/stacks\/portfolio-adoption(?:\.(azure|gcp))?\.test\.ts$/;

/** The tests of a component that has no file of tests by its own name; paths below `tests/`, without `.test.ts`. */
const TESTED_BY: Readonly<Record<string, string | readonly string[]>> = {
  "components/azure/adopted-cluster": "components/azure/adoption",
  "components/azure/adopted-network": "components/azure/adoption",
  "components/azure/adopted-registry": "components/azure/adoption",
  "components/azure/archive-events": "components/azure/functions",
  "components/azure/audit-trail": "components/azure/governance",
  "components/azure/bastion": "components/azure/cluster",
  "components/azure/bind-workload": "components/azure/cluster",
  "components/azure/cluster-rights": "components/azure/cluster",
  "components/azure/configuration-history": "components/azure/governance",
  "components/azure/dns-zone": "components/azure/ground-parts",
  "components/azure/flow-logs": "components/azure/ground-parts",
  "components/azure/gateway": "components/azure/network",
  "components/azure/identity": "components/azure/ground-parts",
  "components/azure/image-registry": "components/azure/cluster",
  "components/azure/kubeconfig": "components/azure/cluster",
  "components/azure/log-workspace": "components/azure/ground-parts",
  "components/azure/node-pool": "components/azure/cluster",
  "components/azure/place": "components/azure/ground-parts",
  "components/azure/private-dns": "components/azure/network",
  "components/azure/roles": "components/azure/grants",
  "components/azure/secret-attributes": "components/azure/functions",
  "components/azure/secret-store": "components/azure/cluster",
  "components/azure/service-storage": "components/azure/functions",
  "components/azure/sharded-postgres": "components/azure/postgres",
  "components/azure/site-keys": "components/azure/cluster",
  "components/azure/state-keys": "stacks/state-backend-azure",
  "components/azure/storage-account": ["components/azure/object-store", "components/azure/governance"],
  "components/azure/threat-detection": "components/azure/governance",
  "components/azure/vault": "components/azure/cluster",
  "components/azure/vault-key": "components/azure/cluster",
  "components/gcp/adopted-cluster": "components/gcp/adoption",
  "components/gcp/adopted-network": "components/gcp/adoption",
  "components/gcp/adopted-registry": "components/gcp/adoption",
  "components/gcp/archive-events": "components/gcp/functions",
  "components/gcp/audit-trail": "components/gcp/governance",
  "components/gcp/bastion": "components/gcp/services",
  "components/gcp/bind-workload": "components/gcp/identity",
  "components/gcp/certificates": "components/gcp/postgres",
  "components/gcp/configuration-history": "components/gcp/governance",
  "components/gcp/dns-zone": "components/gcp/services",
  "components/gcp/firewall": "components/gcp/services",
  "components/gcp/function-build": "components/gcp/functions",
  "components/gcp/function-code": "components/gcp/functions",
  "components/gcp/gateway": "components/gcp/network",
  "components/gcp/grants": "components/gcp/identity",
  "components/gcp/image-registry": "components/gcp/services",
  "components/gcp/key": "components/gcp/keys",
  "components/gcp/key-copy": "components/gcp/keys",
  "components/gcp/managed-cluster": "components/gcp/cluster",
  "components/gcp/node-account": "components/gcp/cluster",
  "components/gcp/node-pool": "components/gcp/cluster",
  "components/gcp/project": "components/gcp/network",
  "components/gcp/secret-store": "components/gcp/keys",
  "components/gcp/service-agents": "components/gcp/keys",
  "components/gcp/sharded-postgres": "components/gcp/postgres",
  "components/gcp/site-keys": "components/gcp/keys",
  "components/gcp/state-key": "stacks/state-backend-gcp",
  "components/gcp/threat-detection": "components/gcp/governance",
  "components/gcp/topic": "components/gcp/alarms",
};

/** Every test that may notice a change in a file, those first that most likely do, and do it soonest. */
export function proofsOf(
  subject: string,
  proofs: readonly string[],
  { durations, reads }: Pick<Answer, "durations" | "reads">,
): readonly string[] {
  const rank = (file: string) => {
    if (file.startsWith(GOLDEN_FILES)) return 6;
    if (isMirror(file, subject)) return 0;
    if (!file.startsWith(STACKS)) return 1;
    // They deploy a stack more often than once.
    if (/\.(bad-input|choices|role)\.|\/(sites|portfolio-adoption)\./.test(file)) return 5;
    // All of them ask the same few deployments; whichever comes first makes them.
    if (/\/(prod|prod-gcp|dr)\./.test(file)) return 2;
    return /\/(portfolio-aws|durga-puja)/.test(file) ? 3 : 4;
  };
  // A stack file is read as a file, by whoever deploys its stack.
  const mayNotice = (file: string) =>
    subject.endsWith(".yaml") || file.startsWith(GOLDEN_FILES) || reads[file]?.includes(subject) !== false;
  const cost = (file: string) => rank(file) * 1_000_000 + (durations[file] ?? 0);
  return proofs.filter((file) => isAsked(file, subject) && mayNotice(file)).toSorted((a, b) => cost(a) - cost(b));
}

/** Every test that may notice a change in one of these files, and the golden files. */
export function allProofs(root: string, subjects: readonly string[]): readonly string[] {
  const tests = sources(root, "tests").filter(
    (file) => file.startsWith(GOLDEN_FILES) || (file.endsWith(".test.ts") && file !== NO_PROOF),
  );
  return tests.filter((file) => subjects.some((subject) => isAsked(file, subject)));
}

/** The titles, as a regular expression, of tests about stacks that a file is no part of, where a file of tests is about every stack. */
export function unaffectedTitles(subject: string): string | undefined {
  const stacks = stacksOf(subject);
  return stacks && `^(invariants of the data of|invariants of(?! the data)|stack) (?!(${stacks.join("|")})( |$))`;
}

function isAsked(file: string, subject: string): boolean {
  if (isMirror(file, subject)) return true;
  const adopting = ADOPTING.exec(file);
  if (adopting !== null) {
    const cloud = adopting[1] ?? "aws";
    return [`stacks/portfolio-${cloud}`, `components/${cloud}/adopted-`].some((start) => subject.startsWith(start));
  }
  const deploys = DEPLOYS.exec(file)?.[1];
  if (deploys !== undefined) {
    const stacks = stacksOf(subject);
    return stacks === undefined || (ALSO[deploys] ?? [deploys]).some((stack) => stacks.includes(stack));
  }
  return (
    file.startsWith(CONFIGURATION) ||
    (file.startsWith(STACKS) && COMMITTED.test(file)) ||
    (!subject.endsWith(".yaml") && PURE.some((folder) => file.startsWith(folder)))
  );
}

function stacksOf(subject: string): readonly string[] | undefined {
  return BELONGS.find(([subjects]) => subjects.test(subject))?.[1];
}

/** Whether a test stands where the tests of a source file stand, or is said to be its own. */
function isMirror(file: string, subject: string): boolean {
  const name = subject.replace(/(\.plan|\.spec)?\.ts$/, "");
  const own = [TESTED_BY[name] ?? name].flat();
  return file.startsWith(`tests/${name}.`) || own.some((test) => file === `tests/${test}.test.ts`);
}

/** The source files below a folder. */
export function sources(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith(".ts") && statSync(join(root, file)).isFile())
    .sort();
}
