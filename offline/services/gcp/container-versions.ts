/** Release channels, the default version of each and the minor versions it offers. */
interface Channel {
  readonly default: string;
  readonly minors: readonly string[];
}

/**
 * What GKE offered in September 2026: https://docs.cloud.google.com/kubernetes-engine/docs/release-notes
 * Clusters on no channel, which the notes call deprecated, get what REGULAR offers.
 */
const CHANNELS = {
  RAPID: { default: "1.36.4-gke.1082000", minors: ["1.34", "1.35", "1.36", "1.37"] },
  REGULAR: { default: "1.35.8-gke.1036000", minors: ["1.34", "1.35", "1.36"] },
  STABLE: { default: "1.35.6-gke.1250000", minors: ["1.34", "1.35"] },
  EXTENDED: { default: "1.35.8-gke.1036000", minors: ["1.31", "1.32", "1.33", "1.34", "1.35", "1.36"] },
  UNSPECIFIED: { default: "1.35.8-gke.1036000", minors: ["1.34", "1.35", "1.36"] },
} as const satisfies Record<string, Channel>;

export type ChannelName = keyof typeof CHANNELS;

export const CHANNEL_NAMES = Object.keys(CHANNELS) as readonly ChannelName[];

/** The build that a minor version stands for; of those that the notes do not name, the first. */
const BUILDS: Readonly<Record<string, string>> = {
  "1.35": "1.35.8-gke.1036000",
  "1.36": "1.36.4-gke.1082000",
};

export function isChannel(name: string): name is ChannelName {
  return name in CHANNELS;
}

function build(minor: string): string {
  return BUILDS[minor] ?? `${minor}.1-gke.1000000`;
}

/** Versions that a channel offers, the newest first. */
export function offered(channel: ChannelName): readonly string[] {
  const row: Channel = CHANNELS[channel];
  const versions = [row.default, ...row.minors.map(build)];
  return [...new Set(versions)].sort((a, b) => compare(b, a));
}

export function defaultVersion(channel: ChannelName): string {
  return CHANNELS[channel].default;
}

/**
 * The version that `wanted` stands for: an alias (`1.36`, `1.36.4`, `latest`, `-`) the newest that fits, a whole version itself.
 * Undefined when the channel offers none. https://docs.cloud.google.com/kubernetes-engine/versioning#specifying_cluster_version
 */
export function resolveVersion(channel: ChannelName, wanted: string | undefined): string | undefined {
  if (wanted === undefined || wanted === "" || wanted === "-") return defaultVersion(channel);
  const all = offered(channel);
  if (wanted === "latest") return all[0];
  return all.find((each) => each === wanted || each.startsWith(`${wanted}.`) || each.startsWith(`${wanted}-`));
}

/** What GKE says to a version that it does not offer. */
export function unsupported(kind: "Master" | "Node", wanted: string, channel: ChannelName): string {
  const known = offered(channel).join(", ");
  return wanted.includes("-gke.")
    ? `${kind} version "${wanted}" is unsupported. (channel ${channel} offers ${known})`
    : `No valid versions with the prefix "${wanted}" found. (channel ${channel} offers ${known})`;
}

/** The minor version as a number: 36 of `1.36.4-gke.1082000`. */
export function minorOf(version: string): number {
  return Number(version.split(".")[1] ?? 0);
}

/** Below zero when `a` is older than `b`. */
export function compare(a: string, b: string): number {
  const numbers = (version: string) => (version.match(/\d+/g) ?? []).map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
