/** What can be made to go wrong: once for each of `count` matching calls. */
export type FaultKind =
  /** The service throttles until the provider gives up: nothing changed. */
  | "throttling"
  /** The service answers with an internal error: nothing changed, but the engine cannot know. */
  | "internal"
  /** The change is made and the answer lost. */
  | "timeout-after-change"
  /** The resource is made but never becomes ready. */
  | "partial-creation";

export type FaultOperation = "create" | "update" | "delete" | "read";

export interface Fault {
  readonly kind: FaultKind;
  /** Type token, e.g. `aws:rds/instance:Instance`; `*` for any. */
  readonly type: string;
  readonly operation: FaultOperation;
  /** How many calls fail. */
  readonly count: number;
}

/** The first fault that the call meets, and the faults that are left after it. */
export function takeFault(
  faults: readonly Fault[],
  type: string,
  operation: FaultOperation,
): { fault: Fault; rest: readonly Fault[] } | undefined {
  const index = faults.findIndex(
    (fault) => (fault.type === "*" || fault.type === type) && fault.operation === operation,
  );
  const fault = faults[index];
  if (fault === undefined) return undefined;
  const rest = [...faults];
  if (fault.count > 1) rest[index] = { ...fault, count: fault.count - 1 };
  else rest.splice(index, 1);
  return { fault, rest };
}

/**
 * What a cloud, a region or a zone is made of, as a failure sees it. `control`: the APIs that make, change and describe resources;
 * of a zone, its capacity for new ones. `data`: what runs there.
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/control-planes-and-data-planes.html
 */
export type Plane = "control" | "data";

/** Clouds that can be switched off, as a whole or by region. */
export type OutageCloud = "aws" | "azure" | "gcp";

/** Where something is that can be switched off. */
export interface OutagePlace {
  readonly cloud: OutageCloud;
  /** Absent: the whole cloud, what it has outside regions too. */
  readonly region?: string;
  /** Absent: the whole region. */
  readonly zone?: string;
}

/** A cloud, a region or a zone that is switched off. There is at most one for each of them. */
export interface Outage extends OutagePlace {
  /** Never empty. */
  readonly planes: readonly Plane[];
}

const PLANES: readonly Plane[] = ["control", "data"];

/** The outages with one more; the planes of one that was there already add up. */
function withOutage(outages: readonly Outage[], begun: Outage): readonly Outage[] {
  const before = outages.find((outage) => placeOf(outage) === placeOf(begun))?.planes ?? [];
  const planes = PLANES.filter((plane) => before.includes(plane) || begun.planes.includes(plane));
  return [...outages.filter((outage) => placeOf(outage) !== placeOf(begun)), { ...begun, planes }];
}

/** The outages without the planes of one; what was switched off by itself inside it stays off when it comes back. */
function withoutOutage(outages: readonly Outage[], ended: Outage): readonly Outage[] {
  return outages.flatMap((outage) => {
    if (placeOf(outage) !== placeOf(ended)) return [outage];
    const planes = outage.planes.filter((plane) => !ended.planes.includes(plane));
    return planes.length === 0 ? [] : [{ ...outage, planes }];
  });
}

/** What a user asks for: one more outage, the end of one, or of all. */
export type OutageChange = { readonly begin: Outage } | { readonly end: Outage | "all" };

export function changedOutages(outages: readonly Outage[], change: OutageChange): readonly Outage[] {
  if ("begin" in change) return withOutage(outages, change.begin);
  return change.end === "all" ? [] : withoutOutage(outages, change.end);
}

/** The outage that a plane of a place is off by. A cloud that is off takes its regions with it, and a region its zones. */
export function outageOf(outages: readonly Outage[], at: OutagePlace & { readonly plane: Plane }): Outage | undefined {
  const { cloud, region } = at;
  const places = [placeOf(at), placeOf({ cloud, ...(region === undefined ? {} : { region }) }), placeOf({ cloud })];
  return outages.find((outage) => places.includes(placeOf(outage)) && outage.planes.includes(at.plane));
}

/** In words: `aws us-west-2a (control, data)`, of a whole cloud `aws (control, data)`. */
export function describeOutage(outage: Outage): string {
  return `${describePlace(outage)} (${outage.planes.join(", ")})`;
}

/** In words: `aws us-west-2a`, of a whole cloud `aws`. */
export function describePlace({ cloud, region, zone }: OutagePlace): string {
  if (region === undefined) return cloud;
  // Zones of Azure are numbers; those of others begin with their region.
  return `${cloud} ${zone === undefined || zone.startsWith(region) ? (zone ?? region) : `${region} zone ${zone}`}`;
}

/** The command that ends it. */
export function endCommand({ cloud, region, zone }: OutagePlace): string {
  const options = Object.entries({ cloud, region, zone }).flatMap(([option, value]) =>
    value === undefined ? [] : [` --${option} ${value}`],
  );
  return `npx platform offline outage end${options.join("")}`;
}

/** Tells places apart. */
export function placeOf({ cloud, region, zone }: OutagePlace): string {
  return [cloud, region ?? "", zone ?? ""].join("|");
}
