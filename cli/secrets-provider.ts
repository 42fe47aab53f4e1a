import type { StackClass } from "../components/planning/protection";
import { secretsProvider, statePlace, type StackBackend } from "../stacks/backends";
import type { StackFile } from "./stack-file";

/** Clouds by the scheme of their keys' addresses. */
const CLOUDS: Readonly<Record<string, string>> = { awskms: "aws", gcpkms: "gcp", azurekeyvault: "azure" };

/** Classes whose secrets a key of the state's own cloud has to encrypt. */
const STRICT: readonly StackClass[] = ["production", "recovery"];

/**
 * What is wrong with the key that a stack's file names, with the remedy; `undefined` when it fits the state. A key elsewhere makes
 * the stack's state unreadable while that cloud or region is down, or for whoever has no right there.
 */
export function secretsProviderProblem({ backend, entry, prefix }: StackBackend, file: StackFile): string | undefined {
  const stack = entry.stack;
  const found = fault({ backend, entry, prefix }, file);
  if (found === undefined) return undefined;
  const wanted = secretsProvider(statePlace({ backend, entry, prefix }, ""));
  return [
    `Pulumi.${stack}.yaml: ${found}. The state of ${stack} is in ${backend.cloud} ${backend.region} (docs/backends.md), so is its key. Run`,
    `  npx platform backend bootstrap ${stack}`,
    `  pulumi stack change-secrets-provider '${wanted}' --stack ${stack}`,
  ].join("\n");
}

function fault({ backend }: StackBackend, file: StackFile): string | undefined {
  const { secretsProvider: given } = file;
  if (given === undefined) {
    return file.salted && STRICT.includes(file.class)
      ? `encryptionsalt: secrets of a stack of class ${file.class} are encrypted with a passphrase`
      : undefined;
  }
  const { scheme, key, region } = parts(given);
  const cloud = CLOUDS[scheme];
  const named = `secretsprovider ${given}`;
  if (cloud === undefined) {
    return STRICT.includes(file.class)
      ? `${named} is no key of a cloud, and the stack is of class ${file.class}`
      : undefined;
  }
  if (cloud !== backend.cloud) return `${named} is a key of ${cloud}, which the state's cloud cannot use`;
  if (region === undefined) return `${named} names no region, so that each user's own settings choose the key`;
  // arn:<partition>:kms:<region>:<account>:key/<id>
  const [isArn, , , arnRegion, account] = key.split(":");
  for (const one of isArn === "arn" ? [region, arnRegion] : [region]) {
    if (one !== backend.region) return `${named} is a key of ${String(one)}, another region than the state's`;
  }
  if (isArn !== "arn" || account === undefined) return undefined;
  if (!/^\d{12}$/.test(account)) return `${named} is a key of account "${account}", which is not twelve digits`;
  if (file.accounts.length > 0 && !file.accounts.includes(account)) {
    return `${named} is a key of account ${account}, and platform:accounts has ${file.accounts.join(", ")} only`;
  }
  return undefined;
}

/** Host and path together are the key: `awskms://alias/x` and `awskms:///alias/x` are the same to the engine. */
function parts(provider: string) {
  const [, scheme = provider, key = "", query = ""] = /^([a-z]+):\/\/\/?([^?]*)(?:\?(.*))?$/.exec(provider) ?? [];
  return { scheme, key, region: new URLSearchParams(query).get("region") ?? undefined };
}
