import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment";
import { interpolate, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Subscription } from "./place";

/** Built-in roles by purpose, with their GUIDs: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const roles = {
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  AcrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
  "Azure AI Enterprise Network Connection Approver": "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
  "Azure Kubernetes Service RBAC Cluster Admin": "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "Key Vault Administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
  "Key Vault Contributor": "f25e0fa2-a7c8-4377-a976-54943a77a395",
  "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
  "Key Vault Crypto User": "12338af0-0e69-4776-bea7-57ae8d297424",
  "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
  "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
  "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
  "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
  "PostgreSQL Flexible Server Long Term Retention Backup Role": "c088a766-074b-43ba-90d4-1fb21feae531",
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  "Storage Account Backup Contributor": "e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  "Storage File Data Privileged Contributor": "69566ab7-960f-475b-8e7c-b3118f30c6bd",
  "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
  "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
} as const;

export type Role = keyof typeof roles;

/** The id of a built-in role in a subscription. */
export function roleId({ id }: Subscription, role: Role): Output<string> {
  return interpolate`/subscriptions/${id}/providers/Microsoft.Authorization/roleDefinitions/${roles[role]}`;
}

/** Who gets which role where. */
export interface RoleGrant {
  readonly subscription: Subscription;
  readonly role: Role;
  /** Id of what the role holds for, and of all below it. */
  readonly scope: Input<string>;
  /** Object id of the principal in Microsoft Entra. */
  readonly principalId: Input<string>;
  /** Default: `ServicePrincipal`, which a managed identity is too. */
  readonly principalType?: "ServicePrincipal" | "Group" | "User";
}

/** Gives a principal a role. */
export function assignRole(name: string, grant: RoleGrant, opts: CustomResourceOptions): RoleAssignment {
  return new RoleAssignment(
    name,
    {
      scope: grant.scope,
      roleDefinitionId: roleId(grant.subscription, grant.role),
      principalId: grant.principalId,
      // Named, so that a principal of a moment ago is not looked up where it has not arrived yet.
      // https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails
      principalType: grant.principalType ?? "ServicePrincipal",
    },
    opts,
  );
}
