import { NetworkAcl } from "@pulumi/aws/ec2/networkAcl";
import { NetworkAclRule, type NetworkAclRuleArgs } from "@pulumi/aws/ec2/networkAclRule";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { Network } from "../contracts/network";
import { tierRange, tiers, zoneLetters, type SubnetPlan, type Zone } from "../planning/address-plan";
import { aclRulesOf, type AclNeed, type AclRule } from "../planning/network-acl-rules";

export interface NetworkAclsArgs {
  readonly network: Network;
  /** First part of the names in the console. */
  readonly prefix: string;
  readonly zones: readonly Zone[];
  /** Range of each tier in each zone: the database tier admits the private ranges only. */
  readonly subnets: SubnetPlan;
  /** Parts of the site that the database tier lets in besides PostgreSQL and Redis. Default: none. */
  readonly needs?: readonly AclNeed[];
  /** Addresses of the sites that replicate to and from this one, in an order that stays. Default: none. */
  readonly linkedBlocks?: readonly string[];
  readonly transform?: (rule: NetworkAclRuleArgs, id: string) => NetworkAclRuleArgs;
}

/** Protocol numbers of IANA: https://www.iana.org/assignments/protocol-numbers/ */
const protocolNumbers = { all: "-1", icmp: "1", tcp: "6" } as const satisfies Record<AclRule["protocol"], string>;

/** A network ACL per tier: the layer that still holds when a security group is opened by mistake. */
export class NetworkAcls extends ComponentResource {
  constructor(name: string, args: NetworkAclsArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:NetworkAcls", name, {}, opts);
    for (const tier of tiers) {
      const acl = new NetworkAcl(
        `${name}-${tier}`,
        {
          vpcId: args.network.networkId,
          subnetIds: [...args.network.subnetIds[tier]],
          tags: { Name: `${args.prefix}-${tier}` },
        },
        { parent: this },
      );
      for (const rule of aclRulesOf(tier, args.needs ?? [])) {
        for (const { suffix, number, cidr } of peers(rule, args)) {
          const ruleArgs: NetworkAclRuleArgs = {
            networkAclId: acl.id,
            ruleNumber: number,
            egress: rule.direction === "egress",
            protocol: protocolNumbers[rule.protocol],
            ruleAction: "allow",
            cidrBlock: cidr,
            ...(rule.icmp === undefined
              ? { fromPort: rule.ports?.[0] ?? 0, toPort: rule.ports?.[1] ?? 0 }
              : { icmpType: rule.icmp.type, icmpCode: rule.icmp.code }),
          };
          const id = `${tier}-${rule.id}${suffix}`;
          new NetworkAclRule(`${name}-${id}`, args.transform?.(ruleArgs, id) ?? ruleArgs, { parent: this });
        }
      }
    }
    this.registerOutputs({});
  }
}

/** The ranges of a rule, each with its place in the order. A zone keeps its place when another comes or goes. */
function peers(rule: AclRule, args: NetworkAclsArgs): readonly { suffix: string; number: number; cidr: string }[] {
  switch (rule.peer) {
    case "anywhere":
      return [{ suffix: "", number: rule.number, cidr: "0.0.0.0/0" }];
    case "network":
      return [{ suffix: "", number: rule.number, cidr: args.network.cidr }];
    case "private-subnets":
      return args.zones.flatMap((zone) => {
        const cidr = args.subnets.private[zone];
        return cidr === undefined
          ? []
          : [{ suffix: `-${zone}`, number: rule.number + zoneLetters.indexOf(zone), cidr }];
      });
    case "private-tier":
      return [{ suffix: "", number: rule.number, cidr: tierRange(args.network.cidr, "private", args.subnets) }];
    case "database-tier":
      return [{ suffix: "", number: rule.number, cidr: tierRange(args.network.cidr, "database", args.subnets) }];
    case "linked-sites":
      return (args.linkedBlocks ?? []).map((cidr, index) => ({
        suffix: `-${String(index)}`,
        number: rule.number + index,
        cidr,
      }));
  }
}
