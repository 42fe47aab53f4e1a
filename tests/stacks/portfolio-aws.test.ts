import assert from "node:assert/strict";
import type { Registration } from "../support/in-process";
import { at, deployed, deployStack, only, text, type Deployed } from "./deployed";

describe("dev: the portfolio's AWS site", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("dev");
  });

  it("[PF-CLOUD-01] stands in us-west-2, in two zones with one NAT gateway that both use", () => {
    assert.equal(stack.named("aws").inputs["region"], "us-west-2");
    assert.equal(stack.ofType("aws:ec2/subnet:Subnet").length, 6);
    assert.equal(stack.ofType("aws:ec2/natGateway:NatGateway").length, 1);
    for (const zone of ["a", "b"]) {
      assert.equal(stack.input(`network-private-${zone}-internet`, "natGatewayId"), stack.id("network-nat-a"));
    }
  });

  it("has the planned ranges", () => {
    assert.equal(stack.input("network-vpc", "cidrBlock"), "10.16.0.0/16");
    assert.deepEqual(
      ["private-a", "private-b", "public-a", "public-b", "database-a", "database-b"].map((subnet) =>
        stack.input(`network-${subnet}`, "cidrBlock"),
      ),
      ["10.16.0.0/20", "10.16.16.0/20", "10.16.128.0/23", "10.16.130.0/23", "10.16.144.0/23", "10.16.146.0/23"],
    );
  });

  it("[PF-CLOUD-02] has a cluster that the internet reaches, with one pool of plain machines", () => {
    assert.deepEqual(
      only(stack.named("cluster-control-plane-eks-eksCluster").inputs, "name", "version", "deletionProtection"),
      {
        name: "portfolio-dev-eks",
        version: "1.36",
        deletionProtection: false,
      },
    );
    assert.equal(stack.input("cluster-control-plane-eks-eksCluster", "vpcConfig.endpointPublicAccess"), true);
    assert.equal(stack.ofType("aws:eks/nodeGroup:NodeGroup").length, 1);
    assert.deepEqual(
      only(stack.named("cluster-primary-group").inputs, "instanceTypes", "capacityType", "scalingConfig", "taints"),
      {
        instanceTypes: ["c7i.large"],
        capacityType: "ON_DEMAND",
        scalingConfig: { desiredSize: 2, minSize: 2, maxSize: 3 },
        taints: undefined,
      },
    );
  });

  it("[PF-SCALE-01] [PF-SEC-03] has the platform layer of production, without accelerators", () => {
    const charts = stack.ofType("kubernetes:helm.sh/v3:Release").map(({ inputs }) => text(inputs["chart"]));
    assert.deepEqual(charts.sort(), [
      "aws-load-balancer-controller",
      "cert-manager",
      "cluster-autoscaler",
      "external-secrets",
      "metrics-server",
    ]);
    const denied = stack
      .ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy")
      .filter(({ name }) => name.endsWith("-default-deny"))
      .map(({ inputs }) => text(at(inputs, "metadata.namespace")));
    assert.deepEqual(denied.sort(), ["cert-manager", "external-secrets", "services"]);
    const values = stack.input("cluster-autoscaler-chart-release", "values");
    assert.equal(at(values, "extraArgs.max-nodes-total"), 10);
  });

  it("[PF-DATA-01] has PostgreSQL 17 in one zone, and leaves nothing of it behind", () => {
    assert.deepEqual(
      only(
        stack.named("databases-shard-0-source").inputs,
        "engineVersion",
        "instanceClass",
        "multiAz",
        "backupRetentionPeriod",
        "deletionProtection",
        "skipFinalSnapshot",
        "deleteAutomatedBackups",
      ),
      {
        engineVersion: "17",
        instanceClass: "db.t4g.micro",
        multiAz: false,
        backupRetentionPeriod: 1,
        deletionProtection: false,
        skipFinalSnapshot: true,
        deleteAutomatedBackups: true,
      },
    );
    assert.equal(stack.ofType("aws:rds/instance:Instance").length, 1);
    assert.equal(
      stack.ofType("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication").length,
      0,
    );
  });

  it("[PF-DATA-03] has Redis on one node", () => {
    assert.deepEqual(
      only(
        stack.named("redis-group").inputs,
        "engineVersion",
        "nodeType",
        "numCacheClusters",
        "automaticFailoverEnabled",
        "multiAzEnabled",
        "snapshotRetentionLimit",
        "snapshotWindow",
      ),
      {
        engineVersion: "7.1",
        nodeType: "cache.t4g.micro",
        numCacheClusters: 1,
        automaticFailoverEnabled: false,
        multiAzEnabled: false,
        snapshotRetentionLimit: 0,
        snapshotWindow: undefined,
      },
    );
  });

  it("has a bucket that may be deleted with what is in it, keeps no deleted secret, and protects nothing", () => {
    assert.deepEqual(stack.named("objects-bucket").inputs, {
      bucket: "portfolio-dev-assets-111122223333-us-west-2",
      forceDestroy: true,
    });
    assert.deepEqual(only(stack.named("secrets-postgres-shard-0").inputs, "recoveryWindowInDays", "replicas"), {
      recoveryWindowInDays: 0,
      replicas: [],
    });
    assert.deepEqual(
      stack.run.resources.filter(({ protect }) => protect).map(({ name }) => name),
      [],
    );
  });

  it("grows into production by its class alone: standby, replicated cache, guards", async () => {
    const production = await deployStack("dev", { class: "production" });
    assert.equal(production.input("databases-shard-0-source", "multiAz"), true);
    assert.equal(production.input("databases-shard-0-source", "backupRetentionPeriod"), 7);
    assert.equal(production.input("redis-group", "numCacheClusters"), 2);
    assert.equal(production.named("databases-shard-0-source").protect, true);
    assert.equal(production.input("cluster-control-plane-eks-eksCluster", "deletionProtection"), true);
    assert.equal(production.input("secrets-postgres-shard-0", "replicas.0.region"), "us-east-2");
  });
});

