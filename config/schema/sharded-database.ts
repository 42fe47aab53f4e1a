import { z } from "zod";
import { zoneLetters, type Zone } from "../../components/planning/address-plan";
import { slotCount } from "../../components/planning/shards";
import { checkStorage, databaseFields, type AddIssue, type DatabaseDefaults } from "./data";
import { checkReplicationSlots, instanceKey, slotTable } from "./shards";
import { wholeNumber } from "./values";

interface ScaleDefaults {
  readonly replicas: Readonly<Record<string, Zone>>;
  /** Slots by shard. */
  readonly slots: Readonly<Record<string, [number, number][]>>;
  readonly logicalReplication: "on" | "off";
  /** Most of the write-ahead log that is kept for subscribers, in GiB. */
  readonly slotRetentionGiB: number;
}

const mostReplicas = 15;

/** The settings of PostgreSQL in shards, each of which is a server with the same settings. */
export function shardedDatabaseSettings(defaults: DatabaseDefaults & ScaleDefaults) {
  return z
    .strictObject({
      ...databaseFields(defaults),
      replicas: z
        .record(instanceKey, z.enum(zoneLetters))
        .refine((replicas) => Object.keys(replicas).length <= mostReplicas, {
          error: `give at most ${String(mostReplicas)} replicas, the most that a server can have`,
        })
        .default(defaults.replicas)
        .meta({
          description: "Zones of further read replicas of every shard; the source may lie in them too",
          requirement: "PF-SCALE-02",
        }),
      slots: slotTable.prefault(defaults.slots).meta({
        description: `Shards, each with the ranges of the ${String(slotCount)} slots that it holds; a new one begins with none`,
        requirement: "PF-SCALE-02",
      }),
      minimumTls: z
        .enum(["1.3", "1.2"])
        .default("1.3")
        .meta({ description: "Oldest version of TLS that is spoken", requirement: "PF-SEC-06" }),
      logicalReplication: z
        .enum(["on", "off"])
        .default(defaults.logicalReplication)
        .meta({ description: "Whether databases in other clouds can follow; a change takes effect at a restart" }),
      replicationSlots: wholeNumber(5, 100).default(20).meta({
        description: "Room for subscribers and read replicas; a change takes effect at a restart",
        unit: "slots",
      }),
      slotRetentionGiB: wholeNumber(1, 32768).default(defaults.slotRetentionGiB).meta({
        description:
          "Write-ahead log kept for a subscriber that is away; one further behind has to copy everything again",
        unit: "GiB",
      }),
    })
    .superRefine(checkStorage)
    .superRefine(checkRetention)
    .superRefine(checkReplicationSlots)
    .prefault({})
    .meta({ description: "PostgreSQL" });
}

export type ShardedDatabaseSettings = z.output<ReturnType<typeof shardedDatabaseSettings>>;

interface Retaining {
  readonly storageGiB: number;
  readonly logicalReplication: "on" | "off";
  readonly slotRetentionGiB: number;
}

/** What is kept for subscribers must leave room for the data itself. */
export function checkRetention(
  { logicalReplication, slotRetentionGiB, storageGiB }: Retaining,
  context: AddIssue,
): void {
  const most = Math.floor(storageGiB / 2);
  if (logicalReplication === "off" || slotRetentionGiB <= most) return;
  context.addIssue({
    code: "custom",
    path: ["slotRetentionGiB"],
    message: `slotRetentionGiB (${String(slotRetentionGiB)}) is more than half of storageGiB (${String(storageGiB)}), so that a subscriber that is away could fill the disk: lower it to ${String(most)} or raise storageGiB to ${String(slotRetentionGiB * 2)}`,
  });
}
