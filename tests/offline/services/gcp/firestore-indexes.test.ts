import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { refused, StoreProject } from "./stores-support";

const DATABASE = "gcp:firestore/database:Database";
const INDEX = "gcp:firestore/index:Index";
const FIELD = "gcp:firestore/field:Field";

const up = (fieldPath: string) => ({ fieldPath, order: "ASCENDING" });
const inputs: Properties = { database: "main", collection: "carts", fields: [up("customer"), up("addedAt")] };

function databases(): StoreProject {
  const project = new StoreProject();
  const made = { locationId: "us-central1", type: "FIRESTORE_NATIVE", deletionPolicy: "DELETE" };
  for (const name of ["main", "other"]) project.create(DATABASE, name, { ...made, name });
  return project;
}

describe("offline/services/gcp/firestore-indexes", () => {
  it("keeps an index of several fields, once in a database", () => {
    const project = databases();
    const made = project.create(INDEX, "i", inputs);
    assert.match(
      made.id,
      /^projects\/platform-offline\/databases\/main\/collectionGroups\/carts\/indexes\/[0-9a-f]{12}$/,
    );
    assert.equal(made.outputs["name"], made.id);
    refused(() => project.create(INDEX, "again", inputs), "alreadyExists", /409: index already exists,/);
    project.create(INDEX, "other", { ...inputs, database: "other" });
    project.create(INDEX, "down", {
      ...inputs,
      fields: [up("customer"), { fieldPath: "addedAt", order: "DESCENDING" }],
    });
    assert.deepEqual(project.replacedBy(made, { collection: "baskets" }), ["collection"]);
  });

  it("refuses an index that Firestore makes by itself, and one in no database", () => {
    const project = databases();
    refused(
      () => project.create(INDEX, "one", { ...inputs, fields: [up("customer")] }),
      "invalidArgument",
      /400: this index is not necessary/,
    );
    project.create(INDEX, "names", { ...inputs, fields: [{ fieldPath: "__name__", order: "DESCENDING" }] });
    refused(() => project.create(INDEX, "none", { ...inputs, database: "none" }), "notFound", /none does not exist/);
    const reasons = project.reasons(INDEX, {
      ...inputs,
      queryScope: "ALL",
      fields: [{ fieldPath: "a" }, { fieldPath: "b", order: "UP" }, { ...up("c"), arrayConfig: "CONTAINS" }],
    });
    assert.deepEqual(Object.keys(reasons).sort(), ["fields[0]", "fields[1].order", "fields[2]", "queryScope"]);
  });

  it("lets one field of a collection expire documents", () => {
    const project = databases();
    const field = { database: "main", collection: "sessions", field: "expires", ttlConfig: {} };
    const made = project.create(FIELD, "f", field);
    assert.equal(made.id, "projects/platform-offline/databases/main/collectionGroups/sessions/fields/expires");
    refused(
      () => project.create(FIELD, "second", { ...field, field: "ends" }),
      "failedPrecondition",
      /^Error creating Field: .* and expires is,/,
    );
    project.create(FIELD, "exempt", { database: "main", collection: "sessions", field: "body", indexConfig: {} });
    project.create(FIELD, "elsewhere", { ...field, collection: "carts" });
    assert.deepEqual(Object.keys(project.reasons(FIELD, { ...field, field: "a-b" })), ["field"]);
    assert.deepEqual(project.reasons(FIELD, { ...field, field: "`a-b`.c" }), {});
  });

  it("goes with its database", () => {
    const project = new StoreProject();
    const database = project.create(DATABASE, "d", {
      ...{ name: "main", locationId: "us-central1", type: "FIRESTORE_NATIVE", deletionPolicy: "DELETE" },
    });
    const made = project.create(INDEX, "i", inputs);
    project.delete(database);
    assert.equal(project.has(INDEX, made.id), false);
  });
});
