import type {
  RouteArgs,
  RouteTableArgs,
  RouteTableAssociationArgs,
  RouteTablePropagationArgs,
} from "@pulumi/aws/ec2transitgateway";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type Reference, type ResourceType } from "../../cloud/resource-type";
import { arn, ec2Id } from "./arn";
import { parseCidr } from "../cidr";
import { transitGatewayReference } from "./ec2-transit-gateway";
import {
  TRANSIT_GATEWAY,
  TRANSIT_GATEWAY_ASSOCIATION,
  TRANSIT_GATEWAY_PROPAGATION,
  TRANSIT_GATEWAY_ROUTE,
  TRANSIT_GATEWAY_ROUTE_TABLE,
  TRANSIT_GATEWAY_VPC_ATTACHMENT,
} from "./types";
import { text } from "./text";

// Error codes of this file, where no other source stands: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html

function tableReference(holds: boolean): Reference {
  return {
    path: "transitGatewayRouteTableId",
    to: TRANSIT_GATEWAY_ROUTE_TABLE,
    missing: {
      code: "InvalidRouteTableID.NotFound",
      message: "Transit Gateway Route Table {value} was deleted or does not exist.",
    },
    holds,
  };
}

/** An attachment that goes takes its association and propagations along, and its routes become black holes. */
const attachmentReference: Reference = {
  path: "transitGatewayAttachmentId",
  to: TRANSIT_GATEWAY_VPC_ATTACHMENT,
  missing: {
    code: "InvalidTransitGatewayAttachmentID.NotFound",
    message: "Transit Gateway Attachment {value} was deleted or does not exist.",
  },
  holds: false,
};

const routeTable = resourceType<RouteTableArgs>({
  token: TRANSIT_GATEWAY_ROUTE_TABLE,
  service: "EC2",
  actions: { create: "CreateTransitGatewayRouteTable", delete: "DeleteTransitGatewayRouteTable" },
  references: [transitGatewayReference()],
  inUse: { code: "IncorrectState", message: "{id} has active associations" },
  create: (context) => {
    const id = ec2Id(context, "tgw-rtb");
    return {
      id,
      outputs: {
        arn: arn(context.scope, "ec2", `transit-gateway-route-table/${id}`),
        defaultAssociationRouteTable: false,
        defaultPropagationRouteTable: false,
      },
    };
  },
});

const route = resourceType<RouteArgs>({
  token: TRANSIT_GATEWAY_ROUTE,
  service: "EC2",
  actions: { create: "CreateTransitGatewayRoute", delete: "DeleteTransitGatewayRoute" },
  references: [tableReference(false), attachmentReference],
  check: (context) => {
    const { inputs } = context;
    const attached = inputs.transitGatewayAttachmentId !== undefined || context.isUnknown("transitGatewayAttachmentId");
    if (attached === (inputs.blackhole === true) && !context.isUnknown("blackhole")) {
      context.refuse(
        "transitGatewayAttachmentId",
        "exactly one of transitGatewayAttachmentId, blackhole must be specified",
      );
    }
    const range = inputs.destinationCidrBlock === undefined ? undefined : parseCidr(inputs.destinationCidrBlock);
    if (typeof range === "string" && inputs.destinationCidrBlock?.includes(":") !== true) {
      context.refuse("destinationCidrBlock", range);
    }
  },
  create: ({ inputs, cloud }) => {
    const { transitGatewayRouteTableId: table, transitGatewayAttachmentId: attachment } = inputs;
    if (attachment !== undefined) refuseOtherGateway(cloud, table, attachment);
    const id = `${table}_${inputs.destinationCidrBlock}`;
    // https://github.com/ministryofjustice/modernisation-platform/pull/4810
    if (cloud.find(TRANSIT_GATEWAY_ROUTE, id) !== undefined) {
      const message = `Route ${inputs.destinationCidrBlock} already exists in Transit Gateway Route Table ${table}.`;
      refuse("RouteAlreadyExists", message);
    }
    return { id, outputs: { blackhole: inputs.blackhole ?? false } };
  },
});

