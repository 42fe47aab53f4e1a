import { z } from "zod";
import { isEverybody } from "../../checks/gcp";
import { makesServiceAccount, type ServiceAccountName } from "../../checks/service-accounts";
import { anyOf } from "../../checks/undecided";
import type { Node } from "../../model/graph";
import { graphRule, resourceRule, type Expect, type Rule } from "../../model/rule";
import type { ResourceType } from "../../types";

const IAM = "https://cloud.google.com/iam/docs";

/** Roles that hold nearly every right of a project. */
const BASIC = new Set(["roles/owner", "roles/editor", "roles/viewer"]);

/**
 * Roles by which one becomes another account, or gives oneself such a role: on a whole project, of every account of it.
 * https://cloud.google.com/iam/docs/service-account-permissions
 */
const IMPERSONATION = new Set([
  "roles/iam.serviceAccountAdmin",
  "roles/iam.serviceAccountOpenIdTokenCreator",
  "roles/iam.serviceAccountTokenCreator",
  "roles/iam.serviceAccountUser",
  "roles/iam.workloadIdentityUser",
]);

/** Types that give one member a role. */
const MEMBERS = [
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
  "gcp:projects/iAMMember:IAMMember",
  "gcp:pubsub/topicIAMMember:TopicIAMMember",
  "gcp:serviceaccount/iAMMember:IAMMember",
  "gcp:storage/bucketIAMMember:BucketIAMMember",
] as const satisfies readonly ResourceType[];

/** Types that give several members a role. */
const BINDINGS = [
  "gcp:projects/iAMBinding:IAMBinding",
  "gcp:serviceaccount/iAMBinding:IAMBinding",
  "gcp:storage/bucketIAMBinding:BucketIAMBinding",
] as const satisfies readonly ResourceType[];

/** A workload that some pool of identities knows, of whatever cluster or cloud. */
const FEDERATED =
  /^principal(Set)?:\/\/iam\.googleapis\.com\/projects\/[^/]+\/locations\/global\/workloadIdentityPools\//;

