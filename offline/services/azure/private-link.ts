import type { PrivateDnsZoneGroupArgs, PrivateEndpointArgs } from "@pulumi/azure-native/network";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { CallContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { formatAddress } from "../cidr";
import { parseArmId, sameId } from "./arm";
import { resourceAt } from "./front-door";
import { rangesOf, subnetPrefixes } from "./network-ranges";
import { armReference, networkName, requireById } from "./references";
import { azureType, byId, childrenOf, locationOf, parentOf } from "./service-support";
import { blocks, idIn, text, texts } from "./text";
import { PRIVATE_ENDPOINT, PRIVATE_ENDPOINT_ZONES, PRIVATE_ZONE, SUBNET, VIRTUAL_NETWORK } from "./types";

interface Target {
  /** Sub-resources that an endpoint can lead to. */
  readonly groups: readonly string[];
  /** Zone of each, in the same order: the name that clients resolve is in it. */
  readonly zones: readonly string[];
}

/** https://learn.microsoft.com/azure/private-link/private-endpoint-overview and …/private-endpoint-dns */
const TARGETS: Readonly<Record<string, Target>> = {
  "microsoft.keyvault/vaults": { groups: ["vault"], zones: ["privatelink.vaultcore.azure.net"] },
  "microsoft.storage/storageaccounts": {
    groups: ["blob", "table", "queue", "file", "web", "dfs"],
    zones: ["blob", "table", "queue", "file", "web", "dfs"].map((group) => `privatelink.${group}.core.windows.net`),
  },
  "microsoft.containerregistry/registries": { groups: ["registry"], zones: ["privatelink.azurecr.io"] },
  "microsoft.dbforpostgresql/flexibleservers": {
    groups: ["postgresqlServer"],
    zones: ["privatelink.postgres.database.azure.com"],
  },
  "microsoft.cache/redisenterprise": { groups: ["redisEnterprise"], zones: ["privatelink.redis.azure.net"] },
  "microsoft.cache/redis": { groups: ["redisCache"], zones: ["privatelink.redis.cache.windows.net"] },
  "microsoft.documentdb/databaseaccounts": {
    groups: ["Sql", "MongoDB", "Cassandra", "Gremlin", "Table"],
    zones: ["documents", "mongo.cosmos", "cassandra.cosmos", "gremlin.cosmos", "table.cosmos"].map(
      (part) => `privatelink.${part}.azure.com`,
    ),
  },
  "microsoft.documentdb/mongoclusters": {
    groups: ["MongoCluster"],
    zones: ["privatelink.mongocluster.cosmos.azure.com"],
  },
  "microsoft.eventhub/namespaces": { groups: ["namespace"], zones: ["privatelink.servicebus.windows.net"] },
  "microsoft.servicebus/namespaces": { groups: ["namespace"], zones: ["privatelink.servicebus.windows.net"] },
  "microsoft.web/sites": { groups: ["sites"], zones: ["privatelink.azurewebsites.net"] },
  "microsoft.machinelearningservices/workspaces": {
    groups: ["amlworkspace"],
    zones: ["privatelink.api.azureml.ms", "privatelink.notebooks.azure.net"],
  },
};

type Context = CallContext<Resolved<PrivateEndpointArgs>>;

interface Connection {
  readonly targetId: string;
  readonly group: string | undefined;
}

function connectionsOf(inputs: Properties): readonly Connection[] {
  return [
    ...blocks(inputs["privateLinkServiceConnections"]),
    ...blocks(inputs["manualPrivateLinkServiceConnections"]),
  ].map((each) => ({
    targetId: text(each["privateLinkServiceId"]) ?? "",
    group: texts(each["groupIds"])[0],
  }));
}

function checkConnections(context: Context): void {
  const inputs = context.inputs as Properties;
  const connections = connectionsOf(inputs);
  if (connections.length !== 1) {
    refuse(
      "PrivateEndpointMustHaveOneConnection",
      "A private endpoint has exactly one private link service connection.",
    );
  }
  for (const { targetId, group } of connections) {
    const target = TARGETS[(parseArmId(targetId)?.type ?? "").toLowerCase()];
    if (resourceAt(context.cloud, targetId) === undefined) {
      refuse("InvalidResourceReference", `Resource ${targetId} referenced by this resource was not found.`);
    }
    const known = target?.groups ?? [];
    if (target !== undefined && (group === undefined || !known.some((each) => sameId(each, group)))) {
      refuse(
        "PrivateLinkServiceGroupIdNotSupported",
        `Private link resource ${targetId} does not support group id '${group ?? ""}': it has ${known.join(", ")}.`,
      );
    }
  }
}

/** An address of the subnet that no other endpoint has, from its tenth on. */
function privateAddress(context: Context, subnet: StoredResource): string {
  const [range] = rangesOf(subnetPrefixes(subnet.inputs));
  const taken = context.cloud
    .list(PRIVATE_ENDPOINT)
    .filter((other) => sameId(idIn(other.inputs["subnet"]), subnet.id)).length;
  const address = (range?.first ?? 0) + 10 + taken;
  if (range !== undefined && address >= range.last) {
    refuse("SubnetIsFull", `Subnet ${subnet.id} does not have enough capacity for 1 IP addresses.`);
  }
  return formatAddress(address);
}

const endpoint = azureType<PrivateEndpointArgs>({
  token: PRIVATE_ENDPOINT,
  name: networkName("privateEndpointName", 64, 2),
  references: [armReference("subnet.id", SUBNET)],
  create: (context) => {
    const { inputs, cloud } = context;
    const subnet = requireById(cloud, SUBNET, inputs.subnet?.id ?? "");
    const network = byId(cloud, VIRTUAL_NETWORK, subnet.id.replace(/\/subnets\/[^/]+$/i, ""));
    if (network !== undefined && network.outputs["location"] !== locationOf(context)) {
      refuse(
        "InvalidResourceLocation",
        `Private endpoint ${inputs.privateEndpointName ?? ""} is in ${locationOf(context)} and its virtual network in ${text(network.outputs["location"]) ?? ""}.`,
      );
    }
    const [delegation] = blocks(subnet.inputs["delegations"]);
    if (delegation !== undefined) {
      refuse(
        "PrivateEndpointCannotBeCreatedInDelegatedSubnet",
        `Subnet ${subnet.id} is delegated to ${text(delegation["serviceName"]) ?? ""}: a private endpoint needs another.`,
      );
    }
    checkConnections(context);
    const address = privateAddress(context, subnet);
    const connected = (list: Properties["list"]) =>
      blocks(list).map((each) => ({
        ...each,
        provisioningState: "Succeeded",
        privateLinkServiceConnectionState: {
          status: "Approved",
          description: "Auto-Approved",
          actionsRequired: "None",
        },
      }));
    return {
      id: "",
      outputs: {
        networkInterfaces: [
          {
            id: `${subnet.id.replace(/\/virtualNetworks\/.*$/i, "")}/networkInterfaces/${inputs.privateEndpointName ?? ""}.nic`,
          },
        ],
        privateLinkServiceConnections: connected((inputs as Properties)["privateLinkServiceConnections"]),
        customDnsConfigs: [{ ipAddresses: [address] }],
      },
    };
  },
});

const zoneGroup = azureType<PrivateDnsZoneGroupArgs>({
  token: PRIVATE_ENDPOINT_ZONES,
  references: [armReference("privateDnsZoneConfigs[*].privateDnsZoneId", PRIVATE_ZONE)],
  create: (context) => {
    const inputs = context.inputs as Properties;
    const owner = parentOf(context, PRIVATE_ENDPOINT_ZONES, PRIVATE_ENDPOINT);
    if (owner !== undefined && childrenOf(context.cloud, PRIVATE_ENDPOINT_ZONES, owner.id).length > 0) {
      refuse("PrivateDnsZoneGroupLimitReached", `Private endpoint ${owner.id} has a private DNS zone group already.`);
    }
    const address = texts(blocks(owner?.outputs["customDnsConfigs"])[0]?.["ipAddresses"])[0] ?? "";
    const [connection] = owner === undefined ? [] : connectionsOf(owner.inputs);
    const fitting = zonesOf(connection);
    const configs = blocks(inputs["privateDnsZoneConfigs"]).map((config) => {
      const zone = requireById(context.cloud, PRIVATE_ZONE, text(config["privateDnsZoneId"]) ?? "");
      const zoneName = text(zone.inputs["privateZoneName"]) ?? "";
      // A zone of another name takes no record, and clients go on to the public address.
      const fits = fitting.length === 0 || fitting.some((name) => sameId(name, zoneName));
      const label = connection?.targetId.split("/").at(-1) ?? "";
      return {
        ...config,
        recordSets: fits
          ? [
              {
                recordSetName: label,
                recordType: "A",
                ttl: 10,
                fqdn: `${label}.${zoneName}`,
                ipAddresses: [address],
                provisioningState: "Succeeded",
              },
            ]
          : [],
      };
    });
    const empty = configs.find(({ recordSets }) => recordSets.length === 0);
    if (empty !== undefined) {
      refuse(
        "InvalidPrivateDnsZoneIds",
        `Private Dns Zone group ${text(inputs["privateDnsZoneGroupName"]) ?? ""} has zones that do not fit the endpoint: it needs ${fitting.join(" or ")}.`,
      );
    }
    return { id: "", outputs: { privateDnsZoneConfigs: configs } };
  },
});

/** Zones that the name of an endpoint's target can be in. */
function zonesOf(connection: Connection | undefined): readonly string[] {
  const target = TARGETS[(parseArmId(connection?.targetId ?? "")?.type ?? "").toLowerCase()];
  const index = target?.groups.findIndex((group) => sameId(group, connection?.group)) ?? -1;
  if (target === undefined || index < 0) return [];
  // Zones go with groups one by one, but all of them with a group that is the only one.
  return target.groups.length === 1 ? target.zones : [target.zones[index] ?? ""];
}

export const privateLinkTypes: readonly ResourceType[] = [endpoint, zoneGroup];
