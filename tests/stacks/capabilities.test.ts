import assert from "node:assert/strict";
import { Provider } from "@pulumi/aws/provider";
import { output } from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import { AdoptedCluster } from "../../components/aws/adopted-cluster";
import { AdoptedNetwork } from "../../components/aws/adopted-network";
import { AdoptedRegistry } from "../../components/aws/adopted-registry";
import { DnsZone } from "../../components/aws/dns-zone";
import { SiteKeys } from "../../components/aws/site-keys";
import { clouds, features, type Feature } from "../../components/contracts/capabilities";
import { capabilityMatrix } from "../../components/planning/capability-matrix";
import { protectionOf } from "../../components/planning/protection";
import { provedClouds } from "../../config/capability-docs";
import { loadConfiguration } from "../../config/load";
import { isProperties, type Properties, type Value } from "../../offline/cloud/value";
import { catalogue, type CatalogueEntry } from "../../stacks/catalogue";
import { committed, withSettings } from "../config/stack-files";
import { deploy } from "../support/in-process";
import { at, Deployed, deployStack, text } from "./deployed";

/** The production site on AWS. */
const production = "prod";

/** Its own file of what it tells others lies in a bucket that is made beforehand. */
const productionSettings = { siteContract: "skip" };

/** A deployment that cells are proved on: production as it is committed, the smallest stack with something else, or adoption. */
type Stage = typeof production | "internet" | "bastion" | "shards" | "pools" | "adoption";

const pool = { cpus: 4, memoryGiB: 16, nodes: { min: 0, max: 2 } };

const stages = {
  [production]: () => deployStack(production, productionSettings),
  internet: () => deployStack("dev", { cluster: { access: "internet" } }),
  bastion: () => deployStack("dev", { cluster: { access: "bastion", endpoint: { private: true, public: false } } }),
  shards: () =>
    deployStack("dev", {
      database: {
        slots: {
          "shard-0": [[0, 511]],
          "shard-1": [[512, 1023]],
        },
      },
    }),
  pools: () =>
    deployStack("dev", {
      nodePools: { general: { nodes: { min: 2, max: 3 } }, t4: { ...pool, accelerator: "nvidia-t4" } },
    }),
  adoption: adoptAll,
} as const satisfies Record<Stage, () => Promise<Deployed>>;

type Proof =
  | readonly [stage: Stage, holds: (stack: Deployed) => boolean]
  | { readonly asks: Record<string, unknown>; readonly path: string; readonly value: string };

/** Whether there is a resource of a type, or one whose inputs are as said. */
const has =
  (type: string, holds: (inputs: Properties) => boolean = () => true) =>
  (stack: Deployed): boolean =>
    stack.ofType(type).some(({ inputs }) => holds(inputs));

const both =
  (...conditions: readonly ((stack: Deployed) => boolean)[]) =>
  (stack: Deployed): boolean =>
    conditions.every((holds) => holds(stack));

const is =
  (path: string, expected: Value) =>
  (inputs: Properties): boolean =>
    at(inputs, path) === expected;

/** Whether the machines of a node group are of a family. */
const machines = (family: string) => (inputs: Properties) =>
  text(at(inputs, "instanceTypes.0")).startsWith(`${family}.`);

const chart = (name: string) => has("kubernetes:helm.sh/v3:Release", is("chart", name));

const component = (type: string) => has(`platform:aws:${type}`);

const parameter = (name: string, value: string) => (inputs: Properties) => {
  const parameters = inputs["parameters"];
  return (
    Array.isArray(parameters) &&
    parameters.some((one: Value) => isProperties(one) && one["name"] === name && one["value"] === value)
  );
};

const nodeGroup = "aws:eks/nodeGroup:NodeGroup";
const endpoints = "aws:ec2/vpcEndpoint:VpcEndpoint";
const instance = "aws:rds/instance:Instance";

