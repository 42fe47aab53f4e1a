import { Unanswered } from "../../cloud/errors";
import { describeOutage, endCommand, outageOf, type Outage } from "../../cloud/faults";
import type { OutgoingCall } from "../../cloud/package";
import { refuse } from "../../cloud/errors";
import { sameId } from "./arm";
import { groupLocation } from "./generic";
import { GLOBAL, isLocation, normalLocation, zonesOf } from "./regions";
import { block, blocks, text, texts } from "./text";
import { AGENT_POOL, MANAGED_CLUSTER, RESOURCE_GROUP, VIRTUAL_MACHINE } from "./types";

/**
 * Seconds that the provider tries: three times after 20, 60 and 120 seconds.
 * https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/azure/client_azcore.go
 */
const PATIENCE = 200;

/** What is wrong with the region or zone of an outage; undefined when both exist. */
export function outageProblem({ region, zone }: Pick<Outage, "region" | "zone">): string | undefined {
  if (region === undefined) return undefined;
  if (!isLocation(region) || region !== normalLocation(region)) return `there is no Azure region "${region}"`;
  const zones = zonesOf(region);
  if (zone === undefined || zones.includes(zone)) return undefined;
  return zones.length === 0
    ? `region ${region} has no availability zones`
    : `region ${region} has no zone "${zone}": it has ${zones.join(", ")}`;
}

/** Refuses a call to a region that is switched off, and one that needs new machines in zones that are. */
export function requireControlPlane(call: OutgoingCall): void {
  if (call.outages.length === 0) return;
  const asksWhoCalls = isAnsweredWithoutRegion(call);
  const everywhere = outageOf(call.outages, { cloud: "azure", plane: asksWhoCalls ? "data" : "control" });
  if (everywhere !== undefined) throw unanswered(call, "every region", everywhere);
  if (asksWhoCalls) return;
  for (const region of regionsOf(call)) {
    const outage = outageOf(call.outages, { cloud: "azure", region, plane: "control" });
    if (outage !== undefined) throw unanswered(call, region, outage);
  }
  if (call.operation === "create" || call.operation === "update") requireCapacity(call);
}

/** Who calls, and tokens: Entra ID answers from everywhere, while anything of Azure runs. */
function isAnsweredWithoutRegion({ token, operation }: OutgoingCall): boolean {
  return operation === "invoke" && /:getClient(?:Config|Token)$/.test(token);
}

/**
 * Regions that must answer: the resource's own, and that of its resource group, which keeps what Resource Manager knows of it.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/overview#resource-group-location
 */
function regionsOf({ token, inputs, cloud }: OutgoingCall): readonly string[] {
  const group = text(inputs["resourceGroupName"]);
  const stored = token === RESOURCE_GROUP ? undefined : groupLocation(cloud, group);
  const own = text(inputs["location"]) ?? parentLocation({ token, inputs, cloud });
  const regions = [own, stored].filter((region) => region !== undefined && region.toLowerCase() !== GLOBAL);
  return [...new Set(regions.map((region) => normalLocation(region ?? "")))];
}

/** A pool is where its cluster is; other children are in the region of their resource group as far as it is known. */
function parentLocation({
  token,
  inputs,
  cloud,
}: Pick<OutgoingCall, "token" | "inputs" | "cloud">): string | undefined {
  if (token !== AGENT_POOL) return undefined;
  const cluster = cloud
    .list(MANAGED_CLUSTER)
    .find(
      (each) =>
        sameId(each.inputs["resourceName"], inputs["resourceName"]) &&
        sameId(each.inputs["resourceGroupName"], inputs["resourceGroupName"]),
    );
  return text(cluster?.outputs["location"]);
}

function unanswered(call: OutgoingCall, region: string, outage: Outage): Unanswered {
  const subject = call.service === undefined ? `request failed ${call.token}` : `${call.action ?? ""} ${call.service}`;
  return new Unanswered(
    `${subject}: Status=503 Code="ServiceUnavailable" Message="The service in ${region} is unavailable."\n` +
      `${describeOutage(outage)} is switched off, nothing was changed; to switch it on: ${endCommand(outage)}`,
    PATIENCE,
  );
}

/** Machines in zones of which none has room: https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/allocation-failure */
function requireCapacity(call: OutgoingCall): void {
  const { token, inputs, outages } = call;
  const pools =
    token === MANAGED_CLUSTER
      ? blocks(inputs["agentPoolProfiles"])
      : [AGENT_POOL, VIRTUAL_MACHINE].includes(token)
        ? [inputs]
        : [];
  const region = normalLocation(text(inputs["location"]) ?? parentLocation(call) ?? "");
  for (const pool of pools) {
    const zones = texts(pool["availabilityZones"] ?? pool["zones"]);
    const off = zones.map((zone) => outageOf(outages, { cloud: "azure", region, zone, plane: "control" }));
    const [first] = off;
    if (first === undefined || off.some((outage) => outage === undefined)) continue;
    const size = text(pool["vmSize"]) ?? text(block(pool["hardwareProfile"])["vmSize"]) ?? "";
    refuse(
      "ZonalAllocationFailed",
      `Allocation failed. We do not have sufficient capacity for the requested VM size ${size} in this zone. ` +
        `${describeOutage(first)} is switched off; to switch it on: ${endCommand(first)}`,
    );
  }
}
