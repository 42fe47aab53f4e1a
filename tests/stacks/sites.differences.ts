import { isDeepStrictEqual } from "node:util";
import type { Cloud, Feature } from "../../components/contracts/capabilities";
import type {
  ClusterService,
  IdentityEndpoint,
  StorageDriver,
  StorageProfile,
} from "../../components/contracts/kubernetes-cluster";
import { capabilityMatrix } from "../../components/planning/capability-matrix";
import { isList, isProperties, type Properties, type Value } from "../../offline/cloud/value";
import type { Registration } from "../support/in-process";

/** What a site says of itself by the contract, as values. */
export interface ContractFacts {
  readonly provides: readonly ClusterService[];
  readonly storage: Readonly<Record<StorageProfile, StorageDriver>>;
  readonly identityEndpoints: readonly IdentityEndpoint[];
  readonly externalSecretsProvider: Properties;
  readonly podLabels: Properties;
  /** Names of the annotations that a service account with an identity carries; the values are the identity's own. */
  readonly annotationNames: readonly string[];
}

/** A part of a site as it was registered, with what explains how it differs from that of another cloud. */
export interface SeenPart {
  readonly cloud: Cloud;
  readonly facts: ContractFacts;
  readonly resources: readonly Registration[];
}

/** Why one thing is not the same on all clouds: a field of the contract, or a row of the capability matrix. */
type Reason = { readonly field: string } | { readonly feature: Feature };

/** A difference that is allowed. It must be there, and be exactly what the reason says. */
export type Allowed = Reason & { readonly name: RegExp } & (
    | { readonly isThere: (site: SeenPart) => boolean }
    | { readonly path: string; readonly value: (site: SeenPart, found: Value | undefined) => Value | undefined }
  );

/** Whether a cell of the capability matrix says something of how its cloud does it. */
export function says({ cloud }: SeenPart, feature: Feature, what: RegExp): boolean {
  return what.test(capabilityMatrix[cloud][feature].reason);
}

/** Every difference between the parts that no row allows, every row that is wrong of a site, and every row that allows nothing. */
export function unexplained(parts: readonly SeenPart[], allowed: readonly Allowed[]): readonly string[] {
  const problems: string[] = [];
  const used = new Set<Allowed>();
  const names = [...new Set(parts.flatMap(({ resources }) => resources.map(keyOf)))].sort();
  const common = new Set(names.filter((name) => parts.every((part) => find(part, name) !== undefined)));
  for (const name of names) {
    const rows = allowed.filter((row) => row.name.test(name));
    const presence = rows.find((row) => "isThere" in row);
    if (presence !== undefined && "isThere" in presence) {
      if (!common.has(name)) used.add(presence);
      for (const part of parts) {
        const isThere = find(part, name) !== undefined;
        if (isThere !== presence.isThere(part)) {
          problems.push(
            `${name} is ${isThere ? "there" : "missing"} on ${part.cloud}, which ${reasonOf(presence)} denies`,
          );
        }
      }
    } else if (!common.has(name)) {
      problems.push(
        `${name} is on ${parts
          .filter((part) => find(part, name))
          .map(({ cloud }) => cloud)
          .join(", ")} alone`,
      );
    }
    problems.push(...valueProblems(parts, name, rows, used, common));
  }
  for (const row of allowed.filter((each) => !used.has(each))) {
    problems.push(`nothing differs by ${reasonOf(row)} at ${String(row.name)}: take the row out`);
  }
  return [...problems, ...silentCells(parts, allowed)];
}

function valueProblems(
  parts: readonly SeenPart[],
  name: string,
  rows: readonly Allowed[],
  used: Set<Allowed>,
  common: ReadonlySet<string>,
): readonly string[] {
  const problems: string[] = [];
  const seen = parts.flatMap((part) => {
    const resource = find(part, name);
    return resource === undefined ? [] : [{ part, shape: shapeOf(resource, part, common) }];
  });
  for (const row of rows) {
    if (!("path" in row)) continue;
    const found = seen.map(({ part, shape }) => ({ part, value: take(shape, row.path) }));
    if (found.some(({ value }) => !isDeepStrictEqual(value, found[0]?.value))) used.add(row);
    for (const { part, value } of found) {
      if (isDeepStrictEqual(value, row.value(part, value))) continue;
      problems.push(`${name} ${row.path} on ${part.cloud} is not what ${reasonOf(row)} says: ${JSON.stringify(value)}`);
    }
  }
  const [first, ...others] = seen;
  for (const { part, shape } of others) {
    for (const path of differing(first?.shape, shape)) {
      problems.push(`${name} ${path} differs between ${first?.part.cloud ?? ""} and ${part.cloud}`);
    }
  }
  return problems;
}

/** Rows that name a feature of which the matrix says the same on every cloud. */
function silentCells(parts: readonly SeenPart[], allowed: readonly Allowed[]): readonly string[] {
  return allowed.flatMap((row) => {
    if (!("feature" in row)) return [];
    const cells = new Set(parts.map(({ cloud }) => capabilityMatrix[cloud][row.feature].reason));
    return cells.size > 1 ? [] : [`the capability matrix says the same of ${row.feature} on every cloud`];
  });
}

function reasonOf(row: Allowed): string {
  return "field" in row ? row.field : `the row ${row.feature}`;
}

function find({ resources }: SeenPart, key: string): Registration | undefined {
  return resources.find((resource) => keyOf(resource) === key);
}

function keyOf({ type, name }: Registration): string {
  return `${type} ${name}`;
}

/** All that the engine is told of a resource and that does not name its stack. */
function shapeOf(
  resource: Registration,
  { resources }: SeenPart,
  common: ReadonlySet<string>,
): Record<string, unknown> {
  const byUrn = new Map(resources.map((each) => [each.urn, each]));
  const nameOf = (urn: string | undefined) => {
    const found = byUrn.get(urn ?? "");
    return found === undefined ? undefined : keyOf(found);
  };
  const { protect, retainOnDelete, ignoreChanges, replaceOnChanges, customTimeouts, deleteBeforeReplace } = resource;
  return {
    parent: nameOf(resource.parent),
    waitsFor: resource.dependsOn
      .flatMap((urn) => nameOf(urn) ?? [])
      .filter((name) => common.has(name))
      .sort(),
    options: { protect, retainOnDelete, ignoreChanges, replaceOnChanges, customTimeouts, deleteBeforeReplace },
    inputs: structuredClone(resource.inputs),
  };
}

/** Takes what stands at `a.b` of the inputs out of a shape. */
function take(shape: Record<string, unknown>, path: string): Value | undefined {
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  let at = shape["inputs"] as Value | undefined;
  for (const step of steps) at = isProperties(at) ? at[step] : undefined;
  if (!isProperties(at)) return undefined;
  const found = at[last];
  Reflect.deleteProperty(at, last);
  return found;
}

/** Paths of the leaves that two values do not share. */
function differing(one: unknown, other: unknown, path = ""): readonly string[] {
  if (isDeepStrictEqual(one, other)) return [];
  const [left, right] = [one, other] as (Value | undefined)[];
  const isBranch = (isProperties(left) && isProperties(right)) || (isList(left) && isList(right));
  if (!isBranch) return [path];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap((key) =>
    differing((left as Properties)[key], (right as Properties)[key], path === "" ? key : `${path}.${key}`),
  );
}
