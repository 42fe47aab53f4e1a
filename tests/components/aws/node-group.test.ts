// In one process with the program, the EKS component brings back resources by classes that its own process loads.
import "@pulumi/aws";
import "@pulumi/eks";
import assert from "node:assert/strict";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Provider as EksProvider } from "@pulumi/eks/provider";
import { currentAccount } from "../../../components/aws/account";
import { Cluster } from "../../../components/aws/cluster";
import { ClusterAddons, VolumeDriver, type ClusterAddonsArgs } from "../../../components/aws/cluster-addons";
import { Key, logsStatement } from "../../../components/aws/key";
import { Network } from "../../../components/aws/network";
import { NodeGroup } from "../../../components/aws/node-group";
import { NodeRole } from "../../../components/aws/node-role";
import { SecurityGroups } from "../../../components/aws/security-groups";
import { subnetPlan } from "../../../components/planning/address-plan";
import { controlPlaneLogGroup } from "../../../components/planning/names";
import { awsPool } from "../../../components/planning/node-pools";
import { protectionOf } from "../../../components/planning/protection";
import type { NodePool } from "../../../components/contracts/node-pool";
import { Deployed } from "../../stacks/deployed";
import { deploy } from "../../support/in-process";

const region = "us-west-2";
const prefix = "test";

/** A cluster with one node group made of a pool, beside one that is none. */
async function cluster(pool: NodePool, networkPolicies?: ClusterAddonsArgs["networkPolicies"]): Promise<Deployed> {
  const program = () => {
    const aws = new AwsProvider("aws", { region });
    const eks = new EksProvider("eks");
    const account = currentAccount(region, { provider: aws });
    const protection = protectionOf("development");
    const onAws = { providers: { aws } };
    const zones = ["a", "b"] as const;
    const network = new Network(
      "network",
      {
        prefix,
        region,
        cidr: "10.9.0.0/16",
        zones: [...zones],
        subnets: subnetPlan("10.9.0.0/16", [...zones]),
        nat: "single",
        clusterName: "test-eks",
      },
      onAws,
    );
    const statements = [logsStatement(account, [controlPlaneLogGroup("test-eks")])];
    const { arn } = new Key(
      "key",
      { account, prefix, purpose: "data", description: "Tests", statements, protection },
      onAws,
    );
    const needs = { podPorts: [], webhookPorts: [] };
    const securityGroups = new SecurityGroups("groups", { network, prefix, needs }, onAws);
    const plane = new Cluster(
      "cluster",
      {
        account,
        clusterName: "test-eks",
        version: "1.35",
        supportType: "STANDARD",
        endpoint: { private: true, publicCidrs: undefined },
        logs: [],
        admins: {},
        network,
        securityGroups,
        secretsKeyArn: arn,
        logsKeyArn: arn,
        protection,
      },
      { providers: { aws, eks } },
    );
    const { clusterName } = plane;
    const addons = new ClusterAddons(
      "addons",
      {
        account,
        clusterName,
        kubernetesVersion: "1.35",
        ...(networkPolicies === undefined ? {} : { networkPolicies }),
      },
      onAws,
    );
    const role = new NodeRole("nodes", { account }, onAws);
    const common = {
      prefix,
      cluster: plane.eks,
      version: "1.35",
      nodeRoleArn: role.arn,
      lifeline: [role, network, securityGroups, addons],
      subnetIds: network.subnetIds.private,
      securityGroupIds: [securityGroups.ids.worker],
    };
    const pools = new NodeGroup(
      "pool",
      { ...common, group: "pool", ...awsPool("pool", pool) },
      { providers: { aws, eks } },
    );
    new NodeGroup(
      "plain",
      { ...common, group: "plain", ...awsPool("plain", pool), labels: {}, taints: [] },
      { providers: { aws, eks } },
    );
    const volumes = {
      account,
      clusterName,
      kubernetesVersion: "1.35",
      versions: { "aws-ebs-csi-driver": "v1.50.0-eksbuild.1" },
    };
    new VolumeDriver("volumes", { ...volumes, lifeline: [pools.nodes, addons] }, onAws);
  };
  return new Deployed(await deploy(program));
}

