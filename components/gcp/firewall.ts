import { Firewall as FirewallRuleResource, type FirewallArgs as RuleArgs } from "@pulumi/gcp/compute/firewall";
import { ComponentResource, type ComponentResourceOptions, type Input } from "@pulumi/pulumi";
import { firewallRules, type FirewallNeeds, type FirewallRule, type FirewallTarget } from "../planning/firewall-rules";
import { gcpName } from "../planning/names-gcp";
import type { GcpNetwork } from "./network";
import type { Project } from "./project";

export interface FirewallArgs {
  readonly project: Project;
  /** First part of the rules' names. */
  readonly prefix: string;
  readonly network: GcpNetwork;
  readonly needs: FirewallNeeds;
  /** Addresses of the service accounts of the machines that rules are for: unlike a tag, none can be put on by who may edit one. */
  readonly accounts: Readonly<Partial<Record<Exclude<FirewallTarget, "all">, Input<string>>>>;
  readonly transform?: (rule: RuleArgs, id: string) => RuleArgs;
}

/**
 * The firewall of a network: nothing comes in but what a rule names, and refusals are logged. Rules of an adopted network are its
 * owner's.
 *
 * @throws Error when a rule is for machines whose service account is not given.
 */
export class Firewall extends ComponentResource {
  constructor(name: string, args: FirewallArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:Firewall", name, {}, opts);
    for (const rule of firewallRules(args.needs)) {
      const ruleArgs = this.ruleArgs(args, rule);
      new FirewallRuleResource(`${name}-${rule.id}`, args.transform?.(ruleArgs, rule.id) ?? ruleArgs, { parent: this });
    }
    this.registerOutputs({});
  }

  private ruleArgs({ project, prefix, network, accounts }: FirewallArgs, rule: FirewallRule): RuleArgs {
    const traffic = [
      rule.ports === undefined ? { protocol: "all" } : { protocol: "tcp", ports: rule.ports.map(String) },
    ];
    return {
      project: project.id,
      name: gcpName("resource", prefix, rule.id),
      network: network.networkId,
      description: rule.reason,
      direction: rule.direction === "ingress" ? "INGRESS" : "EGRESS",
      priority: rule.priority,
      ...(rule.action === "allow" ? { allows: traffic } : { denies: traffic }),
      ...(rule.direction === "ingress" ? { sourceRanges: [...rule.ranges] } : { destinationRanges: [...rule.ranges] }),
      ...(rule.target === "all" ? {} : { targetServiceAccounts: [accountOf(accounts, rule.target)] }),
      ...(rule.action === "deny" ? { logConfig: { metadata: "INCLUDE_ALL_METADATA" } } : {}),
    };
  }
}

function accountOf(accounts: FirewallArgs["accounts"], target: Exclude<FirewallTarget, "all">): Input<string> {
  const account = accounts[target];
  if (account === undefined) throw new Error(`a firewall rule is for ${target}, whose service account is not given`);
  return account;
}
