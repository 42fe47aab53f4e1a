import { isList, isProperties, type Properties, type Value } from "../../../offline/cloud/value";
import type { Registration } from "../../support/in-process";
import type { Deployed } from "../deployed";

/** How one sees that something holds of a resource. */
export type Holds = (resource: Registration, stack: Deployed) => boolean;

/** Why something is not asked of a type. */
export interface NotAsked {
  readonly because: string;
}

export type Fact = Holds | NotAsked;

/** What is asked of a type of resources that keep data, or that data are read with. */
export interface StoreFacts {
  /** Encrypted at rest, with a key of the site where the service takes one. */
  readonly encrypted: Fact;
  /** Without an address of the internet, or closed to all but who is told to come in. */
  readonly isPrivate: Fact;
  /** Nobody speaks to it in clear. */
  readonly tls: Fact;
  /** The engine does not delete it where the class protects: `asked` of every one. */
  readonly engine: "asked" | NotAsked;
  /** Nor does the cloud, or it can be brought back. */
  readonly cloud: Fact;
  /** There is a second copy of what is in it, where the class protects. */
  readonly backedUp: Fact;
  /** Which of them hold only what the program makes again: neither guarded nor backed up. Default: none. */
  readonly madeAgain?: Holds;
}

/** What the invariants mean on one cloud. */
export interface CloudFacts {
  /** Package of its resources. */
  readonly package: "aws" | "gcp" | "azure-native";
  /** Input of its providers that says where they work. */
  readonly providerRegion: string;
  /** Name of a region, wherever it stands in a text. */
  readonly region: RegExp;
  /** What keeps data, by type. */
  readonly stores: Readonly<Record<string, StoreFacts>>;
  /** Types that keep none, or whose data are those of a type in `stores`: a whole type, or a module that ends in a slash. */
  readonly keepNothing: readonly string[];
  /** Parameters of a StorageClass whose volumes are encrypted. */
  readonly volumes: (parameters: Value | undefined) => boolean;
  /** Annotation and value that keep the load balancer of a Service private. */
  readonly privateBalancer: readonly [annotation: string, value: string];
  /** How a key rotates, by its type. */
  readonly keys: Readonly<Record<string, Holds>>;
  /** Machines and others that keep no data and have no address of the internet. */
  readonly noAddress: Readonly<Record<string, Holds>>;
  /** What lets the internet in anywhere but at load balancers, on ports 80 and 443. */
  readonly openings: (stack: Deployed) => readonly string[];
  /** Ways from databases to the internet, and from the internet to them. */
  readonly waysOut: (stack: Deployed) => readonly string[];
  /** Rights that are wider than what they are for. */
  readonly tooWide: (stack: Deployed) => readonly string[];
}

export const because = (reason: string): NotAsked => ({ because: reason });

/** Whether a value is there. */
export const is = (value: Value | undefined): boolean => value !== undefined && value !== "";

export const isOpen = (value: Value | undefined): boolean =>
  typeof value === "string" && ["0.0.0.0/0", "::/0", "*", "Internet"].includes(value);

export function list(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : [];
}

export function each(value: Value | undefined, holds: (item: Value) => boolean): boolean {
  return list(value).every(holds);
}

export function strings(value: Value | undefined): readonly string[] {
  return (isList(value) ? value : [value]).filter((item) => typeof item === "string");
}

/** A number, also one that is written as a text. */
export function number(value: Value | undefined): number {
  return typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
}

/** Every text in a value, with its path as the marks of secrets write it: `users[0].password`. */
export function texts(
  value: Value | undefined,
  path = "",
): readonly { readonly path: string; readonly value: string }[] {
  if (typeof value === "string") return [{ path, value }];
  if (isList(value)) return value.flatMap((item, index) => texts(item, `${path}[${String(index)}]`));
  if (!isProperties(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => texts(item, path === "" ? key : `${path}.${key}`));
}

/** URNs of the resources of a type of which something does not hold. */
export function faults(stack: Deployed, type: string, holds: (inputs: Properties, urn: string) => boolean): string[] {
  return stack
    .ofType(type)
    .filter(({ inputs, urn }) => !holds(inputs, urn))
    .map(({ urn }) => urn);
}
