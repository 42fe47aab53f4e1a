import type { AiDatasetArgs, AiEndpointArgs, AiMetadataStoreArgs, AiScheduleArgs } from "@pulumi/gcp/vertex";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { idOf } from "./ids";
import { patternName } from "./names";
import { requireServiceAccount } from "./serverless";
import { BUCKET } from "./types";

const API = "aiplatform.googleapis.com";

/** What a dataset may be of. https://docs.cloud.google.com/vertex-ai/docs/datasets/overview */
const SCHEMA = "gs://google-cloud-aiplatform/schema/dataset/metadata/";
const KINDS = ["image", "tabular", "text", "time_series", "video"].map((kind) => `${SCHEMA}${kind}_1.0.0.yaml`);

const dataset = resourceType<AiDatasetArgs>({
  token: "gcp:vertex/aiDataset:AiDataset",
  service: "Vertex AI",
  actions: { create: "CreateDataset", update: "UpdateDataset", delete: "DeleteDataset" },
  check: (context) => {
    checkChoices(context, [["metadataSchemaUri", context.inputs.metadataSchemaUri, KINDS]]);
    if ((context.inputs.displayName ?? "").length > 128) context.refuse("displayName", "at most 128 characters");
  },
  create: (context) => {
    const { inputs, scope, hex } = context;
    requireServiceKey(context, inputs.encryptionSpec?.kmsKeyName, API, [scope.region]);
    const name = `projects/${scope.account}/locations/${scope.region}/datasets/${digits(hex(15))}`;
    return { id: name, outputs: { name } };
  },
});

const metadataStore = resourceType<AiMetadataStoreArgs>({
  token: "gcp:vertex/aiMetadataStore:AiMetadataStore",
  service: "Vertex AI",
  actions: { create: "CreateMetadataStore", delete: "DeleteMetadataStore" },
  name: patternName(
    "name",
    /^[a-z0-9_]+$/,
    "1 to 60 lower-case letters, digits and _",
    60,
    "https://docs.cloud.google.com/vertex-ai/docs/ml-metadata/configure",
  ),
  create: (context) => {
    const { inputs, scope } = context;
    requireServiceKey(context, inputs.encryptionSpec?.kmsKeyName, API, [scope.region]);
    const name = inputs.name ?? "";
    return {
      id: idOf("gcp:vertex/metadataStore:MetadataStore", inputs, scope, name),
      outputs: { name },
    };
  },
});

const endpoint = resourceType<AiEndpointArgs>({
  token: "gcp:vertex/aiEndpoint:AiEndpoint",
  service: "Vertex AI",
  actions: { create: "CreateEndpoint", update: "UpdateEndpoint", delete: "DeleteEndpoint" },
  name: patternName(
    "name",
    /^(?:0|[1-9]\d{0,9})$/,
    "up to 10 digits without a leading zero",
    10,
    "https://docs.cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints/create",
  ),
  create: (context) => {
    const { inputs, scope } = context;
    requireServiceKey(context, inputs.encryptionSpec?.kmsKeyName, API, [inputs.location]);
    const name = inputs.name ?? "";
    return {
      id: `projects/${scope.account}/locations/${inputs.location}/endpoints/${name}`,
      outputs: { name, etag: context.hex(16) },
    };
  },
});

/**
 * A schedule that starts runs of a pipeline: what manages AutoML as code, since datasets, training pipelines and models have no type
 * of their own but the dataset. https://docs.cloud.google.com/vertex-ai/docs/pipelines/schedule-pipeline-run
 */
const schedule = resourceType<AiScheduleArgs>({
  token: "gcp:vertex/aiSchedule:AiSchedule",
  service: "Vertex AI",
  actions: { create: "CreateSchedule", update: "UpdateSchedule", delete: "DeleteSchedule" },
  check: ({ inputs, isUnknown, refuse: report }) => {
    const jobs = (["createPipelineJobRequest", "createNotebookExecutionJobRequest"] as const).filter(
      (key) => inputs[key] !== undefined || isUnknown(key),
    );
    if (jobs.length !== 1) {
      report(
        "createPipelineJobRequest",
        "exactly one of createPipelineJobRequest and createNotebookExecutionJobRequest",
      );
    }
    const { pipelineSpec, templateUri } = inputs.createPipelineJobRequest?.pipelineJob ?? {};
    if (pipelineSpec !== undefined && !isJsonObject(pipelineSpec)) {
      report("createPipelineJobRequest.pipelineJob.pipelineSpec", "INVALID_ARGUMENT: must be a JSON object");
    }
    const isUnsure = isUnknown("createPipelineJobRequest");
    if (
      inputs.createPipelineJobRequest !== undefined &&
      !isUnsure &&
      pipelineSpec === undefined &&
      templateUri === undefined
    ) {
      report("createPipelineJobRequest.pipelineJob", "either pipelineSpec or templateUri must be specified");
    }
    const runs = inputs.maxConcurrentRunCount;
    if (runs !== undefined && !(Number(runs) >= 1)) report("maxConcurrentRunCount", "INVALID_ARGUMENT: at least 1");
    // Five fields, after an optional time zone.
    const cron = inputs.cron
      ?.replace(/^(?:CRON_)?TZ=\S+\s+/, "")
      .trim()
      .split(/\s+/);
    if (cron !== undefined && cron.length !== 5)
      report("cron", `INVALID_ARGUMENT: five fields, got "${inputs.cron ?? ""}"`);
  },
  create: (context) => {
    const { inputs, scope, hex, cloud } = context;
    const job = inputs.createPipelineJobRequest?.pipelineJob;
    const output = job?.runtimeConfig?.gcsOutputDirectory;
    const bucket = /^gs:\/\/([^/]+)/.exec(output ?? "")?.[1];
    if (output !== undefined && !cloud.list(BUCKET, "anywhere").some(({ id }) => id === bucket)) {
      refuse("invalidArgument", `The output directory ${output} is not in a bucket that exists`);
    }
    requireServiceAccount(context, job?.serviceAccount);
    requireServiceKey(context, job?.encryptionSpec?.kmsKeyName, API, [inputs.location]);
    const name = digits(hex(15));
    return {
      id: `projects/${scope.account}/locations/${inputs.location}/schedules/${name}`,
      outputs: { name, state: "ACTIVE", startedRunCount: "0", catchUp: false },
    };
  },
});

function isJsonObject(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

function digits(hex: string): string {
  return String(BigInt(`0x${hex}`));
}

export const vertexTypes: readonly ResourceType[] = [dataset, metadataStore, endpoint, schedule];
