import { createHash } from "node:crypto";
import type { Scope } from "../cloud/resource-type";
import { partitionOf } from "../cloud/partition";
import { plausibleAzureText } from "./plausible-azure";
import { plausibleGcpText } from "./plausible-gcp";

/** Of which resource an output is made up. */
export interface Subject {
  readonly token: string;
  readonly id: string;
  readonly scope: Scope;
  /** The physical name, else the last part of the id. */
  readonly name: string;
}

/** Service of an ARN, where the module of the SDK is called otherwise. */
const ARN_SERVICE: Readonly<Record<string, string>> = {
  alb: "elasticloadbalancing",
  apigatewayv2: "apigateway",
  appautoscaling: "application-autoscaling",
  bedrockfoundation: "bedrock",
  cfg: "config",
  cognito: "cognito-idp",
  ec2clientvpn: "ec2",
  ec2transitgateway: "ec2",
  efs: "elasticfilesystem",
  lb: "elasticloadbalancing",
  mq: "mq",
  msk: "kafka",
  opensearch: "es",
  elasticsearch: "es",
  scheduler: "scheduler",
  sfn: "states",
  vpc: "ec2",
  vpclattice: "vpc-lattice",
};

/** Services whose ARNs name no region. */
const GLOBAL: ReadonlySet<string> = new Set([
  "cloudfront",
  "iam",
  "organizations",
  "route53",
  "s3",
  "globalaccelerator",
]);
/** Services whose ARNs name no account. */
const UNOWNED: ReadonlySet<string> = new Set(["route53", "s3"]);

/**
 * How the resource part of an ARN is written where it is not `<class>/<name>`, and the service where it is not the module's.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const ARN_RESOURCE: Readonly<Record<string, { readonly resource: string; readonly service?: string }>> = {
  "aws:autoscaling/group:Group": { resource: "autoScalingGroup:{hash}:autoScalingGroupName/{name}" },
  "aws:cloudwatch/eventBus:EventBus": { service: "events", resource: "event-bus/{name}" },
  "aws:cloudwatch/eventRule:EventRule": { service: "events", resource: "rule/{name}" },
  "aws:cloudwatch/logGroup:LogGroup": { service: "logs", resource: "log-group:{name}" },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { resource: "alarm:{name}" },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": { resource: "alarm:{name}" },
  "aws:codecommit/repository:Repository": { resource: "{name}" },
  "aws:codepipeline/pipeline:Pipeline": { resource: "{name}" },
  "aws:elasticache/cluster:Cluster": { resource: "cluster:{name}" },
  "aws:elasticache/replicationGroup:ReplicationGroup": { resource: "replicationgroup:{name}" },
  "aws:elasticache/subnetGroup:SubnetGroup": { resource: "subnetgroup:{name}" },
  "aws:elasticache/parameterGroup:ParameterGroup": { resource: "parametergroup:{name}" },
  "aws:lambda/function:Function": { resource: "function:{name}" },
  "aws:lambda/layerVersion:LayerVersion": { resource: "layer:{name}:1" },
  "aws:rds/cluster:Cluster": { resource: "cluster:{name}" },
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": { resource: "cluster-pg:{name}" },
  "aws:rds/clusterSnapshot:ClusterSnapshot": { resource: "cluster-snapshot:{name}" },
  "aws:rds/instance:Instance": { resource: "db:{name}" },
  "aws:rds/parameterGroup:ParameterGroup": { resource: "pg:{name}" },
  "aws:rds/snapshot:Snapshot": { resource: "snapshot:{name}" },
  "aws:rds/subnetGroup:SubnetGroup": { resource: "subgrp:{name}" },
  "aws:route53/zone:Zone": { resource: "hostedzone/{name}" },
  "aws:s3/bucket:Bucket": { resource: "{name}" },
  "aws:s3/bucketV2:BucketV2": { resource: "{name}" },
  "aws:secretsmanager/secret:Secret": { resource: "secret:{name}-{hash}" },
  "aws:sfn/stateMachine:StateMachine": { resource: "stateMachine:{name}" },
  "aws:sns/topic:Topic": { resource: "{name}" },
  "aws:sqs/queue:Queue": { resource: "{name}" },
};

interface TextRule {
  readonly name: RegExp;
  readonly value: (subject: Subject, property: string) => string;
}

/** The first rule that matches an output's name gives its text; nothing matches: empty, as a provider writes what a service leaves out. */
const TEXT_RULES: readonly TextRule[] = [
  { name: /^arn$/, value: (subject) => ownArn(subject) },
  { name: /^(signing|restore|source|snapshot|parent|stream).*Arn$/, value: () => "" },
  { name: /^qualifiedArn$/, value: (subject) => `${ownArn(subject)}:$LATEST` },
  { name: /invokeArn$/i, value: (subject, property) => invokeArn(subject, property) },
  { name: /Arn$/, value: (subject, property) => `${ownArn(subject)}/${kebab(property.slice(0, -3))}` },
  { name: /^region$/, value: ({ scope }) => scope.region },
  {
    name: /^(accountId|awsAccountId|ownerId|owner|registryId|ownerAccount|ownerAccountId)$/,
    value: ({ scope }) => scope.account,
  },
  { name: /^(name|identifier|bucket)$/, value: ({ name }) => name },
  { name: /^id$/, value: ({ id }) => id },
  { name: /(Prefix|Password|Secret|policy|Policy|description|Message|Reason)$/, value: () => "" },
  { name: /^vpcId$/, value: (subject, property) => `vpc-0${hash(subject, property, 16)}` },
  { name: /(hostedZoneId|^zoneId)$/i, value: (subject, property) => `Z${hash(subject, property, 13).toUpperCase()}` },
  {
    name: /^(resourceId|uniqueId|dbiResourceId)$/,
    value: (subject, property) => hash(subject, property, 26).toUpperCase(),
  },
  { name: /(^url|Url|Uri)$/, value: (subject) => url(subject) },
  { name: /(endpoint|dnsName|domainName|hostname|fqdn)$/i, value: (subject) => host(subject) },
  {
    name: /^(created|updated|lastModified)|(creation|created|create|modified|updated)(Date|Time|At|On)/i,
    value: () => "2026-01-01T00:00:00Z",
  },
  { name: /^(status|state)$/, value: () => "ACTIVE" },
  { name: /^version$/, value: ({ token }) => (token === "aws:lambda/function:Function" ? "$LATEST" : "1") },
  { name: /^(latestVersion|defaultVersion)$/, value: () => "1" },
  { name: /^etag$/i, value: (subject, property) => hash(subject, property, 32) },
  { name: /Sha256$|^sourceCodeHash$/, value: (subject, property) => sha256(subject, property).toString("base64") },
  { name: /fingerprint$/i, value: (subject, property) => hash(subject, property, 40) },
];

