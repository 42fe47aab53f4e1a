import { isProperties, type Properties } from "../../cloud/value";

/**
 * What is wrong with the tags of a resource: at most 50, keys of 1 to 128 and values of up to 256 characters, no `aws:` in front,
 * no two keys that IAM takes for one. https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
export function tagProblems(inputs: Properties): readonly { readonly property: string; readonly reason: string }[] {
  const tags = inputs["tags"];
  if (!isProperties(tags)) return [];
  const problems: { property: string; reason: string }[] = [];
  const report = (key: string, reason: string) => problems.push({ property: `tags["${key}"]`, reason });
  if (Object.keys(tags).length > 50) {
    problems.push({ property: "tags", reason: "TagLimitExceeded: a resource has at most 50 tags" });
  }
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 128) report(key, "InvalidParameterValue: a tag key has 1 to 128 characters");
    if (/^aws:/i.test(key))
      report(key, `InvalidParameterValue: Tag keys starting with 'aws:' are reserved for internal use`);
    if (typeof value === "string" && value.length > 256) {
      report(key, "InvalidParameterValue: a tag value has at most 256 characters");
    }
  }
  return problems;
}
