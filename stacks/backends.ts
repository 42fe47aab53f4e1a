import { namePrefix, stateBucketName, stateKeyAlias } from "../components/planning/names";
import type { StackClass } from "../components/planning/protection";
import type { StateBackendConfig } from "../config/schema/state-backend";
import { catalogue, type CatalogueEntry } from "./catalogue";

/** Where a stack's state is kept, and the key that encrypts the secrets in it: always in the stack's own cloud and region. */
export interface StateBackend {
  readonly cloud: "aws";
  /** Region of the bucket and of the key. */
  readonly region: string;
  /** Whether the stack writes the contract of its site into the bucket. */
  readonly siteContract: "delivered" | "none";
}

/** One row for each stack: a stack that is added to the catalogue does not compile until it has one. */
export const backends = {
  dev: { cloud: "aws", region: "us-west-2", siteContract: "none" },
  "durga-puja": { cloud: "aws", region: "us-east-1", siteContract: "none" },
  prod: { cloud: "aws", region: "us-west-2", siteContract: "delivered" },
} as const satisfies Record<keyof typeof catalogue, StateBackend>;

/** A stack of the catalogue with the row of its state. */
export interface StackBackend {
  readonly entry: CatalogueEntry;
  readonly backend: StateBackend;
  /** First part of the names of the bucket and of the key's alias. */
  readonly prefix: string;
}

/** The row of a stack; `undefined` for one that the catalogue does not know. */
export function backendOf(stack: string): StackBackend | undefined {
  const entry: CatalogueEntry | undefined = Object.values(catalogue).find((one) => one.stack === stack);
  const backend = Object.entries<StateBackend>(backends).find(([name]) => name === stack)?.[1];
  if (entry === undefined || backend === undefined) return undefined;
  return { entry, backend, prefix: namePrefix(entry.system, stack) };
}

/** Bucket and key by their names in one cloud: all that the engine has to be told. */
export type StatePlace =
  | { readonly cloud: "aws"; readonly region: string; readonly bucket: string; readonly keyAlias: string }
  | {
      readonly cloud: "gcp";
      readonly project: string;
      /** Location of the key ring. */
      readonly location: string;
      readonly bucket: string;
      readonly keyRing: string;
      readonly key: string;
    }
  | {
      readonly cloud: "azure";
      readonly storageAccount: string;
      readonly container: string;
      readonly vault: string;
      readonly key: string;
    };

/** Bucket and key of a stack's state in an account. The account is twelve digits. */
export function statePlace({ backend: { cloud, region }, prefix }: StackBackend, account: string): StatePlace {
  return { cloud, region, bucket: stateBucketName(prefix, account, region), keyAlias: stateKeyAlias(prefix) };
}

/**
 * What `pulumi login` takes. https://www.pulumi.com/docs/iac/guides/basics/using-a-diy-backend/
 *
 * The region stands in it, since the engine else takes that of whoever deploys; `awssdk=v2` is for a CLI that still knows both.
 */
export function backendUrl(place: StatePlace): string {
  switch (place.cloud) {
    case "aws":
      return `s3://${place.bucket}?region=${place.region}&awssdk=v2`;
    case "gcp":
      return `gs://${place.bucket}`;
    case "azure":
      return `azblob://${place.container}?storage_account=${place.storageAccount}`;
  }
}

/** What `pulumi stack init --secrets-provider` takes. https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_init/ */
export function secretsProvider(place: StatePlace): string {
  switch (place.cloud) {
    case "aws":
      return `awskms:///${place.keyAlias}?region=${place.region}`;
    case "gcp":
      return `gcpkms://projects/${place.project}/locations/${place.location}/keyRings/${place.keyRing}/cryptoKeys/${place.key}`;
    case "azure":
      return `azurekeyvault://${place.vault}.vault.azure.net/keys/${place.key}`;
  }
}

/** The table as `docs/backends.md` shows it. */
export function backendsTable(): string {
  const rows = Object.keys(catalogue).flatMap((stack) => {
    const row = backendOf(stack);
    if (row === undefined) return [];
    const place = statePlace(row, "<account>");
    const contract = row.backend.siteContract === "delivered" ? `of site ${row.entry.site ?? ""}` : "";
    return [`| \`${stack}\` | \`${backendUrl(place)}\` | \`${secretsProvider(place)}\` | ${contract} |`];
  });
  return ["| stack | state | secrets provider | site contract |", "|---|---|---|---|", ...rows].join("\n");
}

/** The configuration of the stack that makes a backend, by the keys that Pulumi knows it by. What stays out has a default. */
export function backendSettings(
  { entry, backend }: StackBackend,
  owner: { readonly class: StackClass | undefined; readonly accounts: readonly string[] },
): Readonly<Record<string, unknown>> {
  const settings = {
    blueprint: "state-backend",
    owner: entry.stack,
    system: entry.system,
    ...(owner.class === undefined ? {} : { class: owner.class }),
    region: backend.region,
    accounts: owner.accounts,
  } satisfies Partial<Record<keyof StateBackendConfig, unknown>>;
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`platform:${key}`, value]));
}

/** The stack that makes the bucket and the key of another stack's state. It is none of the catalogue. */
export function backendStackName(stack: string): string {
  return `${stack}-backend`;
}
