import type { ServerArgs } from "@pulumi/azure-native/dbforpostgresql";
import { refuse } from "../../cloud/errors";
import type { CallContext, Resolved } from "../../cloud/resource-type";
import { sameId } from "./arm";
import { byId, locationOf } from "./service-support";
import { blocks, idIn, text } from "./text";
import { PRIVATE_ZONE, SUBNET, VIRTUAL_NETWORK, ZONE_LINK } from "./types";

type Context = CallContext<Resolved<ServerArgs>>;

const DELEGATION = "Microsoft.DBforPostgreSQL/flexibleServers";
const ZONE_SUFFIX = ".postgres.database.azure.com";

/** Smallest subnet, as prefix length: https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private */
const LONGEST_PREFIX = 28;

/**
 * A server is in a delegated subnet or has public access, for life. In a subnet it needs a private zone that is linked to the
 * virtual network before the server is made.
 * https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private
 */
export function checkNetwork(context: Context): void {
  const { inputs, cloud } = context;
  const {
    delegatedSubnetResourceId: subnetId,
    privateDnsZoneArmResourceId: zoneId,
    publicNetworkAccess,
  } = inputs.network ?? {};
  if (subnetId === undefined) return;
  if (publicNetworkAccess === "Enabled") {
    // https://github.com/hashicorp/terraform-provider-azurerm/issues/26098
    refuse(
      "ConflictingPublicNetworkAccessAndVirtualNetworkConfiguration",
      "Conflicting configuration is detected between Public Network Access and Virtual Network arguments. Public Network Access is not supported along with Virtual Network feature.",
    );
  }
  checkSubnet(context, subnetId);
  if (zoneId === undefined) {
    refuse(
      "EmptyPrivateDnsZoneArmResourceId",
      "The provided Private DNS zone ARM resource ID should not be empty for servers with Virtual Network access.",
    );
  }
  const zone =
    byId(cloud, PRIVATE_ZONE, zoneId) ?? refuse("ResourceNotFound", `The Private DNS Zone ${zoneId} was not found.`);
  checkZoneName(inputs.serverName ?? "", text(zone.inputs["privateZoneName"]) ?? "");
  const network = subnetId.replace(/\/subnets\/[^/]+$/i, "");
  const isLinked = cloud
    .list(ZONE_LINK, "anywhere")
    .some(
      (link) =>
        link.id.toLowerCase().startsWith(`${zone.id.toLowerCase()}/`) &&
        sameId(idIn(link.inputs["virtualNetwork"]), network),
    );
  if (!isLinked) {
    // https://github.com/hashicorp/terraform-provider-azurerm/issues/28079
    refuse(
      "VnetNotLinkedToPrivateDnsZone",
      `The virtual network ${network} is not linked to the private DNS zone ${zone.id}: make the link before the server`,
    );
  }
}

function checkSubnet(context: Context, subnetId: string): void {
  const { cloud } = context;
  const subnet = byId(cloud, SUBNET, subnetId) ?? refuse("ResourceNotFound", `The subnet ${subnetId} was not found.`);
  const name = text(subnet.inputs["subnetName"]) ?? "";
  if (!blocks(subnet.inputs["delegations"]).some(({ serviceName }) => sameId(serviceName, DELEGATION))) {
    refuse("OperationFailed", `The subnet ${name} is missing required delegations ${DELEGATION}`);
  }
  const prefix = Number(/\/(\d+)$/.exec(text(subnet.inputs["addressPrefix"]) ?? "")?.[1] ?? "0");
  if (prefix > LONGEST_PREFIX) {
    refuse(
      "OperationFailed",
      `The subnet ${name} is too small: a delegated subnet has /${String(LONGEST_PREFIX)} at least`,
    );
  }
  const network = byId(cloud, VIRTUAL_NETWORK, subnetId.replace(/\/subnets\/[^/]+$/i, ""));
  const region = text(network?.outputs["location"]);
  if (region !== undefined && region !== locationOf(context)) {
    refuse(
      "OperationFailed",
      `The subnet ${name} is in ${region}, and the server in ${locationOf(context)}: both must be in one region`,
    );
  }
}

/** https://github.com/hashicorp/terraform-provider-azurerm/issues/24549 */
function checkZoneName(server: string, zone: string): void {
  const isOwn = zone === `${server}${ZONE_SUFFIX}`;
  if (!isOwn && (zone.endsWith(ZONE_SUFFIX) || zone === ZONE_SUFFIX.slice(1))) return;
  refuse(
    "PrivateDnsZoneNameNotValid",
    `The Private DNS Zone name provided [${zone}] is not valid. It ${isOwn ? "can not be server name plus zone suffix" : `must end with ${ZONE_SUFFIX}`}.`,
  );
}
