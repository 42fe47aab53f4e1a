/** A program of a few resources, for what does not need a system: faults, kills, imports. Its size is a setting. */
export const SMALL_PROGRAM = `
import { Config } from "@pulumi/pulumi";
import { Provider } from "@pulumi/aws/provider";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";

export default async function program() {
  const config = new Config("platform");
  const provider = new Provider("aws", { region: "eu-west-1", skipCredentialsValidation: true });
  const vpc = new Vpc("vpc", { cidrBlock: config.get("cidr") ?? "10.0.0.0/16", tags: { team: config.get("team") ?? "a" } }, { provider });
  for (let index = 0; index < config.requireNumber("subnets"); index++) {
    const zone = "eu-west-1" + "abc"[index % 3];
    new Subnet("subnet-" + index, { vpcId: vpc.id, cidrBlock: "10.0." + index + ".0/24", availabilityZone: zone }, { provider });
  }
  new SecurityGroup("group", { vpcId: vpc.id, description: "small" }, { provider });
  return { vpcId: vpc.id };
}
`;

/** Its stack file. */
export function smallStack(settings: Readonly<Record<string, string | number>> = {}): string {
  return [
    "config:",
    ...Object.entries({ subnets: 3, ...settings }).map(([key, value]) => `  platform:${key}: "${String(value)}"`),
    "",
  ].join("\n");
}
