import type { BrokerArgs } from "@pulumi/aws/mq";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { arn, uuid } from "./arn";
import { checkChoices } from "../input-checks";
import { configuration, MQ_CONFIGURATION, refuseVersion } from "./mq-configuration";
import { DEPLOYMENT_MODES, engineOf, instanceTypeProblem, upgradeProblem } from "./mq-versions";
import { requireKey, securityGroupReference, subnetReference } from "./references";
import { text } from "./text";
import { VPC } from "./types";
import { placementOf } from "./vpc-placement";

// Error codes and rules: https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html

export const MQ_BROKER = "aws:mq/broker:Broker";

type Inputs = Resolved<BrokerArgs>;
type Context = CallContext<Inputs>;

const BAD_REQUEST = "BadRequestException";
const DAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

const broker = resourceType<BrokerArgs>({
  token: MQ_BROKER,
  service: "MQ",
  actions: { create: "CreateBroker", update: "UpdateBroker", delete: "DeleteBroker" },
  name: {
    property: "brokerName",
    pattern: /^[0-9A-Za-z_-]+$/,
    rule: "1 to 50 letters, digits, - and _",
    source: "https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html",
    maxLength: 50,
    unique: { within: "region", code: "ConflictException", message: "Broker name {value} already exists" },
  },
  references: [
    subnetReference("subnetIds[*]", BAD_REQUEST),
    securityGroupReference("securityGroups[*]", BAD_REQUEST),
    {
      path: "configuration.id",
      to: MQ_CONFIGURATION,
      missing: { code: BAD_REQUEST, message: "The configuration {value} does not exist" },
    },
  ],
  duration: {
    create: 540,
    delete: 120,
    source:
      "estimate: an acceptance test with creation and deletion took 615 s, https://github.com/hashicorp/terraform-provider-aws/pull/34172",
  },
  check,
  create: (context) => {
    const { inputs, scope } = context;
    checkEngine(inputs);
    checkPlacement(context);
    checkRest(context);
    const id = `b-${uuid(context)}`;
    return {
      id,
      outputs: {
        arn: arn(scope, "mq", `broker:${inputs.brokerName ?? ""}:${id}`),
        instances: instancesOf(id, inputs, scope.region),
        authenticationStrategy: inputs.authenticationStrategy ?? "simple",
        deploymentMode: inputs.deploymentMode ?? "SINGLE_INSTANCE",
        storageType: inputs.storageType ?? (isRabbit(inputs) ? "ebs" : "efs"),
        dataReplicationMode: inputs.dataReplicationMode ?? "NONE",
        pendingDataReplicationMode: "",
        subnetIds: inputs.subnetIds ?? [],
        securityGroups: inputs.securityGroups ?? [],
        sharedResources: [],
        configuration: { id: "", revision: 0, ...inputs.configuration },
        maintenanceWindowStartTime: inputs.maintenanceWindowStartTime ?? {
          dayOfWeek: "SUNDAY",
          timeOfDay: "00:00",
          timeZone: "UTC",
        },
      },
    };
  },
  update: (context) => {
    const { inputs, oldInputs } = context;
    checkEngine(inputs);
    checkPlacement(context);
    checkRest(context);
    const engine = engineOf(inputs.engineType);
    const problem =
      engine === undefined ? undefined : upgradeProblem(engine, oldInputs.engineVersion, inputs.engineVersion);
    if (problem !== undefined) refuse(BAD_REQUEST, problem);
    // https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-sizing-guidelines.html
    if (inputs.hostInstanceType === "mq.t3.micro" && oldInputs.hostInstanceType !== "mq.t3.micro") {
      refuse(BAD_REQUEST, `Host instance type [${oldInputs.hostInstanceType}] cannot be changed to [mq.t3.micro]`);
    }
    return {};
  },
});

