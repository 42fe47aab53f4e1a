import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  isList,
  isProperties,
  pathSteps,
  Unknown,
  type MutableProperties,
  type Properties,
  type Value,
} from "../../offline/cloud/value";
import type { ResourceType } from "../../policies/types";
import type { Resource } from "../../policies/model/resource";

const GOLDEN = resolve(__dirname, "../golden");

interface GoldenResource {
  readonly resource: string;
  readonly parent?: string;
  readonly provider?: string;
  readonly protect?: boolean;
  readonly inputs: Properties;
}

const stacks = new Map<string, readonly GoldenResource[]>();

function golden(stack: string): readonly GoldenResource[] {
  const known = stacks.get(stack);
  if (known !== undefined) return known;
  const folder = join(GOLDEN, stack);
  const all = readdirSync(folder).flatMap(
    (file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as GoldenResource[],
  );
  stacks.set(stack, all);
  return all;
}

/** A resource of a stack as its golden file has it. Without a name: the only one of its type, or the first by name. */
export function fixture(stack: string, type: ResourceType, name?: string): Resource {
  const found = golden(stack).find(({ resource }) =>
    name === undefined ? resource.startsWith(`${type} `) : resource === `${type} ${name}`,
  );
  assert.ok(found, `${stack} has no ${type} ${name ?? ""}`);
  return resourceOf(stack, found);
}

/** Every resource of a stack's golden files. */
export function fixtures(stack: string): readonly Resource[] {
  return golden(stack).map((entry) => resourceOf(stack, entry));
}

/** A resource that no stack has: written by hand. */
export function written(type: ResourceType, inputs: Properties, more: Partial<Resource> = {}): Resource {
  const name = more.name ?? "written";
  const urn = `urn:pulumi:test::platform::${type}::${name}`;
  return { urn, type, name, inputs, secrets: new Set(), protect: false, ignoreChanges: [], parent: "", ...more };
}

function resourceOf(stack: string, { resource, parent, provider, protect, inputs }: GoldenResource): Resource {
  const [type = "", name = ""] = split(resource);
  const owner = golden(stack).find((one) => one.resource === provider);
  const [providerType = "", providerName = ""] = split(provider ?? "");
  return {
    urn: urnOf(stack, resource),
    type,
    name,
    inputs,
    secrets: new Set(secretPaths(inputs, "")),
    protect: protect === true,
    ignoreChanges: [],
    parent: parent === undefined ? "" : urnOf(stack, parent),
    ...(owner === undefined
      ? {}
      : {
          provider: {
            urn: urnOf(stack, owner.resource),
            type: providerType,
            name: providerName,
            inputs: owner.inputs,
          },
        }),
  };
}

function split(resource: string): readonly string[] {
  const at = resource.indexOf(" ");
  return [resource.slice(0, at), resource.slice(at + 1)];
}

function urnOf(stack: string, resource: string): string {
  const [type = "", name = ""] = split(resource);
  return `urn:pulumi:${stack}::platform::${type}::${name}`;
}

/** Golden files hold `[secret]` in place of what is secret. */
function secretPaths(value: Value | undefined, path: string): readonly string[] {
  if (value === "[secret]") return [path];
  if (isList(value)) return value.flatMap((item, index) => secretPaths(item, `${path}[${String(index)}]`));
  if (!isProperties(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => secretPaths(item, path === "" ? key : `${path}.${key}`));
}

/** What is changed about a resource's inputs. Paths as the engine writes them: `a.b[0].c`, `labels["app.kubernetes.io/name"]`. */
export interface Change {
  /** What is undefined is left as it is. */
  readonly set?: Readonly<Record<string, Value | undefined>>;
  readonly remove?: readonly string[];
  readonly protect?: boolean;
  readonly ignoreChanges?: readonly string[];
}

/** A copy of a resource with something changed. */
export function changed<R extends Resource>(resource: R, { set = {}, remove = [], ...options }: Change): R {
  let inputs: Value = resource.inputs;
  for (const [path, value] of Object.entries(set)) {
    if (value !== undefined) inputs = write(inputs, stepsOf(path), value);
  }
  for (const path of remove) inputs = write(inputs, stepsOf(path), undefined);
  return { ...resource, ...options, inputs: inputs as Properties };
}

/** A copy in which the value at a path is not known yet. */
export function withUnknown<R extends Resource>(resource: R, path: string): R {
  return changed(resource, { set: { [path]: Unknown.value } });
}

function stepsOf(path: string): readonly string[] {
  return pathSteps(path).map((step) => step.replaceAll(/^\["?|"?\]$/g, ""));
}

function write(value: Value | undefined, [step, ...rest]: readonly string[], to: Value | undefined): Value {
  if (step === undefined) return to as Value;
  const next = (at: Value | undefined) => (rest.length === 0 ? to : write(at, rest, to));
  if (isList(value)) {
    const copy: (Value | undefined)[] = [...value];
    const item = next(value[Number(step)]);
    if (item === undefined) copy.splice(Number(step), 1);
    else copy[Number(step)] = item;
    return copy as Value[];
  }
  const copy: MutableProperties = isProperties(value) ? { ...value } : {};
  const item = next(copy[step]);
  if (item === undefined) Reflect.deleteProperty(copy, step);
  else copy[step] = item;
  return copy;
}
