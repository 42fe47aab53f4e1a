import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import { FlowLog, type FlowLogArgs } from "@pulumi/azure-native/network/flowLog";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { Network } from "../contracts/network";
import { storageAccountName } from "../planning/names-azure";
import type { Protection } from "../planning/protection";
import { KeyUser } from "./key-user";
import type { LogWorkspace } from "./log-workspace";
import type { Place } from "./place";
import { assignRole } from "./roles";
import type { SiteKeys } from "./site-keys";
import { keepDeleted, storageAccount } from "./storage-account";

export interface FlowLogsArgs {
  /** First part of the names. */
  readonly prefix: string;
  readonly place: Place;
  readonly network: Network;
  readonly keys: SiteKeys;
  readonly logs: LogWorkspace;
  /**
   * The region's network watcher, which Azure makes with the first network of a subscription; there can be only one.
   * https://learn.microsoft.com/azure/network-watcher/network-watcher-create. Default: the one that Azure makes.
   */
  readonly watcher?: { readonly groupName: string; readonly watcherName: string };
  readonly protection: Protection;
  readonly transform?: (flowLog: FlowLogArgs) => FlowLogArgs;
}

/**
 * Records every flow of a network in encrypted storage, and hourly sums of it in the workspace.
 *
 * Cost: billed per GB of records, and for storage.
 */
export class FlowLogs extends ComponentResource {
  constructor(name: string, args: FlowLogsArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:FlowLogs", name, {}, opts);
    const { place, prefix, keys, protection } = args;
    const parent = { parent: this };
    const common = { resourceGroupName: place.groupName, location: place.region, tags: { ...place.tags } };
    const { logs: key } = keys.keys;
    const keyUser = new KeyUser(`${name}-key`, { identityName: `${prefix}-flow-logs-key`, place, key }, parent);
    const storage = storageAccount(
      `${name}-storage`,
      {
        place,
        accountName: place.subscription.id.apply((id) => storageAccountName(prefix, "flows", id)),
        copies: "zones",
        accessTier: "Cool",
        // Network Watcher has no address in the network.
        reach: "services",
        key,
        keyUser,
        protection,
      },
      this,
    );
    const recovery = keepDeleted(`${name}-recovery`, { place, accountName: storage.name, versions: "none" }, this);
    const writer = new UserAssignedIdentity(
      `${name}-writer`,
      { ...common, resourceName: `${prefix}-flow-logs` },
      parent,
    );
    // https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-managed-identity
    const right = assignRole(
      `${name}-right`,
      {
        subscription: place.subscription,
        role: "Storage Blob Data Contributor",
        scope: storage.id,
        principalId: writer.principalId,
      },
      parent,
    );
    const flowLogArgs: FlowLogArgs = {
      resourceGroupName: args.watcher?.groupName ?? "NetworkWatcherRG",
      networkWatcherName: args.watcher?.watcherName ?? `NetworkWatcher_${place.region}`,
      flowLogName: `${prefix}-flows`,
      location: place.region,
      tags: { ...place.tags },
      enabled: true,
      targetResourceId: args.network.networkId,
      storageId: storage.id,
      identity: { type: "UserAssigned", userAssignedIdentities: [writer.id] },
      format: { type: "JSON", version: 2 },
      retentionPolicy: { enabled: true, days: protection.logRetentionDays },
      flowAnalyticsConfiguration: {
        networkWatcherFlowAnalyticsConfiguration: {
          enabled: true,
          trafficAnalyticsInterval: 60,
          workspaceId: args.logs.customerId,
          workspaceRegion: place.region,
          workspaceResourceId: args.logs.workspaceId,
        },
      },
    };
    new FlowLog(`${name}-log`, args.transform?.(flowLogArgs) ?? flowLogArgs, {
      parent: this,
      // The first record can be brought back too.
      dependsOn: [right, recovery],
    });
    this.registerOutputs({});
  }
}