const association = resourceType<RouteTableAssociationArgs>({
  token: TRANSIT_GATEWAY_ASSOCIATION,
  service: "EC2",
  actions: {
    create: "AssociateTransitGatewayRouteTable",
    update: "AssociateTransitGatewayRouteTable",
    delete: "DisassociateTransitGatewayRouteTable",
  },
  references: [tableReference(true), attachmentReference],
  create: ({ inputs, cloud }) => {
    const { transitGatewayRouteTableId: table, transitGatewayAttachmentId: attachment } = inputs;
    refuseOtherGateway(cloud, table, attachment);
    const current = associatedTable(cloud, attachment);
    // https://github.com/awsdocs/aws-transit-gateway-guide/issues/13
    if (current !== undefined && inputs.replaceExistingAssociation !== true) {
      const message = `Transit Gateway Attachment ${attachment} is already associated to a route table. (${current})`;
      refuse("Resource.AlreadyAssociated", message);
    }
    return { id: `${table}_${attachment}`, outputs: attached(cloud, attachment) };
  },
});

/** The route table that an attachment looks into: by an association of its own, else the gateway's default one. */
function associatedTable(cloud: CloudView, attachment: string): string | undefined {
  const own = cloud
    .list(TRANSIT_GATEWAY_ASSOCIATION)
    .find(({ inputs }) => inputs["transitGatewayAttachmentId"] === attachment);
  if (own !== undefined) return text(own.inputs["transitGatewayRouteTableId"]);
  const stored = cloud.find(TRANSIT_GATEWAY_VPC_ATTACHMENT, attachment);
  if (stored?.outputs["transitGatewayDefaultRouteTableAssociation"] !== true) return undefined;
  const gateway = cloud.find(TRANSIT_GATEWAY, text(stored.inputs["transitGatewayId"]));
  const table = text(gateway?.outputs["associationDefaultRouteTableId"]);
  return table === "" ? undefined : table;
}

const propagation = resourceType<RouteTablePropagationArgs>({
  token: TRANSIT_GATEWAY_PROPAGATION,
  service: "EC2",
  actions: {
    create: "EnableTransitGatewayRouteTablePropagation",
    delete: "DisableTransitGatewayRouteTablePropagation",
  },
  references: [tableReference(false), attachmentReference],
  create: ({ inputs, cloud }) => {
    const { transitGatewayRouteTableId: table, transitGatewayAttachmentId: attachment } = inputs;
    refuseOtherGateway(cloud, table, attachment);
    const id = `${table}_${attachment}`;
    if (cloud.find(TRANSIT_GATEWAY_PROPAGATION, id) !== undefined) {
      refuse(
        "TransitGatewayRouteTablePropagation.Duplicate",
        `Propagation of ${attachment} to ${table} already exists`,
      );
    }
    return { id, outputs: attached(cloud, attachment) };
  },
});

/** What is attached, as both associations and propagations tell it. */
function attached(cloud: CloudView, attachment: string) {
  const vpcId = text(cloud.find(TRANSIT_GATEWAY_VPC_ATTACHMENT, attachment)?.inputs["vpcId"]);
  return { resourceId: vpcId, resourceType: "vpc" };
}

function refuseOtherGateway(cloud: CloudView, table: string, attachment: string): void {
  const of = (type: string, id: string) => text(cloud.find(type, id)?.inputs["transitGatewayId"]);
  if (of(TRANSIT_GATEWAY_ROUTE_TABLE, table) !== of(TRANSIT_GATEWAY_VPC_ATTACHMENT, attachment)) {
    refuse("InvalidParameterValue", `${table} and ${attachment} belong to different transit gateways`);
  }
}

export const transitGatewayRouteTypes: readonly ResourceType[] = [routeTable, route, association, propagation];
