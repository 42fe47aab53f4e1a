import assert from "node:assert/strict";
import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import { AuthenticationMode, OperatingSystem } from "@pulumi/eks/types/enums";
import type { ManagedNodeGroupArgs } from "@pulumi/eks/managedNodeGroup";
import { amiTypeOf } from "../../../../offline/providers/eks/ami-type";
import { ManagedNodeGroup } from "../../../../offline/providers/eks/managed-node-group";
import { runInProcess } from "../../../support/in-process";
import { children, deployed, named, problems } from "./support";

const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const ROLE = "aws:iam/role:Role";
const entries = () => ({ authenticationMode: AuthenticationMode.Api });

describe("EKS component: managed node group", function () {
  this.timeout(60_000);

  it("with the options of our stacks is one node group on the launch template given", async () => {
    const run = await deployed(entries, ({ nodeRole, subnetIds }) => {
      const template = new LaunchTemplate("template", {});
      return {
        version: "1.36",
        nodeRoleArn: nodeRole.arn,
        subnetIds: subnetIds.slice(0, 1),
        capacityType: "SPOT",
        instanceTypes: ["t3.medium"],
        amiType: "AL2023_x86_64_STANDARD",
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        scalingConfig: { desiredSize: 2, minSize: 1, maxSize: 6 },
        ignoreScalingChanges: true,
        labels: { "node-group": "spot" },
        tags: { Name: "shop-spot" },
      };
    });
    assert.deepEqual(children(run, "g"), [`g ${NODE_GROUP} < g`]);
    const made = named(run, "g", NODE_GROUP);
    assert.deepEqual(made.inputs, {
      amiType: "AL2023_x86_64_STANDARD",
      capacityType: "SPOT",
      clusterName: named(run, "c-eksCluster", "aws:eks/cluster:Cluster").id,
      instanceTypes: ["t3.medium"],
      labels: { "node-group": "spot" },
      launchTemplate: { id: named(run, "template", TEMPLATE).id, version: "1" },
      nodeRoleArn: named(run, "nodes", ROLE).outputs["arn"],
      scalingConfig: { desiredSize: 2, minSize: 1, maxSize: 6 },
      subnetIds: [named(run, "subnet-a", "aws:ec2/subnet:Subnet").id],
      tags: { Name: "shop-spot" },
      version: "1.36",
    });
    assert.deepEqual(made.ignoreChanges, ["scalingConfig.desiredSize"]);
    assert.equal(named(run, "g", "eks:index:ManagedNodeGroup").outputs["placementGroupName"], "");
  });

  it("takes version, subnets and sizes of its cluster and its own defaults", async () => {
    const run = await deployed(
      () => ({ version: "1.35", ...entries() }),
      ({ nodeRole }) => ({ nodeRole, operatingSystem: OperatingSystem.Bottlerocket, instanceTypes: ["m7g.large"] }),
    );
    const { inputs, ignoreChanges } = named(run, "g", NODE_GROUP);
    assert.equal(inputs["version"], "1.35");
    assert.equal(inputs["amiType"], "BOTTLEROCKET_ARM_64");
    assert.deepEqual(inputs["scalingConfig"], { desiredSize: 2, minSize: 1, maxSize: 2 });
    assert.deepEqual(
      inputs["subnetIds"],
      ["a", "b"].map((zone) => named(run, `subnet-${zone}`, "aws:ec2/subnet:Subnet").id),
    );
    assert.equal(inputs["launchTemplate"], undefined);
    assert.deepEqual(ignoreChanges, []);
  });

  it("makes a launch template for session tokens, with the disk in it, and waits for the config map", async () => {
    const run = await deployed(
      ({ nodeRole }) => ({ instanceRoles: [nodeRole] }),
      ({ nodeRole }) => ({ nodeRole, enableIMDSv2: true, diskSize: 30 }),
    );
    assert.deepEqual(children(run, "g"), [`g ${NODE_GROUP} < g`, `g-launchTemplate ${TEMPLATE} < g`]);
    const template = named(run, "g-launchTemplate", TEMPLATE);
    assert.deepEqual(template.inputs, {
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 30 } }],
      metadataOptions: { httpEndpoint: "enabled", httpPutResponseHopLimit: 2, httpTokens: "required" },
    });
    const made = named(run, "g", NODE_GROUP);
    assert.equal(made.inputs["diskSize"], undefined);
    assert.deepEqual(made.inputs["launchTemplate"], { id: template.id, version: "1" });
    assert.ok(made.dependsOn.includes(named(run, "c-nodeAccess", "kubernetes:core/v1:ConfigMap").urn));
  });

  it("keeps Bottlerocket's data on the second volume", async () => {
    const run = await deployed(entries, ({ nodeRole }) => ({
      nodeRole,
      enableIMDSv2: false,
      diskSize: 30,
      amiType: "BOTTLEROCKET_x86_64",
    }));
    const { inputs } = named(run, "g-launchTemplate", TEMPLATE);
    assert.deepEqual(inputs["blockDeviceMappings"], [{ deviceName: "/dev/xvdb", ebs: { volumeSize: 30 } }]);
    assert.equal((inputs["metadataOptions"] as { httpTokens: string }).httpTokens, "optional");
  });

  it("refuses a role that the config map does not name, where there are no access entries", async () => {
    assert.match(
      await problems(
        () => ({}),
        ({ nodeRole }) => ({ nodeRole }),
      ),
      /cannot be created without first setting its role in the cluster's instanceRoles/,
    );
  });
});

