import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { interpolate, type ComponentResource, type Input } from "@pulumi/pulumi";
import type { Account } from "./account";
import { policyDocument, serviceTrust, type Statement } from "./policy-document";

interface FunctionRoleArgs {
  readonly account: Account;
  readonly functionName: string;
  readonly description: string;
  readonly clusterArn: Input<string>;
  readonly secretArn: Input<string>;
  readonly secretsKeyArn: Input<string>;
  readonly keyArn: Input<string>;
  readonly logGroupArn: Input<string>;
  readonly failuresArn: Input<string>;
  readonly statements: readonly Statement[];
}

/**
 * What Lambda does in the function's name, besides what its code may do.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html, https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export function functionRole(name: string, args: FunctionRoleArgs, parent: ComponentResource) {
  const role = new Role(
    `${name}-role`,
    { description: args.description, assumeRolePolicy: serviceTrust("lambda.amazonaws.com") },
    { parent },
  );
  const policy = new RolePolicy(
    `${name}-policy`,
    { role: role.name, policy: policyDocument([...runtimeStatements(args), ...args.statements]) },
    { parent },
  );
  return { arn: role.arn, policy };
}

/** EC2 knows these actions for all resources only; Kafka's cluster, secret, keys, log group and queue are named. */
const networkActions = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeVpcs",
  "ec2:DescribeSubnets",
  "ec2:DescribeSecurityGroups",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
] as const;

function runtimeStatements(args: FunctionRoleArgs): readonly Statement[] {
  const { partition, region, id } = args.account;
  return [
    {
      Sid: "Stream",
      Effect: "Allow",
      Action: ["kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"],
      Resource: args.clusterArn,
    },
    { Sid: "NetworkInterfaces", Effect: "Allow", Action: networkActions, Resource: "*" },
    {
      Sid: "NoNetworkForTheCode",
      Effect: "Deny",
      Action: networkActions,
      Resource: "*",
      Condition: {
        ArnEquals: {
          "lambda:SourceFunctionArn": interpolate`arn:${partition}:lambda:${region}:${id}:function:${args.functionName}`,
        },
      },
    },
    {
      Sid: "Login",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      Resource: args.secretArn,
    },
    { Sid: "LoginKey", Effect: "Allow", Action: "kms:Decrypt", Resource: args.secretsKeyArn },
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: interpolate`${args.logGroupArn}:*`,
    },
    { Sid: "Failures", Effect: "Allow", Action: "sqs:SendMessage", Resource: args.failuresArn },
    {
      Sid: "Key",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: args.keyArn,
    },
  ];
}
