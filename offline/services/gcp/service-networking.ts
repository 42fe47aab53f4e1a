import type { NetworkPeeringRoutesConfigArgs } from "@pulumi/gcp/compute";
import type { ConnectionArgs } from "@pulumi/gcp/servicenetworking";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { OPERATION } from "./errors";
import { link, nameIn, names, pathOf } from "./links";
import { findNamed } from "./lookups";
import { projectNumber } from "./project";
import { block, text } from "./text";
import {
  GLOBAL_ADDRESS,
  MEMCACHE_INSTANCE,
  NETWORK,
  PEERING_ROUTES,
  REDIS_INSTANCE,
  SERVICE_NETWORKING_CONNECTION,
  SQL_INSTANCE,
} from "./types";

// https://docs.cloud.google.com/vpc/docs/configure-private-services-access

/** Where services that use a connection name its network. */
const USERS: Readonly<Record<string, (resource: StoredResource) => string>> = {
  [SQL_INSTANCE]: ({ inputs }) => text(block(block(inputs["settings"])["ipConfiguration"])["privateNetwork"]),
  [REDIS_INSTANCE]: ({ inputs }) =>
    inputs["connectMode"] === "PRIVATE_SERVICE_ACCESS" ? text(inputs["authorizedNetwork"]) : "",
  [MEMCACHE_INSTANCE]: ({ inputs }) => text(inputs["authorizedNetwork"]),
};

const connection = resourceType<ConnectionArgs>({
  token: SERVICE_NETWORKING_CONNECTION,
  service: "servicenetworking",
  actions: { create: "connections.create", update: "connections.patch", delete: "connections.delete" },
  reach: "global",
  references: [link("network", NETWORK), link("reservedPeeringRanges[*]", GLOBAL_ADDRESS)],
  check: ({ inputs, refuse: report }) => {
    if (inputs.reservedPeeringRanges?.length === 0) {
      report("reservedPeeringRanges", "at least one range reserved with purpose VPC_PEERING is needed");
    }
  },
  create: (context) => {
    const { inputs, cloud, scope } = context;
    requireRanges(context);
    const network = findNamed(context, NETWORK, inputs.network);
    const other = cloud
      .list(SERVICE_NETWORKING_CONNECTION, "anywhere")
      .find((each) => network !== undefined && names(text(each.inputs["network"]), network, scope));
    if (other !== undefined && other.inputs["service"] === inputs.service) {
      refuse(
        OPERATION,
        `Error code 9, message: Cannot modify allocated ranges in CreateConnection. Please use UpdateConnection. (the network has the connection ${other.id})`,
      );
    }
    return {
      id: `${encodeURIComponent(pathOf(network?.id ?? inputs.network).replace(scope.account, projectNumber(scope.account)))}:${inputs.service}`,
      outputs: {
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        peering: inputs.service.replaceAll(".", "-"),
      },
    };
  },
  update: (context) => {
    requireRanges(context);
    return {};
  },
  // https://github.com/hashicorp/terraform-provider-google/issues/16275
  delete: ({ resource, cloud, scope }) => {
    const network = cloud
      .list(NETWORK, "anywhere")
      .find((each) => names(text(resource.inputs["network"]), each, scope));
    if (network === undefined) return;
    const user = Object.entries(USERS).flatMap(([type, networkOf]) =>
      cloud.list(type, "anywhere").filter((each) => names(networkOf(each), network, each.scope)),
    )[0];
    if (user === undefined) return;
    refuse(
      OPERATION,
      `Error code 9, message: Failed to delete connection; Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still using this connection. (${user.id})`,
    );
  },
});

/** Ranges are reserved for peering, in the connection's own network. */
function requireRanges(context: CallContext<Resolved<ConnectionArgs>>): void {
  const { inputs, scope } = context;
  const network = findNamed(context, NETWORK, inputs.network);
  for (const range of inputs.reservedPeeringRanges) {
    const reserved = findNamed(context, GLOBAL_ADDRESS, range);
    const fits = reserved?.inputs["purpose"] === "VPC_PEERING";
    const inNetwork = network !== undefined && names(text(reserved?.inputs["network"]), network, scope);
    if (!fits || !inNetwork) {
      refuse(
        "badRequest",
        `Invalid value for reservedPeeringRanges: '${nameIn(range)}' is no range reserved for VPC_PEERING in network '${nameIn(inputs.network)}'`,
      );
    }
  }
}

const peeringRoutes = resourceType<NetworkPeeringRoutesConfigArgs>({
  token: PEERING_ROUTES,
  service: "compute",
  actions: { create: "networks.updatePeering", update: "networks.updatePeering", delete: "networks.updatePeering" },
  references: [link("network", NETWORK)],
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const network = findNamed(context, NETWORK, inputs.network);
    const peering = cloud
      .list(SERVICE_NETWORKING_CONNECTION, "anywhere")
      .find(
        (each) =>
          each.outputs["peering"] === inputs.peering &&
          network !== undefined &&
          names(text(each.inputs["network"]), network, scope),
      );
    const own = cloud
      .list("gcp:compute/networkPeering:NetworkPeering", "anywhere")
      .some((each) => each.outputs["name"] === inputs.peering);
    if (peering === undefined && !own) {
      refuse(
        "invalid",
        `Invalid value for field 'networkPeering.name': '${inputs.peering}'. There is no peering with this name on network '${nameIn(inputs.network)}'.`,
      );
    }
    return {
      id: `projects/${scope.account}/global/networks/${nameIn(inputs.network)}/networkPeerings/${inputs.peering}`,
      outputs: {
        exportSubnetRoutesWithPublicIp: inputs.exportSubnetRoutesWithPublicIp ?? false,
        importSubnetRoutesWithPublicIp: inputs.importSubnetRoutesWithPublicIp ?? false,
      },
    };
  },
});

export const serviceNetworkingTypes: readonly ResourceType[] = [connection, peeringRoutes];
