import { azureNetworkRules } from "../../../../policies/rules/azure/network";
import type { Properties } from "../../../../offline/cloud/value";
import { fixture, written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";
import { idOf, linked, unknown } from "./changes";

const NETWORK = "azure-native:network:VirtualNetwork";
const SUBNET = "azure-native:network:Subnet";
const GROUP = "azure-native:network:NetworkSecurityGroup";
const RULE = "azure-native:network:SecurityRule";
const TABLE = "azure-native:network:RouteTable";
const ROUTE = "azure-native:network:Route";
const NAT = "azure-native:network:NatGateway";
const FLOW_LOG = "azure-native:network:FlowLog";
const ENDPOINT = "azure-native:network:PrivateEndpoint";
const ACCOUNT = "azure-native:storage:StorageAccount";
const VAULT = "azure-native:keyvault:Vault";
const SERVER = "azure-native:dbforpostgresql:Server";
const POOL = "azure-native:containerservice:AgentPool";
const CLUSTER = "azure-native:containerservice:ManagedCluster";

const ELSEWHERE = "/subscriptions/elsewhere/resourceGroups/hub/providers/Microsoft.Network";

describe("rules on networks of Azure", () => {
  provesStack(azureNetworkRules, "az-subnet-nsg", {
    of: "dr",
    alsoPasses: [
      {
        when: "the group is one of another stack",
        change: (stack) =>
          stack.change(SUBNET, "network-nodes", {
            set: { networkSecurityGroup: { id: `${ELSEWHERE}/networkSecurityGroups/shared` } },
          }),
      },
      {
        when: "a subnet that is written into its network has one",
        change: (stack) => inline(stack, { networkSecurityGroup: { id: idOf(stack, GROUP, "network-nodes-rules") } }),
      },
      {
        when: "a subnet that is written into its network is one of Azure's own",
        change: (stack) => inline(stack, { name: "AzureBastionSubnet" }),
      },
    ],
    fails: [
      {
        when: "a subnet has none",
        change: (stack) => stack.change(SUBNET, "network-nodes", { remove: ["networkSecurityGroup"] }),
        violated: [`${SUBNET} network-nodes networkSecurityGroup`],
      },
      {
        when: "it names none",
        change: (stack) => stack.change(SUBNET, "network-nodes", { set: { networkSecurityGroup: { id: "" } } }),
        violated: [`${SUBNET} network-nodes networkSecurityGroup`],
      },
      {
        when: "a subnet that is written into its network has none",
        change: (stack) => inline(stack, {}),
        violated: [`${NETWORK} network-network subnets[0].networkSecurityGroup`],
      },
    ],
    undecided: [
      {
        when: "the group comes from where nobody can tell",
        change: (stack) => unknown(stack, SUBNET, "network-nodes", "networkSecurityGroup.id"),
        of: [`${SUBNET} network-nodes`],
      },
    ],
  });

  provesResource(azureNetworkRules, "az-subnet-no-default-outbound", {
    passes: [fixture("dr", SUBNET, "network-nodes"), fixture("dr", SUBNET, "network-gateway"), networkOf()],
    alsoPasses: [
      { when: "the subnet is the gateway's", set: { subnetName: "GatewaySubnet" }, remove: ["defaultOutboundAccess"] },
    ],
    fails: [
      { set: { defaultOutboundAccess: true }, at: "defaultOutboundAccess" },
      { set: { defaultOutboundAccess: null }, at: "defaultOutboundAccess" },
      { remove: ["defaultOutboundAccess"], at: "defaultOutboundAccess" },
      {
        of: networkOf(),
        remove: ["subnets[1].defaultOutboundAccess"],
        at: "subnets[1].defaultOutboundAccess",
      },
    ],
    unknown: ["defaultOutboundAccess"],
  });

  const standalone = written(RULE, {
    access: "Allow",
    direction: "Inbound",
    protocol: "Tcp",
    sourceAddressPrefix: "10.64.0.0/18",
    destinationPortRange: "5432",
    priority: 100,
  });
  provesResource(azureNetworkRules, "az-nsg-no-any-inbound", {
    passes: [
      fixture("dr", GROUP, "network-database-rules"),
      fixture("dr", GROUP, "network-nodes-rules"),
      fixture("dr", GROUP, "network-runners-rules"),
      standalone,
    ],
    alsoPasses: [
      {
        when: "everybody may come in by HTTPS",
        of: standalone,
        set: { sourceAddressPrefix: "*", destinationPortRange: "443" },
      },
      { when: "everybody may ping", of: standalone, set: { sourceAddressPrefix: "*", protocol: "Icmp" } },
      { when: "everybody is denied", of: standalone, set: { sourceAddressPrefix: "*", access: "Deny" } },
      { when: "traffic goes out", of: standalone, set: { sourceAddressPrefix: "*", direction: "Outbound" } },
      { when: "nobody is named", of: standalone, remove: ["sourceAddressPrefix"] },
    ],
    fails: [
      { set: { "securityRules[0].sourceAddressPrefix": "*" }, at: "securityRules[0].sourceAddressPrefix" },
      { set: { "securityRules[0].sourceAddressPrefix": "Internet" }, at: "securityRules[0].sourceAddressPrefix" },
      { set: { "securityRules[0].sourceAddressPrefix": "0.0.0.0/0" }, at: "securityRules[0].sourceAddressPrefix" },
      {
        set: { "securityRules[0].sourceAddressPrefixes": ["10.0.0.0/8", "0.0.0.0/1"] },
        remove: ["securityRules[0].sourceAddressPrefix"],
        at: "securityRules[0].sourceAddressPrefixes",
      },
      {
        set: { "securityRules[1].sourceAddressPrefix": "AzureCloud.eastus" },
        at: "securityRules[1].sourceAddressPrefix",
      },
      ...["*", "22", "20-30", "0-65535", "3389", "10000"].map((ports) => ({
        of: standalone,
        set: { sourceAddressPrefix: "::/0", destinationPortRange: ports },
        at: "sourceAddressPrefix",
      })),
      {
        of: standalone,
        set: {
          sourceAddressPrefix: "any",
          destinationPortRanges: ["443", "27017"],
          access: "allow",
          direction: "inbound",
        },
        remove: ["destinationPortRange", "protocol"],
        at: "sourceAddressPrefix",
      },
    ],
    unknown: ["securityRules[0].sourceAddressPrefix", "securityRules[0].destinationPortRanges"],
  });

  provesStack(azureNetworkRules, "az-nsg-flow-logs", {
    of: "dr",
    alsoPasses: [
      {
        when: "records stay until somebody deletes them",
        change: (stack) => stack.change(FLOW_LOG, "flow-logs-log", { set: { "retentionPolicy.days": 0 } }),
      },
      {
        when: "there is no policy for records",
        change: (stack) => stack.change(FLOW_LOG, "flow-logs-log", { remove: ["retentionPolicy"] }),
      },
      {
        when: "records of a development stack go earlier",
        stack: { class: "development" },
        change: (stack) => stack.change(FLOW_LOG, "flow-logs-log", { set: { "retentionPolicy.days": 7 } }),
      },
    ],
    fails: [
      {
        when: "the network has no flow log",
        change: (stack) => stack.drop(FLOW_LOG, "flow-logs-log"),
        violated: [`${NETWORK} network-network`],
      },
      {
        when: "a flow log records nothing",
        change: (stack) => stack.change(FLOW_LOG, "flow-logs-log", { set: { enabled: false } }),
        violated: [`${FLOW_LOG} flow-logs-log enabled`],
      },
      {
        when: "it is not said to record",
        change: (stack) => stack.change(FLOW_LOG, "flow-logs-log", { remove: ["enabled"] }),
        violated: [`${FLOW_LOG} flow-logs-log enabled`],
      },
      {
        when: "it leaves flows out",
        change: (stack) =>
          stack.change(FLOW_LOG, "flow-logs-log", { set: { enabledFilteringCriteria: "dstPort == 443" } }),
        violated: [`${FLOW_LOG} flow-logs-log enabledFilteringCriteria`],
      },
      {
        when: "records go after 89 days",
        change: (stack) => stack.change(FLOW_LOG, "flow-logs-log", { set: { "retentionPolicy.days": 89 } }),
        violated: [`${FLOW_LOG} flow-logs-log retentionPolicy.days`],
      },
      {
        when: "more days are asked for",
        settings: { minimumDays: 120 },
        change: (stack) => stack.change(FLOW_LOG, "flow-logs-log", { set: { "retentionPolicy.days": 100 } }),
        violated: [`${FLOW_LOG} flow-logs-log retentionPolicy.days`],
      },
    ],
    undecided: [
      {
        when: "a flow log is of a network that nobody can tell",
        change: (stack) => unknown(stack, FLOW_LOG, "flow-logs-log", "targetResourceId"),
        of: [`${NETWORK} network-network`],
      },
      {
        when: "its period is not known yet",
        change: (stack) => unknown(stack, FLOW_LOG, "flow-logs-log", "retentionPolicy.days"),
        of: [`${FLOW_LOG} flow-logs-log`],
      },
    ],
  });

  const databases = `${SUBNET} network-database`;
  provesStack(azureNetworkRules, "az-db-subnet-isolated", {
    of: "dr",
    alsoPasses: [
      {
        when: "a table leads to a firewall",
        change: (stack) => routed(stack, { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance" }),
      },
      {
        when: "a table leads one service to the internet",
        change: (stack) => routed(stack, { addressPrefix: "20.0.0.0/24", nextHopType: "Internet" }),
      },
      {
        when: "the subnet is written into its network",
        change: (stack) => inline(guarded(stack), DATABASE_SUBNET),
      },
    ],
    fails: [
      {
        when: "the subnet has a NAT gateway",
        change: (stack) =>
          stack.change(SUBNET, "network-database", { set: { natGateway: { id: idOf(stack, NAT, "network-nat") } } }),
        violated: [`${databases} natGateway`],
      },
      {
        when: "it has one of another stack",
        change: (stack) =>
          stack.change(SUBNET, "network-database", { set: { natGateway: { id: `${ELSEWHERE}/natGateways/hub` } } }),
        violated: [`${databases} natGateway`],
      },
      {
        when: "Azure lets it out",
        change: (stack) => stack.change(SUBNET, "network-database", { remove: ["defaultOutboundAccess"] }),
        violated: [`${databases} defaultOutboundAccess`],
      },
      {
        when: "its table has a route to the internet, as a resource of its own",
        change: (stack) => routed(stack, { addressPrefix: "0.0.0.0/0", nextHopType: "Internet" }),
        violated: [`${databases} routeTable`],
      },
      {
        when: "its table has one for half of the internet, inline",
        change: (stack) => routed(stack, undefined, [{ addressPrefix: "128.0.0.0/1", nextHopType: "internet" }]),
        violated: [`${databases} routeTable`],
      },
      {
        when: "the subnet is written into its network with a NAT gateway",
        change: (stack) => inline(stack, { ...DATABASE_SUBNET, natGateway: { id: idOf(stack, NAT, "network-nat") } }),
        violated: [`${NETWORK} network-network subnets[0].natGateway`],
      },
      {
        when: "the subnet is written into its network and let out by Azure",
        change: (stack) => inline(stack, { ...DATABASE_SUBNET, defaultOutboundAccess: true }),
        violated: [`${NETWORK} network-network subnets[0].defaultOutboundAccess`],
      },
    ],
    undecided: [
      {
        when: "its table is one of another stack",
        change: (stack) =>
          stack.change(SUBNET, "network-database", { set: { routeTable: { id: `${ELSEWHERE}/routeTables/hub` } } }),
        of: [databases],
      },
      {
        when: "it cannot be told whether it has a NAT gateway",
        change: (stack) => unknown(stack, SUBNET, "network-database", "natGateway.id"),
        of: [databases],
      },
      {
        when: "a route leads where nobody can tell",
        change: (stack) => {
          const made = routed(stack, { addressPrefix: "0.0.0.0/0", nextHopType: "Internet" });
          return unknown(made, ROUTE, "planted-route", "addressPrefix");
        },
        of: [databases],
      },
    ],
  });

  provesStack(azureNetworkRules, "az-private-endpoints", {
    of: "dr",
    alsoPasses: [
      {
        when: "somebody else must agree to the endpoint",
        change: (stack) => {
          const connections = stack.one(ENDPOINT, "secrets-vault-private-endpoint").inputs[
            "privateLinkServiceConnections"
          ];
          return stack.change(ENDPOINT, "secrets-vault-private-endpoint", {
            set: { manualPrivateLinkServiceConnections: connections ?? [] },
            remove: ["privateLinkServiceConnections"],
          });
        },
      },
    ],
    fails: [
      {
        when: "a vault has none",
        change: (stack) => stack.drop(ENDPOINT, "secrets-vault-private-endpoint"),
        violated: [`${VAULT} secrets-vault-vault`],
      },
      {
        when: "an account has none",
        change: (stack) => stack.drop(ENDPOINT, "objects-private-endpoint"),
        violated: [`${ACCOUNT} objects-account`],
      },
      {
        when: "it is in another region alone",
        change: (stack) => stack.change(ENDPOINT, "objects-private-endpoint", { set: { location: "West US" } }),
        violated: [`${ACCOUNT} objects-account`],
      },
      {
        when: "an account holds no flows any more",
        change: (stack) => stack.drop(FLOW_LOG, "flow-logs-log"),
        violated: [`${ACCOUNT} flow-logs-storage`],
      },
      {
        when: "a server is in no subnet of ours",
        change: (stack) =>
          stack.change(SERVER, "databases-shard-0-source", { set: { network: { publicNetworkAccess: "Enabled" } } }),
        violated: [`${SERVER} databases-shard-0-source`],
      },
      ...(
        [
          ["azure-native:cosmosdb:DatabaseAccount", "key-values-account", "publicNetworkAccess"],
          ["azure-native:containerregistry:Registry", "images-registry", "publicNetworkAccess"],
          ["azure-native:machinelearningservices:Workspace", "machine-learning-workspace", "publicNetworkAccess"],
          ["azure-native:web:WebApp", "functions-archive-events-app", "publicNetworkAccess"],
          ["azure-native:mongocluster:MongoCluster", "documents-cluster", "properties.publicNetworkAccess"],
        ] as const
      ).flatMap(([type, name, path]) => [
        {
          when: `${name} lets the internet in`,
          change: (stack: StackUnderTest) => stack.change(type, name, { set: { [path]: "Enabled" } }),
          violated: [`${type} ${name} ${path}`],
        },
        {
          when: `${name} does not say that it keeps the internet out`,
          change: (stack: StackUnderTest) => stack.change(type, name, { remove: [path] }),
          violated: [`${type} ${name} ${path}`],
        },
      ]),
      {
        when: "a cache has none",
        change: (stack) => stack.drop(ENDPOINT, "redis-private-endpoint"),
        violated: ["azure-native:redisenterprise:RedisEnterprise redis-cluster"],
      },
    ],
    undecided: [
      {
        when: "an endpoint leads to what nobody can tell",
        change: (stack) =>
          unknown(stack, ENDPOINT, "objects-private-endpoint", "privateLinkServiceConnections[0].privateLinkServiceId"),
        of: [`${ACCOUNT} objects-account`],
      },
    ],
  });

  provesStack(azureNetworkRules, "az-natgw-zonal", {
    of: "dr",
    stack: { class: "recovery" },
    alsoPasses: [
      {
        when: "the gateway is in all zones",
        stack: { class: "production" },
        change: (stack) => stack.change(NAT, "network-nat", { set: { "sku.name": "StandardV2" } }),
      },
      {
        when: "gateway and machines are in one zone",
        stack: { class: "production" },
        change: (stack) => machinesIn(stack, ["1"]).change(NAT, "network-nat", { set: { zones: ["1"] } }),
      },
    ],
    fails: [
      {
        when: "machines of three zones leave by it",
        stack: { class: "production" },
        change: (stack) => stack,
        violated: [`${NAT} network-nat zones`],
      },
      {
        when: "its machines are in one zone, and it is in any",
        change: (stack) => machinesIn(stack, ["1"]),
        violated: [`${NAT} network-nat zones`],
      },
      {
        when: "its machines are in another zone",
        change: (stack) => machinesIn(stack, ["2"]).change(NAT, "network-nat", { set: { zones: ["1"] } }),
        violated: [`${NAT} network-nat zones`],
      },
    ],
    undecided: [
      {
        when: "it serves a subnet that is written into its network",
        change: (stack) => inline(stack, { natGateway: { id: idOf(stack, NAT, "network-nat") } }),
        of: [`${NAT} network-nat`],
      },
      {
        when: "the zones of a pool are not known yet",
        change: (stack) => unknown(stack, POOL, "cluster-general-nodes", "availabilityZones"),
        of: [`${NAT} network-nat`],
      },
    ],
  });

  provesResource(azureNetworkRules, "az-vng-redundant", {
    passes: fixture("dr", "azure-native:network:VirtualNetworkGateway"),
    alsoPasses: [
      {
        when: "it is one of ExpressRoute",
        set: { gatewayType: "ExpressRoute", "sku.name": "ErGwScale" },
        remove: ["activeActive", "enableBgp"],
      },
      {
        when: "the stack is for development",
        stack: { class: "development" },
        set: { "sku.name": "VpnGw1", activeActive: false },
      },
    ],
    fails: [
      { set: { "sku.name": "VpnGw2" }, at: "sku.name" },
      { remove: ["sku"], at: "sku.name" },
      { set: { activeActive: false }, at: "activeActive" },
      { remove: ["activeActive"], at: "activeActive" },
      { set: { enableBgp: null }, at: "enableBgp" },
    ],
    unknown: ["sku.name", "activeActive", "enableBgp"],
  });
});

const DATABASE_SUBNET = {
  defaultOutboundAccess: false,
  delegations: [{ name: "database", serviceName: "Microsoft.DBforPostgreSQL/flexibleServers" }],
};

/** A network with two subnets written into it. */
function networkOf() {
  const { inputs } = fixture("dr", NETWORK);
  const subnet = { name: "nodes", defaultOutboundAccess: false };
  return written(NETWORK, { ...inputs, subnets: [subnet, { ...subnet, name: "runners" }] });
}

/** The stack's network with a subnet written into it. */
function inline(stack: StackUnderTest, subnet: Properties): StackUnderTest {
  return stack.change(NETWORK, "network-network", { set: { subnets: [{ name: "planted", ...subnet }] } });
}

function guarded(stack: StackUnderTest): StackUnderTest {
  return stack.drop(SUBNET, "network-database");
}

/** The stack with a table of routes for its databases. */
function routed(
  stack: StackUnderTest,
  route: Properties | undefined,
  routes: readonly Properties[] = [],
): StackUnderTest {
  const made = linked(
    stack
      .add(TABLE, "planted", { inputs: { routeTableName: "planted", routes } })
      .change(SUBNET, "network-database", { set: { "routeTable.id": "planted" } }),
    SUBNET,
    "network-database",
    "routeTable",
    `${TABLE} planted`,
  );
  if (route === undefined) return made;
  return made.add(ROUTE, "planted-route", {
    inputs: { routeTableName: "planted", ...route },
    from: { routeTableName: [`${TABLE} planted`] },
  });
}

/** The stack with all nodes in some zones. */
function machinesIn(stack: StackUnderTest, zones: readonly string[]): StackUnderTest {
  return ["accelerated", "general", "spot"]
    .reduce((made, pool) => made.change(POOL, `cluster-${pool}-nodes`, { set: { availabilityZones: zones } }), stack)
    .change(CLUSTER, "cluster-aks", { set: { "agentPoolProfiles[0].availabilityZones": zones } });
}
