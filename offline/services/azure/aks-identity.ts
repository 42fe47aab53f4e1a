import type { ManagedClusterArgs } from "@pulumi/azure-native/containerservice";
import { refuse } from "../../cloud/errors";
import type { CallContext, Resolved } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { rolesOn } from "./role-assignments";
import { byId, locationOf, userIdentities } from "./service-support";
import { block, blocks, idIn, text } from "./text";
import { IDENTITY, PRIVATE_ZONE, ROUTE_TABLE, SUBNET } from "./types";

/**
 * Refuses an identity that is not there, and one that may not do what the cluster needs: write to a private zone of the
 * program's own, to a route table of its own, assign the kubelet's identity.
 * https://learn.microsoft.com/azure/aks/use-managed-identity and …/private-clusters#configure-a-private-dns-zone
 */
export function requireClusterIdentity(context: CallContext<Resolved<ManagedClusterArgs>>): void {
  const { cloud } = context;
  const inputs = context.inputs as Properties;
  const ids = userIdentities(inputs["identity"]);
  const identities = ids.map(
    (id) =>
      byId(cloud, IDENTITY, id) ??
      refuse("FailedIdentityOperation", `Identity operation failed: resource '${id}' was not found.`),
  );
  const principal = text(identities[0]?.outputs["principalId"]);
  const allowed = (resource: string, ...roles: readonly string[]) =>
    rolesOn(cloud, principal, resource).some((role) => ["Owner", "Contributor", ...roles].includes(role));
  const zoneId = text(block(inputs["apiServerAccessProfile"])["privateDNSZone"]);
  if (zoneId?.includes("/") === true) {
    const zone =
      byId(cloud, PRIVATE_ZONE, zoneId) ?? refuse("ResourceNotFound", `The private DNS zone ${zoneId} was not found.`);
    const name = text(zone.inputs["privateZoneName"]) ?? "";
    const wanted = `privatelink.${locationOf(context)}.azmk8s.io`;
    if (name !== wanted && !name.endsWith(`.${wanted}`)) {
      refuse(
        "InvalidParameter",
        `The private DNS zone of a cluster is named ${wanted} or <subzone>.${wanted}, not ${name}.`,
      );
    }
    if (principal === undefined) {
      refuse(
        "InvalidParameter",
        "A private DNS zone of your own needs a user-assigned identity: the cluster's own does not exist before the cluster.",
      );
    }
    // https://github.com/Azure/AKS/issues/3470
    if (!allowed(zone.id, "Private DNS Zone Contributor")) {
      refuse(
        "CustomPrivateDNSZoneMissingPermissionError",
        `Service principal or user-assigned identity must be given permission to read and write to custom private dns zone ${zone.id}. Check access result not allowed for action Microsoft.Network/privateDnsZones/write: give it Private DNS Zone Contributor first.`,
      );
    }
  }
  if (block(inputs["networkProfile"])["outboundType"] === "userDefinedRouting" && principal !== undefined) {
    for (const pool of blocks(inputs["agentPoolProfiles"])) {
      const subnet = byId(cloud, SUBNET, text(pool["vnetSubnetID"]));
      const table = byId(cloud, ROUTE_TABLE, idIn(subnet?.inputs["routeTable"]));
      // https://aka.ms/aks/customrt
      if (table !== undefined && !allowed(table.id, "Network Contributor")) {
        refuse(
          "CustomRouteTableMissingPermission",
          `Managed identity or service principal must be given permission to read and write to custom route table ${table.id}. Please see https://aka.ms/aks/customrt for more information`,
        );
      }
    }
  }
  const kubelet = text(block(block(inputs["identityProfile"])["kubeletidentity"])["resourceId"]);
  if (kubelet !== undefined) {
    const own =
      byId(cloud, IDENTITY, kubelet) ??
      refuse("FailedIdentityOperation", `Identity operation failed: resource '${kubelet}' was not found.`);
    // https://learn.microsoft.com/azure/aks/use-managed-identity#use-a-pre-created-kubelet-managed-identity
    if (!allowed(own.id, "Managed Identity Operator")) {
      refuse(
        "CustomKubeletIdentityMissingPermissionError",
        `The cluster user assigned identity must be given permission to assign kubelet identity ${own.id}. Check access result not allowed for action Microsoft.ManagedIdentity/userAssignedIdentities/assign/action: give it Managed Identity Operator first.`,
      );
    }
  }
}
