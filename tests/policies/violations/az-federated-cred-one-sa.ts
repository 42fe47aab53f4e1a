import { FederatedIdentityCredential } from "@pulumi/azure-native/managedidentity/federatedIdentityCredential";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import type { Providers } from "./providers";

/** An identity that is lent to whoever builds a branch. */
export function plant(on: Providers): void {
  const group = new ResourceGroup("lent", {}, on.azure());
  const identity = new UserAssignedIdentity("lent", { resourceGroupName: group.name }, on.azure());
  new FederatedIdentityCredential(
    "lent",
    {
      resourceGroupName: group.name,
      resourceName: identity.name,
      issuer: "https://token.actions.githubusercontent.com",
      subject: "repo:example/shop:ref:refs/heads/main",
      audiences: ["api://AzureADTokenExchange"],
    },
    on.azure(),
  );
}
