import type { EventSourceMappingArgs } from "@pulumi/aws/lambda";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type CheckContext, type Resolved } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { arn, parseArn, uuid } from "./arn";
import { checkChoices, checkRanges } from "../input-checks";
import { INVALID_VALUE, requireDestination, requireFunction, requirePermission } from "./lambda-references";
import { MQ_BROKER } from "./mq";
import { authenticationOf, MSK_CLUSTER } from "./msk-access";
import { requireKey } from "./references";
import { QUEUE } from "./sqs";
import { text } from "./text";
import { SECRET } from "./types";

// Rules and error codes: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html

const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

type Inputs = Resolved<EventSourceMappingArgs>;
type Context = CallContext<Inputs>;

interface Source {
  /** What of which type the ARN names. */
  readonly find: (cloud: CloudView, arn: string) => StoredResource | undefined;
  /** Whether a first record must be chosen. */
  readonly isStream: boolean;
  readonly defaultBatch: number;
  /** Action that the role needs, and how the service calls it. */
  readonly action: string;
  readonly call: string;
}

/** By the service in the ARN of the source. */
const SOURCES: Readonly<Record<string, Source>> = {
  kafka: {
    find: (cloud, id) => cloud.find(MSK_CLUSTER, id),
    isStream: true,
    defaultBatch: 100,
    action: "kafka:DescribeClusterV2",
    call: "DescribeClusterV2 on Kafka",
  },
  sqs: {
    find: (cloud, id) => cloud.findBy(QUEUE, "arn", id),
    isStream: false,
    defaultBatch: 10,
    action: "sqs:ReceiveMessage",
    call: "ReceiveMessage on SQS",
  },
  kinesis: {
    find: (cloud, id) => cloud.findBy("aws:kinesis/stream:Stream", "arn", id),
    isStream: true,
    defaultBatch: 100,
    action: "kinesis:GetRecords",
    call: "GetRecords on Kinesis",
  },
  dynamodb: {
    find: (cloud, id) => cloud.findBy("aws:dynamodb/table:Table", "streamArn", id),
    isStream: true,
    defaultBatch: 100,
    action: "dynamodb:GetRecords",
    call: "GetRecords on DynamoDB",
  },
  mq: {
    find: (cloud, id) => cloud.findBy(MQ_BROKER, "arn", id),
    isStream: false,
    defaultBatch: 100,
    action: "mq:DescribeBroker",
    call: "DescribeBroker on MQ",
  },
};

export const eventSourceMapping = resourceType<EventSourceMappingArgs>({
  token: MAPPING,
  service: "Lambda",
  actions: {
    create: "CreateEventSourceMapping",
    update: "UpdateEventSourceMapping",
    delete: "DeleteEventSourceMapping",
  },
  references: [
    {
      path: "sourceAccessConfigurations[*].uri",
      to: SECRET,
      holds: false,
    },
  ],
  duration: {
    create: 60,
    delete: 60,
    source:
      "estimate: acceptance tests took 55 to 120 s with function and source, https://github.com/hashicorp/terraform-provider-aws/pull/14746",
  },
  check,
  create: (context) => {
    const { inputs, scope } = context;
    const target = checkMapping(context);
    refuseTwin(context, target);
    const id = uuid(context);
    return {
      id,
      outputs: {
        arn: arn(scope, "lambda", `event-source-mapping:${id}`),
        uuid: id,
        functionArn: text(target.outputs["arn"]),
        ...described(context, inputs),
      },
    };
  },
  update: (context) => {
    const target = checkMapping(context);
    return { functionArn: text(target.outputs["arn"]), ...described(context, context.inputs) };
  },
});

