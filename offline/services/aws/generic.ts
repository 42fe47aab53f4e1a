import type { ResourceSchema } from "../../schema/schema";
import type { NameRule, ResourceType } from "../../cloud/resource-type";
import { anyName } from "./references";

/**
 * Types whose automatic name goes into another property than `name`, or is built in another way: property, longest name, separator.
 * https://github.com/pulumi/pulumi-aws/blob/master/provider/resource_overrides.go
 */
const AUTONAMED: Readonly<Record<string, readonly [property: string, maxLength: number, separator: string]>> = {
  "aws:appsync/dataSource:DataSource": ["name", 255, "_"],
  "aws:appsync/function:Function": ["name", 255, "_"],
  "aws:athena/database:Database": ["name", 255, "_"],
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": ["name", 255, "_"],
  "aws:cloudwatch/eventRule:EventRule": ["name", 64, "-"],
  "aws:cloudwatch/eventTarget:EventTarget": ["targetId", 255, "-"],
  "aws:codedeploy/deploymentConfig:DeploymentConfig": ["deploymentConfigName", 100, "_"],
  "aws:ec2/keyPair:KeyPair": ["keyName", 255, "-"],
  "aws:efs/fileSystem:FileSystem": ["creationToken", 255, "-"],
  "aws:eks/fargateProfile:FargateProfile": ["fargateProfileName", 255, "-"],
  "aws:eks/nodeGroup:NodeGroup": ["nodeGroupName", 255, "-"],
  "aws:elasticache/cluster:Cluster": ["clusterId", 50, "-"],
  "aws:elasticache/replicationGroup:ReplicationGroup": ["replicationGroupId", 40, "-"],
  "aws:elasticbeanstalk/environment:Environment": ["name", 40, "-"],
  "aws:iot/topicRule:TopicRule": ["name", 255, "_"],
  "aws:lambda/function:Function": ["name", 64, "-"],
  "aws:lambda/permission:Permission": ["statementId", 100, "-"],
  "aws:mq/broker:Broker": ["brokerName", 55, "-"],
  "aws:opensearch/domain:Domain": ["domainName", 255, "-"],
  "aws:rds/instance:Instance": ["identifier", 255, "-"],
  "aws:sqs/queue:Queue": ["name", 80, "-"],
};

/** Types whose `name` says something else than how the object is called. */
const NEVER_AUTONAMED = new Set(["aws:route53/record:Record", "aws:directoryservice/directory:Directory"]);

/** Types that the provider always deletes before it makes their successor, from the same file. */
const ALWAYS_DELETED_FIRST = new Set([
  "aws:apigateway/integration:Integration",
  "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
  "aws:ec2/securityGroupRule:SecurityGroupRule",
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
  "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  "aws:efs/mountTarget:MountTarget",
  "aws:iam/accountAlias:AccountAlias",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
  "aws:iam/policyAttachment:PolicyAttachment",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
]);

export function alwaysDeletedFirst(token: string): boolean {
  return ALWAYS_DELETED_FIRST.has(token);
}

/** The answer for a type without rules of its own: named as the bridged provider names it, refused nothing. */
export function genericType(token: string, schema: ResourceSchema | undefined): ResourceType {
  const [, module = "", className = ""] = /^aws:([^/]+)\/[^:]+:(\w+)$/.exec(token) ?? [];
  const name = nameRule(token, schema);
  return {
    token,
    service: module.toUpperCase(),
    actions: { create: `Create${className}`, update: `Update${className}`, delete: `Delete${className}` },
    ...(name === undefined ? {} : { name }),
  };
}

function nameRule(token: string, schema: ResourceSchema | undefined): NameRule | undefined {
  const special = AUTONAMED[token];
  if (special !== undefined) return anyName(...special);
  const name = schema?.inputs.properties["name"];
  // A name that the SDK requires is one that the provider does not fill in.
  const filled = name?.schema.kind === "string" && !name.required && !NEVER_AUTONAMED.has(token);
  return filled ? anyName() : undefined;
}

/**
 * Whether a name is one that autonaming made: it ends with a separator and seven hexadecimal digits. The provider itself keeps a
 * list of what it filled in; here only the name is left to tell by.
 */
export function isAutomaticName(rule: NameRule, name: string): boolean {
  const separator = (rule.separator ?? "-").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`${separator}[0-9a-f]{7}$`).test(name);
}
