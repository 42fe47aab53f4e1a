import assert from "node:assert/strict";
import { at, deployed, only, policy, text, type Deployed } from "./deployed";

const zones = ["a", "b", "c"] as const;
const cluster = "cluster-control-plane-eks-eksCluster";

describe("prod: cluster", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("prod");
  });

  it("[PF-CLOUD-02] [PF-SEC-04] is EKS 1.36 over three zones, whose API answers in the network alone", () => {
    assert.deepEqual(stack.named(cluster).inputs, {
      name: "portfolio-prod-eks",
      version: "1.36",
      upgradePolicy: { supportType: "STANDARD" },
      roleArn: stack.output("cluster-control-plane-eks-eksRole-role", "arn"),
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
      bootstrapSelfManagedAddons: false,
      deletionProtection: true,
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      encryptionConfig: { provider: { keyArn: stack.output("keys-secrets-key", "arn") }, resources: ["secrets"] },
      kubernetesNetworkConfig: { ipFamily: "ipv4", serviceIpv4Cidr: "10.33.0.0/16" },
      vpcConfig: {
        endpointPrivateAccess: true,
        endpointPublicAccess: false,
        securityGroupIds: [stack.id("security-groups-control-plane")],
        subnetIds: zones.map((zone) => stack.id(`network-private-${zone}`)),
      },
      tags: { Name: "portfolio-prod-eks" },
    });
    assert.equal(stack.named(cluster).protect, true);
    assert.equal(stack.ofType("aws:ec2/instance:Instance").length, 0);
  });

  it("[PF-SEC-05] keeps its logs encrypted and for a year", () => {
    assert.deepEqual(stack.named("cluster-control-plane-logs").inputs, {
      name: "/aws/eks/portfolio-prod-eks/cluster",
      retentionInDays: 365,
      kmsKeyId: stack.output("keys-logs-key", "arn"),
    });
  });

  const pools = {
    general: {
      ids: "[PF-SCALE-01]",
      what: "three general machines, twelve at most",
      expected: {
        amiType: "AL2023_x86_64_STANDARD",
        capacityType: "ON_DEMAND",
        instanceTypes: ["m7i.xlarge"],
        labels: {
          "node-group": "general",
          "platform/pool": "general",
          "platform/capacity": "on-demand",
          "platform/accelerator": "none",
        },
        scalingConfig: { desiredSize: 3, minSize: 3, maxSize: 12 },
        taints: undefined,
      },
      diskGiB: 100,
    },
    spot: {
      ids: "[PF-SCALE-01]",
      what: "arm64 spot machines of two types, none to twenty, for pods that tolerate their loss",
      expected: {
        amiType: "AL2023_ARM_64_STANDARD",
        capacityType: "SPOT",
        instanceTypes: ["m8g.xlarge", "m7g.xlarge"],
        labels: {
          "node-group": "spot",
          "platform/pool": "spot",
          "platform/capacity": "spot",
          "platform/accelerator": "none",
        },
        scalingConfig: { desiredSize: 0, minSize: 0, maxSize: 20 },
        taints: [{ key: "platform/capacity", value: "spot", effect: "NO_SCHEDULE" }],
      },
      diskGiB: 100,
    },
    accelerated: {
      ids: "[PF-AI-01] [PF-SCALE-01]",
      what: "machines with an NVIDIA L4, none to four, for pods that ask for one",
      expected: {
        amiType: "AL2023_x86_64_NVIDIA",
        capacityType: "ON_DEMAND",
        instanceTypes: ["g6.xlarge"],
        labels: {
          "node-group": "accelerated",
          "platform/pool": "accelerated",
          "platform/capacity": "on-demand",
          "platform/accelerator": "nvidia-l4",
        },
        scalingConfig: { desiredSize: 0, minSize: 0, maxSize: 4 },
        taints: [{ key: "platform/accelerator", value: "nvidia-l4", effect: "NO_SCHEDULE" }],
      },
      diskGiB: 200,
    },
  } as const;
  for (const [pool, { ids, what, expected, diskGiB }] of Object.entries(pools)) {
    it(`${ids} has ${what}`, () => {
      const { inputs, ignoreChanges } = stack.named(`cluster-${pool}-group`);
      assert.deepEqual(
        only(inputs, "amiType", "capacityType", "instanceTypes", "labels", "scalingConfig", "taints"),
        expected,
      );
      assert.equal(inputs["version"], "1.36");
      assert.deepEqual(
        inputs["subnetIds"],
        zones.map((zone) => stack.id(`network-private-${zone}`)),
      );
      // The autoscaler's business from the first minute on.
      assert.deepEqual(ignoreChanges, ["scalingConfig.desiredSize"]);
      const template = stack.named(`cluster-${pool}-template`);
      assert.equal(at(inputs, "launchTemplate.id"), template.id);
      assert.deepEqual(only(template.inputs, "blockDeviceMappings", "metadataOptions", "vpcSecurityGroupIds"), {
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: { volumeType: "gp3", volumeSize: diskGiB, deleteOnTermination: "true", encrypted: "true" },
          },
        ],
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        vpcSecurityGroupIds: [stack.id("security-groups-worker")],
      });
    });
  }

  it("[PF-SCALE-01] grows to forty machines in all, spot first, and gives back what half stands idle", () => {
    const values = stack.input("cluster-autoscaler-chart-release", "values");
    assert.deepEqual(at(values, "extraArgs"), {
      "balance-similar-node-groups": "false",
      expander: "priority,least-waste",
      "max-nodes-total": 40,
      "new-pod-scale-up-delay": "30s",
      "scale-down-unneeded-time": "10m",
      "scale-down-utilization-threshold": "0.5",
      "scan-interval": "10s",
      "skip-nodes-with-local-storage": "false",
      "skip-nodes-with-system-pods": "false",
    });
    const spot = stack.output("cluster-spot-group", "nodeGroupName");
    assert.deepEqual(at(values, "expanderPriorities"), {
      "10": [".*"],
      "50": [`^eks-${text(spot)}-[0-9a-f-]{36}$`],
    });
    assert.deepEqual([at(values, "autoDiscovery.clusterName"), at(values, "replicaCount")], ["portfolio-prod-eks", 2]);
    assert.equal(stack.named("platform-metrics-server-chart-release").inputs["chart"], "metrics-server");
  });

  it("[PF-AI-01] offers its accelerators to pods, on the machines that have one", () => {
    const { inputs } = stack.named("platform-accelerators-chart-release");
    assert.deepEqual(only(inputs, "chart", "namespace"), { chart: "nvidia-device-plugin", namespace: "kube-system" });
    const terms = "values.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
    assert.deepEqual(at(inputs, `${terms}.0.matchExpressions`), [
      { key: "platform/accelerator", operator: "In", values: ["nvidia-l4", "nvidia-t4"] },
    ]);
  });

  it("[PF-SEC-03] gives each add-on a role of its own and each node no more than it needs", () => {
    const attached = stack
      .ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
      .filter(({ inputs }) => inputs["role"] === stack.id("cluster-nodes-role"))
      .map(({ inputs }) => inputs["policyArn"]);
    assert.deepEqual(attached, [
      "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
      "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    ]);
    const accounts = {
      "cluster-addons-vpc-cni-role": ["kube-system", "aws-node"],
      "cluster-volumes-role": ["kube-system", "ebs-csi-controller-sa"],
      "load-balancer-controller-identity-role": ["kube-system", "aws-load-balancer-controller"],
      "cluster-autoscaler-identity-role": ["kube-system", "cluster-autoscaler"],
      "platform-external-secrets-identity-role": ["external-secrets", "external-secrets"],
    };
    for (const [role, [namespace, serviceAccount]] of Object.entries(accounts)) {
      const [statement] = policy(stack.input(role, "assumeRolePolicy")).Statement;
      assert.deepEqual(statement?.Principal, { Service: "pods.eks.amazonaws.com" }, role);
      assert.deepEqual(statement.Condition, {
        StringEquals: {
          "aws:RequestTag/eks-cluster-name": "portfolio-prod-eks",
          "aws:RequestTag/kubernetes-namespace": namespace,
          "aws:RequestTag/kubernetes-service-account": serviceAccount,
        },
      });
    }
  });

  it("[PF-SEC-03] enforces network policies", () => {
    assert.equal(stack.input("cluster-addons-vpc-cni", "configurationValues"), '{"enableNetworkPolicy":"true"}');
    assert.deepEqual(
      stack
        .ofType("aws:eks/addon:Addon")
        .map(({ inputs }) => text(inputs["addonName"]))
        .sort(),
      ["aws-ebs-csi-driver", "coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"],
    );
  });

  it("[PF-SEC-05] has a registry whose tags never move, scanned, encrypted, kept when it is not empty", () => {
    const { inputs, protect } = stack.named("images-services");
    assert.deepEqual(inputs, {
      name: "portfolio-prod/services",
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: stack.output("keys-images-key", "arn") }],
      forceDelete: false,
    });
    assert.equal(protect, true);
  });
});
