// In one process with the program, the component brings back resources by classes that its own process loads.
import "@pulumi/aws";
import "@pulumi/eks";
import { Role } from "@pulumi/aws/iam/role";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import { Cluster, type ClusterArgs } from "@pulumi/eks/cluster";
import { ManagedNodeGroup, type ManagedNodeGroupArgs } from "@pulumi/eks/managedNodeGroup";
import type { Output } from "@pulumi/pulumi";
import { deploy, runInProcess, type Registration, type Run } from "../../../support/in-process";

const region = { config: { "aws:region": "us-east-1" } };

export interface Foundation {
  readonly vpcId: Output<string>;
  readonly subnetIds: Output<string>[];
  /** A role that nodes may have. */
  readonly nodeRole: Role;
}

function foundation(): Foundation {
  const vpc = new Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
  const subnetIds = ["a", "b"].map((zone, index) => {
    const cidrBlock = `10.0.${String(index)}.0/24`;
    return new Subnet(`subnet-${zone}`, { vpcId: vpc.id, cidrBlock, availabilityZone: `us-east-1${zone}` }).id;
  });
  const statement = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
  const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  return { vpcId: vpc.id, subnetIds, nodeRole: new Role("nodes", { assumeRolePolicy }) };
}

type Options<Args> = (given: Foundation) => Args;

/** The smallest cluster, in the subnets unless the options name some: its groups of nodes are declared beside it. */
function completed({ vpcId, subnetIds }: Foundation, options: ClusterArgs): ClusterArgs {
  const placed = options.privateSubnetIds !== undefined || options.publicSubnetIds !== undefined;
  return { vpcId, ...(placed ? {} : { subnetIds }), skipDefaultNodeGroup: true, ...options };
}

function program(cluster: Options<ClusterArgs>, group?: Options<Omit<ManagedNodeGroupArgs, "cluster">>) {
  return () => {
    const given = foundation();
    const made = new Cluster("c", completed(given, cluster(given)));
    if (group !== undefined) new ManagedNodeGroup("g", { cluster: made, ...group(given) });
  };
}

/** Deploys a cluster `c` with these options, and a managed node group `g` of it when there are options for one. */
export function deployed(
  cluster: Options<ClusterArgs>,
  group?: Options<Omit<ManagedNodeGroupArgs, "cluster">>,
): Promise<Run> {
  return deploy(program(cluster, group), region);
}

/** What the component or the cloud refuses of the same. */
export async function problems(
  cluster: Options<ClusterArgs>,
  group?: Options<Omit<ManagedNodeGroupArgs, "cluster">>,
): Promise<string> {
  return (await runInProcess(program(cluster, group), region)).errors.join("\n");
}

/** Everything inside a component, each as `name type < name of the parent`, sorted. */
export function children(run: Run, component: string): readonly string[] {
  const root = run.resources.find(({ name, custom }) => name === component && !custom);
  const inside = new Map(root === undefined ? [] : [[root.urn, root]]);
  const lines: string[] = [];
  for (let before = -1; before !== inside.size;) {
    before = inside.size;
    for (const resource of run.resources) {
      const parent = inside.get(resource.parent ?? "");
      if (parent === undefined || inside.has(resource.urn)) continue;
      inside.set(resource.urn, resource);
      lines.push(`${resource.name} ${resource.type} < ${parent.name}`);
    }
  }
  return lines.sort();
}

/** The only resource of this logical name and type. */
export function named(run: Run, name: string, type: string): Registration {
  const found = run.resources.filter((resource) => resource.name === name && resource.type === type);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${String(found.length)} resources ${name} of ${type}`);
  return only;
}
