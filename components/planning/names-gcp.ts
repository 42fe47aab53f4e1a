import { createHash } from "node:crypto";

/**
 * Longest names by what is named. Most resources follow RFC 1035: https://docs.cloud.google.com/compute/docs/naming-resources
 * Service accounts: https://docs.cloud.google.com/iam/docs/service-accounts-create
 * Clusters: https://docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters
 * Caches: https://docs.cloud.google.com/memorystore/docs/redis/reference/rest/v1/projects.locations.instances/create
 */
const gcpNameLimits = { resource: 63, serviceAccount: 30, cluster: 40, cache: 40 } as const;

export type GcpNameKind = keyof typeof gcpNameLimits;

/** Hexadecimal digits that stand for what a name that is too long has lost. */
const digestLength = 6;

/**
 * The physical name of something on Google Cloud: its parts with hyphens between them. A name that is too long is cut and gets a
 * digest of the whole, so that two long names stay apart.
 *
 * @throws RangeError when a part has other characters than lower-case letters, digits and hyphens, the first does not begin with a
 * letter, or the name has fewer than six characters where a service account needs as many.
 */
export function gcpName(kind: GcpNameKind, ...parts: readonly [string, ...string[]]): string {
  const name = parts.join("-");
  if (!/^[a-z][a-z0-9-]*[a-z0-9]$/.test(name)) {
    throw new RangeError(
      `"${name}" is no name on Google Cloud: use lower-case letters, digits and hyphens, a letter first and no hyphen last`,
    );
  }
  if (kind === "serviceAccount" && name.length < 6) {
    throw new RangeError(`"${name}" is too short for a service account: give it six characters or more`);
  }
  const limit = gcpNameLimits[kind];
  if (name.length <= limit) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, digestLength);
  return `${name.slice(0, limit - digestLength - 1).replace(/-+$/, "")}-${digest}`;
}