/** What the provider itself checks, and what follows from the inputs alone. */
function check(context: CheckContext<Inputs>): void {
  const { inputs, refuse: report } = context;
  const engine = engineOf(inputs.engineType ?? "RABBITMQ");
  if (engine === undefined) {
    report("engineType", `expected engineType to be one of ACTIVEMQ, RABBITMQ, got ${String(inputs.engineType)}`);
  }
  checkChoices(context, [
    ["deploymentMode", inputs.deploymentMode, ["SINGLE_INSTANCE", "ACTIVE_STANDBY_MULTI_AZ", "CLUSTER_MULTI_AZ"]],
    ["maintenanceWindowStartTime.dayOfWeek", inputs.maintenanceWindowStartTime?.dayOfWeek.toUpperCase(), DAYS],
    ["authenticationStrategy", inputs.authenticationStrategy?.toLowerCase(), ["simple", "ldap", "config_managed"]],
  ]);
  if (engine === "RABBITMQ" && inputs.logs?.audit === true) {
    report("logs.audit", "logs.audit: Can not be configured when engine is RabbitMQ");
  }
  if ((inputs.securityGroups ?? []).length > 5) report("securityGroups", "at most 5 security groups");
  (inputs.users ?? []).forEach(({ username, password }, index) => {
    const at = `users[${String(index)}]`;
    if (!/^[A-Za-z0-9_.~-]{2,100}$/.test(username)) {
      report(`${at}.username`, "must have 2 to 100 letters, digits and -._~");
    }
    const problem = context.isUnknown(`${at}.password`) ? undefined : passwordProblem(password);
    if (problem !== undefined) report(`${at}.password`, problem);
  });
}

/** https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers-broker-id-users-username.html */
function passwordProblem(password: string): string | undefined {
  if (password.length < 12 || password.length > 250) return "must have 12 to 250 characters";
  if (/[,:=]/.test(password)) return "must have no comma, colon or equals sign";
  return new Set(password).size < 4 ? "must have at least 4 different characters" : undefined;
}

function checkEngine(inputs: Inputs): void {
  const engine = engineOf(inputs.engineType);
  if (engine === undefined) return;
  const { engineVersion, hostInstanceType, deploymentMode = "SINGLE_INSTANCE" } = inputs;
  refuseVersion(inputs.engineType, engineVersion);
  if (!DEPLOYMENT_MODES[engine].includes(deploymentMode)) {
    refuse(
      BAD_REQUEST,
      `Deployment mode [${deploymentMode}] is invalid for broker engine type [${engine}]. Valid values: [${DEPLOYMENT_MODES[engine].join(", ")}]`,
    );
  }
  const problem = instanceTypeProblem(engine, engineVersion, deploymentMode, hostInstanceType);
  if (problem !== undefined) refuse(BAD_REQUEST, problem);
  // https://github.com/hashicorp/terraform-provider-aws/issues/42516, https://github.com/aws-controllers-k8s/community/issues/2427
  if (inputs.autoMinorVersionUpgrade !== true) {
    const name = engine === "RABBITMQ" ? "RabbitMQ" : "ActiveMQ";
    refuse(
      BAD_REQUEST,
      `Brokers on [${name}] version [${engineVersion}] must have [autoMinorVersionUpgrade] set to [true].`,
    );
  }
}

/**
 * https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html (subnetIds, securityGroups),
 * https://github.com/cloudposse/terraform-aws-mq-broker/pull/42, https://github.com/aws-controllers-k8s/community/issues/1517
 */
function checkPlacement({ inputs, cloud }: Context): void {
  const { subnetIds = [], securityGroups = [], deploymentMode = "SINGLE_INSTANCE" } = inputs;
  const { vpcs, zones, strangers } = placementOf(cloud, subnetIds, securityGroups);
  if (inputs.publiclyAccessible === true && isRabbit(inputs) && securityGroups.length > 0) {
    refuse(BAD_REQUEST, "Broker with [publiclyAccessible] set to true does not support specifying [securityGroups]");
  }
  if (deploymentMode === "SINGLE_INSTANCE" && subnetIds.length > 1) {
    refuse(BAD_REQUEST, "Specify a single subnet in [SINGLE_INSTANCE] deployment mode.");
  }
  if (deploymentMode === "ACTIVE_STANDBY_MULTI_AZ" && subnetIds.length !== 2) {
    refuse(BAD_REQUEST, "Specify two subnets in [ACTIVE_STANDBY_MULTI_AZ] deployment mode.");
  }
  if (new Set(zones).size < zones.length) {
    refuse(BAD_REQUEST, `The subnets must be in different Availability Zones, these are in ${zones.join(", ")}`);
  }
  if (vpcs.length > 1) refuse(BAD_REQUEST, `The subnets must be in one VPC, these are in ${vpcs.join(", ")}`);
  const isOwnVpc = vpcs.some((id) => cloud.find(VPC, id) !== undefined);
  const hasOne = isOwnVpc ? securityGroups.length === 0 : subnetIds.length === 0 && securityGroups.length > 0;
  if (inputs.publiclyAccessible !== true && hasOne) {
    refuse(BAD_REQUEST, "Subnets and security groups must belong to the default VPC when only one is provided.");
  }
  if (strangers.length > 0 && subnetIds.length > 0) {
    refuse(BAD_REQUEST, `The security groups ${strangers.join(", ")} are not in the VPC of the subnets`);
  }
}

