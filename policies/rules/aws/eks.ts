import { z } from "zod";
import { isList } from "../../../offline/cloud/value";
import { isOwnKey } from "../../checks/aws-keys";
import { tierOf, type SubnetNode } from "../../checks/aws-routes";
import { isInternet } from "../../checks/networks";
import { anyOf } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, STACK_CLASSES, type Rule } from "../../model/rule";
import { NOT_KNOWN_YET, undecided } from "../../model/view";

const EKS = "https://docs.aws.amazon.com/eks/latest/userguide";

const CLUSTER = "aws:eks/cluster:Cluster";
const GROUP = "aws:eks/nodeGroup:NodeGroup";
const ADDON = "aws:eks/addon:Addon";
const IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const SUBNET = "aws:ec2/subnet:Subnet";

/** https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html */
const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"] as const;

export const eksRules: readonly Rule[] = [
  resourceRule({
    id: "aws-eks-private-endpoint",
    title: "API servers are reached from the network alone",
    severity: "critical",
    controls: { iso27001: ["A.8.1"], pciDss: ["1.2.8"] },
    why: "A public API server is one stolen token, or one flaw of Kubernetes, away from everybody.",
    remedy: {
      text: "Switch the private endpoint on and the public one off; come in by a VPN or a bastion.",
      example:
        'new eks.Cluster("c", { vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false, subnetIds }, … })',
    },
    source: `${EKS}/cluster-endpoint.html`,
    settings: z.object({
      publicIn: z
        .array(z.enum(STACK_CLASSES))
        .default(["development"])
        .describe(
          "Stack classes whose API servers may have a public endpoint as well; aws-eks-public-cidrs bounds it.",
        ),
    }),
    on: {
      [CLUSTER]: ({ vpcConfig }, expect, { stack, settings }) => {
        expect("vpcConfig.endpointPrivateAccess", "is off, so nodes come to the API server over the internet", () => {
          return vpcConfig?.endpointPrivateAccess === true;
        });
        expect("vpcConfig.endpointPublicAccess", "puts the API server on the internet", () => {
          return vpcConfig?.endpointPublicAccess === false || settings.publicIn.includes(stack.class);
        });
      },
    },
  }),
  resourceRule({
    id: "aws-eks-public-cidrs",
    title: "A public API server is reached from known addresses alone",
    severity: "critical",
    controls: { iso27001: ["A.8.1"], pciDss: ["1.2.8"] },
    why: "An API server that answers everybody is scanned within minutes, and attacked as soon as a flaw of it is known.",
    remedy: {
      text: "Name the addresses of those who work with the cluster, or switch the public endpoint off.",
      example: 'new eks.Cluster("c", { vpcConfig: { publicAccessCidrs: ["203.0.113.0/24"], subnetIds }, … })',
    },
    source: `${EKS}/cluster-endpoint.html`,
    on: {
      [CLUSTER]: ({ vpcConfig }, expect) => {
        const isPublic = () => vpcConfig?.endpointPublicAccess !== false;
        const indices = () => Array.from({ length: vpcConfig?.publicAccessCidrs?.length ?? 0 }, (_, index) => index);
        expect("vpcConfig.publicAccessCidrs", "lets everybody ask the API server", () => {
          if (!isPublic()) return true;
          const all = indices();
          return all.length > 0 && !anyOf(all, (index) => isInternet(vpcConfig?.publicAccessCidrs?.[index]));
        });
      },
    },
  }),
  resourceRule({
    id: "aws-eks-secrets-kms",
    title: "Secrets of Kubernetes are encrypted with a key of the account",
    severity: "high",
    controls: { iso27001: ["A.8.5", "A.8.24"], hipaa: ["164.312(a)(2)(iv)"], pciDss: ["3.5.1"] },
    why: "Without a key of its own, nobody but AWS can revoke what opens the secrets of a cluster.",
    remedy: {
      text: "Name a key for secrets. Encryption cannot be taken off again, and the key must not be deleted.",
      example:
        'new eks.Cluster("c", { encryptionConfig: { provider: { keyArn: key.arn }, resources: ["secrets"] }, … })',
    },
    source: `${EKS}/enable-kms.html`,
    on: {
      [CLUSTER]: ({ encryptionConfig }, expect) => {
        expect("encryptionConfig.provider.keyArn", "names no key of this account", () => {
          return isOwnKey(encryptionConfig?.provider?.keyArn);
        });
        expect("encryptionConfig.resources", "leave secrets out", () => has(encryptionConfig?.resources, "secrets"));
      },
    },
  }),
  resourceRule({
    id: "aws-eks-audit-logs",
    title: "Control planes log who did what",
    severity: "medium",
    controls: { iso27001: ["A.8.15"], pciDss: ["10.2.1"] },
    why: "Without its logs, nobody can tell who changed a cluster, who was let in, or why the scheduler left a pod behind.",
    remedy: {
      text: "Switch every log of the control plane on.",
      example: `new eks.Cluster("c", { enabledClusterLogTypes: ${JSON.stringify(LOG_TYPES).replaceAll(",", ", ")}, … })`,
    },
    source: `${EKS}/control-plane-logs.html`,
    settings: z.object({
      logs: z
        .array(z.enum(LOG_TYPES))
        .default([...LOG_TYPES])
        .describe("Logs that every cluster writes."),
      logsInDevelopment: z
        .array(z.enum(LOG_TYPES))
        .default(["api", "audit"])
        .describe("Logs that a cluster of a development stack writes."),
    }),
    on: {
      [CLUSTER]: ({ enabledClusterLogTypes: enabled }, expect, { stack, settings }) => {
        for (const log of stack.class === "development" ? settings.logsInDevelopment : settings.logs) {
          expect("enabledClusterLogTypes", `lacks ${log}`, () => has(enabled, log));
        }
      },
    },
  }),
  resourceRule({
    id: "aws-eks-deletion-protection",
    title: "Clusters cannot be deleted by mistake",
    severity: "high",
    controls: { soc2: ["A1.2"] },
    why: "With its control plane, everything that runs in a cluster is gone.",
    remedy: {
      text: "Switch deletion protection on.",
      example: 'new eks.Cluster("c", { deletionProtection: true, … })',
    },
    source: `${EKS}/deletion-protection.html`,
    on: {
      [CLUSTER]: ({ deletionProtection }, expect, { stack }) => {
        expect("deletionProtection", "lets the cluster be deleted", () => {
          return deletionProtection === true || stack.class === "development" || stack.class === "staging";
        });
      },
    },
    fix: { [CLUSTER]: { deletionProtection: true } },
  }),
  resourceRule({
    id: "aws-eks-version-supported",
    title: "Clusters run a version of Kubernetes in standard support",
    severity: "medium",
    controls: { iso27001: ["A.8.8"] },
    why: "Past standard support a cluster costs several times as much, and AWS upgrades it on a day that it chooses.",
    remedy: {
      text: "Name a version in standard support, move to the next within its year, and refuse extended support.",
      example: 'new eks.Cluster("c", { version: "1.36", upgradePolicy: { supportType: "STANDARD" }, … })',
    },
    source: `${EKS}/kubernetes-versions.html`,
    settings: z.object({
      // In standard support until 2 December 2026: https://endoflife.date/amazon-eks
      oldestVersion: z
        .string()
        .regex(/^\d+\.\d+$/, 'is no minor version, such as "1.34"')
        .default("1.34")
        .describe("Oldest minor version of Kubernetes in standard support of EKS."),
    }),
    on: {
      [CLUSTER]: (cluster, expect, { settings: { oldestVersion } }) => {
        expect("version", `is missing or older than ${oldestVersion}`, () => {
          return cluster.version !== undefined && isAtLeast(cluster.version, oldestVersion);
        });
        expect("upgradePolicy.supportType", "lets the cluster slip into extended support", () => {
          return cluster.upgradePolicy?.supportType === "STANDARD";
        });
      },
    },
  }),
  resourceRule({
    id: "aws-eks-access-api",
    title: "Access entries alone say who may enter a cluster",
    severity: "high",
    controls: { iso27001: ["A.5.15"], soc2: ["CC6.3"] },
    why: "Whoever can edit a ConfigMap lets anybody in, and whoever made the cluster stays its administrator, though no program says so.",
    remedy: {
      text: "Authenticate by the API, leave out the rights of the creator, and write an access entry for each administrator. The second replaces a cluster that exists.",
      example:
        'new eks.Cluster("c", { accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false }, … })',
    },
    source: `${EKS}/access-entries.html`,
    on: {
      [CLUSTER]: ({ accessConfig }, expect) => {
        expect("accessConfig.authenticationMode", "lets the aws-auth ConfigMap say who may enter", () => {
          return accessConfig?.authenticationMode === "API";
        });
        expect(
          "accessConfig.bootstrapClusterCreatorAdminPermissions",
          "makes an administrator of whoever creates it",
          () => {
            return accessConfig?.bootstrapClusterCreatorAdminPermissions === false;
          },
        );
      },
    },
  }),
  graphRule({
    id: "aws-eks-nodes-private",
    title: "Nodes are in subnets that the internet does not reach",
    severity: "high",
    controls: { iso27001: ["A.8.20", "A.8.22"], soc2: ["CC6.6"] },
    why: "A node in a public subnet is one address, or one rule of a security group, away from everybody.",
    remedy: {
      text: "Give node groups private subnets; load balancers alone are in the public ones.",
      example: 'new eks.NodeGroup("general", { subnetIds: privateSubnets.map((subnet) => subnet.id), … })',
    },
    source: `${EKS}/network_reqs.html`,
    types: [GROUP],
    check: (graph, judge) => {
      judge.each(graph.all(GROUP), (group, expect) => {
        const { subnets, isExact } = subnetsOf(graph, group);
        for (const subnet of isExact ? subnets : []) {
          expect("subnetIds", `puts nodes into ${subnet.name}, which has a route to an internet gateway`, () => {
            return tierOf(graph, subnet) !== "public";
          });
        }
        if (!isExact) {
          expect("subnetIds", "puts nodes into subnets that have a route to an internet gateway", () => {
            const open = subnets.filter((subnet) => tierOf(graph, subnet) === "public");
            return open.length === 0 || (open.length < subnets.length && undecided("subnetIds", NOT_KNOWN_YET));
          });
        }
        expect("subnetIds", "are missing", () => graph.to(group, "subnetIds", SUBNET).length > 0);
      });
    },
  }),
  graphRule({
    id: "aws-eks-nodes-multi-az",
    title: "The loss of a zone leaves a cluster nodes to run on",
    severity: "medium",
    controls: { iso27001: ["A.8.14"] },
    why: "With all nodes in one zone, or with one node, everything that runs in a cluster ends with it.",
    remedy: {
      text: "Give node groups subnets of two zones, and the one that takes every pod two nodes at least.",
      example:
        'new eks.NodeGroup("general", { subnetIds: [a.id, b.id, c.id], scalingConfig: { minSize: 3, desiredSize: 3, maxSize: 12 }, … })',
    },
    source: `${EKS}/managed-node-groups.html`,
    settings: z.object({
      zones: z.int().min(1).default(2).describe("Zones that the subnets of a node group are in, at least."),
      nodes: z.int().min(1).default(2).describe("Nodes that a cluster always has for any pod, at least."),
    }),
    types: [GROUP],
    check: (graph, judge, { settings: { zones, nodes } }) => {
      judge.each(graph.all(GROUP), (group, expect) => {
        expect("subnetIds", `are in fewer than ${String(zones)} zones`, () => {
          return spans(graph, group, zones);
        });
      });
      judge.each(graph.all(CLUSTER), (cluster, expect) => {
        expect("", `has no group that keeps ${String(nodes)} nodes for any pod`, () => {
          // In Auto Mode, EKS itself makes nodes, in every zone of the cluster's subnets.
          if (cluster.props.computeConfig?.enabled === true) return true;
          return anyOf(
            graph.from(GROUP, "clusterName", cluster),
            ({ props: { scalingConfig, taints, capacityType } }) => {
              const isForAny = (taints ?? []).length === 0 && capacityType !== "SPOT";
              return isForAny && (scalingConfig?.minSize ?? 0) >= nodes;
            },
          );
        });
      });
    },
  }),
  resourceRule({
    id: "aws-eks-nodes-no-ssh",
    title: "Nobody logs in to nodes from the internet",
    severity: "high",
    controls: { iso27001: ["A.8.20"], soc2: ["CC6.6"] },
    why: "With a key and no security group, EKS opens the port for SSH of every node to everybody.",
    remedy: {
      text: "Leave remote access out and use Session Manager, or name the groups that may log in.",
      example: 'new eks.NodeGroup("general", { remoteAccess: { ec2SshKey, sourceSecurityGroupIds: [bastion.id] }, … })',
    },
    source: "https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html",
    on: {
      [GROUP]: ({ remoteAccess }, expect) => {
        expect("remoteAccess.sourceSecurityGroupIds", "is missing: everybody may log in to the nodes", () => {
          if ((remoteAccess?.ec2SshKey ?? "") === "") return true;
          return (remoteAccess?.sourceSecurityGroupIds ?? []).length > 0;
        });
      },
    },
  }),
  graphRule({
    id: "aws-eks-addons-pinned",
    title: "Add-ons are of a version that was chosen, have identities of their own, and enforce network policies",
    severity: "medium",
    controls: { iso27001: ["A.8.9", "A.8.22"] },
    why: "An add-on without a version is as old as its cluster; one without an identity works with the rights of the node, and with it every pod; without enforcement, network policies are mere text.",
    remedy: {
      text: "Name the version, associate a role, and switch network policies on in the CNI.",
      example:
        'new eks.Addon("cni", { addonName: "vpc-cni", addonVersion, podIdentityAssociations: [{ serviceAccount: "aws-node", roleArn }], configurationValues: JSON.stringify({ enableNetworkPolicy: "true" }), … })',
    },
    source: `${EKS}/eks-add-ons.html`,
    types: [ADDON],
    check: (graph, judge) => {
      judge.each(graph.all(ADDON), (addon, expect) => {
        const { props } = addon;
        expect(
          "addonVersion",
          "is missing: EKS chooses one and never moves it",
          () => (props.addonVersion ?? "") !== "",
        );
        expect("podIdentityAssociations", "are missing: the add-on works with the rights of the node", () => {
          const account = SERVICE_ACCOUNTS.get(props.addonName ?? "");
          if (account === undefined || (props.serviceAccountRoleArn ?? "") !== "") return true;
          return (props.podIdentityAssociations ?? []).length > 0 || hasIdentity(graph, addon, account);
        });
        expect("configurationValues", "leave network policies without effect", () => {
          return props.addonName !== "vpc-cni" || enforcesPolicies(props.configurationValues);
        });
      });
    },
  }),
];

