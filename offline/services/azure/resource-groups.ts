import type { ResourceGroupArgs } from "@pulumi/azure-native/resources";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { contentsOf } from "./common";
import { operations } from "./generic";
import { leaveDeletedVault } from "./keyvault-deleted";
import { MANAGED_CLUSTER, RESOURCE_GROUP, VAULT } from "./types";

const group = resourceType<ResourceGroupArgs>({
  token: RESOURCE_GROUP,
  ...operations("Microsoft.Resources/resourceGroups"),
  name: {
    property: "resourceGroupName",
    pattern: /^[\p{L}\p{N}_().-]*[\p{L}\p{N}_()-]$/u,
    rule: "1 to 90 letters, digits, underscores, parentheses, hyphens and periods, and no period at the end",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
    maxLength: 90,
  },
  create: () => ({ id: "", outputs: { properties: { provisioningState: "Succeeded" } } }),
  // Resource Manager deletes whatever is inside, also what no program knows of; vaults can be recovered.
  delete: (context) => {
    for (const inside of contentsOf(context.cloud, context.resource.id, context.scope)) {
      if (inside.type === VAULT) leaveDeletedVault(context.effects, inside, context.scope);
      // The group that AKS made for the nodes goes with their cluster.
      const managed = inside.type === MANAGED_CLUSTER ? inside.outputs["nodeResourceGroup"] : undefined;
      for (const nodes of context.cloud.list(RESOURCE_GROUP)) {
        if (managed !== undefined && nodes.inputs["resourceGroupName"] === managed) context.effects.remove(nodes);
      }
    }
  },
});

export const groupTypes: readonly ResourceType[] = [group];
