import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/gcp/text";
import { refused, StoreProject } from "./stores-support";

const DATABASE = "gcp:firestore/database:Database";
const SCHEDULE = "gcp:firestore/backupSchedule:BackupSchedule";
const CREDENTIALS = "gcp:firestore/userCreds:UserCreds";

const inputs: Properties = {
  name: "documents",
  locationId: "us-central1",
  type: "FIRESTORE_NATIVE",
  databaseEdition: "ENTERPRISE",
  pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_ENABLED",
  deleteProtectionState: "DELETE_PROTECTION_ENABLED",
  deletionPolicy: "DELETE",
};

describe("offline/services/gcp/firestore", () => {
  it("speaks MongoDB's protocol in the Enterprise edition alone", () => {
    const project = new StoreProject();
    const made = project.create(DATABASE, "d", inputs);
    assert.equal(made.id, "projects/platform-offline/databases/documents");
    assert.equal(made.outputs["mongodbCompatibleDataAccessMode"], "DATA_ACCESS_MODE_ENABLED");
    assert.equal(made.outputs["versionRetentionPeriod"], "604800s");
    const user = project.create(CREDENTIALS, "u", { name: "app-user", database: "documents" });
    assert.match(text(user.outputs["securePassword"]), /^[0-9a-f]{32}$/);
    project.create(DATABASE, "s", { ...inputs, name: "standard", databaseEdition: "STANDARD" });
    refused(
      () => project.create(CREDENTIALS, "n", { name: "app-user", database: "standard" }),
      "failedPrecondition",
      /ENTERPRISE/,
    );
    assert.deepEqual(
      Object.keys(
        project.reasons(DATABASE, {
          ...inputs,
          databaseEdition: "STANDARD",
          mongodbCompatibleDataAccessMode: "DATA_ACCESS_MODE_ENABLED",
        }),
      ),
      ["mongodbCompatibleDataAccessMode"],
    );
  });

  it("is protected by the service, and left alone by the provider unless told otherwise", () => {
    const project = new StoreProject();
    const made = project.create(DATABASE, "d", inputs);
    refused(
      () => {
        project.delete(made);
      },
      "failedPrecondition",
      /delete protection is enabled/,
    );
    project.delete(project.update(made, { deleteProtectionState: "DELETE_PROTECTION_DISABLED" }));
    assert.equal(project.has(DATABASE, made.id), false);
    const left = project.create(DATABASE, "left", { name: "left", locationId: "nam5", type: "FIRESTORE_NATIVE" });
    project.delete(left);
    assert.equal(project.has(DATABASE, left.id), true);
  });

  it("replaces what is fixed at creation, and takes recovery in place", () => {
    const project = new StoreProject();
    const made = project.create(DATABASE, "d", inputs);
    assert.deepEqual(project.replacedBy(made, { locationId: "nam5" }), ["locationId"]);
    assert.deepEqual(project.replacedBy(made, { databaseEdition: "STANDARD" }), ["databaseEdition"]);
    assert.deepEqual(
      project.replacedBy(made, { pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_DISABLED" }),
      [],
    );
  });

  it("has one schedule of each kind, of up to 98 days", () => {
    const project = new StoreProject();
    project.create(DATABASE, "d", inputs);
    const schedule = (retention: string) => ({ database: "documents", retention, dailyRecurrence: {} });
    assert.deepEqual(Object.keys(project.reasons(SCHEDULE, schedule("8640000s"))), ["retention"]);
    project.create(SCHEDULE, "s", schedule("604800s"));
    refused(() => project.create(SCHEDULE, "again", schedule("86400s")), "alreadyExists", /daily/);
  });

  it("asks for a key that its agent may use, and for names and places that exist", () => {
    const project = new StoreProject();
    const key = project.key();
    const create = () => project.create(DATABASE, "d", { ...inputs, cmekConfig: { kmsKeyName: key.id } });
    refused(create, "forbidden", /gcp-sa-firestore/);
    project.grant(key, "firestore");
    create();
    const reasons = (change: Properties) => Object.keys(project.reasons(DATABASE, { ...inputs, ...change }));
    assert.deepEqual(reasons({ name: "(default)" }), []);
    assert.deepEqual(reasons({ name: "doc" }), ["name"]);
    assert.deepEqual(reasons({ name: "6f9619ff-8b86-d011-b42d-00cf4fc964ff" }), ["name"]);
    assert.deepEqual(reasons({ locationId: "nam9" }), ["locationId"]);
  });
});
