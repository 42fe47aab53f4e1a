import {
  ComponentResource,
  interpolate,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import { auditLogGroup, requestBucketName } from "../planning/names";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { Key, logsStatement } from "./key";
import { ObjectStore } from "./object-store";
import type { Statement } from "./policy-document";
import { RequestLog } from "./request-log";

export interface AuditStoreArgs {
  readonly account: Account;
  /** Part of the key's alias and of the trail's name. */
  readonly prefix: string;
  /** Name of the bucket, unique among all accounts. */
  readonly bucketName: Input<string>;
  /** Days that records are kept; HIPAA asks for six years of documentation, SOC 2 for the period of an audit. */
  readonly retentionDays: number;
  readonly protection: Protection;
}

/** Name of the trail that records calls of a site. */
export function trailName(prefix: string): string {
  return `${prefix}-audit`;
}

/**
 * The bucket that CloudTrail and AWS Config write to, with a key of its own: who may read data may not read who read it. Who reads
 * the records is recorded in a second bucket: a trail that recorded its own bucket would record its own deliveries.
 *
 * Cost: storage per GB and month.
 */
export class AuditStore extends ComponentResource {
  readonly bucketName: Output<string>;
  /** The bucket that says who read the records. */
  readonly requestsBucketName: Output<string>;
  readonly keyArn: Output<string>;
  /** The bucket's policy: both services check it when they are switched on. */
  readonly ready: Resource;

  constructor(name: string, args: AuditStoreArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:AuditStore", name, {}, opts);
    const { account, prefix, protection } = args;
    const trailArn = interpolate`arn:${account.partition}:cloudtrail:${account.region}:${account.id}:trail/${trailName(prefix)}`;
    const key = new Key(
      `${name}-key`,
      {
        account,
        prefix,
        purpose: "audit",
        description: "Records of calls and of configuration",
        statements: keyStatements(account, trailArn, auditLogGroup(prefix)),
        protection,
      },
      { parent: this },
    );
    const bucket = new ObjectStore(
      `${name}-objects`,
      {
        bucketName: args.bucketName,
        prefixes: ["AWSLogs"],
        infrequentAccessAfterDays: 90,
        deleteAfterDays: args.retentionDays,
        keepVersionsDays: 90,
        keyArn: key.arn,
        policy: (bucketArn) => bucketStatements(account, bucketArn, trailArn),
        protection,
      },
      { parent: this },
    );
    const requests = new RequestLog(
      `${name}-requests`,
      {
        account,
        of: bucket,
        bucketName: output(args.bucketName).apply(requestBucketName),
        retentionDays: args.retentionDays,
        protection,
      },
      { parent: this },
    );
    this.bucketName = bucket.bucketName;
    this.requestsBucketName = requests.bucketName;
    this.keyArn = key.arn;
    this.ready = bucket.accessPolicy;
    this.registerOutputs({ bucketName: this.bucketName, requestsBucketName: this.requestsBucketName });
  }
}

/**
 * CloudTrail encrypts for this trail alone: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
 * Config encrypts for this account alone: https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
 */
function keyStatements(account: Account, trailArn: Output<string>, logGroup: string): readonly Statement[] {
  return [
    {
      Sid: "Trail",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "kms:GenerateDataKey*",
      Resource: "*",
      Condition: {
        StringEquals: { "aws:SourceArn": trailArn },
        StringLike: {
          "kms:EncryptionContext:aws:cloudtrail:arn": interpolate`arn:${account.partition}:cloudtrail:*:${account.id}:trail/*`,
        },
      },
    },
    {
      Sid: "TrailDescribe",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "kms:DescribeKey",
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    },
    {
      Sid: "Configuration",
      Effect: "Allow",
      Principal: { Service: "config.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": account.id } },
    },
    logsStatement(account, [logGroup]),
  ];
}

/**
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
 * https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
 */
function bucketStatements(account: Account, bucketArn: Output<string>, trailArn: Output<string>): readonly Statement[] {
  const fullControl = { "s3:x-amz-acl": "bucket-owner-full-control" };
  return [
    {
      Sid: "TrailRead",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "s3:GetBucketAcl",
      Resource: bucketArn,
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    },
    {
      Sid: "TrailWrite",
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: interpolate`${bucketArn}/AWSLogs/${account.id}/*`,
      Condition: { StringEquals: { ...fullControl, "aws:SourceArn": trailArn } },
    },
    {
      Sid: "ConfigurationRead",
      Effect: "Allow",
      Principal: { Service: "config.amazonaws.com" },
      Action: ["s3:GetBucketAcl", "s3:ListBucket"],
      Resource: bucketArn,
      Condition: { StringEquals: { "aws:SourceAccount": account.id } },
    },
    {
      Sid: "ConfigurationWrite",
      Effect: "Allow",
      Principal: { Service: "config.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: interpolate`${bucketArn}/AWSLogs/${account.id}/Config/*`,
      Condition: { StringEquals: { ...fullControl, "aws:SourceAccount": account.id } },
    },
  ];
}
