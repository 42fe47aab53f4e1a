import type { FunctionArgs } from "@pulumi/gcp/cloudfunctionsv2";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { checkChoices, checkRanges } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { idOf } from "./ids";
import { link } from "./links";
import { findNamed } from "./lookups";
import { boundedName } from "./names";
import { projectNumber } from "./project";
import { requireSecrets, requireServiceAccount, requireVpcAccess } from "./serverless";
import { requireApi } from "./service-apis";
import { BUCKET, BUCKET_OBJECT, RUN_SERVICE, TOPIC } from "./types";

type Inputs = Resolved<FunctionArgs>;

const TOKEN = "gcp:cloudfunctionsv2/function:Function";

/** Runtimes that new functions may have. https://docs.cloud.google.com/functions/docs/runtime-support */
const RUNTIMES = [
  ...["nodejs20", "nodejs22", "nodejs24", "python310", "python311", "python312", "python313", "python314"],
  ...[
    "go123",
    "go124",
    "go125",
    "java17",
    "java21",
    "java25",
    "dotnet8",
    "dotnet10",
    "ruby33",
    "ruby34",
    "php83",
    "php84",
  ],
];

const PUBSUB_EVENT = "google.cloud.pubsub.topic.v1.messagePublished";

/**
 * A function is a service of Cloud Run behind an API of its own: both APIs must be enabled, and that of Cloud Build, which builds
 * it. https://docs.cloud.google.com/functions/docs/create-deploy-http
 */
const cloudFunction = resourceType<FunctionArgs>({
  token: TOKEN,
  service: "Cloud Functions",
  actions: { create: "CreateFunction", update: "UpdateFunction", delete: "DeleteFunction" },
  name: boundedName(
    "name",
    1,
    63,
    "https://docs.cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions/create",
  ),
  references: [
    {
      path: "buildConfig.source.storageSource.bucket",
      to: BUCKET,
      within: "anywhere",
      holds: false,
      missing: { code: "invalidArgument", message: "Bucket {value} of the function's source does not exist" },
    },
    link("eventTrigger.pubsubTopic", TOPIC, { holds: false }),
  ],
  check: (context) => {
    const { inputs } = context;
    const { serviceConfig: service, buildConfig: build, eventTrigger: trigger } = inputs;
    checkChoices(context, [
      ["buildConfig.runtime", build?.runtime, RUNTIMES],
      [
        "serviceConfig.ingressSettings",
        service?.ingressSettings,
        ["ALLOW_ALL", "ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB"],
      ],
      [
        "eventTrigger.retryPolicy",
        trigger?.retryPolicy,
        ["RETRY_POLICY_UNSPECIFIED", "RETRY_POLICY_DO_NOT_RETRY", "RETRY_POLICY_RETRY"],
      ],
    ]);
    // https://docs.cloud.google.com/functions/quotas
    checkRanges(context, [
      ["serviceConfig.timeoutSeconds", service?.timeoutSeconds, 1, trigger === undefined ? 3_600 : 540],
      ["serviceConfig.maxInstanceRequestConcurrency", service?.maxInstanceRequestConcurrency, 1, 1_000],
    ]);
    const memory = service?.availableMemory;
    if (memory !== undefined && !/^\d+(?:k|M|G|Ki|Mi|Gi)?$/.test(memory)) {
      context.refuse("serviceConfig.availableMemory", `"${memory}" is no size: 256M, 1Gi`);
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    const name = inputs.name ?? "";
    requireParts(context);
    const id = idOf(TOKEN, inputs, scope, name);
    const service = `projects/${scope.account}/locations/${inputs.location}/services/${name}`;
    const uri = `https://${name}-${projectNumber(scope.account)}.${inputs.location}.run.app`;
    const trigger = inputs.eventTrigger;
    return {
      id,
      outputs: {
        name,
        state: "ACTIVE",
        environment: "GEN_2",
        url: `https://${inputs.location}-${scope.account}.cloudfunctions.net/${name}`,
        serviceConfig: { ...(inputs.serviceConfig as unknown as Properties), service, uri, gcfUri: uri },
        ...(trigger === undefined
          ? {}
          : {
              eventTrigger: {
                ...(trigger as unknown as Properties),
                trigger: `projects/${scope.account}/locations/${trigger.triggerRegion ?? inputs.location}/triggers/${name}-${context.hex(6)}`,
              },
            }),
      },
    };
  },
  update: (context) => {
    requireParts(context);
    return {};
  },
});

/** Everything that a function is made of is there. */
function requireParts(context: CallContext<Inputs>): void {
  const { inputs, scope, cloud } = context;
  for (const api of ["run.googleapis.com", "cloudbuild.googleapis.com"]) requireApi(cloud, scope.account, api);
  const { bucket, object } = inputs.buildConfig?.source?.storageSource ?? {};
  const isThere = cloud
    .list(BUCKET_OBJECT, "anywhere")
    .some(({ inputs: held, outputs }) => held["bucket"] === bucket && outputs["name"] === object);
  if (bucket !== undefined && object !== undefined && !isThere) {
    refuse("invalidArgument", `Object ${object} of the function's source does not exist in bucket ${bucket}`);
  }
  if (findNamed(context, RUN_SERVICE, inputs.name ?? "", inputs.location) !== undefined) {
    refuse(
      "alreadyExists",
      `A Cloud Run service ${inputs.name ?? ""} exists in ${inputs.location}: a function needs its name`,
    );
  }
  const service = inputs.serviceConfig;
  requireServiceAccount(context, service?.serviceAccountEmail);
  requireServiceAccount(context, inputs.buildConfig?.serviceAccount);
  const secrets = [...(service?.secretEnvironmentVariables ?? []), ...(service?.secretVolumes ?? [])];
  requireSecrets(
    context,
    secrets.filter(({ projectId }) => projectId === scope.account).map(({ secret }) => secret),
  );
  requireVpcAccess(
    context,
    { connector: service?.vpcConnector, interfaces: service?.directVpcNetworkInterfaces },
    inputs.location,
  );
  requireServiceKey(context, inputs.kmsKeyName, "cloudfunctions.googleapis.com", [inputs.location]);
  checkTrigger(context);
}

/** https://docs.cloud.google.com/functions/docs/calling/eventarc */
function checkTrigger(context: CallContext<Inputs>): void {
  const trigger = context.inputs.eventTrigger;
  if (trigger === undefined) return;
  requireApi(context.cloud, context.scope.account, "eventarc.googleapis.com");
  requireServiceAccount(context, trigger.serviceAccountEmail);
  if (trigger.eventType === PUBSUB_EVENT && trigger.pubsubTopic === undefined) {
    refuse("invalidArgument", `event_trigger.pubsub_topic must be set for events of type ${PUBSUB_EVENT}`);
  }
  if (trigger.eventType !== PUBSUB_EVENT && trigger.pubsubTopic !== undefined) {
    refuse("invalidArgument", `event_trigger.pubsub_topic must not be set for events of type ${trigger.eventType}`);
  }
}

export const cloudFunctionTypes: readonly ResourceType[] = [cloudFunction];
