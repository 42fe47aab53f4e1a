import type { StorageAccountArgs } from "@pulumi/azure-native/storage/storageAccount";
import { ComponentResource, output, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { storageAccountName } from "../planning/names-azure";
import type { Protection } from "../planning/protection";
import { KeyUser } from "./key-user";
import type { LogWorkspace } from "./log-workspace";
import type { Place } from "./place";
import { PrivateEndpoint, type EndpointHome } from "./private-endpoint";
import { keepDeleted, storageAccount, type ObjectLock } from "./storage-account";
import type { AzureKey } from "./vault-key";

/** Parts of an account that are reached by private endpoints, each with a private zone of its name. */
export type StoragePart = "blob" | "file" | "queue" | "table";

export interface ServiceStorageArgs {
  readonly place: Place;
  /** First part of the account's name. */
  readonly prefix: string;
  /** Second part of it: letters and digits. */
  readonly part: string;
  readonly key: AzureKey;
  /** Where its parts are reached in the network; `undefined`: by services of Azure alone, which have no address there. */
  readonly reached: (EndpointHome & { readonly parts: readonly StoragePart[] }) | undefined;
  /**
   * Takes in who changes and deletes blobs, and deleted ones can be brought back for a week. `by-owner`: whoever makes the account
   * sees to both, for records that must not be recorded themselves.
   */
  readonly blobs: LogWorkspace | "by-owner";
  /** Default: none. */
  readonly lock?: ObjectLock;
  readonly protection: Protection;
  readonly transform?: (account: StorageAccountArgs) => StorageAccountArgs;
}

/**
 * Queues and tables take a key of ours only when the account is made so; blobs and files always do.
 * https://learn.microsoft.com/azure/storage/common/account-encryption-key-create
 */
const everyService = {
  queue: { enabled: true, keyType: "Account" },
  table: { enabled: true, keyType: "Account" },
} as const;

/**
 * A storage account that a service of the site keeps its own files in: encrypted with a key of the site, without shared keys, closed
 * to every address of the internet, in three zones and, where the class says so, in the paired region.
 *
 * Cost: storage per GB and month, and each private endpoint per hour.
 */
export class ServiceStorage extends ComponentResource {
  readonly accountId: Output<string>;
  readonly accountName: Output<string>;
  /** What lets machines in the network reach it: its users are made after it. */
  readonly endpoints: readonly Resource[];

  constructor(name: string, args: ServiceStorageArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:ServiceStorage", name, {}, opts);
    const { place, prefix, part, key, reached, protection } = args;
    const keyUser = new KeyUser(
      `${name}-key`,
      { identityName: `${prefix}-${part}-storage-key`, place, key },
      { parent: this },
    );
    const account = storageAccount(
      `${name}-account`,
      {
        place,
        accountName: place.subscription.id.apply((id) => storageAccountName(prefix, part, id)),
        copies: protection.crossRegion ? "region" : "zones",
        reach: reached === undefined ? "services" : "private",
        ...(args.lock === undefined ? {} : { lock: args.lock }),
        key,
        keyUser,
        protection,
        transform: (accountArgs) => {
          const whole = {
            ...accountArgs,
            encryption: output(accountArgs.encryption).apply((given) => ({ ...given, services: everyService })),
          };
          return args.transform?.(whole) ?? whole;
        },
      },
      this,
    );
    if (args.blobs !== "by-owner") {
      const blobs = keepDeleted(`${name}-recovery`, { place, accountName: account.name, versions: "none" }, this);
      args.blobs.diagnose(`${name}-logs`, blobs.id, { categories: ["StorageWrite", "StorageDelete"] }, this);
    }
    this.endpoints =
      reached?.parts.map(
        (each) =>
          new PrivateEndpoint(
            `${name}-${each}`,
            {
              place,
              network: reached.network,
              dns: reached.dns,
              endpointName: `${prefix}-${part}-${each}`,
              serviceId: account.id,
              groupId: each,
              zones: [each],
            },
            { parent: this },
          ),
      ) ?? [];
    this.accountId = account.id;
    this.accountName = account.name;
    this.registerOutputs({ accountId: this.accountId });
  }
}
