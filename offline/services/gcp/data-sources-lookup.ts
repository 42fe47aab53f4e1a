import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { isProperties, type Properties, type Value } from "../../cloud/value";
import type { DataSource, Lookup } from "./data-sources";
import { nameIn, names } from "./links";
import { block, text } from "./text";
import { CLUSTER, MANAGED_ZONE, NETWORK, REPOSITORY, SUBNETWORK } from "./types";

function find({ cloud, scope }: Lookup, type: string, reference: string): StoredResource {
  return (
    cloud.list(type, "anywhere").find((each) => names(reference, each, scope)) ??
    refuse("notFound", `The resource '${reference}' was not found`)
  );
}

const getNetwork: DataSource = (args, lookup) => {
  const network = find(lookup, NETWORK, text(args["name"]));
  const subnetworks = lookup.cloud
    .list(SUBNETWORK, "anywhere")
    .filter((each) => names(text(each.outputs["network"]), network, each.scope))
    .map(({ outputs }) => outputs["selfLink"] ?? "");
  return { ...network.outputs, id: network.id, subnetworksSelfLinks: subnetworks, ...blank(network.outputs) };
};

const getSubnetwork: DataSource = (args, lookup) => {
  const subnetwork = find(lookup, SUBNETWORK, text(args["selfLink"]) || text(args["name"]));
  return { ...subnetwork.outputs, id: subnetwork.id, ...blank(subnetwork.outputs) };
};

/** A regional or zonal cluster by its location; without one, that of the provider. */
const getCluster: DataSource = (args, { cloud, scope, session }) => {
  const name = nameIn(text(args["name"]));
  const location = text(args["location"]) || text(session.config["zone"]) || scope.region;
  const id = `projects/${scope.account}/locations/${location}/clusters/${name}`;
  const found = cloud.list(CLUSTER, "anywhere").find((each) => each.id === id);
  if (found === undefined) return refuse("notFound", `Not found: ${id}.`);
  return { ...listed({ ...found.inputs, ...found.outputs }), id: found.id, name, location, project: scope.account };
};

/** Blocks that a cluster has once, and which the data source gives as lists. Others are left out. */
const clusterBlocks: Readonly<Record<string, string>> = {
  addonsConfig: "addonsConfigs",
  controlPlaneEndpointsConfig: "controlPlaneEndpointsConfigs",
  databaseEncryption: "databaseEncryptions",
  ipAllocationPolicy: "ipAllocationPolicies",
  masterAuth: "masterAuths",
  masterAuthorizedNetworksConfig: "masterAuthorizedNetworksConfigs",
  privateClusterConfig: "privateClusterConfigs",
  releaseChannel: "releaseChannels",
  workloadIdentityConfig: "workloadIdentityConfigs",
};

const nestedBlocks: Readonly<Record<string, string>> = {
  dnsEndpointConfig: "dnsEndpointConfigs",
  ipEndpointsConfig: "ipEndpointsConfigs",
  clientCertificateConfig: "clientCertificateConfigs",
  masterGlobalAccessConfig: "masterGlobalAccessConfigs",
};

function listed(properties: Properties, blocks = clusterBlocks): Properties {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]): readonly (readonly [string, Value])[] => {
      const plural = blocks[key];
      if (plural !== undefined) return [[plural, [listed(block(value), nestedBlocks)]]];
      const isOtherBlock = isProperties(value) && !key.endsWith("Labels");
      return value === undefined || isOtherBlock ? [] : [[key, value]];
    }),
  );
}

const getRepository: DataSource = (args, { cloud, scope }) => {
  const location = text(args["location"]) || scope.region;
  const id = `projects/${scope.account}/locations/${location}/repositories/${text(args["repositoryId"])}`;
  const found = cloud.list(REPOSITORY, "anywhere").find((each) => each.id === id);
  if (found === undefined) return refuse("notFound", "Requested entity was not found.");
  const kmsKeyName = text(found.inputs["kmsKeyName"]);
  return {
    ...found.outputs,
    id,
    repositoryId: nameIn(id),
    location,
    kmsKeyName,
    project: scope.account,
    ...blank(found.outputs),
  };
};

const getManagedZone: DataSource = (args, { cloud, scope }) => {
  const name = nameIn(text(args["name"]));
  const id = `projects/${scope.account}/managedZones/${name}`;
  const found = cloud.list(MANAGED_ZONE, "anywhere").find((each) => each.id === id);
  if (found === undefined) {
    return refuse("notFound", `The 'parameters.managedZone' resource named '${name}' does not exist.`);
  }
  const { description, managedZoneId, nameServers, visibility } = found.outputs;
  return {
    ...{ id, name, project: scope.account, dnsName: text(found.inputs["dnsName"]) },
    ...{ description: description ?? "", managedZoneId: managedZoneId ?? "" },
    ...{ nameServers: nameServers ?? [], visibility: visibility ?? "public" },
  };
};

/** The typings promise a text where the service has none. */
function blank(outputs: Properties): Properties {
  return { description: outputs["description"] ?? "" };
}

export const lookupDataSources: Readonly<Record<string, DataSource>> = {
  "gcp:compute/getNetwork:getNetwork": getNetwork,
  "gcp:compute/getSubnetwork:getSubnetwork": getSubnetwork,
  "gcp:container/getCluster:getCluster": getCluster,
  "gcp:artifactregistry/getRepository:getRepository": getRepository,
  "gcp:dns/getManagedZone:getManagedZone": getManagedZone,
};
