import type { EipArgs, FlowLogArgs, NatGatewayArgs } from "@pulumi/aws/ec2";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { arn, ec2Id, parseArn } from "./arn";
import { formatAddress } from "../cidr";
import { gatewayOf } from "./ec2-internet-gateway";
import { quota } from "./quotas";
import { roleReference, subnetReference, vpcReference } from "./references";
import { BUCKET, BUCKET_V2, EIP, LOG_GROUP, NAT_GATEWAY, SUBNET } from "./types";
import { text } from "./text";

// Error codes of this file: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html

const eip = resourceType<EipArgs>({
  token: EIP,
  service: "EC2",
  actions: { create: "AllocateAddress", delete: "ReleaseAddress" },
  inUse: { code: "InvalidIPAddress.InUse", message: "Address {id} is in use." },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    if (cloud.list(EIP).length >= quota(cloud, "elasticAddressesPerRegion")) {
      refuse("AddressLimitExceeded", "The maximum number of addresses has been reached.");
    }
    const id = ec2Id(context, "eipalloc");
    const publicIp = inputs.address ?? publicAddress(context.hex(8));
    const host = publicIp.replaceAll(".", "-");
    const zone = scope.region === "us-east-1" ? "compute-1" : `${scope.region}.compute`;
    return {
      id,
      outputs: {
        allocationId: id,
        arn: arn(scope, "ec2", `elastic-ip/${id}`),
        domain: "vpc",
        publicIp,
        publicDns: `ec2-${host}.${zone}.amazonaws.com`,
        publicIpv4Pool: inputs.publicIpv4Pool ?? "amazon",
        networkBorderGroup: inputs.networkBorderGroup ?? scope.region,
        ...Object.fromEntries(
          ["associationId", "carrierIp", "customerOwnedIp", "privateDns", "privateIp", "ptrRecord"].map((key) => [
            key,
            "",
          ]),
        ),
        instance: inputs.instance ?? "",
        networkInterface: inputs.networkInterface ?? "",
      },
    };
  },
});

/** An address of 198.18.0.0/15, which RFC 2544 sets aside: never anybody's. */
function publicAddress(hex: string): string {
  return formatAddress(198 * 2 ** 24 + 18 * 2 ** 16 + (parseInt(hex, 16) % 2 ** 17));
}

const natGateway = resourceType<NatGatewayArgs>({
  token: NAT_GATEWAY,
  service: "EC2",
  actions: { create: "CreateNatGateway", delete: "DeleteNatGateway" },
  references: [
    subnetReference("subnetId", "InvalidSubnet"),
    vpcReference(),
    {
      path: "allocationId",
      to: EIP,
      missing: { code: "InvalidAllocationID.NotFound", message: "The allocation ID '{value}' does not exist" },
    },
  ],
  check: (context) => {
    const { inputs } = context;
    if (inputs.availabilityMode === "regional") return;
    if (inputs.subnetId === undefined && !context.isUnknown("subnetId"))
      context.refuse("subnetId", "`subnetId` must be specified");
    const isPrivate = inputs.connectivityType === "private";
    const hasAddress = inputs.allocationId !== undefined || context.isUnknown("allocationId");
    if (isPrivate && hasAddress)
      context.refuse("allocationId", "`allocationId` is not supported with connectivityType `private`");
    if (!isPrivate && !hasAddress && !context.isUnknown("connectivityType")) {
      context.refuse("allocationId", "`allocationId` is required with connectivityType `public`");
    }
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const subnet = cloud.find(SUBNET, inputs.subnetId ?? "");
    const zone = subnet?.outputs["availabilityZone"];
    const inZone = cloud
      .list(NAT_GATEWAY)
      .filter((other) => cloud.find(SUBNET, text(other.inputs["subnetId"]))?.outputs["availabilityZone"] === zone);
    if (subnet !== undefined && inZone.length >= quota(cloud, "natGatewaysPerZone")) {
      refuse("NatGatewayLimitExceeded", `The maximum number of NAT gateways has been reached in ${text(zone)}.`);
    }
    const vpcId = text(subnet?.inputs["vpcId"] ?? inputs.vpcId);
    const address = inputs.allocationId === undefined ? undefined : usableAddress(context, inputs.allocationId, vpcId);
    const id = `nat-0${context.hex(16)}`;
    return {
      id,
      outputs: {
        associationId: address === undefined ? "" : ec2Id(context, "eipassoc", 1),
        networkInterfaceId: ec2Id(context, "eni", 2),
        connectivityType: inputs.connectivityType ?? "public",
        privateIp: inputs.privateIp ?? addressIn(subnet?.inputs["cidrBlock"], context.hex(8)),
        publicIp: address ?? "",
        vpcId,
      },
    };
  },
});

