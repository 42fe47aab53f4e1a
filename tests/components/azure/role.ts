import type { CloudPackage } from "../../../offline/cloud/package";
import { ControlPlane } from "../../../offline/cloud/control-plane";
import { covers } from "../../../offline/cloud/diff";
import { isList, isProperties, propertyPath, type Properties, type Value } from "../../../offline/cloud/value";
import { packages } from "../../../offline/packages";
import { parseConfiguration } from "../../../offline/providers/configuration";
import type { Deployed } from "../../stacks/deployed";
import type { Registration } from "../../support/in-process";

/** What a deployment would do to the one before it. */
export interface Changes {
  /** Logical names of what is updated in place, in the order of the program. */
  readonly updated: readonly string[];
  /** Whatever else would happen: what is made, deleted, replaced or refused, with its URN. */
  readonly others: readonly string[];
}

/**
 * Carries a deployment over into another one of the same program in the cloud of the first, as the engine would: what differs is
 * compared by the table of the provider and sent to the service.
 */
export function changeTo(before: Deployed, after: Deployed): Changes {
  const providers = providersOf(before);
  const updated: string[] = [];
  const others: string[] = [];
  const old = byUrn(before);
  for (const resource of byUrn(after).values()) {
    const { urn, type, name } = resource;
    const known = old.get(urn);
    old.delete(urn);
    if (known === undefined) {
      others.push(`${urn} is made`);
      continue;
    }
    const { plane, session } = providers(known);
    const inputs = withIgnored(resource, known);
    const { changes } = plane.diff(type, known.inputs, inputs, session);
    if (changes.length === 0) continue;
    const replacing = changes.filter((change) => change.replaces).map(({ path }) => path);
    if (replacing.length > 0) {
      others.push(`${urn} is replaced by ${replacing.join(", ")}`);
      continue;
    }
    const call = { urn, type, inputs, session, id: known.id ?? "" };
    const { failures } = plane.check({ ...call, oldInputs: known.inputs });
    if (failures.length > 0) {
      others.push(...failures.map(({ property, reason }) => `${urn} is refused: ${property}: ${reason}`));
      continue;
    }
    try {
      plane.update({ ...call, oldInputs: known.inputs, oldOutputs: known.outputs });
      updated.push(name);
    } catch (error) {
      others.push(`${urn} is refused: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { updated, others: [...others, ...[...old.keys()].map((urn) => `${urn} is deleted`)] };
}

/** The resources that providers manage. */
function byUrn({ run }: Deployed): Map<string, Registration> {
  const managed = run.resources.filter(({ custom, external, type }) => custom && !external && !isProvider(type));
  return new Map(managed.map((resource) => [resource.urn, resource]));
}

const PROVIDER = "pulumi:providers:";

function isProvider(type: string): boolean {
  return type.startsWith(PROVIDER);
}

/** The plane of each resource's package, and its provider as the deployment configured it: without one, that of the package. */
function providersOf({ run }: Deployed) {
  const { cloud, resources } = run;
  const all: readonly CloudPackage[] = packages(process.cwd());
  const configured = (name: string, inputs: Properties) => {
    const pkg = all.find((one) => one.name === name);
    if (pkg === undefined) throw new Error(`the offline cloud has no ${name}`);
    const config = parseConfiguration(inputs, pkg.schema(`${PROVIDER}${name}`)?.inputs);
    return {
      plane: new ControlPlane(cloud, pkg),
      session: pkg.configure(config, cloud.view({ account: "", region: "" })),
    };
  };
  const explicit = new Map(
    resources
      .filter(({ type }) => isProvider(type))
      .map(({ urn, type, inputs }) => [urn, configured(type.slice(PROVIDER.length), inputs)]),
  );
  return ({ type, provider = "" }: Registration) =>
    explicit.get(provider) ?? configured(type.slice(0, type.indexOf(":")), {});
}

/** The inputs as the engine hands them on: those that the program leaves to the cloud stay as they were. */
function withIgnored({ inputs, ignoreChanges }: Registration, known: Registration): Properties {
  const kept = (path: string, before: Value | undefined, after: Value | undefined): Value | undefined => {
    if (ignoreChanges.some((ignored) => covers(ignored, path))) return before;
    if (isList(before) && isList(after)) {
      return after.map((item, index) => kept(`${path}[${String(index)}]`, before[index], item) ?? item);
    }
    if (!isProperties(before) || !isProperties(after)) return after;
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return Object.fromEntries(keys.map((key) => [key, kept(propertyPath(path, key), before[key], after[key])]));
  };
  return kept("", known.inputs, inputs) as Properties;
}
