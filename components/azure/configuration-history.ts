import { PolicyAssignment, type PolicyAssignmentArgs } from "@pulumi/azure-native/authorization/policyAssignment";
import { ComponentResource, interpolate, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { Subscription } from "./place";

/**
 * What Azure Policy checks by itself after every change, also of what no program made: sets of rules that Azure brings.
 * https://learn.microsoft.com/azure/governance/policy/samples/built-in-initiatives
 */
export const configurationRules = {
  // Microsoft cloud security benchmark
  "best-practices": "1f3afdf9-d0c9-4c3d-847f-89da613e70a8",
  // CIS Microsoft Azure Foundations Benchmark v2.0.0
  cis: "06f19060-9e68-4070-92ca-f15cc126059e",
} as const;

export interface ConfigurationHistoryArgs {
  readonly subscription: Subscription;
  /** First part of the assignments' names: at most 64 letters with the rest. */
  readonly prefix: string;
  readonly transform?: (assignment: PolicyAssignmentArgs) => PolicyAssignmentArgs;
}

/**
 * Checks the settings of every resource of the subscription and says which rules each keeps. It refuses nothing.
 *
 * What a setting was before is told by Change Analysis of Resource Graph, which is always on and looks back 14 days; there is no longer
 * record. https://learn.microsoft.com/azure/governance/resource-graph/changes/resource-graph-changes
 *
 * Cost: nothing.
 */
export class ConfigurationHistory extends ComponentResource {
  constructor(name: string, args: ConfigurationHistoryArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:ConfigurationHistory", name, {}, opts);
    for (const [rules, definition] of Object.entries(configurationRules)) {
      const assignmentArgs: PolicyAssignmentArgs = {
        scope: interpolate`/subscriptions/${args.subscription.id}`,
        policyAssignmentName: `${args.prefix}-${rules}`,
        displayName: `${args.prefix}: ${rules}`,
        policyDefinitionId: `/providers/Microsoft.Authorization/policySetDefinitions/${definition}`,
        enforcementMode: "Default",
      };
      new PolicyAssignment(`${name}-${rules}`, args.transform?.(assignmentArgs) ?? assignmentArgs, { parent: this });
    }
    this.registerOutputs({});
  }
}
