import type { AccountArgs } from "@pulumi/gcp/serviceaccount";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type NameRule,
  type Reference,
  type ResourceType,
} from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { decimal } from "./compute-network";
import { roleProblem } from "./iam-roles";
import { agentOf, DEFAULT_PROJECT, projectNumber } from "./project";
import { isEnabled } from "./service-apis";
import { block, text, texts } from "./text";
import { CLUSTER, CRYPTO_KEY, CUSTOM_ROLE, IDENTITY_POOL, KEY_RING, SERVICE_ACCOUNT, SERVICE_IDENTITY } from "./types";

/** https://docs.cloud.google.com/iam/docs/service-accounts-create */
const ACCOUNT_NAME: NameRule = {
  property: "accountId",
  pattern: /^[a-z]([-a-z0-9]{4,28}[a-z0-9])$/,
  rule: "6 to 30 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen",
  source: "https://docs.cloud.google.com/iam/docs/service-accounts-create",
  maxLength: 30,
  spell: (name) => name.toLowerCase(),
};

const account = resourceType<AccountArgs>({
  token: SERVICE_ACCOUNT,
  service: "iam",
  actions: { create: "serviceAccounts.create", update: "serviceAccounts.patch", delete: "serviceAccounts.delete" },
  reach: "global",
  name: ACCOUNT_NAME,
  check: ({ inputs, refuse: report }) => {
    if ((inputs.displayName ?? "").length > 100) report("displayName", "at most 100 characters");
    if ((inputs.description ?? "").length > 256) report("description", "at most 256 characters");
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const email = `${inputs.accountId ?? ""}@${scope.account}.iam.gserviceaccount.com`;
    const name = `projects/${scope.account}/serviceAccounts/${email}`;
    if (cloud.find(SERVICE_ACCOUNT, name) !== undefined) {
      refuse(
        "alreadyExists",
        `Service account ${inputs.accountId ?? ""} already exists within project ${name.split("/serviceAccounts")[0] ?? ""}.`,
      );
    }
    return {
      id: name,
      outputs: {
        email,
        name,
        member: `serviceAccount:${email}`,
        // A new one for every account, also for one of the same name: grants to the old one stay dead.
        uniqueId: `1${decimal(context)}0`,
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        disabled: inputs.disabled ?? false,
      },
    };
  },
});

/** Forms of a principal: https://docs.cloud.google.com/iam/docs/principal-identifiers */
const MEMBER =
  /^(allUsers|allAuthenticatedUsers|(user|group|serviceAccount|domain|projectOwner|projectEditor|projectViewer|deleted:\w+):.+|principal(Set)?:\/\/(iam|iam-googleapis|cloudresourcemanager)?\.?.+)$/;

/** What is wrong with how a principal is written. */
function memberProblem(member: string): string | undefined {
  if (!MEMBER.test(member)) {
    return `"${member}" is no principal: write serviceAccount:<email>, user:<email>, group:<email>, principal://… or principalSet://…`;
  }
  const [, kind = "", who = ""] = /^(user|group|serviceAccount):(.+)$/.exec(member) ?? [];
  if (kind !== "" && !who.includes("@") && !/^[\w.-]+\.svc\.id\.goog\[[^/\]]+\/[^/\]]+\]$/.test(who)) {
    return `"${member}" is no principal: ${kind} is followed by an address`;
  }
  return undefined;
}

/** Refuses a principal that does not exist: an account of the project, or a pool of identities. */
export function requirePrincipal(
  { cloud, scope }: Pick<CallContext<unknown>, "cloud" | "scope">,
  member: string,
): void {
  const pool = /^serviceAccount:([\w.:-]+\.svc\.id\.goog)\[/.exec(member)?.[1] ?? poolOf(member);
  if (pool !== undefined) {
    if (!hasPool(cloud, pool)) {
      refuse(
        "badRequest",
        `Identity Pool does not exist (${pool}). Please check that you specified a valid resource name as returned in the \`name\` attribute in the configuration API.`,
      );
    }
    return;
  }
  const email = /^serviceAccount:(.+@.+)$/.exec(member)?.[1];
  if (email !== undefined && !exists(cloud, scope, email)) {
    refuse("badRequest", `Service account ${email} does not exist.`);
  }
}

/** `p.svc.id.goog` of `principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p.svc.id.goog/…`. */
function poolOf(member: string): string | undefined {
  return /^principal(?:Set)?:\/\/iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/([^/]+)\//.exec(
    member,
  )?.[1];
}

