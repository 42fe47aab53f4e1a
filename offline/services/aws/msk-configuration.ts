import type { ConfigurationArgs } from "@pulumi/aws/msk";
import { refuse } from "../../cloud/errors";
import { resourceType } from "../../cloud/resource-type";
import { arn, uuid } from "./arn";
import { KAFKA_VERSIONS, serverPropertiesProblem } from "./msk-versions";

export const MSK_CONFIGURATION = "aws:msk/configuration:Configuration";

export const configuration = resourceType<ConfigurationArgs>({
  token: MSK_CONFIGURATION,
  service: "Kafka",
  actions: { create: "CreateConfiguration", update: "UpdateConfiguration", delete: "DeleteConfiguration" },
  name: {
    property: "name",
    pattern: /^[0-9A-Za-z][0-9A-Za-z-]*$/,
    rule: "1 to 255 letters, digits and -, no - first",
    source: "https://docs.aws.amazon.com/msk/1.0/apireference/configurations.html",
    maxLength: 255,
    unique: {
      within: "region",
      code: "ConflictException",
      message: "A resource with this name already exists: {value}",
    },
  },
  // https://github.com/hashicorp/terraform-provider-aws/issues/15831
  inUse: {
    code: "BadRequestException",
    message: "Configuration is in use by one or more clusters. Dissociate the configuration from the clusters.",
  },
  check: ({ inputs, refuse: report }) => {
    // The service's wording: https://github.com/aws/aws-sdk/issues/26
    const problem =
      inputs.serverProperties === undefined ? undefined : serverPropertiesProblem(inputs.serverProperties);
    if (problem !== undefined) report("serverProperties", `BadRequestException: ${problem}`);
  },
  create: (context) => {
    const { inputs, scope } = context;
    for (const version of inputs.kafkaVersions ?? []) refuseUnknownVersion(version);
    const id = arn(scope, "kafka", `configuration/${inputs.name ?? ""}/${uuid(context)}-${shardOf(context.hex(2))}`);
    return { id, outputs: { arn: id, latestRevision: 1 } };
  },
  // Every update of what a configuration says makes a revision; clusters stay at theirs.
  update: ({ inputs, oldInputs, resource }) => {
    const before = Number(resource.outputs["latestRevision"] ?? 1);
    const isChanged =
      inputs.serverProperties !== oldInputs.serverProperties || inputs.description !== oldInputs.description;
    return { latestRevision: isChanged ? before + 1 : before };
  },
});

/** https://github.com/awslabs/benchmark-ai/pull/739 */
export function refuseUnknownVersion(version: string): void {
  if (KAFKA_VERSIONS.includes(version)) return;
  refuse("BadRequestException", `Unsupported KafkaVersion [${version}]. Valid values: [${KAFKA_VERSIONS.join(", ")}]`);
}

/** The number that follows the UUID in the ARNs of MSK. */
export function shardOf(digits: string): string {
  return String(1 + (Number.parseInt(digits, 16) % 24));
}
