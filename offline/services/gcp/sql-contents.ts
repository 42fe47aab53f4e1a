import type { DatabaseArgs, UserArgs } from "@pulumi/gcp/sql";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { PROVIDER } from "./errors";
import { link } from "./links";
import { requireNamed, type Caller } from "./lookups";
import { blocks, block, text } from "./text";
import { SQL_INSTANCE } from "./types";

const MISSING = { code: "notFound", message: "The Cloud SQL instance does not exist: {value}" };

const onInstance = { ...link("instance", SQL_INSTANCE, { holds: false }), missing: MISSING };

/** The instance, which runs and is no replica: both refuse changes of what is in them. */
function writable(caller: Caller, name: string): StoredResource {
  const found = requireNamed(caller, SQL_INSTANCE, name, MISSING);
  if (block(found.inputs["settings"])["activationPolicy"] === "NEVER") {
    refuse("invalid", "Invalid request: Invalid request since instance is not running.");
  }
  if (found.inputs["masterInstanceName"] !== undefined) {
    refuse("invalid", "Invalid request: The operation is not allowed on a read replica.");
  }
  return found;
}

const database = resourceType<DatabaseArgs>({
  token: "gcp:sql/database:Database",
  service: "Cloud SQL",
  actions: { create: "databases.insert", update: "databases.update", delete: "databases.delete" },
  reach: "global",
  name: {
    property: "name",
    pattern: /^[^\s/]+$/,
    rule: "1 to 63 characters",
    source: "https://docs.cloud.google.com/sql/docs/postgres/create-manage-databases",
    maxLength: 63,
  },
  references: [onInstance],
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const name = inputs.name ?? "";
    writable(context, inputs.instance);
    const id = `projects/${scope.account}/instances/${inputs.instance}/databases/${name}`;
    // `postgres` is there from the beginning.
    if (name === "postgres" || cloud.find("gcp:sql/database:Database", id) !== undefined) {
      refuse(
        "invalid",
        `Invalid request: failed to create database ${name}. Detail: pq: database "${name}" already exists`,
      );
    }
    return {
      id,
      outputs: {
        name,
        charset: inputs.charset ?? "UTF8",
        collation: inputs.collation ?? "en_US.UTF8",
        selfLink: `https://sqladmin.googleapis.com/sql/v1beta4/${id}`,
      },
    };
  },
});

/** https://docs.cloud.google.com/sql/docs/postgres/users */
const TYPES = [
  ...["BUILT_IN", "CLOUD_IAM_USER", "CLOUD_IAM_SERVICE_ACCOUNT", "CLOUD_IAM_GROUP"],
  ...["CLOUD_IAM_GROUP_USER", "CLOUD_IAM_GROUP_SERVICE_ACCOUNT", "CLOUD_IAM_WORKFORCE_IDENTITY"],
];

const ACCOUNT_DOMAIN = ".gserviceaccount.com";

const user = resourceType<UserArgs>({
  token: "gcp:sql/user:User",
  service: "Cloud SQL",
  actions: { create: "users.insert", update: "users.update", delete: "users.delete" },
  reach: "global",
  references: [onInstance],
  check: (context) => {
    const { inputs } = context;
    checkChoices(context, [["type", inputs.type, TYPES]]);
    const byIdentity = inputs.type !== undefined && inputs.type !== "BUILT_IN";
    const password =
      inputs.password !== undefined ? "password" : inputs.passwordWo !== undefined ? "passwordWo" : undefined;
    if (byIdentity && password !== undefined) {
      context.refuse(password, `a user of type ${inputs.type ?? ""} logs in by identity and has no password`);
    }
    if (inputs.password !== undefined && inputs.passwordWo !== undefined) {
      context.refuse("passwordWo", "conflicts with password");
    }
    // The name of a service account is its address without the last two labels: PostgreSQL's names end at 63 characters.
    if (inputs.type === "CLOUD_IAM_SERVICE_ACCOUNT" && inputs.name?.endsWith(ACCOUNT_DOMAIN) === true) {
      context.refuse(
        "name",
        `must be the address without ${ACCOUNT_DOMAIN}: ${inputs.name.slice(0, -ACCOUNT_DOMAIN.length)} (https://docs.cloud.google.com/sql/docs/postgres/add-manage-iam-users)`,
      );
    }
  },
  create: (context) => {
    const { inputs } = context;
    const found = writable(context, inputs.instance);
    checkLogIn(context, found);
    const name = inputs.name ?? "";
    const id = `${name}/${inputs.host ?? ""}/${inputs.instance}`;
    if (context.cloud.find("gcp:sql/user:User", id) !== undefined) {
      refuse("invalid", `Invalid request: User already exists: ${name}`);
    }
    return { id, outputs: { name, host: inputs.host ?? "", type: inputs.type ?? "BUILT_IN" } };
  },
  delete: ({ resource }) => {
    if (resource.inputs["deletionPolicy"] === "PREVENT") {
      refuse(PROVIDER, `Cannot destroy ${resource.id}: deletion_policy is set to PREVENT`);
    }
  },
});

/** https://docs.cloud.google.com/sql/docs/postgres/iam-authentication */
function checkLogIn({ inputs }: CallContext<Resolved<UserArgs>>, found: StoredResource): void {
  if (!text(found.inputs["databaseVersion"]).startsWith("POSTGRES")) return;
  if (inputs.host !== undefined && inputs.host !== "") {
    refuse("invalid", "Invalid request: A PostgreSQL user has no host");
  }
  if (inputs.type === undefined || inputs.type === "BUILT_IN") {
    if (inputs.password === undefined && inputs.passwordWo === undefined) {
      refuse("invalid", "Invalid request: The password must be specified for a PostgreSQL user");
    }
    return;
  }
  const flags = blocks(block(found.inputs["settings"])["databaseFlags"]);
  if (!flags.some(({ name, value }) => name === "cloudsql.iam_authentication" && value === "on")) {
    refuse(
      "invalid",
      `Invalid request: IAM users need the flag cloudsql.iam_authentication=on on the instance ${inputs.instance}`,
    );
  }
}

export const sqlContentTypes: readonly ResourceType[] = [database, user];
