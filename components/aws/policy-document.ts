import { jsonStringify, type Input, type Output } from "@pulumi/pulumi";

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
