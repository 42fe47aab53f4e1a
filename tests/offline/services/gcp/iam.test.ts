import assert from "node:assert/strict";
import { clusterInputs, network, NUMBER, Project, PROJECT, refused, REGION, textAt, TOKEN } from "./support";

const ACCOUNT_MEMBER = "gcp:serviceaccount/iAMMember:IAMMember";
const BUCKET_MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember";

describe("offline/services/gcp: identities, grants and keys", () => {
  it("takes account ids of 6 to 30 characters, and gives a new account of an old name a new number", () => {
    const project = Project.with("iam");
    for (const accountId of ["short", "Upper-case", "ends-with-", `a${"b".repeat(30)}`]) {
      assert.match(project.reasons(TOKEN.account, { accountId })["accountId"] ?? "", /6 to 30 lower-case/, accountId);
    }
    const made = project.create(TOKEN.account, "app", { accountId: "payments-app" });
    const email = `payments-app@${PROJECT}.iam.gserviceaccount.com`;
    assert.equal(made.id, `projects/${PROJECT}/serviceAccounts/${email}`);
    assert.deepEqual([made.outputs["email"], made.outputs["member"]], [email, `serviceAccount:${email}`]);
    refused(
      () => project.createUnchecked(TOKEN.account, "again", { accountId: "payments-app" }),
      "alreadyExists",
      /Service account payments-app already exists within project projects\/platform-offline/,
    );
    project.delete(made);
    const again = project.create(TOKEN.account, "app", { accountId: "payments-app" });
    assert.notEqual(again.outputs["uniqueId"], made.outputs["uniqueId"]);
    assert.deepEqual(project.replaced(again, { accountId: "payments-two" }), ["accountId"]);
    assert.match(textAt(project.check(TOKEN.account, "Workers", {}).inputs, "accountId"), /^workers-[0-9a-f]{7}$/);
  });

  it("refuses principals that are written wrongly and roles that do not exist", () => {
    const project = Project.with("cloudresourcemanager");
    const reasons = (member: string, role = "roles/logging.logWriter") =>
      project.reasons(TOKEN.projectMember, { project: PROJECT, role, member });
    assert.deepEqual(reasons("user:ada@example.com"), {});
    assert.match(
      reasons("ada@example.com")["member"] ?? "",
      /^"ada@example\.com" is no principal: write serviceAccount:/,
    );
    assert.match(reasons("serviceAccount:app")["member"] ?? "", /serviceAccount is followed by an address/);
    assert.deepEqual(reasons("user:ada@example.com", "roles/logging.logWritr"), {
      role: "Role roles/logging.logWritr is not supported for this resource.",
    });
    assert.match(reasons("user:ada@example.com", "logWriter")["role"] ?? "", /is no role: roles\/<service>\.<name>/);
    assert.deepEqual(reasons("user:ada@example.com", "roles/somethingnew.admin"), {});
  });

  it("grants to accounts, agents and pools that exist, and to no others", () => {
    const project = Project.with("cloudresourcemanager", "iam", "container");
    const grant = (member: string) =>
      project.create(TOKEN.projectMember, member, { project: PROJECT, role: "roles/monitoring.metricWriter", member });
    const nobody = `nobody@${PROJECT}.iam.gserviceaccount.com`;
    refused(
      () => grant(`serviceAccount:${nobody}`),
      "badRequest",
      new RegExp(
        `^Error creating IAMMember: googleapi: Error 400: Service account ${nobody.replaceAll(".", "\\.")} does not exist\\., badRequest$`,
      ),
    );
    const made = project.create(TOKEN.account, "app", { accountId: "payments-app" });
    const member = textAt(made.outputs, "member");
    assert.equal(grant(member).id, `${PROJECT}/roles/monitoring.metricWriter/${member}`);
    // The agent of GKE comes with its API, that of Cloud SQL only when it is asked for.
    grant(`serviceAccount:service-${NUMBER}@container-engine-robot.iam.gserviceaccount.com`);
    const agent = `serviceAccount:service-${NUMBER}@gcp-sa-cloud-sql.iam.gserviceaccount.com`;
    refused(() => grant(agent), "badRequest", /gcp-sa-cloud-sql\.iam\.gserviceaccount\.com does not exist/);
    refused(() => project.create(TOKEN.identity, "sql", { service: "sqladmin.googleapis.com" }), "failedPrecondition");
    project.enable("sqladmin");
    assert.equal(
      project.create(TOKEN.identity, "sql", { service: "sqladmin.googleapis.com" }).outputs["member"],
      agent,
    );
    grant(agent);
    assert.deepEqual(project.replaced(grant("user:ada@example.com"), { role: "roles/monitoring.viewer" }), ["role"]);
  });

  it("binds a service account of the cluster once a cluster has made the pool", () => {
    const project = Project.with("cloudresourcemanager", "iam", "container", "storage");
    const inPool = `principal://iam.googleapis.com/projects/${NUMBER}/locations/global/workloadIdentityPools/${PROJECT}.svc.id.goog/subject/ns/payments/sa/app`;
    const account = project.create(TOKEN.account, "app", { accountId: "payments-app" });
    const direct = () =>
      project.create(BUCKET_MEMBER, "direct", { bucket: "lake", role: "roles/storage.objectViewer", member: inPool });
    const impersonating = () =>
      project.create(ACCOUNT_MEMBER, "old", {
        serviceAccountId: account.id,
        role: "roles/iam.workloadIdentityUser",
        member: `serviceAccount:${PROJECT}.svc.id.goog[payments/app]`,
      });
    project.cloud.commit({
      put: [
        {
          type: "gcp:storage/bucket:Bucket",
          id: "lake",
          scope: { account: PROJECT, region: REGION },
          inputs: { name: "lake", uniformBucketLevelAccess: true },
          outputs: { name: "lake" },
          readyAt: 0,
        },
      ],
    });
    for (const grant of [direct, impersonating]) {
      refused(grant, "badRequest", new RegExp(`Identity Pool does not exist \\(${PROJECT}\\.svc\\.id\\.goog\\)`));
    }
    project.create(TOKEN.cluster, "main", clusterInputs(network(project)));
    direct();
    impersonating();
    refused(
      () =>
        project.create(ACCOUNT_MEMBER, "none", {
          serviceAccountId: "projects/p/serviceAccounts/none",
          role: "roles/iam.serviceAccountUser",
          member: "user:ada@example.com",
        }),
      "notFound",
    );
  });

  it("never gives the name of a key ring or key again, and rotates no faster than once a day", () => {
    const project = Project.with("cloudkms");
    const ring = project.create(TOKEN.keyRing, "ring", { name: "prod", location: REGION });
    assert.equal(ring.id, `projects/${PROJECT}/locations/${REGION}/keyRings/prod`);
    assert.match(project.reasons(TOKEN.keyRing, { location: "mars" })["location"] ?? "", /'mars'/);
    assert.deepEqual(project.reasons(TOKEN.keyRing, { location: "us" }), {});
    const key = { name: "data", keyRing: ring.id };
    const reasons = (change: object) => project.reasons(TOKEN.key, { ...key, ...change });
    assert.match(reasons({ rotationPeriod: "86399s" })["rotationPeriod"] ?? "", /greater than or equal to 86400s/);
    assert.match(reasons({ rotationPeriod: "90d" })["rotationPeriod"] ?? "", /is no duration/);
    assert.deepEqual(Object.keys(reasons({ rotationPeriod: "86400s", purpose: "ASYMMETRIC_SIGN" })), [
      "rotationPeriod",
    ]);
    assert.deepEqual(Object.keys(reasons({ destroyScheduledDuration: "3600s" })), ["destroyScheduledDuration"]);
    refused(
      () => project.create(TOKEN.key, "none", { ...key, keyRing: "projects/p/locations/us/keyRings/none" }),
      "notFound",
    );
    const made = project.create(TOKEN.key, "data", { ...key, rotationPeriod: "7776000s" });
    assert.equal(made.id, `${ring.id}/cryptoKeys/data`);
    assert.equal(made.outputs["destroyScheduledDuration"], "2592000s");
    project.delete(made);
    project.delete(ring);
    refused(
      () => project.create(TOKEN.keyRing, "again", { name: "prod", location: REGION }),
      "alreadyExists",
      /KeyRing .* already exists/,
    );
    assert.deepEqual(
      project.cloud
        .all()
        .filter(({ type }) => type.startsWith("gcp:kms/"))
        .map(({ type, urn }) => [type, urn]),
      [
        ["gcp:kms/usedName:UsedName", undefined],
        ["gcp:kms/usedName:UsedName", undefined],
      ],
    );
    const fresh = project.create(TOKEN.keyRing, "fresh", { name: "prod-2", location: REGION });
    project.create(TOKEN.key, "data", { name: "data", keyRing: fresh.id });
  });

  it("lets a cluster use a key once the agent of GKE may, and only one of its region", () => {
    const project = Project.with("container", "cloudkms");
    const made = network(project);
    const ring = project.create(TOKEN.keyRing, "ring", { name: "prod", location: REGION });
    const key = project.create(TOKEN.key, "gke", { name: "gke", keyRing: ring.id });
    const cluster = () =>
      project.create(
        TOKEN.cluster,
        "main",
        clusterInputs(made, { databaseEncryption: { state: "ENCRYPTED", keyName: key.id } }),
      );
    refused(
      cluster,
      "forbidden",
      /Permission denied on Cloud KMS key .*service-123456789012@container-engine-robot\.iam\.gserviceaccount\.com/,
    );
    project.create(TOKEN.keyMember, "gke", {
      cryptoKeyId: key.id,
      role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
      member: `serviceAccount:service-${NUMBER}@container-engine-robot.iam.gserviceaccount.com`,
    });
    cluster();
  });
});