/** Where the data of `dev` stood before the database had shards: type chain and logical name of every resource that keeps some. */
const LANDED = [
  "platform:aws:Postgres$aws:rds/instance:Instance::postgres-source",
  "platform:aws:Postgres$random:index/randomPassword:RandomPassword::postgres-password",
  "platform:aws:Postgres$random:index/randomId:RandomId::postgres-final-snapshot",
  "platform:aws:Postgres$aws:rds/parameterGroup:ParameterGroup::postgres-parameters",
  "platform:aws:Postgres$aws:rds/subnetGroup:SubnetGroup::postgres-source-subnets",
  "platform:aws:Cache$aws:elasticache/replicationGroup:ReplicationGroup::redis-group",
  "platform:aws:Cache$random:index/randomPassword:RandomPassword::redis-token",
  "platform:aws:ObjectStore$aws:s3/bucket:Bucket::objects-bucket",
  ...["data", "secrets", "logs", "images"].map(
    (key) => `platform:aws:SiteKeys$platform:aws:Key$aws:kms/key:Key::keys-${key}-key`,
  ),
  "platform:aws:Network$aws:ec2/vpc:Vpc::network-vpc",
  "platform:aws:ManagedCluster$platform:aws:Cluster$eks:index:Cluster$aws:eks/cluster:Cluster::cluster-control-plane-eks-eksCluster",
];

describe("dev: resources that were renamed", function () {
  this.timeout(60_000);

  it("keep what they hold: each is still found under its former name", async () => {
    const { run } = await deployed("dev");
    const found = new Set(run.resources.flatMap((resource) => places(run.resources, resource)).map(written));
    for (const place of LANDED) assert.ok(found.has(place), `nothing takes over ${place}: it would be deleted`);
  });

  it("are found by the names that the engine derives, and by no others", async () => {
    const { run } = await deployed("dev");
    const database = run.resources.find(({ name }) => name === "databases-shard-0-source");
    assert.ok(database);
    assert.deepEqual(places(run.resources, database).map(written), [
      "platform:aws:ShardedPostgres$platform:aws:Postgres$aws:rds/instance:Instance::databases-shard-0-source",
      "platform:aws:Postgres$aws:rds/instance:Instance::postgres-source",
    ]);
  });
});

interface Place {
  readonly types: string;
  readonly name: string;
}

const written = ({ types, name }: Place): string => `${types}::${name}`;

/**
 * Where the engine looks for a resource: where it is, where its aliases say that it was, and below every place where its parent
 * was, with the parent's former name in front of its own.
 * https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
 */
function places(all: readonly Registration[], resource: Registration): readonly Place[] {
  const parent = all.find(({ urn }) => urn === resource.parent);
  const isRoot = parent === undefined || parent.type === "pulumi:pulumi:Stack";
  const { type, name } = resource;
  const below = (types: string | undefined, own: string) => (types === undefined ? own : `${types}$${own}`);
  const chain = (urn: string) => urn.split("::")[2];
  const own = resource.aliases.flatMap((alias) => {
    if (typeof alias === "string") return [{ types: chain(alias) ?? "", name: alias.split("::")[3] ?? "" }];
    const under =
      alias["noParent"] === true || (isRoot && alias["parent"] === undefined)
        ? undefined
        : chain(typeof alias["parent"] === "string" ? alias["parent"] : (parent?.urn ?? ""));
    const said = (key: string, otherwise: string) => (typeof alias[key] === "string" ? alias[key] : otherwise);
    return [{ types: below(under, said("type", type)), name: said("name", name) }];
  });
  const inherited = isRoot
    ? []
    : places(all, parent)
        .slice(1)
        .map((former) => ({
          types: below(former.types, type),
          name: name.startsWith(parent.name) ? `${former.name}${name.slice(parent.name.length)}` : name,
        }));
  return [{ types: chain(resource.urn) ?? "", name }, ...own, ...inherited];
}
