import { isList, isProperties, type Properties } from "../../offline/cloud/value";
import { all, chart, count, every, has, is, none, not } from "./capabilities.proofs";
import { production, type Stage } from "./capabilities.azure.stages";
import type { CloudProofs } from "./capabilities.walk";
import { at, text } from "./deployed";

const aks = "azure-native:containerservice:ManagedCluster";
const agentPool = "azure-native:containerservice:AgentPool";
const subnet = "azure-native:network:Subnet";
const filter = "azure-native:network:NetworkSecurityGroup";
const endpoint = "azure-native:network:PrivateEndpoint";

/** Whether an input ends as said, where the rest of an id is of no interest. */
export const ends = (path: string, tail: string) => (inputs: Properties) => text(at(inputs, path)).endsWith(tail);

const zones = ["1", "2", "3"];

/** What private endpoints lead to, and how many lead there. */
const endpoints = {
  vault: 3,
  blob: 4,
  dfs: 1,
  file: 1,
  queue: 1,
  table: 1,
  redisEnterprise: 1,
  MongoCluster: 1,
  Sql: 1,
  registry: 1,
  sites: 1,
  amlworkspace: 1,
};

const closed = is("publicNetworkAccess", "Disabled");

/** A filter whose last word on what comes in, or on what goes out, is no. */
const endsWithDeny = ({ securityRules }: Properties) =>
  isList(securityRules) &&
  securityRules.some(
    (rule) =>
      isProperties(rule) &&
      rule["access"] === "Deny" &&
      rule["priority"] === 4096 &&
      rule["sourceAddressPrefix"] === "*" &&
      rule["destinationAddressPrefix"] === "*",
  );

const bounds = (least: number, most: number) =>
  count(agentPool, 1, is("enableAutoScaling", true), is("minCount", least), is("maxCount", most));

/** A private cluster, whose name is in a zone of the network alone. */
const privateApi = has(
  aks,
  is("apiServerAccessProfile.enablePrivateCluster", true),
  is("apiServerAccessProfile.enablePrivateClusterPublicFQDN", false),
  is("apiServerAccessProfile.privateDNSZone", "system"),
);

