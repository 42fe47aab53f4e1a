import type { OutageCloud } from "../offline/cloud/faults";
import { registryOf } from "../offline/services/kubernetes/image-registries";
import { hostOf, namedIn, type Named } from "./addresses";

type Bag = Readonly<Record<string, unknown>>;

/** What the engine knows of one resource: an entry of a state, or a registration. */
export interface KnownResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Bag | undefined;
  readonly outputs?: Bag | undefined;
}

/** What the engine knows of a stack. */
export interface KnownStack {
  /** The one cloud that the stack may need. */
  readonly cloud: OutageCloud;
  readonly resources: readonly KnownResource[];
  /** Address of the key of its secrets. Absent: a passphrase. */
  readonly secretsProvider?: string | undefined;
  /** Address of its state. Absent: not looked at. */
  readonly backend?: string | undefined;
  /** Tokens of the data sources that the program asks: a state has none of them, only their provider. */
  readonly invokes?: readonly string[];
  /** Contracts of other sites that the program was given. What they name may be dead, and is data. */
  readonly contracts?: readonly unknown[];
}

/** Something of another cloud, or of another stack, that an update of the stack reads or relies on. */
export interface ForeignRead {
  readonly what: string;
  /** URN, and behind it the path of the property; of what is no resource, its place in the stack. */
  readonly where: string;
  readonly why: string;
  readonly remedy: string;
}

/** Packages whose providers call a cloud. */
const PACKAGES: Readonly<Record<string, OutageCloud>> = {
  aws: "aws",
  "aws-native": "aws",
  awsx: "aws",
  eks: "aws",
  azapi: "azure",
  azure: "azure",
  azuread: "azure",
  "azure-native": "azure",
  gcp: "gcp",
  "google-native": "gcp",
};

const TITLES = { aws: "AWS", azure: "Azure", gcp: "Google Cloud" } as const satisfies Record<OutageCloud, string>;

const PROVIDER = "pulumi:providers:";
const STACK_REFERENCE = "pulumi:pulumi:StackReference";

/** What a kubeconfig runs to log in, and whose service that asks. */
const LOGINS: readonly (readonly [cloud: OutageCloud, command: RegExp])[] = [
  ["aws", /\bcommand"?\s*:\s*"?(?:\S*\/)?(aws|aws-iam-authenticator)\b/],
  ["gcp", /\bcommand"?\s*:\s*"?(?:\S*\/)?(gcloud|gke-gcloud-auth-plugin)\b/],
  ["azure", /\bcommand"?\s*:\s*"?(?:\S*\/)?(az|kubelogin)\b/],
];

/**
 * Everything of another cloud or stack that a stack reads. None: an update succeeds while every other cloud is off, as far as the
 * engine can know. Values that are encrypted in a state cannot be looked into: those of a program run in one process can.
 */
export function foreignReads(stack: KnownStack): readonly ForeignRead[] {
  const dead = addressesOf(stack);
  return [
    ...ofSecrets(stack),
    ...ofBackend(stack),
    ...(stack.invokes ?? []).flatMap((token) => ofInvoke(stack, token)),
    ...stack.resources.flatMap((resource) => ofResource(stack, resource, dead)),
  ];
}

/** Each read as a line: what, where, why, and what to do. */
export function describeForeignReads(reads: readonly ForeignRead[]): string {
  return reads.map(({ what, where, why, remedy }) => `${where}: ${what}: ${why}; ${remedy}`).join("\n");
}

/**
 * Hosts outside of every cloud that images and charts come from, sorted. Which cloud serves them is for their operators to choose,
 * so a copy of what they have must be in the site's own registry before they can be gone.
 */
export function thirdParties({ cloud, resources }: Pick<KnownStack, "cloud" | "resources">): readonly string[] {
  const found = new Set<string>();
  for (const { inputs, type } of resources) {
    if (!type.startsWith("kubernetes:")) continue;
    for (const { path, text } of texts(inputs)) {
      const host = /(^|\.)image$/.test(path)
        ? registryOf(text)
        : path === "repositoryOpts.repo"
          ? hostOf(text)
          : undefined;
      if (host !== undefined && namedIn(host, cloud).length === 0) found.add(host);
    }
  }
  return [...found].sort();
}

function ofSecrets({ cloud, secretsProvider }: KnownStack): readonly ForeignRead[] {
  return namedIn(secretsProvider ?? "", cloud)
    .filter((named) => named.cloud !== cloud)
    .map((named) => ({
      what: `key ${named.text}`,
      where: "secretsprovider of the stack's file",
      why: `${TITLES[named.cloud]} holds the key, and without it the state cannot be read`,
      remedy: `use a key of ${TITLES[cloud]}: pulumi stack change-secrets-provider`,
    }));
}

function ofBackend({ cloud, backend }: KnownStack): readonly ForeignRead[] {
  return namedIn(backend ?? "", cloud)
    .filter((named) => named.cloud !== cloud)
    .map((named) => ({
      what: `state in ${named.text}`,
      where: "backend of the stack",
      why: `${TITLES[named.cloud]} holds the state`,
      remedy: `keep it in ${TITLES[cloud]}: npx platform backend bootstrap`,
    }));
}

