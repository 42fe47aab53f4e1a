type Engine = "RABBITMQ" | "ACTIVEMQ";

/** Versions of each engine, the oldest first. https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-4.html (2026) */
const VERSIONS: Readonly<Record<Engine, readonly string[]>> = {
  RABBITMQ: ["3.13", "4.2", "4.3"],
  ACTIVEMQ: ["5.18", "5.19"],
};

/** Ways to deploy each engine. https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html */
export const DEPLOYMENT_MODES: Readonly<Record<Engine, readonly string[]>> = {
  RABBITMQ: ["SINGLE_INSTANCE", "CLUSTER_MULTI_AZ"],
  ACTIVEMQ: ["SINGLE_INSTANCE", "ACTIVE_STANDBY_MULTI_AZ"],
};

const M5 = ["large", "xlarge", "2xlarge", "4xlarge"].map((size) => `mq.m5.${size}`);

/**
 * The guide writes `mq.m7g.2xlarge`, the schema of the API `mq.m7g.2xl`: both are taken.
 * https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-sizing-guidelines.html
 */
const M7G = [
  ...["medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"],
  ...["2xl", "4xl", "8xl", "12xl", "16xl"],
].map((size) => `mq.m7g.${size}`);

/** The engine whose name, in any case, is given. */
export function engineOf(name: string): Engine | undefined {
  const upper = name.toUpperCase();
  return upper === "RABBITMQ" || upper === "ACTIVEMQ" ? upper : undefined;
}

/** https://github.com/hashicorp/terraform-provider-aws/pull/47285 */
export function versionProblem(engine: Engine, version: string): string | undefined {
  const versions = VERSIONS[engine];
  if (versions.includes(version)) return undefined;
  const valid = versions.toReversed().join(", ");
  return `Broker engine version [${version}] is invalid for broker engine type [${engine}]. Valid values: [${valid}].`;
}

/** RabbitMQ 4 runs on m7g alone, and a micro instance in no cluster. */
export function instanceTypeProblem(
  engine: Engine,
  version: string,
  mode: string,
  instanceType: string,
): string | undefined {
  const isOld = version.startsWith("3.") || engine === "ACTIVEMQ";
  const offered = [...(isOld ? ["mq.t3.micro", ...M5] : []), ...(engine === "RABBITMQ" ? M7G : [])];
  if (!offered.includes(instanceType)) {
    return `Broker engine version [${version}] of [${engine}] does not run on host instance type [${instanceType}]`;
  }
  if (engine === "RABBITMQ" && mode === "CLUSTER_MULTI_AZ" && instanceType === "mq.t3.micro") {
    return `Host instance type [${instanceType}] does not support deployment mode [${mode}]`;
  }
  return undefined;
}

/** A broker goes up one version at a time and never back. */
export function upgradeProblem(engine: Engine, before: string, after: string): string | undefined {
  const versions = VERSIONS[engine];
  const steps = versions.indexOf(after) - versions.indexOf(before);
  if (steps === 0 || steps === 1 || !versions.includes(before)) return undefined;
  const step = versions[versions.indexOf(before) + 1];
  const remedy = steps > 1 && step !== undefined ? `: upgrade to ${step} first` : "";
  return `Broker engine version [${before}] cannot be changed to [${after}]${remedy}`;
}
