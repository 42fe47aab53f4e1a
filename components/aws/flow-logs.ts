import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { FlowLog, type FlowLogArgs } from "@pulumi/aws/ec2/flowLog";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input } from "@pulumi/pulumi";
import type { Network } from "../contracts/network";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { ownServiceTrust, policyDocument } from "./policy-document";

export interface FlowLogsArgs {
  readonly account: Account;
  readonly network: Network;
  /** Name of the log group, which the key's policy names too. */
  readonly logGroup: string;
  /** Key that CloudWatch Logs encrypts with. */
  readonly keyArn: Input<string>;
  readonly protection: Protection;
  readonly transform?: (flowLog: FlowLogArgs) => FlowLogArgs;
}

/** Records every accepted and rejected connection of a network, in intervals of ten minutes, in an encrypted log group. */
export class FlowLogs extends ComponentResource {
  constructor(name: string, args: FlowLogsArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:FlowLogs", name, {}, opts);
    const { account } = args;
    const parent = { parent: this };
    const logs = new LogGroup(
      `${name}-group`,
      { name: args.logGroup, retentionInDays: args.protection.logRetentionDays, kmsKeyId: args.keyArn },
      parent,
    );
    const flowLogs = interpolate`arn:${account.partition}:ec2:${account.region}:${account.id}:vpc-flow-log/*`;
    const role = new Role(
      `${name}-role`,
      {
        description: "Delivers VPC flow logs to CloudWatch Logs",
        // The conditions keep other accounts from delivering through this role:
        // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
        assumeRolePolicy: ownServiceTrust(account, {
          sid: "AssumeByFlowLogs",
          service: "vpc-flow-logs.amazonaws.com",
          source: flowLogs,
        }),
      },
      parent,
    );
    const delivery = new RolePolicy(
      `${name}-delivery`,
      {
        role: role.name,
        policy: policyDocument([
          {
            Sid: "Deliver",
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            Resource: interpolate`${logs.arn}:*`,
          },
          { Sid: "Find", Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
        ]),
      },
      parent,
    );
    const flowLogArgs: FlowLogArgs = {
      vpcId: args.network.networkId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: logs.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
    };
    new FlowLog(`${name}-log`, args.transform?.(flowLogArgs) ?? flowLogArgs, { parent: this, dependsOn: [delivery] });
    this.registerOutputs({});
  }
}