/** Users, storage, key and configuration. */
function checkRest(context: Context): void {
  const { inputs, cloud } = context;
  const { users = [], storageType, encryptionOptions } = inputs;
  const byConfiguration = inputs.authenticationStrategy?.toLowerCase() === "config_managed";
  if (isRabbit(inputs) && !byConfiguration && users.length !== 1) {
    refuse(BAD_REQUEST, `A RabbitMQ broker is created with exactly one user, got ${String(users.length)}`);
  }
  if (isRabbit(inputs) && storageType !== undefined && storageType.toLowerCase() !== "ebs") {
    refuse(BAD_REQUEST, `Storage type [${storageType}] is invalid for broker engine type [RABBITMQ]`);
  }
  if (isRabbit(inputs) && inputs.authenticationStrategy?.toLowerCase() === "ldap") {
    refuse(BAD_REQUEST, "RabbitMQ does not support the authentication strategy [ldap]");
  }
  if (encryptionOptions?.kmsKeyId !== undefined && encryptionOptions.useAwsOwnedKey !== false) {
    refuse(BAD_REQUEST, "[kmsKeyId] cannot be given while [useAwsOwnedKey] is true");
  }
  requireKey(context, encryptionOptions?.kmsKeyId, {
    code: BAD_REQUEST,
    message: "The KMS key {value} does not exist, or cannot be used from here",
  });
  const wanted = inputs.configuration;
  const found = wanted?.id === undefined ? undefined : cloud.find(MQ_CONFIGURATION, wanted.id);
  if (wanted === undefined || found === undefined) return;
  const named = `Configuration [${found.id}]`;
  if (engineOf(text(found.inputs["engineType"])) !== engineOf(inputs.engineType)) {
    refuse(BAD_REQUEST, `${named} is for broker engine type [${text(found.inputs["engineType"]).toUpperCase()}]`);
  }
  if (found.inputs["engineVersion"] !== inputs.engineVersion) {
    refuse(BAD_REQUEST, `${named} is for broker engine version [${text(found.inputs["engineVersion"])}]`);
  }
  if (wanted.revision !== undefined && wanted.revision > Number(found.outputs["latestRevision"])) {
    refuse(BAD_REQUEST, `${named} has no revision ${String(wanted.revision)}`);
  }
}

function isRabbit(inputs: Inputs): boolean {
  return engineOf(inputs.engineType) === "RABBITMQ";
}

/** Endpoints with their ports: https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-basic-elements.html, amazon-mq-working-java-example.html */
function instancesOf(id: string, inputs: Inputs, region: string): readonly Properties[] {
  const host = (name: string) => `${name}.mq.${region}.amazonaws.com`;
  if (isRabbit(inputs)) {
    return [{ consoleUrl: `https://${host(id)}`, endpoints: [`amqps://${host(id)}:5671`], ipAddress: "" }];
  }
  const names = inputs.deploymentMode === "ACTIVE_STANDBY_MULTI_AZ" ? [`${id}-1`, `${id}-2`] : [`${id}-1`];
  return names.map((name) => ({
    consoleUrl: `https://${host(name)}:8162`,
    endpoints: [
      `ssl://${host(name)}:61617`,
      `amqp+ssl://${host(name)}:5671`,
      `stomp+ssl://${host(name)}:61614`,
      `mqtt+ssl://${host(name)}:8883`,
      `wss://${host(name)}:61619`,
    ],
    ipAddress: "",
  }));
}

export const mqTypes: readonly ResourceType[] = [broker, configuration];
