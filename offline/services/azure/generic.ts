import { createHash } from "node:crypto";
import type { CheckCall } from "../../cloud/control-plane";
import type { CloudView } from "../../cloud/cloud";
import type { NameRule, ResourceType } from "../../cloud/resource-type";
import { Unknown, type MutableProperties, type Properties } from "../../cloud/value";
import type { ResourceSchema } from "../../schema/schema";
import { armType, isChild, nameInput, sameId, typeName, type ArmType } from "./arm";
import { defaultLocation } from "./provider-config";
import { normalLocation } from "./regions";
import { text } from "./text";
import { RESOURCE_GROUP } from "./types";

/** Inputs that automatic names fill with a GUID: https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/resources/resources.go */
const GUID_NAMES = new Set(["roleAssignmentName", "roleDefinitionId"]);

/** Names of children that are random all the same, since they become part of a URL; same source. */
const GLOBAL_NAMES = new Set(["endpointName", "customDomainName"]);

/** Resources whose body has a location that is not filled in; same source. */
const WITHOUT_LOCATION = new Set(["azure-native:network:LoadBalancerBackendAddressPool"]);

/** The answer for a type without rules of its own: named as the provider names it, refused nothing. */
export function genericType(token: string, schema: ResourceSchema | undefined): ResourceType {
  const type = armType(token, schema);
  return { token, ...operations(typeName(type)) };
}

/** Service and actions of a type, as Azure calls its operations: `Microsoft.Network/virtualNetworks` and `write`. */
export function operations(name: string): Pick<ResourceType, "service" | "actions"> {
  return { service: name, actions: { create: "write", update: "write", delete: "delete" } };
}

/** The name rule of a type that no rule here describes: up to 260 characters of any kind. */
export function anyName(property: string): NameRule {
  return {
    property,
    pattern: /^[^/]+$/,
    rule: "1 to 260 characters without a slash",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
    maxLength: 260,
  };
}

/**
 * The inputs as the provider completes them: a name (the logical name and eight hexadecimal digits; of a child the logical name
 * alone; a GUID for a role assignment), and the location of the resource as it was, of the instance, or of the resource group.
 * https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/provider/provider.go (applyDefaults)
 */
export function completeInputs(
  call: CheckCall,
  schema: ResourceSchema | undefined,
  suffix: () => string,
  cloud: CloudView,
): Properties {
  const { type: token, inputs, oldInputs } = call;
  const type = armType(token, schema);
  const completed: MutableProperties = { ...inputs };
  const property = nameInput(type);
  // A name that the class requires is not made up.
  if (
    property !== undefined &&
    inputs[property] === undefined &&
    schema?.inputs.properties[property]?.required === false
  ) {
    const name = oldInputs?.[property] ?? proposedName(call, type, property, suffix);
    if (name !== undefined) completed[property] = name;
  }
  if ("location" in (schema?.inputs.properties ?? {}) && !WITHOUT_LOCATION.has(token)) {
    const location = inputs["location"] ?? oldInputs?.["location"] ?? inheritedLocation(call, cloud);
    if (location !== undefined)
      completed["location"] = typeof location === "string" ? normalLocation(location) : location;
  }
  return completed;
}

function proposedName(call: CheckCall, type: ArmType, property: string, suffix: () => string): string | undefined {
  const { autonaming } = call;
  if (autonaming?.disabled === true) return undefined;
  const isGuidName = GUID_NAMES.has(property);
  if (autonaming !== undefined && autonaming.name !== "" && !isGuidName) return autonaming.name;
  const logical = call.urn.split("::").slice(3).join("::");
  if (isGuidName) return guid(`${call.urn}|${suffix()}`);
  return isChild(type) && !GLOBAL_NAMES.has(property) ? logical : `${logical}${suffix()}`;
}

function inheritedLocation({ inputs, session }: CheckCall, cloud: CloudView): Properties[string] {
  const own = defaultLocation(session);
  if (own !== undefined) return own;
  const group = inputs["resourceGroupName"];
  return group instanceof Unknown ? group : groupLocation(cloud, text(group));
}

/** Where the resource group is; undefined when there is none. */
export function groupLocation(cloud: CloudView, name: string | undefined): string | undefined {
  return text(
    cloud.list(RESOURCE_GROUP).find((group) => sameId(group.inputs["resourceGroupName"], name))?.outputs["location"],
  );
}

/**
 * Whether a name is one that autonaming made: eight hexadecimal digits, or seven after a dash, at its end. The provider itself
 * notes it in the inputs; here only the name is left to tell by.
 */
export function isAutomaticName(name: string): boolean {
  return /(?:[0-9a-f]{8}|-[0-9a-f]{7})$/.test(name);
}

/** A GUID that is always the same for the same text. */
export function guid(seed: string): string {
  const digits = createHash("sha256").update(seed).digest("hex");
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join("-");
}
