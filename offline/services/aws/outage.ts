import { Unanswered } from "../../cloud/errors";
import { describeOutage, endCommand, outageOf, type Outage } from "../../cloud/faults";
import type { OutgoingCall } from "../../cloud/package";
import { partitionOf } from "../../cloud/partition";
import { dnsSuffix, isRegion, zonesOf } from "./regions";
import { requireCapacity } from "./zone-capacity";

/** Attempts of the provider by default: https://www.pulumi.com/registry/packages/aws/api-docs/provider/#maxretries_nodejs */
const ATTEMPTS = 25;

/** Seconds that so many attempts take: https://github.com/hashicorp/terraform-provider-aws/issues/1209 (26 minutes on average). */
const PATIENCE = 1560;

/** What is wrong with the region or zone of an outage; undefined when both exist. */
export function outageProblem({ region, zone }: Pick<Outage, "region" | "zone">): string | undefined {
  if (region === undefined) return undefined;
  if (!isRegion(region)) return `there is no AWS region "${region}"`;
  const zones = zonesOf(region).map(({ name }) => name);
  if (zone === undefined || zones.includes(zone)) return undefined;
  return `region ${region} has no zone "${zone}": it has ${zones.join(", ")}`;
}

/** Refuses a call to a control plane that is switched off, and one that needs new capacity where there is none. */
export function requireControlPlane(call: OutgoingCall): void {
  if (call.outages.length === 0) return;
  if (isAnsweredWithoutControlPlane(call)) {
    requireCaller(call);
    return;
  }
  for (const region of controlPlanesOf(call)) {
    const outage = outageOf(call.outages, { cloud: "aws", region, plane: "control" });
    if (outage !== undefined) throw unanswered(call, region, outage);
  }
  requireCapacity(call);
}

/**
 * As the SDK words it: https://github.com/GoogleCloudPlatform/terraformer/issues/1831. The last line is ours: the real one leaves
 * its reader to find out.
 */
function unanswered(call: OutgoingCall, region: string, outage: Outage): Unanswered {
  const host = hostOf(call, region);
  return new Unanswered(
    `${subjectOf(call)}, exceeded maximum number of attempts, ${String(ATTEMPTS)}, https response error StatusCode: 0, RequestID: , ` +
      `request send failed, Post "https://${host}/": dial tcp: lookup ${host}: i/o timeout\n` +
      `${describeOutage(outage)} is switched off, nothing was changed; to switch it on: ${endCommand(outage)}`,
    PATIENCE,
  );
}

function subjectOf({ token, operation, service, action }: OutgoingCall): string {
  if (service === undefined || action === undefined) return `invoking ${token}`;
  const name = token.split(":").at(-1) ?? token;
  return operation === "read" ? `reading ${service} ${name}` : `operation error ${service}: ${action}`;
}

/**
 * Data sources that the provider computes by itself, or that ask STS for the caller: STS has no control plane, and the provider
 * has logged in already. https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/appendix-a---partitional-service-guidance.html
 */
const LOCAL = new Set([
  "getArn",
  "getBillingServiceAccount",
  "getCallerIdentity",
  "getDefaultTags",
  "getPartition",
  "getPolicyDocument",
  "getRegion",
  "getService",
  "getServicePrincipal",
]);

function isAnsweredWithoutControlPlane({ token, operation }: OutgoingCall): boolean {
  return operation === "invoke" && LOCAL.has(token.split(":").at(-1) ?? "");
}

/**
 * SDK modules of services with one control plane a partition, and the region of it in the partition `aws`.
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
 */
const ONE_CONTROL_PLANE: Readonly<Record<string, string>> = {
  account: "us-east-1",
  cloudfront: "us-east-1",
  globalaccelerator: "us-west-2",
  iam: "us-east-1",
  networkmanager: "us-west-2",
  organizations: "us-east-1",
  route53: "us-east-1",
  route53domains: "us-east-1",
  route53recoverycontrol: "us-west-2",
  route53recoveryreadiness: "us-west-2",
  shield: "us-east-1",
  waf: "us-east-1",
};

/** Of the other partitions: https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
const OTHER_PARTITIONS: Readonly<Record<string, string>> = { "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1" };

/** STS answers in every region, so only the end of all of them leaves the question who calls without an answer. */
function requireCaller(call: OutgoingCall): void {
  if (!call.token.endsWith(":getCallerIdentity")) return;
  const outage = outageOf(call.outages, { cloud: "aws", plane: "data" });
  if (outage !== undefined) throw unanswered(call, call.session.scope.region, outage);
}

/** Regions whose control planes must all answer. */
function controlPlanesOf(call: OutgoingCall): readonly string[] {
  const { operation, scope, session } = call;
  const module = moduleOf(call);
  const partition = partitionOf(session.scope.region);
  const only = ONE_CONTROL_PLANE[module];
  if (only !== undefined || scope.region === "") return [OTHER_PARTITIONS[partition] ?? only ?? "us-east-1"];
  // Buckets are made, deleted and configured with the help of us-east-1, wherever they are: global-services.html, as above.
  const alsoFirst = module === "s3" && partition === "aws" && operation !== "read" && operation !== "invoke";
  return alsoFirst ? [scope.region, "us-east-1"] : [scope.region];
}

/**
 * First label of an endpoint where it is not the SDK's module:
 * https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
 */
const ENDPOINTS: Readonly<Record<string, string>> = {
  acmpca: "acm-pca",
  alb: "elasticloadbalancing",
  apigatewayv2: "apigateway",
  appautoscaling: "application-autoscaling",
  cfg: "config",
  cloudwatch: "monitoring",
  cognito: "cognito-idp",
  docdb: "rds",
  ebs: "ec2",
  ec2clientvpn: "ec2",
  ec2transitgateway: "ec2",
  ecr: "api.ecr",
  efs: "elasticfilesystem",
  elb: "elasticloadbalancing",
  index: "ec2",
  lb: "elasticloadbalancing",
  mskconnect: "kafkaconnect",
  msk: "kafka",
  neptune: "rds",
  sagemaker: "api.sagemaker",
  sfn: "states",
  vpc: "ec2",
};

/** What another service answers for than the rest of its module. */
const OF_ANOTHER_SERVICE: readonly (readonly [prefix: string, endpoint: string])[] = [
  ["aws:index/getCallerIdentity", "sts"],
  ["aws:cloudwatch/log", "logs"],
  ["aws:cloudwatch/queryDefinition", "logs"],
  ["aws:cloudwatch/event", "events"],
];

function hostOf(call: OutgoingCall, region: string): string {
  const module = moduleOf(call);
  const own = OF_ANOTHER_SERVICE.find(([prefix]) => call.token.startsWith(prefix))?.[1];
  const label = own ?? ENDPOINTS[module] ?? module;
  const isGlobal =
    call.scope.region === "" && partitionOf(region) === "aws" && ONE_CONTROL_PLANE[module] === "us-east-1";
  return `${label}.${isGlobal ? "" : `${region}.`}${dnsSuffix(region)}`;
}

/** `ec2` of `aws:ec2/vpc:Vpc`. */
function moduleOf({ token }: OutgoingCall): string {
  return /^aws:([^/:]+)/.exec(token)?.[1] ?? "";
}