/** What the provider itself checks, and what follows from the inputs alone. */
function check(context: CheckContext<Inputs>): void {
  const { inputs, isUnknown, refuse: report } = context;
  const isGiven = (property: keyof Inputs) => inputs[property] !== undefined || isUnknown(property);
  if (!isGiven("eventSourceArn") && !isGiven("selfManagedEventSource")) {
    report("eventSourceArn", "one of eventSourceArn, selfManagedEventSource must be specified");
  }
  const age = inputs.maximumRecordAgeInSeconds;
  if (age !== undefined && age !== -1 && (age < 60 || age > 604_800)) {
    report("maximumRecordAgeInSeconds", `expected -1 or 60 to 604800, got ${String(age)}`);
  }
  checkRanges(context, [
    ["batchSize", inputs.batchSize, 1, 10_000],
    ["maximumBatchingWindowInSeconds", inputs.maximumBatchingWindowInSeconds, 0, 300],
    ["maximumRetryAttempts", inputs.maximumRetryAttempts, -1, 10_000],
    ["parallelizationFactor", inputs.parallelizationFactor, 1, 10],
    ["tumblingWindowInSeconds", inputs.tumblingWindowInSeconds, 0, 900],
    ["scalingConfig.maximumConcurrency", inputs.scalingConfig?.maximumConcurrency, 2, 1_000],
    ["provisionedPollerConfig.minimumPollers", inputs.provisionedPollerConfig?.minimumPollers, 1, 200],
    ["provisionedPollerConfig.maximumPollers", inputs.provisionedPollerConfig?.maximumPollers, 1, 2_000],
  ]);
  checkChoices(context, [["startingPosition", inputs.startingPosition, ["AT_TIMESTAMP", "LATEST", "TRIM_HORIZON"]]]);
}

/** The function, when everything about the mapping fits. */
function checkMapping(context: Context): StoredResource {
  const { inputs, cloud, scope } = context;
  const target = requireFunction(cloud, inputs.functionName);
  const role = text(target.inputs["role"]);
  requireKey(context, inputs.kmsKeyArn, { code: INVALID_VALUE, message: "The KMS key {value} does not exist" });
  const { eventSourceArn } = inputs;
  const parsed = parseArn(eventSourceArn ?? "");
  if (eventSourceArn !== undefined && parsed === undefined) {
    refuse(INVALID_VALUE, `Unrecognized event source: ${eventSourceArn}`);
  }
  const source = SOURCES[parsed?.service ?? ""];
  const isOurs = parsed?.account === scope.account;
  if (source !== undefined && eventSourceArn !== undefined && parsed !== undefined) {
    const found = source.find(cloud, eventSourceArn);
    if (isOurs && found === undefined) refuse(INVALID_VALUE, `Event source does not exist: ${eventSourceArn}`);
    checkStart(inputs, source);
    requirePermission(cloud, role, source.action, source.call, eventSourceArn);
    if (parsed.service === "sqs" && found !== undefined) checkQueue(inputs, found, target);
    if (parsed.service === "kafka") checkKafka(inputs, cloud, role);
  }
  for (const { uri } of secretsOf(inputs)) {
    if (parseArn(uri)?.account === scope.account && cloud.find(SECRET, uri) === undefined) {
      refuse(INVALID_VALUE, `The secret ${uri} does not exist`);
    }
    requirePermission(cloud, role, "secretsmanager:GetSecretValue", "GetSecretValue on Secrets Manager", uri);
  }
  const onFailure = inputs.destinationConfig?.onFailure?.destinationArn;
  if (onFailure !== undefined) requireDestination(context, role, onFailure);
  return target;
}

