/** How soon GKE upgrades a cluster, and for how long it supports a version: https://docs.cloud.google.com/kubernetes-engine/docs/concepts/release-channels */
export const releaseChannels = ["REGULAR", "STABLE", "EXTENDED"] as const;

export type ReleaseChannel = (typeof releaseChannels)[number];
