import { Cloud } from "../offline/cloud/cloud";
import {
  describeOutage,
  describePlace,
  placeOf,
  type Outage,
  type OutageCloud,
  type Plane,
} from "../offline/cloud/faults";
import { changeOutages } from "../offline/providers/client";
import { outageProblem as awsProblem } from "../offline/services/aws/outage";
import { outageProblem as azureProblem } from "../offline/services/azure/outage";
import { outageProblem as gcpProblem } from "../offline/services/gcp/outage";
import type { Context } from "./context";
import { CommandError, EXIT } from "./exit-codes";
import { offlineFolder } from "./offline-session";

/** What the options of `platform offline outage` say: a cloud, a region or both. */
export interface OutageOptions {
  /** Default `aws` where a region is given. */
  readonly cloud?: OutageCloud;
  /** Default the whole cloud. */
  readonly region?: string;
  readonly zone?: string;
  readonly plane: Plane | "both";
}

const PROBLEMS = { aws: awsProblem, azure: azureProblem, gcp: gcpProblem } as const satisfies Record<
  OutageCloud,
  (outage: Outage) => string | undefined
>;

/** Switches a cloud, a region or a zone off; a region or zone that does not exist is an error. */
export async function beginOutage(context: Context, options: OutageOptions): Promise<void> {
  const begin = outageOf(options, "say what is switched off: --cloud <cloud>, or --region <region> [--zone <zone>]");
  await changeOutages(offlineFolder(context.root), { begin });
  context.say(`Switched off: ${describeOutage(begin)}.`);
}

/** Switches a cloud, a region or a zone on again; one that is not off is an error. */
export async function endOutage(context: Context, options: OutageOptions): Promise<void> {
  const end = outageOf(
    options,
    "say what is on again: --cloud <cloud>, or --region <region> [--zone <zone>], or --all",
  );
  const off = outages(context);
  if (!off.some((outage) => placeOf(outage) === placeOf(end))) {
    const known = off.length === 0 ? "nothing is" : `what is: ${off.map(describeOutage).join(", ")}`;
    throw new CommandError(`${describePlace(end)} is not switched off; ${known}`, EXIT.configuration);
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

/** @param request what to say when neither a cloud nor a region is named */
function outageOf({ cloud: given, region, zone, plane }: OutageOptions, request: string): Outage {
  if (region === undefined && (given === undefined || zone !== undefined)) {
    throw new CommandError(
      zone === undefined ? request : `--zone ${zone}: say of which region it is, with --region`,
      EXIT.configuration,
    );
  }
  const cloud = given ?? "aws";
  const outage: Outage = {
    cloud,
    ...(region === undefined ? {} : { region }),
    ...(zone === undefined ? {} : { zone }),
    planes: plane === "both" ? ["control", "data"] : [plane],
  };
  const problem = PROBLEMS[cloud](outage);
  if (problem !== undefined) throw new CommandError(problem, EXIT.configuration);
  return outage;
}
