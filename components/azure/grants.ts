import { SqlResourceSqlRoleAssignment } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlRoleAssignment";
import type { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import { interpolate, type Output, type Resource } from "@pulumi/pulumi";
import type { Access, Grant, GrantableKind } from "../contracts/grant";
import { guidOf } from "../planning/names-azure";
import type { Subscription } from "./place";
import { assignRole, type Role } from "./roles";

/** A role of Azure on the thing itself. */
interface ByRole {
  readonly by: "role";
  readonly role: Readonly<Record<Access, Role>>;
}

/** A role that Cosmos DB keeps itself, in the account: Azure's own roles open its settings alone, not its items. */
interface ByCosmosRole {
  readonly by: "cosmos";
  readonly definition: Readonly<Record<Access, string>>;
}

/**
 * What a kind of grant comes to on Azure: roles on data, never on settings. `write` includes `read`.
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
const kinds: Readonly<Record<GrantableKind, ByRole | ByCosmosRole>> = {
  secrets: { by: "role", role: { read: "Key Vault Secrets User", write: "Key Vault Secrets Officer" } },
  objects: { by: "role", role: { read: "Storage Blob Data Reader", write: "Storage Blob Data Contributor" } },
  // The tables' files and metadata lie in storage; the catalog runs on the cluster and has rights of its own.
  lake: { by: "role", role: { read: "Storage Blob Data Reader", write: "Storage Blob Data Contributor" } },
  // https://learn.microsoft.com/azure/cosmos-db/reference-data-plane-security
  "key-values": {
    by: "cosmos",
    definition: {
      read: "00000000-0000-0000-0000-000000000001",
      write: "00000000-0000-0000-0000-000000000002",
    },
  },
  images: { by: "role", role: { read: "AcrPull", write: "AcrPush" } },
};

/** Who gets which grants. */
export interface GrantsArgs {
  readonly subscription: Subscription;
  readonly grants: readonly Grant[];
  readonly identity: Pick<UserAssignedIdentity, "principalId">;
}

/**
 * Gives an identity the rights of its grants, each on every part of the thing. A key takes no right: services decrypt by identities
 * of their own. The same right asked for twice is given once.
 */
export function giveGrants(name: string, { subscription, grants, identity }: GrantsArgs, parent: Resource): void {
  for (const { to, access } of strongest(grants)) {
    const kind = kinds[to.kind];
    to.resourceIds.forEach((scope, index) => {
      const right = `${name}-${to.kind}-${access}-${String(index)}`;
      if (kind.by === "role") {
        const role = kind.role[access];
        assignRole(right, { subscription, role, scope, principalId: identity.principalId }, { parent });
        return;
      }
      new SqlResourceSqlRoleAssignment(
        right,
        {
          resourceGroupName: scope.apply((id) => accountOf(id).groupName),
          accountName: scope.apply((id) => accountOf(id).accountName),
          roleAssignmentId: scope.apply((id) => guidOf(`${id.toLowerCase()}/${right}`)),
          roleDefinitionId: interpolate`${accountScope(scope)}/sqlRoleDefinitions/${kind.definition[access]}`,
          scope,
          principalId: identity.principalId,
        },
        { parent },
      );
    });
  }
}

/** One grant for each thing: a right to write is one to read, and Azure refuses the same assignment twice. */
function strongest(grants: readonly Grant[]): readonly Grant[] {
  const found = new Map<object, Grant>();
  for (const grant of grants) {
    if (found.get(grant.to)?.access !== "write") found.set(grant.to, grant);
  }
  return [...found.values()];
}

function accountOf(id: string) {
  const found = /\/resourceGroups\/([^/]+)\/providers\/Microsoft\.DocumentDB\/databaseAccounts\/([^/]+)/i.exec(id);
  const [, groupName, accountName] = found ?? [];
  if (groupName === undefined || accountName === undefined) throw new Error(`${id} is no account of Cosmos DB`);
  return { groupName, accountName };
}

function accountScope(scope: Output<string>): Output<string> {
  return scope.apply((id) => id.replace(/(\/databaseAccounts\/[^/]+).*$/i, "$1"));
}
