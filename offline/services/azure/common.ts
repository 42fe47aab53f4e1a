import { refuse } from "../../cloud/errors";
import type { StoredResource, CloudView } from "../../cloud/cloud";
import type { CallContext, Reference, ResourceType, Scope } from "../../cloud/resource-type";
import { isList, type MutableProperties, type Properties } from "../../cloud/value";
import type { ResourceSchema } from "../../schema/schema";
import { armId, armTokens, armType, isInside, nameInput, typeName } from "./arm";
import { durationOf } from "./durations";
import { anyName, guid } from "./generic";
import { GLOBAL, isLocation, zonesOf } from "./regions";
import { refusedChange } from "./replacements";
import { tagProblems } from "./tags";
import { block, text, texts } from "./text";
import { DELETED_VAULT_OBJECT } from "./types";

/**
 * What holds for every type alike: ids, names, regions and tags that Azure accepts, outputs that every resource has, properties
 * that its service does not change, how long it takes, and that what is inside goes with it.
 */
export function withCommonRules(rules: ResourceType, schema: ResourceSchema | undefined): ResourceType {
  const { token } = rules;
  const type = armType(token, schema);
  const property = nameInput(type);
  const duration = rules.duration ?? durationOf(token);
  const name = rules.name ?? (property === undefined ? undefined : anyName(property));
  return {
    ...rules,
    reach: "global",
    ...(name === undefined ? {} : { name }),
    ...(duration === undefined ? {} : { duration }),
    references: [...(rules.references ?? []), ...parentReference(token)],
    inUse: rules.inUse ?? {
      code: "CannotDeleteResource",
      message: "Cannot delete resource '{id}' while another resource uses it.",
    },
    check: (context) => {
      const { inputs } = context;
      const location = inputs["location"];
      // A tenant is in a place of the world, such as "Europe", instead of a region.
      const isTenant = token.startsWith("azure-native:azureactivedirectory:");
      if (typeof location === "string" && location.toLowerCase() !== GLOBAL && !isTenant && !isLocation(location)) {
        context.refuse("location", `LocationNotAvailableForResourceType: there is no Azure region "${location}"`);
      }
      for (const { property: at, reason } of tagProblems(inputs)) context.refuse(at, reason);
      for (const { property: at, reason } of zoneProblems(inputs)) context.refuse(at, reason);
      rules.check?.(context);
    },
    create: (context) => {
      const created = rules.create?.(context);
      const id = armId(type, context.inputs, context.scope.account);
      return {
        id,
        outputs: { ...commonOutputs(token, schema, id, context), ...created?.outputs },
        ...(created?.problems === undefined ? {} : { problems: created.problems }),
      };
    },
    update: (context) => {
      const refused = refusedChange(token, context.resource.inputs, context.inputs);
      if (refused === "location") {
        const [before, after] = [context.resource.inputs, context.inputs].map(
          (inputs) => text(inputs["location"]) ?? "",
        );
        refuse(
          "InvalidResourceLocation",
          `The resource '${ownName(context.resource)}' already exists in location '${before ?? ""}' in resource group ` +
            `'${text(context.inputs["resourceGroupName"]) ?? ""}'. A resource with the same name cannot be created in location ` +
            `'${after ?? ""}'. Please select a new resource name.`,
        );
      }
      if (refused !== undefined) {
        refuse(
          "PropertyChangeNotAllowed",
          `Changing property '${refused}' is not allowed; to have the resource made anew, put it into replaceOnChanges`,
        );
      }
      const changed = rules.update?.(context) ?? {};
      const etag = etagOf(`${context.resource.id}|${JSON.stringify(context.inputs)}`);
      return {
        ...("etag" in (schema?.outputs.properties ?? {}) ? { etag } : {}),
        ...identityOutputs(context.inputs, context),
        ...changed,
      };
    },
    delete: (context) => {
      rules.delete?.(context);
      for (const inside of contentsOf(context.cloud, context.resource.id, context.scope))
        context.effects.remove(inside);
    },
  };
}

