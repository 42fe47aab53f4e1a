/** The day that dates in this table are compared with. */
export const TODAY = "2026-11-21";

interface Minor {
  readonly endOfStandard: string;
  readonly endOfExtended: string;
}

/**
 * Kubernetes minors that EKS offers, with the last days of standard and of extended support.
 * Source: https://endoflife.date/amazon-eks (2026-08-22) and
 * https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
 */
const MINORS: Readonly<Record<string, Minor>> = {
  "1.31": { endOfStandard: "2025-11-26", endOfExtended: "2026-11-26" },
  "1.32": { endOfStandard: "2026-03-23", endOfExtended: "2027-03-23" },
  "1.33": { endOfStandard: "2026-07-29", endOfExtended: "2027-07-29" },
  "1.34": { endOfStandard: "2026-12-02", endOfExtended: "2027-12-02" },
  "1.35": { endOfStandard: "2027-03-27", endOfExtended: "2028-03-27" },
  "1.36": { endOfStandard: "2027-08-02", endOfExtended: "2028-08-02" },
};

/** What a cluster gets that names no version. */
export const NEWEST_VERSION = "1.36";

export type Support = "standard" | "extended" | "none";

/** The support that EKS gives a minor on a day: `none` when it is not offered, or no longer. */
export function supportOf(version: string, day: string = TODAY): Support {
  const minor = MINORS[version];
  if (minor === undefined || day > minor.endOfExtended) return "none";
  return day > minor.endOfStandard ? "extended" : "standard";
}

/** The number after `1.`; NaN when `version` is no minor. */
export function minorOf(version: string): number {
  return Number(/^1\.(\d+)$/.exec(version)?.[1] ?? Number.NaN);
}

/** A node may be at most this many minors behind its control plane. https://kubernetes.io/releases/version-skew-policy/ */
export const KUBELET_SKEW = 3;

/**
 * Add-ons by name, each with its newest release, without the build number. Names:
 * https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html and
 * https://docs.aws.amazon.com/eks/latest/userguide/community-addons.html. Releases: https://github.com/aws/eks-distro/releases and
 * the projects' own, July 2026; where none is known the field is empty and any version of the right form is taken.
 */
const ADDONS: Readonly<Record<string, string>> = {
  adot: "",
  "amazon-cloudwatch-observability": "",
  "aws-ebs-csi-driver": "v1.56.0",
  "aws-efs-csi-driver": "",
  "aws-guardduty-agent": "",
  "aws-mountpoint-s3-csi-driver": "",
  "cert-manager": "",
  coredns: "v1.14.3",
  "eks-node-monitoring-agent": "",
  "eks-pod-identity-agent": "v1.3.10",
  "external-dns": "",
  "fluent-bit": "",
  "kube-proxy": "",
  "kube-state-metrics": "",
  "metrics-server": "v0.8.1",
  "prometheus-node-exporter": "",
  "snapshot-controller": "",
  "sriov-network-metrics-exporter": "",
  "vpc-cni": "v1.22.3",
};

/** Patch of kube-proxy by minor: https://github.com/aws/eks-distro/releases (July 2026). */
const KUBE_PROXY: Readonly<Record<string, string>> = {
  "1.31": "v1.31.14",
  "1.32": "v1.32.13",
  "1.33": "v1.33.10",
  "1.34": "v1.34.4",
  "1.35": "v1.35.6",
  "1.36": "v1.36.2",
};

export function isAddon(name: string): boolean {
  return name in ADDONS;
}

/** The version that EKS chooses when none is given. */
export function newestAddonVersion(name: string, kubernetesVersion: string): string {
  const release = name === "kube-proxy" ? KUBE_PROXY[kubernetesVersion] : ADDONS[name];
  return `${release === undefined || release === "" ? "v1.0.0" : release}-eksbuild.1`;
}

/** Whether a version has the form of an add-on's, and for kube-proxy also the cluster's minor. */
export function isAddonVersion(name: string, version: string, kubernetesVersion: string): boolean {
  if (!/^v\d+\.\d+\.\d+-eksbuild\.\d+$/.test(version)) return false;
  return name !== "kube-proxy" || version.startsWith(`v${kubernetesVersion}.`);
}

/** AMI families of managed node groups. https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html (botocore 1.44.5) */
export const AMI_TYPES: ReadonlySet<string> = new Set([
  ...["AL2_x86_64", "AL2_x86_64_GPU", "AL2_ARM_64", "CUSTOM"],
  ...["AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_NEURON"],
  ...["AL2023_x86_64_NVIDIA", "AL2023_ARM_64_NVIDIA"],
  ...["x86_64", "ARM_64"].flatMap((architecture) =>
    ["", "_FIPS", "_NVIDIA", "_NVIDIA_FIPS"].map((kind) => `BOTTLEROCKET_${architecture}${kind}`),
  ),
  ...["2019", "2022", "2025"].flatMap((year) => [`WINDOWS_CORE_${year}_x86_64`, `WINDOWS_FULL_${year}_x86_64`]),
]);

/** Last minor with Amazon Linux 2 images. https://github.com/awslabs/amazon-eks-ami/issues/2545 */
export const LAST_AL2_MINOR = 32;
