import type { TriggerArgs } from "@pulumi/gcp/eventarc";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { idOf } from "./ids";
import { link } from "./links";
import { findNamed } from "./lookups";
import { boundedName } from "./names";
import { requireServiceAccount } from "./serverless";
import { RUN_SERVICE, TOPIC } from "./types";

type Inputs = Resolved<TriggerArgs>;

const TOKEN = "gcp:eventarc/trigger:Trigger";
const PUBSUB_EVENT = "google.cloud.pubsub.topic.v1.messagePublished";

/** Events reach a service by Pub/Sub; Eventarc takes none from Kafka. https://docs.cloud.google.com/eventarc/docs/event-providers-targets */
const trigger = resourceType<TriggerArgs>({
  token: TOKEN,
  service: "Eventarc",
  actions: { create: "CreateTrigger", update: "UpdateTrigger", delete: "DeleteTrigger" },
  name: boundedName(
    "name",
    1,
    63,
    "https://docs.cloud.google.com/eventarc/docs/reference/rest/v1/projects.locations.triggers/create",
  ),
  references: [link("transport.pubsub.topic", TOPIC, { holds: false })],
  check: ({ inputs, refuse: report }) => {
    const attributes = (inputs.matchingCriterias ?? []).map(({ attribute }) => attribute);
    if (inputs.matchingCriterias !== undefined && !attributes.includes("type")) {
      report("matchingCriterias", "every trigger needs a filter for the attribute type");
    }
    const { cloudRunService: run, gke, httpEndpoint, workflow } = inputs.destination ?? {};
    const given = [run, gke, httpEndpoint, workflow].filter((each) => each !== undefined);
    if (inputs.destination !== undefined && given.length !== 1) {
      report("destination", "exactly one of cloudRunService, gke, httpEndpoint and workflow must be specified");
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    requireDestination(context);
    const name = inputs.name ?? "";
    return { id: idOf(TOKEN, inputs, scope, name), outputs: { name, etag: context.hex(8) } };
  },
  update: (context) => {
    requireDestination(context);
    return {};
  },
});

function requireDestination(context: CallContext<Inputs>): void {
  const { inputs } = context;
  const run = inputs.destination.cloudRunService;
  if (run !== undefined && findNamed(context, RUN_SERVICE, run.service, run.region ?? inputs.location) === undefined) {
    refuse("notFound", `Cloud Run service ${run.service} was not found in ${run.region ?? inputs.location}`);
  }
  requireServiceAccount(context, inputs.serviceAccount);
  const type = inputs.matchingCriterias.find(({ attribute }) => attribute === "type")?.value;
  // Only Pub/Sub's own events may be delivered without an identity.
  if (type !== PUBSUB_EVENT && inputs.serviceAccount === undefined) {
    refuse("invalidArgument", `service_account must be set for events of type ${type ?? ""}`);
  }
}

export const eventarcTypes: readonly ResourceType[] = [trigger];
