import type { Properties } from "../../../../offline/cloud/value";
import { address, identity, network, subnet, SUBSCRIPTION, type Made, type Subscription } from "./support";

export const CLUSTER = "azure-native:containerservice:ManagedCluster";
export const POOL = "azure-native:containerservice:AgentPool";
export const ASSIGNMENT = "azure-native:authorization:RoleAssignment";
export const PRIVATE_ZONE_CONTRIBUTOR = "b12aa53e-6015-4669-85d0-8515ebb3ae7f";

/** Networks of a cluster: a subnet of nodes with a way out through a NAT gateway, and an identity. */
export interface Ground {
  readonly nodes: Made;
  readonly identity: Made;
  readonly vnet: Made;
}

export function ground(subscription: Subscription): Ground {
  const { vnet } = network(subscription, "10.40.0.0/16");
  const nat = subscription.create("azure-native:network:NatGateway", "nat", {
    resourceGroupName: "rg",
    sku: { name: "Standard" },
    publicIpAddresses: [{ id: address(subscription, "egress").id }],
  });
  const nodes = subnet(subscription, "nodes", "10.40.0.0/22", { natGateway: { id: nat.id } });
  return { nodes, identity: identity(subscription, "cluster"), vnet };
}

export function systemPool(nodes: Made, change: Properties = {}): Properties {
  return {
    name: "system",
    mode: "System",
    vmSize: "Standard_D4ds_v5",
    count: 3,
    availabilityZones: ["1", "2", "3"],
    vnetSubnetID: nodes.id,
    ...change,
  };
}

/** A private cluster with the recommended network, on its ground. */
export function clusterInputs({ nodes, identity: own }: Ground, change: Properties = {}): Properties {
  return {
    resourceGroupName: "rg",
    resourceName: "portfolio",
    dnsPrefix: "portfolio",
    kubernetesVersion: "1.36",
    sku: { name: "Base", tier: "Standard" },
    identity: { type: "UserAssigned", userAssignedIdentities: [own.id] },
    agentPoolProfiles: [systemPool(nodes)],
    aadProfile: { managed: true, enableAzureRBAC: true },
    disableLocalAccounts: true,
    apiServerAccessProfile: { enablePrivateCluster: true },
    oidcIssuerProfile: { enabled: true },
    securityProfile: { workloadIdentity: { enabled: true } },
    networkProfile: {
      networkPlugin: "azure",
      networkPluginMode: "overlay",
      networkDataplane: "cilium",
      networkPolicy: "cilium",
      outboundType: "userAssignedNATGateway",
      podCidr: "100.64.0.0/16",
      serviceCidr: "172.20.0.0/16",
      dnsServiceIP: "172.20.0.10",
    },
    ...change,
  };
}

export function cluster(subscription: Subscription, on: Ground, change: Properties = {}): Made {
  return subscription.create(CLUSTER, "portfolio", clusterInputs(on, change));
}

export function pool(subscription: Subscription, on: Ground, name: string, change: Properties = {}): Made {
  return subscription.create(POOL, name, {
    resourceGroupName: "rg",
    resourceName: "portfolio",
    agentPoolName: name,
    mode: "User",
    vmSize: "Standard_D4ds_v5",
    count: 1,
    vnetSubnetID: on.nodes.id,
    ...change,
  });
}

/** Gives a principal a built-in role on a resource. */
export function grant(subscription: Subscription, principal: Made, role: string, scope: string): Made {
  return subscription.create(ASSIGNMENT, `grant-${role}`, {
    scope,
    principalId: principal.outputs["principalId"] ?? "",
    principalType: "ServicePrincipal",
    roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
  });
}
