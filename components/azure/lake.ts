import { BlobContainer } from "@pulumi/azure-native/storage/blobContainer";
import { BlobServiceProperties } from "@pulumi/azure-native/storage/blobServiceProperties";
import { ManagementPolicy } from "@pulumi/azure-native/storage/managementPolicy";
import type { StorageAccountArgs } from "@pulumi/azure-native/storage/storageAccount";
import { ComponentResource, interpolate, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { DataLake as DataLakeContract } from "../contracts/data-lake";
import { tableProblem, type TableSpec } from "../planning/lake";
import { storageAccountName } from "../planning/names-azure";
import type { Protection } from "../planning/protection";
import { lockAgainstDeletion } from "./deletion-lock";
import { KeyUser } from "./key-user";
import type { LogWorkspace } from "./log-workspace";
import { agingRule, softDelete } from "./object-store.plan";
import type { Place } from "./place";
import { PrivateEndpoint, type EndpointHome } from "./private-endpoint";
import { storageAccount } from "./storage-account";
import type { AzureKey } from "./vault-key";

export interface DataLakeArgs extends EndpointHome {
  /** First part of the account's name and of the catalog's database. */
  readonly prefix: string;
  readonly place: Place;
  /** Tables by name: lower-case letters, digits and `_`. */
  readonly tables: Readonly<Record<string, TableSpec>>;
  /** Where the catalog on the cluster answers Iceberg's REST protocol: Azure has none that takes writes. */
  readonly catalogUri: string;
  /** Days until archived events and results of queries move to the tier Cool, which bills 30 days at least. Tables never do. */
  readonly infrequentAccessAfterDays: number;
  /** Days until archived events and results of queries are deleted. Tables never are. */
  readonly deleteAfterDays: number;
  /** Days that a deleted file can still be brought back: 1 to 365. */
  readonly keepVersionsDays: number;
  readonly key: AzureKey;
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: (account: StorageAccountArgs) => StorageAccountArgs;
}

/**
 * Data Lake Storage for Iceberg tables (format version 2): an account with folders and one private container, encrypted with a key
 * of the site. The catalog, which makes the tables and keeps them up, runs on the cluster.
 *
 * Files have no versions, since an account with folders has none: Iceberg never writes over a file, and a deleted one is kept.
 * https://learn.microsoft.com/azure/storage/blobs/storage-feature-support-in-storage-accounts
 *
 * The container's folders: `tables/` the data, `events/` what functions archive of the event stream, `queries/` results of queries,
 * `machine-learning/` input and output of training.
 *
 * Cost: storage per GB and month, and each request; about twice as much with a copy in the paired region.
 */
export class DataLake extends ComponentResource implements DataLakeContract {
  readonly kind = "lake";
  readonly resourceIds: readonly Output<string>[];
  /** None: the account decrypts by an identity of its own. */
  readonly keyId = undefined;
  readonly accountName: Output<string>;
  readonly accountId: Output<string>;
  /** Name of the container, which is the account's too. */
  readonly bucketName: Output<string>;
  readonly database: Output<string>;
  readonly catalogUri: string;
  /** Where the catalog keeps its tables: `abfss://<container>@<account>.dfs.core.windows.net/tables`. */
  readonly warehouse: Output<string>;
  readonly tableNames: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: DataLakeArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:DataLake", name, {}, opts);
    const { place, prefix, protection, network, dns } = args;
    const problems = Object.entries(args.tables).flatMap(([table, spec]) => tableProblem(table, spec) ?? []);
    if (problems.length > 0) throw new Error(problems.join("\n"));
    const parent = { parent: this };
    const physical = place.subscription.id.apply((id) => storageAccountName(prefix, "lake", id));
    const account = storageAccount(
      `${name}-account`,
      {
        place,
        accountName: physical,
        copies: protection.crossRegion ? "region" : "zones",
        layout: "folders",
        reach: "private",
        key: args.key,
        keyUser: new KeyUser(`${name}-key`, { identityName: `${prefix}-lake-key`, place, key: args.key }, parent),
        protection,
        transform: args.transform,
      },
      this,
    );
    const inAccount = { resourceGroupName: place.groupName, accountName: account.name };
    const recovery = new BlobServiceProperties(
      `${name}-recovery`,
      { ...inAccount, blobServicesName: "default", ...softDelete(args.keepVersionsDays) },
      parent,
    );
    const container = new BlobContainer(
      `${name}-container`,
      { ...inAccount, containerName: physical, publicAccess: "None" },
      // The container is made after soft delete, so that no file is without.
      { parent: this, protect: protection.protect, dependsOn: [recovery] },
    );
    new ManagementPolicy(
      `${name}-lifecycle`,
      {
        ...inAccount,
        managementPolicyName: "default",
        // A rule on the tables would delete files that a table still needs.
        policy: { rules: container.name.apply((of) => ["events", "queries"].map((each) => agingRule(of, each, args))) },
      },
      parent,
    );
    // Clients of Data Lake Storage use both: https://learn.microsoft.com/azure/storage/common/storage-private-endpoints
    for (const group of ["dfs", "blob"] as const) {
      new PrivateEndpoint(
        `${name}-private-${group}`,
        {
          place,
          network,
          dns,
          endpointName: `${prefix}-lake-${group}`,
          serviceId: account.id,
          groupId: group,
          zones: [group],
        },
        parent,
      );
    }
    args.logs.diagnose(`${name}-logs`, recovery.id, { categories: ["StorageWrite", "StorageDelete"] }, this);
    lockAgainstDeletion(`${name}-lock`, { scope: account.id, what: "the lake", protection }, this);
    this.resourceIds = [container.id];
    this.accountName = account.name;
    this.accountId = account.id;
    this.bucketName = container.name;
    this.catalogUri = args.catalogUri;
    this.database = output(`${prefix.replaceAll("-", "_")}_lake`);
    this.warehouse = interpolate`abfss://${container.name}@${account.name}.dfs.core.windows.net/tables`;
    this.tableNames = Object.fromEntries(Object.keys(args.tables).map((id) => [id, output(id)]));
    this.registerOutputs({ bucketName: this.bucketName, database: this.database, warehouse: this.warehouse });
  }
}
