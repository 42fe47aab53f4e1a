import { z } from "zod";
import { isProperties, Unknown, valuesAt, type Properties, type Value } from "../../offline/cloud/value";
import type { Resource } from "../model/resource";
import { NOT_KNOWN_YET, undecided } from "../model/view";
import type { ResourceInputs, ResourceType } from "../types";
import { cloudOf, type Cloud } from "./regions";

/** How a resource says that nothing is lost with it. */
export const criticalitySettings = z.object({
  criticalityKey: z.string().default("criticality").describe("Tag that says how much it matters what a store holds."),
  rebuildable: z
    .array(z.string())
    .default(["none", "low", "rebuildable"])
    .describe("Values of that tag that say that what it holds is made again."),
});
export type Criticality = z.output<typeof criticalitySettings>;

/** Whether a resource says that what it holds is made again. */
export function isRebuildable(
  resource: Pick<Resource, "type" | "inputs" | "provider">,
  { criticalityKey, rebuildable }: Criticality,
): boolean {
  const tag = tagsOf(resource)[criticalityKey];
  return tag !== undefined && rebuildable.includes(tag);
}

/** Where the provider of a cloud has the tags of all its resources. That of Azure has none. */
const DEFAULTS = { aws: ["defaultTags", "tags"], azure: [], gcp: ["defaultLabels"] } as const satisfies Record<
  Cloud,
  readonly string[]
>;

/**
 * Types with labels to which the provider does not add its own: it does so where the class has `pulumiLabels`.
 * https://www.pulumi.com/registry/packages/gcp/api-docs/storage/bucket/
 */
const WITHOUT_DEFAULTS: ReadonlySet<string> = new Set([
  "gcp:monitoring/alertPolicy:AlertPolicy",
  "gcp:monitoring/notificationChannel:NotificationChannel",
  "gcp:sql/databaseInstance:DatabaseInstance",
]);

/** The path of the tags of a resource among its inputs. */
export function tagsPath({ type }: Pick<Resource, "type">): string {
  switch (type) {
    case "gcp:sql/databaseInstance:DatabaseInstance":
      return "settings.userLabels";
    case "gcp:container/cluster:Cluster":
      return "resourceLabels";
    case "gcp:monitoring/alertPolicy:AlertPolicy":
    case "gcp:monitoring/notificationChannel:NotificationChannel":
      return "userLabels";
    default:
      return cloudOf(type) === "gcp" ? "labels" : "tags";
  }
}

/** Tags or labels of a resource, those that its provider gives to all among them. Undecided while one is not known. */
export function tagsOf(resource: Pick<Resource, "type" | "inputs" | "provider">): Readonly<Record<string, string>> {
  const cloud = cloudOf(resource.type);
  if (cloud === undefined) return {};
  const found: Record<string, string> = {};
  if (!WITHOUT_DEFAULTS.has(resource.type)) {
    let given: Value | undefined = resource.provider?.inputs;
    for (const step of DEFAULTS[cloud]) given = isProperties(given) ? read(given[step]) : undefined;
    if (DEFAULTS[cloud].length > 0) add(found, given, "");
  }
  for (const { path, value } of valuesAt(resource.inputs, tagsPath(resource))) add(found, value, path);
  return found;
}

/** Blocks of a provider's configuration are texts of JSON. */
function read(value: Value | undefined): Value | undefined {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as Properties;
  } catch {
    return undefined;
  }
}

function add(to: Record<string, string>, tags: Value | undefined, path: string): void {
  if (tags instanceof Unknown) undecided(path, NOT_KNOWN_YET);
  if (!isProperties(tags)) return;
  for (const [key, value] of Object.entries(tags)) {
    // That there is one is known, whatever it says.
    if (value instanceof Unknown) to[key] = "";
    else if (typeof value === "string") to[key] = value;
  }
}

type Taggable = {
  readonly [T in ResourceType]: keyof ResourceInputs[T] &
    ("tags" | "labels" | "resourceLabels" | "userLabels" | "settings") extends never
    ? never
    : T;
}[ResourceType];

/**
 * Types that take tags or labels and keep them. Of Cosmos DB only accounts do, whatever else has tags in its API: nobody is billed for
 * what is in an account but by the account. https://learn.microsoft.com/azure/azure-resource-manager/management/tag-support
 */
