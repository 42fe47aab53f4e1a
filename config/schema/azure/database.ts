import { z } from "zod";
import { backupDays, mostReplicas, storageSizes } from "../../../components/azure/postgres.plan";
import { zoneLetters, type Zone } from "../../../components/planning/address-plan";
import { databaseNames, postgresVersion, type AddIssue } from "../data";
import { checkReplicationSlots, replicaZones, replicationSlots, shardSlots, type ShardDefaults } from "../shards";
import { byClass, guid, identifier, minimumTls, requirementOf, text, wholeNumber } from "../values";

/** Burstable machines are none: they have no standby, and no server leaves them for one in the same update. */
const compute = text(/^Standard_[DE]\d+[a-z]*s_v\d$/, "a machine of series D or E such as Standard_D2ds_v5");

const availabilities = ["single-zone", "standby"] as const;

const admin = z.strictObject({
  principalId: guid.meta({ description: "Object id in Microsoft Entra" }),
  principalName: text(/^.{1,63}$/, "1 to 63 characters").meta({ description: "Its name in Microsoft Entra" }),
  type: z.enum(["Group", "User", "ServicePrincipal"]).meta({ description: "What the object is" }),
});

/** PostgreSQL in shards on Azure, each a server with the same settings. */
export function azureDatabaseSettings(
  defaults: ShardDefaults & {
    readonly databaseName: string;
    readonly compute: string;
    readonly storageGiB: (typeof storageSizes)[number];
    readonly availability: (typeof availabilities)[number] | typeof byClass;
    readonly backupRetentionDays: number | typeof byClass;
    readonly requirements?: { readonly database: string; readonly scale: string; readonly backups: string };
  },
) {
  const requirement = requirementOf(defaults.requirements?.database);
  const scale = requirementOf(defaults.requirements?.scale);
  return z
    .strictObject({
      ...databaseNames(defaults.databaseName),
      // https://learn.microsoft.com/azure/postgresql/configure-maintain/how-to-create-users
      masterUser: text(
        /^(?!(?:azure_superuser|azure_pg_admin|admin|administrator|root|guest|public)$|pg_)[a-z][a-z0-9_]{0,62}$/,
        "lower-case letters, digits and _, a letter first, and no name that Azure keeps to itself, such as admin",
      )
        .default("platform")
        .meta({ description: "Name of the master user, for life; its password is generated" }),
      engineVersion: postgresVersion("Azure", "17", defaults.requirements?.database),
      compute: compute
        .default(defaults.compute)
        .meta({ description: "Machine of each server, its standby and its replicas", ...requirement }),
      availability: z
        .enum([...availabilities, byClass])
        .default(defaults.availability)
        .meta({
          description: "`standby`: a synchronous copy in a second zone takes over within 120 s",
          ...requirement,
        }),
      storageGiB: z
        .literal([...storageSizes])
        .default(defaults.storageGiB)
        .meta({ description: "Storage at first; it grows by itself and never shrinks", unit: "GiB", ...requirement }),
      backupRetentionDays: z
        .union([wholeNumber(backupDays.least, backupDays.most), z.literal(byClass)])
        .default(defaults.backupRetentionDays)
        .meta({
          description: `How far back any second can be restored; ${byClass} is ${String(backupDays.least)} at least`,
          unit: "days",
          ...requirementOf(defaults.requirements?.backups),
        }),
      maxConnections: wholeNumber(25, 5000).default(200).meta({
        description: "Connections at most, in both roles: the pools of all pods together stay below it",
        unit: "connections",
      }),
      extensions: z
        .array(text(/^[a-z][a-z0-9_-]*$/, "the name of an extension in small letters, such as pgcrypto"))
        .default([])
        .meta({ description: "Extensions that databases may create" }),
      admins: z
        .record(identifier, admin)
        .default({})
        .meta({ description: "Who logs in by Microsoft Entra with all rights, by a name of your choice that stays" }),
      replicaZone: z
        .enum([...zoneLetters, "none"])
        .default("none")
        .meta({ description: "Zone of a read replica of every shard", ...scale }),
      replicas: replicaZones
        .default(defaults.replicas)
        .meta({ description: "Zones of further read replicas of every shard, in both roles", ...scale }),
      slots: shardSlots(defaults.slots, defaults.requirements?.scale),
      minimumTls,
      logicalReplication: z.enum(["on", "off"]).default(defaults.logicalReplication).meta({
        description: "Whether databases in other clouds can follow, and be followed; takes effect at a restart",
      }),
      // With those of high availability and some to spare, senders stay below the 100 that a server has at most.
      replicationSlots: replicationSlots(80),
      standby: z
        .strictObject({
          compute: compute.optional().meta({ description: "Machine in standby" }),
          availability: z.enum(availabilities).optional().meta({ description: "Standby in a second zone or none" }),
        })
        .optional()
        .meta({
          description: "What is otherwise while the site is in standby: all that a server changes in place",
        }),
    })
    .superRefine(checkReplicationSlots)
    .superRefine(checkReplicas)
    .prefault({})
    .meta({ description: "PostgreSQL" });
}

export type AzureDatabaseSettings = z.output<ReturnType<typeof azureDatabaseSettings>>;

function checkReplicas(
  { replicas, replicaZone }: { readonly replicas: Readonly<Record<string, Zone>>; readonly replicaZone: string },
  context: AddIssue,
): void {
  const all = Object.keys(replicas).length + (replicaZone === "none" ? 0 : 1);
  if (all <= mostReplicas) return;
  context.addIssue({
    code: "custom",
    path: ["replicas"],
    message: `replicas and replicaZone ask for ${String(all)} read replicas: give at most ${String(mostReplicas)}, the most that a server can have`,
  });
}