describe("EKS component: options of a managed node group", () => {
  /** The properties refused, each with its reasons. */
  async function refusals(args: Omit<ManagedNodeGroupArgs, "cluster">): Promise<Record<string, string>> {
    let thrown: unknown;
    await runInProcess(() => {
      try {
        new ManagedNodeGroup("g", { cluster: {} as never, ...args });
      } catch (error) {
        thrown = error;
      }
    });
    const { errors } = thrown as { readonly errors: readonly { propertyPath: string; reason: string }[] };
    const reasons: Record<string, string> = {};
    for (const { propertyPath, reason } of errors) {
      const before = reasons[propertyPath];
      reasons[propertyPath] = before === undefined ? reason : `${before}\n${reason}`;
    }
    return reasons;
  }
  const nodeRoleArn = "arn:aws:iam::111122223333:role/nodes";

  it("want one role", async () => {
    assert.deepEqual(await refusals({}), {
      nodeRole: "An IAM role, or role ARN must be provided to create a managed node group",
    });
    assert.match((await refusals({ nodeRole: {} as never, nodeRoleArn }))["nodeRole"] ?? "", /cannot specify both/);
  });

  it("want a launch template or what goes into one", async () => {
    const reasons = await refusals({ nodeRoleArn, launchTemplate: { version: "1" }, enableIMDSv2: true });
    assert.deepEqual(Object.keys(reasons), ["launchTemplate"]);
    assert.match(reasons["launchTemplate"] ?? "", /you cannot provide any of .*enableIMDSv2/);
  });

  it("want an image or a kind of image, all problems said at once", async () => {
    const reasons = await refusals({ amiId: "ami-1", gpu: true });
    assert.deepEqual(Object.keys(reasons).sort(), ["amiId", "nodeRole"]);
    assert.match(reasons["amiId"] ?? "", /^You cannot specify both amiId and gpu when creating/);
  });

  for (const option of ["kubeletExtraArgs", "bootstrapExtraArgs", "bottlerocketSettings", "userData", "amiId"]) {
    it(`refuse ${option}, which is not built offline`, async () => {
      assert.deepEqual(await refusals({ nodeRoleArn, [option]: "x" }), {
        [option]: "the offline cloud does not make user data for nodes: give a launchTemplate of your own",
      });
    });
  }
});

describe("EKS component: AMI type", () => {
  const { AL2023, Bottlerocket } = OperatingSystem;
  const reason = (call: () => unknown) => {
    let found = "";
    assert.throws(call, (error) => {
      const { propertyPath, reason: why } = error as { propertyPath: string; reason: string };
      found = `${propertyPath}: ${why}`;
      return true;
    });
    return found;
  };

  it("follows system, processor and drivers", () => {
    assert.equal(amiTypeOf(AL2023, false, []), "AL2023_x86_64_STANDARD");
    assert.equal(amiTypeOf(AL2023, false, ["t4g.small", "c7gn.large"]), "AL2023_ARM_64_STANDARD");
    assert.equal(amiTypeOf(AL2023, true, ["g5.xlarge"]), "AL2023_x86_64_NVIDIA");
    assert.equal(amiTypeOf("AL2", true, ["p3.2xlarge"]), "AL2_x86_64_GPU");
    assert.equal(amiTypeOf("AL2", false, ["m6gd.large"]), "AL2_ARM_64");
    assert.equal(amiTypeOf(Bottlerocket, true, ["g5g.xlarge"]), "BOTTLEROCKET_ARM_64_NVIDIA");
  });

  it("is none for drivers that a processor lacks, mixed processors and no instance type", () => {
    assert.match(
      reason(() => amiTypeOf("AL2", true, ["t4g.small"])),
      /^gpu: .* AL2 with GPU drivers .* arm64/,
    );
    assert.match(
      reason(() => amiTypeOf(AL2023, false, ["t3.small", "t4g.small"])),
      /^instanceTypes: .* common architecture/,
    );
    assert.match(
      reason(() => amiTypeOf(AL2023, false, ["large"])),
      /^instanceTypes: Invalid EC2 instance type: large/,
    );
  });
});
