import type {
  AdministratorsMicrosoftEntraArgs,
  ConfigurationArgs,
  DatabaseArgs,
  VirtualEndpointArgs,
} from "@pulumi/azure-native/dbforpostgresql";
import { refuse } from "../../cloud/errors";
import type { CallContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { invalid } from "./postgres-checks";
import { serverParameter, valueProblem } from "./postgres-parameters";
import { isGuid } from "./provider-config";
import { azureType, made, parentOf } from "./service-support";
import { block, text } from "./text";
import { POSTGRES_SERVER } from "./types";

const CONFIGURATION = "azure-native:dbforpostgresql:Configuration";
const DATABASE = "azure-native:dbforpostgresql:Database";
const ADMINISTRATOR = "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra";
const VIRTUAL_ENDPOINT = "azure-native:dbforpostgresql:VirtualEndpoint";

/** Databases that every server has: https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-servers */
const OWN_DATABASES = ["postgres", "azure_maintenance", "azure_sys"];

const configuration = azureType<ConfigurationArgs>({
  token: CONFIGURATION,
  create: (context) => made(parameterOutputs(context)),
  update: parameterOutputs,
});

/** Refuses a parameter that the server does not have, that it keeps to itself, or a value that it does not take. */
function parameterOutputs(context: CallContext<Resolved<ConfigurationArgs>>): Properties {
  const { configurationName: name = "", value, source } = context.inputs;
  const parameter = serverParameter(name) ?? refuse("ResourceNotFound", `The server has no parameter ${name}.`);
  if (parameter.applied === "fixed") invalid(name, "the service alone sets it");
  const problem = value === undefined ? undefined : valueProblem(name, parameter, value);
  if (problem !== undefined) invalid(name, problem);
  const server = parentOf(context, CONFIGURATION, POSTGRES_SERVER);
  const tier = block(server?.outputs["sku"])["tier"];
  // https://learn.microsoft.com/azure/postgresql/connectivity/concepts-pgbouncer
  if (name === "pgbouncer.enabled" && value === "on" && tier === "Burstable")
    invalid(name, "the tier Burstable has no PgBouncer");
  const chosen = value ?? parameter.default;
  return {
    value: chosen,
    source: source ?? "user-override",
    dataType: parameter.type,
    defaultValue: parameter.default,
    allowedValues: parameter.allowed?.join(parameter.type === "Integer" ? "-" : ",") ?? ".*",
    isDynamicConfig: parameter.applied === "dynamic",
    isReadOnly: false,
    isConfigPendingRestart: parameter.applied === "static" && chosen !== parameter.default,
  };
}

const database = azureType<DatabaseArgs>({
  token: DATABASE,
  name: {
    property: "databaseName",
    pattern: /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/,
    rule: "1 to 63 letters, digits, _ and -, a letter or _ first",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
    maxLength: 63,
  },
  create: (context) => {
    const { databaseName: name = "", charset, collation } = context.inputs;
    // Seen when a deployment asked for postgres: the words are the service's.
    if (OWN_DATABASES.includes(name)) invalid("databaseName", `every server has ${name} already`);
    return made({ charset: charset ?? "UTF8", collation: collation ?? "en_US.utf8" });
  },
});

const administrator = azureType<AdministratorsMicrosoftEntraArgs>({
  token: ADMINISTRATOR,
  check: ({ inputs, refuse: report }) => {
    if (inputs.objectId !== undefined && !isGuid(inputs.objectId))
      report("objectId", `"${inputs.objectId}" is not a GUID`);
    // PostgreSQL cuts names of roles at 63 bytes.
    if ((inputs.principalName ?? "").length > 63) report("principalName", "has at most 63 characters");
  },
  create: (context) => {
    const { inputs } = context;
    const server = parentOf(context, ADMINISTRATOR, POSTGRES_SERVER);
    if (block(server?.outputs["authConfig"])["activeDirectoryAuth"] !== "Enabled") {
      invalid("authConfig.activeDirectoryAuth", "enable Microsoft Entra authentication on the server first");
    }
    return made({ principalType: inputs.principalType, objectId: inputs.objectId });
  },
});

/** https://learn.microsoft.com/azure/postgresql/read-replica/concepts-read-replicas-virtual-endpoints */
const virtualEndpoint = azureType<VirtualEndpointArgs>({
  token: VIRTUAL_ENDPOINT,
  create: (context) => {
    const { inputs, cloud } = context;
    const names = cloud.list(POSTGRES_SERVER, "anywhere").map((each) => text(each.inputs["serverName"]));
    const missing = inputs.members?.find((member) => !names.includes(member));
    if (missing !== undefined) invalid("members", `there is no server ${missing}`);
    const name = inputs.virtualEndpointName ?? "";
    return made({
      virtualEndpoints: [`${name}.writer.postgres.database.azure.com`, `${name}.reader.postgres.database.azure.com`],
    });
  },
});

export const postgresChildTypes: readonly ResourceType[] = [configuration, database, administrator, virtualEndpoint];