/** A text of the shape that the real output has, always the same for the same resource. */
export function plausibleText(subject: Subject, property: string): string {
  if (subject.token.startsWith("azure-native:")) return plausibleAzureText(subject, property);
  if (subject.token.startsWith("gcp:")) return plausibleGcpText(subject, property);
  return TEXT_RULES.find((rule) => rule.name.test(property))?.value(subject, property) ?? "";
}

function ownArn(subject: Subject): string {
  if (subject.id.startsWith("arn:")) return subject.id;
  const [, module = ""] = subject.token.split(/[:/]/);
  const shape = ARN_RESOURCE[subject.token];
  const service = shape?.service ?? ARN_SERVICE[module] ?? module;
  const { region, account } = subject.scope;
  const text = (shape?.resource ?? `${kebab(className(subject))}/{name}`)
    .replaceAll("{name}", () => subject.name)
    .replaceAll("{hash}", () => hash(subject, "arn", 6));
  const where = `${GLOBAL.has(service) ? "" : region}:${UNOWNED.has(service) ? "" : account}`;
  return `arn:${partitionOf(region)}:${service}:${where}:${text}`;
}

/** Source: https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html (`uri`). */
function invokeArn(subject: Subject, property: string): string {
  const { region } = subject.scope;
  const target = property === "qualifiedInvokeArn" ? `${ownArn(subject)}:$LATEST` : ownArn(subject);
  const call = /stream/i.test(property)
    ? "2021-11-15/functions/{}/response-streaming-invocations"
    : "2015-03-31/functions/{}/invocations";
  return `arn:${partitionOf(region)}:apigateway:${region}:lambda:path/${call.replace("{}", () => target)}`;
}

function url(subject: Subject): string {
  if (subject.id.startsWith("https://")) return subject.id;
  const [, module = ""] = subject.token.split(/[:/]/);
  return `https://${module}.${subject.scope.region}.amazonaws.com/${subject.scope.account}/${subject.name}`;
}

function host(subject: Subject): string {
  const [, module = ""] = subject.token.split(/[:/]/);
  return `${subject.name}.${hash(subject, "host", 12)}.${subject.scope.region}.${module}.amazonaws.com`;
}

function className(subject: Subject): string {
  return subject.token.slice(subject.token.lastIndexOf(":") + 1);
}

function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}

function hash(subject: Subject, property: string, digits: number): string {
  return sha256(subject, property).toString("hex").slice(0, digits);
}

function sha256({ token, id, scope }: Subject, property: string): Buffer {
  return createHash("sha256").update([scope.account, scope.region, token, id, property].join("|")).digest();
}
