// In one process with the program, the EKS component brings back resources by classes that its own process loads.
import "@pulumi/aws";
import "@pulumi/eks";
import assert from "node:assert/strict";
import { isList, isProperties, type Properties, type Value } from "../../offline/cloud/value";
import program from "../../index";
import { loadConfiguration } from "../../config/load";
import { Cloud } from "../../offline/cloud/cloud";
import { accountsOf, backendOf, backendSettings, backendStackName } from "../../stacks/backends";
import { committed, withSettings } from "../config/stack-files";
import { runInProcess, type Registration, type Run } from "../support/in-process";

/** A stack deployed in this process, with the questions that tests ask of it. */
export class Deployed {
  constructor(readonly run: Run) {}

  /** The resource with this logical name; names are unique but for a component and its child. */
  named(name: string, type?: string): Registration {
    const found = this.run.resources.filter(
      (resource) => resource.name === name && (type === undefined || resource.type === type) && resource.custom,
    );
    assert.equal(found.length, 1, `${String(found.length)} resources named ${name}`);
    return found[0] as Registration;
  }

  component(name: string): Registration {
    const found = this.run.resources.find((resource) => resource.name === name && !resource.custom);
    assert.ok(found, `no component named ${name}`);
    return found;
  }

  ofType(type: string): readonly Registration[] {
    return this.run.resources.filter((resource) => resource.type === type);
  }

  /** Id of the resource with this logical name, which other resources' inputs hold. */
  id(name: string, type?: string): string {
    const { id } = this.named(name, type);
    assert.ok(id !== undefined && id !== "", `${name} has no id`);
    return id;
  }

  input(name: string, path: string): Value | undefined {
    return at(this.named(name).inputs, path);
  }

  output(name: string, path: string): Value | undefined {
    return at(this.named(name).outputs, path);
  }

  /**
   * Logical names of the resources that are made before this one and go after it. Components do not count: the engine orders
   * deletions by what is recorded on the resources inside.
   */
  waitsFor(name: string): ReadonlySet<string> {
    const custom = new Map(
      this.run.resources.filter((resource) => resource.custom).map((resource) => [resource.urn, resource]),
    );
    const found = new Set<string>();
    const visit = (urns: readonly string[]) => {
      for (const resource of urns.flatMap((urn) => custom.get(urn) ?? [])) {
        if (found.has(resource.name)) continue;
        found.add(resource.name);
        visit(resource.dependsOn);
      }
    };
    visit(this.named(name).dependsOn);
    return found;
  }
}

/** The value at `a.b.0.c`. */
export function at(value: Value | undefined, path: string): Value | undefined {
  let found: Value | undefined = value;
  for (const step of path.split(".")) {
    if (isList(found)) found = found[Number(step)];
    else found = isProperties(found) ? found[step] : undefined;
  }
  return found;
}

/** The value, which must be a text. */
export function text(value: Value | undefined): string {
  assert.ok(typeof value === "string", "not a text");
  return value;
}

/** The parts of an object that are named. */
export function only(properties: Properties, ...keys: readonly string[]): Record<string, Value | undefined> {
  return Object.fromEntries(keys.map((key) => [key, properties[key]]));
}

/** A policy document, parsed. */
export function policy(document: Value | undefined): {
  Statement: {
    Sid: string;
    Effect: string;
    Action: string | string[];
    Resource?: string | string[];
    Principal?: unknown;
    Condition?: unknown;
  }[];
} {
  return JSON.parse(text(document)) as ReturnType<typeof policy>;
}

/**
 * Deploys the program with the configuration of a committed stack file, and some groups of settings changed. `first` runs in the
 * program before it: transforms are registered there.
 */
export async function deployStack(
  stack: string,
  settings: Record<string, unknown> = {},
  first?: () => void,
): Promise<Deployed> {
  const attempt = await attemptStack(stack, settings, first);
  assert.deepEqual(attempt.run.errors, []);
  return attempt;
}

/** The same for a deployment that the cloud may refuse: `run.errors` says what. */
export async function attemptStack(
  stack: string,
  settings: Record<string, unknown> = {},
  first?: () => void,
): Promise<Deployed> {
  const { values, secretKeys } = withSettings(committed(stack), settings);
  const secret = ([key]: [string, string]) => secretKeys.includes(key);
  const entries = Object.entries(values);
  const planted = () => {
    first?.();
    return program();
  };
  const run = await runInProcess(planted, {
    stack,
    config: Object.fromEntries(entries.filter((entry) => !secret(entry))),
    secrets: Object.fromEntries(entries.filter(secret)),
    cloud: await cloudWithBackend(stack),
  });
  return new Deployed(run);
}

/** A cloud with the bucket that the stack writes its site's contract to, made as `platform backend bootstrap` makes it. */
async function cloudWithBackend(stack: string): Promise<Cloud> {
  const row = backendOf(stack);
  if (row?.backend.siteContract !== "delivered") return Cloud.open();
  const owner = loadConfiguration(committed(stack));
  const settings = Object.entries(backendSettings(row, { class: owner.class, accounts: accountsOf(owner) }));
  const { cloud, errors } = await runInProcess(program, {
    stack: backendStackName(stack),
    config: Object.fromEntries(
      settings.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
  });
  assert.deepEqual(errors, []);
  return cloud;
}

const deployments = new Map<string, Promise<Deployed>>();

/** A committed stack, deployed once for all tests of the process. */
export function deployed(stack: string): Promise<Deployed> {
  const known = deployments.get(stack) ?? deployStack(stack);
  deployments.set(stack, known);
  return known;
}
