import { refuse, Unanswered } from "../../cloud/errors";
import { describeOutage, endCommand, outageOf, type Outage } from "../../cloud/faults";
import type { OutgoingCall } from "../../cloud/package";
import { partIn } from "./links";
import { isRegion, regionOf, zonesOf } from "./regions";
import { apiOf } from "./service-apis";
import { text, texts } from "./text";
import { CLUSTER, INSTANCE, NODE_POOL } from "./types";

/** Seconds for which the provider repeats a request that finds no server: `defaultRetryTransportTimeoutSec` in
 * https://github.com/hashicorp/terraform-provider-google/blob/main/google/transport/retry_transport.go
 */
const PATIENCE = 90;

/** What is wrong with the region or zone of an outage; undefined when both exist. */
export function outageProblem({ region, zone }: Pick<Outage, "region" | "zone">): string | undefined {
  if (region === undefined) return undefined;
  if (!isRegion(region)) return `there is no Google Cloud region "${region}"`;
  const zones = zonesOf(region);
  if (zone === undefined || zones.includes(zone)) return undefined;
  return `region ${region} has no zone "${zone}": it has ${zones.join(", ")}`;
}

/**
 * Refuses a call to a control plane that is switched off. Global resources (networks, IAM, DNS) have no region to fail with, only
 * the whole cloud: their control planes are spread over several. https://docs.cloud.google.com/architecture/disaster-recovery-outages
 */
export function requireControlPlane(call: OutgoingCall): void {
  const { outages } = call;
  const region = regionOfCall(call);
  if (outages.length === 0) return;
  if (apiOf(call.token) === undefined) {
    const everywhere = outageOf(outages, { cloud: "gcp", plane: "data" });
    if (everywhere !== undefined && ASKS_GOOGLE.test(call.token)) throw unanswered(call, everywhere);
    return;
  }
  const at = { cloud: "gcp", ...(region === "" ? {} : { region }), plane: "control" } as const;
  const outage = outageOf(outages, at);
  if (outage !== undefined) throw unanswered(call, outage);
  if (call.operation === "create" || call.operation === "update") requireCapacity(call);
}

/** Data sources of no API that ask Google all the same: for a token, and for the ranges of its addresses. */
const ASKS_GOOGLE = /:(getClientConfig|getNetblockIPRanges)$/;

/** Keys are where their ring is, which their path says. */
function regionOfCall({ inputs, scope }: OutgoingCall): string {
  const ring = text(inputs["keyRing"] ?? inputs["cryptoKeyId"] ?? inputs["keyRingId"]);
  return scope.region || regionOf(partIn(ring, "locations") ?? "");
}

/** The last line is ours: the real one leaves its reader to find out. */
function unanswered({ token, operation }: OutgoingCall, outage: Outage): Unanswered {
  const kind = token.slice(token.lastIndexOf(":") + 1);
  return new Unanswered(
    `Error ${DOING[operation]} ${kind}: googleapi: Error 503: The service is currently unavailable., backendError\n` +
      `${describeOutage(outage)} is switched off, nothing was changed; to switch it on: ${endCommand(outage)}`,
    PATIENCE,
  );
}

const DOING = {
  create: "creating",
  update: "updating",
  delete: "deleting",
  read: "reading",
  invoke: "reading",
} as const satisfies Record<OutgoingCall["operation"], string>;

/** Zones in which a resource needs machines of its own. */
function zonesNeeded({ token, inputs, scope }: OutgoingCall): readonly string[] {
  if (token === INSTANCE) return scope.zone === undefined ? [] : [scope.zone];
  if (token !== NODE_POOL && token !== CLUSTER) return [];
  const named = texts(inputs["nodeLocations"]);
  return named.length > 0 ? named : scope.zone === undefined ? [] : [scope.zone];
}

/** https://docs.cloud.google.com/compute/docs/troubleshooting/troubleshooting-resource-availability */
function requireCapacity(call: OutgoingCall): void {
  for (const zone of zonesNeeded(call)) {
    const at = { cloud: "gcp", region: call.scope.region, zone, plane: "control" } as const;
    const outage = outageOf(call.outages, at);
    if (outage === undefined) continue;
    refuse(
      "ZONE_RESOURCE_POOL_EXHAUSTED",
      `The zone 'projects/${call.scope.account}/zones/${zone}' does not have enough resources available to fulfill the request ` +
        `for ${text(call.inputs["machineType"]) || "machines"}. ${describeOutage(outage)} is switched off; to switch it on: ${endCommand(outage)}`,
    );
  }
}
