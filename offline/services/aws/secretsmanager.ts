import type { SecretArgs, SecretVersionArgs } from "@pulumi/aws/secretsmanager";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { arn, uuid } from "./arn";
import { policyProblem } from "./policy-document";
import { requireKey } from "./references";
import { SECRET } from "./types";
import { text } from "./text";

// Error codes and limits: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html, …/API_DeleteSecret.html

/** What is left of a secret during its recovery window: a name that cannot be used again. */
const DELETED_SECRET = "aws:secretsmanager/deletedSecret:DeletedSecret";
const DEFAULT_WINDOW = 30;
const VALUE_LIMIT = 65_536;

const secret = resourceType<SecretArgs>({
  token: SECRET,
  service: "Secrets Manager",
  actions: { create: "CreateSecret", update: "UpdateSecret", delete: "DeleteSecret" },
  name: {
    property: "name",
    pattern: /^[A-Za-z0-9/_+=.@-]+$/,
    rule: "1 to 512 letters, digits and /_+=.@-",
    source: "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html",
    maxLength: 512,
    unique: {
      within: "region",
      code: "ResourceExistsException",
      message: "The operation failed because the secret {value} already exists.",
    },
  },
  check: (context) => {
    const { inputs } = context;
    const window = inputs.recoveryWindowInDays;
    if (window !== undefined && window !== 0 && (window < 7 || window > 30)) {
      context.refuse("recoveryWindowInDays", `expected 0 or 7 to 30 days, got ${String(window)}`);
    }
    const problem = inputs.policy === undefined ? undefined : policyProblem(inputs.policy, "resource");
    if (problem !== undefined) context.refuse("policy", `MalformedPolicyDocumentException: ${problem}`);
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const name = inputs.name ?? "";
    if (cloud.find(DELETED_SECRET, name) !== undefined) {
      refuse(
        "InvalidRequestException",
        `You can't create this secret because a secret with this name is already scheduled for deletion: ${name}`,
      );
    }
    requireKey(context, inputs.kmsKeyId, {
      code: "EncryptionFailure",
      message:
        "Secrets Manager can't encrypt the protected secret text using the provided KMS key: {value} does not exist",
    });
    // Six characters follow the name, so that a policy by ARN does not match a later secret of the same name.
    const id = arn(scope, "secretsmanager", `secret:${name}-${context.hex(6)}`);
    return { id, outputs: { arn: id, name, policy: inputs.policy ?? "", description: inputs.description ?? "" } };
  },
  delete: ({ resource, effects }) => {
    const window = resource.inputs["recoveryWindowInDays"] ?? DEFAULT_WINDOW;
    const name = text(resource.outputs["name"] ?? resource.inputs["name"]);
    if (window !== 0)
      effects.put({ type: DELETED_SECRET, id: name, inputs: { recoveryWindowInDays: window }, outputs: {} });
  },
});

const secretVersion = resourceType<SecretVersionArgs>({
  token: "aws:secretsmanager/secretVersion:SecretVersion",
  service: "Secrets Manager",
  actions: { create: "PutSecretValue", update: "PutSecretValue", delete: "UpdateSecretVersionStage" },
  references: [
    {
      path: "secretId",
      to: SECRET,
      missing: {
        code: "ResourceNotFoundException",
        message: "Secrets Manager can't find the specified secret: {value}",
      },
      holds: false,
    },
  ],
  check: (context) => {
    const { inputs } = context;
    if (inputs.secretString !== undefined && Buffer.byteLength(inputs.secretString) > VALUE_LIMIT) {
      context.refuse("secretString", `InvalidParameterException: at most ${String(VALUE_LIMIT)} bytes`);
    }
  },
  create: (context) => {
    const versionId = uuid(context);
    const { secretId } = context.inputs;
    return {
      id: `${secretId}|${versionId}`,
      outputs: {
        arn: secretId,
        secretArn: secretId,
        versionId,
        versionStages: ["AWSCURRENT"],
        hasSecretStringWo: false,
      },
    };
  },
});

export const secretTypes: readonly ResourceType[] = [secret, secretVersion];