function checkStart(inputs: Inputs, { isStream }: Source): void {
  if (isStream && inputs.startingPosition === undefined) {
    refuse(INVALID_VALUE, "1 validation error detected: Value null at 'startingPosition' failed: it must not be null");
  }
  if (!isStream && inputs.startingPosition !== undefined) {
    refuse(INVALID_VALUE, "StartingPosition is not valid for this event source: leave it out");
  }
  if (inputs.startingPosition === "AT_TIMESTAMP" && inputs.startingPositionTimestamp === undefined) {
    refuse(INVALID_VALUE, "StartingPositionTimestamp must be given with the starting position AT_TIMESTAMP");
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
function checkQueue(inputs: Inputs, queue: StoredResource, target: StoredResource): void {
  const batch = inputs.batchSize ?? 10;
  const isFifo = queue.inputs["fifoQueue"] === true;
  if (isFifo && batch > 10) refuse(INVALID_VALUE, `The batch size of a FIFO queue is at most 10, got ${String(batch)}`);
  if (batch > 10 && (inputs.maximumBatchingWindowInSeconds ?? 0) < 1) {
    refuse(
      INVALID_VALUE,
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    );
  }
  const visibility = Number(queue.inputs["visibilityTimeoutSeconds"] ?? 30);
  const timeout = Number(target.inputs["timeout"] ?? 3);
  if (visibility < timeout) {
    refuse(
      INVALID_VALUE,
      `Queue visibility timeout: ${String(visibility)} seconds is less than Function timeout: ${String(timeout)} seconds`,
    );
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-msk-configure.html, with-msk-permissions.html */
function checkKafka(inputs: Inputs, cloud: CloudView, role: string): void {
  if (inputs.topics?.length !== 1) {
    refuse(INVALID_VALUE, `Exactly one topic must be given, got ${String(inputs.topics?.length ?? 0)}`);
  }
  const { minimumPollers = 1, maximumPollers = 200 } = inputs.provisionedPollerConfig ?? {};
  if (minimumPollers > maximumPollers) {
    refuse(
      INVALID_VALUE,
      `minimumPollers (${String(minimumPollers)}) is more than maximumPollers (${String(maximumPollers)})`,
    );
  }
  // The pollers sit in the subnets of the cluster.
  requirePermission(cloud, role, "ec2:CreateNetworkInterface", "CreateNetworkInterface on EC2");
}

function secretsOf(inputs: Inputs): readonly { readonly type: string; readonly uri: string }[] {
  return (inputs.sourceAccessConfigurations ?? []).filter(({ type }) => SECRET_TYPES.includes(type));
}

const SECRET_TYPES = [
  ...["BASIC_AUTH", "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH"],
  "SERVER_ROOT_CA_CERTIFICATE",
];

/** One function reads a source, or a topic of it, once. */
function refuseTwin({ inputs, cloud }: Context, target: StoredResource): void {
  const topic = inputs.topics?.[0] ?? inputs.queues ?? "";
  const twin = cloud
    .list(MAPPING)
    .find(
      (each) =>
        each.inputs["eventSourceArn"] === inputs.eventSourceArn &&
        each.outputs["functionArn"] === target.outputs["arn"] &&
        topicOf(each.inputs) === topic,
    );
  if (twin === undefined || inputs.eventSourceArn === undefined) return;
  const service = (parseArn(inputs.eventSourceArn)?.service ?? "").toUpperCase();
  refuse(
    "ResourceConflictException",
    `An event source mapping with ${service} arn ("${inputs.eventSourceArn}") and function ("${target.id}") already exists. Please update or delete the existing mapping with UUID ${twin.id}`,
  );
}

function topicOf(inputs: Properties): string {
  const topics = inputs["topics"];
  return text(Array.isArray(topics) ? topics[0] : inputs["queues"]);
}

function described({ cloud }: Pick<Context, "cloud">, inputs: Inputs): Properties {
  const service = parseArn(inputs.eventSourceArn ?? "")?.service ?? "";
  const source = SOURCES[service];
  const cluster = service === "kafka" ? source?.find(cloud, inputs.eventSourceArn ?? "") : undefined;
  return {
    batchSize: inputs.batchSize ?? source?.defaultBatch ?? 100,
    state: inputs.enabled === false ? "Disabled" : "Enabled",
    stateTransitionReason: "USER_INITIATED",
    lastProcessingResult: cluster !== undefined && !canLogIn(inputs, cluster) ? LOGIN_FAILS : "No records processed",
    maximumRecordAgeInSeconds: inputs.maximumRecordAgeInSeconds ?? (source?.isStream === true ? -1 : 0),
    maximumRetryAttempts: inputs.maximumRetryAttempts ?? (source?.isStream === true ? -1 : 0),
    parallelizationFactor: inputs.parallelizationFactor ?? (service === "kinesis" || service === "dynamodb" ? 1 : 0),
  };
}

/** The mapping is made all the same and says so where it reports on its last run. https://docs.aws.amazon.com/lambda/latest/dg/with-kafka-troubleshoot.html */
const LOGIN_FAILS = "PROBLEM: SASL authentication failed.";

/** Without a secret or certificate Lambda logs in by IAM. https://docs.aws.amazon.com/lambda/latest/dg/msk-cluster-auth.html */
function canLogIn(inputs: Inputs, cluster: StoredResource): boolean {
  const { scram, iam, tls } = authenticationOf(cluster);
  const types = (inputs.sourceAccessConfigurations ?? []).map(({ type }) => type);
  if (types.includes("SASL_SCRAM_512_AUTH")) return scram;
  if (types.includes("CLIENT_CERTIFICATE_TLS_AUTH")) return tls;
  return iam || !(scram || tls);
}
