/** End of a version's support on EKS. */
export interface EksVersion {
  /** Last day of standard support. */
  readonly standardUntil: string;
  /** Last day of extended support, which is billed extra per cluster and hour. */
  readonly extendedUntil: string;
}

/**
 * Versions that EKS still makes clusters of. Source: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html,
 * read 2026-11-21. The date of a deployment is not looked at: what is configured means the same on every day.
 */
export const eksVersions = {
  "1.36": { standardUntil: "2027-08-02", extendedUntil: "2028-08-02" },
  "1.35": { standardUntil: "2027-03-27", extendedUntil: "2028-03-27" },
  "1.34": { standardUntil: "2026-12-02", extendedUntil: "2027-12-02" },
  "1.33": { standardUntil: "2026-07-29", extendedUntil: "2027-07-29" },
} as const satisfies Record<string, EksVersion>;

/** The day on which the table above was read. */
const read = "2026-11-21";

/** Why a version cannot be used as it is; `undefined` when it can. */
export function eksVersionFault(version: string, supportType: "STANDARD" | "EXTENDED"): string | undefined {
  const known: EksVersion | undefined = Object.entries(eksVersions).find(([minor]) => minor === version)?.[1];
  const newest = Object.keys(eksVersions)[0] ?? "";
  if (known === undefined) {
    return `${version} is not supported by EKS (it knows ${Object.keys(eksVersions).join(", ")}): use ${newest}, or set allowUnsupportedVersion`;
  }
  if (known.standardUntil < read && supportType === "STANDARD") {
    return `standard support of ${version} ended on ${known.standardUntil}: use ${newest}, or set supportType to EXTENDED`;
  }
  return undefined;
}