const gpu: NodePool = {
  capacity: "spot",
  architecture: "amd64",
  accelerator: "nvidia-l4",
  cpus: 4,
  memoryGiB: 16,
  diskGiB: 100,
  nodes: { min: 0, max: 4 },
};

describe("NodeGroup and ClusterAddons", () => {
  it("[PF-AI-01] [PF-SCALE-01] labels and taints the nodes of a pool, and holds pods to network policies where asked", async () => {
    const stack = await cluster(gpu, "enforced");
    const groups = stack.ofType("aws:eks/nodeGroup:NodeGroup");
    const pool = groups.find(({ inputs }) => (inputs["tags"] as Record<string, unknown>)["Name"] === "test-pool");
    const plain = groups.find(({ inputs }) => (inputs["tags"] as Record<string, unknown>)["Name"] === "test-plain");
    assert.equal(groups.length, 2);
    assert.deepEqual(pool?.inputs["labels"], {
      "node-group": "pool",
      "platform/pool": "pool",
      "platform/capacity": "spot",
      "platform/accelerator": "nvidia-l4",
    });
    assert.deepEqual(pool.inputs["taints"], [
      { key: "platform/capacity", value: "spot", effect: "NO_SCHEDULE" },
      { key: "platform/accelerator", value: "nvidia-l4", effect: "NO_SCHEDULE" },
    ]);
    assert.equal(pool.inputs["amiType"], "AL2023_x86_64_NVIDIA");
    assert.equal(pool.inputs["capacityType"], "SPOT");
    assert.deepEqual(pool.inputs["instanceTypes"], ["g6.xlarge", "g6.2xlarge"]);
    assert.deepEqual(pool.inputs["scalingConfig"], { desiredSize: 0, minSize: 0, maxSize: 4 });
    assert.deepEqual(plain?.inputs["labels"], { "node-group": "plain" });
    assert.ok(!("taints" in plain.inputs));
    assert.equal(stack.input("addons-vpc-cni", "configurationValues"), '{"enableNetworkPolicy":"true"}');
    assert.equal(stack.input("addons-kube-proxy", "configurationValues"), undefined);
  });

  it("[PF-CHAIN-01] makes volumes with a driver that has an identity of its own, after nodes and agent", async () => {
    const stack = await cluster(gpu);
    const driver = stack.named("volumes-driver");
    assert.equal(driver.inputs["addonName"], "aws-ebs-csi-driver");
    // That which it is told; the others have what EKS recommends for the cluster's version.
    assert.equal(driver.inputs["addonVersion"], "v1.50.0-eksbuild.1");
    assert.equal(stack.input("addons-kube-proxy", "addonVersion"), "v1.35.6-eksbuild.1");
    assert.deepEqual(driver.inputs["podIdentityAssociations"], [
      { serviceAccount: "ebs-csi-controller-sa", roleArn: stack.output("volumes-role", "arn") },
    ]);
    assert.equal(
      stack.input("volumes-policy", "policyArn"),
      "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
    );
    const before = [stack.named("addons-eks-pod-identity-agent"), stack.named("volumes-policy")];
    for (const { urn } of before) assert.ok(driver.dependsOn.includes(urn), urn);
    assert.ok(
      driver.dependsOn.some((urn) => urn.endsWith("$aws:eks/nodeGroup:NodeGroup::pool-group")),
      "nodes",
    );
  });

  it("[PF-SEC-03] leaves pods alone where network policies are not asked for", async () => {
    const stack = await cluster({ ...gpu, accelerator: "none" });
    assert.equal(stack.input("addons-vpc-cni", "configurationValues"), undefined);
  });
});
