import type { IcebergCatalogArgs, IcebergNamespaceArgs, IcebergTableArgs } from "@pulumi/gcp/biglake";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { link, nameIn } from "./links";
import { inProject, requireNamed, type Caller } from "./lookups";
import { patternName } from "./names";
import { projectNumber } from "./project";
import { regionOf } from "./regions";
import { text } from "./text";
import { BUCKET } from "./types";

const CATALOG = "gcp:biglake/icebergCatalog:IcebergCatalog";
const NAMESPACE = "gcp:biglake/icebergNamespace:IcebergNamespace";
const TABLE = "gcp:biglake/icebergTable:IcebergTable";
const DOCS = "https://docs.cloud.google.com/biglake/docs/blms-rest-catalog";

/** A catalog that speaks Iceberg's REST protocol, over one bucket whose name it has. */
const catalog = resourceType<IcebergCatalogArgs>({
  token: CATALOG,
  service: "BigLake",
  actions: { create: "CreateIcebergCatalog", update: "UpdateIcebergCatalog", delete: "DeleteIcebergCatalog" },
  reach: "global",
  name: patternName("name", /^[a-z0-9][a-z0-9._-]*$/, "the name of the bucket", 222, DOCS),
  inUse: { code: "failedPrecondition", message: "Catalog {id} is not empty: {holder}" },
  check: (context) => {
    const { inputs } = context;
    checkChoices(context, [
      [
        "catalogType",
        inputs.catalogType,
        ["CATALOG_TYPE_GCS_BUCKET", "CATALOG_TYPE_BIGLAKE", "CATALOG_TYPE_FEDERATED"],
      ],
      ["credentialMode", inputs.credentialMode, ["CREDENTIAL_MODE_END_USER", "CREDENTIAL_MODE_VENDED_CREDENTIALS"]],
    ]);
    const isFederated = inputs.catalogType === "CATALOG_TYPE_FEDERATED";
    if (isFederated && inputs.federatedCatalogOptions === undefined && !context.isUnknown("federatedCatalogOptions")) {
      context.refuse("federatedCatalogOptions", "is required for CATALOG_TYPE_FEDERATED");
    }
  },
  create: (context) => {
    const { inputs, scope, cloud, hex } = context;
    const name = inputs.name ?? "";
    const isBucket = inputs.catalogType === "CATALOG_TYPE_GCS_BUCKET";
    const over = cloud.list(BUCKET, "anywhere").find(({ id }) => id === name);
    if (isBucket && over === undefined) {
      refuse(
        "invalidArgument",
        `The name of a catalog of type CATALOG_TYPE_GCS_BUCKET must be that of a bucket: there is no ${name}`,
      );
    }
    const region = regionOf(text(over?.outputs["location"]));
    const account = `blirc-${projectNumber(scope.account)}-${hex(4)}@gcp-sa-biglakerestcatalog.iam.gserviceaccount.com`;
    return {
      id: `iceberg/v1/restcatalog/extensions/projects/${scope.account}/catalogs/${name}`,
      outputs: {
        name,
        credentialMode: inputs.credentialMode ?? "CREDENTIAL_MODE_END_USER",
        defaultLocation: inputs.defaultLocation ?? `gs://${name}`,
        storageRegions: region === "" ? [] : [region],
        ...(inputs.credentialMode === "CREDENTIAL_MODE_VENDED_CREDENTIALS" ? { biglakeServiceAccount: account } : {}),
      },
    };
  },
  delete: (context) => {
    const held = inProject(context, NAMESPACE).find(
      ({ inputs }) => nameIn(text(inputs["catalog"])) === nameIn(context.resource.id),
    );
    if (held !== undefined) refuse("failedPrecondition", `Catalog ${context.resource.id} is not empty: ${held.id}`);
  },
});

const noCatalog = { code: "notFound", message: "Catalog {value} does not exist" };

/** A catalog is found by its name alone: its id is no path of a project. */
function requireCatalog(caller: Caller, name: string): void {
  const found = inProject(caller, CATALOG).some(({ id }) => nameIn(id) === nameIn(name));
  if (!found) refuse(noCatalog.code, noCatalog.message.replace("{value}", name));
}

const namespace = resourceType<IcebergNamespaceArgs>({
  token: NAMESPACE,
  service: "BigLake",
  actions: { create: "CreateNamespace", update: "UpdateNamespace", delete: "DeleteNamespace" },
  reach: "global",
  name: patternName("namespaceId", /^[a-zA-Z0-9_]+$/, "letters, digits and _", 1024, DOCS),
  create: (context) => {
    const { inputs, scope } = context;
    requireCatalog(context, inputs.catalog);
    return { id: `projects/${scope.account}/catalogs/${inputs.catalog}/namespaces/${inputs.namespaceId}`, outputs: {} };
  },
  delete: (context) => {
    const { resource } = context;
    const held = inProject(context, TABLE).find(({ id }) => id.startsWith(`${resource.id}/tables/`));
    if (held !== undefined) refuse("failedPrecondition", `Namespace ${nameIn(resource.id)} is not empty: ${held.id}`);
  },
});

const table = resourceType<IcebergTableArgs>({
  token: TABLE,
  service: "BigLake",
  actions: { create: "CreateTable", update: "UpdateTable", delete: "DropTable" },
  reach: "global",
  name: patternName("name", /^[a-zA-Z0-9_-]+$/, "letters, digits, _ and -", 1024, DOCS),
  references: [
    link("namespace", NAMESPACE, {
      holds: false,
      missing: { code: "notFound", message: "Namespace {value} does not exist" },
    }),
  ],
  check: ({ inputs, refuse: report }) => {
    const ids = (inputs.schema?.fields ?? []).map(({ id }) => id);
    if (new Set(ids).size !== ids.length) report("schema.fields", "two fields have the same id");
    for (const [index, { sourceId }] of (inputs.partitionSpec?.fields ?? []).entries()) {
      if (!ids.includes(sourceId))
        report(`partitionSpec.fields[${String(index)}].sourceId`, `no field has the id ${String(sourceId)}`);
    }
  },
  create: (context) => {
    const { inputs } = context;
    requireCatalog(context, inputs.catalog);
    const within = requireNamed(context, NAMESPACE, inputs.namespace, {
      code: "notFound",
      message: "Namespace {value} does not exist",
    });
    const name = inputs.name ?? "";
    return {
      id: `${within.id}/tables/${name}`,
      outputs: { name, location: inputs.location ?? `gs://${inputs.catalog}/${nameIn(within.id)}/${name}` },
    };
  },
});

export const biglakeTypes: readonly ResourceType[] = [catalog, namespace, table];
