import { TODAY } from "../aws/eks-versions";

interface Minor {
  /** Newest patch of the project; AKS follows within weeks. */
  readonly patch: number;
  /** First and last day of community support on AKS; absent where only long-term support is left. */
  readonly from?: string;
  readonly until?: string;
  /** Last day of long-term support, which takes the tier Premium. */
  readonly longTermUntil: string;
}

/**
 * Kubernetes minors of AKS. New clusters take the newest three of community support; the one before them is supported for
 * existing clusters alone.
 * Source: https://learn.microsoft.com/azure/aks/supported-kubernetes-versions (2026-08-05),
 * https://github.com/Azure/AKS/releases/tag/2026-10-25; patches: https://kubernetes.io/releases/ (2026-10-28)
 */
const MINORS: Readonly<Record<string, Minor>> = {
  "1.31": { patch: 14, longTermUntil: "2026-11-30" },
  "1.32": { patch: 13, longTermUntil: "2027-03-31" },
  "1.33": { patch: 13, longTermUntil: "2027-07-31" },
  "1.34": { patch: 13, from: "2025-11-01", until: "2026-11-30", longTermUntil: "2027-11-30" },
  "1.35": { patch: 10, from: "2026-03-01", until: "2027-03-31", longTermUntil: "2028-03-31" },
  "1.36": { patch: 6, from: "2026-06-01", until: "2027-06-30", longTermUntil: "2028-06-30" },
  "1.37": { patch: 1, from: "2026-10-01", until: "2027-10-31", longTermUntil: "2028-10-31" },
};

/** How many of the minors in community support a new cluster may have. */
const FOR_NEW = 3;

/** What a cluster gets that names no version: AKS's own default since 2026-10-25. */
export const DEFAULT_VERSION = "1.36";

export interface Version {
  readonly minor: string;
  readonly full: string;
}

/** A version as given, `1.36` or `1.36.2`, with the patch that runs; undefined when AKS does not know it. */
export function versionOf(given: string): Version | undefined {
  const found = /^(1\.\d+)(?:\.(\d+))?$/.exec(given);
  const minor = found?.[1] ?? "";
  const known = MINORS[minor];
  if (found === null || known === undefined) return undefined;
  const patch = found[2] === undefined ? known.patch : Number(found[2]);
  return patch > known.patch ? undefined : { minor, full: `${minor}.${String(patch)}` };
}

/** Minors that a cluster may be made with on a day. */
export function offered(longTerm: boolean, day: string = TODAY): readonly string[] {
  const minors = Object.entries(MINORS);
  if (longTerm) return minors.filter(([, { longTermUntil }]) => day <= longTermUntil).map(([minor]) => minor);
  return minors
    .filter(([, { from, until }]) => from !== undefined && until !== undefined && from <= day && day <= until)
    .map(([minor]) => minor)
    .slice(-FOR_NEW);
}

/** The number after `1.`. */
export function minorNumber(version: string): number {
  return Number(/^1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
}
