import type {
  SqlResourceSqlContainerArgs,
  SqlResourceSqlDatabaseArgs,
  SqlResourceSqlRoleAssignmentArgs,
  TableResourceTableArgs,
} from "@pulumi/azure-native/cosmosdb";
import { refuse } from "../../cloud/errors";
import type { CallContext, Resolved, ResourceType } from "../../cloud/resource-type";
import { equal, type Properties, type Value } from "../../cloud/value";
import { sameId } from "./arm";
import { isGuid } from "./provider-config";
import { azureType, byId, childrenOf, made, parentOf } from "./service-support";
import { block, blocks, text } from "./text";
import { COSMOS_ACCOUNT } from "./types";

const DATABASE = "azure-native:cosmosdb:SqlResourceSqlDatabase";
const CONTAINER = "azure-native:cosmosdb:SqlResourceSqlContainer";
const TABLE = "azure-native:cosmosdb:TableResourceTable";
const ROLE_ASSIGNMENT = "azure-native:cosmosdb:SqlResourceSqlRoleAssignment";

/** Roles that every account has: https://learn.microsoft.com/azure/cosmos-db/how-to-grant-data-plane-access */
const BUILT_IN_ROLE = /\/sqlRoleDefinitions\/00000000-0000-0000-0000-00000000000[12]$/i;

interface Options {
  readonly throughput?: number | undefined;
  readonly autoscaleSettings?: { readonly maxThroughput?: number | undefined } | undefined;
}

/** https://learn.microsoft.com/azure/cosmos-db/concepts-limits */
function optionsProblem(options: Options | undefined): string | undefined {
  const { throughput, autoscaleSettings } = options ?? {};
  const most = autoscaleSettings?.maxThroughput;
  if (throughput !== undefined && most !== undefined) return "has throughput or autoscaleSettings, never both";
  if (throughput !== undefined && (throughput < 400 || throughput % 100 !== 0)) {
    return `throughput is 400 or more request units in steps of 100, got ${String(throughput)}`;
  }
  if (most !== undefined && (most < 1000 || most % 1000 !== 0)) {
    return `maxThroughput is 1000 or more request units in steps of 1000, got ${String(most)}`;
  }
  return undefined;
}

/** Whether the account, two steps up at most, has a capability. */
function hasCapability(context: CallContext<unknown>, token: string, capability: string): boolean {
  const { accountName } = context.inputs as Properties;
  const owner =
    parentOf(context, token, COSMOS_ACCOUNT) ??
    context.cloud.list(COSMOS_ACCOUNT, "anywhere").find(({ inputs }) => inputs["accountName"] === accountName);
  return blocks(owner?.inputs["capabilities"]).some(({ name }) => name === capability);
}

function checkServerless(context: CallContext<unknown>, token: string, options: Options | undefined): void {
  if (options?.throughput === undefined && options?.autoscaleSettings === undefined) return;
  if (!hasCapability(context, token, "EnableServerless")) return;
  refuse(
    "BadRequest",
    "Setting offer throughput or autopilot on a container is not supported for serverless accounts.",
  );
}

/** Autoscale goes back to a tenth of what it was, never below: https://learn.microsoft.com/azure/cosmos-db/autoscale-faq */
function checkFloor(before: Options | undefined, after: Options | undefined): void {
  const [was, is] = [before, after].map((options) => options?.autoscaleSettings?.maxThroughput);
  if (was === undefined || is === undefined || is >= was / 10) return;
  refuse(
    "BadRequest",
    `The offer cannot have a maximum throughput of ${String(is)}: the lowest after ${String(was)} is ${String(was / 10)}.`,
  );
}

/** A resource is called in its body as in its path. */
function sameName(name: string | undefined, id: string | undefined): string | undefined {
  return name === undefined || id === undefined || name === id ? undefined : `must be the name ${name}, got ${id}`;
}

const database = azureType<SqlResourceSqlDatabaseArgs>({
  token: DATABASE,
  check: ({ inputs, refuse: report }) => {
    const problem = optionsProblem(inputs.options);
    if (problem !== undefined) report("options", problem);
    const name = sameName(inputs.databaseName, inputs.resource?.id);
    if (name !== undefined) report("resource.id", name);
  },
  create: (context) => {
    checkServerless(context, DATABASE, context.inputs.options);
    return made({});
  },
  update: ({ inputs, oldInputs }) => {
    checkFloor(oldInputs.options, inputs.options);
    return {};
  },
});

