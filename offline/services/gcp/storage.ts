import { createHash } from "node:crypto";
import type { BucketObjectArgs, NotificationArgs, TransferJobArgs } from "@pulumi/gcp/storage";
import { refuse } from "../../cloud/errors";
import { resourceType, type Reference, type ResourceType } from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { bucketTypes, isKept } from "./storage-bucket";
import { inProject, requireNamed, seconds } from "./lookups";
import { nameIn, pathOf } from "./links";
import { serviceAgent } from "./project";
import { text } from "./text";
import { BUCKET, BUCKET_OBJECT, TOPIC } from "./types";

const inBucket: Reference = {
  path: "bucket",
  to: BUCKET,
  within: "anywhere",
  holds: false,
  missing: { code: "notFound", message: "The specified bucket does not exist." },
};

const TOPIC_ROLE = "roles/pubsub.publisher";
const TOPIC_GRANTS = ["gcp:pubsub/topicIAMMember:TopicIAMMember", "gcp:projects/iAMMember:IAMMember"];

/** https://docs.cloud.google.com/storage/docs/objects#naming */
const object = resourceType<BucketObjectArgs>({
  token: BUCKET_OBJECT,
  service: "Cloud Storage",
  actions: { create: "objects.insert", update: "objects.patch", delete: "objects.delete" },
  reach: "global",
  name: {
    property: "name",
    pattern: /^(?!\.{1,2}$|\.well-known\/acme-challenge\/)[^\r\n]+$/,
    rule: "1 to 1024 bytes without line breaks, neither . nor ..",
    source: "https://docs.cloud.google.com/storage/docs/objects#naming",
    maxLength: 1024,
  },
  references: [inBucket],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const given = (["content", "source"] as const).filter((key) => inputs[key] !== undefined || isUnknown(key));
    if (given.length !== 1) report("content", "exactly one of `content,source` must be specified");
  },
  create: ({ inputs, hex }) => {
    const name = inputs.name ?? "";
    const link = `https://www.googleapis.com/storage/v1/b/${inputs.bucket}/o/${encodeURIComponent(name)}`;
    return {
      id: `${inputs.bucket}-${name}`,
      outputs: {
        name,
        outputName: name,
        selfLink: link,
        mediaLink: link.replace("/storage/v1/", "/download/storage/v1/") + "?alt=media",
        md5hash: md5Of(inputs.content) ?? Buffer.from(hex(32), "hex").toString("base64"),
        generation: 1,
        storageClass: inputs.storageClass ?? "STANDARD",
      },
    };
  },
  update: ({ inputs }) => {
    const md5hash = md5Of(inputs.content);
    return md5hash === undefined ? {} : { md5hash };
  },
  delete: (context) => {
    const { resource, cloud } = context;
    const holder = cloud.list(BUCKET, "anywhere").find((each) => each.id === resource.inputs["bucket"]);
    if (holder !== undefined && isKept(holder)) {
      refuse(
        "forbidden",
        `Object '${holder.id}/${text(resource.inputs["name"])}' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten`,
      );
    }
  },
});

/** As the API writes it; of a file only its bytes would tell. */
function md5Of(content: string | undefined): string | undefined {
  return content === undefined ? undefined : createHash("md5").update(content).digest("base64");
}

/** https://docs.cloud.google.com/storage/docs/reporting-changes */
const notification = resourceType<NotificationArgs>({
  token: "gcp:storage/notification:Notification",
  service: "Cloud Storage",
  actions: { create: "notifications.insert", delete: "notifications.delete" },
  reach: "global",
  references: [inBucket],
  check: (context) => {
    checkChoices(context, [
      ["payloadFormat", context.inputs.payloadFormat, ["JSON_API_V1", "NONE"]],
      ...(context.inputs.eventTypes ?? []).map(
        (type, index) =>
          [
            `eventTypes[${String(index)}]`,
            type,
            ["OBJECT_FINALIZE", "OBJECT_METADATA_UPDATE", "OBJECT_DELETE", "OBJECT_ARCHIVE"],
          ] as const,
      ),
    ]);
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const name = pathOf(inputs.topic.replace("//pubsub.googleapis.com/", ""));
    const topic = requireNamed(context, TOPIC, name, {
      code: "notFound",
      message: "Cloud Pub/Sub topic '{value}' not found.",
    });
    const agent = `serviceAccount:${serviceAgent(scope.account, "storage.googleapis.com")}`;
    const mayPublish = TOPIC_GRANTS.flatMap((token) => cloud.list(token, "anywhere")).some(
      ({ inputs: grant }) =>
        grant["role"] === TOPIC_ROLE &&
        grant["member"] === agent &&
        (grant["topic"] === undefined || nameIn(text(grant["topic"])) === nameIn(topic.id)),
    );
    if (!mayPublish) {
      refuse(
        "forbidden",
        `The service account '${agent.slice("serviceAccount:".length)}' does not have permission to publish messages to the Cloud Pub/Sub topic '//pubsub.googleapis.com/${topic.id}', or that topic does not exist.`,
      );
    }
    const count = inProject(context, "gcp:storage/notification:Notification").length;
    const notificationId = String(count + 1);
    return {
      id: `${inputs.bucket}/notificationConfigs/${notificationId}`,
      outputs: { notificationId, topic: `//pubsub.googleapis.com/${topic.id}` },
    };
  },
});

/** https://docs.cloud.google.com/storage-transfer/docs/event-driven-transfers */
const transferJob = resourceType<TransferJobArgs>({
  token: "gcp:storage/transferJob:TransferJob",
  service: "Storage Transfer Service",
  actions: { create: "transferJobs.create", update: "transferJobs.patch", delete: "transferJobs.patch" },
  reach: "global",
  references: [
    {
      ...inBucket,
      path: "transferSpec.gcsDataSink.bucketName",
      missing: { code: "failedPrecondition", message: "Failed to obtain the location of the GCS bucket {value}" },
    },
  ],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const has = (key: "schedule" | "eventStream" | "transferSpec" | "replicationSpec") =>
      inputs[key] !== undefined || isUnknown(key);
    if (!has("transferSpec") && !has("replicationSpec")) {
      report("transferSpec", "one of `transferSpec,replicationSpec` must be specified");
    }
    if (has("schedule") && has("eventStream")) report("eventStream", "conflicts with schedule");
    const interval = inputs.schedule?.repeatInterval;
    if (interval !== undefined && (seconds(interval) ?? 0) < 3_600) {
      report("schedule.repeatInterval", `at least an hour, in seconds: 3600s, got ${interval}`);
    }
    const from = inputs.transferSpec?.awsS3DataSource;
    if (from !== undefined && (from.roleArn === undefined) === (from.awsAccessKey === undefined)) {
      report("transferSpec.awsS3DataSource.roleArn", "exactly one of `awsAccessKey,roleArn` must be specified");
    }
  },
  create: ({ inputs, scope, hex }) => {
    const name = inputs.name ?? `transferJobs/${String(BigInt(`0x${hex(15)}`))}`;
    return { id: `${scope.account}/${nameIn(name)}`, outputs: { name, status: inputs.status ?? "ENABLED" } };
  },
});

export const storageTypes: readonly ResourceType[] = [...bucketTypes, object, notification, transferJob];
