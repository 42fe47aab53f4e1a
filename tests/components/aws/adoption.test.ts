import assert from "node:assert/strict";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { Repository } from "@pulumi/aws/ecr/repository";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Zone } from "@pulumi/aws/route53/zone";
import { all } from "@pulumi/pulumi";
import { AdoptedCluster, type AdoptedClusterArgs } from "../../../components/aws/adopted-cluster";
import { AdoptedNetwork, type AdoptedNetworkArgs } from "../../../components/aws/adopted-network";
import { AdoptedRegistry } from "../../../components/aws/adopted-registry";
import { workloadBinder } from "../../../components/aws/bind-workload";
import { Cluster } from "../../../components/aws/cluster";
import { DnsZone } from "../../../components/aws/dns-zone";
import { SecurityGroups } from "../../../components/aws/security-groups";
import { ServiceEndpoints } from "../../../components/aws/service-endpoints";
import { currentAccount } from "../../../components/aws/account";
import { protectionOf, type StackClass } from "../../../components/planning/protection";
import { Deployed, at, only, policy } from "../../stacks/deployed";
import { runInProcess } from "../../support/in-process";
import { childrenOf, onNetwork, range, region, type Ground } from "./ground";

/** What others have made in the account before: a network, with what `make` puts on it. */
function owned(make: (ground: Ground) => void = () => undefined): Promise<Deployed> {
  return onNetwork(make, { stack: "owner" });
}

/** A second stack in the same cloud; what `make` returns are its outputs. */
async function adopt(
  owner: Deployed,
  make: (onAws: { providers: { aws: AwsProvider } }) => Record<string, unknown> | undefined,
): Promise<Deployed> {
  const program = () => make({ providers: { aws: new AwsProvider("aws", { region }) } });
  return new Deployed(await runInProcess(program, { cloud: owner.run.cloud }));
}

async function refusal(...args: Parameters<typeof adopt>): Promise<string> {
  return (await adopt(...args)).run.errors.join("\n");
}

function subnetsOf(owner: Deployed): AdoptedNetworkArgs["subnetIds"] {
  const tier = (name: string) => ({ a: owner.id(`network-${name}-a`), b: owner.id(`network-${name}-b`) });
  return { public: tier("public"), private: tier("private"), database: tier("database") };
}

function networkOf(owner: Deployed, changes: Partial<AdoptedNetworkArgs> = {}): AdoptedNetworkArgs {
  return {
    region,
    vpcId: owner.id("network-vpc"),
    cidr: range,
    zones: ["a", "b"],
    subnetIds: subnetsOf(owner),
    ...changes,
  };
}