export const TAGGABLE = [
  "aws:accessanalyzer/analyzer:Analyzer",
  "aws:alb/loadBalancer:LoadBalancer",
  "aws:appautoscaling/target:Target",
  "aws:athena/workgroup:Workgroup",
  "aws:backup/plan:Plan",
  "aws:backup/vault:Vault",
  "aws:cfg/rule:Rule",
  "aws:cloudtrail/trail:Trail",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:cognito/userPool:UserPool",
  "aws:docdb/cluster:Cluster",
  "aws:docdb/clusterInstance:ClusterInstance",
  "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
  "aws:docdb/subnetGroup:SubnetGroup",
  "aws:dynamodb/table:Table",
  "aws:dynamodb/tableReplica:TableReplica",
  "aws:ec2/customerGateway:CustomerGateway",
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
  "aws:ec2/defaultRouteTable:DefaultRouteTable",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
  "aws:ec2/eip:Eip",
  "aws:ec2/flowLog:FlowLog",
  "aws:ec2/instance:Instance",
  "aws:ec2/internetGateway:InternetGateway",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/managedPrefixList:ManagedPrefixList",
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/networkAcl:NetworkAcl",
  "aws:ec2/routeTable:RouteTable",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/vpc:Vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:ec2/vpnConnection:VpnConnection",
  "aws:ec2/vpnGateway:VpnGateway",
  "aws:ec2transitgateway/transitGateway:TransitGateway",
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
  "aws:ecr/repository:Repository",
  "aws:eks/addon:Addon",
  "aws:eks/cluster:Cluster",
  "aws:eks/nodeGroup:NodeGroup",
  "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  "aws:elasticache/cluster:Cluster",
  "aws:elasticache/parameterGroup:ParameterGroup",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:elasticache/subnetGroup:SubnetGroup",
  "aws:elb/loadBalancer:LoadBalancer",
  "aws:glue/catalogDatabase:CatalogDatabase",
  "aws:guardduty/detector:Detector",
  "aws:iam/policy:Policy",
  "aws:iam/role:Role",
  "aws:iam/serviceLinkedRole:ServiceLinkedRole",
  "aws:kms/key:Key",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:lambda/eventSourceMapping:EventSourceMapping",
  "aws:lambda/function:Function",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:memorydb/subnetGroup:SubnetGroup",
  "aws:mq/broker:Broker",
  "aws:msk/cluster:Cluster",
  "aws:msk/replicator:Replicator",
  "aws:neptune/subnetGroup:SubnetGroup",
  "aws:rds/cluster:Cluster",
  "aws:rds/clusterInstance:ClusterInstance",
  "aws:rds/clusterParameterGroup:ClusterParameterGroup",
  "aws:rds/globalCluster:GlobalCluster",
  "aws:rds/instance:Instance",
  "aws:rds/parameterGroup:ParameterGroup",
  "aws:rds/subnetGroup:SubnetGroup",
  "aws:redshift/subnetGroup:SubnetGroup",
  "aws:route53/healthCheck:HealthCheck",
  "aws:route53/zone:Zone",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup",
  "aws:sagemaker/pipeline:Pipeline",
  "aws:secretsmanager/secret:Secret",
  "aws:sns/topic:Topic",
  "aws:sqs/queue:Queue",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "azure-native:applicationinsights:Component",
  "azure-native:azureactivedirectory:CIAMTenant",
  "azure-native:compute:DiskEncryptionSet",
  "azure-native:containerregistry:Registry",
  "azure-native:containerregistry:Replication",
  "azure-native:containerservice:AgentPool",
  "azure-native:containerservice:ManagedCluster",
  "azure-native:cosmosdb:DatabaseAccount",
  "azure-native:dataprotection:BackupInstance",
  "azure-native:dataprotection:BackupVault",
  "azure-native:dbforpostgresql:Server",
  "azure-native:keyvault:Key",
  "azure-native:keyvault:Secret",
  "azure-native:keyvault:Vault",
  "azure-native:machinelearningservices:Compute",
  "azure-native:machinelearningservices:Workspace",
  "azure-native:managedidentity:UserAssignedIdentity",
  "azure-native:mongocluster:MongoCluster",
  "azure-native:monitor:ActionGroup",
  "azure-native:monitor:MetricAlert",
  "azure-native:network:FlowLog",
  "azure-native:network:LocalNetworkGateway",
  "azure-native:network:NatGateway",
  "azure-native:network:NetworkSecurityGroup",
  "azure-native:network:PrivateEndpoint",
  "azure-native:network:PublicIPAddress",
  "azure-native:network:RouteTable",
  "azure-native:network:VirtualNetwork",
  "azure-native:network:VirtualNetworkGateway",
  "azure-native:network:VirtualNetworkGatewayConnection",
  "azure-native:operationalinsights:Workspace",
  "azure-native:privatedns:PrivateZone",
  "azure-native:privatedns:VirtualNetworkLink",
  "azure-native:redis:Redis",
  "azure-native:redisenterprise:RedisEnterprise",
  "azure-native:resources:ResourceGroup",
  "azure-native:storage:StorageAccount",
  "azure-native:web:AppServicePlan",
  "azure-native:web:WebApp",
  "gcp:artifactregistry/repository:Repository",
  "gcp:backupdisasterrecovery/backupVault:BackupVault",
  "gcp:cloudfunctionsv2/function:Function",
  "gcp:compute/address:Address",
  "gcp:compute/externalVpnGateway:ExternalVpnGateway",
  "gcp:compute/globalAddress:GlobalAddress",
  "gcp:compute/haVpnGateway:HaVpnGateway",
  "gcp:compute/instance:Instance",
  "gcp:compute/vPNTunnel:VPNTunnel",
  "gcp:container/cluster:Cluster",
  "gcp:gkebackup/backupPlan:BackupPlan",
  "gcp:kms/cryptoKey:CryptoKey",
  "gcp:monitoring/alertPolicy:AlertPolicy",
  "gcp:monitoring/notificationChannel:NotificationChannel",
  "gcp:pubsub/topic:Topic",
  "gcp:redis/instance:Instance",
  "gcp:secretmanager/secret:Secret",
  "gcp:sql/databaseInstance:DatabaseInstance",
  "gcp:storage/bucket:Bucket",
] as const satisfies readonly Taggable[];
