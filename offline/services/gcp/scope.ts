import type { Session } from "../../cloud/package";
import type { Scope } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import type { ResourceSchema } from "../../schema/schema";
import { regionOf, regionOfZone } from "./regions";
import { text } from "./text";

/** How a type says where its resources are. */
export type Reach = "global" | "regional" | "zonal" | "location";

/** By the inputs of a type: a `zone`, a `region` or a `location`, else it is global. */
export function reachOf(schema: ResourceSchema | undefined): Reach {
  const inputs = schema?.inputs.properties ?? {};
  if ("zone" in inputs) return "zonal";
  if ("region" in inputs) return "regional";
  return "location" in inputs ? "location" : "global";
}

/**
 * Where a resource is: its own inputs first, then the provider's. A zone of the provider stands in for a location or zone that is
 * not given, as does its region:
 * https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference
 */
export function scopeFor(reach: Reach, inputs: Properties, session: Session): Scope {
  const account = text(inputs["project"]) || session.scope.account;
  const provider = { region: text(session.config["region"]), zone: text(session.config["zone"]) };
  switch (reach) {
    case "global":
      return { account, region: "" };
    case "regional":
      return { account, region: nameOf(inputs["region"]) || provider.region || regionOfZone(provider.zone) };
    case "zonal": {
      const zone = nameOf(inputs["zone"]) || provider.zone;
      return { account, region: regionOfZone(zone), zone };
    }
    case "location": {
      const location = nameOf(inputs["location"]) || provider.region || provider.zone;
      const region = regionOf(location);
      return { account, region, ...(region === "" || region === location ? {} : { zone: location }) };
    }
  }
}

/** A region or zone may be given as a self link. */
function nameOf(value: unknown): string {
  const given = text(value);
  return given.slice(given.lastIndexOf("/") + 1);
}

/** The location of a resource as an output shows it: `us-central1`, `us-central1-a`, `US`. */
export function locationOf(inputs: Properties, scope: Scope): string {
  return text(inputs["location"]) || (scope.zone ?? scope.region);
}
