import Table from "cli-table3";
import { catalogue } from "../stacks/catalogue";
import { stackNames } from "../offline/engine/shadow-project";
import { Cloud } from "../offline/cloud/cloud";
import type { Context } from "./context";
import { offlineFolder } from "./offline-session";

/** One line of `platform stacks`. */
export interface StackRow {
  readonly stack: string;
  readonly system: string;
  readonly clouds: readonly string[];
  readonly region: string;
  readonly description: string;
  /** Resources that the offline cloud holds for it now. */
  readonly offlineResources: number;
}

/** Every stack with a file, with what the catalogue says of it. */
export function stackRows(root: string): readonly StackRow[] {
  const cloud = Cloud.snapshot(offlineFolder(root));
  return stackNames(root).map((stack) => {
    const known = Object.values(catalogue).find((entry) => entry.stack === stack);
    return {
      stack,
      system: known?.system ?? "",
      clouds: known?.clouds ?? [],
      region: known?.region ?? "",
      description: known?.description ?? "",
      offlineResources: cloud.all().filter(({ urn }) => urn?.startsWith(`urn:pulumi:${stack}::`)).length,
    };
  });
}

export function printStacks(context: Context, json: boolean): void {
  const rows = stackRows(context.root);
  if (json) {
    context.print(`${JSON.stringify(rows)}\n`);
    return;
  }
  const table = new Table({
    head: ["stack", "system", "clouds", "region", "deployed offline", "what it is"],
    style: { head: [], border: [] },
    colWidths: [null, null, null, null, null, 60],
    wordWrap: true,
  });
  for (const row of rows) {
    const deployed = row.offlineResources === 0 ? "no" : `${String(row.offlineResources)} in the cloud`;
    table.push([row.stack, row.system, row.clouds.join(", "), row.region, deployed, row.description]);
  }
  context.print(`${table.toString()}\n`);
}
