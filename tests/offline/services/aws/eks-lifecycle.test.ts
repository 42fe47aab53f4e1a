import assert from "node:assert/strict";
import { ControlPlane } from "../../../../offline/cloud/control-plane";
import type { Properties } from "../../../../offline/cloud/value";
import { supportOf } from "../../../../offline/services/aws/eks-versions";
import { text } from "../../../../offline/services/aws/text";
import { kubernetesPackage } from "../../../../offline/services/kubernetes";
import { kubeconfig, urn } from "../kubernetes/support";
import { ClusterAccount, noRole, roleArn } from "./cluster-account";
import { ACCESS_ENTRY, ACCESS_POLICY, ADDON, CLUSTER, POD_IDENTITY } from "./eks-support";
import { at, network, refused } from "./support";

const FARGATE = "aws:eks/fargateProfile:FargateProfile";
const code = "InvalidParameterException";

describe("AWS EKS support of versions", () => {
  it("is standard, then extended, then over, day by day", () => {
    assert.deepEqual(
      ["2026-12-02", "2026-12-03", "2027-12-02", "2027-12-03"].map((day) => supportOf("1.34", day)),
      ["standard", "extended", "extended", "none"],
    );
    assert.equal(supportOf("1.37"), "none");
  });

  it("cannot be cut to the standard one while extended, but with an upgrade out of it", () => {
    const account = new ClusterAccount();
    const made = account.cluster({ version: "1.33" });
    const standard = { upgradePolicy: { supportType: "STANDARD" } };
    refused(() => account.update(made, standard), code, /1\.33 is in extended support/);
    const outputs = account.update(made, { version: "1.34", ...standard });
    assert.deepEqual([outputs["version"], outputs["upgradePolicy"]], ["1.34", { supportType: "STANDARD" }]);
  });

  it("is of one of two types, as logs and authentication modes are of known ones", () => {
    const account = new ClusterAccount();
    const checked = (change: Properties) =>
      account.reasons(CLUSTER, { name: "a", roleArn: noRole, vpcConfig: { subnetIds: ["subnet-0"] }, ...change });
    assert.match(
      checked({ upgradePolicy: { supportType: "NONE" } })["upgradePolicy.supportType"] ?? "",
      /expected one of STANDARD, EXTENDED, got NONE/,
    );
    assert.match(
      checked({ enabledClusterLogTypes: ["api", "kubelet"] })["enabledClusterLogTypes[1]"] ?? "",
      /expected one of api, audit, authenticator, controllerManager, scheduler, got kubelet/,
    );
    assert.match(
      checked({ accessConfig: { authenticationMode: "IAM" } })["accessConfig.authenticationMode"] ?? "",
      /expected one of CONFIG_MAP, API_AND_CONFIG_MAP, API, got IAM/,
    );
    const all = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
    assert.deepEqual(checked({ enabledClusterLogTypes: all, upgradePolicy: { supportType: "STANDARD" } }), {});
  });
});

describe("AWS EKS cluster update", () => {
  const config = ({ outputs }: { readonly outputs: Properties }) => outputs["vpcConfig"] as Properties;

  it("moves between subnets of its network in two zones, and keeps its security group", () => {
    const account = new ClusterAccount();
    const made = account.cluster();
    const to = (...subnetIds: string[]) => account.update(made, { vpcConfig: { subnetIds } });
    const foreign = network(account, "10.1.0.0/16").subnets.map(({ id }) => id);
    refused(() => to(at(account.subnetIds, 0)), code, /at least two different AZs/);
    refused(() => to(...foreign), code, /another VPC/);
    const moved = { outputs: to(at(account.subnetIds, 0), at(account.subnetIds, 1)) };
    assert.deepEqual(config(moved)["subnetIds"], account.subnetIds.slice(0, 2));
    assert.equal(config(moved)["clusterSecurityGroupId"], config(made)["clusterSecurityGroupId"]);
  });

  it("refuses a key that does not exist", () => {
    const account = new ClusterAccount();
    const made = account.cluster();
    const keyArn = "arn:aws:kms:us-east-1:111122223333:key/none";
    const encryptionConfig = { provider: { keyArn }, resources: ["secrets"] };
    refused(() => account.update(made, { encryptionConfig }), code, /Invalid keyArn: the key .*key\/none/);
  });
});