const container = azureType<SqlResourceSqlContainerArgs>({
  token: CONTAINER,
  check: ({ inputs, refuse: report }) => {
    const problem = optionsProblem(inputs.options);
    if (problem !== undefined) report("options", problem);
    const { id, partitionKey, defaultTtl } = inputs.resource ?? {};
    const name = sameName(inputs.containerName, id);
    if (name !== undefined) report("resource.id", name);
    const paths = partitionKey?.paths ?? [];
    const most = partitionKey?.kind === "MultiHash" ? 3 : 1;
    if (
      partitionKey !== undefined &&
      (paths.length < 1 || paths.length > most || paths.some((path) => !path.startsWith("/")))
    ) {
      report(
        "resource.partitionKey.paths",
        `has 1 to ${String(most)} paths that begin with /, got ${paths.join(", ")}`,
      );
    }
    if (defaultTtl !== undefined && defaultTtl !== -1 && defaultTtl < 1) {
      report("resource.defaultTtl", `is -1, or 1 second and more, got ${String(defaultTtl)}`);
    }
  },
  create: (context) => {
    checkServerless(context, CONTAINER, context.inputs.options);
    checkShare(context);
    if (context.inputs.resource.partitionKey === undefined) {
      refuse("BadRequest", "Partition key is required: give resource.partitionKey.");
    }
    return made({});
  },
  // https://learn.microsoft.com/azure/cosmos-db/partitioning-overview
  update: ({ inputs, oldInputs }) => {
    checkFloor(oldInputs.options, inputs.options);
    for (const property of ["partitionKey", "uniqueKeyPolicy", "conflictResolutionPolicy"] as const) {
      const [before, after] = [oldInputs.resource[property], inputs.resource[property]] as unknown as Value[];
      if (!equal(before, after)) refuse("BadRequest", `Document collection ${property} cannot be changed.`);
    }
    return {};
  },
});

/** Containers without throughput of their own: https://learn.microsoft.com/azure/cosmos-db/set-throughput */
const SHARING = 25;

/** A container lives on the throughput of its own or of its database, which so many can share. */
function checkShare(context: CallContext<Resolved<SqlResourceSqlContainerArgs>>): void {
  const has = ({ throughput, autoscaleSettings }: Options) =>
    throughput !== undefined || autoscaleSettings !== undefined;
  const owner = parentOf(context, CONTAINER, DATABASE);
  if (owner === undefined || has(context.inputs.options ?? {}) || !has(block(owner.inputs["options"]))) return;
  const sharing = childrenOf(context.cloud, CONTAINER, owner.id).filter(({ inputs }) => !has(block(inputs["options"])));
  if (sharing.length < SHARING) return;
  refuse("BadRequest", `At most ${String(SHARING)} collections share the throughput of a database.`);
}

const table = azureType<TableResourceTableArgs>({
  token: TABLE,
  check: ({ inputs, refuse: report }) => {
    const problem = optionsProblem(inputs.options);
    if (problem !== undefined) report("options", problem);
    const name = sameName(inputs.tableName, inputs.resource?.id);
    if (name !== undefined) report("resource.id", name);
  },
  create: (context) => {
    if (!hasCapability(context, TABLE, "EnableTable")) {
      refuse("BadRequest", "The account has no API for tables: give it the capability EnableTable.");
    }
    checkServerless(context, TABLE, context.inputs.options);
    return made({});
  },
});

const roleAssignment = azureType<SqlResourceSqlRoleAssignmentArgs>({
  token: ROLE_ASSIGNMENT,
  check: ({ inputs, refuse: report }) => {
    for (const property of ["roleAssignmentId", "principalId"] as const) {
      const value = inputs[property];
      if (value !== undefined && !isGuid(value)) report(property, `"${value}" is not a GUID`);
    }
  },
  create: (context) => {
    requireRole(context);
    requireScope(context);
    return made({});
  },
});

/** The account, or in its own words a database or container: https://learn.microsoft.com/azure/cosmos-db/how-to-connect-role-based-access-control */
function requireScope(context: CallContext<Resolved<SqlResourceSqlRoleAssignmentArgs>>): void {
  const { inputs, cloud } = context;
  const scope = text(inputs.scope) ?? "";
  const [, account = "", databaseName, containerName] =
    /^(.*\/databaseAccounts\/[^/]+)(?:\/dbs\/([^/]+)(?:\/colls\/([^/]+))?)?$/i.exec(scope) ?? [];
  const owner = `${account}/sqlDatabases/${databaseName ?? ""}`;
  const isThere =
    sameId(account, parentOf(context, ROLE_ASSIGNMENT, COSMOS_ACCOUNT)?.id) &&
    (databaseName === undefined || byId(cloud, DATABASE, owner) !== undefined) &&
    (containerName === undefined || byId(cloud, CONTAINER, `${owner}/containers/${containerName}`) !== undefined);
  if (!isThere) refuse("BadRequest", `The scope ${scope} is neither the account nor a database or container of it.`);
}

function requireRole({ inputs, cloud }: CallContext<Resolved<SqlResourceSqlRoleAssignmentArgs>>): void {
  const id = text(inputs.roleDefinitionId) ?? "";
  if (BUILT_IN_ROLE.test(id) || byId(cloud, "azure-native:cosmosdb:SqlResourceSqlRoleDefinition", id) !== undefined)
    return;
  refuse("BadRequest", `The role definition ${id} does not exist in the account.`);
}

export const cosmosChildTypes: readonly ResourceType[] = [database, container, table, roleAssignment];
