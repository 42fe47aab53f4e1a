import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { NameRule, Reference, ResourceType } from "../../cloud/resource-type";
import { sameId } from "./arm";
import { text } from "./text";

const NAME_RULES = "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules";

/**
 * A property that holds the id of another resource. Without a code of its own: that of the network services,
 * https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-resource-reference
 */
export function armReference(
  path: string,
  to: string | readonly string[],
  options: { readonly holds?: boolean; readonly missing?: Reference["missing"] } = {},
): Reference {
  return {
    path,
    to,
    matches: (value, candidate) => sameId(value, candidate.id),
    missing: options.missing ?? {
      code: "InvalidResourceReference",
      message:
        "Resource {value} referenced by this resource was not found. Please make sure that the referenced resource exists, and " +
        "that both resources are in the same region.",
    },
    ...(options.holds === undefined ? {} : { holds: options.holds }),
  };
}

/** The error of a deletion while another resource refers to this one. */
export function inUse(code: string, what: string): NonNullable<ResourceType["inUse"]> {
  return { code, message: `${what} {id} is in use by {holder} and cannot be deleted.` };
}

/** Names of network resources: letters, digits, `_`, `.` and `-`, a letter or digit first, and a letter, digit or `_` last. */
export function networkName(property: string, maxLength = 80, minLength = 1): NameRule {
  return {
    property,
    pattern: new RegExp(`^(?=.{${String(minLength)},})[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$`),
    rule: `${String(minLength)} to ${String(maxLength)} letters, digits, underscores, periods and hyphens; a letter or digit first, a letter, digit or underscore last`,
    source: NAME_RULES,
    maxLength,
  };
}

/** Refuses a call unless the other resource is in the same region: the network services connect nothing across regions. */
export function requireSameRegion(location: unknown, other: StoredResource | undefined, what: string): void {
  if (other === undefined || typeof location !== "string" || other.outputs["location"] === location) return;
  refuse(
    "ResourcesNotInSameRegion",
    `${what} ${other.id} is in ${text(other.outputs["location"]) ?? ""} and cannot be used in ${location}`,
  );
}

/** The resource of an id; refused as the network services do when it is not there. */
export function requireById(cloud: CloudView, token: string, id: string): StoredResource {
  return (
    cloud.list(token, "anywhere").find((each) => sameId(each.id, id)) ??
    refuse(
      "InvalidResourceReference",
      `Resource ${id} referenced by this resource was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    )
  );
}
