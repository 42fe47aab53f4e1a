import type { AccountPasswordPolicyArgs, ServiceLinkedRoleArgs } from "@pulumi/aws/iam";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { iamId } from "./arn";
import { iamArn } from "./iam";

// Error codes: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html, API_UpdateAccountPasswordPolicy.html

export const SERVICE_LINKED_ROLE = "aws:iam/serviceLinkedRole:ServiceLinkedRole";

/**
 * Services with roles of their own, and the name that each gives its role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
 */
const SERVICES: Readonly<Record<string, string>> = {
  "access-analyzer.amazonaws.com": "AWSServiceRoleForAccessAnalyzer",
  "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
  "backup.amazonaws.com": "AWSServiceRoleForBackup",
  "config.amazonaws.com": "AWSServiceRoleForConfig",
  "ecs.amazonaws.com": "AWSServiceRoleForECS",
  "eks.amazonaws.com": "AWSServiceRoleForAmazonEKS",
  "eks-nodegroup.amazonaws.com": "AWSServiceRoleForAmazonEKSNodegroup",
  "eks-fargate.amazonaws.com": "AWSServiceRoleForAmazonEKSForFargate",
  "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
  "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
  "guardduty.amazonaws.com": "AWSServiceRoleForAmazonGuardDuty",
  "kafka.amazonaws.com": "AWSServiceRoleForKafka",
  "mq.amazonaws.com": "AWSServiceRoleForAmazonMQ",
  "rds.amazonaws.com": "AWSServiceRoleForRDS",
  "replication.dynamodb.amazonaws.com": "AWSServiceRoleForDynamoDBReplication",
  "replication.ecr.amazonaws.com": "AWSServiceRoleForECRReplication",
  "securityhub.amazonaws.com": "AWSServiceRoleForSecurityHub",
  "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
  "transitgateway.amazonaws.com": "AWSServiceRoleForVPCTransitGateway",
};

/** Only these take a suffix: https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html */
const SUFFIXED = ["autoscaling.amazonaws.com"];

const serviceLinkedRole = resourceType<ServiceLinkedRoleArgs>({
  token: SERVICE_LINKED_ROLE,
  service: "IAM",
  actions: {
    create: "CreateServiceLinkedRole",
    update: "UpdateRoleDescription",
    delete: "DeleteServiceLinkedRole",
  },
  reach: "global",
  duration: { create: 2, delete: 10, source: "estimate: deletion is a task that the provider waits for" },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const service = inputs.awsServiceName;
    const role = SERVICES[service];
    if (role === undefined) {
      return refuse("InvalidInput", `Service role for ${service} cannot be created: no such service is known`);
    }
    if (inputs.customSuffix !== undefined && !SUFFIXED.includes(service)) {
      refuse("InvalidInput", `Custom suffix is not allowed for ${service}`);
    }
    const name = inputs.customSuffix === undefined ? role : `${role}_${inputs.customSuffix}`;
    const path = `/aws-service-role/${service}/`;
    const arn = iamArn(scope, `role${path}${name}`);
    if (cloud.find(SERVICE_LINKED_ROLE, arn) !== undefined) {
      const message = `Service role name ${name} has been taken in this account, please try a different suffix.`;
      refuse("InvalidInput", message);
    }
    return {
      id: arn,
      outputs: { arn, name, path, createDate: "2026-01-01T00:00:00Z", uniqueId: iamId(context, "AROA") },
    };
  },
});

const passwordPolicy = resourceType<AccountPasswordPolicyArgs>({
  token: "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
  service: "IAM",
  actions: {
    create: "UpdateAccountPasswordPolicy",
    update: "UpdateAccountPasswordPolicy",
    delete: "DeleteAccountPasswordPolicy",
  },
  reach: "global",
  check: ({ inputs, refuse: report }) => {
    const ranges = {
      minimumPasswordLength: [6, 128],
      maxPasswordAge: [1, 1095],
      passwordReusePrevention: [1, 24],
    } as const;
    for (const [property, [least, most]] of Object.entries(ranges)) {
      const value = inputs[property as keyof typeof ranges];
      if (value === undefined || (value >= least && value <= most)) continue;
      report(property, `ValidationError: must be ${String(least)} to ${String(most)}, got ${String(value)}`);
    }
  },
  create: ({ inputs }) => ({
    id: "iam-account-password-policy",
    outputs: {
      expirePasswords: inputs.maxPasswordAge !== undefined,
      allowUsersToChangePassword: inputs.allowUsersToChangePassword ?? true,
    },
  }),
  update: ({ inputs }) => ({ expirePasswords: inputs.maxPasswordAge !== undefined }),
});

export const iamAccountTypes: readonly ResourceType[] = [serviceLinkedRole, passwordPolicy];
