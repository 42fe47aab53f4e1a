import { Registry, type RegistryArgs } from "@pulumi/azure-native/containerregistry/registry";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { ImageRegistry as ImageRegistryContract } from "../contracts/image-registry";
import { registryName } from "../planning/names-azure";
import type { Protection } from "../planning/protection";
import { KeyUser } from "./key-user";
import type { LogWorkspace } from "./log-workspace";
import type { Place } from "./place";
import { PrivateEndpoint, type EndpointHome } from "./private-endpoint";
import type { AzureKey } from "./vault-key";

export interface ImageRegistryArgs extends EndpointHome {
  /** First part of every repository's name, `<prefix>/<repository>`, and of the registry's. */
  readonly prefix: string;
  readonly place: Place;
  readonly repositories: readonly string[];
  readonly key: AzureKey;
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: (registry: RegistryArgs) => RegistryArgs;
}

/** Days that an image without a tag is kept. */
const untaggedDays = 14;

/**
 * A container registry in every zone, which answers inside the network alone, encrypted with a key of the site. Repositories come
 * with their first push. Images without a tag go after two weeks.
 *
 * A tag can be moved until the push locks it: `az acr repository update --write-enabled false`. No setting locks tags to come.
 * https://learn.microsoft.com/azure/container-registry/container-registry-image-lock
 *
 * Cost: the Premium tier is billed per day.
 */
export class ImageRegistry extends ComponentResource implements ImageRegistryContract {
  readonly kind = "images";
  readonly resourceIds: readonly Output<string>[];
  /** None: the registry decrypts by an identity of its own. */
  readonly keyId = undefined;
  readonly repositoryUrls: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: ImageRegistryArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:ImageRegistry", name, {}, opts);
    const { place, prefix, protection } = args;
    const keyUser = new KeyUser(
      `${name}-key`,
      { identityName: `${prefix}-images-key`, place, key: args.key },
      { parent: this },
    );
    const registryArgs: RegistryArgs = {
      resourceGroupName: place.groupName,
      location: place.region,
      tags: { ...place.tags },
      registryName: place.subscription.id.apply((id) => registryName(prefix, id)),
      sku: { name: "Premium" },
      zoneRedundancy: "Enabled",
      adminUserEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccess: "Disabled",
      networkRuleBypassOptions: "AzureServices",
      // Layers come from hosts of the registry's own, which private endpoints lead to.
      dataEndpointEnabled: true,
      identity: {
        type: "UserAssigned",
        userAssignedIdentities: keyUser.identityId.apply((id) => ({ [id]: {} })),
      },
      encryption: {
        status: "enabled",
        keyVaultProperties: { identity: keyUser.clientId, keyIdentifier: args.key.uri },
      },
      policies: {
        retentionPolicy: { status: "enabled", days: untaggedDays },
        exportPolicy: { status: "disabled" },
        azureADAuthenticationAsArmPolicy: { status: "enabled" },
        quarantinePolicy: { status: "disabled" },
        trustPolicy: { status: "disabled", type: "Notary" },
      },
    };
    const registry = new Registry(`${name}-registry`, args.transform?.(registryArgs) ?? registryArgs, {
      parent: this,
      protect: protection.protect,
      dependsOn: [keyUser.right],
    });
    new PrivateEndpoint(
      `${name}-private`,
      {
        place,
        network: args.network,
        dns: args.dns,
        endpointName: `${prefix}-images`,
        serviceId: registry.id,
        groupId: "registry",
        zones: ["registry"],
      },
      { parent: this },
    );
    args.logs.diagnose(`${name}-logs`, registry.id, { groups: ["allLogs"], metrics: "all" }, this);
    this.resourceIds = [registry.id];
    this.repositoryUrls = Object.fromEntries(
      args.repositories.map((id) => [id, interpolate`${registry.loginServer}/${prefix}/${id}`]),
    );
    this.registerOutputs({ repositoryUrls: this.repositoryUrls });
  }
}
