import { createHash } from "node:crypto";

/** Letters and digits in which a subscription shows at the end of a name that all of Azure shares. */
export const sharedNameTagLength = 6;

/** The same for ever for one subscription and prefix, so that a shortened prefix of one stack is not another's. */
function tagOf(prefix: string, subscription: string): string {
  const hash = createHash("sha256").update(`${subscription.toLowerCase()}/${prefix}`).digest("hex").slice(0, 16);
  return BigInt(`0x${hash}`).toString(36).padStart(sharedNameTagLength, "0").slice(-sharedNameTagLength);
}

/** Rules of the names that are taken for all of Azure, since they are part of a host name. */
export interface SharedNameRule {
  /** Most letters that the name may have. */
  readonly longest: number;
  /** Whether hyphens are allowed. */
  readonly hyphens: boolean;
}

/**
 * A name that no other subscription has: prefix, part and a tag of the subscription. A prefix that is too long is cut.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 *
 * @throws RangeError when even the first letter of the prefix finds no room.
 */
export function sharedName(prefix: string, part: string, subscription: string, rule: SharedNameRule): string {
  const tag = tagOf(prefix, subscription);
  const separator = rule.hyphens ? "-" : "";
  const clean = (text: string) => text.toLowerCase().replace(rule.hyphens ? /[^a-z0-9-]/g : /[^a-z0-9]/g, "");
  const tail = `${separator}${clean(part)}${separator}${tag}`;
  const head = clean(prefix)
    .slice(0, Math.max(0, rule.longest - tail.length))
    .replace(/-+$/, "");
  if (head === "") {
    throw new RangeError(`a name of ${String(rule.longest)} letters has no room for "${part}": take a shorter one`);
  }
  return head + tail;
}

/** The name of a key vault: 3 to 24 letters, digits and hyphens. A deleted vault keeps its name until it is purged. */
export function vaultName(prefix: string, part: string, subscription: string): string {
  return sharedName(prefix, part, subscription, { longest: 24, hyphens: true });
}

/** The name of a container registry: 5 to 50 letters and digits. */
export function registryName(prefix: string, subscription: string): string {
  return sharedName(prefix, "images", subscription, { longest: 50, hyphens: false });
}

/** The name of a storage account: 3 to 24 small letters and digits. */
export function storageAccountName(prefix: string, part: string, subscription: string): string {
  return sharedName(prefix, part, subscription, { longest: 24, hyphens: false });
}

/** Most letters of a Linux pool's name: https://learn.microsoft.com/azure/aks/create-node-pools#limitations */
const longestPoolName = 12;

/** The name of a node pool of AKS: small letters and digits, at most 12. A longer key is cut and told apart by a hash. */
export function nodePoolName(key: string): string {
  const clean = key.toLowerCase().replace(/[^a-z0-9]/g, "");
  if (!/^[a-z]/.test(clean)) throw new RangeError(`node pool "${key}" must begin with a letter`);
  if (clean.length <= longestPoolName && clean === key) return clean;
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 4);
  return clean.slice(0, longestPoolName - hash.length) + hash;
}

/** The resource group of a site. */
export function resourceGroupName(prefix: string): string {
  return `${prefix}-site`;
}

/**
 * The resource group that AKS puts machines, disks and load balancers into: at most 80 letters.
 * https://learn.microsoft.com/azure/aks/faq
 */
export function nodeResourceGroupName(clusterName: string): string {
  return `${clusterName}-nodes`;
}

/** Names of Key Vault have letters, digits and hyphens alone, at most 127: `<prefix>-<name>`. */
export function vaultSecretName(prefix: string, name: string): string {
  return `${prefix}-${name}`.replace(/[^A-Za-z0-9-]/g, "-");
}

/** A GUID that is always the same for the same text: some of Azure's names have to be one. */
export function guidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
