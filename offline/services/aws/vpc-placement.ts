import type { CloudView } from "../../cloud/cloud";
import { text } from "./text";
import { SECURITY_GROUP, SUBNET } from "./types";

export interface Placement {
  /** VPCs of the subnets, each once. */
  readonly vpcs: readonly string[];
  /** Zone of every subnet that exists, in the order of the subnets. */
  readonly zones: readonly string[];
  /** Security groups that are in none of these VPCs. */
  readonly strangers: readonly string[];
}

/** Where subnets and security groups lie. What does not exist is left out: references refuse it. */
export function placementOf(
  cloud: CloudView,
  subnetIds: readonly string[],
  securityGroupIds: readonly string[],
): Placement {
  const subnets = subnetIds.flatMap((id) => cloud.find(SUBNET, id) ?? []);
  const vpcs = [...new Set(subnets.map(({ inputs }) => text(inputs["vpcId"])))];
  const strangers = securityGroupIds.filter((id) => {
    const group = cloud.find(SECURITY_GROUP, id);
    return group !== undefined && !vpcs.includes(text(group.outputs["vpcId"] ?? group.inputs["vpcId"]));
  });
  return { vpcs, zones: subnets.map(({ outputs }) => text(outputs["availabilityZone"])), strangers };
}
