import { Alias } from "@pulumi/aws/kms/alias";
import { Key as KmsKey, type KeyArgs as KmsKeyArgs } from "@pulumi/aws/kms/key";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { policyDocument, type Statement } from "./policy-document";

export interface KeyArgs {
  readonly account: Account;
  /** Part of the alias: `alias/<prefix>/<purpose>`. */
  readonly prefix: string;
  readonly purpose: string;
  /** What the key encrypts. */
  readonly description: string;
  /** Principals that use the key without a grant, such as CloudWatch Logs. Default: none. */
  readonly statements?: readonly Statement[];
  /** A deleted key makes all it encrypted unreadable: `protect` and the waiting period come from the class. */
  readonly protection: Protection;
  /** `multi`: copies of the key in other regions decrypt what this one encrypted. For ever. Default: `single`. */
  readonly regions?: "single" | "multi";
  readonly transform?: (key: KmsKeyArgs) => KmsKeyArgs;
}

/** A customer-managed key with yearly rotation, which only the account's own identities and the named services may use. */
export class Key extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, args: KeyArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:Key", name, {}, opts);
    const { account, protection } = args;
    const keyArgs: KmsKeyArgs = {
      description: args.description,
      enableKeyRotation: true,
      ...(args.regions === "multi" ? { multiRegion: true } : {}),
      deletionWindowInDays: protection.keyDeletionDays,
      policy: policyDocument([accountAdministration(account), ...(args.statements ?? [])]),
    };
    const key = new KmsKey(`${name}-key`, args.transform?.(keyArgs) ?? keyArgs, {
      parent: this,
      protect: protection.protect,
    });
    new Alias(
      `${name}-alias`,
      { name: `alias/${args.prefix}/${args.purpose}`, targetKeyId: key.keyId },
      { parent: this },
    );
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/**
 * Without it nobody could ever change the key again; it lets IAM policies of the account decide.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function accountAdministration(account: Account): Statement {
  return {
    Sid: "AccountAdministration",
    Effect: "Allow",
    Principal: { AWS: interpolate`arn:${account.partition}:iam::${account.id}:root` },
    Action: "kms:*",
    Resource: "*",
  };
}

/**
 * Lets CloudWatch Logs use a key, for these log groups only.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function logsStatement(account: Account, logGroups: readonly string[]): Statement {
  return {
    Sid: "LogGroups",
    Effect: "Allow",
    Principal: { Service: `logs.${account.region}.amazonaws.com` },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: {
      ArnEquals: {
        "kms:EncryptionContext:aws:logs:arn": logGroups.map(
          (group) => interpolate`arn:${account.partition}:logs:${account.region}:${account.id}:log-group:${group}`,
        ),
      },
    },
  };
}
