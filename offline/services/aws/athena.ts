import type { WorkgroupArgs } from "@pulumi/aws/athena";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { arn } from "./arn";
import { requireKey } from "./references";
import { bucketNamed } from "./s3-buckets";

// Error codes: https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html

/** Bytes: https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html */
const LEAST_CUTOFF = 10 * 1024 * 1024;

const ENCRYPTION = ["SSE_S3", "SSE_KMS", "CSE_KMS"];

const workgroup = resourceType<WorkgroupArgs>({
  token: "aws:athena/workgroup:Workgroup",
  service: "Athena",
  actions: { create: "CreateWorkGroup", update: "UpdateWorkGroup", delete: "DeleteWorkGroup" },
  name: {
    property: "name",
    pattern: /^(?!primary$)[A-Za-z0-9._-]+$/,
    rule: "1 to 128 letters, digits and ._-, not primary, which every account has",
    source: "https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html",
    maxLength: 128,
    unique: { within: "region", code: "InvalidRequestException", message: "WorkGroup {value} is already created" },
  },
  check: ({ inputs, isUnknown, refuse: report }) => {
    if (inputs.state !== undefined && !["ENABLED", "DISABLED"].includes(inputs.state)) {
      report("state", `expected one of ENABLED, DISABLED, got ${inputs.state}`);
    }
    const configuration = inputs.configuration;
    const cutoff = configuration?.bytesScannedCutoffPerQuery;
    if (cutoff !== undefined && cutoff < LEAST_CUTOFF) {
      const reason = `expected bytesScannedCutoffPerQuery to be at least (${String(LEAST_CUTOFF)}), got ${String(cutoff)}`;
      report("configuration.bytesScannedCutoffPerQuery", reason);
    }
    const path = "configuration.resultConfiguration";
    const location = configuration?.resultConfiguration?.outputLocation;
    if (location !== undefined && !/^s3:\/\/[^/]+(\/.*)?$/.test(location)) {
      report(`${path}.outputLocation`, `InvalidRequestException: "${location}" is not s3://bucket/path/`);
    }
    const managed = configuration?.managedQueryResultsConfiguration?.enabled === true;
    if (managed && location !== undefined) {
      report(`${path}.outputLocation`, "InvalidRequestException: conflicts with managed query results");
    }
    const { encryptionOption: option, kmsKeyArn } = configuration?.resultConfiguration?.encryptionConfiguration ?? {};
    if (option !== undefined && !ENCRYPTION.includes(option)) {
      const reason = `expected one of ${ENCRYPTION.join(", ")}, got ${option}`;
      report(`${path}.encryptionConfiguration.encryptionOption`, reason);
    }
    const keyPath = `${path}.encryptionConfiguration.kmsKeyArn`;
    if (option?.endsWith("KMS") === true && kmsKeyArn === undefined && !isUnknown(keyPath)) {
      report(keyPath, `InvalidRequestException: the option ${option} needs a key`);
    }
  },
  create: (context) => {
    refuseMissing(context);
    const { inputs, scope } = context;
    const name = inputs.name ?? "";
    return {
      id: name,
      outputs: { arn: arn(scope, "athena", `workgroup/${name}`), state: inputs.state ?? "ENABLED" },
    };
  },
  update: (context) => {
    refuseMissing(context);
    return {};
  },
});

function refuseMissing(context: CallContext<Resolved<WorkgroupArgs>>): void {
  const results = context.inputs.configuration?.resultConfiguration;
  requireKey(context, results?.encryptionConfiguration?.kmsKeyArn, {
    code: "InvalidRequestException",
    message: "The KMS key {value} does not exist",
  });
  const bucket = /^s3:\/\/([^/]+)/.exec(results?.outputLocation ?? "")?.[1];
  // The service looks for the bucket at the first query only; every query would fail then.
  if (bucket !== undefined && bucketNamed(context.cloud, bucket) === undefined) {
    refuse("InvalidRequestException", `Unable to verify output bucket ${bucket}`);
  }
}

export const athenaTypes: readonly ResourceType[] = [workgroup];