describe("AWS EKS node group update", () => {
  it("refuses a desired size outside of its bounds", () => {
    const account = new ClusterAccount();
    account.cluster();
    const made = account.nodes();
    const scaling = (minSize: number, desiredSize: number, maxSize: number) => ({
      scalingConfig: { minSize, desiredSize, maxSize },
    });
    refused(() => account.update(made, scaling(3, 2, 4)), code, /Minimum capacity 3 can't be greater than desired/);
    refused(() => account.update(made, scaling(1, 5, 4)), code, /Desired capacity 5 can't be greater than max size 4/);
    assert.deepEqual(account.update(made, scaling(0, 0, 1))["scalingConfig"], scaling(0, 0, 1).scalingConfig);
  });

  it("gets no access entry where the config map rules, and leaves the program's own", () => {
    const mapped = new ClusterAccount();
    mapped.cluster();
    mapped.nodes();
    const id = `shop:${mapped.nodeRole}`;
    assert.equal(mapped.has(ACCESS_ENTRY, id), false);
    const account = new ClusterAccount();
    account.clusterWithEntries();
    account.create(ACCESS_ENTRY, "nodes", { clusterName: "shop", principalArn: account.nodeRole, type: "EC2_LINUX" });
    account.delete(account.nodes());
    assert.equal(account.has(ACCESS_ENTRY, id), true);
  });
});

describe("AWS EKS Fargate profile", () => {
  it("lies in the subnets of its cluster, and refuses what does not exist and names in use or kept by EKS", () => {
    const account = new ClusterAccount();
    const podExecutionRoleArn = roleArn(account, "pods", "eks-fargate-pods.amazonaws.com");
    const inputs = {
      clusterName: "shop",
      fargateProfileName: "jobs",
      podExecutionRoleArn,
      selectors: [{ namespace: "jobs" }],
    };
    const create = (change: Properties = {}, logical = "jobs") =>
      account.create(FARGATE, logical, { ...inputs, ...change });
    refused(() => create(), "ResourceNotFoundException", /No cluster found for name: shop/);
    account.cluster();
    refused(() => create({ podExecutionRoleArn: noRole }), code, /'.*role\/none' does not exist/);
    refused(() => create({ subnetIds: ["subnet-0"] }), code, /'subnet-0' does not exist/);
    const reasons = account.reasons(FARGATE, { ...inputs, fargateProfileName: "eks-jobs" });
    assert.match(reasons["fargateProfileName"] ?? "", /not a valid/);
    assert.deepEqual(create().outputs["subnetIds"], account.subnetIds);
    refused(() => create({}, "twin"), "ResourceInUseException", /already exists with this name/);
  });
});

describe("AWS EKS cluster deletion", () => {
  it("takes add-ons, identities and access along, and leaves those of other clusters", () => {
    const account = new ClusterAccount();
    const made = account.clusterWithEntries();
    account.clusterWithEntries("other");
    const podRole = roleArn(account, "pod", "pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]);
    const principalArn = account.nodeRole;
    const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";
    for (const clusterName of ["shop", "other"]) {
      const create = (token: string, inputs: Properties) =>
        account.create(token, `${clusterName}-${token}`, { clusterName, ...inputs });
      create(ADDON, { addonName: "vpc-cni" });
      create(POD_IDENTITY, { namespace: "default", serviceAccount: "app", roleArn: podRole });
      create(ACCESS_ENTRY, { principalArn });
      create(ACCESS_POLICY, { principalArn, policyArn, accessScope: { type: "cluster" } });
    }
    account.delete(made);
    const left = account.cloud
      .all()
      .filter(({ type }) => [ADDON, POD_IDENTITY, ACCESS_ENTRY, ACCESS_POLICY].includes(type))
      .map(({ inputs }) => inputs["clusterName"]);
    assert.deepEqual(left, ["other", "other", "other", "other"]);
  });

  it("takes the Kubernetes objects in it along, and leaves those of other clusters", () => {
    const account = new ClusterAccount();
    const { cloud } = account;
    const kubernetes = kubernetesPackage({ schema: () => undefined, version: "4.34.2" });
    const plane = new ControlPlane(cloud, kubernetes);
    const [shop, other] = ["shop", "other"].map((name) => account.cluster({}, name));
    for (const made of [shop, other]) {
      const session = kubernetes.configure(
        { kubeconfig: kubeconfig(text(made?.outputs["endpoint"])) },
        cloud.view({ account: "", region: "" }),
      );
      const create = (type: string, inputs: Properties) =>
        plane.create({ urn: urn(type, made?.name ?? ""), type, inputs, session });
      create("kubernetes:core/v1:Namespace", { metadata: { name: "app" } });
      create("kubernetes:core/v1:ConfigMap", { metadata: { name: "settings", namespace: "app" }, data: {} });
    }
    const owners = () =>
      cloud
        .all()
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .map(({ scope }) => scope.account);
    assert.equal(owners().length, 4);
    assert.ok(shop !== undefined && other !== undefined);
    account.delete(shop);
    assert.deepEqual(owners(), [other.outputs["arn"], other.outputs["arn"]]);
  });
});
