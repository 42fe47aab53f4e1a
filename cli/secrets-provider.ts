import type { StackClass } from "../components/planning/protection";
import { shownStatePlace, statePlace, type StackBackend, type StateBackend } from "../stacks/backends";
import { secretsProvider } from "../stacks/state-place";
import type { StackFile } from "./stack-file";

/** Clouds by the scheme of their keys' addresses. */
const CLOUDS: Readonly<Record<string, StateBackend["cloud"]>> = {
  awskms: "aws",
  gcpkms: "gcp",
  azurekeyvault: "azure",
};

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
  const [account] = file.accounts;
  const row = { backend, entry, prefix };
  const wanted = secretsProvider(account === undefined ? shownStatePlace(row) : statePlace(row, account));
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
  const found = faults[cloud]({ backend, file, key, region });
  return found === undefined ? undefined : `${named} ${found}`;
}

/** A key as a stack's file names it, beside what it has to fit. */
interface NamedKey {
  readonly backend: StateBackend;
  readonly file: StackFile;
  readonly key: string;
  /** As the address says; only addresses on AWS do. */
  readonly region: string | undefined;
}

/** What is wrong with a key of the state's cloud. */
const faults = { aws: awsFault, gcp: gcpFault, azure: azureFault } as const;

function awsFault({ backend, file, key, region }: NamedKey): string | undefined {
  if (region === undefined) return "names no region, so that each user's own settings choose the key";
  // arn:<partition>:kms:<region>:<account>:key/<id>
  const [isArn, , , arnRegion, account] = key.split(":");
  for (const one of isArn === "arn" ? [region, arnRegion] : [region]) {
    if (one !== backend.region) return `is a key of ${String(one)}, another region than the state's`;
  }
  if (isArn !== "arn" || account === undefined) return undefined;
  if (!/^\d{12}$/.test(account)) return `is a key of account "${account}", which is not twelve digits`;
  if (file.accounts.length > 0 && !file.accounts.includes(account)) {
    return `is a key of account ${account}, and platform:accounts has ${file.accounts.join(", ")} only`;
  }
  return undefined;
}

function gcpFault({ backend, file, key }: NamedKey): string | undefined {
  const [, project, location] =
    /^projects\/([^/]+)\/locations\/([^/]+)\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/.exec(key) ?? [];
  if (project === undefined) return "is no key: projects/<project>/locations/<region>/keyRings/<ring>/cryptoKeys/<key>";
  if (location !== backend.region) return `is a key of ${String(location)}, another region than the state's`;
  if (file.accounts.length > 0 && !file.accounts.includes(project)) {
    return `is a key of project ${project}, and platform:project is ${file.accounts.join(", ")}`;
  }
  return undefined;
}

/** A vault's address tells neither region nor subscription. A version may stand at its end. */
function azureFault({ key }: NamedKey): string | undefined {
  if (/^[a-z0-9-]+\.vault\.azure\.net\/keys\/[^/]+(\/[0-9a-f]{32})?$/i.test(key)) return undefined;
  return "is no key: <vault>.vault.azure.net/keys/<key>";
}

/** Host and path together are the key: `awskms://alias/x` and `awskms:///alias/x` are the same to the engine. */
function parts(provider: string) {
  const [, scheme = provider, key = "", query = ""] = /^([a-z]+):\/\/\/?([^?]*)(?:\?(.*))?$/.exec(provider) ?? [];
  return { scheme, key, region: new URLSearchParams(query).get("region") ?? undefined };
}
