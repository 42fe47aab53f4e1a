import assert from "node:assert/strict";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { Repository } from "@pulumi/aws/ecr/repository";
import { all } from "@pulumi/pulumi";
import { currentAccount } from "../../../components/aws/account";
import { AdoptedNetwork } from "../../../components/aws/adopted-network";
import { AdoptedRegistry } from "../../../components/aws/adopted-registry";
import { ServiceEndpoints } from "../../../components/aws/service-endpoints";
import { adopt, networkOf, owned, refusal, subnetsOf } from "./adoption-ground";
import { childrenOf, onNetwork, region } from "./ground";

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
