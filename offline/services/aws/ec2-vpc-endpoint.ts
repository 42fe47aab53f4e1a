import { createHash } from "node:crypto";
import type { VpcEndpointArgs } from "@pulumi/aws/ec2";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { valuesAt } from "../../cloud/value";
import { arn, ec2Id } from "./arn";
import { policyProblem } from "./policy-document";
import { securityGroupReference, subnetReference, vpcReference } from "./references";
import { offers, type ServiceName } from "./region-services";
import { dnsSuffix } from "./regions";
import { ROUTE_TABLE, SUBNET, VPC, VPC_ENDPOINT, ZONE } from "./types";
import { text } from "./text";

// Error codes of this file, where no other source stands: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html

type Inputs = Resolved<VpcEndpointArgs>;

/**
 * Services that the platform's systems reach through an endpoint, by the last part of the name. The full list:
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
const GATEWAY_SERVICES = ["s3", "dynamodb"];
const INTERFACE_SERVICES = `
  access-analyzer application-autoscaling athena autoscaling backup bedrock-runtime cloudtrail cognito-idp config dynamodb ebs ec2
  ec2messages ecr.api ecr.dkr ecs ecs-agent ecs-telemetry eks eks-auth elasticache elasticfilesystem elasticloadbalancing email-smtp
  events execute-api firehose glue guardduty guardduty-data inspector2 kafka kinesis-streams kms lakeformation lambda logs monitoring
  mq notebook organizations rds rds-data s3 sagemaker.api sagemaker.runtime secretsmanager securityhub servicediscovery sns sqs ssm
  ssmmessages states sts tagging wafv2 xray
`
  .trim()
  .split(/\s+/);

/** Of the services above, those that a region may lack. */
const REGIONAL: Readonly<Record<string, ServiceName>> = {
  "cognito-idp": "cognito",
  glue: "glue",
  guardduty: "guardduty",
  kafka: "msk",
  lakeformation: "lakeformation",
  "sagemaker.api": "sagemaker",
  "sagemaker.runtime": "sagemaker",
};

const TYPES = ["Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork"];
const TARGETS = ["serviceName", "resourceConfigurationArn", "serviceNetworkArn"] as const;

const vpcEndpoint = resourceType<VpcEndpointArgs>({
  token: VPC_ENDPOINT,
  service: "EC2",
  actions: { create: "CreateVpcEndpoint", update: "ModifyVpcEndpoint", delete: "DeleteVpcEndpoints" },
  references: [
    vpcReference(),
    subnetReference("subnetIds[*]", "InvalidSubnetId.NotFound"),
    subnetReference("subnetConfigurations[*].subnetId", "InvalidSubnetId.NotFound"),
    securityGroupReference("securityGroupIds[*]"),
    {
      path: "routeTableIds[*]",
      to: ROUTE_TABLE,
      missing: { code: "InvalidRouteTableId.NotFound", message: "The routeTable ID '{value}' does not exist" },
      holds: false,
    },
  ],
  check: (context) => {
    const { inputs } = context;
    const problem = inputs.policy === undefined ? undefined : policyProblem(inputs.policy, "resource");
    if (problem !== undefined) context.refuse("policy", problem);
    const type = inputs.vpcEndpointType;
    if (type !== undefined && !TYPES.includes(type)) {
      context.refuse("vpcEndpointType", `expected vpcEndpointType to be one of ${TYPES.join(", ")}, got ${type}`);
    }
    const given = TARGETS.filter((target) => inputs[target] !== undefined || context.isUnknown(target));
    if (given.length !== 1) {
      context.refuse(given[1] ?? "serviceName", `exactly one of ${TARGETS.join(", ")} must be specified`);
    }
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const type = inputs.vpcEndpointType ?? "Gateway";
    const name = inputs.serviceName ?? "";
    if (inputs.serviceName !== undefined) refuseUnknownService(name, inputs.serviceRegion ?? scope.region, type);
    refuseMisplaced(context);
    const isInterface = type === "Interface";
    const id = ec2Id(context, "vpce");
    const own = { dnsName: `${id}-${context.hex(8)}.${vpceName(name, scope.region)}`, hostedZoneId: "Z7HUB22UULQXV" };
    const privateName = {
      dnsName: privateDnsName(name, scope.region),
      hostedZoneId: `Z${context.hex(20).toUpperCase()}`,
    };
    const defaultGroup = text(cloud.find(VPC, inputs.vpcId)?.outputs["defaultSecurityGroupId"]);
    return {
      id,
      outputs: {
        arn: arn(scope, "ec2", `vpc-endpoint/${id}`),
        ownerId: scope.account,
        state: "available",
        vpcEndpointType: type,
        requesterManaged: false,
        ipAddressType: inputs.ipAddressType ?? (isInterface ? "ipv4" : ""),
        privateDnsEnabled: inputs.privateDnsEnabled ?? false,
        prefixListId: type === "Gateway" ? prefixListOf(name) : "",
        cidrBlocks: [],
        dnsEntries: isInterface ? [own, ...(inputs.privateDnsEnabled === true ? [privateName] : [])] : [],
        networkInterfaceIds: (inputs.subnetIds ?? []).map((_, index) => ec2Id(context, "eni", 1 + (index % 3))),
        routeTableIds: inputs.routeTableIds ?? [],
        securityGroupIds: inputs.securityGroupIds ?? (isInterface ? [defaultGroup] : []),
        serviceRegion: inputs.serviceRegion ?? scope.region,
        subnetIds: inputs.subnetIds ?? [],
      },
    };
  },
  update: (context) => {
    refuseMisplaced(context, context.resource.id);
    return {};
  },
});

