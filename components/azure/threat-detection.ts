import { Pricing, type PricingArgs } from "@pulumi/azure-native/security/pricing";
import { SecurityContact } from "@pulumi/azure-native/security/securityContact";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Resource } from "@pulumi/pulumi";
import type { Subscription } from "./place";

interface DefenderPlan {
  readonly name: string;
  readonly subPlan?: string;
  /** What the plan does besides. */
  readonly extensions?: readonly string[];
}

/**
 * Plans of Defender for Cloud for what a site is made of, by our own names.
 * https://learn.microsoft.com/rest/api/defenderforcloud/pricings/update
 */
const plans: Readonly<Record<string, DefenderPlan>> = {
  posture: { name: "CloudPosture" },
  calls: { name: "Arm", subPlan: "PerSubscription" },
  // Scans images when they are pushed, and what runs on clusters.
  containers: {
    name: "Containers",
    extensions: ["ContainerRegistriesVulnerabilityAssessments", "AgentlessDiscoveryForKubernetes"],
  },
  machines: { name: "VirtualMachines", subPlan: "P2" },
  vaults: { name: "KeyVaults", subPlan: "PerKeyVault" },
  storage: { name: "StorageAccounts", subPlan: "DefenderForStorageV2" },
  databases: { name: "OpenSourceRelationalDatabases" },
  "key-values": { name: "CosmosDbs" },
  functions: { name: "AppServices" },
};

/** Names of the plans that are switched on. */
export const defenderPlans: readonly string[] = Object.values(plans).map(({ name }) => name);

export interface ThreatDetectionArgs {
  readonly subscription: Subscription;
  /** Who is told besides the owners of the subscription. Default: nobody. */
  readonly mails?: readonly string[];
  readonly transform?: (plan: PricingArgs) => PricingArgs;
}

/**
 * Plans of Microsoft Defender for Cloud for the whole subscription, and who is told. A subscription has one set of plans, and a plan
 * that goes away is set to free.
 *
 * Cost: machines, vaults, servers and accounts per month, storage per transaction beyond the included ones.
 */
export class ThreatDetection extends ComponentResource {
  constructor(name: string, args: ThreatDetectionArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:ThreatDetection", name, {}, opts);
    const scopeId = interpolate`subscriptions/${args.subscription.id}`;
    let before: Resource | undefined;
    for (const [id, { name: pricingName, subPlan, extensions = [] }] of Object.entries(plans)) {
      const planArgs: PricingArgs = {
        scopeId,
        pricingName,
        pricingTier: "Standard",
        enforce: "True",
        ...(subPlan === undefined ? {} : { subPlan }),
        ...(extensions.length === 0
          ? {}
          : { extensions: extensions.map((extension) => ({ name: extension, isEnabled: "True" })) }),
      };
      before = new Pricing(`${name}-${id}`, args.transform?.(planArgs) ?? planArgs, {
        parent: this,
        // One after the other: a subscription takes one write of its plans at a time.
        // https://github.com/hashicorp/terraform-provider-azurerm/pull/32444
        ...(before === undefined ? {} : { dependsOn: [before] }),
      });
    }
    new SecurityContact(
      `${name}-contact`,
      {
        securityContactName: "default",
        isEnabled: true,
        emails: (args.mails ?? []).join(";"),
        notificationsByRole: { state: "On", roles: ["Owner"] },
        notificationsSources: [
          { sourceType: "Alert", minimalSeverity: "Medium" },
          { sourceType: "AttackPath", minimalRiskLevel: "High" },
        ],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
