import { refuse } from "../../cloud/errors";
import type { CloudView } from "../../cloud/cloud";
import { CACHE_PARAMETER_GROUP, CACHE_SUBNET_GROUP } from "./elasticache-groups";
import { text } from "./text";
import { SECURITY_GROUP } from "./types";

// What replication groups and clusters have in common. Error codes:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html

/** The security groups and the subnets of a group are in one VPC. */
export function checkGroups(
  inputs: { readonly subnetGroupName?: string | undefined; readonly securityGroupIds?: readonly string[] | undefined },
  cloud: CloudView,
): void {
  const subnets = cloud.find(CACHE_SUBNET_GROUP, inputs.subnetGroupName ?? "");
  if (subnets === undefined) return;
  for (const id of inputs.securityGroupIds ?? []) {
    const group = cloud.find(SECURITY_GROUP, id);
    if (
      group !== undefined &&
      text(group.outputs["vpcId"] ?? group.inputs["vpcId"]) !== text(subnets.outputs["vpcId"])
    ) {
      refuse(
        "InvalidParameterCombination",
        `The security group ${id} is not in the VPC of the cache subnet group ${subnets.id}`,
      );
    }
  }
}

/** A parameter group of one's own exists and is of the family. */
export function checkParameterGroup(cloud: CloudView, name: string | undefined, family: string): void {
  if (name === undefined || name === "" || name === `default.${family}`) return;
  const group = cloud.find(CACHE_PARAMETER_GROUP, name);
  const found = name.startsWith("default.")
    ? name.slice("default.".length).replace(/\.cluster\.on$/, "")
    : text(group?.inputs["family"]);
  if (found === "") refuse("CacheParameterGroupNotFound", `CacheParameterGroup ${name} not found.`);
  if (found !== family) {
    refuse(
      "InvalidParameterCombination",
      `Expected a parameter group of family ${family} but found one of family ${found}`,
    );
  }
}

/** Whether a version is older than another by major or minor; a patch counts where both have one. */
export function isOlder(version: string, than: string): boolean {
  if (version === "" || than === "") return false;
  const [one, other] = [version, than].map((each) => each.split(".").map(Number));
  for (const place of [0, 1, 2]) {
    const difference = (one?.[place] ?? 0) - (other?.[place] ?? 0);
    if (one?.[place] === undefined || other?.[place] === undefined) return false;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.html */
export function refuseDowngrade(before: string, after: string): void {
  if (before === "" || !isOlder(after, before)) return;
  refuse("InvalidParameterCombination", `Cannot downgrade from version ${before} to ${after}`);
}

/** `us-east-1` is `use1` in the names of endpoints. */
export function regionCode(region: string): string {
  const [area = "", side = "", number = ""] = region.split("-");
  return area + side.replaceAll(/(north|south|east|west|central)/g, (word) => word.charAt(0)) + number;
}
