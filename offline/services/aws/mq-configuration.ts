import type { ConfigurationArgs } from "@pulumi/aws/mq";
import { refuse } from "../../cloud/errors";
import { resourceType } from "../../cloud/resource-type";
import { arn, uuid } from "./arn";
import { engineOf, versionProblem } from "./mq-versions";

export const MQ_CONFIGURATION = "aws:mq/configuration:Configuration";

export const configuration = resourceType<ConfigurationArgs>({
  token: MQ_CONFIGURATION,
  service: "MQ",
  actions: { create: "CreateConfiguration", update: "UpdateConfiguration", delete: "DeleteConfiguration" },
  name: {
    property: "name",
    pattern: /^[0-9A-Za-z_.~-]+$/,
    rule: "1 to 150 letters, digits and -_.~",
    source: "https://docs.aws.amazon.com/amazon-mq/latest/api-reference/configurations.html",
    maxLength: 150,
    unique: { within: "region", code: "ConflictException", message: "Configuration name {value} already exists" },
  },
  inUse: { code: "ConflictException", message: "The configuration {id} is used by a broker" },
  check: (context) => {
    const { engineType, data, authenticationStrategy } = context.inputs;
    const engine = engineType === undefined ? undefined : engineOf(engineType);
    if (engineType !== undefined && engine === undefined) {
      context.refuse("engineType", `expected engineType to be one of ACTIVEMQ, RABBITMQ, got ${engineType}`);
    }
    if (engine === "RABBITMQ" && authenticationStrategy?.toLowerCase() === "ldap") {
      context.refuse("authenticationStrategy", "BadRequestException: RabbitMQ supports simple authentication only");
    }
    const problem = data === undefined || engine === undefined ? undefined : dataProblem(engine, data);
    if (problem !== undefined) context.refuse("data", `BadRequestException: ${problem}`);
  },
  create: (context) => {
    const { inputs, scope } = context;
    refuseVersion(inputs.engineType, inputs.engineVersion);
    const id = `c-${uuid(context)}`;
    return {
      id,
      outputs: { arn: arn(scope, "mq", `configuration:${id}`), latestRevision: 1, authenticationStrategy: "simple" },
    };
  },
  update: ({ inputs, oldInputs, resource }) => {
    const before = Number(resource.outputs["latestRevision"] ?? 1);
    const isChanged = inputs.data !== oldInputs.data || inputs.description !== oldInputs.description;
    return { latestRevision: isChanged ? before + 1 : before };
  },
});

export function refuseVersion(engineType: string, version: string): void {
  const engine = engineOf(engineType);
  const problem = engine === undefined ? undefined : versionProblem(engine, version);
  if (problem !== undefined) refuse("BadRequestException", problem);
}

/** RabbitMQ takes Cuttlefish lines, `name = value`; ActiveMQ an XML document. https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-broker-configuration-parameters.html */
function dataProblem(engine: string, data: string): string | undefined {
  if (engine === "ACTIVEMQ") {
    return /^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*<broker[\s>]/.test(data)
      ? undefined
      : "the data must be an XML document with a <broker> element";
  }
  const wrong = data
    .split(/\r?\n/)
    .map((line) => line.trim())
    .find((line) => line !== "" && !line.startsWith("#") && !/^[\w.$/-]+\s*=\s*\S.*$/.test(line));
  return wrong === undefined ? undefined : `"${wrong}" is no setting of RabbitMQ: write name = value`;
}