/** The database may call PostgreSQL of linked sites, and nobody else. */
const databaseFollowsLinkedSites = (stack: Deployed) => {
  const group = stack.id("security-groups-rds");
  const ways = stack
    .ofType("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    .filter(({ inputs }) => inputs["securityGroupId"] === group);
  return (
    ways.length === 2 &&
    ways.every(({ inputs }) => inputs["fromPort"] === 5432 && /^10\.\d+\.0\.0\/12$/.test(text(inputs["cidrIpv4"])))
  );
};

/** What proves each cell of AWS. */
const proofs = {
  "network.three-zones": [
    production,
    (stack) =>
      new Set(stack.ofType("aws:ec2/subnet:Subnet").map(({ inputs }) => inputs["availabilityZone"])).size === 3,
  ],
  "network.subnet-filters": [production, (stack) => stack.ofType("aws:ec2/networkAcl:NetworkAcl").length === 3],
  "network.flow-logs": [production, has("aws:ec2/flowLog:FlowLog", is("trafficType", "ALL"))],
  "network.private-endpoints": [
    production,
    both(has(endpoints, is("vpcEndpointType", "Gateway")), has(endpoints, is("vpcEndpointType", "Interface"))),
  ],
  "network.gateway": [
    production,
    both(
      has("aws:ec2transitgateway/transitGateway:TransitGateway", is("amazonSideAsn", 64_512)),
      has("aws:ec2transitgateway/vpcAttachment:VpcAttachment"),
    ),
  ],
  "kubernetes.api.network": [
    production,
    has(
      "aws:eks/cluster:Cluster",
      (inputs) =>
        at(inputs, "vpcConfig.endpointPrivateAccess") === true &&
        at(inputs, "vpcConfig.endpointPublicAccess") === false,
    ),
  ],
  "kubernetes.api.bastion": [
    "bastion",
    both(component("Bastion"), has("aws:ec2/instance:Instance", is("associatePublicIpAddress", false))),
  ],
  "kubernetes.api.dns-endpoint": {
    asks: { cluster: { access: "dns-endpoint" } },
    path: "platform:cluster.access",
    value: '"dns-endpoint"',
  },
  "kubernetes.api.internet": ["internet", has("aws:eks/cluster:Cluster", is("vpcConfig.endpointPublicAccess", true))],
  "kubernetes.spot-pool": [production, has(nodeGroup, is("capacityType", "SPOT"))],
  "kubernetes.arm64-pool": [production, has(nodeGroup, is("amiType", "AL2023_ARM_64_STANDARD"))],
  "kubernetes.nvidia-l4-pool": [production, both(has(nodeGroup, machines("g6")), chart("nvidia-device-plugin"))],
  "kubernetes.nvidia-t4-pool": ["pools", both(has(nodeGroup, machines("g4dn")), chart("nvidia-device-plugin"))],
  "kubernetes.node-autoscaling": [production, chart("cluster-autoscaler")],
  "kubernetes.metrics": [production, chart("metrics-server")],
  "kubernetes.network-policies": [
    production,
    both(
      has("aws:eks/addon:Addon", is("configurationValues", '{"enableNetworkPolicy":"true"}')),
      has("kubernetes:networking.k8s.io/v1:NetworkPolicy"),
    ),
  ],
  "kubernetes.workload-identity": [
    production,
    both(
      has("aws:eks/podIdentityAssociation:PodIdentityAssociation"),
      has("aws:eks/addon:Addon", is("addonName", "eks-pod-identity-agent")),
    ),
  ],
  "postgres.standby": [production, has(instance, is("multiAz", true))],
  "postgres.replicas": [production, has(instance, ({ replicateSourceDb }) => replicateSourceDb !== undefined)],
  "postgres.shards": ["shards", (stack) => stack.ofType(instance).length === 2],
  "postgres.point-in-time-recovery": [production, has(instance, is("backupRetentionPeriod", 7))],
  "postgres.logical-publisher": [
    production,
    has("aws:rds/parameterGroup:ParameterGroup", parameter("rds.logical_replication", "1")),
  ],
  "postgres.logical-subscriber": [
    production,
    both(
      has("aws:rds/parameterGroup:ParameterGroup", parameter("rds.logical_replication", "1")),
      databaseFollowsLinkedSites,
    ),
  ],
  "postgres.identity-log-in": [production, has(instance, is("iamDatabaseAuthenticationEnabled", true))],
  "redis.standby": [
    production,
    has(
      "aws:elasticache/replicationGroup:ReplicationGroup",
      ({ automaticFailoverEnabled, multiAzEnabled }) => automaticFailoverEnabled === true && multiAzEnabled === true,
    ),
  ],
  "memcached.nodes": [
    production,
    has(
      "aws:elasticache/cluster:Cluster",
      ({ engine, transitEncryptionEnabled }) => engine === "memcached" && transitEncryptionEnabled === true,
    ),
  ],
  "events.kafka": [
    production,
    has(
      "aws:msk/cluster:Cluster",
      ({ kafkaVersion, numberOfBrokerNodes }) => text(kafkaVersion).endsWith(".kraft") && numberOfBrokerNodes === 3,
    ),
  ],
  "events.scram": [
    production,
    both(
      has("aws:msk/cluster:Cluster", is("clientAuthentication.sasl.scram", true)),
      has("aws:msk/scramSecretAssociation:ScramSecretAssociation"),
    ),
  ],
  "queue.rabbitmq": [production, has("aws:mq/broker:Broker", is("engineType", "RabbitMQ"))],
  "queue.zones": [production, has("aws:mq/broker:Broker", is("deploymentMode", "CLUSTER_MULTI_AZ"))],
  "documents.mongodb": [production, has("aws:docdb/cluster:Cluster", is("engineVersion", "5.0.0"))],
  "documents.point-in-time-recovery": [production, has("aws:docdb/cluster:Cluster", is("backupRetentionPeriod", 7))],
  "key-values.tables": [production, has("aws:dynamodb/table:Table")],
  "key-values.global": [production, has("aws:dynamodb/table:Table", is("replicas.0.regionName", "us-east-2"))],
  "key-values.point-in-time-recovery": [
    production,
    has("aws:dynamodb/table:Table", is("pointInTimeRecovery.enabled", true)),
  ],
  "objects.versions": [
    production,
    has("aws:s3/bucketVersioning:BucketVersioning", is("versioningConfiguration.status", "Enabled")),
  ],
  "lake.iceberg": [
    production,
    has(
      "aws:glue/catalogTable:CatalogTable",
      (inputs) => at(inputs, "openTableFormatInput.icebergInput") !== undefined,
    ),
  ],
  "images.immutable-tags": [production, has("aws:ecr/repository:Repository", is("imageTagMutability", "IMMUTABLE"))],
  "images.scanning": [
    production,
    has("aws:ecr/repository:Repository", is("imageScanningConfiguration.scanOnPush", true)),
  ],
  "secrets.replicas": [production, has("aws:secretsmanager/secret:Secret", is("replicas.0.region", "us-east-2"))],
  "keys.rotation": [
    production,
    (stack) => stack.ofType("aws:kms/key:Key").every(({ inputs }) => inputs["enableKeyRotation"] === true),
  ],
  "keys.multi-region": [
    production,
    both(has("aws:kms/key:Key", is("multiRegion", true)), has("aws:kms/replicaKey:ReplicaKey")),
  ],
  "functions.on-events": [
    production,
    has(
      "aws:lambda/eventSourceMapping:EventSourceMapping",
      is("sourceAccessConfigurations.0.type", "SASL_SCRAM_512_AUTH"),
    ),
  ],
  "identity-provider.oidc": [production, has("aws:cognito/userPoolDomain:UserPoolDomain")],
  "identity-provider.mfa": [production, has("aws:cognito/userPool:UserPool", is("mfaConfiguration", "ON"))],
  "machine-learning.automl": [
    production,
    both(has("aws:sagemaker/pipeline:Pipeline"), has("aws:sagemaker/modelPackageGroup:ModelPackageGroup")),
  ],
  "telemetry.alarms": [production, both(has("aws:cloudwatch/metricAlarm:MetricAlarm"), has("aws:sns/topic:Topic"))],
  "governance.threat-detection": [
    production,
    both(
      has("aws:guardduty/detector:Detector", is("enable", true)),
      has("aws:securityhub/account:Account"),
      has("aws:accessanalyzer/analyzer:Analyzer"),
    ),
  ],
  "governance.configuration-history": [
    production,
    both(has("aws:cfg/recorderStatus:RecorderStatus", is("isEnabled", true)), has("aws:cfg/rule:Rule")),
  ],
  "governance.audit-trail": [
    production,
    has(
      "aws:cloudtrail/trail:Trail",
      ({ isMultiRegionTrail, enableLogFileValidation }) =>
        isMultiRegionTrail === true && enableLogFileValidation === true,
    ),
  ],
  "backup.immutable-copy": [
    production,
    both(
      (stack) => stack.ofType("aws:backup/vaultLockConfiguration:VaultLockConfiguration").length === 2,
      has("aws:backup/plan:Plan", (inputs) => at(inputs, "rules.0.copyActions.0.destinationVaultArn") !== undefined),
    ),
  ],
  "adopt.network": ["adoption", both(component("AdoptedNetwork"), nothingMade)],
  "adopt.cluster": ["adoption", both(component("AdoptedCluster"), nothingMade)],
  "adopt.zone": ["adoption", both(component("DnsZone"), nothingMade)],
  "adopt.key": ["adoption", both(component("SiteKeys"), nothingMade)],
  "adopt.registry": ["adoption", both(component("AdoptedRegistry"), nothingMade)],
} as const satisfies Record<Feature, Proof>;

function nothingMade(stack: Deployed): boolean {
  return stack.run.resources.every(({ custom, type }) => !custom || type.startsWith("pulumi:"));
}

/** Adopts, in a program of its own, what the smallest stack and the owner of a zone have made. */
async function adoptAll(): Promise<Deployed> {
  const region = "us-west-2";
  const zoneName = "example.com";
  const protection = protectionOf("development");
  const owner = await deployStack("dev", { images: { mode: "create", images: ["services"] } });
  const { cloud } = owner.run;
  const aws = () => ({ providers: { aws: new Provider("aws", { region }) } });
  const ownZone = () => {
    new DnsZone("zone", { zoneName, mode: "create", protection }, aws());
  };
  await deploy(ownZone, { stack: "zone", cloud });
  const subnets = (tier: string) => ({ a: owner.id(`network-${tier}-a`), b: owner.id(`network-${tier}-b`) });
  const key = (purpose: string) => text(owner.output(`keys-${purpose}-key`, "arn"));
  const run = await deploy(
    () => {
      const opts = aws();
      const network = new AdoptedNetwork(
        "network",
        {
          region,
          vpcId: owner.id("network-vpc"),
          cidr: "10.16.0.0/16",
          zones: ["a", "b"],
          subnetIds: { public: subnets("public"), private: subnets("private"), database: subnets("database") },
        },
        opts,
      );
      new AdoptedCluster(
        "cluster",
        { region, clusterName: "portfolio-dev-eks", version: "1.36", apiAccess: "internet", network },
        opts,
      );
      new DnsZone("zone", { zoneName, mode: "adopt", protection }, opts);
      new SiteKeys(
        "keys",
        {
          account: { id: output("111122223333"), partition: output("aws"), region },
          prefix: "portfolio-adopting",
          logGroups: [],
          adopted: { data: key("data"), images: key("images"), logs: key("logs"), secrets: key("secrets") },
          protection,
        },
        opts,
      );
      new AdoptedRegistry("images", { repositories: { services: "portfolio-dev/services" } }, opts);
    },
    { stack: "adopting", cloud },
  );
  return new Deployed(run);
}

const deployments = new Map<Stage, Promise<Deployed>>();

function onStage(stage: Stage): Promise<Deployed> {
  const known = deployments.get(stage) ?? stages[stage]();
  deployments.set(stage, known);
  return known;
}

const cellsOf = (cloud: (typeof clouds)[number]) =>
  (Object.keys(features) as Feature[]).map((feature) => ({
    feature,
    capability: capabilityMatrix[cloud][feature],
  }));

/** Clouds that have a stack of the portfolio. */
const deployedClouds = new Set(
  Object.values<CatalogueEntry>(catalogue)
    .filter(({ system }) => system === "portfolio")
    .flatMap((entry) => entry.clouds),
);

describe("capabilities of AWS, cell by cell", function () {
  this.timeout(120_000);
  for (const { feature, capability } of cellsOf("aws")) {
    const proof: Proof = proofs[feature];
    if ("asks" in proof) {
      it(`${feature} is refused, before anything is registered`, () => {
        assert.ok(capability.level === "refused", `${feature} is ${capability.level}, and its proof is a refusal`);
        const { asks, path, value } = proof;
        const message = `  ${path}: is ${value}, which cannot be had on AWS: ${capability.reason}; ${capability.instead}`;
        assert.throws(
          () => loadConfiguration(withSettings(committed(production), asks)),
          (error) => RunError.isInstance(error) && error.message.split("\n").includes(message),
        );
      });
    } else {
      it(`${feature} is ${capability.level}: ${capability.reason}`, async () => {
        assert.notEqual(capability.level, "refused", `${feature} is refused, and its proof is a deployment`);
        const [stage, holds] = proof;
        assert.ok(holds(await onStage(stage)), `${feature} is not there on ${stage}`);
      });
    }
  }

  it("refused ones stop the program before it registers a resource", async () => {
    await assert.rejects(
      deployStack("dev", { cluster: { access: "dns-endpoint" } }),
      /platform:cluster\.access: is "dns-endpoint", which cannot be had on AWS/,
    );
  });
});

describe("capabilities of clouds without a stack", () => {
  it("are told apart in the documentation", () => {
    assert.deepEqual([...provedClouds].sort(), [...deployedClouds].sort());
  });

  for (const cloud of clouds.filter((each) => !deployedClouds.has(each))) {
    for (const { feature, capability } of cellsOf(cloud)) it(`${cloud}: ${feature} is ${capability.level}`);
  }
});
