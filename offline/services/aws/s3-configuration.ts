import type {
  BucketLifecycleConfigurationArgs,
  BucketOwnershipControlsArgs,
  BucketPolicyArgs,
  BucketPublicAccessBlockArgs,
  BucketServerSideEncryptionConfigurationArgs,
  BucketVersioningArgs,
} from "@pulumi/aws/s3";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { isList, isProperties } from "../../cloud/value";
import { policyProblem, policyText } from "./policy-document";
import { requireKey } from "./references";
import { bucketReference } from "./s3";
import { versioningHolder } from "./s3-buckets";
import { text } from "./text";

// Error codes of this file: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html

/** What every configuration has in common: it is named after its bucket, of which it is a part, and a second one replaces the first. */
function created({ inputs }: Pick<CallContext<{ readonly bucket: string }>, "inputs">) {
  return { id: inputs.bucket, outputs: {} };
}

const versioning = resourceType<BucketVersioningArgs>({
  token: "aws:s3/bucketVersioning:BucketVersioning",
  service: "S3",
  actions: { create: "PutBucketVersioning", update: "PutBucketVersioning", delete: "PutBucketVersioning" },
  references: [bucketReference],
  check: (context) => {
    const { inputs } = context;
    const status = inputs.versioningConfiguration?.status;
    if (status !== undefined && !["Enabled", "Suspended", "Disabled"].includes(status)) {
      context.refuse("versioningConfiguration.status", `expected one of Enabled, Suspended, Disabled, got ${status}`);
    }
  },
  create: created,
  update: ({ inputs, oldInputs, cloud }) => {
    const holder = versioningHolder(cloud, inputs.bucket);
    if (inputs.versioningConfiguration.status !== "Enabled" && holder !== undefined) refuseSuspension(holder);
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
    const was = oldInputs.versioningConfiguration.status;
    if (inputs.versioningConfiguration.status === "Disabled" && was !== "Disabled") {
      refuse(
        "IllegalVersioningConfigurationException",
        `versioning_configuration.status cannot be updated from '${was}' to 'Disabled'`,
      );
    }
    return {};
  },
  // What is deleted is suspended. Where object lock forbids that, the provider leaves the bucket as it is.
  delete: ({ resource, cloud }) => {
    if (versioningHolder(cloud, resource.id) === "replication") refuseSuspension("replication");
  },
});

/** Words: https://github.com/versity/versitygw/issues/838 */
function refuseSuspension(holder: "replication" | "object lock"): never {
  return refuse(
    "InvalidBucketState",
    holder === "replication"
      ? "A replication configuration is present on this bucket, so you cannot change the versioning state. To change the versioning state, first delete the replication configuration."
      : "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
  );
}

const encryption = resourceType<BucketServerSideEncryptionConfigurationArgs>({
  token: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  service: "S3",
  actions: { create: "PutBucketEncryption", update: "PutBucketEncryption", delete: "DeleteBucketEncryption" },
  references: [bucketReference],
  check: (context) => {
    const { inputs } = context;
    (inputs.rules ?? []).forEach(({ applyServerSideEncryptionByDefault: by }, index) => {
      const path = `rules[${String(index)}].applyServerSideEncryptionByDefault`;
      if (by === undefined) return;
      if (!["AES256", "aws:kms", "aws:kms:dsse"].includes(by.sseAlgorithm)) {
        context.refuse(
          `${path}.sseAlgorithm`,
          `MalformedXML: ${by.sseAlgorithm} is not AES256, aws:kms or aws:kms:dsse`,
        );
      }
      if (by.sseAlgorithm === "AES256" && by.kmsMasterKeyId !== undefined) {
        context.refuse(
          `${path}.kmsMasterKeyId`,
          "InvalidArgument: a KMS key is not applicable if the algorithm is not aws:kms",
        );
      }
    });
  },
  create: (context) => {
    refuseUnknownKeys(context);
    return created(context);
  },
  update: (context) => {
    refuseUnknownKeys(context);
    return {};
  },
});

function refuseUnknownKeys(context: CallContext<Resolved<BucketServerSideEncryptionConfigurationArgs>>): void {
  for (const { applyServerSideEncryptionByDefault: by } of context.inputs.rules) {
    requireKey(context, by?.kmsMasterKeyId, { code: "KMS.NotFoundException", message: "Invalid keyId '{value}'" });
  }
}

const publicAccessBlock = resourceType<BucketPublicAccessBlockArgs>({
  token: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  service: "S3",
  actions: { create: "PutPublicAccessBlock", update: "PutPublicAccessBlock", delete: "DeletePublicAccessBlock" },
  references: [bucketReference],
  create: created,
});

const ownership = resourceType<BucketOwnershipControlsArgs>({
  token: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  service: "S3",
  actions: {
    create: "PutBucketOwnershipControls",
    update: "PutBucketOwnershipControls",
    delete: "DeleteBucketOwnershipControls",
  },
  references: [bucketReference],
  check: (context) => {
    const { inputs } = context;
    const wanted = inputs.rule?.objectOwnership;
    const known = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"];
    if (wanted !== undefined && !known.includes(wanted)) {
      context.refuse("rule.objectOwnership", `expected one of ${known.join(", ")}, got ${wanted}`);
    }
  },
  create: created,
});

