import { gcpIdentityRules } from "../../../../policies/rules/gcp/identity";
import { Unknown, type Value } from "../../../../offline/cloud/value";
import { changed, fixture, written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";
import { unknown } from "../azure/changes";

const KEY = "gcp:kms/cryptoKey:CryptoKey";
const SECRET = "gcp:secretmanager/secret:Secret";
const RELEASE = "kubernetes:helm.sh/v3:Release";
const ACCOUNT = "kubernetes:core/v1:ServiceAccount";
const PROJECT_MEMBER = "gcp:projects/iAMMember:IAMMember";
const PROJECT_BINDING = "gcp:projects/iAMBinding:IAMBinding";
const ACCOUNT_MEMBER = "gcp:serviceaccount/iAMMember:IAMMember";
const ACCOUNT_BINDING = "gcp:serviceaccount/iAMBinding:IAMBinding";

const USER = "roles/iam.workloadIdentityUser";
const LOGS = "serviceAccount:logs@example.iam.gserviceaccount.com";

describe("rules on identities of Google Cloud", () => {
  const [data, copy] = ["keys-data-key", "backup-copies-copy-key"].map((name) =>
    changed(fixture("prod-gcp", KEY, name), { set: { rotationPeriod: "7776000s" } }),
  ) as [ReturnType<typeof fixture>, ReturnType<typeof fixture>];
  provesResource(gcpIdentityRules, "gcp-kms-rotation", {
    passes: [data, copy],
    alsoPasses: [
      { when: "Google's purpose and period are taken", remove: ["purpose", "destroyScheduledDuration"] },
      { when: "it rotates every day and a half", set: { rotationPeriod: "129600.5s" } },
      { when: "it is a key that signs", set: { purpose: "ASYMMETRIC_SIGN" }, remove: ["rotationPeriod"] },
      { when: "a year is allowed", settings: { mostDays: 365 }, set: { rotationPeriod: "31536000s" } },
      { when: "a development stack may drop it", stack: { class: "development" }, protect: false },
    ],
    fails: [
      ...["7776001s", "31536000s", "0s", "90d", "7776000", ""].map((rotationPeriod) => ({
        set: { rotationPeriod },
        at: "rotationPeriod",
      })),
      { remove: ["rotationPeriod"], at: "rotationPeriod" },
      { remove: ["rotationPeriod", "purpose"], at: "rotationPeriod" },
      { settings: { mostDays: 30 }, set: { rotationPeriod: "2678400s" }, at: "rotationPeriod" },
      ...["86400s", "2591999s", "0s"].map((destroyScheduledDuration) => ({
        set: { destroyScheduledDuration },
        at: "destroyScheduledDuration",
      })),
      { protect: false, at: "" },
    ],
    unknown: ["rotationPeriod", "destroyScheduledDuration"],
  });
  provesResource(gcpIdentityRules, "gcp-kms-rotation", {
    passes: changed(data, { set: { purpose: "MAC" }, remove: ["rotationPeriod"] }),
    fails: [],
    unknown: ["purpose"],
  });

  const member = fixture("prod-gcp", PROJECT_MEMBER, "functions-build-log");
  const binding = written(PROJECT_BINDING, { project: "p", role: "roles/logging.logWriter", members: [LOGS, LOGS] });
  const everybody = ["allUsers", "allAuthenticatedUsers"];
  const mighty = [
    "owner",
    "editor",
    "viewer",
    "iam.serviceAccountAdmin",
    "iam.serviceAccountOpenIdTokenCreator",
    "iam.serviceAccountTokenCreator",
    "iam.serviceAccountUser",
    "iam.workloadIdentityUser",
  ].map((name) => `roles/${name}`);
  provesResource(gcpIdentityRules, "gcp-iam-no-basic-roles", {
    passes: [
      member,
      fixture("prod-gcp", PROJECT_MEMBER, "node-account-role"),
      fixture("prod-gcp", PROJECT_MEMBER, "documents-user-rights"),
      binding,
    ],
    alsoPasses: [{ when: "a binding has no members", of: binding, set: { members: [] } }],
    fails: [
      ...[member, binding].flatMap((of) => mighty.map((role) => ({ of, set: { role }, at: "role" }))),
      ...everybody.map((name) => ({ set: { member: name }, at: "member" })),
      ...everybody.map((name) => ({ of: binding, set: { "members[1]": name }, at: "members[1]" })),
      { set: { role: "roles/owner", member: "allUsers" }, at: ["role", "member"] },
    ],
    unknown: ["role", "member"],
  });
  provesResource(gcpIdentityRules, "gcp-iam-no-basic-roles", {
    passes: binding,
    fails: [],
    unknown: ["role", "members", "members[0]"],
  });

  const makesKeys = { role: "roles/iam.serviceAccountKeyAdmin" };
  const self = written(ACCOUNT_MEMBER, { serviceAccountId: "projects/p/serviceAccounts/a", role: USER, member: LOGS });
  const selves = written(ACCOUNT_BINDING, { serviceAccountId: "projects/p/serviceAccounts/a", role: USER });
  provesResource(gcpIdentityRules, "gcp-no-sa-keys", {
    passes: [member, binding, self, selves],
    fails: [
      {
        when: "an account has a key",
        of: written("gcp:serviceaccount/key:Key", { serviceAccountId: "projects/p/serviceAccounts/a" }),
        at: "",
      },
      {
        when: "an account has a key that was made elsewhere",
        of: written("gcp:serviceaccount/key:Key", { serviceAccountId: "a", publicKeyData: "aGVsbG8=" }),
        at: "",
      },
      ...[member, binding, self, selves].map((of) => ({
        of,
        when: `somebody may make keys by ${of.type}`,
        set: makesKeys,
        at: "role",
      })),
    ],
    unknown: ["role"],
  });

  const read = "platform-external-secrets-identity-secrets-read";
  const pools = "//iam.googleapis.com/projects/443769135443/locations/global/workloadIdentityPools";
  const pool = `${pools}/portfolio-prod-gcp.svc.id.goog`;
  const become = (name: string) => `serviceAccount:portfolio-prod-gcp.svc.id.goog[${name}]`;
  const set = (value: string) => (stack: StackUnderTest) =>
    stack.change(PROJECT_MEMBER, read, { set: { member: value } });
  /** The stack with an account of Google Cloud that its pods may become. */
  const lent =
    (to: Value, role = USER) =>
    (stack: StackUnderTest) =>
      stack.add(ACCOUNT_MEMBER, "lent", {
        inputs: { serviceAccountId: "projects/p/serviceAccounts/secrets", role, member: to },
      });
  const shared =
    (members: Value, role = USER) =>
    (stack: StackUnderTest) =>
      stack.add(ACCOUNT_BINDING, "shared", {
        inputs: { serviceAccountId: "projects/p/serviceAccounts/secrets", role, members },
      });
  const here = "external-secrets/external-secrets";
  const operator = "rabbitmq/rabbitmq-cluster-operator";
  const several = [
    `principalSet:${pool}/namespace/external-secrets`,
    `principalSet:${pool}/*`,
    `principalSet:${pool}/kubernetes.cluster/https://container.googleapis.com/v1/projects/p/locations/l/clusters/c`,
    `principalSet:${pool}/kubernetes.serviceaccount.uid/0d2d9f8e`,
    `principalSet:${pool}/attribute.namespace/*`,
    `principalSet:${pools}/github/*`,
    `principalSet:${pools}/github/attribute.repository/example/shop`,
    `principalSet:${pools}/github/attribute.repository/*`,
    `principal:${pools}/github/subject/repo:example/*`,
    `principal:${pool}/subject/ns/external-secrets/sa/*`,
    `principal:${pool}/subject/ns/*/sa/external-secrets`,
    `principal:${pool}/subject/ns/external-secrets/sa/`,
    `principal:${pool}/subject/ns/external-secrets`,
    become("external-secrets/*"),
    become("*/external-secrets"),
    become("external-secrets"),
    become("external-secrets/"),
    become("a/b/c"),
  ];
  provesStack(gcpIdentityRules, "gcp-workload-identity-one-ksa", {
    of: "prod-gcp",
    alsoPasses: [
      { when: "pods become an account", change: lent(become(here)) },
      { when: "the stack makes the service account itself", change: lent(become(operator)) },
      { when: "two service accounts are named", change: shared([become(here), become(operator)]) },
      { when: "nobody is named", change: shared([]) },
      { when: "a pipeline has one subject", change: set(`principal:${pools}/github/subject/repo:example/shop`) },
      { when: "an account of Google Cloud makes tokens", change: lent(LOGS, "roles/iam.serviceAccountTokenCreator") },
      { when: "a group has the role", change: set("group:operators@example.com") },
    ],
    fails: [
      ...several.map((value) => ({
        when: `the member is ${value}`,
        change: set(value),
        violated: [`${PROJECT_MEMBER} ${read} member`],
      })),
      {
        when: "a namespace may become an account",
        change: lent(`principalSet:${pool}/namespace/external-secrets`),
        violated: [`${ACCOUNT_MEMBER} lent member`],
      },
      {
        when: "one of two members is a namespace",
        change: shared([become(here), `principalSet:${pool}/namespace/external-secrets`]),
        violated: [`${ACCOUNT_BINDING} shared members[1]`],
      },
      {
        when: "an account of Google Cloud becomes another as if it were a pod",
        change: lent(LOGS),
        violated: [`${ACCOUNT_MEMBER} lent role`],
      },
      {
        when: "a pipeline becomes an account",
        change: shared([become(here), `principal:${pools}/github/subject/repo:example/shop`]),
        violated: [`${ACCOUNT_BINDING} shared role`],
      },
      {
        when: "nobody is named who becomes it",
        change: lent(null),
        violated: [`${ACCOUNT_MEMBER} lent role`],
      },
      ...(
        [
          ["gcp:projects/iAMBinding:IAMBinding", { project: "p" }],
          ["gcp:storage/bucketIAMBinding:BucketIAMBinding", { bucket: "b" }],
        ] as const
      ).map(([type, of]) => ({
        when: `a namespace is in a ${type}`,
        change: (stack: StackUnderTest) =>
          stack.add(type, "wide", {
            inputs: { ...of, role: "roles/viewer", members: [`principalSet:${pool}/namespace/external-secrets`] },
          }),
        violated: [`${type} wide members[0]`],
      })),
      ...(
        [
          ["gcp:artifactregistry/repositoryIamMember:RepositoryIamMember", "images-services-nodes"],
          ["gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "keys-data-compute"],
          ["gcp:pubsub/topicIAMMember:TopicIAMMember", "alarms-publisher"],
          ["gcp:storage/bucketIAMMember:BucketIAMMember", "functions-build-read"],
        ] as const
      ).map(([type, name]) => ({
        when: `${name} is for a namespace`,
        change: (stack: StackUnderTest) =>
          stack.change(type, name, { set: { member: `principalSet:${pool}/namespace/services` } }),
        violated: [`${type} ${name} member`],
      })),
    ],
    undecided: [
      {
        when: "the service account is not in this stack",
        change: set(`principal:${pool}/subject/ns/services/sa/orders`),
        of: [`${PROJECT_MEMBER} ${read}`],
      },
      {
        when: "the service account is of that name in another namespace",
        change: lent(become("kafka/external-secrets")),
        of: [`${ACCOUNT_MEMBER} lent`],
      },
      {
        when: "the chart is gone",
        change: (stack) => stack.drop(RELEASE, "platform-external-secrets-chart-release"),
        of: [`${PROJECT_MEMBER} ${read}`],
      },
      {
        when: "the name of a service account is not known",
        change: (stack) => unknown(lent(become(operator))(stack), ACCOUNT, "queue-operator-account", "metadata.name"),
        of: [`${ACCOUNT_MEMBER} lent`],
      },
      {
        when: "the member is not known",
        change: (stack) => unknown(stack, PROJECT_MEMBER, read, "member"),
        of: [`${PROJECT_MEMBER} ${read}`],
      },
      {
        when: "one of the members is not known",
        change: shared([become(here), Unknown.value] as never),
        of: [`${ACCOUNT_BINDING} shared`],
      },
      {
        when: "the role of no pod is not known",
        change: lent(LOGS, Unknown.value as never),
        of: [`${ACCOUNT_MEMBER} lent`],
      },
    ],
  });

  const replicas = "replication.userManaged.replicas";
  const key = `${replicas}[1].customerManagedEncryption.kmsKeyName`;
  const secret = fixture("prod-gcp", SECRET, "secrets-documents");
  const settings = { regions: ["us-central1", "us-east1"] };
  provesResource(gcpIdentityRules, "gcp-secret-replicated-rotated", {
    passes: [secret, fixture("prod-gcp", SECRET, "secrets-postgres-shard-0")],
    settings,
    alsoPasses: [
      { when: "regions are not chosen", settings: { regions: [] }, set: { [`${replicas}[0].location`]: "asia-east1" } },
      { when: "rotation is announced in time", set: { rotation: { rotationPeriod: "7776000s" } } },
      { when: "rotation is announced once", set: { rotation: { nextRotationTime: "2027-01-01T00:00:00Z" } } },
      { when: "a development stack may drop it", stack: { class: "development" }, set: { deletionProtection: false } },
    ],
    fails: [
      { set: { replication: { auto: {} } }, at: "replication.userManaged" },
      { remove: ["replication"], at: "replication.userManaged" },
      { set: { [replicas]: [] }, at: "replication.userManaged" },
      { remove: [`${replicas}[1].customerManagedEncryption`], at: key },
      { set: { [key]: "" }, at: key },
      { set: { [`${replicas}[1].location`]: "asia-east1" }, at: `${replicas}[1].location` },
      { remove: [`${replicas}[1].location`], at: `${replicas}[1].location` },
      ...["7776001s", "90d"].map((rotationPeriod) => ({
        set: { rotation: { rotationPeriod } },
        at: "rotation.rotationPeriod",
      })),
      {
        settings: { ...settings, mostDays: 30 },
        set: { rotation: { rotationPeriod: "7776000s" } },
        at: "rotation.rotationPeriod",
      },
      { set: { deletionProtection: false }, at: "deletionProtection" },
      { remove: ["deletionProtection"], at: "deletionProtection" },
    ],
    unknown: [replicas, `${replicas}[0]`, key, `${replicas}[0].location`, "rotation", "deletionProtection"],
  });
});