/** `ecr.api.us-east-1.vpce.amazonaws.com`, as the endpoint's own DNS names end. */
function vpceName(service: string, region: string): string {
  return `${service.split(".").slice(3).join(".")}.${region}.vpce.amazonaws.com`;
}

/** The name that private DNS answers for: the labels of the service in reverse, `api.ecr.us-east-1.amazonaws.com`. */
function privateDnsName(service: string, region: string): string {
  return `${service.split(".").slice(3).reverse().join(".")}.${region}.${dnsSuffix(region)}`;
}

/** The list of a service's addresses: the same for every endpoint in the region. */
function prefixListOf(service: string): string {
  return `pl-${createHash("sha256").update(service).digest("hex").slice(0, 8)}`;
}

function refuseUnknownService(name: string, region: string, type: string): void {
  const service = name.startsWith(`com.amazonaws.${region}.`)
    ? name.slice(`com.amazonaws.${region}.`.length)
    : undefined;
  // An endpoint service of somebody's own (PrivateLink) lives outside this cloud.
  if (name.startsWith(`com.amazonaws.vpce.${region}.vpce-svc-`)) return;
  const known = type === "Gateway" ? GATEWAY_SERVICES : INTERFACE_SERVICES;
  const regional = service === undefined ? undefined : REGIONAL[service];
  if (service === undefined || !known.includes(service) || (regional !== undefined && !offers(region, regional))) {
    const kind = type === "Gateway" ? "gateway" : "interface";
    refuse("InvalidServiceName", `The Vpc Endpoint Service '${name}' does not exist as ${kind} endpoint in ${region}`);
  }
}

function refuseMisplaced(context: CallContext<Inputs>, self?: string): void {
  if ((context.inputs.vpcEndpointType ?? "Gateway") === "Gateway") refuseBadGateway(context, self);
  else if (context.inputs.vpcEndpointType === "Interface") refuseBadInterface(context, self);
}

function refuseBadGateway({ inputs, cloud }: CallContext<Inputs>, self: string | undefined): void {
  const wrong = (["subnetIds", "subnetConfigurations", "securityGroupIds"] as const).filter(
    (property) => (inputs[property] ?? []).length > 0,
  );
  if (inputs.privateDnsEnabled === true || wrong.length > 0) {
    const what = [...wrong, ...(inputs.privateDnsEnabled === true ? ["privateDnsEnabled"] : [])].join(", ");
    refuse("InvalidParameter", `${what} cannot be specified for a Gateway endpoint; it takes routeTableIds.`);
  }
  const others = endpointsOf(cloud, inputs.vpcId, self).filter(
    (other) => other.inputs["serviceName"] === inputs.serviceName && other.outputs["vpcEndpointType"] === "Gateway",
  );
  for (const table of inputs.routeTableIds ?? []) {
    refuseOtherNetwork(cloud, ROUTE_TABLE, table, inputs.vpcId);
    const holder = others.find((other) => names(other, "routeTableIds[*]", table));
    if (holder !== undefined) {
      const list = prefixListOf(inputs.serviceName ?? "");
      refuse(
        "RouteAlreadyExists",
        `route table ${table} already has a route with destination-prefix-list-id ${list} (${holder.id})`,
      );
    }
  }
}