/** A pod of a cluster of GKE, in either way: as itself, or as one that may become an account. */
const PODS =
  /^principal(Set)?:.+\/workloadIdentityPools\/[^/]+\.svc\.id\.goog\/|^serviceAccount:[^[\]]+\.svc\.id\.goog(\[|$)/;

/** One service account of such a cluster: names of Kubernetes, of which no pattern is one. */
const ONE_ACCOUNT =
  /^principal:.+\.svc\.id\.goog\/subject\/ns\/([a-z0-9-]+)\/sa\/([a-z0-9.-]+)$|^serviceAccount:[^[\]]+\.svc\.id\.goog\[([a-z0-9-]+)\/([a-z0-9.-]+)\]$/;

const days = (duration: string) => Number(/^(\d+(?:\.\d+)?)s$/.exec(duration)?.[1] ?? Number.NaN) / 86_400;

export const gcpIdentityRules: readonly Rule[] = [
  resourceRule({
    id: "gcp-kms-rotation",
    title: "Keys rotate, and cannot be destroyed in a day",
    severity: "medium",
    controls: { cis: ["GCP 4.0 1.10"], iso27001: ["A.8.24"], hipaa: ["164.312(a)(2)(iv)"] },
    why: "A key that never changes opens all that was ever encrypted; one that is destroyed takes the data with it.",
    remedy: {
      text: "Rotate keys within the configured time, and keep destroyed versions for 30 days.",
      example:
        'new kms.CryptoKey("key", { rotationPeriod: "7776000s", destroyScheduledDuration: "2592000s", … }, { protect: true })',
    },
    source: "https://cloud.google.com/kms/docs/key-rotation",
    settings: z.object({
      mostDays: z.int().min(1).default(90).describe("Days between rotations, at most."),
    }),
    on: {
      "gcp:kms/cryptoKey:CryptoKey": (key, expect, { settings, stack, resource }) => {
        // Only keys that encrypt and decrypt can rotate by themselves.
        const canRotate = () => (key.purpose ?? "ENCRYPT_DECRYPT") === "ENCRYPT_DECRYPT";
        expect("rotationPeriod", `is longer than ${String(settings.mostDays)} days, or missing`, () => {
          const rotates = () => {
            const period = days(key.rotationPeriod ?? "");
            return period > 0 && period <= settings.mostDays;
          };
          return anyOf([rotates, () => !canRotate()], (fact) => fact());
        });
        expect("destroyScheduledDuration", "keeps a destroyed version for less than 30 days", () => {
          // The default is 30 days.
          return days(key.destroyScheduledDuration ?? "2592000s") >= 30;
        });
        expect("", "is not protected: a destroy schedules the end of all that it encrypts", () => {
          return stack.class === "development" || resource.protect;
        });
      },
    },
  }),
  resourceRule({
    id: "gcp-iam-no-basic-roles",
    title: "Nobody has a basic role on a project, or may become every account of it",
    severity: "critical",
    controls: {
      cis: ["GCP 4.0 1.5"],
      iso27001: ["A.5.15", "A.5.18"],
      soc2: ["CC1.3", "CC6.3"],
      hipaa: ["164.312(a)(1)"],
      pciDss: ["1.5.1"],
    },
    why: "Owner and editor hold thousands of rights; who may use every account of a project has all of theirs.",
    remedy: {
      text: "Give a predefined role for the task, on the one resource that it is about.",
      example: 'new projects.IAMMember("logs", { role: "roles/logging.logWriter", member: account.member, … })',
    },
    source: `${IAM}/roles-overview`,
    on: {
      "gcp:projects/iAMMember:IAMMember": (grant, expect) => {
        expectNarrow(expect, () => grant.role);
        expectNamed(expect, "member", () => grant.member);
      },
      "gcp:projects/iAMBinding:IAMBinding": (grant, expect) => {
        expectNarrow(expect, () => grant.role);
        for (let index = 0; index < (grant.members?.length ?? 0); index += 1) {
          expectNamed(expect, `members[${String(index)}]`, () => grant.members?.[index]);
        }
      },
    },
  }),
  resourceRule({
    id: "gcp-no-sa-keys",
    title: "Service accounts have no keys, and nobody is given the right to make one",
    severity: "high",
    controls: {
      cis: ["GCP 4.0 1.4"],
      iso27001: ["A.5.15", "A.8.2"],
      soc2: ["CC1.3"],
      hipaa: ["164.308(a)(3)(i)"],
      pciDss: ["3.5.1"],
    },
    why: "A key is a password that never ends, lies in the state in clear to its readers, and is copied.",
    remedy: {
      text: "Remove the key; let the workload be the account by workload identity.",
      example: 'new serviceaccount.IAMMember("use", { role: "roles/iam.workloadIdentityUser", … })',
    },
    source: `${IAM}/best-practices-for-managing-service-account-keys`,
    on: {
      "gcp:serviceaccount/key:Key": (_key, expect) => {
        expect("", "is a key of a service account", () => false);
      },
      "gcp:projects/iAMBinding:IAMBinding": expectNoKeys,
      "gcp:projects/iAMMember:IAMMember": expectNoKeys,
      "gcp:serviceaccount/iAMBinding:IAMBinding": expectNoKeys,
      "gcp:serviceaccount/iAMMember:IAMMember": expectNoKeys,
    },
  }),
  graphRule({
    id: "gcp-workload-identity-one-ksa",
    title: "An identity of pods is that of one Kubernetes service account",
    severity: "critical",
    controls: { iso27001: ["A.5.15"], soc2: ["CC6.3"] },
    why: "A member that stands for a namespace or a whole cluster gives every pod in it the rights that one of them needs.",
    remedy: {
      text: "Name the namespace and the service account, without a wildcard.",
      example:
        "member: pulumi.interpolate`principal://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/${pool}/subject/ns/orders/sa/api`",
    },
    source: "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
    starred: true,
    types: [...MEMBERS, ...BINDINGS],
    check: (graph, judge) => {
      const judgeMember = (path: string, member: () => string, expect: Expect) => {
        expect(path, "stands for more than one service account", () => !isWorkload(member()) || isOne(member()));
        expect(path, "names a service account that the stack does not make", () => {
          const account = accountOf(member());
          return account === undefined || makesServiceAccount(graph, path, account);
        });
      };
      // Federation gives a role to the pod itself; the older way lets it become the account.
      const judgeRole = (grant: Node<Grant>, members: readonly (() => string)[], expect: Expect) => {
        expect("role", "lets the member become the account, and the member is no pod of a cluster", () => {
          const facts = [
            () => grant.props.role !== "roles/iam.workloadIdentityUser",
            () => !anyOf(members, (member) => !PODS.test(member())),
          ];
          return anyOf(facts, (fact) => fact());
        });
      };
      judge.each(graph.all(...MEMBERS), (grant, expect) => {
        const member = () => grant.props.member ?? "";
        judgeRole(grant, [member], expect);
        judgeMember("member", member, expect);
      });
      judge.each(graph.all(...BINDINGS), (grant, expect) => {
        const members = Array.from(
          { length: grant.props.members?.length ?? 0 },
          (_, index) => () => grant.props.members?.[index] ?? "",
        );
        judgeRole(grant, members, expect);
        for (const [index, member] of members.entries()) judgeMember(`members[${String(index)}]`, member, expect);
      });
    },
  }),
  resourceRule({
    id: "gcp-secret-replicated-rotated",
    title: "Secrets are kept in chosen regions, with keys of the site, and are not deleted by mistake",
    severity: "high",
    controls: { iso27001: ["A.8.24"], hipaa: ["164.308(a)(4)(ii)(C)"] },
    why: "Automatic replication leaves it to Google where a secret lies; one that is deleted takes what it opens with it.",
    remedy: {
      text: "Name the regions with a key for each, and protect the secret.",
      example:
        'new secretmanager.Secret("token", { deletionProtection: true, replication: { userManaged: { replicas: [{ location: "us-central1", customerManagedEncryption: { kmsKeyName: key.id } }] } }, … })',
    },
    source: "https://cloud.google.com/secret-manager/docs/choosing-replication",
    settings: z.object({
      regions: z.array(z.string()).default([]).describe("Regions that secrets may lie in. Default: any that is named."),
      mostDays: z
        .int()
        .min(1)
        .default(90)
        .describe("Days between rotations, at most, of a secret that announces them."),
    }),
    on: {
      "gcp:secretmanager/secret:Secret": (secret, expect, { settings, stack }) => {
        expect("replication.userManaged", "is missing: Google chooses where the secret lies", () => {
          return (secret.replication?.userManaged?.replicas ?? []).length > 0;
        });
        // Secret Manager only announces a rotation, it is the application that carries it out:
        // https://cloud.google.com/secret-manager/docs/secret-rotation
        expect("rotation.rotationPeriod", `is longer than ${String(settings.mostDays)} days`, () => {
          const period = secret.rotation?.rotationPeriod;
          return period === undefined || days(period) <= settings.mostDays;
        });
        expect("deletionProtection", "lets the secret be deleted", () => {
          return stack.class === "development" || secret.deletionProtection === true;
        });
        const replicas = () => secret.replication?.userManaged?.replicas;
        for (let index = 0; index < (replicas()?.length ?? 0); index += 1) {
          const at = `replication.userManaged.replicas[${String(index)}]`;
          expect(`${at}.customerManagedEncryption.kmsKeyName`, "is missing", () => {
            return Boolean(replicas()?.[index]?.customerManagedEncryption?.kmsKeyName);
          });
          expect(`${at}.location`, "is no region that secrets may lie in", () => {
            return settings.regions.length === 0 || settings.regions.includes(replicas()?.[index]?.location ?? "");
          });
        }
      },
    },
  }),
];

type Grant = (typeof MEMBERS)[number] | (typeof BINDINGS)[number];

function expectNoKeys(grant: { readonly role?: string }, expect: Expect): void {
  expect("role", "lets the member make keys", () => grant.role !== "roles/iam.serviceAccountKeyAdmin");
}

function expectNarrow(expect: Expect, role: () => string | undefined): void {
  expect("role", "is a basic role", () => !BASIC.has(role() ?? ""));
  expect("role", "lets the member become every account of the project", () => !IMPERSONATION.has(role() ?? ""));
}

function expectNamed(expect: Expect, path: string, member: () => string | undefined): void {
  expect(path, "is everybody", () => !isEverybody(member()));
}

/** Whether a member is a workload, or several, that an identity pool knows. */
function isWorkload(member: string): boolean {
  return FEDERATED.test(member) || PODS.test(member);
}

/** Whether such a member is one workload: in a pool of another kind than that of GKE, one subject. */
function isOne(member: string): boolean {
  if (PODS.test(member)) return ONE_ACCOUNT.test(member);
  return member.startsWith("principal://") && !member.includes("*");
}

function accountOf(member: string): ServiceAccountName | undefined {
  const found = ONE_ACCOUNT.exec(member);
  if (found === null) return undefined;
  return { namespace: found[1] ?? found[3] ?? "", name: found[2] ?? found[4] ?? "" };
}
