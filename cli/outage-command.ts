import { Cloud } from "../offline/cloud/cloud";
import { describeOutage, placeOf, type Outage, type OutageCloud, type Plane } from "../offline/cloud/faults";
import { changeOutages } from "../offline/providers/client";
import { outageProblem as awsProblem } from "../offline/services/aws/outage";
import { outageProblem as azureProblem } from "../offline/services/azure/outage";
import { outageProblem as gcpProblem } from "../offline/services/gcp/outage";
import type { Context } from "./context";
import { CommandError, EXIT } from "./exit-codes";
import { offlineFolder } from "./offline-session";

/** What the options of `platform offline outage` say. */
export interface OutageOptions {
  readonly cloud: OutageCloud;
  readonly region: string;
  readonly zone?: string;
  readonly plane: Plane | "both";
}

const PROBLEMS = { aws: awsProblem, azure: azureProblem, gcp: gcpProblem } as const satisfies Record<
  OutageCloud,
  (outage: Outage) => string | undefined
>;

/** Switches a region or a zone off; one that does not exist is an error. */
export async function beginOutage(context: Context, options: OutageOptions): Promise<void> {
  const begin = outageOf(options);
  await changeOutages(offlineFolder(context.root), { begin });
  context.say(`Switched off: ${describeOutage(begin)}.`);
}

/** Switches a region or a zone on again; one that is not off is an error. */
export async function endOutage(context: Context, options: OutageOptions): Promise<void> {
  const end = outageOf(options);
  const off = outages(context);
  if (!off.some((outage) => placeOf(outage) === placeOf(end))) {
    const known = off.length === 0 ? "nothing is" : `what is: ${off.map(describeOutage).join(", ")}`;
    throw new CommandError(`${end.cloud} ${end.zone ?? end.region} is not switched off; ${known}`, EXIT.configuration);
  }
  await changeOutages(offlineFolder(context.root), { end });
  context.say(`On again: ${describeOutage(end)}.`);
}

export async function endAllOutages(context: Context): Promise<void> {
  await changeOutages(offlineFolder(context.root), { end: "all" });
  context.say("Everything is on.");
}

/** Prints what is switched off, a line each, or one JSON array. */
export function listOutages(context: Context, json: boolean): void {
  const off = outages(context);
  if (json) context.print(`${JSON.stringify(off)}\n`);
  else if (off.length === 0) context.say("Nothing is switched off.");
  else context.print(off.map((outage) => `${describeOutage(outage)}\n`).join(""));
}

function outages(context: Context): readonly Outage[] {
  return Cloud.snapshot(offlineFolder(context.root)).outages();
}

function outageOf({ cloud, region, zone, plane }: OutageOptions): Outage {
  const outage: Outage = {
    cloud,
    region,
    ...(zone === undefined ? {} : { zone }),
    planes: plane === "both" ? ["control", "data"] : [plane],
  };
  const problem = PROBLEMS[cloud](outage);
  if (problem !== undefined) throw new CommandError(problem, EXIT.configuration);
  return outage;
}
