import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type {
  ApiAccess,
  ClusterService,
  IdentityEndpoint,
  KubernetesCluster,
  PrivateLoadBalancer,
  StorageDriver,
  StorageProfile,
} from "../contracts/kubernetes-cluster";
import type { AwsNetwork } from "./network";
import type { NetworkAcls } from "./network-acls";
import { Cluster, type ClusterArgs } from "./cluster";
import { ClusterAddons, ClusterDns, VolumeDriver, type ClusterAddonsArgs } from "./cluster-addons";
import { NodeGroup, type NodeGroupArgs } from "./node-group";
import { NodeRole } from "./node-role";

/**
 * Volumes of EBS. Encrypted by the account's own EBS key unless a key is named; `iops` and `throughput` of gp3 in operations and
 * MiB per second. https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md
 */
export const ebsStorage = {
  general: { provisioner: "ebs.csi.aws.com", parameters: { type: "gp3", encrypted: "true" } },
  fast: {
    provisioner: "ebs.csi.aws.com",
    parameters: { type: "gp3", encrypted: "true", iops: "12000", throughput: "500" },
  },
} as const satisfies Record<StorageProfile, StorageDriver>;

/** The Pod Identity Agent: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html */
export const podIdentityEndpoints: readonly IdentityEndpoint[] = [{ cidr: "169.254.170.23/32", port: 80 }];

/**
 * Network load balancers of the load balancer controller, in the private subnets; they send to pods without a detour over a node.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
 */
export const eksPrivateLoadBalancer: PrivateLoadBalancer = {
  loadBalancerClass: "service.k8s.aws/nlb",
  annotations: {
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
    "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
  },
  addressIn: undefined,
};

/** A group of nodes; the key is its name for ever. */
export type NodeGroupSpec = Pick<
  NodeGroupArgs,
  "capacity" | "instanceTypes" | "amiType" | "nodes" | "disk" | "labels" | "taints"
>;

export interface ManagedClusterArgs extends Omit<ClusterArgs, "network"> {
  /** First part of the names in the console. */
  readonly prefix: string;
  readonly network: AwsNetwork;
  /** Filters of the nodes' subnets: a rule that went before the nodes would cut off the controllers that clean up on them. */
  readonly networkAcls: NetworkAcls | undefined;
  readonly nodeGroups: Readonly<Record<string, NodeGroupSpec>>;
  /** From where the API is reached. Default: `internet` where the endpoint is public, else `network`. */
  readonly access?: ApiAccess;
  /** Whether pods are held to NetworkPolicies. Default: `ignored`. */
  readonly networkPolicies?: ClusterAddonsArgs["networkPolicies"];
  /** Volumes that pods can claim. Default: none. */
  readonly volumes?: "ebs" | "none";
  /** Versions of add-ons to stay on. Default: what EKS recommends at each update. */
  readonly addonVersions?: ClusterAddonsArgs["versions"];
}

/** An EKS cluster that pods can be scheduled on: control plane, add-ons, nodes in private subnets, cluster DNS. */
export class ManagedCluster extends ComponentResource implements KubernetesCluster {
  readonly clusterName: Output<string>;
  readonly version: string;
  readonly kubeconfig: Output<string>;
  readonly issuer: Output<string>;
  readonly apiAccess: ApiAccess;
  /** EKS brings neither: both are installed with what it needs of AWS. */
  readonly provides: ReadonlySet<ClusterService> = new Set();
  readonly storage = ebsStorage;
  readonly identityEndpoints = podIdentityEndpoints;
  readonly privateLoadBalancer = eksPrivateLoadBalancer;
  readonly podDependencies: readonly Input<Resource>[];
  /** Hands out the credentials of pod identities. */
  readonly podIdentityAgent: Resource;
  /** Physical names of the node groups. */
  readonly nodeGroupNames: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: ManagedClusterArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:ManagedCluster", name, {}, opts);
    const { account, network, securityGroups } = args;
    const controlPlane = new Cluster(`${name}-control-plane`, args, { parent: this });
    const { clusterName } = controlPlane;
    const addonArgs: ClusterAddonsArgs = {
      account,
      clusterName,
      kubernetesVersion: args.version,
      versions: args.addonVersions ?? {},
      ...(args.networkPolicies === undefined ? {} : { networkPolicies: args.networkPolicies }),
    };
    const addons = new ClusterAddons(`${name}-addons`, addonArgs, { parent: this });
    const nodeRole = new NodeRole(`${name}-nodes`, { account }, { parent: this });
    const groups = Object.entries(args.nodeGroups).map(([group, spec]) => ({
      group,
      nodeGroup: new NodeGroup(
        `${name}-${group}`,
        {
          ...spec,
          prefix: args.prefix,
          group,
          cluster: controlPlane.eks,
          version: args.version,
          nodeRoleArn: nodeRole.arn,
          // Nodes join and leave through rights, routes, rules and add-ons that nothing else ties to them.
          lifeline: [
            nodeRole,
            network,
            ...(args.networkAcls === undefined ? [] : [args.networkAcls]),
            securityGroups,
            ...addons.last,
          ],
          subnetIds: network.subnetIds.private,
          securityGroupIds: [securityGroups.ids.worker],
        },
        { parent: this },
      ),
    }));
    const nodes = groups.map(({ nodeGroup }) => nodeGroup.nodes);
    const dns = new ClusterDns(`${name}-dns`, addonArgs, { parent: this, dependsOn: nodes });

    this.clusterName = clusterName;
    this.version = args.version;
    this.kubeconfig = controlPlane.kubeconfig;
    this.issuer = controlPlane.issuer;
    this.apiAccess = args.access ?? (args.endpoint.publicCidrs === undefined ? "network" : "internet");
    this.podIdentityAgent = addons.podIdentityAgent;
    const volumes =
      args.volumes === "ebs"
        ? new VolumeDriver(`${name}-volumes`, { ...addonArgs, lifeline: [dns.addon] }, { parent: this })
        : undefined;
    // What is last: the driver comes after cluster DNS, that after the nodes, they after the other add-ons.
    this.podDependencies = [volumes?.addon ?? dns.addon];
    this.nodeGroupNames = Object.fromEntries(groups.map(({ group, nodeGroup }) => [group, nodeGroup.nodeGroupName]));
    this.registerOutputs({ clusterName, kubeconfig: this.kubeconfig });
  }
}
