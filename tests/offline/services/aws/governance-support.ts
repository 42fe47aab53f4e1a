import { text } from "../../../../offline/services/aws/text";
import { serviceRole } from "./eks-support";
import type { Account, Made } from "./support";

export const BUCKET = "aws:s3/bucket:Bucket";
export const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
export const KEY = "aws:kms/key:Key";

export function bucket(account: Account, name: string, more = {}): Made {
  return account.create(BUCKET, name, { bucket: name, ...more });
}

/** A policy of one statement that lets a service do these things with a resource. */
export function allow(service: string, action: string | readonly string[], resource: string, condition = {}): object {
  return {
    Effect: "Allow",
    Principal: { Service: service },
    Action: action,
    Resource: resource,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

export function policyOf(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** A recorder of AWS Config with a role that it may assume. */
export function recorder(account: Account, name = "main"): { made: Made; roleArn: string } {
  const role = serviceRole(account, `config-${name}`, "config.amazonaws.com");
  const roleArn = text(role.outputs["arn"]);
  return { made: account.create("aws:cfg/recorder:Recorder", name, { name, roleArn }), roleArn };
}

/** A bucket that AWS Config may write to. */
export function configBucket(account: Account, name = "config-logs"): Made {
  const made = bucket(account, name);
  const policy = policyOf(
    allow("config.amazonaws.com", "s3:PutObject", `arn:aws:s3:::${name}/AWSLogs/111122223333/Config/*`),
  );
  account.create(BUCKET_POLICY, name, { bucket: name, policy });
  return made;
}
