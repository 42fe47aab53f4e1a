import { BlobContainer } from "@pulumi/azure-native/storage/blobContainer";
import { BlobServiceProperties } from "@pulumi/azure-native/storage/blobServiceProperties";
import { ManagementPolicy } from "@pulumi/azure-native/storage/managementPolicy";
import type { StorageAccountArgs } from "@pulumi/azure-native/storage/storageAccount";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { ObjectStore as ObjectStoreContract } from "../contracts/object-store";
import { storageAccountName } from "../planning/names-azure";
import type { Protection } from "../planning/protection";
import { lockAgainstDeletion } from "./deletion-lock";
import { KeyUser } from "./key-user";
import type { LogWorkspace } from "./log-workspace";
import { agingRule, oldVersionsRule, softDelete } from "./object-store.plan";
import type { Place } from "./place";
import { PrivateEndpoint, type EndpointHome } from "./private-endpoint";
import { storageAccount, type ObjectLock } from "./storage-account";
import type { AzureKey } from "./vault-key";

interface CommonArgs {
  /** First part of the account's name. */
  readonly prefix: string;
  /** What is in it: the second part of the account's name, small letters and digits. */
  readonly part: string;
  /** 3 to 63 small letters, digits and single hyphens. Default: the account's name, so that one name says where objects are. */
  readonly containerName?: string;
  readonly place: Place;
  /** Days that a replaced or deleted version can still be brought back: 1 to 365. Azure keeps it for up to twice as long. */
  readonly keepVersionsDays: number;
  readonly key: AzureKey;
  /**
   * Where its private endpoint goes. `internet`: every address reaches it, for a state, which is there before a network is; log-in
   * is by Microsoft Entra all the same.
   */
  readonly reach: EndpointHome | "internet";
  /** Takes in who changes and deletes objects. Default: nothing does. */
  readonly logs?: LogWorkspace;
  /** Default: none. It is chosen when the account is made. */
  readonly lock?: ObjectLock;
  /** `accepted`: for what knows no log-in by Microsoft Entra. Default: `refused`. */
  readonly sharedKeys?: "refused" | "accepted";
  readonly protection: Protection;
  readonly transform?: (account: StorageAccountArgs) => StorageAccountArgs;
}

/** Objects that grow old, each prefix by a life cycle rule of its own. */
interface AgingArgs {
  /** Prefixes of names, without the slash. */
  readonly prefixes: readonly string[];
  /** Days until an object moves to the tier Cool, which bills at least 30 days of each. */
  readonly infrequentAccessAfterDays: number;
  /** Days until an object is deleted. */
  readonly deleteAfterDays: number;
}

/** Objects that stay until somebody deletes them; what was replaced or deleted goes in time. */
interface LastingArgs {
  readonly prefixes: readonly [];
}

export type ObjectStoreArgs = CommonArgs & (AgingArgs | LastingArgs);

/**
 * A storage account of its own with one private container, versioned and encrypted with a key of the site, in three zones and
 * where the class says so in the paired region too.
 *
 * Cost: storage per GB and month, and each request; about twice as much with a copy in the paired region.
 */
export class ObjectStore extends ComponentResource implements ObjectStoreContract {
  readonly kind = "objects";
  readonly resourceIds: readonly Output<string>[];
  /** None: the account decrypts by an identity of its own. */
  readonly keyId = undefined;
  readonly accountName: Output<string>;
  readonly accountId: Output<string>;
  /** Name of the container. */
  readonly bucketName: Output<string>;
  readonly prefixes: readonly string[];

  constructor(name: string, args: ObjectStoreArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:ObjectStore", name, {}, opts);
    const { place, prefix, part, protection, reach } = args;
    const parent = { parent: this };
    const physical = place.subscription.id.apply((id) => storageAccountName(prefix, part, id));
    const account = storageAccount(
      `${name}-account`,
      {
        place,
        accountName: physical,
        copies: protection.crossRegion ? "region" : "zones",
        reach: reach === "internet" ? "internet" : "private",
        ...(args.sharedKeys === undefined ? {} : { sharedKeys: args.sharedKeys }),
        ...(args.lock === undefined ? {} : { lock: args.lock }),
        key: args.key,
        keyUser: new KeyUser(`${name}-key`, { identityName: `${prefix}-${part}-key`, place, key: args.key }, parent),
        protection,
        transform: args.transform,
      },
      this,
    );
    const inAccount = { resourceGroupName: place.groupName, accountName: account.name };
    const versioning = new BlobServiceProperties(
      `${name}-versioning`,
      {
        ...inAccount,
        blobServicesName: "default",
        isVersioningEnabled: true,
        ...softDelete(args.keepVersionsDays),
      },
      parent,
    );
    const container = new BlobContainer(
      `${name}-container`,
      { ...inAccount, containerName: args.containerName ?? physical, publicAccess: "None" },
      // The container is made after versioning, so that no object is without versions.
      { parent: this, protect: protection.protect, dependsOn: [versioning] },
    );
    new ManagementPolicy(
      `${name}-lifecycle`,
      {
        ...inAccount,
        managementPolicyName: "default",
        // Parts of uploads that nobody finished go after a week by themselves.
        // https://learn.microsoft.com/rest/api/storageservices/put-block#remarks
        policy: {
          rules: container.name.apply((of) => [
            ...("deleteAfterDays" in args ? args.prefixes.map((each) => agingRule(of, each, args)) : []),
            oldVersionsRule(args.keepVersionsDays),
          ]),
        },
      },
      { parent: this, dependsOn: [versioning] },
    );
    if (reach !== "internet") {
      new PrivateEndpoint(
        `${name}-private`,
        {
          place,
          network: reach.network,
          dns: reach.dns,
          endpointName: `${prefix}-${part}`,
          serviceId: account.id,
          groupId: "blob",
          zones: ["blob"],
        },
        parent,
      );
    }
    args.logs?.diagnose(`${name}-logs`, versioning.id, { categories: ["StorageWrite", "StorageDelete"] }, this);
    lockAgainstDeletion(`${name}-lock`, { scope: account.id, what: "the store of objects", protection }, this);
    this.resourceIds = [container.id];
    this.accountName = account.name;
    this.accountId = account.id;
    this.bucketName = container.name;
    this.prefixes = args.prefixes;
    this.registerOutputs({ accountName: this.accountName, bucketName: this.bucketName });
  }
}
