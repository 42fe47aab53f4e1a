import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { EventSourceMapping } from "@pulumi/aws/lambda/eventSourceMapping";
import { Function as LambdaFunction, type FunctionArgs as LambdaFunctionArgs } from "@pulumi/aws/lambda/function";
import { Queue } from "@pulumi/aws/sqs/queue";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { FunctionRuntime as FunctionRuntimeContract } from "../contracts/function-runtime";
import type { Network } from "../contracts/network";
import { functionLogGroup, functionName } from "../planning/names";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import type { EventStream } from "./events";
import { functionCode } from "./function-code";
import { functionRole } from "./function-role";
import type { Statement } from "./policy-document";

/** A function that runs for batches of events of one topic. */
export interface FunctionSpec {
  readonly description: string;
  /** Topic of the event stream. */
  readonly topic: string;
  /** Memory in MiB, 128 to 10,240; processors come with it. */
  readonly memoryMiB: number;
  /** Seconds until a run is broken off, 1 to 900. */
  readonly timeoutSeconds: number;
  /** Records in a batch at most, 1 to 10,000; it also ends at 6 MB. */
  readonly batchSize: number;
  /** Seconds that a batch is filled for, 0 to 300. */
  readonly batchWindowSeconds: number;
  /**
   * Runs at the same time at most, kept free for the function out of the account's 1,000. More than the topic has partitions are
   * never used: https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html
   */
  readonly concurrency: number;
  /** Environment variables; secrets do not belong here. */
  readonly environment: Readonly<Record<string, Input<string>>>;
  /** What its code may do. */
  readonly statements: readonly Statement[];
}

export interface FunctionRuntimeArgs {
  readonly account: Account;
  /** First part of the functions' names. */
  readonly prefix: string;
  /** By key, which is also the name of the function's folder in `codeFolder`. */
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  /** Folder that holds a folder of modules (`*.mjs`) for each function; `index.mjs` exports `handler`. */
  readonly codeFolder: string;
  readonly events: EventStream;
  /** Key of the secret that the functions log in to the event stream with. */
  readonly secretsKeyArn: Input<string>;
  readonly network: Network;
  readonly securityGroupId: Input<string>;
  /** Key of the environment variables and of what could not be processed. */
  readonly keyArn: Input<string>;
  readonly logsKeyArn: Input<string>;
  readonly protection: Protection;
  readonly transform?: (lambda: LambdaFunctionArgs, id: string) => LambdaFunctionArgs;
}

/**
 * Functions on AWS Lambda (Node.js 24, arm64) that run for batches of the event stream, in the private subnets. What they cannot
 * process leaves its place in the stream in a queue, kept for 14 days.
 *
 * What polls the topics sits in the subnets and the security group of the brokers. There it needs a way to the endpoints of
 * Lambda, STS and Secrets Manager, whose policies let in the service `lambda.amazonaws.com`:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk-cluster-network.html
 *
 * Their group must let out 443 to the services that the code calls. X-Ray, whose SDKs are in maintenance, stays off.
 *
 * Cost: each run by memory and time; nothing while no events come.
 */
export class FunctionRuntime extends ComponentResource implements FunctionRuntimeContract {
  readonly functionIds: Readonly<Record<string, Output<string>>>;
  /** Names of the queues of what a function could not process, by the function's key. */
  readonly failureQueues: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: FunctionRuntimeArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:FunctionRuntime", name, {}, opts);
    const made = Object.entries(args.functions).map(([id, spec]) => ({
      id,
      ...this.run(`${name}-${id}`, id, spec, args),
    }));
    this.functionIds = Object.fromEntries(made.map(({ id, functionArn }) => [id, functionArn]));
    this.failureQueues = Object.fromEntries(made.map(({ id, failures }) => [id, failures]));
    this.registerOutputs({ functionIds: this.functionIds });
  }

  private run(name: string, id: string, spec: FunctionSpec, args: FunctionRuntimeArgs) {
    const { account, events, network, prefix, protection } = args;
    const parent = { parent: this };
    const topic = events.topicNames[spec.topic];
    if (topic === undefined) {
      throw new Error(
        `function "${id}" reads topic "${spec.topic}", which the event stream does not have (${Object.keys(events.topicNames).join(", ")}): name one of them, or add it`,
      );
    }
    const logs = new LogGroup(
      `${name}-log`,
      { name: functionLogGroup(prefix, id), retentionInDays: protection.logRetentionDays, kmsKeyId: args.logsKeyArn },
      parent,
    );
    const failures = new Queue(
      `${name}-failures`,
      { kmsMasterKeyId: args.keyArn, messageRetentionSeconds: 14 * 24 * 3600 },
      parent,
    );
    const role = functionRole(
      name,
      {
        account,
        functionName: functionName(prefix, id),
        description: spec.description,
        clusterArn: events.clusterArn,
        secretArn: events.credentials.resourceId,
        secretsKeyArn: args.secretsKeyArn,
        keyArn: args.keyArn,
        logGroupArn: logs.arn,
        failuresArn: failures.arn,
        statements: spec.statements,
      },
      this,
    );
    const lambdaArgs: LambdaFunctionArgs = {
      name: functionName(prefix, id),
      description: spec.description,
      role: role.arn,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: functionCode(args.codeFolder, id),
      memorySize: spec.memoryMiB,
      timeout: spec.timeoutSeconds,
      reservedConcurrentExecutions: spec.concurrency,
      environment: { variables: spec.environment },
      kmsKeyArn: args.keyArn,
      vpcConfig: { subnetIds: [...network.subnetIds.private], securityGroupIds: [args.securityGroupId] },
      loggingConfig: { logFormat: "JSON", logGroup: logs.name, applicationLogLevel: "INFO", systemLogLevel: "WARN" },
      tracingConfig: { mode: "PassThrough" },
    };
    const lambda = new LambdaFunction(`${name}-function`, args.transform?.(lambdaArgs, id) ?? lambdaArgs, {
      parent: this,
      // Its network interfaces are made and taken down with the role's rights.
      dependsOn: [role.policy],
    });
    new EventSourceMapping(
      `${name}-source`,
      {
        functionName: lambda.arn,
        eventSourceArn: events.clusterArn,
        topics: [topic],
        // A new function begins with the oldest record that the topic still has.
        startingPosition: "TRIM_HORIZON",
        batchSize: spec.batchSize,
        maximumBatchingWindowInSeconds: spec.batchWindowSeconds,
        amazonManagedKafkaEventSourceConfig: { consumerGroupId: functionName(prefix, id) },
        sourceAccessConfigurations: [{ type: "SASL_SCRAM_512_AUTH", uri: events.credentials.resourceId }],
        destinationConfig: { onFailure: { destinationArn: failures.arn } },
      },
      // The secret is a user of the cluster only once both are joined.
      { parent: this, dependsOn: [role.policy, events] },
    );
    return { functionArn: lambda.arn, failures: failures.name };
  }
}
