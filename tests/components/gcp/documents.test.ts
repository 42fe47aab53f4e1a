import assert from "node:assert/strict";
import { Documents, type DocumentsArgs } from "../../../components/gcp/documents";
import { SecretStore } from "../../../components/gcp/secret-store";
import { SiteKeys } from "../../../components/gcp/site-keys";
import { only, text, type Deployed } from "../../stacks/deployed";
import { attempt, onSite, projectId, type Ground, type GroundOptions } from "./ground";

const apis = ["firestore.googleapis.com"];

/** Documents on a key that Firestore may use. */
function documents(ground: Ground, change: Partial<DocumentsArgs> = {}): Documents {
  const { project, prefix, keys, protection, onGcp } = ground;
  const stores = new SiteKeys(
    "stores",
    { project, prefix: "stores", users: { data: ["firestore"] }, protection },
    onGcp,
  );
  return new Documents(
    "documents",
    {
      project,
      prefix,
      masterUser: "platform",
      backupRetentionDays: 14,
      keyId: stores.keyIds.data,
      secrets: new SecretStore("secrets", { project, prefix, keyId: keys.keyIds.secrets, protection }, onGcp),
      protection,
      ...change,
    },
    onGcp,
  );
}

const one = (change: Partial<DocumentsArgs> = {}, options: GroundOptions = {}) =>
  onSite(
    (ground) => {
      documents(ground, change);
    },
    { apis, ...options },
  );

describe("documents on Google Cloud", function () {
  this.timeout(60_000);
  let made: Documents | undefined;
  let stack: Deployed;
  before(async () => {
    stack = await onSite(
      (ground) => {
        made = documents(ground);
      },
      { apis, class: "production" },
    );
  });

  it("[PF-DATA-02] speak the protocol of MongoDB, and no other", () => {
    assert.deepEqual(
      only(
        stack.named("documents-database").inputs,
        ...["name", "locationId", "type", "databaseEdition"],
        ...["mongodbCompatibleDataAccessMode", "firestoreDataAccessMode"],
      ),
      {
        name: "test-documents",
        locationId: "us-central1",
        type: "FIRESTORE_NATIVE",
        databaseEdition: "ENTERPRISE",
        mongodbCompatibleDataAccessMode: "DATA_ACCESS_MODE_ENABLED",
        firestoreDataAccessMode: "DATA_ACCESS_MODE_DISABLED",
      },
    );
    assert.deepEqual(made?.options, {
      tls: "true",
      loadBalanced: "true",
      authMechanism: "SCRAM-SHA-256",
      retryWrites: "false",
    });
    assert.equal(made.scheme, "mongodb");
    assert.equal(made.port, 443);
    assert.equal(made.protocol, "8.0");
  });

  it("[PF-DR-01] can be restored to any minute of a week, and from daily backups", () => {
    const { inputs, outputs } = stack.named("documents-database");
    assert.equal(inputs["pointInTimeRecoveryEnablement"], "POINT_IN_TIME_RECOVERY_ENABLED");
    assert.equal(outputs["versionRetentionPeriod"], "604800s");
    assert.deepEqual(only(stack.named("documents-daily-backup").inputs, "database", "dailyRecurrence", "retention"), {
      database: "test-documents",
      dailyRecurrence: {},
      retention: "1209600s",
    });
  });

  it("[PF-SEC-05] are encrypted with a key of the site, which Firestore may use before they are made", async () => {
    assert.match(text(stack.input("documents-database", "cmekConfig.kmsKeyName")), /keyRings\/stores\/.*\/data$/);
    assert.ok(stack.waitsFor("documents-database").has("stores-data-firestore"));
    const { run } = await attempt(
      (ground) => {
        documents(ground, { keyId: ground.keys.keyIds.data });
      },
      { apis },
    );
    assert.match(run.errors[0] ?? "", /::documents-database: .*gcp-sa-firestore/);
  });

  it("[PF-SEC-06] let a user in over TLS, by a password that is kept as a secret", () => {
    const host = `${text(stack.output("documents-database", "uid"))}.us-central1.firestore.goog`;
    const version = stack.named("secrets-documents-version");
    assert.deepEqual(JSON.parse(text(version.inputs["secretData"])), {
      username: "platform",
      password: stack.output("documents-user", "securePassword"),
      host,
      port: "443",
      database: "test-documents",
    });
    assert.ok(version.secretPaths.includes("secretData"));
    assert.deepEqual(made?.credentials.keys, ["username", "password", "host", "port", "database"]);
    assert.equal(stack.component("documents").outputs["host"], host);
  });

  it("give the user rights to this database alone, before anybody hears of it", () => {
    const { role, member, condition } = stack.named("documents-user-rights").inputs;
    assert.equal(role, "roles/datastore.user");
    assert.equal(
      member,
      "principal://firestore.googleapis.com/projects/408444060409/name/databases/test-documents/userCreds/platform",
    );
    assert.deepEqual(condition, {
      title: "this database alone",
      expression: `resource.name == "projects/${projectId}/databases/test-documents"`,
    });
    assert.ok(stack.waitsFor("secrets-documents-version").has("documents-user-rights"));
  });

  it("are guarded in production, and go with their stack in development", async () => {
    const guards = ["deleteProtectionState", "deletionPolicy"] as const;
    assert.deepEqual(only(stack.named("documents-database").inputs, ...guards), {
      deleteProtectionState: "DELETE_PROTECTION_ENABLED",
      deletionPolicy: "DELETE",
    });
    assert.equal(stack.named("documents-database").protect, true);
    const small = await one({ backupRetentionDays: 1 }, { class: "development" });
    assert.deepEqual(only(small.named("documents-database").inputs, ...guards), {
      deleteProtectionState: "DELETE_PROTECTION_DISABLED",
      deletionPolicy: "DELETE",
    });
    assert.equal(small.named("documents-database").protect, false);
    assert.equal(small.input("documents-daily-backup", "retention"), "86400s");
  });

  it("can be changed by their one escape hatch", async () => {
    const changed = await one({ transform: (inputs) => ({ ...inputs, concurrencyMode: "PESSIMISTIC" }) });
    assert.equal(changed.input("documents-database", "concurrencyMode"), "PESSIMISTIC");
  });
});
