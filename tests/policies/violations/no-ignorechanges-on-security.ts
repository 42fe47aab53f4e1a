import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import type { Providers } from "./providers";

/** A security group that anybody may open by hand. */
export function plant(on: Providers): void {
  const vpc = new Vpc("overlooked", { cidrBlock: "10.42.0.0/16" }, on.aws());
  new SecurityGroup(
    "overlooked",
    { vpcId: vpc.id, description: "Servers" },
    { ...on.aws(), ignoreChanges: ["ingress"] },
  );
}