/** A child is ready after its parent, which it names by name; the parent takes it along when it goes. */
function parentReference(token: string): readonly Reference[] {
  const steps = armType(token, undefined).path.split("/");
  const last = steps.reduce((at, step, index) => (index < steps.length - 1 && step.startsWith("{") ? index : at), 0);
  const parents = armTokens().filter((other) => armType(other, undefined).path === steps.slice(0, last + 1).join("/"));
  if (last === 0 || parents.length === 0) return [];
  return [
    {
      path: steps[last]?.slice(1, -1) ?? "",
      to: parents,
      matches: (value, candidate) => candidate.id.toLowerCase().endsWith(`/${value.toLowerCase()}`),
      holds: false,
    },
  ];
}

/** Everything whose id is inside this one: Resource Manager deletes it along with its owner. */
export function contentsOf(cloud: CloudView, id: string, scope: Scope): readonly StoredResource[] {
  return [...armTokens(), DELETED_VAULT_OBJECT]
    .flatMap((token) => cloud.list(token, scope))
    .filter((resource) => isInside(resource.id, id));
}

/**
 * Zones that the region does not have.
 * https://learn.microsoft.com/azure/reliability/availability-zones-region-support
 */
function zoneProblems(inputs: Properties): readonly { readonly property: string; readonly reason: string }[] {
  const location = text(inputs["location"]);
  if (location === undefined || location === GLOBAL || !isLocation(location)) return [];
  const zones = zonesOf(location);
  return (["zones", "availabilityZones"] as const).flatMap((property) => {
    const foreign = texts(inputs[property]).find((zone) => !zones.includes(zone));
    if (foreign === undefined) return [];
    const has = zones.length === 0 ? "it has no availability zones" : `it has ${zones.join(", ")}`;
    return [{ property, reason: `AvailabilityZoneNotSupported: region ${location} has no zone "${foreign}": ${has}` }];
  });
}

/** What Resource Manager and every service put beside the properties of a resource. */
function commonOutputs(
  token: string,
  schema: ResourceSchema | undefined,
  id: string,
  context: CallContext<Properties>,
): Properties {
  const { inputs } = context;
  const type = armType(token, schema);
  const declared = schema?.outputs.properties ?? {};
  const property = nameInput(type);
  const name = property === undefined ? id.split("/").at(-1) : inputs[property];
  const outputs: MutableProperties = {
    name,
    type: typeName(type),
    provisioningState: "Succeeded",
    etag: etagOf(id),
    resourceGuid: guid(id),
    uniqueId: guid(id),
    ...(type.api === undefined ? {} : { azureApiVersion: type.api }),
    ...(declared["systemData"]?.required === true ? { systemData: systemData() } : {}),
    ...identityOutputs(inputs, context),
  };
  return Object.fromEntries(
    Object.entries(outputs).filter(([output, value]) => output in declared && value !== undefined),
  );
}

function etagOf(seed: string): string {
  return `W/"${guid(seed)}"`;
}

function systemData(): Properties {
  const at = "2026-01-01T00:00:00Z";
  return { createdAt: at, createdByType: "Application", lastModifiedAt: at, lastModifiedByType: "Application" };
}

/** A managed identity of the resource's own, and what is known of those that it is given. */
function identityOutputs(inputs: Properties, { urn, cloud, scope }: CallContext<Properties>): Properties {
  const identity = block(inputs["identity"]);
  const kind = text(identity["type"]);
  if (kind === undefined || kind === "None") return {};
  const given = identity["userAssignedIdentities"];
  const ids = isList(given) ? texts(given) : Object.keys(block(given));
  const assigned = ids.map((id) => {
    const stored = cloud
      .list("azure-native:managedidentity:UserAssignedIdentity", scope)
      .find((each) => each.id.toLowerCase() === id.toLowerCase());
    return [
      id,
      {
        clientId: stored?.outputs["clientId"] ?? guid(`client|${id}`),
        principalId: stored?.outputs["principalId"] ?? guid(id),
      },
    ] as const;
  });
  return {
    identity: {
      type: kind,
      ...(kind.includes("SystemAssigned")
        ? { principalId: guid(`principal|${urn}`), tenantId: guid(`tenant|${scope.account}`) }
        : {}),
      ...(assigned.length === 0 ? {} : { userAssignedIdentities: Object.fromEntries(assigned) }),
    },
  };
}

function ownName({ id }: StoredResource): string {
  return id.split("/").at(-1) ?? id;
}
