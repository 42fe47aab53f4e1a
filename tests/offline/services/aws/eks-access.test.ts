import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { ClusterAccount, noRole, roleArn as roleOf } from "./cluster-account";
import { ACCESS_ENTRY, ACCESS_POLICY, ADDON, POD_IDENTITY } from "./eks-support";
import { refused, type Made } from "./support";

const code = "InvalidParameterException";
const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

function podRole(account: ClusterAccount, name = "pod", actions = ["sts:AssumeRole", "sts:TagSession"]): string {
  return roleOf(account, name, "pods.eks.amazonaws.com", actions);
}

/** An account with a cluster `shop` of version 1.35 that has access entries. */
function prepared(): ClusterAccount {
  const account = new ClusterAccount();
  account.clusterWithEntries();
  return account;
}

describe("AWS EKS add-on", () => {
  const addon = (account: ClusterAccount, change: Properties = {}, logical = "addon"): Made =>
    account.create(ADDON, logical, { clusterName: "shop", addonName: "coredns", ...change });

  it("is made with its ARN in the newest version, which for kube-proxy is that of the cluster", () => {
    const account = prepared();
    const { id, outputs } = addon(account);
    assert.equal(id, "shop:coredns");
    assert.match(text(outputs["arn"]), /^arn:aws:eks:us-east-1:111122223333:addon\/shop\/coredns\/[0-9a-f-]{36}$/);
    assert.equal(outputs["addonVersion"], "v1.14.3-eksbuild.1");
    assert.equal(addon(account, { addonName: "kube-proxy" }, "proxy").outputs["addonVersion"], "v1.35.6-eksbuild.1");
  });

  it("refuses a cluster that does not exist, a second of its kind and one that EKS does not offer", () => {
    refused(() => addon(new ClusterAccount()), "ResourceNotFoundException", /No cluster found for name: shop/);
    const account = prepared();
    addon(account);
    refused(() => addon(account, {}, "twin"), "ResourceInUseException", /Addon already exists/);
    refused(
      () => addon(account, { addonName: "ingress-nginx" }, "other"),
      code,
      /ingress-nginx specified is not supported in 1\.35 kubernetes version/,
    );
  });

  it("refuses a version that is none or not for the cluster, at creation and at an update", () => {
    const account = prepared();
    const proxy = (addonVersion: string) => addon(account, { addonName: "kube-proxy", addonVersion });
    refused(() => proxy("1.35.6"), code, /Addon version specified is not supported/);
    refused(() => proxy("v1.34.4-eksbuild.1"), code, /Addon version specified is not supported/);
    const made = proxy("v1.35.3-eksbuild.2");
    refused(() => account.update(made, { addonVersion: "v1.36.2-eksbuild.1" }), code, /version specified/);
    assert.equal(account.update(made, { addonVersion: "v1.35.6-eksbuild.1" })["addonVersion"], "v1.35.6-eksbuild.1");
  });

  it("refuses configuration that is no JSON, at creation and at an update", () => {
    const account = prepared();
    refused(() => addon(account, { configurationValues: "{replicas: 2}" }), code, /ConfigurationValue/);
    const made = addon(account, { configurationValues: '{"replicaCount":2}' });
    assert.equal(made.outputs["configurationValues"], '{"replicaCount":2}');
    refused(() => account.update(made, { configurationValues: "{" }), code, /ConfigurationValue/);
  });

  it("refuses ways of resolving conflicts that do not exist", () => {
    const account = new ClusterAccount();
    const reasons = account.reasons(ADDON, {
      clusterName: "shop",
      addonName: "coredns",
      resolveConflictsOnCreate: "PRESERVE",
      resolveConflictsOnUpdate: "MERGE",
    });
    assert.match(reasons["resolveConflictsOnCreate"] ?? "", /one of NONE, OVERWRITE, got PRESERVE/);
    assert.match(reasons["resolveConflictsOnUpdate"] ?? "", /one of NONE, OVERWRITE, PRESERVE, got MERGE/);
  });

  it("refuses roles that do not exist, and those that pods may not assume", () => {
    const account = prepared();
    refused(() => addon(account, { serviceAccountRoleArn: noRole }), code, /'.*role\/none' does not exist/);
    const identity = (roleArn: string) => ({ podIdentityAssociations: [{ serviceAccount: "coredns", roleArn }] });
    refused(() => addon(account, identity(noRole)), code, /Role provided in the request does not exist/);
    refused(() => addon(account, identity(account.nodeRole)), code, /Trust policy of the role provided is invalid/);
    const made = addon(account, identity(podRole(account)));
    refused(() => account.update(made, identity(account.nodeRole)), code, /Trust policy/);
  });
});