/** A gateway fails while it starts without these: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html */
function usableAddress({ cloud }: CallContext<Resolved<NatGatewayArgs>>, allocation: string, vpcId: string): string {
  const user = cloud.list(NAT_GATEWAY).find((other) => other.inputs["allocationId"] === allocation);
  const address = cloud.find(EIP, allocation);
  if (user !== undefined || [address?.inputs["instance"], address?.inputs["networkInterface"]].some(Boolean)) {
    refuse(
      "Resource.AlreadyAssociated",
      `Elastic IP address [${allocation}] is already associated (${user?.id ?? "an interface"})`,
    );
  }
  if (gatewayOf(cloud, vpcId) === undefined) {
    refuse("Gateway.NotAttached", `Network ${vpcId} has no Internet gateway attached`);
  }
  return text(address?.outputs["publicIp"]);
}

function addressIn(cidr: unknown, hex: string): string {
  const [network = "10.0.0.0"] = typeof cidr === "string" ? cidr.split("/") : [];
  return `${network.split(".").slice(0, 3).join(".")}.${String(4 + (parseInt(hex, 16) % 250))}`;
}

const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const SOURCES = [
  "vpcId",
  "subnetId",
  "eniId",
  "transitGatewayId",
  "transitGatewayAttachmentId",
  "regionalNatGatewayId",
] as const;

const flowLog = resourceType<FlowLogArgs>({
  token: FLOW_LOG,
  service: "EC2",
  actions: { create: "CreateFlowLogs", delete: "DeleteFlowLogs" },
  references: [
    { ...vpcReference(), holds: false },
    { ...subnetReference("subnetId"), holds: false },
    roleReference("iamRoleArn", "InvalidParameterValue", "Unable to assume given IAM role {value}"),
  ],
  check: (context) => {
    const { inputs } = context;
    const given = SOURCES.filter((source) => inputs[source] !== undefined || context.isUnknown(source));
    if (given.length !== 1)
      context.refuse(given[1] ?? "vpcId", `exactly one of ${SOURCES.join(", ")} must be specified`);
    const interval = inputs.maxAggregationInterval;
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
    if (interval !== undefined && interval !== 60 && interval !== 600) {
      context.refuse("maxAggregationInterval", `must be 60 or 600 seconds, got ${String(interval)}`);
    }
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const kind = inputs.logDestinationType ?? "cloud-watch-logs";
    if (kind === "cloud-watch-logs" && inputs.iamRoleArn === undefined) {
      refuse("InvalidParameter", "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.");
    }
    const destination = inputs.logDestination ?? "";
    const exists =
      kind === "cloud-watch-logs"
        ? cloud.findBy(LOG_GROUP, "arn", destination.replace(/:\*$/, "")) !== undefined
        : kind !== "s3" || bucketExists(context, destination);
    if (!exists) refuse("LogDestinationNotFound", `LogDestination: ${destination} does not exist`);
    const twin = cloud
      .list(FLOW_LOG)
      .some((other) =>
        ["logDestination", "trafficType", ...SOURCES].every((key) => same(other.inputs[key], inputs, key)),
      );
    if (twin) {
      refuse("FlowLogAlreadyExists", "There is an existing Flow Log with the same configuration and log destination.");
    }
    const id = ec2Id(context, "fl");
    return { id, outputs: { arn: arn(scope, "ec2", `vpc-flow-log/${id}`), logDestinationType: kind } };
  },
});

function same(stored: unknown, inputs: object, key: string): boolean {
  return stored === Object.getOwnPropertyDescriptor(inputs, key)?.value;
}

function bucketExists({ cloud }: CallContext<Resolved<FlowLogArgs>>, destination: string): boolean {
  const bucket = parseArn(destination)?.resource.split("/")[0] ?? "";
  return [BUCKET, BUCKET_V2].some((type) => cloud.list(type, "anywhere").some((each) => each.id === bucket));
}

export const gatewayTypes: readonly ResourceType[] = [eip, natGateway, flowLog];
