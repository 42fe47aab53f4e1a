import { Provider } from "@pulumi/azure-native/provider";
import type { StorageAccountArgs } from "@pulumi/azure-native/storage/storageAccount";
import type { Output } from "@pulumi/pulumi";
import { forgetApiVersions } from "../components/azure/api-versions";
import { ObjectStore, type ObjectStoreArgs } from "../components/azure/object-store";
import { currentSubscription } from "../components/azure/place";
import { ResourceGroup } from "../components/azure/resource-group";
import { assignRole, type RoleGrant } from "../components/azure/roles";
import { StateKeys } from "../components/azure/state-keys";
import { namePrefix, stackTags, statePurpose } from "../components/planning/names";
import { protectionOf } from "../components/planning/protection";
import type { StateBackendAzureConfig } from "../config/schema/state-backend-azure";
import { azureStatePlace, backendUrl, contractsPart, keepStatesDays, secretsProvider } from "./state-place";

/** What the stack says of itself, by these names: what an operator gives to the engine next. */
export type StateBackendOutputs = Readonly<
  Record<"accountName" | "containerName" | "vaultName" | "backendUrl" | "secretsProvider", Output<string>>
>;

/** The storage account that holds a stack's state, and the vault with the keys that encrypt it and the secrets in it. */
export function deploy(config: StateBackendAzureConfig): StateBackendOutputs {
  forgetApiVersions();
  const { owner, system, region, reachableFrom } = config;
  const prefix = namePrefix(system, owner);
  // A lost state is lost work in any class. It stays in its region: who works on the stack while that is down has nothing to do.
  const protection = { ...protectionOf("production", config.protection), crossRegion: false };
  const azure = new Provider("azure-native", {
    location: region,
    ...(config.subscription === undefined ? {} : { subscriptionId: config.subscription }),
    disablePulumiPartnerId: true,
  });
  const onAzure = { providers: { "azure-native": azure } };
  const subscription = currentSubscription(region, { provider: azure });
  const place = subscription.id.apply((id) => azureStatePlace(prefix, id));

  const group = new ResourceGroup(
    "state",
    {
      subscription,
      groupName: `${prefix}-${statePurpose}`,
      tags: stackTags(system, owner, config.class),
      protection,
    },
    onAzure,
  );
  const keys = new StateKeys(
    "keys",
    { place: group, vaultName: place.vault, secretsKey: place.key, reachableFrom, protection },
    onAzure,
  );
  const store = (name: string, args: Pick<ObjectStoreArgs, "part" | "containerName" | "sharedKeys">) =>
    new ObjectStore(
      name,
      {
        ...args,
        place: group,
        prefix,
        // No rule by age: a state that nobody has changed for years is still the state.
        prefixes: [],
        keepVersionsDays: keepStatesDays,
        key: keys.storage,
        reach: "internet",
        protection,
        transform: (account) => ({ ...account, ...reachable(reachableFrom) }),
      },
      onAzure,
    );
  const objects = store("objects", { part: statePurpose, containerName: statePurpose });
  // The SDK writes a blob by a shared key, and who has that of an account has all that is in it. A contract holds no secret.
  // https://github.com/pulumi/pulumi-azure-native/issues/2015
  const contracts =
    config.siteContract === "delivered"
      ? store("contracts", { part: contractsPart, containerName: contractsPart, sharedKeys: "accepted" })
      : undefined;
  const rights: Readonly<Record<string, Pick<RoleGrant, "role" | "scope">>> = {
    state: { role: "Storage Blob Data Contributor", scope: objects.accountId },
    secrets: { role: "Key Vault Crypto User", scope: keys.secrets.id },
    ...(contracts === undefined ? {} : { contracts: { role: "Storage Blob Data Reader", scope: contracts.accountId } }),
  };
  for (const [name, { principalId, type }] of Object.entries(config.operators)) {
    for (const [what, right] of Object.entries(rights)) {
      assignRole(`${name}-${what}`, { subscription, principalId, principalType: type, ...right }, { provider: azure });
    }
  }
  return {
    accountName: objects.accountName,
    containerName: objects.bucketName,
    vaultName: keys.vaultName,
    backendUrl: place.apply(backendUrl),
    secretsProvider: place.apply(secretsProvider),
  };
}

/** The storage account is closed to all but these addresses, where there are any. */
function reachable(ranges: readonly string[]): Pick<StorageAccountArgs, "networkRuleSet"> {
  if (ranges.length === 0) return {};
  return {
    networkRuleSet: {
      bypass: "None",
      defaultAction: "Deny",
      ipRules: ranges.map((range) => ({ iPAddressOrRange: range, action: "Allow" })),
    },
  };
}
