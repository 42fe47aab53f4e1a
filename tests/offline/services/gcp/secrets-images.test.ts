import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { refused, StoreProject } from "./stores-support";

const SECRET = "gcp:secretmanager/secret:Secret";
const VERSION = "gcp:secretmanager/secretVersion:SecretVersion";
const REPOSITORY = "gcp:artifactregistry/repository:Repository";

describe("offline/services/gcp/secretmanager", () => {
  const replicas = (...keys: readonly (string | undefined)[]) => ({
    userManaged: {
      replicas: keys.map((kmsKeyName, index) => ({
        location: ["us-central1", "us-east1"][index] ?? "",
        ...(kmsKeyName === undefined ? {} : { customerManagedEncryption: { kmsKeyName } }),
      })),
    },
  });

  it("keeps a secret in the regions that are named, each with a key of its own region", () => {
    const project = new StoreProject();
    const create = (replication: Properties) => project.create(SECRET, "s", { secretId: "db", replication });
    const [near, far] = [project.key("us-central1", ["secretmanager"]), project.key("us-east1")];
    refused(() => create(replicas(near.id, near.id)), "invalidArgument", /us-east1/);
    refused(() => create(replicas(near.id, far.id)), "forbidden", /gcp-sa-secretmanager/);
    refused(() => create(replicas(near.id, undefined)), "invalidArgument", /for all replicas or for none/);
    refused(
      () => create({ auto: { customerManagedEncryption: { kmsKeyName: near.id } } }),
      "invalidArgument",
      /global/,
    );
    project.grant(far, "secretmanager");
    const made = create(replicas(near.id, far.id));
    assert.equal(made.id, "projects/platform-offline/secrets/db");
    assert.equal(made.outputs["name"], "projects/123456789012/secrets/db");
    assert.deepEqual(project.replacedBy(made, { replication: { auto: {} } })[0]?.startsWith("replication"), true);
  });

  it("counts versions, which go with their secret", () => {
    const project = new StoreProject();
    refused(
      () => project.create(VERSION, "v", { secret: "none", secretData: "x" }),
      "notFound",
      /Secret \[none\] not found/,
    );
    const secret = project.create(SECRET, "s", { secretId: "db", replication: { auto: {} }, deletionProtection: true });
    const version = (name: string) => project.create(VERSION, name, { secret: secret.id, secretData: name });
    assert.equal(version("one").id, "projects/123456789012/secrets/db/versions/1");
    const second = version("two");
    assert.equal(second.outputs["version"], "2");
    refused(
      () => {
        project.delete(secret);
      },
      "provider",
      /deletion_protection=false/,
    );
    project.delete(project.update(secret, { deletionProtection: false }));
    assert.equal(project.has(VERSION, second.id), false);
  });

  it("says before anything is created what no value can be", () => {
    const project = new StoreProject([]);
    const reasons = (inputs: Properties) =>
      Object.keys(project.reasons(SECRET, { secretId: "db", replication: { auto: {} }, ...inputs }));
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ secretId: "a/b" }), ["secretId"]);
    assert.deepEqual(reasons({ replication: {} }), ["replication"]);
    assert.deepEqual(reasons({ replication: replicas(undefined, undefined) }), []);
    assert.deepEqual(
      reasons({
        rotation: { rotationPeriod: "60s", nextRotationTime: "2027-01-01T00:00:00Z" },
        topics: [{ name: "t" }],
      }),
      ["rotation.rotationPeriod"],
    );
    assert.deepEqual(Object.keys(project.reasons(VERSION, { secret: "s" })), ["secretData"]);
    assert.deepEqual(Object.keys(project.reasons(VERSION, { secret: "s", secretData: "x".repeat(65_537) })), [
      "secretData",
    ]);
  });
});

describe("offline/services/gcp/artifactregistry", () => {
  it("keeps images under an address of its region", () => {
    const project = new StoreProject();
    const key = project.key();
    const create = () =>
      project.create(REPOSITORY, "r", {
        repositoryId: "services",
        location: "us-central1",
        format: "DOCKER",
        dockerConfig: { immutableTags: true },
        kmsKeyName: key.id,
      });
    refused(create, "forbidden", /gcp-sa-artifactregistry/);
    project.grant(key, "artifactregistry");
    const made = create();
    assert.equal(made.id, "projects/platform-offline/locations/us-central1/repositories/services");
    assert.equal(made.outputs["registryUri"], "us-central1-docker.pkg.dev/platform-offline/services");
    assert.deepEqual(project.replacedBy(made, { kmsKeyName: "other" }), ["kmsKeyName"]);
    assert.deepEqual(project.replacedBy(made, { dockerConfig: { immutableTags: false } }), []);
  });

  it("says before anything is created what no value can be", () => {
    const project = new StoreProject([]);
    const reasons = (inputs: Properties) =>
      Object.keys(
        project.reasons(REPOSITORY, { repositoryId: "services", location: "us", format: "DOCKER", ...inputs }),
      );
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ format: "OCI" }), ["format"]);
    assert.deepEqual(reasons({ format: "NPM", dockerConfig: { immutableTags: true } }), ["dockerConfig"]);
    assert.deepEqual(reasons({ location: "nam4" }), ["location"]);
    const policy = (change: Properties) => ({ cleanupPolicies: [{ id: "keep", action: "KEEP", ...change }] });
    assert.deepEqual(reasons(policy({ mostRecentVersions: { keepCount: 10 } })), []);
    assert.deepEqual(reasons(policy({})), ["cleanupPolicies[0]"]);
    assert.deepEqual(reasons(policy({ action: "DELETE", mostRecentVersions: { keepCount: 1 } })), [
      "cleanupPolicies[0].mostRecentVersions",
    ]);
  });
});
