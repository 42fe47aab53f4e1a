import type { Session } from "../../cloud/package";
import { isProperties, Unknown, type Properties } from "../../cloud/value";

/** Put on every resource that the provider makes, unless `addPulumiAttributionLabel` is false. */
const ATTRIBUTION = "goog-pulumi-provisioned";

const KEY = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const VALUE = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;

/** Properties under which a resource takes labels; clusters call them otherwise. */
const PROPERTIES = ["labels", "resourceLabels", "userLabels"] as const;

/** Types whose `labels` say something else: where a channel sends to. */
const NO_LABELS: ReadonlySet<string> = new Set(["gcp:monitoring/notificationChannel:NotificationChannel"]);

/**
 * What is wrong with labels: at most 64, keys and values of up to 63 lower-case letters, digits, `_` and `-`, a key beginning with a
 * letter. https://docs.cloud.google.com/compute/docs/labeling-resources#requirements
 */
export function labelProblems(
  inputs: Properties,
  token = "",
): readonly { readonly property: string; readonly reason: string }[] {
  return PROPERTIES.filter((property) => property !== "labels" || !NO_LABELS.has(token)).flatMap((property) => {
    const labels = inputs[property];
    return isProperties(labels) ? problemsOf(property, labels) : [];
  });
}

function problemsOf(property: string, labels: Properties) {
  const problems: { property: string; reason: string }[] = [];
  if (Object.keys(labels).length > 64) {
    problems.push({ property, reason: "a resource has at most 64 labels" });
  }
  for (const [key, value] of Object.entries(labels)) {
    const at = `${property}["${key}"]`;
    if (!KEY.test(key)) {
      problems.push({
        property: at,
        reason: `Invalid label key "${key}": 1 to 63 lower-case letters, digits, underscores and hyphens, beginning with a letter`,
      });
    }
    if (typeof value === "string" && !VALUE.test(value)) {
      problems.push({
        property: at,
        reason: `Invalid label value "${value}": up to 63 lower-case letters, digits, underscores and hyphens`,
      });
    }
  }
  return problems;
}

/** Labels that a resource ends up with: the instance's default ones below its own, which win, and the provider's mark. */
export function effectiveLabels(inputs: Properties, session: Session): Properties | Unknown {
  const { defaultLabels, addPulumiAttributionLabel } = session.config;
  const own = PROPERTIES.map((property) => inputs[property]).find((labels) => labels !== undefined);
  if (own instanceof Unknown) return Unknown.value;
  return {
    ...(addPulumiAttributionLabel === false ? {} : { [ATTRIBUTION]: "true" }),
    ...(isProperties(defaultLabels) ? defaultLabels : {}),
    ...(isProperties(own) ? own : {}),
  };
}
