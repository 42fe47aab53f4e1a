import { DatabaseAccount, type DatabaseAccountArgs } from "@pulumi/azure-native/cosmosdb/databaseAccount";
import { SqlResourceSqlContainer } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlContainer";
import { SqlResourceSqlDatabase } from "@pulumi/azure-native/cosmosdb/sqlResourceSqlDatabase";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { KeyValueStore } from "../contracts/key-value-store";
import type { TableSpec } from "../planning/key-value-tables";
import { sharedName } from "../planning/names-azure";
import type { Protection } from "../planning/protection";
import { lockAgainstDeletion } from "./deletion-lock";
import { KeyUser } from "./key-user";
import { backupTier, containerOf, cosmosFaults, mostTables } from "./key-values.plan";
import type { LogWorkspace } from "./log-workspace";
import type { Place } from "./place";
import { PrivateEndpoint, type EndpointHome } from "./private-endpoint";
import type { AzureKey } from "./vault-key";

export interface KeyValuesArgs extends EndpointHome {
  /** First part of the names of account and containers: `<prefix>-<table>`. */
  readonly prefix: string;
  readonly place: Place;
  /** The tables by a key, which becomes part of their names for ever; at most 25. */
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** Days that any second can be restored, at least: Cosmos DB takes 7 or 30, and the next longer one is taken. */
  readonly recoveryDays: number;
  /**
   * Request units per second that the tables together may use at most: 1000 and more, in steps of 1000. At rest a tenth of it is
   * used and billed. A change is one in place, down to a tenth of the highest that it ever was.
   */
  readonly maxThroughput: number;
  /** Other regions with a copy of every table, which take writes too. They come and go in an update of their own. Default: none. */
  readonly replicas?: readonly string[];
  readonly key: AzureKey;
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: (account: DatabaseAccountArgs) => DatabaseAccountArgs;
}

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftdocumentdb */
const accountNameRule = { longest: 44, hyphens: true } as const;

/**
 * Tables on Cosmos DB for NoSQL, in one account and database, with any second to go back to. They are reached inside the network,
 * over TLS, by log-in of Microsoft Entra alone: the keys of the account open nothing.
 *
 * An item's `id` is the text of its range key, or of its hash key where there is no other. With other regions every region takes
 * writes, and of two writes to one item the later one wins. https://learn.microsoft.com/azure/cosmos-db/conflict-resolution-policies
 *
 * Cost: request units per hour, in every region, at least a tenth of the highest; storage per GiB; backups of 30 days per GiB.
 */
export class KeyValues extends ComponentResource implements KeyValueStore {
  readonly kind = "key-values";
  /** The database, as the roles of Cosmos DB know it. */
  readonly resourceIds: readonly Output<string>[];
  /** None: the account decrypts by an identity of its own. */
  readonly keyId = undefined;
  readonly tableNames: Readonly<Record<string, Output<string>>>;
  readonly databaseName: Output<string>;
  /** `https://<account>.documents.azure.com:443/`. */
  readonly endpoint: Output<string>;
  readonly accountId: Output<string>;

  constructor(name: string, args: KeyValuesArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:KeyValues", name, {}, opts);
    const { place, prefix, protection, replicas = [] } = args;
    checkTables(args.tables);
    const held = { parent: this, protect: protection.protect };
    const keyUser = new KeyUser(
      `${name}-key`,
      { identityName: `${prefix}-key-values-key`, place, key: args.key },
      { parent: this },
    );
    const accountArgs: DatabaseAccountArgs = {
      resourceGroupName: place.groupName,
      location: place.region,
      tags: { ...place.tags },
      accountName: place.subscription.id.apply((id) => sharedName(prefix, "values", id, accountNameRule)),
      kind: "GlobalDocumentDB",
      databaseAccountOfferType: "Standard",
      locations: [
        { locationName: place.region, failoverPriority: 0, isZoneRedundant: true },
        // Another region is the copy: not every one has zones.
        ...replicas.map((region, index) => ({
          locationName: region,
          failoverPriority: index + 1,
          isZoneRedundant: false,
        })),
      ],
      enableMultipleWriteLocations: replicas.length > 0,
      enableAutomaticFailover: replicas.length > 0,
      consistencyPolicy: { defaultConsistencyLevel: "Session" },
      backupPolicy: { type: "Continuous", continuousModeProperties: { tier: backupTier(args.recoveryDays) } },
      minimalTlsVersion: "Tls12",
      publicNetworkAccess: "Disabled",
      networkAclBypass: "None",
      disableLocalAuth: true,
      disableKeyBasedMetadataWriteAccess: true,
      keyVaultKeyUri: args.key.uri,
      identity: { type: "UserAssigned", userAssignedIdentities: [keyUser.identityId] },
      defaultIdentity: interpolate`UserAssignedIdentity=${keyUser.identityId}`,
    };
    const account = new DatabaseAccount(`${name}-account`, args.transform?.(accountArgs) ?? accountArgs, {
      ...held,
      dependsOn: [keyUser.right],
    });
    const inAccount = { resourceGroupName: place.groupName, accountName: account.name };
    const database = new SqlResourceSqlDatabase(
      `${name}-database`,
      {
        ...inAccount,
        tags: { ...place.tags },
        databaseName: prefix,
        resource: { id: prefix },
        options: { autoscaleSettings: { maxThroughput: args.maxThroughput } },
      },
      held,
    );
    const tables = Object.entries(args.tables).map(([key, spec]) => {
      const id = `${prefix}-${key}`;
      const container = new SqlResourceSqlContainer(
        `${name}-${key}`,
        {
          ...inAccount,
          tags: { ...place.tags },
          databaseName: database.name,
          containerName: id,
          resource: containerOf(id, spec),
        },
        held,
      );
      return [key, container.name] as const;
    });
    new PrivateEndpoint(
      `${name}-private`,
      {
        place,
        network: args.network,
        dns: args.dns,
        endpointName: `${prefix}-key-values`,
        serviceId: account.id,
        groupId: "Sql",
        zones: ["cosmos"],
      },
      { parent: this },
    );
    // What is asked of the data, by item, would cost more than the data: https://learn.microsoft.com/azure/cosmos-db/monitor-resource-logs
    args.logs.diagnose(`${name}-logs`, account.id, { categories: ["ControlPlaneRequests"] }, this);
    lockAgainstDeletion(`${name}-lock`, { scope: account.id, what: "the tables", protection }, this);
    this.resourceIds = [interpolate`${account.id}/dbs/${database.name}`];
    this.tableNames = Object.fromEntries(tables);
    this.databaseName = database.name;
    this.endpoint = account.documentEndpoint;
    this.accountId = account.id;
    this.registerOutputs({ tableNames: this.tableNames, endpoint: this.endpoint });
  }
}

function checkTables(tables: Readonly<Record<string, TableSpec>>): void {
  const count = Object.keys(tables).length;
  const problems = Object.entries(tables).flatMap(([key, spec]) =>
    cosmosFaults(spec).map(({ path, message }) => `table ${[key, ...path].join(".")}: ${message}`),
  );
  if (count > mostTables) {
    problems.push(
      `${String(count)} tables are more than the ${String(mostTables)} that share a database's throughput: leave some out`,
    );
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
}
