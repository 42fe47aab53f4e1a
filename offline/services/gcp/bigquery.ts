import type { DatasetArgs, TableArgs } from "@pulumi/gcp/bigquery";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { PROVIDER } from "./errors";
import { link, nameIn } from "./links";
import { inProject, requireNamed } from "./lookups";
import { patternName } from "./names";
import { isRegion } from "./regions";
import { text } from "./text";
import { BUCKET, DATASET } from "./types";

const TABLE = "gcp:bigquery/table:Table";
const API = "bigquery.googleapis.com";
/** The provider writes it where nothing is said. */
const DEFAULT_LOCATION = "US";

const dataset = resourceType<DatasetArgs>({
  token: DATASET,
  service: "BigQuery",
  actions: { create: "datasets.insert", update: "datasets.update", delete: "datasets.delete" },
  reach: "global",
  name: patternName(
    "datasetId",
    /^\w+$/,
    "1 to 1024 letters, digits and _",
    1024,
    "https://docs.cloud.google.com/bigquery/docs/datasets#dataset-naming",
  ),
  defaults: () => ({ location: DEFAULT_LOCATION, deleteContentsOnDestroy: false }),
  check: (context) => {
    const { inputs, refuse: report } = context;
    const place = inputs.location;
    if (place !== undefined && !isRegion(place.toLowerCase()) && !["US", "EU"].includes(place.toUpperCase())) {
      report("location", `BigQuery has no location "${place}"`);
    }
    const hours = Number(inputs.maxTimeTravelHours ?? 168);
    if (!(hours >= 48 && hours <= 168)) report("maxTimeTravelHours", `48 to 168 hours, got ${String(hours)}`);
    if ((inputs.defaultTableExpirationMs ?? 3_600_000) < 3_600_000)
      report("defaultTableExpirationMs", "at least an hour, 3600000");
    checkChoices(context, [["storageBillingModel", inputs.storageBillingModel, ["LOGICAL", "PHYSICAL"]]]);
  },
  create: (context) => {
    const { inputs, scope } = context;
    const place = (inputs.location ?? DEFAULT_LOCATION).toLowerCase();
    requireServiceKey(context, inputs.defaultEncryptionConfiguration?.kmsKeyName, API, [
      place === "eu" ? "europe" : place,
    ]);
    const id = `projects/${scope.account}/datasets/${inputs.datasetId}`;
    return {
      id,
      outputs: { datasetId: inputs.datasetId, selfLink: `https://bigquery.googleapis.com/bigquery/v2/${id}` },
    };
  },
  delete: (context) => {
    const { resource, effects } = context;
    const tables = inProject(context, TABLE).filter(({ inputs }) => inputs["datasetId"] === nameIn(resource.id));
    if (tables.length > 0 && resource.inputs["deleteContentsOnDestroy"] !== true) {
      refuse("resourceInUse", `Dataset ${resource.scope.account}:${nameIn(resource.id)} is still in use`);
    }
    for (const each of tables) effects.remove(each);
  },
});

const missing = { code: "notFound", message: "Not found: Dataset {value}" };

const table = resourceType<TableArgs>({
  token: TABLE,
  service: "BigQuery",
  actions: { create: "tables.insert", update: "tables.update", delete: "tables.delete" },
  reach: "global",
  name: patternName(
    "tableId",
    /^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]+$/u,
    "up to 1024 letters, marks, numbers, connectors, dashes and spaces",
    1024,
    "https://docs.cloud.google.com/bigquery/docs/tables#table_naming",
  ),
  references: [link("datasetId", DATASET, { holds: false, missing })],
  defaults: () => ({ deletionProtection: true }),
  check: checkTable,
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const on = requireNamed(context, DATASET, inputs.datasetId, missing);
    const uri = inputs.biglakeConfiguration?.storageUri;
    const name = /^gs:\/\/([^/]+)\//.exec(uri ?? "")?.[1];
    if (name !== undefined && !cloud.list(BUCKET, "anywhere").some(({ id }) => id === name)) {
      refuse("notFound", `Not found: Bucket ${name} of ${uri ?? ""}`);
    }
    const place = text(on.inputs["location"]).toLowerCase();
    requireServiceKey(context, inputs.encryptionConfiguration?.kmsKeyName, API, [place]);
    const id = `${on.id}/tables/${inputs.tableId}`;
    return {
      id,
      outputs: {
        selfLink: `https://bigquery.googleapis.com/bigquery/v2/${id}`,
        type: inputs.view === undefined ? "TABLE" : "VIEW",
        location: text(on.inputs["location"]),
        project: scope.account,
      },
    };
  },
  delete: ({ resource }) => {
    if (resource.inputs["deletionProtection"] !== false) {
      refuse(
        PROVIDER,
        `cannot destroy table ${resource.id} without setting deletion_protection=false and running \`pulumi up\``,
      );
    }
  },
});

/** https://docs.cloud.google.com/bigquery/docs/iceberg-tables */
function checkTable(context: CheckContext<Resolved<TableArgs>>): void {
  const { inputs, refuse: report } = context;
  const lake = inputs.biglakeConfiguration;
  if (lake !== undefined) {
    checkChoices(context, [
      ["biglakeConfiguration.fileFormat", lake.fileFormat, ["PARQUET"]],
      ["biglakeConfiguration.tableFormat", lake.tableFormat, ["ICEBERG"]],
    ]);
    if (!/^gs:\/\/[^/]+\/.+/.test(lake.storageUri))
      report("biglakeConfiguration.storageUri", `gs://bucket/path, got ${lake.storageUri}`);
    if (inputs.schema === undefined && !context.isUnknown("schema")) report("schema", "an Iceberg table needs one");
  }
  if (inputs.schema === undefined) return;
  try {
    if (!Array.isArray(JSON.parse(inputs.schema))) report("schema", "must be a JSON array of columns");
  } catch {
    report("schema", "is not JSON");
  }
}

export const bigqueryTypes: readonly ResourceType[] = [dataset, table];
