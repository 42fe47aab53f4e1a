import { DiskEncryptionSet } from "@pulumi/azure-native/compute/diskEncryptionSet";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { KeyUser } from "./key-user";
import type { AzureNetwork } from "./network";
import type { Place } from "./place";
import { assignRole, type Role } from "./roles";
import type { SiteKeys } from "./site-keys";

export interface ClusterRightsArgs {
  /** First part of the names. */
  readonly prefix: string;
  readonly place: Place;
  readonly network: AzureNetwork;
  readonly keys: SiteKeys;
  /** Registries that nodes pull from, by a name that never changes. */
  readonly registryIds: Readonly<Record<string, Input<string>>>;
}

/** Who a cluster and its nodes are, and what they may do: all of it is there before the cluster, which tries it at once. */
export class ClusterRights extends ComponentResource {
  readonly controlPlaneId: Output<string>;
  /** The identity of the nodes, as AKS takes it. */
  readonly kubelet: {
    readonly resourceId: Output<string>;
    readonly clientId: Output<string>;
    readonly objectId: Output<string>;
  };
  /** Encrypts the disks of nodes and pods with the key for data. */
  readonly diskEncryptionSetId: Output<string>;
  readonly rights: readonly Resource[];

  constructor(name: string, args: ClusterRightsArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:ClusterRights", name, {}, opts);
    const { place, prefix, network, keys } = args;
    const parent = { parent: this };
    const common = { resourceGroupName: place.groupName, location: place.region, tags: { ...place.tags } };
    const identity = (role: string) =>
      new UserAssignedIdentity(`${name}-${role}`, { ...common, resourceName: `${prefix}-${role}` }, parent);
    const controlPlane = identity("control-plane");
    const kubelet = identity("kubelet");

    const diskKey = new KeyUser(
      `${name}-disk-key`,
      { identityName: `${prefix}-disk-key`, place, key: keys.keys.data },
      parent,
    );
    const disks = new DiskEncryptionSet(
      `${name}-disks`,
      {
        ...common,
        diskEncryptionSetName: `${prefix}-disks`,
        identity: { type: "UserAssigned", userAssignedIdentities: [diskKey.identityId] },
        encryptionType: "EncryptionAtRestWithCustomerKey",
        activeKey: { keyUrl: keys.keys.data.uri },
        rotationToLatestKeyVersionEnabled: true,
      },
      { parent: this, dependsOn: [diskKey.right] },
    );

    const { secrets } = keys.keys;
    const controlPlaneRights: readonly (readonly [string, Role, Input<string>])[] = [
      ["nodes", "Network Contributor", network.subnetId("nodes")],
      ["ingress", "Network Contributor", network.subnetId("ingress")],
      ["api-server", "Network Contributor", network.subnetId("api-server")],
      ["kubelet", "Managed Identity Operator", kubelet.id],
      ["disks", "Reader", disks.id],
      // To use the key, and to link the vault to the API server: https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption
      ["secrets-key", "Key Vault Crypto User", secrets.id],
      ["secrets-vault", "Key Vault Contributor", secrets.vaultId],
    ];
    this.rights = [
      ...controlPlaneRights.map(([what, role, scope]) =>
        assignRole(
          `${name}-to-${what}`,
          { subscription: place.subscription, role, scope, principalId: controlPlane.principalId },
          parent,
        ),
      ),
      ...Object.entries(args.registryIds).map(([registry, scope]) =>
        assignRole(
          `${name}-pull-${registry}`,
          { subscription: place.subscription, role: "AcrPull", scope, principalId: kubelet.principalId },
          parent,
        ),
      ),
    ];
    this.controlPlaneId = controlPlane.id;
    this.kubelet = { resourceId: kubelet.id, clientId: kubelet.clientId, objectId: kubelet.principalId };
    this.diskEncryptionSetId = disks.id;
    this.registerOutputs({ controlPlaneId: this.controlPlaneId });
  }
}