describe("AWS EKS pod identity", () => {
  const association = (account: ClusterAccount, roleArn: string, change: Properties = {}, logical = "app") =>
    account.create(POD_IDENTITY, logical, {
      clusterName: "shop",
      namespace: "default",
      serviceAccount: "app",
      roleArn,
      ...change,
    });

  it("is made with an id and ARN of its own", () => {
    const account = prepared();
    const { id, outputs } = association(account, podRole(account));
    assert.match(id, /^a-[0-9a-f]{17}$/);
    assert.equal(outputs["associationId"], id);
    assert.equal(outputs["associationArn"], `arn:aws:eks:us-east-1:111122223333:podidentityassociation/shop/${id}`);
  });

  it("refuses a second for one service account, not for that of another cluster or namespace", () => {
    const account = prepared();
    const roleArn = podRole(account);
    const { id } = association(account, roleArn);
    refused(
      () => association(account, roleArn, {}, "twin"),
      "ResourceInUseException",
      new RegExp(`Association already exists: ${id}`),
    );
    account.cluster({}, "other");
    for (const [logical, change] of [
      ["of another cluster", { clusterName: "other" }],
      ["of another namespace", { namespace: "jobs" }],
      ["of another account", { serviceAccount: "job" }],
    ] as const) {
      assert.match(association(account, roleArn, change, logical).id, /^a-/, logical);
    }
  });

  it("refuses a cluster and a role that do not exist", () => {
    const account = prepared();
    refused(
      () => association(account, podRole(account), { clusterName: "none" }),
      "ResourceNotFoundException",
      /No cluster found for name: none/,
    );
    refused(() => association(account, noRole), code, /Role provided in the request does not exist/);
  });

  it("refuses a role that pods may not assume with both actions, at creation and at an update", () => {
    const account = prepared();
    const refusal = [code, /Trust policy of the role provided is invalid/] as const;
    refused(() => association(account, account.nodeRole), ...refusal);
    refused(() => association(account, podRole(account, "untagged", ["sts:AssumeRole"])), ...refusal);
    const made = association(account, podRole(account));
    refused(() => account.update(made, { roleArn: account.nodeRole }), ...refusal);
  });
});

