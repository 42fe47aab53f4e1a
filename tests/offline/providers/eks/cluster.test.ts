import assert from "node:assert/strict";
import { Key } from "@pulumi/aws/kms/key";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { AccessEntryType } from "@pulumi/eks/types/enums";
import { text } from "../../../../offline/services/aws/text";
import type { Run } from "../../../support/in-process";
import { children, deployed, named } from "./support";

const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const CLUSTER = "aws:eks/cluster:Cluster";
const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
const admin = {
  principalArn: "arn:aws:iam::111122223333:user/ann",
  type: AccessEntryType.Standard,
  accessPolicies: { all: { policyArn, accessScope: { type: "cluster" } } },
};

/** What every cluster is made of. */
const core = [
  "c-eks-k8s pulumi:providers:kubernetes < c",
  "c-eksCluster aws:eks/cluster:Cluster < c",
  "c-eksRole eks:index:ServiceRole < c",
  "c-eksRole-4b490823 aws:iam/rolePolicyAttachment:RolePolicyAttachment < c-eksRole",
  "c-eksRole-role aws:iam/role:Role < c-eksRole",
];

const clusterGroup = [
  "c-eksClusterInternetEgressRule aws:ec2/securityGroupRule:SecurityGroupRule < c",
  `c-eksClusterSecurityGroup ${SECURITY_GROUP} < c`,
];

const nodeGroup = [
  "c-eksClusterIngressRule aws:ec2/securityGroupRule:SecurityGroupRule < c",
  "c-eksExtApiServerClusterIngressRule aws:ec2/securityGroupRule:SecurityGroupRule < c",
  "c-eksNodeClusterIngressRule aws:ec2/securityGroupRule:SecurityGroupRule < c",
  "c-eksNodeIngressRule aws:ec2/securityGroupRule:SecurityGroupRule < c",
  "c-eksNodeInternetEgressRule aws:ec2/securityGroupRule:SecurityGroupRule < c",
  `c-nodeSecurityGroup ${SECURITY_GROUP} < c`,
];

const kubeProxy = "c-kube-proxy aws:eks/addon:Addon < c";
const vpcCni = ["c-vpc-cni aws:eks/addon:Addon < c-vpc-cni", "c-vpc-cni eks:index:VpcCniAddon < c"];
const configMap = "c-nodeAccess kubernetes:core/v1:ConfigMap < c";

function outputs(run: Run) {
  return named(run, "c", "eks:index:Cluster").outputs;
}

