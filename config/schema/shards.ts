import { z } from "zod";
import { zoneLetters, type Zone } from "../../components/planning/address-plan";
import { slotCount, slotFaults, type SlotTable } from "../../components/planning/shards";
import type { AddIssue } from "./data";
import { identifier, requirementOf, wholeNumber } from "./values";

/** A key of a shard or replica: the name of an instance has 63 characters, and the rest of it takes most of them. */
const instanceKey = identifier.max(12, "give at most 12 characters, since it is part of the names of instances");

const slotBounds = `give a whole number from 0 to ${String(slotCount - 1)}`;

/** Aborting: a slot that is none is no gap as well. */
const slot = z
  .int(slotBounds)
  .min(0, { error: slotBounds, abort: true })
  .max(slotCount - 1, { error: slotBounds, abort: true });

/** Shards by their keys, each with its ranges of slots: every slot belongs to exactly one. */
const slotTable = z
  .record(
    instanceKey,
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

export interface ShardDefaults {
  readonly replicas: Readonly<Record<string, Zone>>;
  /** Slots by shard. */
  readonly slots: Readonly<Record<string, [number, number][]>>;
  readonly logicalReplication: "on" | "off";
}

/** Where the disk can fill up with what subscribers have not read yet. */
export interface PublisherDefaults extends ShardDefaults {
  /** Most of the write-ahead log that is kept for subscribers, in GiB. */
  readonly slotRetentionGiB: number;
}

/** Zones of read replicas by their keys. */
export const replicaZones = z.record(instanceKey, z.enum(zoneLetters));

/** Zones of read replicas, of which their source takes so many. */
export function replicasUpTo(most: number, source: "a server" | "an instance") {
  return replicaZones.refine((replicas) => Object.keys(replicas).length <= most, {
    error: `give at most ${String(most)} replicas, the most that ${source} can have`,
  });
}

export function shardSlots(slots: ShardDefaults["slots"], requirement: string | undefined) {
  return slotTable.prefault(slots).meta({
    description: `Shards, each with the ranges of the ${String(slotCount)} slots that it holds; a new one begins with none`,
    ...requirementOf(requirement),
  });
}

/** Room in a server for those that follow it; `checkReplicationSlots` belongs to it. */
export function replicationSlots(most: number) {
  return wholeNumber(5, most).default(20).meta({
    description: "Room for subscribers and read replicas; a change takes effect at a restart",
    unit: "slots",
  });
}

/** What a server keeps for those that follow it; `checkRetention` belongs to it. */
export function slotRetention(gib: number) {
  return wholeNumber(1, 32768).default(gib).meta({
    description: "Write-ahead log kept for a subscriber that is away; one further behind has to copy everything again",
    unit: "GiB",
  });
}

interface Publisher {
  readonly replicaZone: Zone | "none";
  readonly replicas: Readonly<Record<string, Zone>>;
  readonly logicalReplication: "on" | "off";
  readonly replicationSlots: number;
}

/** Each replica holds a slot for as long as it lives, and a subscriber needs one at least. */
export function checkReplicationSlots(
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
