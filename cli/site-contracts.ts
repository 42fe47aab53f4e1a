import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readSiteContract, siteContractPath } from "../components/contracts/site-contract";
import { backendOf } from "../stacks/backends";

/** The stack output that holds the text of a site's contract. */
const OUTPUT = "siteContract";

/**
 * Writes the contract that a stack gives of its site to where later stacks read it; nothing for a stack that gives none.
 *
 * @returns the file that was written
 * @throws Error when the output is no contract of the stack's site
 */
export function saveSiteContract(
  folder: string,
  stack: string,
  outputs: Readonly<Record<string, unknown>>,
): string | undefined {
  const site = backendOf(stack)?.entry.site;
  const text = outputs[OUTPUT];
  if (site === undefined || typeof text !== "string") return undefined;
  readSiteContract(text, { site, source: `the output ${OUTPUT} of stack ${stack}` });
  const file = join(folder, siteContractPath(site));
  mkdirSync(dirname(file), { recursive: true });
  // A reader sees the old contract or the new one, never half of it.
  const temporary = `${file}.${String(process.pid)}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
  return file;
}

/** Takes away the contract of a stack's site, of which nothing is left. */
export function removeSiteContract(folder: string, stack: string): void {
  const site = backendOf(stack)?.entry.site;
  if (site !== undefined) rmSync(join(folder, siteContractPath(site)), { force: true });
}
