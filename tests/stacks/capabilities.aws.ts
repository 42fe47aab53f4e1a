import { Provider } from "@pulumi/aws/provider";
import { output } from "@pulumi/pulumi";
import { AdoptedCluster } from "../../components/aws/adopted-cluster";
import { AdoptedNetwork } from "../../components/aws/adopted-network";
import { AdoptedRegistry } from "../../components/aws/adopted-registry";
import { DnsZone } from "../../components/aws/dns-zone";
import { SiteKeys } from "../../components/aws/site-keys";
import { protectionOf } from "../../components/planning/protection";
import type { Properties } from "../../offline/cloud/value";
import { deploy } from "../support/in-process";
import { all, chart, count, every, has, is, lists, nothingMade } from "./capabilities.proofs";
import type { CloudProofs } from "./capabilities.walk";
import { at, Deployed, deployed, deployStack, text } from "./deployed";

const production = "prod";

/** A deployment that cells are proved on: production as it is committed, the smallest stack with something else, or adoption. */
type Stage = typeof production | "internet" | "bastion" | "shards" | "pools" | "adoption";

const pool = { cpus: 4, memoryGiB: 16, nodes: { min: 0, max: 2 } };

const stages = {
  [production]: () => deployed(production),
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
} as const satisfies CloudProofs<Stage>["stages"];

/** Whether the machines of a node group are of a family. */
const machines = (family: string) => (inputs: Properties) =>
  text(at(inputs, "instanceTypes.0")).startsWith(`${family}.`);

const component = (type: string) => has(`platform:aws:${type}`);

const parameter = (name: string, value: string) => lists("parameters", name, value);

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

const cells = {
  "network.three-zones": [
    production,
    (stack) =>
      new Set(stack.ofType("aws:ec2/subnet:Subnet").map(({ inputs }) => inputs["availabilityZone"])).size === 3,
  ],
  "network.subnet-filters": [production, count("aws:ec2/networkAcl:NetworkAcl", 3)],
  "network.flow-logs": [production, has("aws:ec2/flowLog:FlowLog", is("trafficType", "ALL"))],
  "network.private-endpoints": [
    production,
    all(
      count(endpoints, 2, is("vpcEndpointType", "Gateway")),
      count(endpoints, 13, is("vpcEndpointType", "Interface")),
    ),
  ],
  "network.gateway": [
    production,
    all(
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
    all(component("Bastion"), has("aws:ec2/instance:Instance", is("associatePublicIpAddress", false))),
  ],
  "kubernetes.api.dns-endpoint": {
    asks: { cluster: { access: "dns-endpoint" } },
    path: "platform:cluster.access",
    value: '"dns-endpoint"',
  },
  "kubernetes.api.internet": ["internet", has("aws:eks/cluster:Cluster", is("vpcConfig.endpointPublicAccess", true))],
  "kubernetes.spot-pool": [production, has(nodeGroup, is("capacityType", "SPOT"))],
  "kubernetes.arm64-pool": [production, has(nodeGroup, is("amiType", "AL2023_ARM_64_STANDARD"))],
  "kubernetes.nvidia-l4-pool": [production, all(has(nodeGroup, machines("g6")), chart("nvidia-device-plugin"))],
  "kubernetes.nvidia-t4-pool": ["pools", all(has(nodeGroup, machines("g4dn")), chart("nvidia-device-plugin"))],
  "kubernetes.node-autoscaling": [production, chart("cluster-autoscaler")],
  "kubernetes.metrics": [production, chart("metrics-server")],
  "kubernetes.network-policies": [
    production,
    all(
      has("aws:eks/addon:Addon", is("configurationValues", '{"enableNetworkPolicy":"true"}')),
      has("kubernetes:networking.k8s.io/v1:NetworkPolicy"),
    ),
  ],
  "kubernetes.workload-identity": [
    production,
    all(
      has("aws:eks/podIdentityAssociation:PodIdentityAssociation"),
      has("aws:eks/addon:Addon", is("addonName", "eks-pod-identity-agent")),
    ),
  ],
  "postgres.standby": [production, has(instance, is("multiAz", true))],
  "postgres.replicas": [production, has(instance, ({ replicateSourceDb }) => replicateSourceDb !== undefined)],
  "postgres.shards": ["shards", count(instance, 2)],
  "postgres.point-in-time-recovery": [production, has(instance, is("backupRetentionPeriod", 7))],
  "postgres.logical-publisher": [
    production,
    has("aws:rds/parameterGroup:ParameterGroup", parameter("rds.logical_replication", "1")),
  ],
  "postgres.logical-subscriber": [
    production,
    all(
      has("aws:rds/parameterGroup:ParameterGroup", parameter("rds.logical_replication", "1")),
      databaseFollowsLinkedSites,
    ),
  ],
  "postgres.identity-log-in": [production, every(instance, is("iamDatabaseAuthenticationEnabled", true))],
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
    all(
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
    every("aws:s3/bucketVersioning:BucketVersioning", is("versioningConfiguration.status", "Enabled")),
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
  "secrets.replicas": [production, every("aws:secretsmanager/secret:Secret", is("replicas.0.region", "us-east-2"))],
  "keys.rotation": [production, every("aws:kms/key:Key", is("enableKeyRotation", true))],
  "keys.multi-region": [
    production,
    all(has("aws:kms/key:Key", is("multiRegion", true)), has("aws:kms/replicaKey:ReplicaKey")),
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
    all(has("aws:sagemaker/pipeline:Pipeline"), has("aws:sagemaker/modelPackageGroup:ModelPackageGroup")),
  ],
  "telemetry.alarms": [production, all(has("aws:cloudwatch/metricAlarm:MetricAlarm"), has("aws:sns/topic:Topic"))],
  "governance.threat-detection": [
    production,
    all(
      has("aws:guardduty/detector:Detector", is("enable", true)),
      has("aws:securityhub/account:Account"),
      has("aws:accessanalyzer/analyzer:Analyzer"),
    ),
  ],
  "governance.configuration-history": [
    production,
    all(has("aws:cfg/recorderStatus:RecorderStatus", is("isEnabled", true)), has("aws:cfg/rule:Rule")),
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
    all(
      count("aws:backup/vaultLockConfiguration:VaultLockConfiguration", 2),
      has("aws:backup/plan:Plan", (inputs) => at(inputs, "rules.0.copyActions.0.destinationVaultArn") !== undefined),
    ),
  ],
  "adopt.network": ["adoption", all(component("AdoptedNetwork"), nothingMade)],
  "adopt.cluster": ["adoption", all(component("AdoptedCluster"), nothingMade)],
  "adopt.zone": ["adoption", all(component("DnsZone"), nothingMade)],
  "adopt.key": ["adoption", all(component("SiteKeys"), nothingMade)],
  "adopt.registry": ["adoption", all(component("AdoptedRegistry"), nothingMade)],
} as const satisfies CloudProofs<Stage>["cells"];

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

/** What proves each cell of AWS. */
export const awsProofs: CloudProofs<Stage> = { title: "AWS", production, stages, cells };
