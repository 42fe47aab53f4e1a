import assert from "node:assert/strict";
import { DatabaseAccount } from "@pulumi/azure-native/cosmosdb/databaseAccount";
import { WorkloadIdentity } from "../../../components/azure/identity";
import type { Access } from "../../../components/contracts/grant";
import { only, type Deployed } from "../../stacks/deployed";
import { onNetwork, text } from "./ground";

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
