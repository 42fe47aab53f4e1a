import { ControlPlane } from "../../../offline/cloud/control-plane";
import { packages } from "../../../offline/packages";
import type { Deployed } from "../../stacks/deployed";
import type { Registration } from "../../support/in-process";
import { region, subscriptionId } from "./ground";

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
  const { cloud } = before.run;
  const azure = packages(process.cwd()).find(({ name }) => name === "azure-native");
  if (azure === undefined) throw new Error("the offline cloud has no Azure");
  const session = azure.configure({ subscriptionId, location: region }, cloud.view({ account: "", region: "" }));
  const plane = new ControlPlane(cloud, azure);
  const updated: string[] = [];
  const others: string[] = [];
  const old = byUrn(before);
  for (const { urn, type, name, inputs } of byUrn(after).values()) {
    const known = old.get(urn);
    old.delete(urn);
    if (known === undefined) {
      others.push(`${urn} is made`);
      continue;
    }
    const { changes } = plane.diff(type, known.inputs, inputs, session);
    if (changes.length === 0) continue;
    const replacing = changes.filter((change) => change.replaces).map(({ path }) => path);
    if (replacing.length > 0) {
      others.push(`${urn} is replaced by ${replacing.join(", ")}`);
      continue;
    }
    const call = { urn, type, inputs, session, id: known.id ?? "" };
    try {
      plane.update({ ...call, oldInputs: known.inputs, oldOutputs: known.outputs });
      updated.push(name);
    } catch (error) {
      others.push(`${urn} is refused: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { updated, others: [...others, ...[...old.keys()].map((urn) => `${urn} is deleted`)] };
}

/** The resources that the provider of Azure manages. */
function byUrn({ run }: Deployed): Map<string, Registration> {
  const managed = run.resources.filter(({ custom, type }) => custom && type.startsWith("azure-native:"));
  return new Map(managed.map((resource) => [resource.urn, resource]));
}