describe("AdoptedNetwork", function () {
  this.timeout(60_000);

  it("has the ids of its owner's subnets and route tables, and makes nothing", async () => {
    const owner = await owned();
    const stack = await adopt(owner, (onAws) => {
      const network = new AdoptedNetwork("network", networkOf(owner, { zones: ["b", "a"] }), onAws);
      const { networkId, subnetIds, routeTableIds } = network;
      return { networkId, subnetIds, routeTableIds };
    });
    assert.deepEqual(stack.run.errors, []);
    assert.deepEqual(childrenOf(stack, "network"), []);
    const ids = (tier: string) => [owner.id(`network-${tier}-b`), owner.id(`network-${tier}-a`)];
    assert.deepEqual(stack.run.outputs, {
      networkId: owner.id("network-vpc"),
      subnetIds: { public: ids("public"), private: ids("private"), database: ids("database") },
      routeTableIds: {
        private: [owner.id("network-private-b-routes"), owner.id("network-private-a-routes")],
        database: [owner.id("network-database-routes"), owner.id("network-database-routes")],
      },
    });
  });

  it("takes the main route table of subnets that name none, each table once", async () => {
    const owner = await owned(({ network, aws }) => {
      for (const [index, zone] of ["a", "b"].entries()) {
        const cidrBlock = `10.9.${String(240 + index)}.0/24`;
        new Subnet(
          `plain-${zone}`,
          { vpcId: network.networkId, availabilityZone: region + zone, cidrBlock },
          { provider: aws },
        );
      }
    });
    const stack = await adopt(owner, (onAws) => {
      const plain = { a: owner.id("plain-a"), b: owner.id("plain-b") };
      const network = new AdoptedNetwork(
        "network",
        networkOf(owner, { subnetIds: { ...subnetsOf(owner), database: plain } }),
        onAws,
      );
      const account = currentAccount(region, { provider: onAws.providers.aws });
      const args = { account, prefix: "test", network, services: [], securityGroupId: "" };
      new ServiceEndpoints("endpoints", args, onAws);
      return undefined;
    });
    assert.deepEqual(stack.run.errors, []);
    assert.deepEqual(stack.input("endpoints-s3", "routeTableIds"), [
      owner.id("network-private-a-routes"),
      owner.id("network-private-b-routes"),
      owner.output("network-vpc", "mainRouteTableId"),
    ]);
  });

  it("refuses a network of another range", async () => {
    const owner = await owned();
    const message = await refusal(owner, (onAws) => {
      new AdoptedNetwork("network", networkOf(owner, { cidr: "10.8.0.0/16" }), onAws);
      return undefined;
    });
    assert.equal(
      message,
      `${owner.id("network-vpc")} has the range 10.9.0.0/16, not 10.8.0.0/16: set network.cidr to the VPC's range`,
    );
  });

  it("refuses a subnet of another zone", async () => {
    const owner = await owned();
    const { a, b } = subnetsOf(owner).database;
    const swapped = { ...subnetsOf(owner), database: { a: b ?? "", b: a ?? "" } };
    const message = await refusal(owner, (onAws) => {
      new AdoptedNetwork("network", networkOf(owner, { subnetIds: swapped }), onAws);
      return undefined;
    });
    assert.ok(
      message.includes(
        `database subnet ${String(b)} lies in eu-west-1b, not in eu-west-1a: correct network.adopt.subnetIds.database.a`,
      ),
      message,
    );
  });

  it("refuses a subnet of another network", async () => {
    const first = await owned(({ network, aws }) => {
      new Subnet(
        "foreign",
        { vpcId: network.networkId, availabilityZone: `${region}a`, cidrBlock: "10.9.250.0/24" },
        { provider: aws },
      );
    });
    const other = await onNetwork(() => undefined, { cloud: first.run.cloud, stack: "other" });
    const subnetIds = { ...subnetsOf(other), private: { ...subnetsOf(other).private, a: first.id("foreign") } };
    const message = await refusal(other, (onAws) => {
      new AdoptedNetwork("network", networkOf(other, { subnetIds }), onAws);
      return undefined;
    });
    assert.ok(
      message.includes(
        `private subnet ${first.id("foreign")} lies in ${first.id("network-vpc")}, not in ${other.id("network-vpc")}: correct network.adopt.subnetIds.private.a or network.adopt.vpcId`,
      ),
      message,
    );
  });

  it("refuses a zone without a subnet, and a subnet that does not exist", async () => {
    const owner = await owned();
    const missing = { ...subnetsOf(owner), database: { a: subnetsOf(owner).database.a ?? "" } };
    assert.match(
      await refusal(owner, (onAws) => {
        new AdoptedNetwork("network", networkOf(owner, { subnetIds: missing }), onAws);
        return undefined;
      }),
      /has no database subnet in zone b: name it in network\.adopt\.subnetIds\.database\.b/,
    );
    const gone = { ...subnetsOf(owner), public: { a: "subnet-0123456789abcdef0", b: subnetsOf(owner).public.b ?? "" } };
    assert.match(
      await refusal(owner, (onAws) => {
        new AdoptedNetwork("network", networkOf(owner, { subnetIds: gone }), onAws);
        return undefined;
      }),
      /subnet/i,
    );
  });
});

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
    const stack = await made(owner, {}, ({ clusterName, kubeconfig, issuer, securityGroupId }) => ({
      clusterName,
      kubeconfig: kubeconfig.apply((text) => JSON.parse(text) as unknown),
      issuer,
      securityGroupId,
    }));
    assert.deepEqual(stack.run.errors, []);
    assert.deepEqual(childrenOf(stack, "cluster"), []);
    const { outputs } = owner.named("cluster-eks-eksCluster");
    const expected = {
      clusterName: "test-eks",
      issuer: at(outputs, "identities.0.oidcs.0.issuer"),
      securityGroupId: at(outputs, "vpcConfig.clusterSecurityGroupId"),
    };
    assert.deepEqual(only(stack.run.outputs, "clusterName", "issuer", "securityGroupId"), expected);
    const { kubeconfig = {} } = stack.run.outputs;
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

