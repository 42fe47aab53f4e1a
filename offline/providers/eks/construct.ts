import type { AddonArgs } from "@pulumi/eks/addon";
import type { ManagedNodeGroupArgs } from "@pulumi/eks/managedNodeGroup";
import type { VpcCniAddonArgs } from "@pulumi/eks/vpcCniAddon";
import type { ComponentResourceOptions, Inputs } from "@pulumi/pulumi";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import { Addon, VpcCniAddon } from "./addons";
import { Cluster } from "./cluster";
import { ManagedNodeGroup } from "./managed-node-group";

/**
 * Builds a component of the `eks` package from the same children as the component provider itself: same types, logical names and
 * parents, so that every URN is that of a real deployment. The component makes HTTPS calls of its own (health of the API server,
 * certificate of the issuer); these are left out.
 *
 * Rejects with the component's own message when the arguments contradict each other, and by name when the type or an option is
 * not built offline. Source: https://github.com/pulumi/pulumi-eks/tree/v4.3.0/nodejs/eks
 */
export async function construct(
  name: string,
  type: string,
  inputs: Inputs,
  options: ComponentResourceOptions,
): Promise<ConstructResult> {
  switch (type) {
    case "eks:index:Cluster": {
      const cluster = new Cluster(name, inputs, options);
      return Promise.resolve({ urn: cluster.urn, state: cluster.state });
    }
    case "eks:index:ManagedNodeGroup": {
      const { urn, nodeGroup, placementGroupName } = new ManagedNodeGroup(
        name,
        inputs as ManagedNodeGroupArgs,
        options,
      );
      return Promise.resolve({ urn, state: { nodeGroup, placementGroupName } });
    }
    case "eks:index:Addon": {
      const { urn, addon } = new Addon(name, inputs as AddonArgs, options);
      return Promise.resolve({ urn, state: { addon } });
    }
    case "eks:index:VpcCniAddon": {
      const { urn, addon } = new VpcCniAddon(name, inputs as VpcCniAddonArgs, options);
      return Promise.resolve({ urn, state: { addon } });
    }
    default:
      return Promise.reject(
        new Error(
          `${type} "${name}" is not built offline: the offline cloud knows eks:index:Cluster, ManagedNodeGroup, Addon and VpcCniAddon`,
        ),
      );
  }
}
