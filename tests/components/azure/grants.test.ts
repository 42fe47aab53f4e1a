import assert from "node:assert/strict";
import { DatabaseAccount } from "@pulumi/azure-native/cosmosdb/databaseAccount";
import { WorkloadIdentity } from "../../../components/azure/identity";
import { roleId, type Role } from "../../../components/azure/roles";
import type { Access } from "../../../components/contracts/grant";
import { only, type Deployed } from "../../stacks/deployed";
import { onNetwork, subscriptionId, text } from "./ground";

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const builtIn: Readonly<Record<Role, string>> = {
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
};

describe("roles of Azure", function () {
  this.timeout(60_000);

  it("[PF-SEC-03] are the built-in ones of their names", async () => {
    const found: Record<string, string> = {};
    await onNetwork(({ place }) => {
      for (const role of Object.keys(builtIn) as Role[]) {
        roleId(place.subscription, role).apply((id) => (found[role] = id));
      }
    });
    const definitions = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions`;
    assert.deepEqual(
      found,
      Object.fromEntries(Object.entries(builtIn).map(([role, guid]) => [role, `${definitions}/${guid}`])),
    );
  });
});

describe("grants on Azure, deployed", function () {
  this.timeout(60_000);

  const granted = (access: Access): Promise<Deployed> =>
    onNetwork(({ place, onAzure, azure }) => {
      const account = new DatabaseAccount(
        "account",
        {
          resourceGroupName: place.groupName,
          location: place.region,
          accountName: "test-tables-1",
          databaseAccountOfferType: "Standard",
          locations: [{ locationName: place.region, failoverPriority: 0 }],
        },
        { provider: azure },
      );
      const tables = { kind: "key-values", resourceIds: [account.id], keyId: undefined } as const;
      new WorkloadIdentity(
        "api",
        {
          place,
          prefix: "test",
          namespace: "chat",
          serviceAccount: "api",
          issuers: { cluster: "https://issuer.example.org/" },
          grants: [{ to: tables, access }],
        },
        onAzure,
      );
    });

  for (const [access, role] of [
    ["read", "00000000-0000-0000-0000-000000000001"],
    ["write", "00000000-0000-0000-0000-000000000002"],
  ] as const) {
    it(`items of tables: ${access} is a role of Cosmos DB, which no role of Azure stands for`, async () => {
      const stack = await granted(access);
      const account = stack.id("account");
      const { inputs } = stack.named(`api-key-values-${access}-0`);
      assert.deepEqual(only(inputs, "accountName", "scope", "roleDefinitionId", "principalId"), {
        accountName: "test-tables-1",
        scope: account,
        roleDefinitionId: `${account}/sqlRoleDefinitions/${role}`,
        principalId: stack.output("api-identity", "principalId"),
      });
      assert.match(text(inputs["roleAssignmentId"]), /^[0-9a-f-]{36}$/);
      assert.deepEqual(stack.ofType("azure-native:authorization:RoleAssignment"), []);
    });
  }
});