function has(list: readonly string[] | undefined, item: string): boolean {
  return anyOf(
    Array.from({ length: list?.length ?? 0 }, (_, index) => index),
    (index) => list?.[index] === item,
  );
}

/** Compares minor versions, `1.9` before `1.10`. */
function isAtLeast(version: string, oldest: string): boolean {
  const [major = NaN, minor = NaN] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split(".").map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/**
 * Subnets of a node group. Before the first update they are known by what `subnetIds` comes from alone, which may be more than
 * what it names: then they are not exact.
 */
function subnetsOf(graph: Graph, group: Node<typeof GROUP>): { subnets: readonly SubnetNode[]; isExact: boolean } {
  const { nodes } = graph.references(group, "subnetIds", SUBNET);
  const ids = group.inputs["subnetIds"];
  return { subnets: nodes, isExact: isList(ids) && nodes.length <= ids.length };
}

/** Whether the subnets of a group are in so many zones. */
function spans(graph: Graph, group: Node<typeof GROUP>, needed: number): boolean {
  const { outside, unresolved } = graph.references(group, "subnetIds", SUBNET);
  const { subnets, isExact } = subnetsOf(graph, group);
  // AWS chooses a zone where a subnet names none.
  const zones = subnets.map(({ inputs, outputs }) => inputs["availabilityZone"] ?? outputs["availabilityZone"]);
  const told = new Set(zones.filter((zone) => typeof zone === "string"));
  const isComplete = !unresolved && outside.length === 0 && zones.every((zone) => typeof zone === "string");
  if (told.size >= needed) return isExact || undecided("subnetIds", NOT_KNOWN_YET);
  return isComplete ? false : undecided("subnetIds", "are in zones that cannot be told");
}

/** Service accounts of the add-ons that ask AWS for something: https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html */
const SERVICE_ACCOUNTS: ReadonlyMap<string, string> = new Map([
  ["vpc-cni", "aws-node"],
  ["aws-ebs-csi-driver", "ebs-csi-controller-sa"],
  ["aws-efs-csi-driver", "efs-csi-controller-sa"],
]);

/** Whether an association that is a resource of its own gives the service account of an add-on an identity. */
function hasIdentity(graph: Graph, addon: Node<typeof ADDON>, serviceAccount: string): boolean {
  const [cluster] = graph.to(addon, "clusterName", CLUSTER);
  if (cluster === undefined) return false;
  return anyOf(graph.from(IDENTITY, "clusterName", cluster), ({ props }) => {
    return props.serviceAccount === serviceAccount && props.namespace === "kube-system";
  });
}

/** https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html */
function enforcesPolicies(values: string | undefined): boolean {
  if (values === undefined || values === "") return false;
  try {
    const { enableNetworkPolicy } = z
      .object({ enableNetworkPolicy: z.union([z.string(), z.boolean()]) })
      .parse(JSON.parse(values));
    return String(enableNetworkPolicy) === "true";
  } catch {
    return false;
  }
}
