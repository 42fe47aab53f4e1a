import type { InternetGatewayArgs, InternetGatewayAttachmentArgs } from "@pulumi/aws/ec2";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { valuesAt } from "../../cloud/value";
import { arn, ec2Id } from "./arn";
import { quota } from "./quotas";
import { vpcReference } from "./references";
import { INTERNET_GATEWAY, LOAD_BALANCER, NAT_GATEWAY, SUBNET } from "./types";

// Error codes of this file: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html

const internetGateway = resourceType<InternetGatewayArgs>({
  token: INTERNET_GATEWAY,
  service: "EC2",
  actions: { create: "AttachInternetGateway", update: "AttachInternetGateway", delete: "DetachInternetGateway" },
  references: [vpcReference()],
  create: (context) => {
    const { inputs, scope, cloud } = context;
    if (cloud.list(INTERNET_GATEWAY).length >= quota(cloud, "internetGatewaysPerRegion")) {
      refuse("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.");
    }
    refuseSecondGateway(cloud, inputs.vpcId);
    const id = ec2Id(context, "igw");
    return {
      id,
      outputs: { arn: arn(scope, "ec2", `internet-gateway/${id}`), ownerId: scope.account, vpcId: inputs.vpcId ?? "" },
    };
  },
  update: ({ inputs, oldInputs, cloud, resource }) => {
    if (inputs.vpcId === oldInputs.vpcId) return {};
    refuseMappedAddresses(cloud, resource.inputs["vpcId"]);
    refuseSecondGateway(cloud, inputs.vpcId);
    return { vpcId: inputs.vpcId ?? "" };
  },
  delete: ({ resource, cloud }) => {
    refuseMappedAddresses(cloud, attachedTo(cloud, resource.id));
  },
});

const ATTACHMENT = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment";

const internetGatewayAttachment = resourceType<InternetGatewayAttachmentArgs>({
  token: ATTACHMENT,
  service: "EC2",
  actions: { create: "AttachInternetGateway", delete: "DetachInternetGateway" },
  references: [
    vpcReference(),
    {
      path: "internetGatewayId",
      to: INTERNET_GATEWAY,
      missing: {
        code: "InvalidInternetGatewayID.NotFound",
        message: "The internetGateway ID '{value}' does not exist",
      },
    },
  ],
  create: ({ inputs, cloud }) => {
    const attached = attachedTo(cloud, inputs.internetGatewayId);
    if (attached !== undefined) {
      const message = `resource ${inputs.internetGatewayId} is already attached to network ${attached}`;
      refuse("Resource.AlreadyAssociated", message);
    }
    refuseSecondGateway(cloud, inputs.vpcId);
    return { id: `${inputs.internetGatewayId}:${inputs.vpcId}`, outputs: {} };
  },
  delete: ({ resource, cloud }) => {
    refuseMappedAddresses(cloud, resource.inputs["vpcId"]);
  },
});

/** The VPC that a gateway is attached to, by its own input or by an attachment. */
export function attachedTo(cloud: CloudView, gateway: string): string | undefined {
  const own = cloud.find(INTERNET_GATEWAY, gateway)?.inputs["vpcId"];
  const other = cloud.list(ATTACHMENT).find((each) => each.inputs["internetGatewayId"] === gateway)?.inputs["vpcId"];
  const found = own ?? other;
  return typeof found === "string" ? found : undefined;
}

/** The internet gateway attached to a VPC. */
export function gatewayOf(cloud: CloudView, vpcId: string): string | undefined {
  return cloud.list(INTERNET_GATEWAY).find((gateway) => attachedTo(cloud, gateway.id) === vpcId)?.id;
}

function refuseSecondGateway(cloud: CloudView, vpcId: string | undefined): void {
  if (vpcId !== undefined && gatewayOf(cloud, vpcId) !== undefined) {
    refuse("InvalidParameterValue", `Network ${vpcId} already has an internet gateway attached`);
  }
}

/** The gateway stays as long as an address of its VPC is mapped through it: a public NAT gateway, an internet-facing load balancer. */
function refuseMappedAddresses(cloud: CloudView, vpcId: unknown): void {
  if (typeof vpcId !== "string") return;
  const inVpc = (id: unknown) => cloud.find(SUBNET, String(id))?.inputs["vpcId"] === vpcId;
  const holder =
    cloud
      .list(NAT_GATEWAY)
      .find(({ inputs }) => inputs["connectivityType"] !== "private" && inVpc(inputs["subnetId"])) ??
    cloud.list(LOAD_BALANCER).find(({ inputs }) => {
      const subnets = ["subnets[*]", "subnetMappings[*].subnetId"].flatMap((path) => valuesAt(inputs, path));
      return inputs["internal"] !== true && subnets.some(({ value }) => inVpc(value));
    });
  if (holder !== undefined) {
    refuse(
      "DependencyViolation",
      `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway. (${holder.type} ${holder.id})`,
    );
  }
}

export const internetGatewayTypes: readonly ResourceType[] = [internetGateway, internetGatewayAttachment];
