import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import { NodeGroup } from "@pulumi/aws/eks/nodeGroup";
import { Cluster } from "@pulumi/eks/cluster";
import type { ManagedNodeGroupArgs } from "@pulumi/eks/managedNodeGroup";
import type { CoreData } from "@pulumi/eks/types/output";
import {
  all,
  ComponentResource,
  InputPropertiesError,
  InputPropertyError,
  output,
  type ComponentResourceOptions,
  type Input,
  type InputPropertyErrorDetails,
  type Output,
} from "@pulumi/pulumi";
import { usesAccessEntries } from "./access";
import { amiTypeOf } from "./ami-type";

/** Options that the component turns into user data of the nodes. */
const USER_DATA = ["kubeletExtraArgs", "bootstrapExtraArgs", "bottlerocketSettings", "nodeadmExtraOptions"] as const;
const LAUNCH_TEMPLATE = [...USER_DATA, "enableIMDSv2", "userData", "amiId", "enableEfaSupport"] as const;
const NOT_OFFLINE = [...USER_DATA, "userData", "amiId", "enableEfaSupport"] as const;

/** A node group that EKS manages, with what it needs taken from its cluster. */
export class ManagedNodeGroup extends ComponentResource {
  readonly nodeGroup: NodeGroup;
  /** Empty: a placement group goes with EFA, which is not offered offline. */
  readonly placementGroupName = "";

  constructor(name: string, args: ManagedNodeGroupArgs, opts?: ComponentResourceOptions) {
    super("eks:index:ManagedNodeGroup", name, args, opts);
    const roleArn = checked(args);
    const core = output(args.cluster).apply((cluster) =>
      Cluster.isInstance(cluster) ? cluster.core : output(cluster as unknown as CoreData),
    );
    requireKnownRole(core, roleArn);
    const template = args.enableIMDSv2 === undefined ? undefined : this.launchTemplate(name, args, args.enableIMDSv2);
    const rest: Partial<ManagedNodeGroupArgs> = { ...args };
    delete rest.cluster;
    // The size of the disk stands in the launch template, where there is one.
    if (template !== undefined) delete rest.diskSize;
    this.nodeGroup = new NodeGroup(
      name,
      {
        ...rest,
        version: args.version ?? (args.launchTemplate === undefined ? core.cluster.version : undefined),
        amiType: args.amiType ?? amiType(args),
        clusterName: args.clusterName ?? core.cluster.name,
        nodeRoleArn: roleArn,
        scalingConfig: output(args.scalingConfig).apply((config) => ({
          desiredSize: config?.desiredSize ?? 2,
          minSize: config?.minSize ?? 1,
          maxSize: config?.maxSize ?? 2,
        })),
        subnetIds: args.subnetIds ?? subnetsOf(core),
        launchTemplate:
          template === undefined
            ? args.launchTemplate
            : { id: template.id, version: template.latestVersion.apply(String) },
      },
      {
        parent: this,
        // Nodes are let in by the aws-auth map, where there is one.
        dependsOn: core.apply(({ eksNodeAccess }) => (eksNodeAccess === undefined ? [] : [eksNodeAccess])),
        ...(args.ignoreScalingChanges === true ? { ignoreChanges: ["scalingConfig.desiredSize"] } : {}),
      },
    );
    this.registerOutputs({ nodeGroup: this.nodeGroup, placementGroupName: this.placementGroupName });
  }

  private launchTemplate(name: string, args: ManagedNodeGroupArgs, sessionTokens: boolean): LaunchTemplate {
    const os = all([output(args.amiType), output(args.operatingSystem)]);
    // Bottlerocket keeps its data on the second volume.
    const deviceName = os.apply(([ami, system]) =>
      (ami?.startsWith("BOTTLEROCKET") ?? system === "Bottlerocket") ? "/dev/xvdb" : "/dev/xvda",
    );
    return new LaunchTemplate(
      `${name}-launchTemplate`,
      {
        ...(args.diskSize === undefined
          ? {}
          : { blockDeviceMappings: [{ deviceName, ebs: { volumeSize: args.diskSize } }] }),
        metadataOptions: {
          httpTokens: sessionTokens ? "required" : "optional",
          httpPutResponseHopLimit: 2,
          httpEndpoint: "enabled",
        },
      },
      { parent: this },
    );
  }
}

/** Refuses what contradicts itself, all at once; gives the ARN of the nodes' role. */
function checked(args: ManagedNodeGroupArgs): Input<string> {
  const errors: InputPropertyErrorDetails[] = [];
  const refuse = (propertyPath: string, reason: string) => errors.push({ propertyPath, reason });
  if (args.nodeRole !== undefined && args.nodeRoleArn !== undefined) {
    refuse("nodeRole", "You cannot specify both nodeRole and nodeRoleArn when creating a managed node group.");
  }
  for (const other of ["gpu", "amiType"] as const) {
    if (args.amiId !== undefined && args[other] !== undefined) {
      refuse("amiId", `You cannot specify both amiId and ${other} when creating a managed node group.`);
    }
  }
  const roleArn = args.nodeRoleArn ?? (args.nodeRole === undefined ? undefined : output(args.nodeRole).arn);
  if (roleArn === undefined) {
    refuse("nodeRole", "An IAM role, or role ARN must be provided to create a managed node group");
  }
  if (args.launchTemplate !== undefined && LAUNCH_TEMPLATE.some((option) => args[option] !== undefined)) {
    refuse(
      "launchTemplate",
      `If you provide a custom launch template, you cannot provide any of ${LAUNCH_TEMPLATE.join(", ")}. Please include these in the launch template that you are providing.`,
    );
  }
  for (const option of NOT_OFFLINE) {
    if (args[option] === undefined) continue;
    refuse(option, "the offline cloud does not make user data for nodes: give a launchTemplate of your own");
  }
  if (errors.length > 0 || roleArn === undefined) {
    throw new InputPropertiesError({ message: "The input properties for the managed node group are invalid.", errors });
  }
  return roleArn;
}

/** Without access entries a node joins only when its role stands in the aws-auth map. */
function requireKnownRole(core: Output<CoreData>, roleArn: Input<string>): void {
  const roles = core.apply(({ instanceRoles }) =>
    all(((instanceRoles as CoreData["instanceRoles"] | undefined) ?? []).map((role) => role.arn)),
  );
  all([core.cluster.accessConfig, roles, roleArn]).apply(([access, arns, arn]) => {
    if (usesAccessEntries(access.authenticationMode) || arns.includes(arn)) return;
    throw new InputPropertyError({
      propertyPath: "nodeRole",
      reason: "A managed node group cannot be created without first setting its role in the cluster's instanceRoles",
    });
  });
}

function subnetsOf(core: Output<CoreData>): Output<string[]> {
  return core.apply(
    ({ subnetIds, privateSubnetIds, publicSubnetIds }) =>
      (subnetIds as string[] | undefined) ?? privateSubnetIds ?? publicSubnetIds ?? [],
  );
}

function amiType(args: ManagedNodeGroupArgs): Output<string> | undefined {
  if (args.operatingSystem === undefined) return undefined;
  return all([output(args.operatingSystem), output(args.gpu), output(args.instanceTypes)]).apply(
    ([system, gpu, instanceTypes]) => amiTypeOf(system, gpu ?? false, instanceTypes ?? []),
  );
}
