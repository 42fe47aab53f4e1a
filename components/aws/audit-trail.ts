import { Trail, type TrailArgs } from "@pulumi/aws/cloudtrail/trail";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { auditLogGroup } from "../planning/names";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { trailName, type AuditStore } from "./audit-store";
import { policyDocument, serviceTrust } from "./policy-document";

export interface AuditTrailArgs {
  readonly account: Account;
  readonly prefix: string;
  readonly store: AuditStore;
  /** Names of buckets whose objects are watched: every call that reads or writes one is recorded. Never that of `store`. */
  readonly buckets: readonly Input<string>[];
  readonly protection: Protection;
  readonly transform?: (trail: TrailArgs) => TrailArgs;
}

/**
 * Records every call of the account's control planes in all regions, signed so that a change of the record shows, and the calls for
 * objects of some buckets. All of them go to a log group as well, where alarms and queries find them within minutes.
 *
 * Cost: the first copy of management events is free; calls for objects per event, the log group per GB.
 */
export class AuditTrail extends ComponentResource {
  readonly trailArn: Output<string>;

  constructor(name: string, args: AuditTrailArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:AuditTrail", name, {}, opts);
    const { account, prefix, store, protection } = args;
    const group = new LogGroup(
      `${name}-group`,
      { name: auditLogGroup(prefix), retentionInDays: protection.logRetentionDays, kmsKeyId: store.keyArn },
      { parent: this },
    );
    const role = new Role(
      `${name}-role`,
      {
        description: "Delivers recorded calls to CloudWatch Logs",
        // CloudTrail names no source when it takes on this role, so that a condition on one would shut it out:
        // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
        assumeRolePolicy: serviceTrust("cloudtrail.amazonaws.com"),
      },
      { parent: this },
    );
    const delivery = new RolePolicy(
      `${name}-delivery`,
      {
        role: role.name,
        policy: policyDocument([
          {
            Sid: "Deliver",
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            // The streams are named after account and region.
            Resource: interpolate`${group.arn}:log-stream:${account.id}_CloudTrail_${account.region}*`,
          },
        ]),
      },
      { parent: this },
    );
    const trailArgs: TrailArgs = {
      name: trailName(prefix),
      s3BucketName: store.bucketName,
      kmsKeyId: store.keyArn,
      enableLogging: true,
      enableLogFileValidation: true,
      includeGlobalServiceEvents: true,
      isMultiRegionTrail: true,
      cloudWatchLogsGroupArn: interpolate`${group.arn}:*`,
      cloudWatchLogsRoleArn: role.arn,
      ...(args.buckets.length > 0 ? { advancedEventSelectors: selectors(account, args.buckets) } : {}),
    };
    const trail = new Trail(`${name}-trail`, args.transform?.(trailArgs) ?? trailArgs, {
      parent: this,
      protect: protection.protect,
      // CloudTrail tries both before it makes a trail.
      dependsOn: [store.ready, delivery],
    });
    this.trailArn = trail.arn;
    this.registerOutputs({ trailArn: this.trailArn });
  }
}

/**
 * With selectors a trail records what they name and nothing else, calls of control planes included.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html
 */
function selectors(
  account: Account,
  buckets: readonly Input<string>[],
): NonNullable<TrailArgs["advancedEventSelectors"]> {
  return [
    { name: "Control planes", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
    {
      name: "Objects",
      fieldSelectors: [
        { field: "eventCategory", equals: ["Data"] },
        { field: "resources.type", equals: ["AWS::S3::Object"] },
        {
          field: "resources.ARN",
          startsWiths: buckets.map((bucket) => interpolate`arn:${account.partition}:s3:::${bucket}/`),
        },
      ],
    },
  ];
}
