import type { Cloud, StoredResource } from "../offline/cloud/cloud";
import { mergeSecrets } from "../offline/cloud/redaction";
import type { Properties } from "../offline/cloud/value";
import type { PlannedResource } from "../offline/engine/events";
import type { Deployment } from "../offline/engine/state";

/** A state in which cloud and engine agree again on what exists. */
export interface Settled {
  readonly state: Deployment;
  /** URNs of what the cloud had made and the state now has. */
  readonly adopted: readonly string[];
  /** URNs of pending operations that nothing came of. */
  readonly dropped: readonly string[];
  /** What the cloud has and no state can take. */
  readonly left: readonly StoredResource[];
}

/** The state without pending operations: a creation that the cloud carried out becomes a resource, the rest goes. */
export function settlePending(exported: Deployment, cloud: Cloud): Settled {
  const resources = [...(exported.deployment.resources ?? [])];
  const adopted: string[] = [];
  const dropped: string[] = [];
  const known = keysOf(exported);
  for (const { type, resource } of exported.deployment.pending_operations ?? []) {
    const made = type === "creating" ? cloud.ofUrn(resource.urn).find((one) => !known.has(keyOf(one))) : undefined;
    if (made === undefined) {
      dropped.push(resource.urn);
      continue;
    }
    const inputs = (resource["inputs"] ?? {}) as Properties;
    const { initErrors, ...settled } = resource;
    resources.push({ ...settled, id: made.id, outputs: mergeSecrets(made.outputs, inputs) });
    adopted.push(resource.urn);
  }
  return { state: withResources(exported, resources), adopted, dropped, left: [] };
}

/** What the cloud made for a stack and its state does not have: the engine lost the answer, and keeps no note of it. */
export function orphansOf(state: Deployment, cloud: Cloud, stack: string): readonly StoredResource[] {
  const known = keysOf(state);
  return cloud.all().filter((one) => one.urn?.startsWith(`urn:pulumi:${stack}::`) === true && !known.has(keyOf(one)));
}

/**
 * Takes orphans into the state, each where a preview would make it again. Secrets are in no cloud: the next update writes them
 * once more.
 */
export function adoptOrphans(
  state: Deployment,
  orphans: readonly StoredResource[],
  planned: readonly PlannedResource[],
): Settled {
  const resources = [...(state.deployment.resources ?? [])];
  const adopted: string[] = [];
  const left: StoredResource[] = [];
  for (const orphan of orphans) {
    const plan = planned.find(({ urn, op }) => urn === orphan.urn && op === "create");
    if (plan === undefined) {
      left.push(orphan);
      continue;
    }
    resources.push({
      urn: plan.urn,
      type: plan.type,
      custom: true,
      id: orphan.id,
      parent: plan.parent,
      provider: plan.provider,
      inputs: mergeSecrets(orphan.inputs, {}),
      outputs: mergeSecrets(orphan.outputs, {}),
    });
    adopted.push(plan.urn);
  }
  return { state: withResources(state, resources), adopted, dropped: [], left };
}

function withResources(state: Deployment, resources: NonNullable<Deployment["deployment"]["resources"]>): Deployment {
  return { ...state, deployment: { ...state.deployment, resources, pending_operations: [] } };
}

function keyOf({ type, id }: { readonly type: string; readonly id?: string | undefined }): string {
  return `${type}|${id ?? ""}`;
}

function keysOf(state: Deployment): ReadonlySet<string> {
  return new Set((state.deployment.resources ?? []).map(keyOf));
}
