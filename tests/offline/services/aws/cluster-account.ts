import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { CLUSTER, NODE_GROUP, serviceRole } from "./eks-support";
import { Account, network, type Made } from "./support";

export const noRole = "arn:aws:iam::111122223333:role/none";

/** The ARN of a new role that the service may assume. */
export function roleArn(account: Account, name: string, service: string, actions?: string[]): string {
  return text(serviceRole(account, name, service, actions).outputs["arn"]);
}

/** An account with a network of three zones, the roles that clusters need, and short ways to a cluster `shop` and its nodes. */
export class ClusterAccount extends Account {
  readonly vpc: Made;
  readonly subnetIds: readonly string[];
  readonly clusterRole = roleArn(this, "cluster", "eks.amazonaws.com");
  readonly nodeRole = roleArn(this, "nodes", "ec2.amazonaws.com");

  constructor() {
    super();
    const { vpc, subnets } = network(this);
    this.vpc = vpc;
    this.subnetIds = subnets.map(({ id }) => id);
  }

  /** A cluster of version 1.35 with the config map alone. */
  cluster(change: Properties = {}, name = "shop"): Made {
    return this.create(CLUSTER, name, {
      name,
      version: "1.35",
      roleArn: this.clusterRole,
      vpcConfig: { subnetIds: this.subnetIds },
      ...change,
    });
  }

  /** A cluster of version 1.35 that has access entries. */
  clusterWithEntries(name = "shop"): Made {
    return this.cluster({ accessConfig: { authenticationMode: "API" } }, name);
  }

  /** A node group `main` of the cluster `shop`. */
  nodes(change: Properties = {}): Made {
    return this.create(NODE_GROUP, "main", {
      clusterName: "shop",
      nodeGroupName: "main",
      nodeRoleArn: this.nodeRole,
      subnetIds: this.subnetIds,
      scalingConfig: { desiredSize: 2, minSize: 1, maxSize: 3 },
      ...change,
    });
  }
}
