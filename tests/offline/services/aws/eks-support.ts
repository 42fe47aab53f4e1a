import type { Properties } from "../../../../offline/cloud/value";
import type { Account, Made } from "./support";

export const CLUSTER = "aws:eks/cluster:Cluster";
export const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
export const ADDON = "aws:eks/addon:Addon";
export const POD_IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
export const ACCESS_ENTRY = "aws:eks/accessEntry:AccessEntry";
export const ACCESS_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";

/** A role that a service may assume. */
export function serviceRole(
  account: Account,
  name: string,
  service: string,
  actions: string[] = ["sts:AssumeRole"],
): Made {
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: actions };
  return account.create("aws:iam/role:Role", name, {
    name,
    assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
  });
}

export function nodeRole(account: Account, name: string): Made {
  return serviceRole(account, name, "ec2.amazonaws.com");
}

let roles = 0;

/** Valid inputs of a cluster on the subnets of a network, with a role of its own. */
function clusterInputs(account: Account, { subnets }: { readonly subnets: readonly Made[] }): Properties {
  const role = serviceRole(account, `cluster-${String((roles += 1))}`, "eks.amazonaws.com");
  return { name: "c", roleArn: role.outputs["arn"], vpcConfig: { subnetIds: subnets.map(({ id }) => id) } };
}

function makeCluster(
  account: Account,
  net: { readonly subnets: readonly Made[] },
  inputs: Properties,
  name = "cluster",
): Made {
  return account.create(CLUSTER, name, { ...clusterInputs(account, net), ...inputs });
}

/** Makes a cluster with these inputs on top of valid ones. */
export const cluster = Object.assign(makeCluster, { inputs: clusterInputs });

function nodeGroupInputs(account: Account, owner: Made): Properties {
  const role = nodeRole(account, `nodes-${String((roles += 1))}`);
  const subnetIds = (owner.inputs["vpcConfig"] as { readonly subnetIds: readonly string[] }).subnetIds;
  return {
    clusterName: owner.id,
    nodeRoleArn: role.outputs["arn"],
    subnetIds,
    scalingConfig: { minSize: 1, desiredSize: 2, maxSize: 4 },
  };
}

function makeNodeGroup(account: Account, owner: Made, inputs: Properties, name = "nodes"): Made {
  return account.create(NODE_GROUP, name, { ...nodeGroupInputs(account, owner), ...inputs });
}

/** Makes a node group with these inputs on top of valid ones. */
export const nodeGroup = Object.assign(makeNodeGroup, { inputs: nodeGroupInputs });
