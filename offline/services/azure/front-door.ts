import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { OutgoingCall } from "../../cloud/package";
import type { Properties } from "../../cloud/value";
import type { ResourceSchema } from "../../schema/schema";
import { armId, armTokens, armType, isInside, namespaceOf, parentId, parseArmId, sameId, typeName } from "./arm";
import { isRegistered } from "./namespaces";
import { text } from "./text";
import { GROUP_LOCK, RESOURCE_GROUP, SCOPE_LOCK } from "./types";

/*
 * What Azure Resource Manager refuses before the service sees the call.
 * Codes: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
 */

/**
 * What the SDK asks the service itself for, past Resource Manager and its locks: a lock on an account protects no blob.
 * https://learn.microsoft.com/azure/storage/common/lock-account-resource
 */
const besideResourceManager: ReadonlySet<string> = new Set(["azure-native:storage:Blob"]);

export function requireResourceManager(call: OutgoingCall, schema: ResourceSchema | undefined): void {
  const { token, operation, inputs, scope, cloud } = call;
  if (operation === "invoke" || operation === "read") return;
  const type = armType(token, schema);
  const id = armId(type, inputs, scope.account);
  if (operation === "delete") {
    if (!besideResourceManager.has(token)) refuseLocked(cloud, id);
    return;
  }
  const namespace = namespaceOf(type);
  if (!isRegistered(namespace)) {
    refuse(
      "MissingSubscriptionRegistration",
      `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register ` +
        `subscriptions: az provider register --namespace ${namespace}`,
    );
  }
  if (operation === "update") return;
  requireGroup(cloud, token, inputs);
  const parent = parentId(type, inputs, scope.account);
  const owner = parent === undefined ? undefined : parseArmId(parent);
  if (parent !== undefined && owner !== undefined && !exists(cloud, parent)) {
    if (type.path.startsWith("{")) refuse("ResourceNotFound", `The Resource '${parent}' was not found.`);
    refuse(
      "ParentResourceNotFound",
      `Failed to perform 'write' on resource(s) of type '${typeName(type).split("/").slice(1).join("/")}', because the parent ` +
        `resource '${parent}' could not be found.`,
    );
  }
  // The provider looks before it writes: Resource Manager itself would update what is there.
  if (cloud.list(token).some((other) => sameId(other.id, id))) {
    refuse(ALREADY_EXISTS, `cannot create already existing resource '${id}'`);
  }
}

/** Not a code of Azure: the provider's own refusal. */
export const ALREADY_EXISTS = "AlreadyExists";

function requireGroup(cloud: CloudView, token: string, inputs: Properties): void {
  const group = text(inputs["resourceGroupName"]);
  if (group === undefined || token === RESOURCE_GROUP) return;
  if (!cloud.list(RESOURCE_GROUP).some((each) => sameId(each.inputs["resourceGroupName"], group))) {
    refuse("ResourceGroupNotFound", `Resource group '${group}' could not be found.`);
  }
}

/** Subscriptions and management groups are always there, and so is what only its owner's service knows. */
function exists(cloud: CloudView, id: string): boolean {
  const parsed = parseArmId(id);
  if (parsed === undefined || (parsed.resourceGroup === undefined && !/\/providers\//i.test(id))) return true;
  // The services of a storage account are there with it.
  return resourceAt(cloud, id.replace(/\/(?:blob|file|queue|table)Services\/default$/i, "")) !== undefined;
}

/** The resource of this id, whatever its type. */
export function resourceAt(cloud: CloudView, id: string): StoredResource | undefined {
  const wanted = parseArmId(id)?.type.toLowerCase();
  for (const token of armTokens()) {
    if (typeName(armType(token, undefined)).toLowerCase() !== wanted) continue;
    const found = cloud.list(token, "anywhere").find((each) => sameId(each.id, id));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources */
function refuseLocked(cloud: CloudView, id: string): void {
  for (const lock of [GROUP_LOCK, SCOPE_LOCK].flatMap((token) => cloud.list(token))) {
    const scope = lock.id.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, "");
    if (sameId(lock.id, id) || !(sameId(scope, id) || isInside(id, scope))) continue;
    refuse(
      "ScopeLocked",
      `The scope '${id}' cannot perform delete operation because following scope(s) are locked: '${scope}'. Please remove the ` +
        `lock and try again.`,
    );
  }
}
