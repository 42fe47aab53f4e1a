import { z } from "zod";
import { mostReplicas, replicationRoles, type ReplicationRole } from "../../../components/gcp/postgres.plan";
import { databaseNames, postgresVersion, type AddIssue } from "../data";
import {
  checkReplicationSlots,
  checkRetention,
  replicasUpTo,
  replicationSlots,
  shardSlots,
  slotRetention,
  type PublisherDefaults,
} from "../shards";
import { byClass, minimumTls, requirementOf, text, wholeNumber, wholeNumberOrByClass } from "../values";

interface Defaults extends PublisherDefaults {
  readonly databaseName: string;
  readonly engineVersion: "17" | "18";
  readonly tier: string;
  readonly availability: "single-zone" | "standby" | typeof byClass;
  /** Default: 20. */
  readonly storageGiB?: number;
  readonly maxStorageGiB: number;
  readonly backupRetentionDays: number | typeof byClass;
  readonly backupCopy: boolean;
  readonly replicationRole: ReplicationRole;
  readonly requirement?: string;
}

/** The settings of PostgreSQL in shards on Cloud SQL, each of which is an instance with the same settings. */
export function gcpDatabaseSettings(defaults: Defaults) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      ...databaseNames(defaults.databaseName),
      engineVersion: postgresVersion("Google", defaults.engineVersion, defaults.requirement),
      tier: text(
        /^(db-custom-\d{1,2}-\d{4,6}|db-f1-micro|db-g1-small)$/,
        "db-custom-<processors>-<MiB> such as db-custom-2-7680, db-g1-small or db-f1-micro",
      )
        .superRefine((tier, context: AddIssue) => {
          const message = tierFault(tier);
          if (message !== undefined) context.addIssue({ code: "custom", path: [], message });
        })
        .default(defaults.tier)
        .meta({ description: "Machine of each instance, its standby and its replicas", ...requirement }),
      availability: z
        .enum(["single-zone", "standby", byClass])
        .default(defaults.availability)
        .meta({
          description:
            "`standby`: a synchronous copy in a second zone takes over within about a minute; `by-class` has none while replicationRole is subscriber",
          ...requirement,
        }),
      storageGiB: wholeNumber(10, 65536)
        .default(defaults.storageGiB ?? 20)
        .meta({ description: "Storage of a new instance; later it grows by itself alone", unit: "GiB" }),
      maxStorageGiB: wholeNumber(10, 65536)
        .default(defaults.maxStorageGiB)
        .meta({ description: "Storage that it may grow to by itself", unit: "GiB" }),
      backupRetentionDays: wholeNumberOrByClass(1, 365).default(defaults.backupRetentionDays).meta({
        description: "How long daily backups are kept; any second of the last 7 days of them can be restored",
        unit: "days",
        requirement: "PF-DR-01",
      }),
      backupCopy: z.boolean().default(defaults.backupCopy).meta({
        description:
          "Whether backups lie in the backup region instead of the site's own; the key that opens them stays in the site's",
      }),
      maxConnections: wholeNumber(14, 262143)
        .default(100)
        .meta({
          description: "Connections at most: the pools of all pods together stay below it",
          unit: "connections",
          ...requirement,
        }),
      replicas: replicasUpTo(mostReplicas, "an instance").default(defaults.replicas).meta({
        description: "Zones of the read replicas of every shard; the source may lie in them too",
        requirement: "PF-SCALE-02",
      }),
      slots: shardSlots(defaults.slots, "PF-SCALE-02"),
      minimumTls,
      logicalReplication: z.enum(["on", "off"]).default(defaults.logicalReplication).meta({
        description:
          "Whether databases in other clouds can follow, or this one follow them; a change takes effect at a restart",
      }),
      replicationRole: z.enum(replicationRoles).default(defaults.replicationRole).meta({
        description:
          "`subscriber`: follows a database of another site until it takes over, and has no standby meanwhile; means nothing while logicalReplication is off",
      }),
      replicationSlots: replicationSlots(100),
      slotRetentionGiB: slotRetention(defaults.slotRetentionGiB),
    })
    .superRefine(({ name, masterUser }, context: AddIssue) => {
      const fault = (path: string, message: string) => {
        context.addIssue({ code: "custom", path: [path], message });
      };
      if (name === "postgres") fault("name", `is "postgres", which every instance has already: give another name`);
      // https://docs.cloud.google.com/sql/docs/postgres/users
      if (/^(postgres$|cloudsql|pg_)/.test(masterUser)) {
        fault("masterUser", `is "${masterUser}", a name that Cloud SQL keeps to itself: give another name`);
      }
    })
    .superRefine(({ storageGiB, maxStorageGiB }, context: AddIssue) => {
      if (maxStorageGiB >= storageGiB) return;
      context.addIssue({
        code: "custom",
        path: ["maxStorageGiB"],
        message: `maxStorageGiB (${String(maxStorageGiB)}) is below storageGiB (${String(storageGiB)}): raise it to ${String(storageGiB)} or more`,
      });
    })
    .superRefine(({ availability, logicalReplication, replicationRole }, context: AddIssue) => {
      if (availability !== "standby" || logicalReplication === "off" || replicationRole === "publisher") return;
      context.addIssue({
        code: "custom",
        path: ["availability"],
        message: `is "standby" while replicationRole is "subscriber", which Cloud SQL rules out: set availability to "${byClass}" or "single-zone", or replicationRole to "publisher"`,
      });
    })
    .superRefine(checkRetention)
    .superRefine((settings, context: AddIssue) => {
      checkReplicationSlots({ ...settings, replicaZone: "none" }, context);
    })
    .prefault({})
    .meta({ description: "PostgreSQL" });
}

export type GcpDatabaseSettings = z.output<ReturnType<typeof gcpDatabaseSettings>>;

/** https://docs.cloud.google.com/sql/docs/postgres/instance-settings */
function tierFault(tier: string): string | undefined {
  const [, processors, memory] = /^db-custom-(\d+)-(\d+)$/.exec(tier) ?? [];
  if (processors === undefined || memory === undefined) return undefined;
  const [cpus, mib] = [Number(processors), Number(memory)];
  if (cpus !== 1 && (cpus === 0 || cpus % 2 !== 0 || cpus > 96)) {
    return `${tier} has ${processors} processors: give 1 or an even number up to 96`;
  }
  const least = Math.max(3840, Math.ceil((cpus * 0.9 * 1024) / 256) * 256);
  const most = Math.floor((cpus * 6.5 * 1024) / 256) * 256;
  if (mib >= least && mib <= most && mib % 256 === 0) return undefined;
  return `${tier} has ${memory} MiB: give a multiple of 256 from ${String(least)} to ${String(most)} for ${processors} processors`;
}
