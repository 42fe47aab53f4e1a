import { z } from "zod";
import { checkStorage, databaseFields, type DatabaseDefaults } from "./data";
import {
  checkReplicationSlots,
  checkRetention,
  replicasUpTo,
  replicationSlots,
  shardSlots,
  slotRetention,
  type PublisherDefaults,
} from "./shards";
import { minimumTls } from "./values";

const mostReplicas = 15;

/** The settings of PostgreSQL in shards, each of which is a server with the same settings. */
export function shardedDatabaseSettings(defaults: DatabaseDefaults & PublisherDefaults) {
  return z
    .strictObject({
      ...databaseFields(defaults),
      replicas: replicasUpTo(mostReplicas, "a server").default(defaults.replicas).meta({
        description: "Zones of further read replicas of every shard; the source may lie in them too",
        requirement: "PF-SCALE-02",
      }),
      slots: shardSlots(defaults.slots, "PF-SCALE-02"),
      minimumTls,
      logicalReplication: z
        .enum(["on", "off"])
        .default(defaults.logicalReplication)
        .meta({ description: "Whether databases in other clouds can follow; a change takes effect at a restart" }),
      replicationSlots: replicationSlots(100),
      slotRetentionGiB: slotRetention(defaults.slotRetentionGiB),
    })
    .superRefine(checkStorage)
    .superRefine(checkRetention)
    .superRefine(checkReplicationSlots)
    .prefault({})
    .meta({ description: "PostgreSQL" });
}

export type ShardedDatabaseSettings = z.output<ReturnType<typeof shardedDatabaseSettings>>;
