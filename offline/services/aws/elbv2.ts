import type { LoadBalancerArgs, ListenerArgs, TargetGroupArgs } from "@pulumi/aws/lb";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type NameRule,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { arn } from "./arn";
import { gatewayOf } from "./ec2-internet-gateway";
import { securityGroupReference, subnetReference, vpcReference } from "./references";
import { LISTENER, LOAD_BALANCER, SUBNET, TARGET_GROUP } from "./types";
import { text } from "./text";

// Error codes: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html and its siblings

function elbName(pattern: RegExp, api: string, code: string, what: string): NameRule {
  return {
    property: "name",
    pattern,
    rule: "1 to 32 letters, digits and hyphens, beginning and ending with neither a hyphen nor internal-",
    source: `https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/${api}.html`,
    maxLength: 32,
    unique: { within: "region", code, message: `A ${what} with the name '{value}' already exists` },
  };
}

const loadBalancer = resourceType<LoadBalancerArgs>({
  token: LOAD_BALANCER,
  service: "Elastic Load Balancing v2",
  actions: { create: "CreateLoadBalancer", update: "SetSubnets", delete: "DeleteLoadBalancer" },
  name: elbName(
    /^(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
    "API_CreateLoadBalancer",
    "DuplicateLoadBalancerName",
    "load balancer",
  ),
  references: [
    subnetReference("subnets[*]", "SubnetNotFound"),
    subnetReference("subnetMappings[*].subnetId", "SubnetNotFound"),
    securityGroupReference("securityGroups[*]", "InvalidSecurityGroup"),
  ],
  create: (context) => {
    const { inputs, scope } = context;
    const type = inputs.loadBalancerType ?? "application";
    const vpcId = placement(context, type);
    const name = inputs.name ?? "";
    const family = { application: "app", network: "net", gateway: "gwy" }[type] ?? type;
    const suffix = `${family}/${name}/${context.hex(16)}`;
    const id = arn(scope, "elasticloadbalancing", `loadbalancer/${suffix}`);
    const host = `${inputs.internal === true ? "internal-" : ""}${name}-${String(parseInt(context.hex(8), 16))}`;
    return {
      id,
      outputs: {
        arn: id,
        arnSuffix: suffix,
        dnsName: `${host}.${scope.region}.elb.amazonaws.com`,
        zoneId: `Z${context.hex(13).toUpperCase()}`,
        vpcId,
        internal: inputs.internal ?? false,
        loadBalancerType: type,
        ipAddressType: inputs.ipAddressType ?? "ipv4",
        securityGroups: inputs.securityGroups ?? [],
        subnets: subnetsOf(inputs),
      },
    };
  },
  delete: ({ resource }) => {
    if (resource.inputs["enableDeletionProtection"] === true) {
      const message = `Load balancer '${resource.id}' cannot be deleted because deletion protection is enabled`;
      refuse("OperationNotPermitted", message);
    }
  },
});

function subnetsOf(inputs: Resolved<LoadBalancerArgs>): readonly string[] {
  return [...(inputs.subnets ?? []), ...(inputs.subnetMappings ?? []).map(({ subnetId }) => subnetId)];
}

/** Two zones for an application load balancer, one subnet a zone, all in one VPC, and a way out when it faces the internet. */
function placement(context: CallContext<Resolved<LoadBalancerArgs>>, type: string): string {
  const { inputs, cloud } = context;
  const subnets = subnetsOf(inputs).map((id) => cloud.find(SUBNET, id));
  const zones = subnets.map((subnet) => subnet?.outputs["availabilityZone"]);
  const distinct = new Set(zones).size;
  if (type === "application" && distinct < 2) {
    refuse("ValidationError", "At least two subnets in two different Availability Zones must be specified");
  }
  if (distinct < zones.length) {
    refuse(
      "InvalidConfigurationRequest",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    );
  }
  const networks = new Set(subnets.map((subnet) => subnet?.inputs["vpcId"]));
  if (networks.size > 1) refuse("InvalidConfigurationRequest", "All subnets must belong to the same VPC");
  const vpcId = text([...networks][0]);
  if (inputs.internal !== true && type !== "gateway" && gatewayOf(cloud, vpcId) === undefined) {
    refuse("InvalidSubnet", `VPC ${vpcId} has no internet gateway`);
  }
  return vpcId;
}

const targetGroup = resourceType<TargetGroupArgs>({
  token: TARGET_GROUP,
  service: "Elastic Load Balancing v2",
  actions: { create: "CreateTargetGroup", update: "ModifyTargetGroup", delete: "DeleteTargetGroup" },
  name: elbName(
    /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
    "API_CreateTargetGroup",
    "DuplicateTargetGroupName",
    "target group",
  ),
  references: [vpcReference()],
  inUse: { code: "ResourceInUse", message: "Target group '{id}' is currently in use by a listener or a rule" },
  check: (context) => {
    const { inputs } = context;
    const check = inputs.healthCheck;
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
    const limits = [
      ["interval", check?.interval, 5, 300],
      ["timeout", check?.timeout, 2, 120],
      ["healthyThreshold", check?.healthyThreshold, 2, 10],
      ["unhealthyThreshold", check?.unhealthyThreshold, 2, 10],
    ] as const;
    for (const [property, value, low, high] of limits) {
      if (value !== undefined && (value < low || value > high)) {
        context.refuse(
          `healthCheck.${property}`,
          `ValidationError: must be ${String(low)} to ${String(high)}, got ${String(value)}`,
        );
      }
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    const suffix = `targetgroup/${inputs.name ?? ""}/${context.hex(16)}`;
    const id = arn(scope, "elasticloadbalancing", suffix);
    return {
      id,
      outputs: { arn: id, arnSuffix: suffix, loadBalancerArns: [], targetType: inputs.targetType ?? "instance" },
    };
  },
});

const listener = resourceType<ListenerArgs>({
  token: LISTENER,
  service: "Elastic Load Balancing v2",
  actions: { create: "CreateListener", update: "ModifyListener", delete: "DeleteListener" },
  references: [
    {
      path: "loadBalancerArn",
      to: LOAD_BALANCER,
      missing: { code: "LoadBalancerNotFound", message: "Load balancer '{value}' not found" },
      holds: false,
    },
    {
      path: "defaultActions[*].targetGroupArn",
      to: TARGET_GROUP,
      missing: { code: "TargetGroupNotFound", message: "Target group '{value}' not found" },
    },
  ],
  create: (context) => {
    const { inputs, cloud } = context;
    const twin = cloud
      .list(LISTENER)
      .some(
        (other) => other.inputs["loadBalancerArn"] === inputs.loadBalancerArn && other.inputs["port"] === inputs.port,
      );
    if (twin)
      refuse("DuplicateListener", `A listener already exists on port ${String(inputs.port)} of this load balancer`);
    const id = `${inputs.loadBalancerArn.replace(":loadbalancer/", ":listener/")}/${context.hex(16)}`;
    return { id, outputs: { arn: id } };
  },
});

export const loadBalancingTypes: readonly ResourceType[] = [loadBalancer, targetGroup, listener];
