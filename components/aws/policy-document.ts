import { jsonStringify, type Input, type Output } from "@pulumi/pulumi";
import type { Account } from "./account";

/** One statement of an IAM or resource policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, Input<string>>>;
  readonly Action: string | readonly string[];
  /** Absent in a trust policy only. */
  readonly Resource?: Input<string> | readonly Input<string>[] | Output<readonly string[]>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Input<string> | readonly Input<string>[]>>>>;
}

export function policyDocument(statements: readonly Statement[]): Output<string> {
  return jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/** A trust policy for one service of AWS. */
export function serviceTrust(service: string, actions: readonly string[] = ["sts:AssumeRole"]): Output<string> {
  return policyDocument([
    { Sid: "AssumeByService", Effect: "Allow", Principal: { Service: service }, Action: actions },
  ]);
}

/** Who may take on a role in the name of whom. */
export interface OwnServiceTrust {
  readonly sid: string;
  /** The service, such as `backup.amazonaws.com`. */
  readonly service: string;
  /** Default: `sts:AssumeRole`. */
  readonly action?: string | readonly string[];
  /** ARN, or a pattern of ARNs, of the resources in whose name it acts. Default: all of the account. */
  readonly source?: Input<string>;
}

/**
 * A trust policy for a service that acts in the name of resources of this account alone: those of another account cannot talk it
 * into taking on the role. https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function ownServiceTrust(
  account: Account,
  { sid, service, action = "sts:AssumeRole", source }: OwnServiceTrust,
): Output<string> {
  return policyDocument([
    {
      Sid: sid,
      Effect: "Allow",
      Principal: { Service: service },
      Action: action,
      Condition: {
        StringEquals: { "aws:SourceAccount": account.id },
        ...(source === undefined ? {} : { ArnLike: { "aws:SourceArn": source } }),
      },
    },
  ]);
}
