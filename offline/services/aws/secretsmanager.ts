import type { SecretArgs, SecretPolicyArgs, SecretVersionArgs } from "@pulumi/aws/secretsmanager";
import { refuse } from "../../cloud/errors";
import { resourceType, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { arn, uuid } from "./arn";
import { policyProblem } from "./policy-document";
import { requireKey } from "./references";
import {
  checkReplicaRegions,
  removeReplicas,
  replicasIn,
  replicateSecret,
  requireOwnRegion,
} from "./secretsmanager-replicas";
import { SECRET } from "./types";
import { text } from "./text";

// Error codes and limits: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html, …/API_DeleteSecret.html

/** What is left of a secret during its recovery window: a name that cannot be used again. */
const DELETED_SECRET = "aws:secretsmanager/deletedSecret:DeletedSecret";
const DEFAULT_WINDOW = 30;
const VALUE_LIMIT = 65_536;
const POLICY_LIMIT = 20_480;

const KEY_ERROR = {
  code: "EncryptionFailure",
  message: "Secrets Manager can't encrypt the protected secret text using the provided KMS key: {value} does not exist",
};

const MISSING_SECRET = {
  code: "ResourceNotFoundException",
  message: "Secrets Manager can't find the specified secret: {value}",
};

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
    requireKey(context, inputs.kmsKeyId, KEY_ERROR);
    checkReplicaRegions(inputs.replicas ?? [], scope.region);
    // Six characters follow the name, so that a policy by ARN does not match a later secret of the same name.
    const id = arn(scope, "secretsmanager", `secret:${name}-${context.hex(6)}`);
    const { replicas, problems } = replicateSecret(context, id, []);
    return {
      id,
      outputs: { arn: id, name, policy: inputs.policy ?? "", description: inputs.description ?? "", replicas },
      problems,
    };
  },
  update: (context) => {
    const { inputs, scope, resource } = context;
    requireKey(context, inputs.kmsKeyId, KEY_ERROR);
    checkReplicaRegions(inputs.replicas ?? [], scope.region);
    const { replicas, problems } = replicateSecret(context, resource.id, replicasIn(resource));
    for (const problem of problems) context.report(problem);
    return { policy: inputs.policy ?? text(resource.outputs["policy"]), replicas };
  },
  // The provider takes the replicas away first: Secrets Manager refuses to delete a secret that has some.
  delete: (context) => {
    const { resource, effects } = context;
    removeReplicas(context, resource.id, replicasIn(resource));
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
  references: [{ path: "secretId", to: SECRET, missing: MISSING_SECRET, holds: false }],
  check: (context) => {
    const { inputs, isUnknown } = context;
    const values = (["secretString", "secretBinary", "secretStringWo"] as const).filter(
      (property) => inputs[property] !== undefined || isUnknown(property),
    );
    // https://github.com/aws/aws-sdk-java/issues/1556
    if (values.length > 1)
      context.refuse(values[1] ?? "", `conflicts with ${values[0] ?? ""}: a version has one value`);
    for (const property of values) {
      if (Buffer.byteLength(inputs[property] ?? "") > VALUE_LIMIT) {
        context.refuse(property, `InvalidParameterException: at most ${String(VALUE_LIMIT)} bytes`);
      }
    }
    if (inputs.secretStringWo !== undefined && inputs.secretStringWoVersion === undefined) {
      context.refuse("secretStringWoVersion", "must be specified with secretStringWo");
    }
    if (inputs.secretBinary !== undefined && !/^[A-Za-z0-9+/]*={0,2}$/.test(inputs.secretBinary)) {
      context.refuse("secretBinary", "must be base64");
    }
  },
  create: (context) => {
    const versionId = uuid(context);
    const { inputs, cloud } = context;
    requireOwnRegion(cloud.find(SECRET, inputs.secretId));
    requireValue(inputs);
    return {
      id: `${inputs.secretId}|${versionId}`,
      outputs: {
        arn: inputs.secretId,
        secretArn: inputs.secretId,
        versionId,
        versionStages: inputs.versionStages ?? ["AWSCURRENT"],
        hasSecretStringWo: inputs.secretStringWo !== undefined,
      },
    };
  },
  update: ({ inputs }) => {
    requireValue(inputs);
    return { hasSecretStringWo: inputs.secretStringWo !== undefined };
  },
});

function requireValue(inputs: Resolved<SecretVersionArgs>): void {
  if ([inputs.secretString, inputs.secretBinary, inputs.secretStringWo].some((value) => value !== undefined)) return;
  refuse("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
}

const secretPolicy = resourceType<SecretPolicyArgs>({
  token: "aws:secretsmanager/secretPolicy:SecretPolicy",
  service: "Secrets Manager",
  actions: { create: "PutResourcePolicy", update: "PutResourcePolicy", delete: "DeleteResourcePolicy" },
  references: [{ path: "secretArn", to: SECRET, missing: MISSING_SECRET, holds: false }],
  check: ({ inputs, refuse: report }) => {
    const { policy } = inputs;
    if (policy === undefined) return;
    const problem = policyProblem(policy, "resource");
    if (problem !== undefined) report("policy", `MalformedPolicyDocumentException: ${problem}`);
    if (policy.length > POLICY_LIMIT) report("policy", `at most ${String(POLICY_LIMIT)} characters`);
  },
  create: ({ inputs, cloud }) => {
    requireOwnRegion(cloud.find(SECRET, inputs.secretArn));
    refusePublic(inputs);
    return { id: inputs.secretArn, outputs: {} };
  },
  update: ({ inputs }) => {
    refusePublic(inputs);
    return {};
  },
});

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html, BlockPublicPolicy */
function refusePublic({ policy, blockPublicPolicy }: Resolved<SecretPolicyArgs>): void {
  if (blockPublicPolicy !== true) return;
  const { Statement: statements } = JSON.parse(policy) as { Statement?: unknown };
  const isPublic = [statements].flat().some((statement) => {
    const json = JSON.stringify(statement);
    return /"Effect":"Allow"/.test(json) && /"(Principal|AWS)":\[?"\*"/.test(json) && !json.includes('"Condition"');
  });
  if (isPublic) {
    refuse("PublicPolicyException", "This resource policy grants broad access: BlockPublicPolicy is set.");
  }
}

export const secretTypes: readonly ResourceType[] = [secret, secretVersion, secretPolicy];
