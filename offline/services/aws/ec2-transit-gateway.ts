import type { TransitGatewayArgs, VpcAttachmentArgs } from "@pulumi/aws/ec2transitgateway";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type Reference, type Resolved, type ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { arn, ec2Id } from "./arn";
import { parseCidr } from "../cidr";
import { quota } from "./quotas";
import { subnetReference, vpcReference } from "./references";
import { SUBNET, TRANSIT_GATEWAY, TRANSIT_GATEWAY_ROUTE_TABLE, TRANSIT_GATEWAY_VPC_ATTACHMENT } from "./types";
import { text } from "./text";

// Error codes of this file, where no other source stands: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html

/** Private AS numbers of 16 and 32 bits: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRequestOptions.html */
const PRIVATE_ASNS = [
  [64512, 65534],
  [4200000000, 4294967294],
] as const;
const DEFAULT_ASN = 64512;

/** https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html */
const CIDR_BLOCKS = 5;

const SWITCHES = [
  ...(["autoAcceptSharedAttachments", "defaultRouteTableAssociation", "defaultRouteTablePropagation"] as const),
  ...(["dnsSupport", "encryptionSupport", "multicastSupport", "securityGroupReferencingSupport"] as const),
  ...(["vpnEcmpSupport"] as const),
];

export function transitGatewayReference(path = "transitGatewayId", holds = true): Reference {
  const code = "InvalidTransitGatewayID.NotFound";
  return {
    path,
    to: TRANSIT_GATEWAY,
    missing: { code, message: "Transit Gateway {value} was deleted or does not exist." },
    holds,
  };
}

const transitGateway = resourceType<TransitGatewayArgs>({
  token: TRANSIT_GATEWAY,
  service: "EC2",
  actions: { create: "CreateTransitGateway", update: "ModifyTransitGateway", delete: "DeleteTransitGateway" },
  inUse: { code: "IncorrectState", message: "{id} has non-deleted Transit Gateway Route Tables" },
  check: (context) => {
    const { inputs } = context;
    const asn = inputs.amazonSideAsn;
    if (asn !== undefined && !PRIVATE_ASNS.some(([first, last]) => first <= asn && asn <= last)) {
      const ranges = PRIVATE_ASNS.map(([first, last]) => `${String(first)} to ${String(last)}`).join(" or ");
      context.refuse("amazonSideAsn", `expected amazonSideAsn to be in ${ranges}, got ${String(asn)}`);
    }
    for (const property of SWITCHES) {
      const value = inputs[property];
      if (value !== undefined && value !== "enable" && value !== "disable") {
        context.refuse(property, `expected ${property} to be one of enable, disable, got ${value}`);
      }
    }
    const blocks = inputs.transitGatewayCidrBlocks ?? [];
    if (blocks.length > CIDR_BLOCKS)
      context.refuse("transitGatewayCidrBlocks", `at most ${String(CIDR_BLOCKS)} CIDR blocks`);
    blocks.forEach((block, index) => {
      const range = parseCidr(block);
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRequestOptions.html
      const reason =
        typeof range === "string" ? range : range.prefix > 24 ? `${block} must be /24 or larger` : undefined;
      if (reason !== undefined && !block.includes(":")) {
        context.refuse(`transitGatewayCidrBlocks[${String(index)}]`, reason);
      }
    });
  },
  create: (context) => {
    const { inputs, scope, cloud, effects } = context;
    const limit = quota(cloud, "transitGatewaysPerRegion");
    if (cloud.list(TRANSIT_GATEWAY).length >= limit) {
      refuse("ResourceLimitExceeded", `The maximum number of transit gateways has been reached: ${String(limit)}.`);
    }
    const id = ec2Id(context, "tgw");
    const associates = inputs.defaultRouteTableAssociation !== "disable";
    const propagates = inputs.defaultRouteTablePropagation !== "disable";
    const table = ec2Id(context, "tgw-rtb", 1);
    if (associates || propagates) {
      effects.put({
        type: TRANSIT_GATEWAY_ROUTE_TABLE,
        id: table,
        inputs: { transitGatewayId: id },
        outputs: {
          arn: arn(scope, "ec2", `transit-gateway-route-table/${table}`),
          transitGatewayId: id,
          defaultAssociationRouteTable: associates,
          defaultPropagationRouteTable: propagates,
        },
      });
    }
    return {
      id,
      outputs: {
        arn: arn(scope, "ec2", `transit-gateway/${id}`),
        ownerId: scope.account,
        associationDefaultRouteTableId: associates ? table : "",
        propagationDefaultRouteTableId: propagates ? table : "",
        amazonSideAsn: inputs.amazonSideAsn ?? DEFAULT_ASN,
        autoAcceptSharedAttachments: inputs.autoAcceptSharedAttachments ?? "disable",
        defaultRouteTableAssociation: associates ? "enable" : "disable",
        defaultRouteTablePropagation: propagates ? "enable" : "disable",
        dnsSupport: inputs.dnsSupport ?? "enable",
        encryptionSupport: inputs.encryptionSupport ?? "disable",
        multicastSupport: inputs.multicastSupport ?? "disable",
        securityGroupReferencingSupport: inputs.securityGroupReferencingSupport ?? "disable",
        transitGatewayCidrBlocks: inputs.transitGatewayCidrBlocks ?? [],
        vpnEcmpSupport: inputs.vpnEcmpSupport ?? "enable",
      },
    };
  },
  // https://github.com/hashicorp/terraform-provider-aws/issues/7196
  delete: ({ resource, cloud, effects }) => {
    const attached = attachmentsOf(cloud, resource.id).map(({ id }) => id);
    if (attached.length > 0) {
      refuse("IncorrectState", `${resource.id} has non-deleted VPC Attachments: ${attached.join(", ")}.`);
    }
    const own = text(resource.outputs["associationDefaultRouteTableId"] ?? "");
    const table = own === "" ? text(resource.outputs["propagationDefaultRouteTableId"]) : own;
    const made = cloud.find(TRANSIT_GATEWAY_ROUTE_TABLE, table);
    if (made !== undefined) effects.remove(made);
  },
  // https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/transitgateway_.go
  replacesWhen: (before, after) =>
    ["defaultRouteTableAssociation", "defaultRouteTablePropagation"].filter(
      (property) => before[property] === "disable" && (after[property] ?? "enable") === "enable",
    ),
});

