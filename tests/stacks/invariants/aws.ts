import { isList, isProperties, type Properties, type Value } from "../../../offline/cloud/value";
import type { Registration } from "../../support/in-process";
import { at, text, type Deployed } from "../deployed";
import { awsStores } from "./aws.stores";
import { faults, is, isOpen, strings, type CloudFacts } from "./facts";

const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

/** What the invariants mean on AWS. */
export const aws: CloudFacts = {
  package: "aws",
  providerRegion: "region",
  region:
    /\b(?:af|ap|ca|eu|il|me|mx|sa|us)-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-\d\b/g,
  stores: awsStores,
  keepNothing: [
    "aws:accessanalyzer/",
    "aws:appautoscaling/",
    "aws:ec2transitgateway/",
    "aws:guardduty/",
    "aws:iam/",
    "aws:securityhub/",
    "aws:vpc/",
    "aws:backup/plan:Plan",
    "aws:backup/selection:Selection",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    "aws:cfg/recorder:Recorder",
    "aws:cfg/recorderStatus:RecorderStatus",
    "aws:cfg/rule:Rule",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cognito/userGroup:UserGroup",
    "aws:cognito/userPoolDomain:UserPoolDomain",
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
    "aws:docdb/subnetGroup:SubnetGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/eip:Eip",
    "aws:ec2/flowLog:FlowLog",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/networkAcl:NetworkAcl",
    "aws:ec2/networkAclRule:NetworkAclRule",
    "aws:ec2/route:Route",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:eks/addon:Addon",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    "aws:elasticache/parameterGroup:ParameterGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:glue/catalogTableOptimizer:CatalogTableOptimizer",
    "aws:kms/alias:Alias",
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "aws:msk/configuration:Configuration",
    "aws:msk/scramSecretAssociation:ScramSecretAssociation",
    "aws:rds/parameterGroup:ParameterGroup",
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLogging:BucketLogging",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:sagemaker/pipeline:Pipeline",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:sns/topicPolicy:TopicPolicy",
  ],
  volumes: (parameters) => at(parameters, "encrypted") === "true",
  privateBalancer: ["service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"],
  keys: { "aws:kms/key:Key": ({ inputs }) => inputs["enableKeyRotation"] === true },
  noAddress: {
    "aws:ec2/subnet:Subnet": ({ inputs }) => inputs["mapPublicIpOnLaunch"] !== true,
    "aws:ec2/instance:Instance": ({ inputs }) => inputs["associatePublicIpAddress"] === false,
  },
  openings: (stack) => [
    ...faults(stack, INGRESS, (inputs) => {
      const open = isOpen(inputs["cidrIpv4"]) || isOpen(inputs["cidrIpv6"]);
      const ports = [inputs["fromPort"], inputs["toPort"]].map(Number);
      return (
        !open ||
        (inputs["securityGroupId"] === stack.id("security-groups-alb") &&
          ports[0] === ports[1] &&
          ports.every((port) => port === 80 || port === 443))
      );
    }),
    // Rules are resources of their own.
    ...faults(stack, "aws:ec2/securityGroup:SecurityGroup", (inputs) => inputs["ingress"] === undefined),
  ],
  // To other sites alone, over the gateway to them.
  waysOut: (stack) =>
    faults(
      stack,
      "aws:ec2/route:Route",
      (inputs) =>
        inputs["routeTableId"] !== stack.id("network-database-routes") ||
        (!isOpen(inputs["destinationCidrBlock"]) && is(inputs["transitGatewayId"])),
    ),
  tooWide: (stack) => stack.run.resources.flatMap((resource) => tooWide(resource, stack)),
};

function tooWide({ urn, type, inputs }: Registration, stack: Deployed): readonly string[] {
  const policy = type.startsWith("aws:iam/") ? inputs["policy"] : undefined;
  if (typeof policy !== "string" || !policy.startsWith("{")) return [];
  const allowed = new Set([...UNSCOPED, ...(OWN_INTERFACES[serviceOf(stack, inputs["role"])] ?? [])]);
  return statements(policy)
    .filter((statement) => statement["Effect"] !== "Deny")
    .flatMap((statement) => {
      const actions = strings(statement["Action"]);
      const all = actions.filter((action) => action === "*" || action.endsWith(":*"));
      const everything = strings(statement["Resource"]).includes("*") && statement["Condition"] === undefined;
      const changes = actions.filter((action) => !/:(Describe|Get|List|Search|BatchGet|BatchCheck)/.test(action));
      const unscoped = everything ? changes.filter((action) => !allowed.has(action)) : [];
      return [...all, ...unscoped].map((action) => `${urn}: ${action}`);
    });
}

/** Actions that IAM scopes by no resource (https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html). */
const UNSCOPED = new Set(["elasticloadbalancing:SetWebAcl", "ec2:AuthorizeSecurityGroupIngress"]);

/**
 * Services that put themselves into the network by the role's rights, and what they document for it. Network interfaces have no
 * names before they exist.
 */
const OWN_INTERFACES: Readonly<Record<string, readonly string[]>> = {
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
  "lambda.amazonaws.com": [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ],
  // https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
  "sagemaker.amazonaws.com": [
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
  ],
};

/** The service that acts in a role, by the role's name. */
function serviceOf(stack: Deployed, role: Value | undefined): string {
  const trust = stack.ofType("aws:iam/role:Role").find(({ id }) => id === role)?.inputs["assumeRolePolicy"];
  const [statement] = typeof trust === "string" ? statements(trust) : [];
  const service = at(statement, "Principal.Service");
  return typeof service === "string" ? service : "";
}

function statements(policy: string): readonly Properties[] {
  const found = (JSON.parse(text(policy)) as Properties)["Statement"];
  return isList(found) ? found.filter(isProperties) : [];
}
