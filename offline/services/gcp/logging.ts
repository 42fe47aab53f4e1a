import type { ProjectBucketConfigArgs, ProjectSinkArgs } from "@pulumi/gcp/logging";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkRanges } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { findNamed } from "./lookups";
import { nameIn } from "./links";
import { patternName } from "./names";
import { projectNumber } from "./project";
import { isRegion } from "./regions";
import { BUCKET, DATASET, TOPIC } from "./types";

const LOG_BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig";
/** Buckets that every project has from the beginning. */
const BUILT_IN = ["_Default", "_Required"];

const sink = resourceType<ProjectSinkArgs>({
  token: "gcp:logging/projectSink:ProjectSink",
  service: "Cloud Logging",
  actions: { create: "CreateSink", update: "UpdateSink", delete: "DeleteSink" },
  reach: "global",
  name: patternName(
    "name",
    /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
    "1 to 100 letters, digits and _-., a letter or digit first",
    100,
    "https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks",
  ),
  create: (context) => {
    const { inputs, scope } = context;
    requireDestination(context);
    const agent = `service-${projectNumber(scope.account)}@gcp-sa-logging.iam.gserviceaccount.com`;
    const writer = inputs.uniqueWriterIdentity === false ? "cloud-logs@system.gserviceaccount.com" : agent;
    return {
      id: `projects/${scope.account}/sinks/${inputs.name ?? ""}`,
      outputs: {
        name: inputs.name ?? "",
        // A log bucket of the same project needs no writer.
        writerIdentity: inputs.destination.startsWith("logging.googleapis.com/projects/")
          ? ""
          : `serviceAccount:${writer}`,
      },
    };
  },
  update: (context) => {
    requireDestination(context);
    return {};
  },
});

/** https://docs.cloud.google.com/logging/docs/export/configure_export_v2 */
function requireDestination(context: CallContext<Resolved<ProjectSinkArgs>>): void {
  const { destination } = context.inputs;
  const found = /^(storage|bigquery|pubsub|logging)\.googleapis\.com\/(.+)$/.exec(destination);
  const [, kind, path] = found ?? [];
  if (kind === undefined || path === undefined)
    return refuse("invalidArgument", `Invalid sink destination: ${destination}`);
  const isThere =
    kind === "storage"
      ? context.cloud.list(BUCKET, "anywhere").some(({ id }) => id === path)
      : kind === "logging"
        ? /^projects\/[^/]+$/.test(path) ||
          BUILT_IN.includes(nameIn(path)) ||
          findNamed(context, LOG_BUCKET, path) !== undefined
        : findNamed(context, kind === "bigquery" ? DATASET : TOPIC, path) !== undefined;
  if (!isThere)
    refuse("notFound", `The sink destination ${destination} does not exist, or Logging has no access to it`);
}

const logBucket = resourceType<ProjectBucketConfigArgs>({
  token: LOG_BUCKET,
  service: "Cloud Logging",
  actions: { create: "CreateBucket", update: "UpdateBucket", delete: "DeleteBucket" },
  name: patternName(
    "bucketId",
    /^_?[A-Za-z0-9][A-Za-z0-9_.-]*$/,
    "1 to 100 letters, digits and _-.",
    100,
    "https://docs.cloud.google.com/logging/docs/buckets",
  ),
  defaults: () => ({ retentionDays: 30 }),
  check: (context) => {
    const { inputs } = context;
    checkRanges(context, [["retentionDays", inputs.retentionDays, 1, 3_650]]);
    if (
      inputs.location !== undefined &&
      inputs.location !== "global" &&
      !["eu", "us"].includes(inputs.location) &&
      !isRegion(inputs.location)
    ) {
      context.refuse("location", `Cloud Logging has no location "${inputs.location}"`);
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    checkKey(context);
    const name = `projects/${scope.account}/locations/${inputs.location}/buckets/${inputs.bucketId}`;
    return { id: name, outputs: { name, lifecycleState: "ACTIVE", locked: inputs.locked ?? false } };
  },
  update: (context) => {
    const { inputs, oldInputs, resource } = context;
    checkKey(context);
    if (
      resource.inputs["locked"] === true &&
      (inputs.locked !== true || inputs.retentionDays !== oldInputs.retentionDays)
    ) {
      refuse("failedPrecondition", "The bucket is locked: neither its retention period nor its lock can be changed");
    }
    if (oldInputs.cmekSettings !== undefined && inputs.cmekSettings === undefined) {
      refuse("invalidArgument", "CMEK settings of a log bucket cannot be disabled");
    }
    if (oldInputs.enableAnalytics === true && inputs.enableAnalytics !== true) {
      refuse("invalidArgument", "Log Analytics cannot be disabled once it is enabled");
    }
    return {};
  },
  delete: ({ resource }) => {
    // A locked bucket goes only when it is empty, and what writes to it does not stop.
    if (resource.inputs["locked"] === true)
      refuse("failedPrecondition", `Bucket ${resource.id} is locked and is not empty`);
  },
});

/** The account that Logging encrypts with is one of its own. https://docs.cloud.google.com/logging/docs/routing/managed-encryption-storage */
function checkKey(context: CallContext<Resolved<ProjectBucketConfigArgs>>): void {
  const { inputs, scope } = context;
  const agent = `cmek-p${projectNumber(scope.account)}@gcp-sa-logging.iam.gserviceaccount.com`;
  requireServiceKey(context, inputs.cmekSettings?.kmsKeyName, "logging.googleapis.com", [inputs.location], agent);
}

export const loggingTypes: readonly ResourceType[] = [sink, logBucket];
