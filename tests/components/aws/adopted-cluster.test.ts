import assert from "node:assert/strict";
import type { Provider as AwsProvider } from "@pulumi/aws/provider";
import { currentAccount } from "../../../components/aws/account";
import { AdoptedCluster, type AdoptedClusterArgs } from "../../../components/aws/adopted-cluster";
import { AdoptedNetwork } from "../../../components/aws/adopted-network";
import { workloadBinder } from "../../../components/aws/bind-workload";
import { Cluster } from "../../../components/aws/cluster";
import { SecurityGroups } from "../../../components/aws/security-groups";
import { at, only, policy, type Deployed } from "../../stacks/deployed";
import { adopt, networkOf, owned } from "./adoption-ground";
import { childrenOf, onNetwork, region } from "./ground";

describe("AdoptedCluster", function () {
  this.timeout(60_000);

  const withCluster = () =>
    owned(({ account, aws, eks, key, network, onAws, protection }) => {
      const needs = { podPorts: [], webhookPorts: [] };
      const securityGroups = new SecurityGroups("groups", { network, prefix: "test", needs }, onAws);
      new Cluster(
        "cluster",
        {
          account,
          clusterName: "test-eks",
          version: "1.36",
          supportType: "STANDARD",
          endpoint: { private: true, publicCidrs: undefined },
          logs: ["audit"],
          admins: {},
          network,
          securityGroups,
          secretsKeyArn: key.arn,
          logsKeyArn: key.arn,
          protection,
        },
        { providers: { aws, eks } },
      );
    });
  const made = (
    owner: Deployed,
    changes: Partial<Omit<AdoptedClusterArgs, "network">> = {},
    use: (cluster: AdoptedCluster, onAws: { providers: { aws: AwsProvider } }) => Record<string, unknown> = () => ({}),
  ) =>
    adopt(owner, (onAws) => {
      const network = new AdoptedNetwork("network", networkOf(owner), onAws);
      const args = { region, clusterName: "test-eks", version: "1.36", apiAccess: "network", network } as const;
      const cluster = new AdoptedCluster("cluster", { ...args, ...changes }, onAws);
      return use(cluster, onAws);
    });

  it("[PF-CLOUD-02] is reached by a kubeconfig without a credential, and nothing of it is made", async () => {
    const owner = await withCluster();
    const stack = await made(
      owner,
      {},
      ({ clusterName, kubeconfig, issuer, securityGroupId, privateLoadBalancer }) => ({
        privateLoadBalancer,
        clusterName,
        kubeconfig: kubeconfig.apply((text) => JSON.parse(text) as unknown),
        issuer,
        securityGroupId,
      }),
    );
    assert.deepEqual(stack.run.errors, []);
    assert.deepEqual(childrenOf(stack, "cluster"), []);
    const { outputs } = owner.named("cluster-eks-eksCluster");
    const expected = {
      clusterName: "test-eks",
      issuer: at(outputs, "identities.0.oidcs.0.issuer"),
      securityGroupId: at(outputs, "vpcConfig.clusterSecurityGroupId"),
    };
    assert.deepEqual(only(stack.run.outputs, "clusterName", "issuer", "securityGroupId"), expected);
    assert.deepEqual(stack.run.outputs["privateLoadBalancer"], {
      loadBalancerClass: "service.k8s.aws/nlb",
      annotations: {
        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
        "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
      },
    });
    const { kubeconfig = {} } = stack.run.outputs;
    assert.deepEqual([at(kubeconfig, "apiVersion"), at(kubeconfig, "kind")], ["v1", "Config"]);
    assert.deepEqual(at(kubeconfig, "clusters.0.cluster"), {
      server: outputs["endpoint"],
      "certificate-authority-data": at(outputs, "certificateAuthority.data"),
    });
    assert.deepEqual(at(kubeconfig, "users.0.user"), {
      exec: {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command: "aws",
        args: ["--region", region, "eks", "get-token", "--cluster-name", "test-eks", "--output", "json"],
      },
    });
  });

  it("lets a workload have an identity, with the rights that it asks for and no others", async () => {
    const owner = await withCluster();
    const stack = await made(owner, {}, ({ clusterName }, onAws) => {
      const account = currentAccount(region, { provider: onAws.providers.aws });
      const bind = workloadBinder({ account, clusterName, agent: undefined, aws: onAws.providers.aws });
      const subject = { namespace: "shop", serviceAccount: "orders", description: "Orders" };
      bind("orders-identity", { ...subject, grants: [] });
      return {};
    });
    assert.deepEqual(stack.run.errors, []);
    assert.deepEqual(childrenOf(stack, "orders-identity"), ["orders-identity-association", "orders-identity-role"]);
    assert.deepEqual(
      only(stack.named("orders-identity-association").inputs, "clusterName", "namespace", "serviceAccount"),
      { clusterName: "test-eks", namespace: "shop", serviceAccount: "orders" },
    );
    assert.deepEqual(policy(stack.input("orders-identity-role", "assumeRolePolicy")).Statement[0]?.Condition, {
      StringEquals: {
        "aws:RequestTag/eks-cluster-name": "test-eks",
        "aws:RequestTag/kubernetes-namespace": "shop",
        "aws:RequestTag/kubernetes-service-account": "orders",
      },
    });
  });

  it("refuses a cluster of another version", async () => {
    const { run } = await made(await withCluster(), { version: "1.35" });
    assert.deepEqual(run.errors, [
      `cluster "test-eks" runs Kubernetes 1.36, not 1.35: set cluster.version to the cluster's`,
    ]);
  });

  it("refuses a way to the API that the cluster does not have", async () => {
    const { run } = await made(await withCluster(), { apiAccess: "internet" });
    assert.deepEqual(run.errors, [
      `cluster "test-eks" has an API that does not answer on the internet: choose another access, or let its owner open it`,
    ]);
  });

  it("refuses a cluster of another network, and one that does not exist", async () => {
    const owner = await withCluster();
    const other = await onNetwork(() => undefined, { cloud: owner.run.cloud, stack: "other" });
    const { run } = await made(other);
    assert.deepEqual(run.errors, [
      `cluster "test-eks" lies in ${owner.id("network-vpc")}, not in ${other.id("network-vpc")}: adopt that network too, or another cluster`,
    ]);
    const { run: missing } = await made(owner, { clusterName: "none" });
    assert.match(missing.errors.join("\n"), /EKS Cluster \(none\): couldn't find resource/);
  });
});
