import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { Properties } from "../../cloud/value";
import type { DataSource, Lookup } from "./data-sources";
import { names } from "./links";
import { text } from "./text";
import { NETWORK, SUBNETWORK } from "./types";

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

/** The typings promise a text where the service has none. */
function blank(outputs: Properties): Properties {
  return { description: outputs["description"] ?? "" };
}

export const lookupDataSources: Readonly<Record<string, DataSource>> = {
  "gcp:compute/getNetwork:getNetwork": getNetwork,
  "gcp:compute/getSubnetwork:getSubnetwork": getSubnetwork,
};
