import type { CloudView, StoredResource } from "../../cloud/cloud";
import { isList, isProperties } from "../../cloud/value";
import { roleOf } from "./eks-trust";
import { policyText } from "./policy-document";
import { text } from "./text";
import { IAM_POLICY, ROLE_POLICY_ATTACHMENT } from "./types";

const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const POLICY_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment";

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

/**
 * Actions of AWS's own policies that services ask about here, `*` for any; a policy that is not listed grants none of them.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const MANAGED_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  AdministratorAccess: ["*"],
  PowerUserAccess: ["*"],
  AmazonEC2FullAccess: ["ec2:*"],
  AmazonVPCFullAccess: ["ec2:CreateNetworkInterface"],
  AmazonMSKFullAccess: ["kafka:*"],
  AmazonMSKReadOnlyAccess: ["kafka:Describe*", "kafka:Get*", "kafka:List*"],
  AmazonDynamoDBFullAccess: ["dynamodb:*"],
  AmazonKinesisFullAccess: ["kinesis:*"],
  AmazonKinesisReadOnlyAccess: ["kinesis:Get*", "kinesis:List*", "kinesis:Describe*"],
  AmazonMQFullAccess: ["mq:*"],
  AmazonS3FullAccess: ["s3:*"],
  AmazonSNSFullAccess: ["sns:*"],
  AmazonSQSFullAccess: ["sqs:*"],
  SecretsManagerReadWrite: ["secretsmanager:*"],
  AWSXRayDaemonWriteAccess: ["xray:PutTraceSegments"],
  AWSXrayWriteOnlyAccess: ["xray:PutTraceSegments"],
  "service-role/AWSLambdaDynamoDBExecutionRole": ["dynamodb:GetRecords", "logs:*"],
  "service-role/AWSLambdaENIManagementAccess": ["ec2:CreateNetworkInterface"],
  "service-role/AWSLambdaKinesisExecutionRole": ["kinesis:GetRecords", "logs:*"],
  "service-role/AWSLambdaMSKExecutionRole": ["kafka:Describe*", "ec2:CreateNetworkInterface", "logs:*"],
  "service-role/AWSLambdaSQSQueueExecutionRole": ["sqs:ReceiveMessage", "logs:*"],
  "service-role/AWSLambdaVPCAccessExecutionRole": ["ec2:CreateNetworkInterface", "logs:*"],
};

/**
 * Whether the policies of a role allow an action, as a service asks before it takes the role. Conditions are not evaluated: a
 * statement with one counts as an allowance and never as a denial. A role that cannot be seen from here counts as one that may.
 */
export function roleMay(cloud: CloudView, roleArn: string, action: string, resource = "*"): boolean {
  const role = roleOf(cloud, roleArn);
  if (role === undefined) return true;
  const attached = attachedPolicies(cloud, role);
  if (attached.some((arn) => managedActions(arn).some((each) => matches(each, action)))) return true;
  const documents = [
    ...inlinePolicies(cloud, role),
    ...attached.flatMap((arn) => cloud.findBy(IAM_POLICY, "arn", arn, "anywhere")?.outputs["policy"] ?? []),
  ];
  const statements = documents.map(statementsOf);
  // A policy that was given as a secret is not kept, so nobody can tell what it allows.
  if (statements.includes(undefined)) return true;
  const fitting = statements.flatMap((each) => each ?? []).filter((each) => concerns(each, action, resource));
  if (fitting.some(({ Effect, Condition }) => Effect === "Deny" && Condition === undefined)) return false;
  return fitting.some(({ Effect }) => Effect === "Allow");
}

function attachedPolicies(cloud: CloudView, role: StoredResource): readonly string[] {
  const owned = role.inputs["managedPolicyArns"];
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);
  return [
    ...list(owned).map(text),
    ...cloud
      .list(ROLE_POLICY_ATTACHMENT, "anywhere")
      .filter((each) => each.scope.account === role.scope.account && each.inputs["role"] === role.id)
      .map(({ inputs }) => text(inputs["policyArn"])),
    ...cloud
      .list(POLICY_ATTACHMENT, "anywhere")
      .filter((each) => each.scope.account === role.scope.account && list(each.inputs["roles"]).includes(role.id))
      .map(({ inputs }) => text(inputs["policyArn"])),
  ];
}

function inlinePolicies(cloud: CloudView, role: StoredResource): readonly unknown[] {
  const inline = role.inputs["inlinePolicies"];
  return [
    ...(isList(inline) ? inline.flatMap((each) => (isProperties(each) ? (each["policy"] ?? []) : [])) : []),
    ...cloud
      .list(ROLE_POLICY, "anywhere")
      .filter((each) => each.scope.account === role.scope.account && each.inputs["role"] === role.id)
      .map(({ outputs }) => outputs["policy"]),
  ];
}

function managedActions(arn: string): readonly string[] {
  return MANAGED_ACTIONS[/^arn:aws[a-z-]*:iam::aws:policy\/(.+)$/.exec(arn)?.[1] ?? ""] ?? [];
}

function statementsOf(policy: unknown): readonly Statement[] | undefined {
  try {
    const { Statement: found } = JSON.parse(policyText(policy)) as { Statement?: Statement | readonly Statement[] };
    if (found === undefined) return undefined;
    return Array.isArray(found) ? (found as readonly Statement[]) : [found as Statement];
  } catch {
    return undefined;
  }
}

function concerns(statement: Statement, action: string, resource: string): boolean {
  const { Action, NotAction, Resource, NotResource } = statement;
  const onAction = Action === undefined ? !anyMatches(NotAction, action) : anyMatches(Action, action);
  const onResource =
    Resource === undefined ? !anyMatches(NotResource, resource) : resource === "*" || anyMatches(Resource, resource);
  return onAction && onResource;
}

function anyMatches(patterns: unknown, value: string): boolean {
  return (Array.isArray(patterns) ? patterns : [patterns]).some(
    (each) => typeof each === "string" && matches(each, value),
  );
}

/** IAM's wildcards: `*` for any text, `?` for one character; the case of actions does not count. */
function matches(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "is").test(value);
}