/** What proves the cells of network and Kubernetes on Azure. */
export const clusterCells = {
  "network.three-zones": [
    production,
    all(
      count(subnet, 1, is("subnetName", "nodes")),
      every(agentPool, is("availabilityZones", zones), ends("vnetSubnetID", "/subnets/nodes")),
      has(aks, is("agentPoolProfiles.0.availabilityZones", zones)),
    ),
  ],
  "network.subnet-filters": [
    production,
    all(
      count(subnet, 1, is("networkSecurityGroup", undefined)),
      has(subnet, is("networkSecurityGroup", undefined), is("subnetName", "GatewaySubnet")),
      count(subnet, 7, ({ networkSecurityGroup }) => networkSecurityGroup !== undefined),
      has(subnet, is("subnetName", "endpoints"), is("privateEndpointNetworkPolicies", "NetworkSecurityGroupEnabled")),
      count(filter, 7, endsWithDeny),
    ),
  ],
  "network.flow-logs": [
    production,
    count(
      "azure-native:network:FlowLog",
      1,
      is("enabled", true),
      ends("targetResourceId", "/virtualNetworks/portfolio-dr-network"),
    ),
  ],
  "network.private-endpoints": [
    production,
    all(
      every(endpoint, ends("subnet.id", "/subnets/endpoints")),
      ...Object.entries(endpoints).map(([group, number]) =>
        count(endpoint, number, is("privateLinkServiceConnections.0.groupIds", [group])),
      ),
      count(endpoint, 17),
      count(
        "azure-native:network:PrivateDnsZoneGroup",
        17,
        (inputs) => at(inputs, "privateDnsZoneConfigs.0.privateDnsZoneId") !== undefined,
      ),
      every("azure-native:privatedns:VirtualNetworkLink", ends("virtualNetwork.id", "/portfolio-dr-network")),
      every("azure-native:keyvault:Vault", is("properties.publicNetworkAccess", "disabled")),
      every("azure-native:redisenterprise:RedisEnterprise", closed),
      every("azure-native:cosmosdb:DatabaseAccount", closed),
      every("azure-native:containerregistry:Registry", closed),
      every("azure-native:mongocluster:MongoCluster", is("properties.publicNetworkAccess", "Disabled")),
      every("azure-native:storage:StorageAccount", is("networkRuleSet.defaultAction", "Deny")),
      every("azure-native:dbforpostgresql:Server", ends("network.delegatedSubnetResourceId", "/subnets/database")),
    ),
  ],
  "network.gateway": [
    production,
    count(
      "azure-native:network:VirtualNetworkGateway",
      1,
      is("activeActive", true),
      is("enableBgp", true),
      is("bgpSettings.asn", 65_010),
      ends("ipConfigurations.1.subnet.id", "/subnets/GatewaySubnet"),
    ),
  ],
  "kubernetes.api.network": [production, privateApi],
  "kubernetes.api.bastion": [
    "bastion",
    all(
      count(
        "azure-native:network:BastionHost",
        1,
        is("enableTunneling", true),
        is("sku.name", "Standard"),
        is("enableShareableLink", false),
      ),
      privateApi,
      ({ run }) => text(run.outputs["tunnel"]).startsWith("az network bastion tunnel "),
    ),
  ],
  "kubernetes.api.dns-endpoint": {
    asks: {
      cluster: {
        access: "dns-endpoint",
        admins: { platform: { principalId: "00000000-0000-4000-8000-00000000000a", type: "Group" } },
      },
    },
    path: "platform:cluster.access",
    value: '"dns-endpoint"',
  },
  "kubernetes.api.internet": [
    "internet",
    has(
      aks,
      is("apiServerAccessProfile.enablePrivateCluster", false),
      is("apiServerAccessProfile.authorizedIPRanges", ["203.0.113.0/24"]),
    ),
  ],
  "kubernetes.spot-pool": [
    production,
    all(
      count(agentPool, 1, is("scaleSetPriority", "Spot"), is("mode", "User")),
      has(aks, is("agentPoolProfiles.0.mode", "System"), is("agentPoolProfiles.0.scaleSetPriority", undefined)),
    ),
  ],
  "kubernetes.arm64-pool": [production, count(agentPool, 1, is("vmSize", "Standard_D4ps_v6"))],
  "kubernetes.nvidia-l4-pool": {
    asks: {
      nodePools: {
        general: { cpus: 4, memoryGiB: 16, nodes: { min: 3, max: 6 } },
        l4: { accelerator: "nvidia-l4", cpus: 4, memoryGiB: 16, nodes: { min: 0, max: 1 } },
      },
      standbyNodes: {},
    },
    path: "platform:nodePools.l4.accelerator",
    value: '"nvidia-l4"',
  },
  "kubernetes.nvidia-t4-pool": [
    production,
    all(
      count(agentPool, 1, is("vmSize", "Standard_NC4as_T4_v3"), is("gpuProfile.driver", "Install")),
      chart("nvidia-device-plugin"),
    ),
  ],
  "kubernetes.node-autoscaling": [
    production,
    all(
      count(agentPool, 3),
      bounds(3, 6),
      bounds(0, 3),
      bounds(0, 1),
      has(
        aks,
        is("agentPoolProfiles.0.enableAutoScaling", true),
        is("agentPoolProfiles.0.minCount", 2),
        is("agentPoolProfiles.0.maxCount", 6),
      ),
      not(chart("cluster-autoscaler")),
    ),
  ],
  "kubernetes.metrics": [production, all(count(aks, 1), not(chart("metrics-server")))],
  "kubernetes.network-policies": [
    production,
    all(
      has(aks, is("networkProfile.networkPolicy", "cilium"), is("networkProfile.networkDataplane", "cilium")),
      count(
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        1,
        is("metadata.name", "default-deny"),
        is("metadata.namespace", "services"),
      ),
    ),
  ],
  "kubernetes.workload-identity": [
    production,
    all(
      has(aks, is("oidcIssuerProfile.enabled", true), is("securityProfile.workloadIdentity.enabled", true)),
      (stack) =>
        all(
          has(
            "azure-native:managedidentity:FederatedIdentityCredential",
            is("issuer", stack.output("cluster-aks", "oidcIssuerProfile.issuerURL")),
            is("subject", "system:serviceaccount:iceberg:iceberg-catalog"),
            is("audiences", ["api://AzureADTokenExchange"]),
          ),
          has(
            "kubernetes:core/v1:ServiceAccount",
            is("metadata.namespace", "iceberg"),
            is("metadata.annotations", {
              "azure.workload.identity/client-id": text(stack.output("iceberg-catalog-identity-identity", "clientId")),
            }),
          ),
        )(stack),
      none(/(ServicePrincipal|Application)Password/i),
    ),
  ],
} as const satisfies Partial<CloudProofs<Stage>["cells"]>;
