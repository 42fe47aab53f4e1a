import assert from "node:assert/strict";
import { isList, isProperties, Unknown, type Properties, type Value } from "../../offline/cloud/value";
import type { ResourceType } from "../../policies/types";
import type { StackResource } from "../../policies/model/resource";
import { deployed } from "../stacks/deployed";
import type { Registration } from "../support/in-process";
import { changed, type Change } from "./fixtures";

/** A resource that is added to a stack. */
export interface Added {
  readonly inputs: Properties;
  readonly outputs?: Properties;
  /** Names of the resources that each top-level input comes from, as `type name`. */
  readonly from?: Readonly<Record<string, readonly string[]>>;
  readonly parent?: string;
  readonly protect?: boolean;
}

/** The resources of a stack, to be changed: every method gives a new stack. */
export class StackUnderTest {
  constructor(readonly resources: readonly StackResource[]) {}

  /** A committed stack as it is deployed on the offline cloud. */
  static async of(stack: string): Promise<StackUnderTest> {
    const { run } = await deployed(stack);
    const byUrn = new Map(run.resources.map((one) => [one.urn, one]));
    return new StackUnderTest(run.resources.map((one) => stackResource(one, byUrn)));
  }

  /** The resource `type name`. */
  one(type: ResourceType, name: string): StackResource {
    const found = this.resources.filter((resource) => resource.type === type && resource.name === name);
    assert.equal(found.length, 1, `${String(found.length)} resources ${type} ${name}`);
    return found[0] as StackResource;
  }

  change(type: ResourceType, name: string, change: Change): StackUnderTest {
    const old = this.one(type, name);
    // A whole input that is given a value of its own comes from no resource any more.
    const literal = new Set(
      Object.entries(change.set ?? {}).flatMap(([path, value]) => (value instanceof Unknown ? [] : [path])),
    );
    const propertyDependencies = Object.fromEntries(
      Object.entries(old.propertyDependencies).filter(([key]) => !literal.has(key)),
    );
    return this.map((resource) =>
      resource === old ? { ...changed(resource, change), propertyDependencies } : resource,
    );
  }

  drop(type: ResourceType, name: string): StackUnderTest {
    const old = this.one(type, name);
    return new StackUnderTest(this.resources.filter((resource) => resource !== old));
  }

  /** Drops every resource of a type. */
  dropAll(type: ResourceType): StackUnderTest {
    return new StackUnderTest(this.resources.filter((resource) => resource.type !== type));
  }

  add(
    type: ResourceType,
    name: string,
    { inputs, outputs, from = {}, parent = "", protect = false }: Added,
  ): StackUnderTest {
    const urns = (labels: readonly string[]) =>
      labels.map((label) => {
        const at = label.indexOf(" ");
        return this.one(label.slice(0, at) as ResourceType, label.slice(at + 1)).urn;
      });
    const propertyDependencies = Object.fromEntries(Object.entries(from).map(([key, labels]) => [key, urns(labels)]));
    const added: StackResource = {
      urn: `urn:pulumi:test::platform::${type}::${name}`,
      type,
      name,
      inputs,
      outputs: { ...inputs, id: name, ...outputs },
      secrets: new Set(),
      protect,
      ignoreChanges: [],
      parent,
      dependencies: [...new Set(Object.values(propertyDependencies).flat())],
      propertyDependencies,
    };
    return new StackUnderTest([...this.resources, added]);
  }

  /** The same stack with another logical name for every resource: no rule may go by names. */
  renamed(): StackUnderTest {
    const urns = new Map(this.resources.map(({ urn }, index) => [urn, `${urn}-renamed-${String(index)}`]));
    const to = (urn: string) => urns.get(urn) ?? urn;
    return this.map((resource, index) => ({
      ...resource,
      name: `renamed-${String(index)}`,
      urn: to(resource.urn),
      parent: to(resource.parent),
      dependencies: resource.dependencies.map(to),
      propertyDependencies: Object.fromEntries(
        Object.entries(resource.propertyDependencies).map(([key, list]) => [key, list.map(to)]),
      ),
      ...(resource.provider === undefined
        ? {}
        : { provider: { ...resource.provider, urn: to(resource.provider.urn) } }),
    }));
  }

  /** The stack as a first preview has it: nothing that a cloud makes up is known, only what it comes from. */
  previewed(): StackUnderTest {
    const made = new Map(this.resources.map((resource) => [resource.urn, madeByCloud(resource)]));
    return this.map((resource) => {
      const inputs = Object.fromEntries(
        Object.entries(resource.inputs).map(([key, value]) => {
          const sources = resource.propertyDependencies[key] ?? [];
          const texts = new Set(sources.flatMap((urn) => [...(made.get(urn) ?? [])]));
          return [key, value === undefined || texts.size === 0 ? value : forgotten(value, texts)];
        }),
      );
      return { ...resource, inputs, outputs: inputs };
    });
  }

  private map(change: (resource: StackResource, index: number) => StackResource): StackUnderTest {
    return new StackUnderTest(this.resources.map(change));
  }
}

function stackResource(registration: Registration, byUrn: ReadonlyMap<string, Registration>): StackResource {
  const { urn, type, name, inputs, id, outputs, secretPaths, protect, ignoreChanges, parent = "" } = registration;
  const provider = byUrn.get(registration.provider ?? "");
  return {
    urn,
    type,
    name,
    inputs,
    outputs: id === undefined ? outputs : { id, ...outputs },
    secrets: new Set(secretPaths),
    protect,
    ignoreChanges,
    parent,
    dependencies: registration.dependsOn,
    propertyDependencies: registration.propertyDependencies,
    ...(provider === undefined
      ? {}
      : { provider: { urn: provider.urn, type: provider.type, name: provider.name, inputs: provider.inputs } }),
  };
}

/** Texts that only the cloud can know: outputs that are no inputs. */
function madeByCloud({ inputs, outputs }: StackResource): ReadonlySet<string> {
  const given = new Set(textsOf(inputs));
  return new Set(textsOf(outputs).filter((text) => text.length > 3 && !given.has(text)));
}

function textsOf(value: Value | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  if (isList(value)) return value.flatMap(textsOf);
  return isProperties(value) ? Object.values(value).flatMap(textsOf) : [];
}

function forgotten(value: Value, texts: ReadonlySet<string>): Value {
  if (typeof value === "string") {
    return texts.has(value) || [...texts].some((text) => text.length > 8 && value.includes(text))
      ? Unknown.value
      : value;
  }
  if (isList(value)) return value.map((item) => forgotten(item, texts));
  if (!isProperties(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, item === undefined ? undefined : forgotten(item, texts)]),
  );
}