/** A pool of GKE comes with the first cluster of the project that uses it; others are made. */
function hasPool(cloud: CallContext<unknown>["cloud"], pool: string): boolean {
  const ofCluster = cloud
    .list(CLUSTER, "anywhere")
    .some(({ inputs }) => text(block(inputs["workloadIdentityConfig"])["workloadPool"]) === pool);
  return (
    ofCluster || cloud.list(IDENTITY_POOL, "anywhere").some(({ inputs }) => inputs["workloadIdentityPoolId"] === pool)
  );
}

/** Accounts of projects that the offline cloud knows nothing of are taken to exist. */
function exists(cloud: CallContext<unknown>["cloud"], scope: CallContext<unknown>["scope"], email: string): boolean {
  if (cloud.findBy(SERVICE_ACCOUNT, "email", email, "anywhere") !== undefined) return true;
  const project = /@(.+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1];
  if (project !== undefined && knownProject(cloud, scope.account, project)) return false;
  const number = projectNumber(scope.account);
  const agent = agentOf(scope.account, email);
  if (agent !== undefined) {
    if (agent.from === "api" && isEnabled(cloud, scope.account, agent.api)) return true;
    return cloud.list(SERVICE_IDENTITY, "anywhere").some(({ outputs }) => outputs["email"] === email);
  }
  if (email === `${number}-compute@developer.gserviceaccount.com`) {
    return isEnabled(cloud, scope.account, "compute.googleapis.com");
  }
  return true;
}

function knownProject(cloud: CallContext<unknown>["cloud"], caller: string, project: string): boolean {
  if (project === caller || project === DEFAULT_PROJECT) return true;
  return cloud.list(SERVICE_ACCOUNT, "anywhere").some(({ scope }) => scope.account === project);
}

/** What holds for every type that grants a role: principals and roles are written as IAM has them. */
export function checkGrant(context: Pick<CheckContext<Properties>, "inputs" | "refuse">): void {
  const { inputs } = context;
  const members = [...(inputs["member"] === undefined ? [] : [text(inputs["member"])]), ...texts(inputs["members"])];
  const property = inputs["member"] === undefined ? "members" : "member";
  for (const member of members) {
    const problem = memberProblem(member);
    if (problem !== undefined) context.refuse(property, problem);
  }
  const { role } = inputs;
  const problem = typeof role === "string" ? roleProblem(role) : undefined;
  if (problem !== undefined) context.refuse("role", problem);
}

/** What IAM says when a grant is made: its principals and its custom role exist. */
export function requireGrant(context: CallContext<Properties>): void {
  const { inputs, cloud } = context;
  const role = text(inputs["role"]);
  if (/^projects\/[^/]+\/roles\//.test(role) && cloud.list(CUSTOM_ROLE, "anywhere").every(({ id }) => id !== role)) {
    refuse("notFound", `The role named ${role} was not found.`);
  }
  for (const member of [text(inputs["member"]), ...texts(inputs["members"])].filter((each) => each !== "")) {
    requirePrincipal(context, member);
  }
}

/** Properties under which grants name what they are on, where that is a resource of these rules. */
export const GRANT_REFERENCES: Readonly<Record<string, Reference>> = {
  serviceAccountId: {
    path: "serviceAccountId",
    to: SERVICE_ACCOUNT,
    matches: (value, candidate) => candidate.id === value || candidate.outputs["email"] === value,
    missing: { code: "notFound", message: "Service account {value} does not exist." },
    holds: false,
  },
  cryptoKeyId: {
    path: "cryptoKeyId",
    to: CRYPTO_KEY,
    matches: namesKey,
    missing: { code: "notFound", message: "CryptoKey {value} not found." },
    holds: false,
  },
  keyRingId: {
    path: "keyRingId",
    to: KEY_RING,
    matches: namesKey,
    missing: { code: "notFound", message: "KeyRing {value} not found." },
    holds: false,
  },
};

/** A key or ring is named by its id, or by `project/location/ring/key`. */
function namesKey(value: string, { id }: StoredResource): boolean {
  return value === id || value === id.replace(/^projects\/|\/(?:locations|keyRings|cryptoKeys)(?=\/)/g, "");
}

export const iamTypes: readonly ResourceType[] = [account];
