import assert from "node:assert/strict";
import { Bucket } from "@pulumi/gcp/storage/bucket";
import { output } from "@pulumi/pulumi";
import { grantableKinds, type Grant, type Grantable } from "../../../components/contracts/grant";
import { workloadBinder } from "../../../components/gcp/bind-workload";
import { Cluster } from "../../../components/gcp/cluster";
import { rightsOf } from "../../../components/gcp/grants.plan";
import { ImageRegistry } from "../../../components/gcp/image-registry";
import { NodeAccount } from "../../../components/gcp/node-account";
import { SecretStore } from "../../../components/gcp/secret-store";
import { attempt, onSite, projectId, region, type Ground } from "./ground";

const pods = (serviceAccount: string) =>
  `principal://iam.googleapis.com/projects/408444060409/locations/global/workloadIdentityPools/${projectId}.svc.id.goog/subject/ns/apps/sa/${serviceAccount}`;

/** Binds the service account `apps/reader` after a cluster has made the pool. */
function bind(ground: Ground, grants: readonly Grant[]): void {
  const { project, prefix, network, keys, protection, gcp, onGcp } = ground;
  const { identityPool } = new Cluster(
    "cluster",
    {
      project,
      clusterName: "test-gke",
      version: "1.36",
      releaseChannel: "REGULAR",
      access: "network",
      apiRanges: [network.cidr],
      network,
      nodeAccount: new NodeAccount("nodes", { project, prefix }, onGcp),
      secretsKeyId: keys.keyIds.secrets,
      disksKeyId: keys.keyIds.data,
      protection,
    },
    onGcp,
  );
  const identity = workloadBinder({ project, identityPool, gcp })("reader", {
    namespace: "apps",
    serviceAccount: "reader",
    description: "Tests",
    grants,
  });
  assert.deepEqual(identity.annotations, {});
  assert.deepEqual(identity.podLabels, {});
}

const bucket = (name: string): Grantable => ({
  kind: "objects",
  resourceIds: [output(`projects/_/buckets/${name}`)],
  keyId: undefined,
});

describe("workload identity on Google Cloud", () => {
  it("[PF-SEC-03] gives rights to the service account itself, once the pool of its cluster is there", async () => {
    const stack = await onSite((ground) => {
      const { project, prefix, keys, protection, onGcp } = ground;
      const store = new SecretStore("secrets", { project, prefix, keyId: keys.keyIds.secrets, protection }, onGcp);
      bind(ground, [{ to: store, access: "read" }]);
    });
    assert.equal(stack.component("reader").outputs["member"], pods("reader"));
    const right = stack.named("reader-secrets-read");
    assert.equal(right.type, "gcp:projects/iAMMember:IAMMember");
    assert.equal(right.inputs["role"], "roles/secretmanager.secretAccessor");
    assert.equal(right.inputs["member"], pods("reader"));
    assert.deepEqual(right.inputs["condition"], {
      title: "Secrets of the site",
      expression: 'resource.name.startsWith("projects/408444060409/secrets/test-")',
    });
    assert.ok(stack.waitsFor("reader-secrets-read").has("cluster-gke"));
    assert.equal(stack.ofType("gcp:serviceaccount/key:Key").length, 0);
  });

  it("gives rights on the thing itself where it takes them", async () => {
    const stack = await onSite((ground) => {
      const { project, prefix, keys, protection, onGcp, gcp } = ground;
      const images = new ImageRegistry(
        "images",
        { project, prefix, repositories: ["services", "tools"], keyId: keys.keyIds.images, protection },
        onGcp,
      );
      const buckets = ["one", "two"].map(
        (name) =>
          new Bucket(
            name,
            { project: project.id, name: `test-${name}-bucket`, location: region, uniformBucketLevelAccess: true },
            { provider: gcp },
          ),
      );
      bind(ground, [
        { to: images, access: "write" },
        ...buckets.map((made, index): Grant => ({
          to: { kind: "objects", resourceIds: [made.name], keyId: undefined },
          access: index === 0 ? "read" : "write",
        })),
      ]);
    });
    const rights = stack.run.resources
      .filter(({ inputs }) => inputs["member"] === pods("reader"))
      .map(({ name, inputs }) => [name, inputs["repository"] ?? inputs["bucket"], inputs["role"]]);
    assert.deepEqual(rights.sort(), [
      ["reader-images-repository", "test-services", "roles/artifactregistry.writer"],
      ["reader-images-repository-2", "test-tools", "roles/artifactregistry.writer"],
      ["reader-objects-2-bucket", "test-two-bucket", "roles/storage.objectUser"],
      ["reader-objects-bucket", "test-one-bucket", "roles/storage.objectViewer"],
    ]);
  });

  it("names databases in a condition", async () => {
    const stack = await onSite((ground) => {
      const ids = ["a", "b"].map((name) => output(`projects/${projectId}/databases/${name}`));
      bind(ground, [{ to: { kind: "key-values", resourceIds: ids, keyId: undefined }, access: "write" }]);
    });
    assert.deepEqual(stack.input("reader-key-values-data", "condition"), {
      title: "Databases of the site",
      expression: `resource.name == "projects/${projectId}/databases/a" || resource.name == "projects/${projectId}/databases/b"`,
    });
    assert.equal(stack.input("reader-key-values-data", "role"), "roles/datastore.user");
  });

  it("without grants is an identity without rights", async () => {
    const stack = await onSite((ground) => {
      bind(ground, []);
    });
    assert.equal(stack.run.resources.filter(({ inputs }) => inputs["member"] === pods("reader")).length, 0);
  });

  it("is refused on a bucket that is not there", async () => {
    const { run } = await attempt((ground) => {
      bind(ground, [{ to: bucket("test-missing-bucket"), access: "read" }]);
    });
    assert.equal(run.errors.length, 1);
    assert.match(run.errors[0] ?? "", /::reader-objects-bucket: .*404/);
  });

  it("gives rights on a lake's bucket by its first id, and on its catalog by its second", () => {
    const rights = (access: "read" | "write") => rightsOf("lake", access).map(({ on, role, part }) => [on, role, part]);
    assert.deepEqual(rights("read"), [
      ["bucket", "roles/storage.objectViewer", 0],
      ["catalog", "roles/biglake.viewer", 1],
    ]);
    assert.deepEqual(rights("write"), [
      ["bucket", "roles/storage.objectUser", 0],
      ["catalog", "roles/biglake.editor", 1],
    ]);
  });

  it("knows rights for every kind of thing, and no role that administers one", () => {
    for (const kind of grantableKinds) {
      for (const access of ["read", "write"] as const) {
        const rights = rightsOf(kind, access);
        assert.ok(rights.length > 0, kind);
        for (const { role, on, condition } of rights) {
          assert.doesNotMatch(role, /admin|owner|roles\/editor/i, `${kind} ${access}`);
          assert.equal(
            on === "project",
            condition !== undefined,
            `${kind} ${access}: ${role} on the project is unbounded`,
          );
        }
      }
    }
  });
});