function refuseBadInterface({ inputs, cloud, scope }: CallContext<Inputs>, self: string | undefined): void {
  if ((inputs.routeTableIds ?? []).length > 0) {
    refuse("InvalidParameter", "routeTableIds cannot be specified for an Interface endpoint; it takes subnetIds.");
  }
  const zones = new Set<string>();
  for (const id of inputs.subnetIds ?? []) {
    refuseOtherNetwork(cloud, SUBNET, id, inputs.vpcId);
    const zone = text(cloud.find(SUBNET, id)?.outputs["availabilityZone"]);
    // https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    if (zones.has(zone)) {
      const message = `Found another VPC endpoint subnet in the availability zone of ${id} (${zone})`;
      refuse("DuplicateSubnetsInSameZone", message);
    }
    zones.add(zone);
  }
  if (inputs.privateDnsEnabled === true) refusePrivateDns(inputs, cloud, scope.region, self);
}

function refusePrivateDns(inputs: Inputs, cloud: CloudView, region: string, self: string | undefined): void {
  const { vpcId, serviceName = "" } = inputs;
  const vpc = cloud.find(VPC, vpcId)?.outputs ?? {};
  // https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html, private DNS
  if (vpc["enableDnsSupport"] === false || vpc["enableDnsHostnames"] !== true) {
    const attributes = "enableDnsSupport and enableDnsHostnames VPC attributes";
    refuse("InvalidParameter", `Enabling private DNS requires both ${attributes} set to true for ${vpcId}`);
  }
  const others = endpointsOf(cloud, vpcId, self).filter((other) => other.inputs["serviceName"] === serviceName);
  const name = privateDnsName(serviceName, region);
  const taken =
    others.some((other) => other.inputs["privateDnsEnabled"] === true) ||
    cloud.list(ZONE).some((zone) => zone.outputs["name"] === name && names(zone, "vpcs[*].vpcId", vpcId));
  // https://github.com/hashicorp/terraform-provider-aws/issues/17269
  if (taken) {
    const why = `there is already a conflicting DNS domain for ${name} in the VPC ${vpcId}`;
    refuse("InvalidParameter", `private-dns-enabled cannot be set because ${why}`);
  }
  // https://github.com/terraform-aws-modules/terraform-aws-vpc/issues/982
  const forResolver = inputs.dnsOptions?.privateDnsOnlyForInboundResolverEndpoint !== false;
  const gateway = others.some((other) => other.outputs["vpcEndpointType"] === "Gateway");
  if (serviceName === `com.amazonaws.${region}.s3` && forResolver && !gateway) {
    const wish = "To set PrivateDnsOnlyForInboundResolverEndpoint to true";
    refuse("InvalidParameter", `${wish}, the VPC ${vpcId} must have a Gateway endpoint for the service.`);
  }
}

function refuseOtherNetwork(cloud: CloudView, type: string, id: string, vpcId: string): void {
  if (cloud.find(type, id)?.inputs["vpcId"] !== vpcId) {
    refuse("InvalidParameter", `${id} and ${vpcId} belong to different networks`);
  }
}

function endpointsOf(cloud: CloudView, vpcId: string, self: string | undefined) {
  return cloud.list(VPC_ENDPOINT).filter(({ inputs, id }) => inputs["vpcId"] === vpcId && id !== self);
}

function names({ inputs }: StoredResource, path: string, id: string): boolean {
  return valuesAt(inputs, path).some(({ value }) => value === id);
}

export const vpcEndpointTypes: readonly ResourceType[] = [vpcEndpoint];
