import { DiagnosticSetting, type DiagnosticSettingArgs } from "@pulumi/azure-native/monitor/diagnosticSetting";
import { ManagementPolicy } from "@pulumi/azure-native/storage/managementPolicy";
import { ComponentResource, interpolate, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import { lockAgainstDeletion } from "./deletion-lock";
import type { LogWorkspace } from "./log-workspace";
import type { Place } from "./place";
import { ServiceStorage } from "./service-storage";
import { keepDeleted } from "./storage-account";
import type { AzureKey } from "./vault-key";

/** https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema#categories */
const categories = [
  "Administrative",
  "Alert",
  "Autoscale",
  "Policy",
  "Recommendation",
  "ResourceHealth",
  "Security",
  "ServiceHealth",
] as const;

export interface AuditTrailArgs {
  readonly place: Place;
  /** First part of the names. */
  readonly prefix: string;
  /** Days that records are kept; HIPAA asks for six years of documentation, SOC 2 for the period of an audit. */
  readonly retentionDays: number;
  /**
   * `governance`: who may manage the account may still shorten the days. `compliance`: nobody can, for ever; an update to it locks an
   * account that was made under `governance`, since Azure refuses a new one that is locked.
   */
  readonly lock: "governance" | "compliance";
  readonly key: AzureKey;
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: (setting: DiagnosticSettingArgs) => DiagnosticSettingArgs;
}

/**
 * Records every call of the subscription's control plane, in storage where nobody changes or deletes a record before its time, and in
 * the workspace for questions. New lines are added to a record of the hour, which an immutable blob allows for appends alone.
 *
 * Cost: storage per GB and month; the activity log itself is free.
 */
export class AuditTrail extends ComponentResource {
  /** The account that records are kept in. */
  readonly storageId: Output<string>;

  constructor(name: string, args: AuditTrailArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:AuditTrail", name, {}, opts);
    const { place, prefix, protection, retentionDays } = args;
    const parent = { parent: this };
    const storage = new ServiceStorage(
      `${name}-storage`,
      {
        place,
        prefix,
        part: "audit",
        key: args.key,
        // Azure Monitor writes from outside the network: https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings
        reached: undefined,
        blobs: "by-owner",
        protection,
        lock: { days: retentionDays, state: args.lock === "compliance" ? "closed" : "open" },
        transform: (account) => ({
          ...account,
          immutableStorageWithVersioning: output(account.immutableStorageWithVersioning).apply((given) => ({
            ...given,
            immutabilityPolicy: {
              ...given?.immutabilityPolicy,
              allowProtectedAppendWrites: true,
              // A record that must stay keeps its account from deletion.
              ...(args.lock === "governance" && protection.deleteContents ? { state: "Disabled" } : {}),
            },
          })),
        }),
      },
      parent,
    );
    keepDeleted(`${name}-versions`, { place, accountName: storage.accountName, versions: "kept" }, this);
    new ManagementPolicy(
      `${name}-expiry`,
      {
        resourceGroupName: place.groupName,
        accountName: storage.accountName,
        managementPolicyName: "default",
        policy: {
          rules: [
            {
              name: "expire",
              type: "Lifecycle",
              enabled: true,
              definition: {
                filters: { blobTypes: ["appendBlob", "blockBlob"] },
                actions: {
                  baseBlob: { delete: { daysAfterModificationGreaterThan: retentionDays } },
                  version: { delete: { daysAfterCreationGreaterThan: retentionDays } },
                },
              },
            },
          ],
        },
      },
      parent,
    );
    const settingArgs: DiagnosticSettingArgs = {
      name: `${prefix}-audit`,
      resourceUri: interpolate`/subscriptions/${place.subscription.id}`,
      storageAccountId: storage.accountId,
      workspaceId: args.logs.workspaceId,
      logs: categories.map((category) => ({ category, enabled: true })),
    };
    new DiagnosticSetting(`${name}-trail`, args.transform?.(settingArgs) ?? settingArgs, {
      parent: this,
      protect: protection.protect,
    });
    lockAgainstDeletion(`${name}-lock`, { scope: storage.accountId, what: "the record", protection }, this);
    this.storageId = storage.accountId;
    this.registerOutputs({ storageId: this.storageId });
  }
}
