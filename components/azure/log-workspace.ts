import { DiagnosticSetting } from "@pulumi/azure-native/monitor/diagnosticSetting";
import { Workspace, type WorkspaceArgs } from "@pulumi/azure-native/operationalinsights/workspace";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import type { Place } from "./place";

export interface LogWorkspaceArgs {
  /** First part of the name. */
  readonly prefix: string;
  readonly place: Place;
  readonly protection: Protection;
  readonly transform?: (workspace: WorkspaceArgs) => WorkspaceArgs;
}

/** The fewest days that a workspace billed by the GB keeps logs: https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure */
const leastRetentionDays = 30;

/** What a resource writes to the workspace. */
export interface DiagnosedLogs {
  /** Categories, or groups of them: https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings */
  readonly groups?: readonly ("allLogs" | "audit")[];
  readonly categories?: readonly string[];
  /** Default: none. */
  readonly metrics?: "all" | "none";
}

/**
 * The Log Analytics workspace of a site. Who reads and writes must log in by Microsoft Entra.
 *
 * Encrypted with a key of Azure's: a key of one's own takes a cluster of Log Analytics with at least 100 GB a day.
 * https://learn.microsoft.com/azure/azure-monitor/logs/customer-managed-keys
 *
 * Cost: billed per GB that comes in, and for what is kept longer than 31 days.
 */
export class LogWorkspace extends ComponentResource {
  readonly workspaceId: Output<string>;
  /** The GUID by which agents and traffic analytics know the workspace. */
  readonly customerId: Output<string>;

  constructor(name: string, args: LogWorkspaceArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:LogWorkspace", name, {}, opts);
    const { place } = args;
    const workspaceArgs: WorkspaceArgs = {
      resourceGroupName: place.groupName,
      location: place.region,
      tags: { ...place.tags },
      workspaceName: `${args.prefix}-logs`,
      sku: { name: "PerGB2018" },
      retentionInDays: Math.max(leastRetentionDays, args.protection.logRetentionDays),
      features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
    };
    const workspace = new Workspace(`${name}-workspace`, args.transform?.(workspaceArgs) ?? workspaceArgs, {
      parent: this,
      protect: args.protection.protect,
    });
    this.workspaceId = workspace.id;
    this.customerId = workspace.customerId;
    this.registerOutputs({ workspaceId: this.workspaceId });
  }

  /**
   * Sends logs of a resource to the workspace.
   *
   * @param name logical name, which never changes
   * @param parent what the setting belongs to
   */
  diagnose(name: string, resourceId: Input<string>, logs: DiagnosedLogs, parent: Resource): void {
    const { groups = [], categories = [], metrics = "none" } = logs;
    new DiagnosticSetting(
      name,
      {
        name: "site",
        resourceUri: resourceId,
        workspaceId: this.workspaceId,
        logs: [
          ...groups.map((categoryGroup) => ({ categoryGroup, enabled: true })),
          ...categories.map((category) => ({ category, enabled: true })),
        ],
        ...(metrics === "all" ? { metrics: [{ category: "AllMetrics", enabled: true }] } : {}),
      },
      { parent },
    );
  }
}
