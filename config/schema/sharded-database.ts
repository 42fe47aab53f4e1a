import { z } from "zod";
import { zoneLetters, type Zone } from "../../components/planning/address-plan";
import { slotCount, slotFaults, type SlotTable } from "../../components/planning/shards";
import { checkStorage, databaseFields, type AddIssue, type DatabaseDefaults } from "./data";
import { identifier, wholeNumber } from "./values";

interface ScaleDefaults {
  readonly replicas: Readonly<Record<string, Zone>>;
  /** Slots by shard. */
  readonly slots: Readonly<Record<string, [number, number][]>>;
  readonly logicalReplication: "on" | "off";
  /** Most of the write-ahead log that is kept for subscribers, in GiB. */
  readonly slotRetentionGiB: number;
}

/** A key of a shard or replica: the name of an instance has 63 characters, and the rest of it takes most of them. */
const key = identifier.max(12, "give at most 12 characters, since it is part of the names of instances");

const slotBounds = `give a whole number from 0 to ${String(slotCount - 1)}`;

/** Aborting: a slot that is none is no gap as well. */
const slot = z
  .int(slotBounds)
  .min(0, { error: slotBounds, abort: true })
  .max(slotCount - 1, { error: slotBounds, abort: true });

const mostReplicas = 15;

/** The settings of PostgreSQL in shards, each of which is a server with the same settings. */
export function shardedDatabaseSettings(defaults: DatabaseDefaults & ScaleDefaults) {
  const shards = z
    .record(
      key,
      z.array(
        z
          .array(slot)
          .length(2, { error: "give the first and the last slot", abort: true })
          .transform(([first = 0, last = 0]) => [first, last] as const),
      ),
    )
    .superRefine((table: SlotTable, context: AddIssue) => {
      for (const { path, message } of slotFaults(table)) context.addIssue({ code: "custom", path: [...path], message });
    });
  return z
    .strictObject({
      ...databaseFields(defaults),
      replicas: z
        .record(key, z.enum(zoneLetters))
        .refine((replicas) => Object.keys(replicas).length <= mostReplicas, {
          error: `give at most ${String(mostReplicas)} replicas, the most that a server can have`,
        })
        .default(defaults.replicas)
        .meta({
          description: "Zones of further read replicas of every shard; the source may lie in them too",
          requirement: "PF-SCALE-02",
        }),
      slots: shards.prefault(defaults.slots).meta({
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

/** What the checks below read. */
interface Publisher {
  readonly storageGiB: number;
  readonly replicaZone: Zone | "none";
  readonly replicas: Readonly<Record<string, Zone>>;
  readonly logicalReplication: "on" | "off";
  readonly replicationSlots: number;
  readonly slotRetentionGiB: number;
}

/** What is kept for subscribers must leave room for the data itself. */
function checkRetention({ logicalReplication, slotRetentionGiB, storageGiB }: Publisher, context: AddIssue): void {
  const most = Math.floor(storageGiB / 2);
  if (logicalReplication === "off" || slotRetentionGiB <= most) return;
  context.addIssue({
    code: "custom",
    path: ["slotRetentionGiB"],
    message: `slotRetentionGiB (${String(slotRetentionGiB)}) is more than half of storageGiB (${String(storageGiB)}), so that a subscriber that is away could fill the disk: lower it to ${String(most)} or raise storageGiB to ${String(slotRetentionGiB * 2)}`,
  });
}

/** Each replica holds a slot for as long as it lives, and a subscriber needs one at least. */
function checkReplicationSlots(
  { logicalReplication, replicationSlots, replicas, replicaZone }: Publisher,
  context: AddIssue,
): void {
  const held = Object.keys(replicas).length + (replicaZone === "none" ? 0 : 1);
  if (logicalReplication === "off" || replicationSlots > held) return;
  context.addIssue({
    code: "custom",
    path: ["replicationSlots"],
    message: `replicationSlots (${String(replicationSlots)}) leaves no slot for a subscriber beside the ${String(held)} of the read replicas: raise it to ${String(held + 1)} or more`,
  });
}