describe("AWS EKS access entry", () => {
  const entry = (account: ClusterAccount, change: Properties = {}, logical = "admin"): Made =>
    account.create(ACCESS_ENTRY, logical, { clusterName: "shop", principalArn: account.nodeRole, ...change });

  it("is made with its ARN, named after its principal", () => {
    const account = prepared();
    const { id, outputs } = entry(account);
    assert.equal(id, `shop:${account.nodeRole}`);
    assert.match(
      text(outputs["accessEntryArn"]),
      /^arn:aws:eks:us-east-1:111122223333:access-entry\/shop\/role\/111122223333\/nodes\/[0-9a-f-]{36}$/,
    );
    assert.deepEqual(
      [outputs["type"], outputs["userName"], outputs["kubernetesGroups"]],
      ["STANDARD", account.nodeRole, []],
    );
  });

  it("refuses a cluster that does not exist and one with the config map alone", () => {
    refused(() => entry(new ClusterAccount()), "ResourceNotFoundException", /No cluster found/);
    const account = new ClusterAccount();
    const cluster = account.cluster();
    refused(() => entry(account), "InvalidRequestException", /one of \[API, API_AND_CONFIG_MAP\]/);
    account.update(cluster, { accessConfig: { authenticationMode: "API_AND_CONFIG_MAP" } });
    assert.equal(entry(account).outputs["type"], "STANDARD");
  });

  it("refuses a second for one principal, and a type that does not exist", () => {
    const account = prepared();
    entry(account);
    refused(() => entry(account, {}, "twin"), "ResourceInUseException", /already in use on this cluster/);
    const reasons = account.reasons(ACCESS_ENTRY, { clusterName: "shop", principalArn: noRole, type: "LINUX" });
    assert.match(reasons["type"] ?? "", /one of STANDARD, EC2_LINUX, .*, got LINUX/);
  });

  it("refuses a principal that is no role or user, or a role that does not exist", () => {
    const account = prepared();
    for (const principalArn of [noRole, "arn:aws:iam::111122223333:group/devs", "arn:aws:s3:::bucket", "admin"]) {
      refused(() => entry(account, { principalArn }), code, /invalid principal/);
    }
    for (const principalArn of ["arn:aws:iam::444455556666:role/theirs", "arn:aws:iam::111122223333:user/ann"]) {
      assert.equal(entry(account, { principalArn }, principalArn).id, `shop:${principalArn}`);
    }
  });

  it("refuses names that Kubernetes and AWS keep for themselves, at creation and at an update", () => {
    const account = prepared();
    for (const prefix of ["system:", "eks:", "aws:", "amazon:", "iam:"]) {
      refused(() => entry(account, { userName: `${prefix}me` }), code, new RegExp(`can't start with ${prefix}`));
    }
    const masters = { kubernetesGroups: ["devs", "system:masters"] };
    refused(() => entry(account, masters), code, /system:masters is invalid/);
    const made = entry(account, { userName: "me", kubernetesGroups: ["devs"] });
    refused(() => account.update(made, { userName: "system:me" }), code, /can't start with system:/);
    refused(() => account.update(made, masters), code, /system:masters is invalid/);
  });

  it("takes its policies along", () => {
    const account = prepared();
    const made = entry(account);
    const input = { clusterName: "shop", principalArn: account.nodeRole, policyArn, accessScope: { type: "cluster" } };
    const { id } = account.create(ACCESS_POLICY, "admin", input);
    account.delete(made);
    assert.equal(account.has(ACCESS_POLICY, id), false);
  });
});

describe("AWS EKS access policy", () => {
  const associate = (account: ClusterAccount, change: Properties = {}) =>
    account.create(ACCESS_POLICY, "admin", {
      clusterName: "shop",
      principalArn: account.nodeRole,
      policyArn,
      accessScope: { type: "cluster" },
      ...change,
    });
  const entry = (account: ClusterAccount, type: string) =>
    account.create(ACCESS_ENTRY, "entry", { clusterName: "shop", principalArn: account.nodeRole, type });

  it("is identified by cluster, principal and policy", () => {
    const account = prepared();
    entry(account, "STANDARD");
    assert.equal(associate(account).id, `shop#${account.nodeRole}#${policyArn}`);
  });

  it("refuses a cluster, a principal and a policy that do not exist", () => {
    refused(() => associate(new ClusterAccount()), "ResourceNotFoundException", /No cluster found/);
    const account = prepared();
    refused(() => associate(account), "ResourceNotFoundException", /principalArn could not be found/);
    entry(account, "STANDARD");
    refused(() => associate(account, { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }), code, /policyArn/);
  });

  it("refuses the entry of nodes, and a cluster with the config map alone", () => {
    const account = prepared();
    entry(account, "EC2_LINUX");
    refused(() => associate(account), code, /with a type of "STANDARD"/);
    const mapped = new ClusterAccount();
    mapped.cluster();
    refused(() => associate(mapped), "InvalidRequestException", /one of \[API, API_AND_CONFIG_MAP\]/);
  });

  it("refuses a scope that does not exist, and namespaces of the whole cluster", () => {
    const account = new ClusterAccount();
    const reasons = (accessScope: Properties) =>
      account.reasons(ACCESS_POLICY, { clusterName: "shop", principalArn: noRole, policyArn, accessScope });
    assert.deepEqual(reasons({ type: "namespace", namespaces: ["shop"] }), {});
    assert.match(reasons({ type: "node" })["accessScope.type"] ?? "", /one of cluster, namespace, got node/);
    assert.match(
      reasons({ type: "cluster", namespaces: ["shop"] })["accessScope.namespaces"] ?? "",
      /InvalidParameterException/,
    );
  });
});
