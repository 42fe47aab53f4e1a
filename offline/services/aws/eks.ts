import type { ResourceType } from "../../cloud/resource-type";
import { accessEntry, accessPolicyAssociation } from "./eks-access";
import { addon, podIdentityAssociation } from "./eks-addons";
import { cluster } from "./eks-cluster";
import { fargateProfile, nodeGroup } from "./eks-node-group";

export const eksTypes: readonly ResourceType[] = [
  cluster,
  nodeGroup,
  fargateProfile,
  addon,
  podIdentityAssociation,
  accessEntry,
  accessPolicyAssociation,
];
