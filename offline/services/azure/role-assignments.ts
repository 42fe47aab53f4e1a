import type { RoleAssignmentArgs } from "@pulumi/azure-native/authorization";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { ResourceType } from "../../cloud/resource-type";
import { armTokens, isInside, parseArmId, sameId } from "./arm";
import { resourceAt } from "./front-door";
import { CALLER, isGuid } from "./provider-config";
import { builtInRole, roleGuid } from "./role-definitions";
import { azureType } from "./service-support";
import { block, text } from "./text";
import { IDENTITY, MANAGED_CLUSTER, ROLE_ASSIGNMENT, ROLE_DEFINITION } from "./types";

/** https://learn.microsoft.com/azure/role-based-access-control/troubleshooting and …/troubleshoot-limits */
const assignment = azureType<RoleAssignmentArgs>({
  token: ROLE_ASSIGNMENT,
  name: {
    property: "roleAssignmentName",
    pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    rule: "InvalidRoleAssignmentId: a GUID",
    source: "https://learn.microsoft.com/rest/api/authorization/role-assignments/create",
    maxLength: 36,
  },
  check: (context) => {
    const { principalId } = context.inputs;
    if (principalId !== undefined && !isGuid(principalId)) {
      context.refuse("principalId", `InvalidPrincipalId: a principal ID is a GUID, got "${principalId}"`);
    }
  },
  create: ({ inputs, cloud }) => {
    const { scope, principalId, roleDefinitionId } = inputs;
    if (/\/providers\//i.test(scope) && parseArmId(scope) !== undefined && resourceAt(cloud, scope) === undefined) {
      refuse("ResourceNotFound", `The Resource '${scope}' was not found.`);
    }
    const guid = roleGuid(roleDefinitionId);
    const isOwn = cloud.list(ROLE_DEFINITION).some((each) => sameId(roleGuid(each.id), guid));
    if (builtInRole(roleDefinitionId) === undefined && !isOwn) {
      refuse(
        "RoleDefinitionDoesNotExist",
        `The specified role definition with ID '${guid.replaceAll("-", "")}' does not exist.`,
      );
    }
    const kind = principalKind(cloud, principalId);
    const given = inputs.principalType ?? "User";
    if (kind !== undefined && given !== kind) {
      refuse(
        "UnmatchedPrincipalType",
        `The PrincipalId '${principalId.replaceAll("-", "")}' has type '${kind}', which is different from specified PrincipalType '${given}': set principalType to ${kind}.`,
      );
    }
    if (kind === undefined && given === "ServicePrincipal") {
      refuse("PrincipalNotFound", `Principal ${principalId.replaceAll("-", "")} does not exist in the directory.`);
    }
    const twin = cloud
      .list(ROLE_ASSIGNMENT)
      .find(
        (each) =>
          sameId(trimmed(text(each.inputs["scope"]) ?? ""), trimmed(scope)) &&
          sameId(each.inputs["principalId"], principalId) &&
          sameId(roleGuid(text(each.inputs["roleDefinitionId"]) ?? ""), guid),
      );
    if (twin !== undefined) {
      refuse(
        "RoleAssignmentExists",
        `The role assignment already exists. The ID of the conflicting role assignment is ${(twin.id.split("/").at(-1) ?? "").replaceAll("-", "")}.`,
      );
    }
    return {
      id: "",
      outputs: {
        scope: `/${trimmed(scope)}`,
        principalType: given,
        createdBy: CALLER.objectId,
        updatedBy: CALLER.objectId,
      },
    };
  },
});

function trimmed(scope: string): string {
  return scope.replace(/^\/+|\/+$/g, "");
}

/** What a principal is: identities and the caller are service principals. Undefined: a user or group, or nothing that is known here. */
function principalKind(cloud: CloudView, principalId: string): "ServicePrincipal" | undefined {
  if (sameId(principalId, CALLER.objectId)) return "ServicePrincipal";
  if (cloud.list(IDENTITY, "anywhere").some(({ outputs }) => sameId(outputs["principalId"], principalId)))
    return "ServicePrincipal";
  const kubelet = cloud
    .list(MANAGED_CLUSTER, "anywhere")
    .some(({ outputs }) =>
      sameId(block(block(outputs["identityProfile"])["kubeletidentity"])["objectId"], principalId),
    );
  const own = armTokens().some((token) =>
    cloud.list(token, "anywhere").some(({ outputs }) => sameId(block(outputs["identity"])["principalId"], principalId)),
  );
  return kubelet || own ? "ServicePrincipal" : undefined;
}

/** Names of the built-in roles that a principal has on a resource, by assignments to it or to what it is in. */
export function rolesOn(cloud: CloudView, principalId: string | undefined, resourceId: string): readonly string[] {
  return cloud
    .list(ROLE_ASSIGNMENT, "anywhere")
    .filter(({ inputs }) => {
      const scope = `/${trimmed(text(inputs["scope"]) ?? "")}`;
      return sameId(inputs["principalId"], principalId) && (sameId(scope, resourceId) || isInside(resourceId, scope));
    })
    .map(({ inputs }) => builtInRole(text(inputs["roleDefinitionId"]) ?? "") ?? "");
}

export const roleAssignmentTypes: readonly ResourceType[] = [assignment];
