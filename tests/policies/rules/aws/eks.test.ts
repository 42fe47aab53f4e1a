import { Unknown, type Value } from "../../../../offline/cloud/value";
import { eksRules } from "../../../../policies/rules/aws/eks";
import { changed, fixture } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import { StackUnderTest } from "../../stack-under-test";

const CLUSTER = "aws:eks/cluster:Cluster";
const GROUP = "aws:eks/nodeGroup:NodeGroup";
const ADDON = "aws:eks/addon:Addon";
const IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const SUBNET = "aws:ec2/subnet:Subnet";

const clusterName = "cluster-control-plane-eks-eksCluster";
const cluster = fixture("prod", CLUSTER);
const generalName = "cluster-general-group";
const general = `${GROUP} ${generalName}`;
const groups = ["accelerated", "general", "spot"].map((group) => `${GROUP} cluster-${group}-group`);
const development = { class: "development" } as const;

describe("rules on EKS", () => {
  provesResource(eksRules, "aws-eks-private-endpoint", {
    passes: cluster,
    alsoPasses: [
      { when: "a development cluster has both", of: fixture("dev", CLUSTER), stack: development },
      {
        when: "a class may have both",
        set: { "vpcConfig.endpointPublicAccess": true },
        settings: { publicIn: ["production"] },
      },
    ],
    fails: [
      { set: { "vpcConfig.endpointPublicAccess": true }, at: "vpcConfig.endpointPublicAccess" },
      { remove: ["vpcConfig.endpointPublicAccess"], at: "vpcConfig.endpointPublicAccess" },
      { set: { "vpcConfig.endpointPrivateAccess": false }, at: "vpcConfig.endpointPrivateAccess" },
      { remove: ["vpcConfig.endpointPrivateAccess"], at: "vpcConfig.endpointPrivateAccess" },
      { remove: ["vpcConfig.endpointPrivateAccess"], stack: development, at: "vpcConfig.endpointPrivateAccess" },
      { set: { vpcConfig: null }, at: ["vpcConfig.endpointPrivateAccess", "vpcConfig.endpointPublicAccess"] },
    ],
    unknown: ["vpcConfig.endpointPublicAccess", "vpcConfig.endpointPrivateAccess"],
  });

  const open = (publicAccessCidrs: Value) => ({
    "vpcConfig.endpointPublicAccess": true,
    "vpcConfig.publicAccessCidrs": publicAccessCidrs,
  });
  provesResource(eksRules, "aws-eks-public-cidrs", {
    passes: [changed(cluster, { set: open(["203.0.113.0/24"]) }), cluster],
    alsoPasses: [
      {
        when: "all addresses are named, and the endpoint is off",
        of: cluster,
        set: { "vpcConfig.publicAccessCidrs": ["0.0.0.0/0"] },
      },
    ],
    fails: [
      ...[["0.0.0.0/0"], ["203.0.113.0/24", "::/0"], ["0.0.0.0/1", "128.0.0.0/1"], [], null].map((blocks) => ({
        set: open(blocks),
        at: "vpcConfig.publicAccessCidrs",
      })),
      {
        when: "nothing is said of either",
        remove: ["vpcConfig.endpointPublicAccess", "vpcConfig.publicAccessCidrs"],
        at: "vpcConfig.publicAccessCidrs",
      },
    ],
    unknown: ["vpcConfig.endpointPublicAccess", "vpcConfig.publicAccessCidrs", "vpcConfig.publicAccessCidrs[0]"],
  });

  provesResource(eksRules, "aws-eks-secrets-kms", {
    passes: [cluster, fixture("dev", CLUSTER), fixture("durga-puja", CLUSTER)],
    fails: [
      { remove: ["encryptionConfig"], at: ["encryptionConfig.provider.keyArn", "encryptionConfig.resources"] },
      { remove: ["encryptionConfig.provider.keyArn"], at: "encryptionConfig.provider.keyArn" },
      { set: { "encryptionConfig.provider.keyArn": "" }, at: "encryptionConfig.provider.keyArn" },
      { set: { "encryptionConfig.resources": [] }, at: "encryptionConfig.resources" },
      { set: { "encryptionConfig.resources": ["other"] }, at: "encryptionConfig.resources" },
    ],
    unknown: ["encryptionConfig.provider.keyArn", "encryptionConfig.resources", "encryptionConfig.resources[0]"],
  });

  provesResource(eksRules, "aws-eks-audit-logs", {
    passes: cluster,
    alsoPasses: [{ when: "a development cluster writes two", of: fixture("dev", CLUSTER), stack: development }],
    fails: [
      {
        set: { enabledClusterLogTypes: ["api", "audit", "scheduler"] },
        at: Array<string>(2).fill("enabledClusterLogTypes"),
      },
      { set: { enabledClusterLogTypes: [] }, at: Array<string>(5).fill("enabledClusterLogTypes") },
      { remove: ["enabledClusterLogTypes"], at: Array<string>(5).fill("enabledClusterLogTypes") },
      { set: { enabledClusterLogTypes: ["api"] }, stack: development, at: "enabledClusterLogTypes" },
      { set: { enabledClusterLogTypes: ["api"] }, settings: { logs: ["audit"] }, at: "enabledClusterLogTypes" },
    ],
    unknown: ["enabledClusterLogTypes", "enabledClusterLogTypes[1]"],
  });

  provesResource(eksRules, "aws-eks-deletion-protection", {
    passes: [cluster, fixture("durga-puja", CLUSTER)],
    alsoPasses: [{ when: "a development cluster may go", of: fixture("dev", CLUSTER), stack: development }],
    fails: [
      { set: { deletionProtection: false }, at: "deletionProtection" },
      { remove: ["deletionProtection"], at: "deletionProtection" },
      { set: { deletionProtection: null }, stack: { class: "recovery" }, at: "deletionProtection" },
    ],
    unknown: ["deletionProtection"],
  });

  provesResource(eksRules, "aws-eks-version-supported", {
    passes: [cluster, fixture("dev", CLUSTER), fixture("durga-puja", CLUSTER)],
    alsoPasses: [
      { when: "it is of a later generation", set: { version: "2.0" } },
      { when: "an older one is supported still", set: { version: "1.9" }, settings: { oldestVersion: "1.8" } },
    ],
    fails: [
      { set: { version: "1.33" }, at: "version" },
      { set: { version: "1.9" }, at: "version" },
      { set: { version: "1.9" }, settings: { oldestVersion: "1.10" }, at: "version" },
      { set: { version: "" }, at: "version" },
      { remove: ["version"], at: "version" },
      { set: { "upgradePolicy.supportType": "EXTENDED" }, at: "upgradePolicy.supportType" },
      { remove: ["upgradePolicy"], at: "upgradePolicy.supportType" },
    ],
    unknown: ["version", "upgradePolicy", "upgradePolicy.supportType"],
  });

  provesResource(eksRules, "aws-eks-access-api", {
    passes: changed(cluster, { set: { "accessConfig.bootstrapClusterCreatorAdminPermissions": false } }),
    fails: [
      ...["CONFIG_MAP", "API_AND_CONFIG_MAP", null].map((mode) => ({
        set: { "accessConfig.authenticationMode": mode },
        at: "accessConfig.authenticationMode",
      })),
      ...[true, null].map((value) => ({
        set: { "accessConfig.bootstrapClusterCreatorAdminPermissions": value },
        at: "accessConfig.bootstrapClusterCreatorAdminPermissions",
      })),
      {
        remove: ["accessConfig"],
        at: ["accessConfig.authenticationMode", "accessConfig.bootstrapClusterCreatorAdminPermissions"],
      },
    ],
    unknown: ["accessConfig.authenticationMode", "accessConfig.bootstrapClusterCreatorAdminPermissions"],
  });

  provesResource(eksRules, "aws-eks-nodes-no-ssh", {
    passes: fixture("prod", GROUP, generalName),
    alsoPasses: [
      { when: "a bastion may log in", set: { remoteAccess: { ec2SshKey: "k", sourceSecurityGroupIds: ["sg-1"] } } },
      { when: "there is no key to log in with", set: { remoteAccess: {} } },
    ],
    fails: [
      { set: { remoteAccess: { ec2SshKey: "k" } }, at: "remoteAccess.sourceSecurityGroupIds" },
      {
        set: { remoteAccess: { ec2SshKey: "k", sourceSecurityGroupIds: [] } },
        at: "remoteAccess.sourceSecurityGroupIds",
      },
    ],
    unknown: ["remoteAccess"],
  });

  provesStack(eksRules, "aws-eks-nodes-private", {
    of: "prod",
    fails: [
      {
        when: "a node group has a public subnet too",
        change: (stack) => inSubnets(stack, ["network-private-a", "network-public-b"]),
        violated: [`${general} subnetIds`],
      },
      {
        when: "it has public subnets alone",
        change: (stack) => inSubnets(stack, ["network-public-a", "network-public-b"]),
        violated: [`${general} subnetIds`, `${general} subnetIds`],
      },
      {
        when: "it has no subnets",
        change: (stack) => stack.change(GROUP, generalName, { set: { subnetIds: [] } }),
        violated: [`${general} subnetIds`],
      },
      {
        when: "the private subnets get a route to the internet gateway",
        change: (stack) =>
          stack.add("aws:ec2/route:Route", "planted", {
            inputs: {
              routeTableId: stack.one("aws:ec2/routeTable:RouteTable", "network-private-a-routes").outputs["id"] ?? "",
              destinationCidrBlock: "198.18.0.0/15",
              gatewayId:
                stack.one("aws:ec2/internetGateway:InternetGateway", "network-internet-gateway").outputs["id"] ?? "",
            },
            from: {
              routeTableId: ["aws:ec2/routeTable:RouteTable network-private-a-routes"],
              gatewayId: ["aws:ec2/internetGateway:InternetGateway network-internet-gateway"],
            },
          }),
        violated: groups.map((group) => `${group} subnetIds`),
        preview: "undecided",
      },
    ],
    alsoPasses: [
      {
        when: "it is in subnets without a way out",
        change: (stack) => inSubnets(stack, ["network-database-a", "network-database-b"]),
      },
    ],
    undecided: [
      {
        when: "a subnet is of another stack",
        change: (stack) => stack.change(GROUP, generalName, { set: { subnetIds: ["subnet-elsewhere"] } }),
        of: [general],
      },
    ],
  });

  provesStack(eksRules, "aws-eks-nodes-multi-az", {
    of: "prod",
    fails: [
      {
        when: "a node group is in one zone",
        change: (stack) => inSubnets(stack, ["network-private-a", "network-database-a"]),
        violated: [`${general} subnetIds`],
      },
      {
        when: "more zones are asked for than there are",
        change: (stack) => stack,
        settings: { zones: 4 },
        violated: groups.map((group) => `${group} subnetIds`),
      },
      ...[0, 1].map((minSize) => ({
        when: `the group for any pod keeps ${String(minSize)} nodes`,
        change: (stack: StackUnderTest) =>
          stack.change(GROUP, generalName, { set: { "scalingConfig.minSize": minSize } }),
        violated: [`${CLUSTER} ${clusterName}`],
      })),
      {
        when: "the group for any pod is of spot machines",
        change: (stack) => stack.change(GROUP, generalName, { set: { capacityType: "SPOT" } }),
        violated: [`${CLUSTER} ${clusterName}`],
      },
      {
        when: "every group keeps pods away",
        change: (stack) => stack.change(GROUP, generalName, { set: { taints: [{ key: "k", effect: "NO_SCHEDULE" }] } }),
        violated: [`${CLUSTER} ${clusterName}`],
      },
      {
        when: "the cluster has tainted groups alone",
        change: (stack) => stack.drop(GROUP, generalName),
        violated: [`${CLUSTER} ${clusterName}`],
      },
    ],
    alsoPasses: [
      {
        when: "EKS makes the nodes",
        change: (stack) =>
          stack.drop(GROUP, generalName).change(CLUSTER, clusterName, { set: { computeConfig: { enabled: true } } }),
      },
    ],
    undecided: [
      {
        when: "the zones cannot be told",
        change: (stack) => stack.change(GROUP, generalName, { set: { subnetIds: ["subnet-a", "subnet-b"] } }),
        of: [general],
      },
      {
        when: "the number of nodes is unknown",
        change: (stack) => stack.change(GROUP, generalName, { set: { "scalingConfig.minSize": Unknown.value } }),
        of: [`${CLUSTER} ${clusterName}`],
      },
    ],
  });

  const cni = `${ADDON} cluster-addons-vpc-cni`;
  const driver = `${ADDON} cluster-volumes-driver`;
  provesStack(eksRules, "aws-eks-addons-pinned", {
    of: "prod",
    with: pinned,
    fails: [
      ...["", null].map((addonVersion) => ({
        when: `the version is ${JSON.stringify(addonVersion)}`,
        change: (stack: StackUnderTest) => stack.change(ADDON, "cluster-dns-coredns", { set: { addonVersion } }),
        violated: [`${ADDON} cluster-dns-coredns addonVersion`],
      })),
      {
        when: "the driver of volumes has no identity",
        change: unidentified,
        violated: [`${driver} podIdentityAssociations`],
      },
      {
        when: "another account has one",
        change: (stack) => identified(unidentified(stack), "ebs-csi-node-sa"),
        violated: [`${driver} podIdentityAssociations`],
      },
      ...["", "{}", '{"enableNetworkPolicy":"false"}', "no JSON", null].map((configurationValues) => ({
        when: `the CNI is configured with ${JSON.stringify(configurationValues)}`,
        change: (stack: StackUnderTest) =>
          stack.change(ADDON, "cluster-addons-vpc-cni", { set: { configurationValues } }),
        violated: [`${cni} configurationValues`],
      })),
    ],
    alsoPasses: [
      {
        when: "an association is a resource of its own",
        change: (stack) => identified(unidentified(stack), "ebs-csi-controller-sa"),
      },
      {
        when: "the identity is a role of the service account",
        change: (stack) =>
          unidentified(stack).change(ADDON, "cluster-volumes-driver", {
            set: { serviceAccountRoleArn: "arn:aws:iam::111122223333:role/volumes" },
          }),
      },
      {
        when: "network policies are switched on by a boolean",
        change: (stack) =>
          stack.change(ADDON, "cluster-addons-vpc-cni", {
            set: { configurationValues: '{"enableNetworkPolicy":true}' },
          }),
      },
    ],
    undecided: [
      {
        when: "the version is unknown",
        change: (stack) => stack.change(ADDON, "cluster-dns-coredns", { set: { addonVersion: Unknown.value } }),
        of: [`${ADDON} cluster-dns-coredns`],
      },
      {
        when: "it is not known what the CNI is told",
        change: (stack) =>
          stack.change(ADDON, "cluster-addons-vpc-cni", { set: { configurationValues: Unknown.value } }),
        of: [cni],
      },
      {
        when: "the cluster of an add-on without identity is of another stack",
        change: (stack) =>
          unidentified(stack).change(ADDON, "cluster-volumes-driver", { set: { clusterName: "elsewhere" } }),
        of: [driver],
      },
    ],
  });
});

