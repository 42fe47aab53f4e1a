// In one process with the program, the EKS component brings back resources by classes that its own process loads.
import "@pulumi/aws";
import "@pulumi/eks";
import assert from "node:assert/strict";
import program from "../../index";
import { committed, withSettings } from "../config/stack-files";
import { runInProcess } from "../support/in-process";
import { beside } from "./beside";
import { Deployed } from "./deployed";

const guestOf = (dev: Deployed, settings: Record<string, unknown>, stack?: string) =>
  beside(dev, "dev", settings, stack);

describe("a site that adopts what is there", function () {
  this.timeout(60_000);
  let dev: Deployed;
  let network: Record<string, unknown>;
  before(async () => {
    const { values } = withSettings(committed("dev"), { images: { mode: "create", images: ["services"] } });
    dev = new Deployed(await runInProcess(program, { stack: "dev", config: values }));
    assert.deepEqual(dev.run.errors, []);
    const tier = (of: string) => Object.fromEntries(["a", "b"].map((zone) => [zone, dev.id(`network-${of}-${zone}`)]));
    network = {
      cidr: "10.16.0.0/16",
      adopt: {
        vpcId: dev.id("network-vpc"),
        subnetIds: { public: tier("public"), private: tier("private"), database: tier("database") },
      },
    };
  });

  it("[PF-CLOUD-02] takes network, cluster, keys and registry of another stack, and makes none of its own", async () => {
    const guest = await guestOf(dev, {
      network,
      cluster: { mode: "adopt", name: "portfolio-dev-eks" },
      keys: { data: dev.output("keys-data-key", "arn") },
      images: { mode: "adopt", repositories: { services: "portfolio-dev/services" } },
      platformLayer: { namespaces: { guests: {} } },
    });
    // The add-ons and namespaces of a cluster belong to whoever was first.
    for (const error of guest.run.errors) assert.match(error, /already exists|cannot re-use a name/);
    for (const type of [
      "aws:ec2/vpc:Vpc",
      "aws:ec2/subnet:Subnet",
      "aws:ec2/networkAcl:NetworkAcl",
      "aws:ec2/flowLog:FlowLog",
      "eks:index:Cluster",
      "aws:eks/nodeGroup:NodeGroup",
      "aws:ecr/repository:Repository",
    ]) {
      assert.deepEqual(
        guest.ofType(type).map(({ name }) => name),
        [],
        type,
      );
    }
    assert.equal(guest.input("databases-shard-0-source", "kmsKeyId"), dev.output("keys-data-key", "arn"));
    assert.deepEqual(
      guest
        .ofType("aws:kms/key:Key")
        .map(({ name }) => name)
        .sort(),
      ["credentials-key", "keys-images-key", "keys-logs-key", "keys-secrets-key"],
    );
  });

  it("[PF-SEC-04] lets the nodes of an adopted cluster reach the stores", async () => {
    const guest = await guestOf(dev, { network, cluster: { mode: "adopt", name: "portfolio-dev-eks" } });
    const nodes = dev.output("cluster-control-plane-eks-eksCluster", "vpcConfig.clusterSecurityGroupId");
    for (const rule of ["rds-postgres", "elasticache-redis"]) {
      assert.equal(guest.input(`security-groups-${rule}-adopted`, "referencedSecurityGroupId"), nodes);
    }
  });

  it("leaves the cluster out: stores, and nothing of Kubernetes", async () => {
    const guest = await guestOf(dev, { network, cluster: { mode: "skip" } }, "alone");
    assert.deepEqual(guest.run.errors, []);
    assert.deepEqual(
      guest.run.resources.filter(({ type }) => /^(eks|kubernetes|aws:eks)/.test(type)).map(({ name }) => name),
      [],
    );
    assert.ok(guest.named("databases-shard-0-source"));
  });

  it("refuses an adopted cluster of another version, by name", async () => {
    const guest = await guestOf(dev, {
      network,
      cluster: { mode: "adopt", name: "portfolio-dev-eks", version: "1.35" },
    });
    assert.match(guest.run.errors.join("\n"), /cluster "portfolio-dev-eks" runs Kubernetes 1\.36, not 1\.35/);
  });

  it("refuses an adopted network without a tier before anything is registered", async () => {
    const incomplete = structuredClone(network) as { adopt: { subnetIds: { database?: object } } };
    delete incomplete.adopt.subnetIds.database;
    const guest = await guestOf(dev, { network: incomplete });
    assert.match(
      guest.run.errors.join("\n"),
      /platform:network\.adopt\.subnetIds\.database: vpc-\w+ has no database tier here: name one subnet for each of the zones a, b/,
    );
    assert.deepEqual(
      guest.run.resources.filter(({ custom }) => custom).map(({ name }) => name),
      [],
    );
  });

  it("refuses a gateway in an adopted network, and a key of another region", async () => {
    const guest = await guestOf(dev, {
      network,
      gateway: "create",
      site: "dev",
      keys: { data: "arn:aws:kms:us-east-2:111122223333:key/0123" },
    });
    const errors = guest.run.errors.join("\n");
    assert.match(errors, /platform:gateway: is create while network\.adopt names vpc-\w+/);
    assert.match(errors, /platform:keys\.data: is a key of us-east-2, and services of us-west-2 cannot use it/);
  });
});
