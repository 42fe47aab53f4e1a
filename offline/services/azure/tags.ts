import { isProperties, type Properties } from "../../cloud/value";

/**
 * What is wrong with the tags of a resource: at most 50, names of 1 to 512 characters without `<>%&\?/`, values of up to 256.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
 */
export function tagProblems(inputs: Properties): readonly { readonly property: string; readonly reason: string }[] {
  const tags = inputs["tags"];
  if (!isProperties(tags)) return [];
  const problems: { property: string; reason: string }[] = [];
  const keys = Object.keys(tags);
  if (keys.length > 50) problems.push({ property: "tags", reason: "InvalidTags: a resource has at most 50 tags" });
  const seen = new Map<string, string>();
  for (const key of keys) {
    const property = `tags["${key}"]`;
    const value = tags[key];
    const twin = seen.get(key.toLowerCase());
    if (twin !== undefined) {
      problems.push({ property, reason: `DuplicateTagNames: tag names compare without case, and "${twin}" is there` });
    }
    seen.set(key.toLowerCase(), key);
    if (key.length < 1 || key.length > 512 || /[<>%&\\?/]/.test(key)) {
      problems.push({
        property,
        reason: `InvalidTagNameCharacters: a tag name has 1 to 512 characters without <>%&\\?/`,
      });
    }
    if (typeof value === "string" && value.length > 256) {
      problems.push({ property, reason: "InvalidTagValueLength: a tag value has at most 256 characters" });
    }
  }
  return problems;
}