/** Storage classes a rule may move to, with the least age in days: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html */
const CLASSES: Readonly<Record<string, number>> = {
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
  INTELLIGENT_TIERING: 0,
  GLACIER_IR: 0,
  GLACIER: 0,
  DEEP_ARCHIVE: 0,
};

const lifecycle = resourceType<BucketLifecycleConfigurationArgs>({
  token: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  service: "S3",
  actions: {
    create: "PutBucketLifecycleConfiguration",
    update: "PutBucketLifecycleConfiguration",
    delete: "DeleteBucketLifecycle",
  },
  references: [bucketReference],
  check: (context) => {
    const { inputs } = context;
    const rules = inputs.rules ?? [];
    const ids = rules.map(({ id }) => id);
    rules.forEach((rule, index) => {
      const path = `rules[${String(index)}]`;
      if (ids.indexOf(rule.id) !== index)
        context.refuse(`${path}.id`, `InvalidArgument: RuleId must be unique: "${rule.id}"`);
      if (rule.id.length > 255)
        context.refuse(`${path}.id`, "InvalidArgument: ID length should not exceed allowed limit of 255");
      for (const problem of lifecycleProblems(rule)) context.refuse(`${path}.${problem.at}`, problem.reason);
    });
  },
  create: created,
});

function lifecycleProblems(rule: Properties): readonly { at: string; reason: string }[] {
  const problems: { at: string; reason: string }[] = [];
  const transitions = (isList(rule["transitions"]) ? rule["transitions"] : []).filter(isProperties);
  const expiration = isProperties(rule["expiration"]) ? days(rule["expiration"]) : undefined;
  transitions.forEach((transition, index) => {
    const at = `transitions[${String(index)}]`;
    const to = text(transition["storageClass"]);
    const after = days(transition);
    const least = CLASSES[to];
    if (least === undefined) {
      problems.push({ at: `${at}.storageClass`, reason: `MalformedXML: ${to} is no storage class to move to` });
    } else if (after !== undefined && after < least) {
      const reason = `InvalidArgument: 'Days' in Transition action must be greater than or equal to ${String(least)} for storageClass '${to}'`;
      problems.push({ at: `${at}.days`, reason });
    }
    if (after !== undefined && expiration !== undefined && expiration <= after) {
      const reason =
        "InvalidArgument: 'Days' in the Expiration action for filter must be greater than 'Days' in the Transition action";
      problems.push({ at: "expiration.days", reason });
    }
  });
  const status = rule["status"];
  if (status !== undefined && status !== "Enabled" && status !== "Disabled") {
    problems.push({ at: "status", reason: "MalformedXML: status must be Enabled or Disabled" });
  }
  return problems;
}

function days(block: Properties): number | undefined {
  const value = block["days"];
  return typeof value === "number" && value > 0 ? value : undefined;
}

const POLICY_SIZE = 20 * 1024;

const bucketPolicy = resourceType<BucketPolicyArgs>({
  token: "aws:s3/bucketPolicy:BucketPolicy",
  service: "S3",
  actions: { create: "PutBucketPolicy", update: "PutBucketPolicy", delete: "DeleteBucketPolicy" },
  references: [bucketReference],
  check: (context) => {
    const { inputs } = context;
    const problem = inputs.policy === undefined ? undefined : policyProblem(inputs.policy, "resource");
    if (problem !== undefined) context.refuse("policy", `MalformedPolicy: ${problem}`);
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html
    if (inputs.policy !== undefined && Buffer.byteLength(policyText(inputs.policy)) > POLICY_SIZE) {
      context.refuse("policy", "PolicyTooLarge: a bucket policy has at most 20 KB");
    }
  },
  create: (context) => {
    refuseForeignResource(context);
    return { id: context.inputs.bucket, outputs: { policy: policyText(context.inputs.policy) } };
  },
  update: (context) => {
    refuseForeignResource(context);
    return { policy: policyText(context.inputs.policy) };
  },
});

/** A bucket policy speaks of its own bucket only; its conditions may name others, such as the source of a request. */
function refuseForeignResource({ inputs }: Pick<CallContext<Resolved<BucketPolicyArgs>>, "inputs">): void {
  const unconditional = JSON.stringify(JSON.parse(policyText(inputs.policy)), (key, value: unknown) =>
    key === "Condition" ? undefined : value,
  );
  const named = unconditional.match(/arn:aws[a-z-]*:s3:::[^"/*?]+/g) ?? [];
  const foreign = named.find((arn) => arn.split(":::")[1] !== inputs.bucket);
  if (foreign !== undefined)
    refuse("MalformedPolicy", `Policy has invalid resource: ${foreign} is not ${inputs.bucket}`);
}

export const s3ConfigurationTypes: readonly ResourceType[] = [
  versioning,
  encryption,
  publicAccessBlock,
  ownership,
  lifecycle,
  bucketPolicy,
];
