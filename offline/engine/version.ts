/** Version of the Pulumi CLI that tools/go.mod builds; `@pulumi/pulumi` in package.json is the same. */
export const BUILT_VERSION = "3.245.0";

/** The oldest CLI that a user may bring: it has every flag and event that the platform uses. */
export const OLDEST_VERSION = "3.245.0";

/** The oldest Go that compiles {@link BUILT_VERSION}: the `go` line of tools/go.mod. */
export const OLDEST_GO = "1.25.8";

/** Whether a version such as `3.248.0` or `v3.245.0-alpha.1` is at least the given one; `undefined` if it is no version. */
export function isAtLeast(version: string, oldest: string): boolean | undefined {
  const own = parse(version);
  const other = parse(oldest);
  if (own === undefined || other === undefined) return undefined;
  for (const [index, part] of own.parts.entries()) {
    const difference = part - (other.parts[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  // A pre-release comes before its release (https://semver.org/#spec-item-11).
  return !own.prerelease;
}

function parse(version: string): { parts: number[]; prerelease: boolean } | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?(-|rc|beta)?/.exec(version.trim());
  if (match === null) return undefined;
  return { parts: [match[1], match[2], match[3]].map((part) => Number(part ?? 0)), prerelease: match[4] !== undefined };
}
