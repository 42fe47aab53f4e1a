import Table from "cli-table3";
import { stackNames } from "../offline/engine/shadow-project";
import { backendOf } from "../stacks/backends";
import type { Context } from "./context";
import { offlineFolder } from "./offline-session";
import { offlineState } from "./offline-state";

/** One line of `platform stacks`. */
export interface StackRow {
  readonly stack: string;
  readonly system: string;
  /** The site of the address plan that it is; empty for a system that is no part of it. */
  readonly site: string;
  readonly clouds: readonly string[];
  readonly region: string;
  readonly description: string;
  /** Where its state is kept when it is deployed for real: `<cloud> <region>`. */
  readonly state: string;
  /** Whether it is deployed on the offline cloud now. */
  readonly deployedOffline: boolean;
  /** Resources of it there, as many as its last update reported; 0 when it is not deployed. */
  readonly resources: number;
}

/** Every stack with a file, with what the catalogue says of it. Stacks that hold the state of others are no part of it. */
function stackRows(root: string): readonly StackRow[] {
  return stackNames(root).map((stack) => {
    const known = backendOf(stack);
    const resources = offlineState(offlineFolder(root), stack)?.resources ?? 0;
    return {
      stack,
      system: known?.entry.system ?? "",
      site: known?.entry.site ?? "",
      clouds: known?.entry.clouds ?? [],
      region: known?.entry.region ?? "",
      description: known?.entry.description ?? "",
      state: known === undefined ? "" : `${known.backend.cloud} ${known.backend.region}`,
      deployedOffline: resources > 0,
      resources,
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
    head: ["stack", "system", "site", "clouds", "region", "state kept in", "resources offline", "what it is"],
    style: { head: [], border: [] },
    colWidths: [null, null, null, null, null, null, null, 50],
    wordWrap: true,
  });
  for (const { stack, system, site, clouds, region, state, deployedOffline, resources, description } of rows) {
    const deployed = deployedOffline ? String(resources) : "not deployed";
    table.push([stack, system, site, clouds.join(", "), region, state, deployed, description]);
  }
  context.print(`${table.toString()}\n`);
}
