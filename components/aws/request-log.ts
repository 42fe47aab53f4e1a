import { BucketLogging } from "@pulumi/aws/s3/bucketLogging";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { ObjectStore } from "./object-store";

export interface RequestLogArgs {
  readonly account: Account;
  /** Bucket whose requests are recorded. */
  readonly of: ObjectStore;
  /** Name of the bucket that takes the records, unique among all accounts. */
  readonly bucketName: Input<string>;
  /** Days that records are kept. */
  readonly retentionDays: number;
  readonly protection: Protection;
}

/** First part of the records' keys. */
const prefix = "requests";

/**
 * Records every request for objects of a bucket in a bucket of its own, within some hours:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
 *
 * The records are encrypted with keys of S3 itself: the log service can use no others.
 *
 * Cost: storage per GB and month.
 */
export class RequestLog extends ComponentResource {
  readonly bucketName: Output<string>;

  constructor(name: string, args: RequestLogArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:RequestLog", name, {}, opts);
    const { account, of } = args;
    const records = new ObjectStore(
      `${name}-records`,
      {
        bucketName: args.bucketName,
        prefixes: [prefix],
        infrequentAccessAfterDays: 90,
        deleteAfterDays: args.retentionDays,
        keepVersionsDays: 30,
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        policy: (bucketArn) => [
          {
            Sid: "RequestWrite",
            Effect: "Allow",
            Principal: { Service: "logging.s3.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: interpolate`${bucketArn}/${prefix}/*`,
            Condition: {
              StringEquals: { "aws:SourceAccount": account.id },
              ArnLike: { "aws:SourceArn": interpolate`arn:${account.partition}:s3:::${of.bucketName}` },
            },
          },
        ],
        protection: args.protection,
      },
      { parent: this },
    );
    new BucketLogging(
      `${name}-logging`,
      { bucket: of.bucketName, targetBucket: records.bucketName, targetPrefix: `${prefix}/` },
      { parent: this, dependsOn: [records.accessPolicy] },
    );
    this.bucketName = records.bucketName;
    this.registerOutputs({ bucketName: this.bucketName });
  }
}
