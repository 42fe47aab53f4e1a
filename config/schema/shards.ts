import { z } from "zod";
import type { Zone } from "../../components/planning/address-plan";
import { slotCount, slotFaults, type SlotTable } from "../../components/planning/shards";
import type { AddIssue } from "./data";
import { identifier } from "./values";

/** A key of a shard or replica: the name of an instance has 63 characters, and the rest of it takes most of them. */
export const instanceKey = identifier.max(12, "give at most 12 characters, since it is part of the names of instances");

const slotBounds = `give a whole number from 0 to ${String(slotCount - 1)}`;

/** Aborting: a slot that is none is no gap as well. */
const slot = z
  .int(slotBounds)
  .min(0, { error: slotBounds, abort: true })
  .max(slotCount - 1, { error: slotBounds, abort: true });

/** Shards by their keys, each with its ranges of slots: every slot belongs to exactly one. */
export const slotTable = z
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