function ofInvoke({ cloud }: KnownStack, token: string): readonly ForeignRead[] {
  const asked = PACKAGES[packageOf(token)];
  if (asked === undefined || asked === cloud) return [];
  return [
    {
      what: `data source ${token}`,
      where: "the program",
      why: `it asks ${TITLES[asked]}`,
      remedy: "take the value from the stack's configuration or from the contract of that site",
    },
  ];
}

function ofResource(stack: KnownStack, resource: KnownResource, dead: ReadonlySet<string>): readonly ForeignRead[] {
  const { urn, type } = resource;
  if (type === STACK_REFERENCE) {
    const name = resource.inputs?.["name"];
    return [
      {
        what: `reference to stack ${typeof name === "string" ? name : "without a name"}`,
        where: urn,
        why: "it reads the state of another stack, which is gone with the cloud that keeps it",
        remedy: "read the contract of that site, which is kept beside this stack's own state",
      },
    ];
  }
  const isProvider = type.startsWith(PROVIDER);
  const called = PACKAGES[isProvider ? type.slice(PROVIDER.length) : packageOf(type)];
  if (called !== undefined && called !== stack.cloud) {
    return [
      isProvider
        ? {
            what: `provider of ${TITLES[called]}`,
            where: urn,
            why: `it logs in to ${TITLES[called]} before anything else`,
            remedy: "remove it, and every resource and data source that uses it",
          }
        : {
            what: `resource ${type}`,
            where: urn,
            why: `it is in ${TITLES[called]}`,
            remedy: "move it to a stack of that cloud",
          },
    ];
  }
  // A provider connects to what its configuration names, so that must not be dead.
  const exempt = isProvider ? new Set<string>() : dead;
  const found = new Map<string, ForeignRead>();
  for (const [bag, prefix] of [
    [resource.inputs, ""],
    [resource.outputs, "outputs."],
  ] as const) {
    for (const { path, text } of texts(bag)) {
      for (const read of ofText(stack, text, exempt)) {
        const key = `${read.what} ${read.why}`;
        if (!found.has(key)) found.set(key, { ...read, where: `${urn} ${prefix}${path}` });
      }
    }
  }
  return [...found.values()];
}

const REASONS = {
  image: {
    why: (cloud: string) => `${cloud} serves it, and no new node gets it while that is off`,
    remedy: "push it to the registry of the site and name it there",
  },
  key: {
    why: (cloud: string) => `${cloud} holds the key`,
    remedy: "use a key of the site's own cloud",
  },
  bucket: {
    why: (cloud: string) => `the bucket is in ${cloud}`,
    remedy: "read a copy in the site's own cloud",
  },
  identifier: {
    why: (cloud: string) => `it names a resource of ${cloud}`,
    remedy: "use a resource of the site's own cloud",
  },
  host: {
    why: (cloud: string) => `${cloud} answers there`,
    remedy: "use a service of the site's own cloud; the address of a linked site belongs in its contract",
  },
} as const satisfies Record<Named["kind"], { why: (cloud: string) => string; remedy: string }>;

function ofText(
  { cloud }: KnownStack,
  text: string,
  exempt: ReadonlySet<string>,
): readonly Omit<ForeignRead, "where">[] {
  const named = namedIn(text, cloud)
    .filter((each) => each.cloud !== cloud && !(each.kind === "host" && exempt.has(each.text.toLowerCase())))
    .map((each) => ({
      what: `${each.kind} ${each.text}`,
      why: REASONS[each.kind].why(TITLES[each.cloud]),
      remedy: REASONS[each.kind].remedy,
    }));
  const logins = LOGINS.flatMap(([asked, command]) => {
    const match = asked === cloud ? null : command.exec(text);
    return match === null
      ? []
      : [
          {
            what: `login by ${match[1] ?? ""}`,
            why: `it asks ${TITLES[asked]} for a token`,
            remedy: "use a cluster of the site's own cloud",
          },
        ];
  });
  return [...named, ...logins];
}

/** Hosts that the contracts of other sites name, but for registries: what is pulled from there must be here. */
function addressesOf({ cloud, contracts = [] }: KnownStack): ReadonlySet<string> {
  const found = contracts
    .flatMap((contract) => [...texts(contract)])
    .filter(({ path }) => !path.startsWith("registries"))
    .flatMap(({ text }) => namedIn(text, cloud))
    .filter(({ kind }) => kind === "host");
  return new Set(found.map(({ text }) => text.toLowerCase()));
}

function packageOf(token: string): string {
  return token.split(":")[0] ?? "";
}

/** Every text in a value, with the path that leads to it. */
function* texts(value: unknown, path = ""): Generator<{ readonly path: string; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) yield* texts(each, `${path}[${String(index)}]`);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value)) yield* texts(each, path === "" ? key : `${path}.${key}`);
  }
}
