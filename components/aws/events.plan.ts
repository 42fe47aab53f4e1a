import { replicationOf, type TopicSpec } from "../planning/topics";

/**
 * Contents of `server.properties`, for what MSK lets a cluster set:
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-configuration-properties.html
 */
export function serverProperties(brokers: number, withoutAcl: "allow" | "deny"): string {
  const { copies, inSync } = replicationOf(brokers);
  const properties = {
    "auto.create.topics.enable": false,
    "default.replication.factor": copies,
    "min.insync.replicas": inSync,
    "offsets.topic.replication.factor": copies,
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": inSync,
    // A copy that lags may not lead: it would take back what was already acknowledged.
    "unclean.leader.election.enable": false,
    "allow.everyone.if.no.acl.found": withoutAcl === "allow",
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${String(value)}\n`)
    .join("");
}

/** Settings of a topic, as the JSON object that MSK takes; all values are texts. */
export function topicConfiguration({ retentionHours }: TopicSpec, brokers: number): string {
  return JSON.stringify({
    "cleanup.policy": "delete",
    "min.insync.replicas": String(replicationOf(brokers).inSync),
    "retention.ms": String(retentionHours * 3_600_000),
  });
}
