import assert from "node:assert/strict";
import { type Deployed, at, attemptStack, deployStack, deployed, only, policy, text } from "./deployed";

const zones = ["a", "b", "c"] as const;
const cluster = "cluster-control-plane-eks-eksCluster";

describe("durga-puja: cluster", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("durga-puja");
  });

  it("[DP-EKS-01] is durga-puja-eks with a supported version, both endpoints, IAM authentication and three logs", () => {
    assert.equal(stack.ofType("eks:index:Cluster").length, 1);
    const { accessConfig, enabledClusterLogTypes, name, tags, upgradePolicy, version, vpcConfig } =
      stack.named(cluster).inputs;
    assert.deepEqual(
      { accessConfig, enabledClusterLogTypes, name, tags, upgradePolicy, version, vpcConfig },
      {
        accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
        enabledClusterLogTypes: ["api", "audit", "scheduler"],
        name: "durga-puja-eks",
        tags: { Name: "durga-puja-eks" },
        upgradePolicy: { supportType: "STANDARD" },
        version: "1.36",
        vpcConfig: {
          endpointPrivateAccess: true,
          endpointPublicAccess: true,
          publicAccessCidrs: ["0.0.0.0/0"],
          securityGroupIds: [stack.id("security-groups-control-plane")],
          subnetIds: zones.map((zone) => stack.id(`network-private-${zone}`)),
        },
      },
    );
  });

  it("encrypts Kubernetes Secrets and the control plane's logs with keys of its own", () => {
    assert.deepEqual(stack.input(cluster, "encryptionConfig"), {
      provider: { keyArn: stack.output("keys-secrets-key", "arn") },
      resources: ["secrets"],
    });
    assert.deepEqual(stack.named("cluster-control-plane-logs").inputs, {
      name: "/aws/eks/durga-puja-eks/cluster",
      retentionInDays: 365,
      kmsKeyId: stack.output("keys-logs-key", "arn"),
    });
  });

  it("is guarded against deletion by the cloud and by the engine", () => {
    assert.equal(stack.input(cluster, "deletionProtection"), true);
    assert.equal(stack.named(cluster).protect, true);
  });

  const groups = {
    primary: { id: "DP-EKS-02", capacityType: "ON_DEMAND", scaling: { desiredSize: 3, minSize: 2, maxSize: 5 } },
    spot: { id: "DP-EKS-03", capacityType: "SPOT", scaling: { desiredSize: 2, minSize: 0, maxSize: 5 } },
  } as const;
  for (const [group, { id, capacityType, scaling }] of Object.entries(groups)) {
    it(`[${id}] has the ${group} node group: t3.medium, 30 GB gp3, EKS-optimised image`, () => {
      const { inputs, ignoreChanges } = stack.named(`cluster-${group}-group`);
      assert.deepEqual(only(inputs, "amiType", "capacityType", "instanceTypes", "scalingConfig", "version"), {
        amiType: "AL2023_x86_64_STANDARD",
        capacityType,
        instanceTypes: ["t3.medium"],
        scalingConfig: scaling,
        version: "1.36",
      });
      assert.deepEqual(ignoreChanges, ["scalingConfig.desiredSize"]);
      const template = stack.named(`cluster-${group}-template`);
      assert.deepEqual(inputs["launchTemplate"], { id: template.id, version: "1" });
      assert.deepEqual(only(template.inputs, "blockDeviceMappings", "metadataOptions", "vpcSecurityGroupIds"), {
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: { volumeType: "gp3", volumeSize: 30, deleteOnTermination: "true", encrypted: "true" },
          },
        ],
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        vpcSecurityGroupIds: [stack.id("security-groups-worker")],
      });
    });
  }

  it("gives Bottlerocket its disk where it keeps images and pods", async () => {
    const bottlerocket = await deployStack("durga-puja", { cluster: { primary: { amiType: "BOTTLEROCKET_x86_64" } } });
    const device = "blockDeviceMappings.0.deviceName";
    assert.equal(bottlerocket.input("cluster-primary-template", device), "/dev/xvdb");
    assert.equal(bottlerocket.input("cluster-spot-template", device), "/dev/xvda");
  });

  it("[DP-EKS-03] has no spot node group when it is switched off", async () => {
    const without = await deployStack("durga-puja", { cluster: { spot: { enabled: false } } });
    assert.equal(without.ofType("aws:eks/nodeGroup:NodeGroup").length, 1);
    assert.equal(without.input("cluster-autoscaler-chart-release", "values.extraArgs.expander"), "least-waste");
  });

  it("[DP-EKS-04] scales from 2 to 5 nodes: up after 30 s, down below 50 % for 10 min, spot first", () => {
    const { extraArgs, expanderPriorities, autoDiscovery } = stack.named("cluster-autoscaler-chart-release").inputs[
      "values"
    ] as {
      extraArgs: Record<string, unknown>;
      expanderPriorities: Record<string, string[]>;
      autoDiscovery: unknown;
    };
    assert.deepEqual(autoDiscovery, { clusterName: "durga-puja-eks" });
    assert.equal(extraArgs["max-nodes-total"], 5);
    assert.equal(extraArgs["new-pod-scale-up-delay"], "30s");
    assert.equal(extraArgs["scale-down-utilization-threshold"], "0.5");
    assert.equal(extraArgs["scale-down-unneeded-time"], "10m");
    assert.equal(extraArgs["expander"], "priority,least-waste");
    const spot = text(stack.output("cluster-spot-group", "nodeGroupName"));
    assert.deepEqual(expanderPriorities, { "50": [`^eks-${spot}-[0-9a-f-]{36}$`], "10": [".*"] });
    assert.equal(stack.input("cluster-primary-group", "scalingConfig.minSize"), 2);
  });

  it("has the four managed add-ons and no others, none of them unmanaged", () => {
    assert.equal(stack.input(cluster, "bootstrapSelfManagedAddons"), false);
    assert.deepEqual(
      stack
        .ofType("aws:eks/addon:Addon")
        .map(({ inputs }) => inputs["addonName"])
        .sort(),
      ["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"],
    );
  });

  it("makes what a node needs before the nodes, and what needs nodes after them", () => {
    const nodes = stack.waitsFor("cluster-primary-group");
    for (const first of [
      "cluster-addons-vpc-cni",
      "cluster-addons-kube-proxy",
      "cluster-addons-eks-pod-identity-agent",
      "cluster-nodes-AmazonEKSWorkerNodePolicy",
      "cluster-nodes-AmazonEC2ContainerRegistryPullOnly",
      "network-nat-c",
      "network-private-c-internet",
      "security-groups-control-plane-api",
      "security-groups-worker-kubelet-in",
      "network-acls-private-https-out",
      "network-acls-private-answers-in",
      "network-acls-public-network-in",
    ]) {
      assert.ok(nodes.has(first), `nodes do not wait for ${first}`);
    }
    assert.ok(nodes.has("cluster-control-plane-eks-eksCluster"));
    assert.ok(stack.waitsFor("cluster-dns-coredns").has("cluster-primary-group"));
    assert.ok(stack.waitsFor("cluster-dns-coredns").has("cluster-spot-group"));
    assert.ok(stack.waitsFor(cluster).has("cluster-control-plane-logs"));
    assert.ok(stack.waitsFor(cluster).has("security-groups-control-plane"));
    assert.ok(stack.waitsFor("cluster-addons-vpc-cni").has("cluster-addons-eks-pod-identity-agent"));
  });

  it("gives nodes no more than to join, to hand out identities and to pull images", () => {
    const role = stack.output("cluster-nodes-role", "name");
    assert.deepEqual(
      stack
        .ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        .filter(({ inputs }) => inputs["role"] === role)
        .map(({ inputs }) => inputs["policyArn"])
        .sort(),
      [
        "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
        "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
      ],
    );
    assert.equal(
      stack.ofType("aws:iam/rolePolicy:RolePolicy").filter(({ inputs }) => inputs["role"] === role).length,
      0,
    );
  });

  const identities = {
    "load-balancer-controller": "aws-load-balancer-controller",
    "cluster-autoscaler": "cluster-autoscaler",
  } as const;
  for (const [name, serviceAccount] of Object.entries(identities)) {
    it(`binds the service account of ${name} to a role of its own before its pods start`, () => {
      assert.deepEqual(stack.named(`${name}-identity-association`).inputs, {
        clusterName: "durga-puja-eks",
        namespace: "kube-system",
        serviceAccount,
        roleArn: stack.output(`${name}-identity-role`, "arn"),
      });
      const [trust] = policy(stack.input(`${name}-identity-role`, "assumeRolePolicy")).Statement;
      assert.deepEqual(only({ ...trust } as never, "Principal", "Action", "Effect", "Condition"), {
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Effect: "Allow",
        Condition: {
          StringEquals: {
            "aws:RequestTag/eks-cluster-name": "durga-puja-eks",
            "aws:RequestTag/kubernetes-namespace": "kube-system",
            "aws:RequestTag/kubernetes-service-account": serviceAccount,
          },
        },
      });
      const before = stack.waitsFor(`${name}-chart-release`);
      assert.ok(before.has(`${name}-identity-association`));
      assert.ok(before.has("cluster-primary-group"));
      assert.ok(stack.waitsFor(`${name}-identity-association`).has("cluster-addons-eks-pod-identity-agent"));
    });
  }

  it("limits what its identities may change to this cluster, in this account and region", () => {
    for (const name of Object.keys(identities)) {
      for (const { Sid, Resource, Condition } of policy(stack.input(`${name}-identity-policy`, "policy")).Statement) {
        const everywhere = [Resource ?? []].flat().includes("*");
        assert.ok(!everywhere || JSON.stringify(Condition).includes("us-east-1"), `${name}: ${Sid} is open`);
        assert.doesNotMatch(JSON.stringify(Resource), /arn:aws:[a-z0-9]+:(?!us-east-1:111122223333|:111122223333)/);
      }
    }
  });

  it("keeps its API off the internet when it is configured to, which then only who is in the network reaches", async () => {
    const closed = await attemptStack("durga-puja", { cluster: { endpoint: { public: false } } });
    const { vpcConfig } = closed.named(cluster).inputs;
    assert.deepEqual([at(vpcConfig, "endpointPrivateAccess"), at(vpcConfig, "endpointPublicAccess")], [true, false]);
    assert.equal(at(vpcConfig, "publicAccessCidrs"), undefined);
    assert.ok(closed.run.errors.length > 0);
    const expected =
      /(unreachable: .*dial tcp 10\.0\.1[123]\.\d+:443: i\/o timeout|no rule lets tcp\/443 into sg-.* from outside the cluster)/;
    for (const error of closed.run.errors) assert.match(error, expected);
  });
});
