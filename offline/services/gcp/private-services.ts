import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { CallContext } from "../../cloud/resource-type";
import { formatAddress } from "../cidr";
import { nameIn } from "./links";
import { findNamed, inProject, type Caller } from "./lookups";
import { text, texts } from "./text";
import { GLOBAL_ADDRESS, NETWORK, SERVICE_NETWORKING_CONNECTION } from "./types";

const PRODUCER = "servicenetworking.googleapis.com";

/** The network that a private instance is to join, or the API's answer when there is none. */
export function requireNetwork(caller: Caller, network: string): StoredResource {
  return (
    findNamed(caller, NETWORK, network) ??
    refuse(
      "notFound",
      `The resource 'projects/${caller.scope.account}/global/networks/${nameIn(network)}' was not found`,
    )
  );
}

/** The connection of private service access that a network has; undefined: it has none. */
export function privateServices(caller: Caller, network: StoredResource): StoredResource | undefined {
  return inProject(caller, SERVICE_NETWORKING_CONNECTION).find(
    ({ inputs }) => inputs["service"] === PRODUCER && nameIn(text(inputs["network"])) === nameIn(network.id),
  );
}

/** Names of the ranges that the connection hands to Google's services. */
export function reservedRanges(connection: StoredResource): readonly string[] {
  return texts(connection.inputs["reservedPeeringRanges"]).map(nameIn);
}

/**
 * An address for a service in one of the connection's ranges, always the same for the same resource. Google carves a subnet out of
 * the range for each service and region; here only the range matters.
 */
export function privateAddress(
  context: Pick<CallContext<unknown>, "cloud" | "scope" | "hex">,
  connection: StoredResource,
  range: string | undefined = reservedRanges(connection)[0],
  place = 0,
): string {
  const reserved = range === undefined ? undefined : findNamed(context, GLOBAL_ADDRESS, range);
  const address = text(reserved?.outputs["address"]) || "10.255.0.0";
  const prefix = Number(reserved?.outputs["prefixLength"] ?? reserved?.inputs["prefixLength"] ?? 16);
  const first = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  // Neither the first addresses of the range, which Google keeps, nor the last.
  const room = Math.max(1, 2 ** (32 - prefix) - 32);
  return formatAddress(first + 4 + (Number.parseInt(context.hex(6), 16) % room) + place);
}