function inSubnets(stack: StackUnderTest, names: readonly string[]): StackUnderTest {
  const ids = names.map((name) => stack.one(SUBNET, name).outputs["id"] ?? "");
  const urns = names.map((name) => stack.one(SUBNET, name).urn);
  return edited(stack.change(GROUP, generalName, { set: { subnetIds: ids } }), generalName, { subnetIds: urns });
}

/** Where inputs of a resource come from, as the engine tells it. */
function edited(
  stack: StackUnderTest,
  name: string,
  dependencies: Readonly<Record<string, readonly string[]>>,
): StackUnderTest {
  return new StackUnderTest(
    stack.resources.map((resource) =>
      resource.name === name && resource.type === GROUP
        ? { ...resource, propertyDependencies: { ...resource.propertyDependencies, ...dependencies } }
        : resource,
    ),
  );
}

function pinned(stack: StackUnderTest): StackUnderTest {
  return stack.resources
    .filter(({ type }) => type === ADDON)
    .reduce((now, { name }) => now.change(ADDON, name, { set: { addonVersion: "v1.0.0-eksbuild.1" } }), stack);
}

function unidentified(stack: StackUnderTest): StackUnderTest {
  return stack.change(ADDON, "cluster-volumes-driver", { remove: ["podIdentityAssociations"] });
}

function identified(stack: StackUnderTest, serviceAccount: string): StackUnderTest {
  return stack.add(IDENTITY, "planted", {
    inputs: {
      clusterName: stack.one(CLUSTER, clusterName).outputs["name"] ?? "",
      namespace: "kube-system",
      serviceAccount,
      roleArn: "arn:aws:iam::111122223333:role/volumes",
    },
    from: { clusterName: [`${CLUSTER} ${clusterName}`] },
  });
}
