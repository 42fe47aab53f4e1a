import assert from "node:assert/strict";
import type { OperationReport } from "../../cli/operate";
import type { Project, Ran } from "./project";

/** The one object that `--json` prints. */
export function reportOf({ stdout, stderr }: Ran): OperationReport {
  const lines = stdout.trim().split("\n");
  assert.equal(lines.length, 1, `not one object on standard output:\n${stdout}\n${stderr}`);
  return JSON.parse(lines[0] ?? "") as OperationReport;
}

/** Runs an offline operation with `--json`. */
export async function operate(project: Project, ...args: string[]): Promise<{ ran: Ran; report: OperationReport }> {
  const ran = await project.platform(...args, "--offline", "--json");
  return { ran, report: reportOf(ran) };
}
