import { z } from "zod";
import { isList, isProperties, Unknown, valuesAt, type Value } from "../../offline/cloud/value";
import type { Graph, Node } from "../model/graph";
import type { Resource } from "../model/resource";
import type { StackFacts } from "../model/rule";
import { NOT_KNOWN_YET, undecided } from "../model/view";
import type { ResourceType } from "../types";

export type Cloud = "aws" | "azure" | "gcp";

const PACKAGES: ReadonlyMap<string, Cloud> = new Map([
  ["aws", "aws"],
  ["azure-native", "azure"],
  ["gcp", "gcp"],
]);

/** The cloud that a type of resource is in. Undefined for those of no cloud: Kubernetes, components. */
export function cloudOf(type: string): Cloud | undefined {
  return PACKAGES.get(type.slice(0, type.indexOf(":")));
}

/** Inputs that say where a resource is, in the order in which they count. */
const PLACES = {
  aws: ["region"],
  azure: ["location"],
  gcp: ["region", "location", "locationId", "zone"],
} as const satisfies Record<Cloud, readonly string[]>;

/**
 * The region that a resource is in: what it says itself, then its provider. Undefined where neither says. Only for what is regional:
 * a role of IAM has a provider with a region too. Undecided while it is not known.
 */
export function regionOf(resource: Resource): string | undefined {
  const cloud = cloudOf(resource.type);
  if (cloud === undefined) return undefined;
  for (const place of PLACES[cloud]) {
    const own = known(resource.inputs[place], place);
    if (own !== undefined) return region(own);
  }
  const given = resource.provider?.inputs[cloud === "azure" ? "location" : "region"];
  const text = known(given, "");
  return text === undefined ? undefined : region(text);
}

/**
 * A region as clouds write it in one way or another: `East US`, `US-CENTRAL1`. A zone stands for its region.
 * https://docs.cloud.google.com/compute/docs/regions-zones
 */
export function region(text: string): string {
  const plain = text.toLowerCase().replaceAll(" ", "");
  return /^([a-z]+-[a-z]+\d+)-[a-z]$/.exec(plain)?.[1] ?? plain;
}

/** Whether a name is that of one region: a pair of them, `nam4`, or a continent, `us`, is another region already. */
export function isOneRegion(name: string): boolean {
  return /^[a-z]+-[a-z]+\d+$/.test(name);
}

/** The region in an ARN or in the name of a resource of Google Cloud. Undefined where it has none. */
export function regionNamed(name: string): string | undefined {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
  const arn = /^arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]+):/.exec(name)?.[1];
  if (arn !== undefined) return arn;
  const place = /(?:^|\/)(?:locations|regions|zones)\/([^/]+)/.exec(name)?.[1];
  return place === undefined ? undefined : region(place);
}

/**
 * Whether what the value at `path` names is in a region. True where there is no value: nothing is named. Undecided where the region
 * of what it names cannot be told.
 */
export function isIn(
  graph: Graph,
  from: Node,
  path: string,
  wanted: string,
  ...types: readonly ResourceType[]
): boolean {
  const found = regionsAt(graph, from, path, types);
  if (found.size === 0) return true;
  if (!found.has(wanted)) return false;
  return found.size === 1 || undecided(path, "comes from several regions, and which is which is not known");
}

/** The regions of what the values at `path` name. Undecided where one cannot be told. */
export function regionsAt(graph: Graph, from: Node, path: string, types: readonly ResourceType[]): ReadonlySet<string> {
  const found = new Set<string>();
  const values = valuesAt(from.inputs, path).filter(({ value }) => value !== null);
  const texts = values.map(({ value }) => (typeof value === "string" ? regionNamed(value) : undefined));
  if (texts.every((text) => text !== undefined)) return new Set(texts);
  for (const node of graph.to(from, path, ...types)) {
    // A key of Google Cloud is where its ring is.
    const places =
      node.type === "gcp:kms/cryptoKey:CryptoKey"
        ? regionsAt(graph, node, "keyRing", ["gcp:kms/keyRing:KeyRing"])
        : [regionOf(node)];
    for (const place of places) found.add(place ?? undecided(path, `names ${node.name}, whose region is not known`));
  }
  return found;
}

function known(value: Value | undefined, path: string): string | undefined {
  if (value instanceof Unknown) undecided(path, NOT_KNOWN_YET);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Settings of a stack that say where it may put something. Any region in them is declared. */
const DECLARING = /(^|:)(region|location|backupRegion|replicaRegions|regions|keyValues)$/;

/** Where a blueprint keeps copies when its stack does not say. */
export const DEFAULT_BACKUP_REGIONS: Readonly<Record<string, string>> = {
  "durga-puja": "us-west-2",
  "portfolio-aws": "us-east-2",
  "portfolio-gcp": "us-east1",
};

export const backupRegionsSetting = z
  .record(z.string(), z.string())
  .default(() => ({ ...DEFAULT_BACKUP_REGIONS }))
  .describe("Region of the copies of a stack that does not set platform:backupRegion, by platform:blueprint.");

/** Regions that a stack's configuration names: of the site, and of its copies. Empty: it declares none. */
export function declaredRegions(
  { config }: StackFacts,
  backups: Readonly<Record<string, string>>,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [key, text] of Object.entries(config)) {
    if (!DECLARING.test(key)) continue;
    for (const name of namesIn(parsed(text))) found.add(region(name));
  }
  const backup = backups[config["platform:blueprint"] ?? ""];
  if (found.size > 0 && backup !== undefined && config["platform:backupRegion"] === undefined) found.add(backup);
  return found;
}

/** A setting of a stack is a text; that of a group is JSON. */
function parsed(text: string): Value {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}

/** Names of regions, of any cloud, in a value. */
function namesIn(value: Value | undefined): readonly string[] {
  if (typeof value === "string") return /^[a-z][a-z0-9-]{2,29}$/i.test(value) && /[a-z]/i.test(value) ? [value] : [];
  if (isList(value)) return value.flatMap(namesIn);
  if (!isProperties(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => (/region|location/i.test(key) ? namesIn(item) : []));
}
