/** AWS partition of a region: `aws`, `aws-cn` or `aws-us-gov`. A global resource knows no region and counts as `aws`. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
