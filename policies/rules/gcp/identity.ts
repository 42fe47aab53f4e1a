import { z } from "zod";
import { graphRule, resourceRule, type Expect, type Rule } from "../../model/rule";
import type { Graph, Node } from "../../model/graph";
import { undecided } from "../../model/view";
import type { ResourceType } from "../../types";

const IAM = "https://cloud.google.com/iam/docs";

/** Roles that hold nearly every right of a project. */
const BASIC = new Set(["roles/owner", "roles/editor", "roles/viewer"]);

/** Roles by which one becomes another account: on a whole project, every account of it. */
const IMPERSONATION = new Set([
  "roles/iam.serviceAccountUser",
  "roles/iam.serviceAccountTokenCreator",
  "roles/iam.serviceAccountKeyAdmin",
  "roles/iam.workloadIdentityUser",
]);

const PUBLIC = new Set(["allUsers", "allAuthenticatedUsers"]);

/** Types that give a member a role, with the paths of the members. */
const GRANTS = {
  "gcp:projects/iAMMember:IAMMember": "member",
  "gcp:storage/bucketIAMMember:BucketIAMMember": "member",
  "gcp:serviceaccount/iAMMember:IAMMember": "member",
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": "member",
} as const satisfies { readonly [T in ResourceType]?: string };

const GRANT_TYPES = Object.keys(GRANTS) as (keyof typeof GRANTS)[];

/** A pod's identity by federation, or by the account that it may become. */
const SUBJECT =
  /^principal:\/\/iam\.googleapis\.com\/projects\/[^/]+\/locations\/global\/workloadIdentityPools\/[^/]+\.svc\.id\.goog\/subject\/ns\/([^/*]+)\/sa\/([^/*]+)$/;
const LEGACY = /^serviceAccount:[^[\]]+\.svc\.id\.goog\[([^/*[\]]+)\/([^/*[\]]+)\]$/;
const OF_A_POOL = /\.svc\.id\.goog/;

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
        const rotates = () => (key.purpose ?? "ENCRYPT_DECRYPT") === "ENCRYPT_DECRYPT";
        expect("rotationPeriod", `is longer than ${String(settings.mostDays)} days, or missing`, () => {
          return !rotates() || days(key.rotationPeriod ?? "") <= settings.mostDays;
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
      text: "Give a predefined role for the task, on the one resource, or with a condition.",
      example: 'new projects.IAMMember("logs", { role: "roles/logging.logWriter", member: account.member, … })',
    },
    source: `${IAM}/roles-overview`,
    on: {
      "gcp:projects/iAMMember:IAMMember": ({ role, member }, expect) => {
        granted(expect, () => role, [["member", () => member]]);
      },
      "gcp:projects/iAMBinding:IAMBinding": ({ role, members }, expect) => {
        const each = (members ?? []).map((_, index) => [`members[${String(index)}]`, () => members?.[index]] as const);
        granted(expect, () => role, each);
      },
    },
  }),
  resourceRule({
    id: "gcp-no-sa-keys",
    title: "Service accounts have no keys",
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
    source: `https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity`,
    starred: true,
    types: GRANT_TYPES,
    check: (graph, judge) => {
      for (const type of GRANT_TYPES) {
        judge.each(graph.all(type), (grant, expect) => {
          const path = GRANTS[type];
          const member = () => grant.props.member ?? "";
          const isPods = () => OF_A_POOL.test(member());
          expect(
            path,
            "stands for more than one service account",
            () => !isPods() || subjectOf(member()) !== undefined,
          );
          expect(path, "names a service account that the stack does not make", () => {
            const subject = isPods() ? subjectOf(member()) : undefined;
            return subject === undefined || isMade(graph, path, ...subject);
          });
          // Federation gives a role to the pod itself; the older way lets it become the account.
          expect("role", "lets the member become the account, and the member is no pod of a cluster", () => {
            return grant.props.role !== "roles/iam.workloadIdentityUser" || isPods();
          });
        });
      }
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
        for (const [index, replica] of (secret.replication?.userManaged?.replicas ?? []).entries()) {
          const at = `replication.userManaged.replicas[${String(index)}]`;
          expect(`${at}.customerManagedEncryption.kmsKeyName`, "is missing", () => {
            return replica.customerManagedEncryption?.kmsKeyName !== undefined;
          });
          expect(`${at}.location`, "is no region that secrets may lie in", () => {
            return settings.regions.length === 0 || settings.regions.includes(replica.location ?? "");
          });
        }
        // Secret Manager only announces a rotation; it is the application that carries it out.
        expect("rotation.rotationPeriod", `is longer than ${String(settings.mostDays)} days`, () => {
          const period = secret.rotation?.rotationPeriod;
          return period === undefined || days(period) <= settings.mostDays;
        });
        expect("deletionProtection", "lets the secret be deleted", () => {
          return stack.class === "development" || secret.deletionProtection === true;
        });
      },
    },
  }),
];

function granted(
  expect: Expect,
  role: () => string | undefined,
  members: readonly (readonly [path: string, member: () => string | undefined])[],
): void {
  expect("role", "is a basic role", () => !BASIC.has(role() ?? ""));
  expect("role", "lets the member become every account of the project", () => !IMPERSONATION.has(role() ?? ""));
  for (const [path, member] of members) expect(path, "is everybody", () => !PUBLIC.has(member() ?? ""));
}

function subjectOf(member: string): readonly [namespace: string, name: string] | undefined {
  const found = SUBJECT.exec(member) ?? LEGACY.exec(member);
  return found === null ? undefined : [found[1] ?? "", found[2] ?? ""];
}

/** Whether the stack makes a Kubernetes service account. Charts make theirs where no rule sees it. */
function isMade(graph: Graph, path: string, namespace: string, name: string): boolean {
  const accounts = graph.all("kubernetes:core/v1:ServiceAccount");
  if (accounts.some(({ props }) => props.metadata?.name === name && props.metadata.namespace === namespace))
    return true;
  const charts: readonly Node<"kubernetes:helm.sh/v3:Release">[] = graph.all("kubernetes:helm.sh/v3:Release");
  if (charts.some(({ props }) => props.namespace === namespace)) {
    undecided(path, `names ${namespace}/${name}, which a chart may make`);
  }
  return false;
}
