import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import type { InvokeOptions, Output } from "@pulumi/pulumi";

/** The account and region that a stack deploys to: what ARNs and unique names are made of. */
export interface Account {
  /** Twelve digits. */
  readonly id: Output<string>;
  /** First part of every ARN: `aws`, `aws-us-gov`, `aws-cn`. */
  readonly partition: Output<string>;
  readonly region: string;
}

/** Asks the provider of `opts` which account and partition it works in. */
export function currentAccount(region: string, opts: InvokeOptions): Account {
  return {
    id: getCallerIdentityOutput({}, opts).accountId,
    partition: getPartitionOutput({}, opts).partition,
    region,
  };
}
