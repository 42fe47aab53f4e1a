import type { Properties } from "../../../../offline/cloud/value";
import { DEFAULT_TENANT } from "../../../../offline/services/azure/provider-config";
import { network, subnet, Subscription, type Made } from "./support";

/** The resource group `rg` in eastus, and what most services are given: an identity, and a key in a vault with purge protection. */
export function ground() {
  const subscription = new Subscription();
  const { vnet } = network(subscription);
  const create = (token: string, name: string, inputs: Properties): Made =>
    subscription.create(`azure-native:${token}`, name, { resourceGroupName: "rg", ...inputs });
  const refusing = (token: string, inputs: Properties): readonly string[] =>
    Object.keys(subscription.reasons(`azure-native:${token}`, { resourceGroupName: "rg", ...inputs }));
  return { subscription, vnet, create, refusing };
}

export type Ground = ReturnType<typeof ground>;

export function identity({ create }: Ground, name = "data"): Made {
  return create("managedidentity:UserAssignedIdentity", name, { resourceName: name });
}

/** The versionless URI of a key. */
export function keyUri({ create }: Ground, purgeProtection = true): string {
  const vault = purgeProtection ? "keys-kept" : "keys-lost";
  create("keyvault:Vault", vault, {
    vaultName: vault,
    properties: {
      tenantId: DEFAULT_TENANT,
      sku: { family: "A", name: "standard" },
      enableRbacAuthorization: true,
      ...(purgeProtection ? { enablePurgeProtection: true } : {}),
    },
  });
  create("keyvault:Key", `${vault}-data`, {
    vaultName: vault,
    keyName: "data",
    properties: { kty: "RSA", keySize: 2048 },
  });
  return `https://${vault}.vault.azure.net/keys/data`;
}

/** A subnet that is delegated to Flexible Server, and its private zone, linked to the network unless told otherwise. */
export function postgresNetwork({ subscription, vnet, create }: Ground, linked = true) {
  const delegated = subnet(subscription, "postgres", "10.0.8.0/24", {
    delegations: [{ name: "postgres", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
  });
  const zone = create("privatedns:PrivateZone", "postgres", {
    privateZoneName: "platform.private.postgres.database.azure.com",
    location: "global",
  });
  const link = () =>
    create("privatedns:VirtualNetworkLink", "postgres", {
      privateZoneName: "platform.private.postgres.database.azure.com",
      virtualNetworkLinkName: "postgres",
      location: "global",
      registrationEnabled: false,
      virtualNetwork: { id: vnet.id },
    });
  if (linked) link();
  return { delegated, zone, link };
}
