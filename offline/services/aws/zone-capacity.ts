import type { CloudView } from "../../cloud/cloud";
import { ServiceError } from "../../cloud/errors";
import { describeOutage, endCommand, outageOf } from "../../cloud/faults";
import type { OutgoingCall } from "../../cloud/package";
import type { Properties } from "../../cloud/value";
import { zonesOf } from "./regions";
import { text } from "./text";
import { NAT_GATEWAY, SUBNET } from "./types";

/** Where a resource takes capacity when it is made. */
interface Placement {
  /** Zones that the service may choose from; none: any. */
  readonly zones: (inputs: Properties, cloud: CloudView) => readonly string[];
  /** In how many of them it must find capacity. Default 1. */
  readonly needs?: (inputs: Properties) => number;
  readonly code: string;
  readonly message: (inputs: Properties, zone: string, others: readonly string[]) => string;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html#troubleshooting-launch-capacity */
const launch = (kind: string, zone: string, others: readonly string[]): string =>
  `We currently do not have sufficient ${kind} capacity in the Availability Zone you requested (${zone}). You can currently get ` +
  `${kind} capacity by not specifying an Availability Zone in your request or choosing ${others.join(", ")}.`;

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
const DATABASE: Pick<Placement, "code" | "message"> = {
  code: "InsufficientDBInstanceCapacity",
  message: (inputs, zone) => {
    const kind = text(inputs["instanceClass"]);
    return `Cannot create a ${kind} database instance because there are no availability zones with sufficient capacity (${zone}). Please try the request again at a later time.`;
  },
};

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html */
const CACHE: Pick<Placement, "code" | "message"> = {
  code: "InsufficientCacheClusterCapacity",
  message: (inputs, zone) =>
    `The requested cache node type ${text(inputs["nodeType"])} is not available in the specified Availability Zone ${zone}.`,
};

const SUBNET_GROUPS = {
  cache: "aws:elasticache/subnetGroup:SubnetGroup",
  database: "aws:rds/subnetGroup:SubnetGroup",
  document: "aws:docdb/subnetGroup:SubnetGroup",
} as const;

const PLACEMENTS: Readonly<Record<string, Placement>> = {
  "aws:ec2/instance:Instance": {
    zones: (inputs, cloud) => [...list(inputs["availabilityZone"]), ...zonesOfSubnets(cloud, inputs["subnetId"])],
    code: "InsufficientInstanceCapacity",
    message: (inputs, zone, others) => launch(text(inputs["instanceType"]), zone, others),
  },
  "aws:autoscaling/group:Group": {
    zones: (inputs, cloud) => [
      ...list(inputs["availabilityZones"]),
      ...zonesOfSubnets(cloud, inputs["vpcZoneIdentifiers"]),
    ],
    code: "InsufficientInstanceCapacity",
    message: (_inputs, zone, others) => launch("instance", zone, others),
  },
  // The code and the text of a health issue: https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html
  "aws:eks/nodeGroup:NodeGroup": {
    zones: (inputs, cloud) => zonesOfSubnets(cloud, inputs["subnetIds"]),
    code: "AsgInstanceLaunchFailures",
    message: (inputs, zone, others) =>
      `Could not launch On-Demand Instances. InsufficientInstanceCapacity - ${launch(list(inputs["instanceTypes"])[0] ?? "instance", zone, others)}`,
  },
  // A gateway fails by its failureCode: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
  [NAT_GATEWAY]: {
    zones: (inputs, cloud) => zonesOfSubnets(cloud, inputs["subnetId"]),
    code: "InternalError",
    message: (_inputs, zone) =>
      `unexpected state 'failed', wanted target 'available': the gateway's network interface in ${zone} is in an invalid state. Please try again.`,
  },
  "aws:ebs/volume:Volume": {
    zones: (inputs) => list(inputs["availabilityZone"]),
    code: "InsufficientVolumeCapacity",
    message: (_inputs, zone) =>
      `There is not enough capacity to fulfill your EBS volume provision request in ${zone}. Try a different Availability Zone.`,
  },
  "aws:rds/instance:Instance": {
    zones: (inputs, cloud) =>
      zonesOfGroup(cloud, SUBNET_GROUPS.database, inputs["dbSubnetGroupName"], inputs["availabilityZone"]),
    needs: (inputs) => (inputs["multiAz"] === true ? 2 : 1),
    ...DATABASE,
  },
  "aws:rds/clusterInstance:ClusterInstance": {
    zones: (inputs, cloud) =>
      zonesOfGroup(cloud, SUBNET_GROUPS.database, inputs["dbSubnetGroupName"], inputs["availabilityZone"]),
    ...DATABASE,
  },
  "aws:docdb/clusterInstance:ClusterInstance": {
    zones: (inputs, cloud) => zonesOfGroup(cloud, SUBNET_GROUPS.document, undefined, inputs["availabilityZone"]),
    ...DATABASE,
  },
  "aws:elasticache/cluster:Cluster": {
    zones: (inputs, cloud) =>
      zonesOfGroup(
        cloud,
        SUBNET_GROUPS.cache,
        inputs["subnetGroupName"],
        inputs["availabilityZone"] ?? inputs["preferredAvailabilityZones"],
      ),
    ...CACHE,
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    zones: (inputs, cloud) =>
      zonesOfGroup(cloud, SUBNET_GROUPS.cache, inputs["subnetGroupName"], inputs["preferredCacheClusterAzs"]),
    needs: (inputs) => (inputs["multiAzEnabled"] === true ? 2 : 1),
    ...CACHE,
  },
  // A broker is one instance, or one in each of two subnets: https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html
  "aws:mq/broker:Broker": {
    zones: (inputs, cloud) => zonesOfSubnets(cloud, inputs["subnetIds"]),
    needs: (inputs) => (inputs["deploymentMode"] === "ACTIVE_STANDBY_MULTI_AZ" ? 2 : 1),
    code: "InternalServerErrorException",
    message: (_inputs, zone) => `the broker could not be created: there is no capacity in ${zone}`,
  },
};

/** Refuses what can only be made in zones that are switched off: what has another zone to go to is made there. */
export function requireCapacity(call: OutgoingCall): void {
  const { token, operation, inputs, scope, cloud, outages } = call;
  const placement = operation === "create" ? PLACEMENTS[token] : undefined;
  if (placement === undefined) return;
  const all = zonesOf(scope.region).map(({ name }) => name);
  const outageIn = (zone: string) => outageOf(outages, { cloud: "aws", region: scope.region, zone, plane: "control" });
  const named = [...new Set(placement.zones(inputs, cloud))];
  const candidates = named.length === 0 ? all : named;
  const usable = candidates.filter((zone) => outageIn(zone) === undefined);
  const [zone] = candidates.filter((one) => !usable.includes(one));
  if (zone === undefined || usable.length >= (placement.needs?.(inputs) ?? 1)) return;
  const outage = outageIn(zone);
  const others = all.filter((one) => outageIn(one) === undefined);
  throw new ServiceError(
    placement.code,
    placement.message(inputs, zone, others) +
      (outage === undefined
        ? ""
        : `\n${describeOutage(outage)} is switched off; to switch it on: ${endCommand(outage)}`),
  );
}

/** The zones given by name, else those of the subnet group of that name. */
function zonesOfGroup(cloud: CloudView, type: string, group: unknown, given: unknown): readonly string[] {
  const named = list(given);
  if (named.length > 0) return named;
  const found = cloud.list(type).find((each) => each.id === group || each.outputs["name"] === group);
  return zonesOfSubnets(cloud, found?.inputs["subnetIds"]);
}

function zonesOfSubnets(cloud: CloudView, subnets: unknown): readonly string[] {
  return list(subnets).flatMap((id) => {
    const subnet = cloud.find(SUBNET, id);
    return list(subnet?.outputs["availabilityZone"] ?? subnet?.inputs["availabilityZone"]);
  });
}

function list(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each): each is string => typeof each === "string" && each !== "");
}