/** Attachments of VPCs to a transit gateway. */
export function attachmentsOf(cloud: CloudView, gateway: string): readonly StoredResource[] {
  return cloud
    .list(TRANSIT_GATEWAY_VPC_ATTACHMENT)
    .filter((attachment) => attachment.inputs["transitGatewayId"] === gateway);
}

const vpcAttachment = resourceType<VpcAttachmentArgs>({
  token: TRANSIT_GATEWAY_VPC_ATTACHMENT,
  service: "EC2",
  actions: {
    create: "CreateTransitGatewayVpcAttachment",
    update: "ModifyTransitGatewayVpcAttachment",
    delete: "DeleteTransitGatewayVpcAttachment",
  },
  references: [transitGatewayReference(), vpcReference(), subnetReference("subnetIds[*]")],
  check: (context) => {
    const { inputs } = context;
    if (inputs.subnetIds?.length === 0) context.refuse("subnetIds", "at least one subnet must be specified");
    for (const property of ["applianceModeSupport", "dnsSupport", "ipv6Support"] as const) {
      const value = inputs[property];
      if (value !== undefined && value !== "enable" && value !== "disable") {
        context.refuse(property, `expected ${property} to be one of enable, disable, got ${value}`);
      }
    }
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    // https://github.com/hashicorp/terraform-provider-aws/issues/25868
    if (attachmentsOf(cloud, inputs.transitGatewayId).some((other) => other.inputs["vpcId"] === inputs.vpcId)) {
      const message = `${inputs.transitGatewayId} has non-deleted Transit Gateway Attachments with same VPC ID.`;
      refuse("DuplicateTransitGatewayAttachment", message);
    }
    refuseMisplacedSubnets(cloud, inputs);
    const gateway = cloud.find(TRANSIT_GATEWAY, inputs.transitGatewayId)?.outputs ?? {};
    const joined = byDefault(inputs, gateway);
    const id = ec2Id(context, "tgw-attach");
    return {
      id,
      outputs: {
        arn: arn(scope, "ec2", `transit-gateway-attachment/${id}`),
        vpcOwnerId: scope.account,
        applianceModeSupport: inputs.applianceModeSupport ?? "disable",
        dnsSupport: inputs.dnsSupport ?? "enable",
        ipv6Support: inputs.ipv6Support ?? "disable",
        securityGroupReferencingSupport:
          inputs.securityGroupReferencingSupport ?? gateway["securityGroupReferencingSupport"] ?? "disable",
        ...joined,
      },
    };
  },
  update: ({ inputs, cloud }) => {
    refuseMisplacedSubnets(cloud, inputs);
    return byDefault(inputs, cloud.find(TRANSIT_GATEWAY, inputs.transitGatewayId)?.outputs ?? {});
  },
});

/** Whether the attachment joins the gateway's default route tables; to ask for one that the gateway lacks is an error. */
function byDefault(inputs: Resolved<VpcAttachmentArgs>, gateway: Properties): Properties {
  // https://github.com/hashicorp/terraform-provider-aws/issues/13512
  for (const which of ["Association", "Propagation"] as const) {
    if (inputs[`transitGatewayDefaultRouteTable${which}`] !== true) continue;
    if (gateway[`defaultRouteTable${which}`] !== "enable") {
      refuse("MissingParameter", "Missing required parameter in request: TransitGatewayRouteTableId.");
    }
  }
  return {
    transitGatewayDefaultRouteTableAssociation:
      inputs.transitGatewayDefaultRouteTableAssociation ?? gateway["defaultRouteTableAssociation"] === "enable",
    transitGatewayDefaultRouteTablePropagation:
      inputs.transitGatewayDefaultRouteTablePropagation ?? gateway["defaultRouteTablePropagation"] === "enable",
  };
}

function refuseMisplacedSubnets(cloud: CloudView, { subnetIds, vpcId }: Resolved<VpcAttachmentArgs>): void {
  const zones = new Map<string, string>();
  for (const id of subnetIds) {
    const subnet = cloud.find(SUBNET, id);
    if (subnet?.inputs["vpcId"] !== vpcId) {
      refuse("InvalidParameterValue", `Subnet ${id} and VPC ${vpcId} belong to different networks`);
    }
    const zone = text(subnet.outputs["availabilityZone"]);
    const other = zones.get(zone);
    if (other !== undefined) refuse("DuplicateSubnetsInSameZone", `Subnets ${other} and ${id} are both in ${zone}.`);
    zones.set(zone, id);
  }
}

export const transitGatewayTypes: readonly ResourceType[] = [transitGateway, vpcAttachment];
