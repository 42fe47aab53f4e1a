import { DeliveryChannel } from "@pulumi/aws/cfg/deliveryChannel";
import { Recorder, type RecorderArgs } from "@pulumi/aws/cfg/recorder";
import { RecorderStatus } from "@pulumi/aws/cfg/recorderStatus";
import { Rule } from "@pulumi/aws/cfg/rule";
import { ServiceLinkedRole } from "@pulumi/aws/iam/serviceLinkedRole";
import { ComponentResource, interpolate, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { Account } from "./account";
import type { AuditStore } from "./audit-store";

/**
 * What AWS Config checks by itself after every change, also of what no program made.
 * https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
 */
export const configurationRules = {
  "audit-trail": "MULTI_REGION_CLOUD_TRAIL_ENABLED",
  "buckets-private": "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
  "buckets-tls": "S3_BUCKET_SSL_REQUESTS_ONLY",
  "cluster-api-private": "EKS_ENDPOINT_NO_PUBLIC_ACCESS",
  "databases-encrypted": "RDS_STORAGE_ENCRYPTED",
  "databases-private": "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
  "databases-protected": "RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
  "default-groups-closed": "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
  "flow-logs": "VPC_FLOW_LOGS_ENABLED",
  "keys-rotated": "CMK_BACKING_KEY_ROTATION_ENABLED",
  "root-keys": "IAM_ROOT_ACCESS_KEY_CHECK",
  "tables-recoverable": "DYNAMODB_PITR_ENABLED",
  "volumes-encrypted": "ENCRYPTED_VOLUMES",
} as const;

export interface ConfigurationHistoryArgs {
  readonly account: Account;
  readonly prefix: string;
  readonly store: AuditStore;
  /**
   * `adopt`: the account has the role of AWS Config already, from another region or from the console. It can have one only.
   * Default: `create`.
   */
  readonly serviceRole?: "create" | "adopt";
  readonly transform?: (recorder: RecorderArgs) => RecorderArgs;
}

/**
 * AWS Config: keeps what every resource was at every time, and checks rules. An account has one recorder in each region.
 *
 * It works by its service-linked role: Security Hub reports any other as a critical finding (Config.1), and the store lets it write.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/config-controls.html
 *
 * Cost: each recorded change and each evaluation of a rule.
 */
export class ConfigurationHistory extends ComponentResource {
  constructor(name: string, args: ConfigurationHistoryArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:ConfigurationHistory", name, {}, opts);
    const { account, store } = args;
    const parent = { parent: this };
    const roleArn =
      args.serviceRole === "adopt"
        ? interpolate`arn:${account.partition}:iam::${account.id}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`
        : new ServiceLinkedRole(`${name}-role`, { awsServiceName: "config.amazonaws.com" }, parent).arn;
    const recorderArgs: RecorderArgs = {
      name: args.prefix,
      roleArn,
      recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
      recordingMode: { recordingFrequency: "CONTINUOUS" },
    };
    const recorder = new Recorder(`${name}-recorder`, args.transform?.(recorderArgs) ?? recorderArgs, parent);
    const channel = new DeliveryChannel(
      `${name}-channel`,
      {
        name: args.prefix,
        s3BucketName: store.bucketName,
        s3KmsKeyArn: store.keyArn,
        snapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
      },
      // Config writes a test object when the channel is made.
      { parent: this, dependsOn: [recorder, store.ready] },
    );
    const recording = new RecorderStatus(
      `${name}-recording`,
      { name: recorder.name, isEnabled: true },
      { parent: this, dependsOn: [channel] },
    );
    for (const [rule, sourceIdentifier] of Object.entries(configurationRules)) {
      new Rule(
        `${name}-${rule}`,
        { name: `${args.prefix}-${rule}`, source: { owner: "AWS", sourceIdentifier } },
        { parent: this, dependsOn: [recording] },
      );
    }
    this.registerOutputs({});
  }
}
