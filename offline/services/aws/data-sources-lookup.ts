import type { StoredResource } from "../../cloud/cloud";
import { ServiceError } from "../../cloud/errors";
import { isProperties, type Properties } from "../../cloud/value";
import type { Lookup } from "./data-sources";
import { blocks, strings } from "./data-sources-account";
import { text } from "./text";

/** What a filter of the EC2 API is called, and the property that it looks at: a path's values, or a function of the resource. */
export type Filters = Readonly<
  Record<string, string | ((resource: StoredResource, lookup: Lookup) => readonly string[])>
>;

/** The resources of a type that match the arguments given by name, the tags and the filters. */
export function matching(
  type: string,
  args: Properties,
  known: Filters,
  named: Filters,
  lookup: Lookup,
): StoredResource[] {
  const tags = isProperties(args["tags"]) ? args["tags"] : {};
  return lookup.cloud
    .list(type, lookup.scope)
    .filter(
      (resource) =>
        Object.entries(named).every(
          ([arg, look]) => args[arg] === undefined || values(resource, look, lookup).includes(text(args[arg])),
        ) &&
        Object.entries(tags).every(([key, value]) => tagsOf(resource)[key] === value) &&
        blocks(args["filters"]).every((filter) => passes(resource, filter, known, lookup)),
    );
}

function passes(resource: StoredResource, filter: Properties, known: Filters, lookup: Lookup): boolean {
  const name = text(filter["name"]);
  const wanted = strings(filter["values"]);
  if (name === "state") return wanted.includes("available");
  if (name === "tag-key")
    return wanted.some((value) => Object.keys(tagsOf(resource)).some((key) => wildcard(value, key)));
  const look = known[name];
  if (look === undefined && !name.startsWith("tag:")) {
    throw new ServiceError("InvalidParameterValue", `The filter '${name}' is invalid`);
  }
  const tag = tagsOf(resource)[name.slice("tag:".length)];
  const actual = look === undefined ? (tag === undefined ? [] : [text(tag)]) : values(resource, look, lookup);
  return actual.some((each) => wanted.some((value) => wildcard(value, each)));
}

function values(resource: StoredResource, look: Filters[string], lookup: Lookup): readonly string[] {
  if (typeof look !== "string") return look(resource, lookup);
  const value = fact(resource, look);
  return value === undefined ? [] : [text(value)];
}

/** `*` stands for any characters and `?` for one: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
export function wildcard(pattern: string, text: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "s").test(text);
}

export function fact(resource: StoredResource, property: string): Properties[string] {
  return property === "id" ? resource.id : (resource.outputs[property] ?? resource.inputs[property]);
}

export function tagsOf(resource: StoredResource): Properties {
  const all = resource.outputs["tagsAll"] ?? resource.inputs["tags"];
  return isProperties(all) ? all : {};
}

/**
 * The one resource found, or the provider's error for none and for several:
 * https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/tfresource/not_found_error.go
 */
export function only(resources: readonly StoredResource[], what: string, code = "NotFound"): StoredResource {
  const [first, second] = resources;
  if (first === undefined) throw new ServiceError(code, `no matching ${what} found`);
  if (second !== undefined) {
    const hint = `use additional constraints to reduce matches to a single ${what}`;
    throw new ServiceError("InvalidParameter", `multiple ${what}s matched; ${hint}`);
  }
  return first;
}

/** The answer of a data source that lists ids. */
export function idsOf(resources: readonly StoredResource[], args: Properties, { scope }: Lookup): Properties {
  return {
    ...args,
    id: scope.region,
    region: scope.region,
    ids: resources.map(({ id }) => id),
    tags: args["tags"] ?? {},
  };
}
