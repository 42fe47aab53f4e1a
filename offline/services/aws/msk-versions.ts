/**
 * Apache Kafka versions that a new cluster can have. Up to 3.9 a suffix chooses KRaft instead of ZooKeeper; from 4.0 there is no
 * ZooKeeper. https://docs.aws.amazon.com/msk/latest/developerguide/supported-kafka-versions.html,
 * https://docs.aws.amazon.com/msk/latest/developerguide/metadata-management.html, https://endoflife.date/amazon-msk (2026-08-22)
 */
export const KAFKA_VERSIONS: readonly string[] = [
  "3.8.x",
  "3.8.x.kraft",
  "3.9.x",
  "3.9.x.kraft",
  "4.0.x.kraft",
  "4.1.x.kraft",
  "4.2.x.kraft",
];

export function isKraft(version: string): boolean {
  return version.endsWith(".kraft");
}

/** Negative when `a` is older than `b`. */
export function compareKafka(a: string, b: string): number {
  const number = (version: string) => {
    const [major = 0, minor = 0] = version.split(".").map(Number);
    return major * 1000 + minor;
  };
  return number(a) - number(b);
}

const SIZES = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"];

/** https://docs.aws.amazon.com/msk/latest/developerguide/broker-instance-sizes.html */
const INSTANCE_TYPES = new Set([
  "kafka.t3.small",
  ...[...SIZES, "24xlarge"].map((size) => `kafka.m5.${size}`),
  ...SIZES.map((size) => `kafka.m7g.${size}`),
  ...SIZES.map((size) => `express.m7g.${size}`),
]);

export function isBrokerType(instanceType: string): boolean {
  return INSTANCE_TYPES.has(instanceType);
}

/** Express brokers keep their storage themselves. https://docs.aws.amazon.com/msk/latest/developerguide/broker-instance-types.html */
export function isExpress(instanceType: string): boolean {
  return instanceType.startsWith("express.");
}

/**
 * Properties that a configuration may set, each with the range of its values where MSK has one.
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-configuration-properties.html, msk-default-configuration.html
 */
const SERVER_PROPERTIES = new Map<string, readonly [low: number, high: number] | undefined>([
  ...`
  allow.everyone.if.no.acl.found auto.create.topics.enable auto.leader.rebalance.enable compression.type
  connections.max.idle.ms default.replication.factor delete.topic.enable group.initial.rebalance.delay.ms
  group.max.session.timeout.ms group.min.session.timeout.ms leader.imbalance.per.broker.percentage
  local.retention.bytes local.retention.ms log.cleaner.delete.retention.ms log.cleaner.min.cleanable.ratio
  log.cleanup.policy log.flush.interval.messages log.flush.interval.ms log.local.retention.bytes
  log.local.retention.ms log.message.timestamp.after.max.ms log.message.timestamp.before.max.ms
  log.message.timestamp.difference.max.ms log.message.timestamp.type log.retention.bytes log.retention.hours
  log.retention.minutes log.retention.ms log.roll.ms log.segment.bytes max.incremental.fetch.session.cache.slots
  message.max.bytes min.insync.replicas num.io.threads num.network.threads num.partitions
  num.recovery.threads.per.data.dir num.replica.fetchers offsets.retention.minutes offsets.topic.replication.factor
  replica.fetch.max.bytes replica.fetch.response.max.bytes replica.selector.class replica.socket.receive.buffer.bytes
  socket.receive.buffer.bytes socket.request.max.bytes socket.send.buffer.bytes transaction.max.timeout.ms
  transaction.state.log.min.isr transaction.state.log.replication.factor transactional.id.expiration.ms
  unclean.leader.election.enable zookeeper.connection.timeout.ms
  `
    .trim()
    .split(/\s+/)
    .map((key) => [key, undefined] as const),
  ["replica.lag.time.max.ms", [10_000, 30_000]],
  ["zookeeper.session.timeout.ms", [6_000, 18_000]],
]);

/** What MSK would refuse in the contents of a server.properties file; undefined: nothing. */
export function serverPropertiesProblem(contents: string): string | undefined {
  for (const line of contents.split(/\r?\n/).map((each) => each.trim())) {
    if (line === "" || line.startsWith("#") || line.startsWith("!")) continue;
    const [, key = "", value] = /^([^=:\s]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (value === undefined) return `"${line}" is no property: write name=value`;
    if (!SERVER_PROPERTIES.has(key)) return `Key '${key}' is not supported by at least one Apache Kafka version.`;
    const range = SERVER_PROPERTIES.get(key);
    if (range !== undefined && (Number.isNaN(Number(value)) || Number(value) < range[0] || Number(value) > range[1])) {
      return `Value '${value}' of '${key}' must be ${String(range[0])} to ${String(range[1])}`;
    }
  }
  return undefined;
}
