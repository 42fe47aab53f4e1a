import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { CallContext } from "../../cloud/resource-type";
import { parseArn } from "./arn";
import { roleMay } from "./role-permissions";
import { QUEUE } from "./sqs";
import { BUCKET, BUCKET_V2, SNS_TOPIC } from "./types";

export const FUNCTION = "aws:lambda/function:Function";
export const LAMBDA_ALIAS = "aws:lambda/alias:Alias";

export const INVALID_VALUE = "InvalidParameterValueException";

/** The function that a name, an ARN, or an ARN with a version or alias names. */
export function findFunction(cloud: CloudView, name: string): StoredResource | undefined {
  const resource = parseArn(name)?.resource.replace(/^function:/, "") ?? name;
  return cloud.find(FUNCTION, resource.split(":")[0] ?? "");
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
export function requireFunction(cloud: CloudView, name: string): StoredResource {
  return findFunction(cloud, name) ?? refuse("ResourceNotFoundException", `Function not found: ${name}`);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html */
export function requirePermission(cloud: CloudView, role: string, action: string, call: string, resource = "*"): void {
  if (roleMay(cloud, role, action, resource)) return;
  refuse(INVALID_VALUE, `The provided execution role does not have permissions to call ${call}`);
}

/**
 * Refuses the call unless a queue, topic or bucket of this ARN exists and the function's role may write to it. What is another
 * account's cannot be seen from here. https://github.com/aws-samples/aws-serverless-ecommerce-platform/issues/41
 */
export function requireDestination(
  { cloud, scope }: Pick<CallContext<unknown>, "cloud" | "scope">,
  role: string,
  target: string,
): void {
  const parsed = parseArn(target);
  const kind = DESTINATIONS[parsed?.service ?? ""];
  if (parsed === undefined || kind === undefined) return;
  const isForeign = parsed.account !== "" && parsed.account !== scope.account;
  if (!isForeign && kind.types.every((type) => cloud.findBy(type, "arn", target, "anywhere") === undefined)) {
    refuse(INVALID_VALUE, `The provided destination config DestinationArn is invalid: ${target} does not exist`);
  }
  requirePermission(cloud, role, kind.action, kind.call, `${target}${kind.suffix}`);
}

interface Destination {
  readonly types: readonly string[];
  readonly action: string;
  readonly call: string;
  /** What follows the ARN in the resource of the permission. */
  readonly suffix: string;
}

const DESTINATIONS: Readonly<Record<string, Destination>> = {
  sqs: { types: [QUEUE], action: "sqs:SendMessage", call: "SendMessage on SQS", suffix: "" },
  sns: { types: [SNS_TOPIC], action: "sns:Publish", call: "Publish on SNS", suffix: "" },
  s3: { types: [BUCKET, BUCKET_V2], action: "s3:PutObject", call: "PutObject on S3", suffix: "/*" },
};
