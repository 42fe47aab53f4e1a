import type { FieldArgs, IndexArgs } from "@pulumi/gcp/firestore";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { link, nameIn } from "./links";
import { inProject, requireNamed } from "./lookups";
import { FIRESTORE_DATABASE } from "./types";

export const FIRESTORE_INDEX = "gcp:firestore/index:Index";
export const FIRESTORE_FIELD = "gcp:firestore/field:Field";

const missing = { code: "notFound", message: "The database {value} does not exist for this project" };
const inDatabase = link("database", FIRESTORE_DATABASE, { holds: false, missing });
const DEFAULT_DATABASE = "(default)";

const ORDERS = ["ASCENDING", "DESCENDING"];

/** https://docs.cloud.google.com/firestore/native/docs/query-data/index-overview */
const index = resourceType<IndexArgs>({
  token: FIRESTORE_INDEX,
  service: "Firestore",
  actions: { create: "CreateIndex", delete: "DeleteIndex" },
  reach: "global",
  references: [inDatabase],
  check: (context) => {
    const { inputs, refuse: report } = context;
    checkChoices(context, [
      ["queryScope", inputs.queryScope, ["COLLECTION", "COLLECTION_GROUP", "COLLECTION_RECURSIVE"]],
      ["apiScope", inputs.apiScope, ["ANY_API", "DATASTORE_MODE_API", "MONGODB_COMPATIBLE_API"]],
    ]);
    for (const [at, { order, arrayConfig, vectorConfig, searchConfig }] of (inputs.fields ?? []).entries()) {
      checkChoices(context, [[`fields[${String(at)}].order`, order, ORDERS]]);
      const given = [order, arrayConfig, vectorConfig, searchConfig].filter((each) => each !== undefined);
      if (given.length !== 1) {
        report(`fields[${String(at)}]`, "exactly one of order, arrayConfig, searchConfig and vectorConfig");
      }
    }
  },
  create: (context) => {
    const { inputs, hex } = context;
    const on = requireNamed(context, FIRESTORE_DATABASE, inputs.database ?? DEFAULT_DATABASE, missing);
    const [first, ...others] = inputs.fields;
    // https://github.com/hashicorp/terraform-provider-google/issues/7593
    if (others.length === 0 && first?.fieldPath !== "__name__" && first?.vectorConfig === undefined) {
      refuse("invalidArgument", "this index is not necessary, configure using single field index controls");
    }
    const same = ({ collection, fields, queryScope = "COLLECTION" }: Readonly<Record<string, unknown>>) =>
      JSON.stringify([collection, fields, queryScope]);
    const twin = inProject(context, FIRESTORE_INDEX).find(
      (other) => other.inputs["database"] === nameIn(on.id) && same(other.inputs) === same({ ...inputs }),
    );
    if (twin !== undefined) refuse("alreadyExists", "index already exists");
    const name = `${on.id}/collectionGroups/${inputs.collection}/indexes/${hex(12)}`;
    return { id: name, outputs: { name, queryScope: inputs.queryScope ?? "COLLECTION" } };
  },
});

/** A plain name, or one in backquotes: https://docs.cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.collectionGroups.fields */
const PATH = /^(?:[A-Za-z_]\w*|`[^`]+`|\*)(?:\.(?:[A-Za-z_]\w*|`[^`]+`))*$/;

/** What one field does besides its default: https://docs.cloud.google.com/firestore/native/docs/ttl */
const field = resourceType<FieldArgs>({
  token: FIRESTORE_FIELD,
  service: "Firestore",
  actions: { create: "ConfigureField", update: "UpdateField", delete: "ResetField" },
  reach: "global",
  references: [inDatabase],
  check: ({ inputs, refuse: report }) => {
    if (inputs.field !== undefined && !PATH.test(inputs.field))
      report("field", `"${inputs.field}" is no path of a field`);
  },
  create: (context) => {
    const { inputs } = context;
    const on = requireNamed(context, FIRESTORE_DATABASE, inputs.database ?? DEFAULT_DATABASE, missing);
    const collection = `${on.id}/collectionGroups/${inputs.collection}`;
    const other = inProject(context, FIRESTORE_FIELD).find(
      ({ id, inputs: { ttlConfig } }) => id.startsWith(`${collection}/fields/`) && ttlConfig !== undefined,
    );
    if (inputs.ttlConfig !== undefined && other !== undefined) {
      refuse(
        "failedPrecondition",
        `Only one field of a collection group can be a TTL field, and ${nameIn(other.id)} is`,
      );
    }
    const name = `${collection}/fields/${inputs.field}`;
    return { id: name, outputs: { name } };
  },
});

export const firestoreIndexTypes: readonly ResourceType[] = [index, field];
