import type { CallContext, Scope } from "../../cloud/resource-type";
import { partitionOf } from "../../cloud/partition";

/** `arn:aws:ec2:us-east-1:111122223333:vpc/vpc-…`: of a resource in this scope. */
export function arn(scope: Scope, service: string, resource: string): string {
  return `arn:${partitionOf(scope.region)}:${service}:${scope.region}:${scope.account}:${resource}`;
}

/** ARN of an object whose service names neither region nor account, such as a bucket. */
export function bareArn(scope: Scope, service: string, resource: string): string {
  return `arn:${partitionOf(scope.region)}:${service}:::${resource}`;
}

export interface ParsedArn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Undefined when the text is no ARN: six parts, the partition and the service not empty. */
export function parseArn(text: string): ParsedArn | undefined {
  const found = /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/s.exec(text);
  if (found === null) return undefined;
  const [, partition = "", service = "", region = "", account = "", resource = ""] = found;
  return { partition, service, region, account, resource };
}

/** An id as EC2 makes them: `vpc-` and 17 hexadecimal digits. `index` tells several ids of one call apart. */
export function ec2Id(context: Pick<CallContext<unknown>, "hex">, prefix: string, index = 0): string {
  return `${prefix}-0${context.hex(64).slice(index * 16, index * 16 + 16)}`;
}

/** A version 4 style UUID. */
export function uuid(context: Pick<CallContext<unknown>, "hex">): string {
  const digits = context.hex(32);
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
    digits.slice(20),
  ];
  return parts.join("-");
}

/** A unique id as IAM makes them: a prefix such as `AROA` and 17 upper-case letters and digits. */
export function iamId(context: Pick<CallContext<unknown>, "hex">, prefix: string): string {
  return `${prefix}${context.hex(17).toUpperCase()}`;
}
