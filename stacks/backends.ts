import { namePrefix } from "../components/planning/names";
import type { StackClass } from "../components/planning/protection";
import type { StateBackendConfig } from "../config/schema/state-backend";
import type { StateBackendAzureConfig, StateOperator } from "../config/schema/state-backend-azure";
import type { StateBackendGcpConfig } from "../config/schema/state-backend-gcp";
import { catalogue, type CatalogueEntry } from "./catalogue";
import {
  awsStatePlace,
  azureStatePlace,
  backendUrl,
  gcpStatePlace,
  secretsProvider,
  shownPlace,
  type StatePlace,
} from "./state-place";

interface Kept {
  /** Region of the bucket and of the key. */
  readonly region: string;
  /** Whether the stack writes the contract of its site to where its state is. */
  readonly siteContract: "delivered" | "none";
}

/** A state on Azure, where no role on a subscription brings rights to what is in it. */
interface KeptOnAzure extends Kept {
  /** Who works on the stack: they may use the state and its key. Default: those who have the rights from higher up. */
  readonly operators?: Readonly<Record<string, StateOperator>>;
  /** IPv4 addresses and ranges on the internet that state and key answer. Default: any, to whoever logs in with a right. */
  readonly reachableFrom?: readonly string[];
}

/** Where a stack's state is kept, and the key that encrypts the secrets in it: always in the stack's own cloud and region. */
export type StateBackend =
  ({ readonly cloud: "aws" } & Kept) | ({ readonly cloud: "gcp" } & Kept) | ({ readonly cloud: "azure" } & KeptOnAzure);

/** One row for each stack: a stack that is added to the catalogue does not compile until it has one. */
export const backends = {
  dev: { cloud: "aws", region: "us-west-2", siteContract: "none" },
  dr: { cloud: "azure", region: "eastus", siteContract: "delivered" },
  "durga-puja": { cloud: "aws", region: "us-east-1", siteContract: "none" },
  prod: { cloud: "aws", region: "us-west-2", siteContract: "delivered" },
  "prod-gcp": { cloud: "gcp", region: "us-central1", siteContract: "delivered" },
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

/**
 * Bucket and key of a stack's state.
 *
 * @param account the account, project or subscription that the stack is deployed to
 */
export function statePlace({ backend: { cloud, region }, prefix }: StackBackend, account: string): StatePlace {
  switch (cloud) {
    case "aws":
      return awsStatePlace(prefix, account, region);
    case "gcp":
      return gcpStatePlace(prefix, account, region);
    case "azure":
      return azureStatePlace(prefix, account);
  }
}

/** The same before an account is known, as documents and advice show it. */
export function shownStatePlace({ backend: { cloud, region }, prefix }: StackBackend): StatePlace {
  return shownPlace(cloud, prefix, region);
}

/** The table as `docs/backends.md` shows it. */
export function backendsTable(): string {
  const rows = Object.keys(catalogue).flatMap((stack) => {
    const row = backendOf(stack);
    if (row === undefined) return [];
    const place = shownStatePlace(row);
    const contract = row.backend.siteContract === "delivered" ? `of site ${row.entry.site ?? ""}` : "";
    return [`| \`${stack}\` | \`${backendUrl(place)}\` | \`${secretsProvider(place)}\` | ${contract} |`];
  });
  return ["| stack | state | secrets provider | site contract |", "|---|---|---|---|", ...rows].join("\n");
}

/** Settings that name where a stack is deployed to: one of them, by cloud. */
export interface AccountSettings {
  readonly accounts?: readonly string[] | undefined;
  readonly project?: string | undefined;
  readonly subscription?: string | undefined;
}

/** The accounts, the project or the subscription that a configuration allows; none: any. */
export function accountsOf({ accounts = [], project, subscription }: AccountSettings): readonly string[] {
  return [...accounts, ...[project, subscription].filter((one) => one !== undefined)];
}

/** What the stack that makes a backend takes over from the stack that it is for. */
export interface BackendOwner {
  readonly class: StackClass | undefined;
  /** As `accountsOf` gives them. */
  readonly accounts: readonly string[];
}

/** The configuration of the stack that makes a backend, by the keys that Pulumi knows it by. What stays out has a default. */
export function backendSettings(row: StackBackend, owner: BackendOwner): Readonly<Record<string, unknown>> {
  const { entry, backend } = row;
  const settings = {
    owner: entry.stack,
    system: entry.system,
    class: owner.class,
    region: backend.region,
    ...cloudSettings(backend, owner.accounts),
  };
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [[`platform:${key}`, value]])),
  );
}

function cloudSettings(backend: StateBackend, accounts: readonly string[]) {
  switch (backend.cloud) {
    case "aws":
      return { blueprint: "state-backend", accounts } satisfies Settings<StateBackendConfig>;
    case "gcp":
      return { blueprint: "state-backend-gcp", project: accounts[0] } satisfies Settings<StateBackendGcpConfig>;
    case "azure":
      return {
        blueprint: "state-backend-azure",
        subscription: accounts[0],
        siteContract: backend.siteContract,
        operators: backend.operators,
        reachableFrom: backend.reachableFrom,
      } satisfies Settings<StateBackendAzureConfig>;
  }
}

type Settings<Config> = Readonly<Partial<Record<keyof Config, unknown>>>;

/** The stack that makes the bucket and the key of another stack's state. It is none of the catalogue. */
export function backendStackName(stack: string): string {
  return `${stack}-backend`;
}
