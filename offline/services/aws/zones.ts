import { valuesAt, type Properties } from "../../cloud/value";
import { zonesOf } from "./regions";
import { SUBNET } from "./types";

/** Properties that name a zone, whatever the service. */
const PATHS = [
  "availabilityZone",
  "availabilityZones[*]",
  "preferredAvailabilityZones[*]",
  "preferredCacheClusterAzs[*]",
];

/** Local zones and Wavelength zones, which the table of regions does not list: `us-west-2-lax-1a`, `us-east-1-wl1-bos-wlz-1`. */
const OTHER_ZONES = /^[a-z]{2}(-gov)?-[a-z]+-\d-(wl\d-)?[a-z]+-/;

/**
 * Zones that are not the region's own, by property. Every service refuses them, EC2 with `InvalidParameterValue`. A subnet says
 * it itself, with the list of its zones.
 */
export function zoneProblems(
  token: string,
  inputs: Properties,
  region: string,
): readonly { readonly property: string; readonly reason: string }[] {
  const zones = zonesOf(region).flatMap(({ name, id }) => [name, id]);
  if (token === SUBNET || zones.length === 0) return [];
  return PATHS.flatMap((path) => valuesAt(inputs, path)).flatMap(({ path, value }) => {
    if (typeof value !== "string" || value === "" || zones.includes(value) || OTHER_ZONES.test(value)) return [];
    const known = zonesOf(region).map(({ name }) => name);
    const reason = `Value (${value}) for parameter ${path} is invalid: ${region} has ${known.join(", ")}`;
    return [{ property: path, reason }];
  });
}
