// Registers the class by which the group inside the EKS component is brought back to life; without it its outputs are undefined.
import "@pulumi/aws/eks";
import { LaunchTemplate, type LaunchTemplateArgs } from "@pulumi/aws/ec2/launchTemplate";
import type { Cluster as EksCluster } from "@pulumi/eks/cluster";
import { ManagedNodeGroup, type ManagedNodeGroupArgs } from "@pulumi/eks/managedNodeGroup";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { after } from "./after";

/** `spot`: spare capacity at a discount, taken back at two minutes' notice. */
export type Capacity = "on-demand" | "spot";

const capacityTypes = { "on-demand": "ON_DEMAND", spot: "SPOT" } as const satisfies Record<Capacity, string>;

/** A taint of the nodes of a group: https://docs.aws.amazon.com/eks/latest/APIReference/API_Taint.html */
export interface NodeTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NO_SCHEDULE" | "NO_EXECUTE" | "PREFER_NO_SCHEDULE";
}

export interface NodeGroupArgs {
  /** First part of the names in the console. */
  readonly prefix: string;
  /** Last part of the names in the console, and the nodes' label `node-group`. */
  readonly group: string;
  readonly cluster: EksCluster;
  /** Version of the kubelets, minor only: the cluster's. */
  readonly version: string;
  readonly nodeRoleArn: Input<string>;
  /** What must exist before a node starts and outlive the last one, besides what the other arguments name. */
  readonly lifeline: readonly Resource[];
  readonly capacity: Capacity;
  readonly instanceTypes: readonly string[];
  /** AMI family of EKS, such as `AL2023_x86_64_STANDARD`. */
  readonly amiType: string;
  /** Number of nodes; `desired` is a first value, which the autoscaler then owns. */
  readonly nodes: { readonly desired: number; readonly min: number; readonly max: number };
  /** Volume for images and pods: the root volume where the AMI has only one. `sizeGiB` in GiB. */
  readonly disk: { readonly type: string; readonly sizeGiB: number };
  readonly subnetIds: readonly Input<string>[];
  readonly securityGroupIds: readonly Input<string>[];
  /** Further labels of the nodes. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Keep off the nodes what does not tolerate them; `effect` as EKS writes it: `NO_SCHEDULE`. Default: none. */
  readonly taints?: readonly NodeTaint[];
  readonly transform?: {
    readonly launchTemplate?: (template: LaunchTemplateArgs) => LaunchTemplateArgs;
    readonly nodeGroup?: (nodeGroup: ManagedNodeGroupArgs) => ManagedNodeGroupArgs;
  };
}

/** A managed node group of EKS-optimised machines with an encrypted disk, in all zones of its subnets. */
export class NodeGroup extends ComponentResource {
  /** Physical name: with it the autoscaler is told which group to prefer. */
  readonly nodeGroupName: Output<string>;
  /** The nodes themselves, for what has to come after them and go before them. */
  readonly nodes: Output<Resource>;

  constructor(name: string, args: NodeGroupArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:NodeGroup", name, {}, opts);
    const tags = { Name: `${args.prefix}-${args.group}` };
    const templateArgs: LaunchTemplateArgs = {
      updateDefaultVersion: true,
      blockDeviceMappings: [
        {
          // Bottlerocket keeps images and pods on a second volume; its root volume holds the read-only system alone.
          // https://github.com/bottlerocket-os/bottlerocket#default-volumes
          deviceName: args.amiType.startsWith("BOTTLEROCKET_") ? "/dev/xvdb" : "/dev/xvda",
          ebs: {
            volumeType: args.disk.type,
            volumeSize: args.disk.sizeGiB,
            deleteOnTermination: "true",
            // The account's own EBS key: one of ours would have to name the auto scaling service role, which a new account lacks.
            // https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
            encrypted: "true",
          },
        },
      ],
      // One hop: pods cannot reach the instance's credentials, they have identities of their own.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      vpcSecurityGroupIds: [...args.securityGroupIds],
      tagSpecifications: [
        { resourceType: "instance", tags },
        { resourceType: "volume", tags },
      ],
    };
    const template = new LaunchTemplate(
      `${name}-template`,
      args.transform?.launchTemplate?.(templateArgs) ?? templateArgs,
      { parent: this },
    );
    const groupArgs: ManagedNodeGroupArgs = {
      cluster: args.cluster,
      version: args.version,
      nodeRoleArn: args.nodeRoleArn,
      subnetIds: after([...args.subnetIds], args.lifeline),
      capacityType: capacityTypes[args.capacity],
      instanceTypes: [...args.instanceTypes],
      amiType: args.amiType,
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      scalingConfig: { desiredSize: args.nodes.desired, minSize: args.nodes.min, maxSize: args.nodes.max },
      ignoreScalingChanges: true,
      labels: { ...args.labels, "node-group": args.group },
      ...(args.taints === undefined || args.taints.length === 0
        ? {}
        : { taints: args.taints.map((taint) => ({ ...taint })) }),
      tags,
    };
    const aws = this.getProvider("aws:eks/nodeGroup:NodeGroup");
    const eksProvider = this.getProvider("eks:index:ManagedNodeGroup");
    const group = new ManagedNodeGroup(`${name}-group`, args.transform?.nodeGroup?.(groupArgs) ?? groupArgs, {
      parent: this,
      ...(eksProvider === undefined ? {} : { provider: eksProvider }),
      ...(aws === undefined ? {} : { providers: { aws } }),
    });
    this.nodeGroupName = group.nodeGroup.nodeGroupName;
    this.nodes = group.nodeGroup;
    this.registerOutputs({ nodeGroupName: this.nodeGroupName });
  }
}
