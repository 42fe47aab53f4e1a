import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import { Instance } from "@pulumi/aws/rds/instance";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import { REBUILDABLE, type Providers } from "./providers";

/** A database that lets in a range of addresses. */
export function plant(on: Providers): void {
  const vpc = new Vpc("ranged", { cidrBlock: "10.36.0.0/16" }, on.aws());
  const group = new SecurityGroup("ranged", { vpcId: vpc.id, description: "Database" }, on.aws());
  new SecurityGroupIngressRule(
    "ranged",
    { securityGroupId: group.id, cidrIpv4: "10.0.0.0/8", ipProtocol: "tcp", fromPort: 5432, toPort: 5432 },
    on.aws(),
  );
  new Instance(
    "ranged",
    {
      engine: "postgres",
      engineVersion: "17",
      instanceClass: "db.t4g.micro",
      allocatedStorage: 20,
      username: "root_user",
      manageMasterUserPassword: true,
      vpcSecurityGroupIds: [group.id],
      tags: REBUILDABLE,
    },
    on.aws(),
  );
}
