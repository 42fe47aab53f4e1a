import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import type { Place } from "./place";
import { assignRole } from "./roles";
import type { AzureKey } from "./vault-key";

export interface KeyUserArgs {
  /** Physical name of the identity. */
  readonly identityName: string;
  readonly place: Place;
  /** The one key that it may wrap and unwrap with. */
  readonly key: AzureKey;
}

/**
 * An identity by which a service of Azure uses a key of the site. It is made before the service, since the service asks for the
 * key while it is made.
 */
export class KeyUser extends ComponentResource {
  readonly identityId: Output<string>;
  readonly clientId: Output<string>;
  readonly principalId: Output<string>;
  /** The right to the key: the service is made after it. */
  readonly right: Resource;

  constructor(name: string, args: KeyUserArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:KeyUser", name, {}, opts);
    const { place, key } = args;
    const identity = new UserAssignedIdentity(
      `${name}-identity`,
      {
        resourceGroupName: place.groupName,
        location: place.region,
        tags: { ...place.tags },
        resourceName: args.identityName,
      },
      { parent: this },
    );
    this.right = assignRole(
      `${name}-right`,
      {
        subscription: place.subscription,
        role: "Key Vault Crypto Service Encryption User",
        scope: key.id,
        principalId: identity.principalId,
      },
      { parent: this },
    );
    this.identityId = identity.id;
    this.clientId = identity.clientId;
    this.principalId = identity.principalId;
    this.registerOutputs({ identityId: this.identityId });
  }
}
