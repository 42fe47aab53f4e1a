import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import { SecurityGroupIngressRule, type SecurityGroupIngressRuleArgs } from "@pulumi/aws/vpc/securityGroupIngressRule";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Network } from "../contracts/network";
import {
  securityGroups,
  securityRules,
  type OptionalSecurityGroupId,
  type SecurityGroupId,
  type SecurityNeeds,
  type SecurityRule,
} from "../planning/security-rules";

export interface SecurityGroupsArgs {
  readonly network: Network;
  /** First part of the names in the console. */
  readonly prefix: string;
  readonly needs: SecurityNeeds;
  /** Group of the nodes of an adopted cluster: let in wherever the site's own nodes are. Default: none. */
  readonly adoptedNodes?: Input<string> | undefined;
  /** `rule` holds the fields that ingress and egress rules share. */
  readonly transform?: (rule: SecurityGroupIngressRuleArgs, id: string) => SecurityGroupIngressRuleArgs;
}

/** Descriptions never change: a new one replaces the group, which its members hold for as long as they live. */
const descriptions = {
  loadBalancer: "Load balancers that face the internet",
  worker: "Nodes and pods",
  controlPlane: "Network interfaces of the Kubernetes control plane",
  database: "PostgreSQL",
  cache: "Redis",
  memcached: "Memcached",
  documents: "Document database",
  events: "Kafka brokers",
  queue: "RabbitMQ",
  functions: "Functions",
  training: "Training jobs",
  endpoints: "Private addresses of cloud services",
  runner: "Runners and bastion that reach the Kubernetes API",
} as const satisfies Record<SecurityGroupId, string>;

/** Names in the console, which say what the documents call the group. */
const consoleNames = {
  loadBalancer: "alb",
  worker: "worker",
  controlPlane: "control-plane",
  database: "rds",
  cache: "elasticache",
  memcached: "memcached",
  documents: "docdb",
  events: "msk",
  queue: "mq",
  functions: "functions",
  training: "training",
  endpoints: "endpoints",
  runner: "runner",
} as const satisfies Record<SecurityGroupId, string>;

type BaseSecurityGroupId = (typeof securityGroups)[number];

/** The security groups of a site. A group opens nothing by itself: every opening is a rule that says why it exists. */
export class SecurityGroups extends ComponentResource {
  readonly groups: Readonly<Record<BaseSecurityGroupId, SecurityGroup>>;
  readonly ids: Readonly<Record<BaseSecurityGroupId, Output<string>>>;
  private readonly optional: ReadonlyMap<OptionalSecurityGroupId, SecurityGroup>;

  constructor(name: string, args: SecurityGroupsArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:SecurityGroups", name, {}, opts);
    const group = (id: SecurityGroupId) =>
      new SecurityGroup(
        `${name}-${consoleNames[id]}`,
        {
          vpcId: args.network.networkId,
          description: descriptions[id],
          tags: { Name: `${args.prefix}-${consoleNames[id]}` },
        },
        { parent: this },
      );
    this.groups = {
      loadBalancer: group("loadBalancer"),
      worker: group("worker"),
      controlPlane: group("controlPlane"),
      database: group("database"),
      cache: group("cache"),
    };
    this.ids = Object.fromEntries(securityGroups.map((id) => [id, this.groups[id].id])) as Record<
      BaseSecurityGroupId,
      Output<string>
    >;
    this.optional = new Map((args.needs.groups ?? []).map((id) => [id, group(id)]));
    for (const rule of securityRules(args.needs)) {
      const id = `${consoleNames[rule.group]}-${rule.id}`;
      const ruleArgs = this.ruleArgs(rule);
      const transformed = args.transform?.(ruleArgs, id) ?? ruleArgs;
      if (rule.direction === "ingress") {
        new SecurityGroupIngressRule(`${name}-${id}`, transformed, { parent: this });
        if (args.adoptedNodes !== undefined && rule.peer === "worker" && rule.group !== "worker") {
          const adopted = { ...ruleArgs, referencedSecurityGroupId: args.adoptedNodes };
          new SecurityGroupIngressRule(`${name}-${id}-adopted`, args.transform?.(adopted, `${id}-adopted`) ?? adopted, {
            parent: this,
          });
        }
      } else new SecurityGroupEgressRule(`${name}-${id}`, transformed, { parent: this });
    }
    this.registerOutputs({ ids: this.ids });
  }

  /**
   * Id of a group, also of one that not every site has.
   *
   * @throws Error when the site's needs do not name the group.
   */
  idOf(id: SecurityGroupId): Output<string> {
    const found = isBase(id) ? this.groups[id] : this.optional.get(id);
    if (found === undefined) throw new Error(`no security group "${id}": add it to the needs of the site`);
    return found.id;
  }

  private ruleArgs(rule: SecurityRule): SecurityGroupIngressRuleArgs {
    return {
      securityGroupId: this.idOf(rule.group),
      description: rule.reason,
      ipProtocol: rule.protocol === "all" ? "-1" : rule.protocol,
      ...(rule.ports === undefined ? {} : { fromPort: rule.ports[0], toPort: rule.ports[1] }),
      ...this.otherEnd(rule.peer),
    };
  }

  private otherEnd(
    peer: SecurityRule["peer"],
  ): Pick<SecurityGroupIngressRuleArgs, "cidrIpv4" | "referencedSecurityGroupId"> {
    if (peer === "anywhere") return { cidrIpv4: "0.0.0.0/0" };
    return typeof peer === "string" ? { referencedSecurityGroupId: this.idOf(peer) } : { cidrIpv4: peer.block };
  }
}

function isBase(id: SecurityGroupId): id is BaseSecurityGroupId {
  return securityGroups.some((base) => base === id);
}