describe("EKS component: cluster", function () {
  this.timeout(60_000);

  it("with only its nodes left out brings groups, add-ons and the config map", async () => {
    const run = await deployed(() => ({}));
    assert.deepEqual(
      children(run, "c"),
      [...core, ...clusterGroup, ...nodeGroup, kubeProxy, ...vpcCni, configMap].sort(),
    );
    const { inputs } = named(run, "c-eksCluster", CLUSTER);
    assert.deepEqual(inputs["vpcConfig"], {
      securityGroupIds: [named(run, "c-eksClusterSecurityGroup", SECURITY_GROUP).id],
      subnetIds: ["a", "b"].map((zone) => named(run, `subnet-${zone}`, "aws:ec2/subnet:Subnet").id),
    });
    assert.equal(inputs["bootstrapSelfManagedAddons"], true);
    assert.equal(inputs["accessConfig"], undefined);
    assert.deepEqual(named(run, "c-nodeAccess", "kubernetes:core/v1:ConfigMap").inputs["data"], { mapRoles: "[]\n" });
    const { clusterSecurityGroupId, nodeSecurityGroupId, oidcProviderArn } = outputs(run);
    assert.equal(clusterSecurityGroupId, named(run, "c-eksClusterSecurityGroup", SECURITY_GROUP).id);
    assert.equal(nodeSecurityGroupId, named(run, "c-nodeSecurityGroup", SECURITY_GROUP).id);
    assert.equal(oidcProviderArn, "");
  });

  it("with the options of our stacks brings its role, its access and a provider alone", async () => {
    const run = await deployed(({ vpcId, subnetIds }) => ({
      name: "shop",
      clusterTags: { Name: "shop" },
      version: "1.36",
      upgradePolicy: { supportType: "STANDARD" },
      authenticationMode: "API",
      accessEntries: { admin },
      privateSubnetIds: subnetIds,
      clusterSecurityGroup: new SecurityGroup("control-plane", { vpcId }),
      skipDefaultSecurityGroups: true,
      endpointPrivateAccess: true,
      endpointPublicAccess: true,
      publicAccessCidrs: ["203.0.113.0/24"],
      enabledClusterLogTypes: ["api", "audit"],
      encryptionConfigKeyArn: new Key("secrets", {}).arn,
      createInstanceRole: false,
      bootstrapSelfManagedAddons: false,
      useDefaultVpcCni: true,
      kubeProxyAddonOptions: { enabled: false },
      corednsAddonOptions: { enabled: false },
      deletionProtection: true,
    }));
    assert.deepEqual(
      children(run, "c"),
      [
        ...core,
        "c-admin aws:eks/accessEntry:AccessEntry < c",
        "c-admin-all aws:eks/accessPolicyAssociation:AccessPolicyAssociation < c-admin",
      ].sort(),
    );
    const made = named(run, "c-eksCluster", CLUSTER);
    const group = named(run, "control-plane", SECURITY_GROUP).id;
    assert.deepEqual(made.inputs, {
      name: "shop",
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
      bootstrapSelfManagedAddons: false,
      deletionProtection: true,
      enabledClusterLogTypes: ["api", "audit"],
      encryptionConfig: {
        provider: { keyArn: named(run, "secrets", "aws:kms/key:Key").outputs["arn"] },
        resources: ["secrets"],
      },
      roleArn: named(run, "c-eksRole-role", "aws:iam/role:Role").outputs["arn"],
      tags: { Name: "shop" },
      upgradePolicy: { supportType: "STANDARD" },
      version: "1.36",
      vpcConfig: {
        endpointPrivateAccess: true,
        endpointPublicAccess: true,
        publicAccessCidrs: ["203.0.113.0/24"],
        securityGroupIds: [group],
        subnetIds: ["a", "b"].map((zone) => named(run, `subnet-${zone}`, "aws:ec2/subnet:Subnet").id),
      },
    });
    assert.deepEqual(made.ignoreChanges, [
      "accessConfig.bootstrapClusterCreatorAdminPermissions",
      "bootstrapSelfManagedAddons",
    ]);
    assert.equal(outputs(run)["clusterSecurityGroupId"], group);
    assert.equal(
      outputs(run)["nodeSecurityGroupId"],
      (made.outputs["vpcConfig"] as { clusterSecurityGroupId: string }).clusterSecurityGroupId,
    );
  });

  it("with roles, identities and cluster DNS asked for brings them too", async () => {
    const run = await deployed(({ vpcId }) => ({
      authenticationMode: "API_AND_CONFIG_MAP",
      accessEntries: { admin },
      clusterSecurityGroup: new SecurityGroup("control-plane", { vpcId }),
      createInstanceRole: true,
      createOidcProvider: true,
      corednsAddonOptions: { enabled: true },
    }));
    assert.deepEqual(
      children(run, "c"),
      [
        ...core,
        ...nodeGroup,
        kubeProxy,
        ...vpcCni,
        configMap,
        "c-admin aws:eks/accessEntry:AccessEntry < c",
        "c-admin-all aws:eks/accessPolicyAssociation:AccessPolicyAssociation < c-admin",
        "c-coredns aws:eks/addon:Addon < c",
        "c-defaultNodeGroupInstanceRole aws:eks/accessEntry:AccessEntry < c",
        "c-instanceProfile aws:iam/instanceProfile:InstanceProfile < c",
        "c-instanceRole eks:index:ServiceRole < c",
        "c-instanceRole-03516f97 aws:iam/rolePolicyAttachment:RolePolicyAttachment < c-instanceRole",
        "c-instanceRole-3eb088f2 aws:iam/rolePolicyAttachment:RolePolicyAttachment < c-instanceRole",
        "c-instanceRole-e1b295bd aws:iam/rolePolicyAttachment:RolePolicyAttachment < c-instanceRole",
        "c-instanceRole-role aws:iam/role:Role < c-instanceRole",
        "c-oidcProvider aws:iam/openIdConnectProvider:OpenIdConnectProvider < c",
      ].sort(),
    );
    const oidc = named(run, "c-oidcProvider", "aws:iam/openIdConnectProvider:OpenIdConnectProvider");
    const [identity] = named(run, "c-eksCluster", CLUSTER).outputs["identities"] as readonly {
      oidcs: readonly { issuer: string }[];
    }[];
    const issuer = identity?.oidcs[0]?.issuer ?? "";
    assert.match(issuer, /^https:\/\/oidc\.eks\.us-east-1\.amazonaws\.com\/id\/[0-9A-F]{32}$/);
    assert.equal(oidc.inputs["url"], issuer);
    assert.equal(outputs(run)["oidcProviderArn"], oidc.outputs["arn"]);
    assert.equal(outputs(run)["oidcIssuer"], issuer.replace("https://", ""));
    const nodes = named(run, "c-instanceRole-role", "aws:iam/role:Role").outputs["arn"];
    assert.equal(
      named(run, "c-defaultNodeGroupInstanceRole", "aws:eks/accessEntry:AccessEntry").inputs["principalArn"],
      nodes,
    );
  });

  it("in auto mode brings the role of its nodes, and neither groups nor add-ons but cluster DNS", async () => {
    const run = await deployed(() => ({ authenticationMode: "API", autoMode: { enabled: true } }));
    assert.deepEqual(
      children(run, "c").filter((line) => !line.includes("rolePolicyAttachment")),
      [
        ...core.filter((line) => !line.includes("rolePolicyAttachment")),
        "c-coredns aws:eks/addon:Addon < c",
        "c-nodeRole eks:index:ServiceRole < c",
        "c-nodeRole-role aws:iam/role:Role < c-nodeRole",
      ].sort(),
    );
    const { inputs } = named(run, "c-eksCluster", CLUSTER);
    assert.deepEqual(inputs["computeConfig"], {
      enabled: true,
      nodePools: ["general-purpose", "system"],
      nodeRoleArn: named(run, "c-nodeRole-role", "aws:iam/role:Role").outputs["arn"],
    });
    assert.equal(inputs["bootstrapSelfManagedAddons"], false);
    assert.equal(outputs(run)["autoModeNodeRoleName"], named(run, "c-nodeRole-role", "aws:iam/role:Role").id);
  });

  it("writes roles and users into the config map, roles of nodes last", async () => {
    const run = await deployed(({ nodeRole }) => ({
      instanceRoles: [nodeRole],
      roleMappings: [{ roleArn: "arn:aws:iam::111122223333:role/ops", username: "ops", groups: ["system:masters"] }],
      userMappings: [{ userArn: "arn:aws:iam::111122223333:user/ann", username: "yes", groups: [] }],
    }));
    const nodes = text(named(run, "nodes", "aws:iam/role:Role").outputs["arn"]);
    assert.deepEqual(named(run, "c-nodeAccess", "kubernetes:core/v1:ConfigMap").inputs["data"], {
      mapRoles: [
        "- rolearn: arn:aws:iam::111122223333:role/ops",
        "  username: ops",
        "  groups:",
        "    - system:masters",
        `- rolearn: ${nodes}`,
        "  username: system:node:{{EC2PrivateDNSName}}",
        "  groups:",
        "    - system:bootstrappers",
        "    - system:nodes",
        "",
      ].join("\n"),
      mapUsers: ["- userarn: arn:aws:iam::111122223333:user/ann", '  username: "yes"', "  groups: []", ""].join("\n"),
    });
  });

  it("hands out a kubeconfig without the profile that its own provider uses", async () => {
    const run = await deployed(() => ({
      providerCredentialOpts: { profileName: "ops", roleArn: "arn:aws:iam::111122223333:role/ops" },
    }));
    const args = (kubeconfig: unknown) =>
      (JSON.parse(String(kubeconfig)) as { users: readonly { user: { exec: { args: string[] } } }[] }).users[0]?.user
        .exec.args;
    const name = String(named(run, "c-eksCluster", CLUSTER).id);
    const token = ["--region", "us-east-1", "eks", "get-token", "--cluster-name", name, "--output", "json"];
    const asRole = [...token, "--role", "arn:aws:iam::111122223333:role/ops"];
    assert.deepEqual(args(outputs(run)["kubeconfigJson"]), asRole);
    const provider = named(run, "c-eks-k8s", "pulumi:providers:kubernetes");
    assert.deepEqual(args(provider.inputs["kubeconfig"]), [...asRole, "--profile", "ops"]);
  });
});
