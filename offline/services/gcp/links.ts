import type { StoredResource } from "../../cloud/cloud";
import type { Reference, Scope } from "../../cloud/resource-type";
import { projectNumber } from "./project";
import { text } from "./text";

/** Where Compute Engine's resources are found, without the path. */
export const COMPUTE = "https://www.googleapis.com/compute/v1/";

/**
 * The path in a link: `projects/p/global/networks/n` of a self link of any version, of `//compute.googleapis.com/projects/…` or
 * of the path itself. A bare name stays what it is.
 */
export function pathOf(link: string): string {
  return link
    .replace(/^https?:\/\/[^/]+\/(?:[a-z]+\/)?v\d[^/]*\//, "")
    .replace(/^\/\/[^/]+\//, "")
    .replace(/^\/+/, "");
}

/** The last part of a path or link: the name. */
export function nameIn(link: string): string {
  return link.slice(link.lastIndexOf("/") + 1);
}

/** Part of a path behind a collection: `us-central1` for `regions`. */
export function partIn(link: string, collection: string): string | undefined {
  return new RegExp(`(?:^|/)${collection}/([^/]+)`).exec(pathOf(link))?.[1];
}

/** Whether a name, path or link, written in the scope `from`, names the resource. A project may be named by its number. */
export function names(value: string, candidate: StoredResource, from: Scope): boolean {
  const path = pathOf(value);
  if (!path.includes("/")) {
    const sameRegion = candidate.scope.region === "" || candidate.scope.region === from.region || from.region === "";
    const name = nameIn(text(candidate.outputs["name"]) || candidate.id);
    return candidate.scope.account === from.account && sameRegion && name === path;
  }
  const given = path.startsWith("projects/") ? path : `projects/${from.account}/${path}`;
  if (given === candidate.id) return true;
  const project = candidate.scope.account;
  return given === candidate.id.replace(`projects/${project}/`, `projects/${projectNumber(project)}/`);
}

/**
 * A property that names another resource by name, path or self link. Compute Engine answers 404 for what does not exist:
 * https://docs.cloud.google.com/compute/docs/troubleshooting/troubleshooting-api-errors
 */
export function link(
  path: string,
  to: Reference["to"],
  rest: Partial<Pick<Reference, "missing" | "holds">> = {},
): Reference {
  return {
    path,
    to,
    matches: names,
    missing: { code: "notFound", message: "The resource '{value}' was not found" },
    ...rest,
  };
}

/** Self link of a resource of Compute Engine. */
export function selfLink(id: string): string {
  return COMPUTE + id;
}

/**
 * The full path for a value that may be a bare name: of a network (`global/networks`), of a subnetwork
 * (`regions/us-central1/subnetworks`).
 */
export function fullPath(value: string, project: string, collection: string): string {
  const path = pathOf(value);
  if (!path.includes("/")) return `projects/${project}/${collection}/${path}`;
  return path.startsWith("projects/") ? path : `projects/${project}/${path}`;
}