describe("AdoptedRegistry", function () {
  this.timeout(60_000);

  it("has the addresses of its owner's repositories, by the image's key", async () => {
    const owner = await owned(({ aws }) => {
      new Repository("backend", { name: "team/backend" }, { provider: aws });
    });
    const stack = await adopt(owner, (onAws) => {
      const registry = new AdoptedRegistry("images", { repositories: { backend: "team/backend" } }, onAws);
      return { urls: registry.repositoryUrls, ids: all([...registry.resourceIds]) };
    });
    assert.deepEqual(stack.run.errors, []);
    assert.deepEqual(childrenOf(stack, "images"), []);
    assert.deepEqual(stack.run.outputs, {
      urls: { backend: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/backend" },
      ids: ["arn:aws:ecr:eu-west-1:111122223333:repository/team/backend"],
    });
  });

  it("refuses a repository that does not exist", async () => {
    const owner = await owned();
    const message = await refusal(owner, (onAws) => {
      new AdoptedRegistry("images", { repositories: { backend: "team/backend" } }, onAws);
      return undefined;
    });
    assert.match(message, /ECR Repository \(team\/backend\): couldn't find resource/);
  });
});

describe("DnsZone", function () {
  this.timeout(60_000);

  const created = (stackClass: StackClass) =>
    onNetwork(
      ({ onAws, protection }) => {
        new DnsZone("dns", { zoneName: "example.com", mode: "create", protection }, onAws);
      },
      { class: stackClass },
    );

  it("is guarded by the class", async () => {
    for (const [stackClass, guarded] of [
      ["production", true],
      ["development", false],
    ] as const) {
      const stack = await created(stackClass);
      const { inputs, protect } = stack.named("dns-zone");
      assert.deepEqual(inputs, { name: "example.com", comment: "Managed by Pulumi", forceDestroy: !guarded });
      assert.equal(protect, guarded);
    }
  });

  it("can be one that the account has, and then makes nothing", async () => {
    const owner = await owned(({ aws }) => {
      new Zone("zone", { name: "example.com" }, { provider: aws });
    });
    const stack = await adopt(owner, (onAws) => {
      const args = { zoneName: "example.com", mode: "adopt", protection: protectionOf("production") } as const;
      const zone = new DnsZone("dns", args, onAws);
      return { zoneId: zone.zoneId, nameServers: zone.nameServers };
    });
    assert.deepEqual(stack.run.errors, []);
    assert.deepEqual(childrenOf(stack, "dns"), []);
    assert.deepEqual(stack.run.outputs, {
      zoneId: owner.output("zone", "zoneId"),
      nameServers: owner.output("zone", "nameServers"),
    });
  });

  it("is found by its id where a name is not enough, and must have the name", async () => {
    const owner = await owned(({ aws }) => {
      new Zone("first", { name: "example.com" }, { provider: aws });
      new Zone("second", { name: "example.com" }, { provider: aws });
      new Zone("other", { name: "example.org" }, { provider: aws });
    });
    const zone = (zoneId?: string) =>
      adopt(owner, (onAws) => {
        const args = { zoneName: "example.com", mode: "adopt", protection: protectionOf("production") } as const;
        return { zoneId: new DnsZone("dns", { ...args, ...(zoneId === undefined ? {} : { zoneId }) }, onAws).zoneId };
      });
    assert.match((await zone()).run.errors.join("\n"), /multiple Route 53 Hosted Zones matched/);
    assert.deepEqual((await zone(owner.id("second"))).run.outputs, { zoneId: owner.id("second") });
    assert.deepEqual((await zone(owner.id("other"))).run.errors, [
      `zone ${owner.id("other")} is of example.org, not of example.com: correct dns.zoneId or dns.name`,
    ]);
  });
});
