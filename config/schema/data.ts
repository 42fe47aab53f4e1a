import { z } from "zod";
import { zoneLetters, type Zone } from "../../components/planning/address-plan";
import { byClass, identifier, requirementOf, text, wholeNumber, wholeNumberOrByClass } from "./values";

export type AddIssue = { addIssue: (issue: { code: "custom"; path: (string | number)[]; message: string }) => void };

export interface DatabaseDefaults {
  readonly databaseName: string;
  readonly engineVersion: "15" | "17";
  readonly instanceClass: string;
  readonly availability: "single-zone" | "standby" | typeof byClass;
  /** Default: 20. */
  readonly storageGiB?: number;
  readonly maxStorageGiB: number;
  readonly backupRetentionDays: number | typeof byClass;
  readonly replicaZone?: Zone;
  readonly backupCopy: boolean;
  readonly requirements?: { readonly database: string; readonly replica: string; readonly backupCopy: string };
}

/** How a database and its owner are called. */
export function databaseNames(databaseName: string) {
  const sqlName = text(/^[a-z][a-z0-9_]{0,62}$/, "lower-case letters, digits and _, a letter first");
  return {
    name: sqlName.default(databaseName).meta({ description: "Name of the database" }),
    masterUser: sqlName.default("platform").meta({ description: "Name of the master user; its password is generated" }),
  };
}

/** Major version of PostgreSQL; the minor one is the cloud's. */
export function postgresVersion(
  company: "AWS" | "Google" | "Azure",
  version: "15" | "17" | "18",
  requirement: string | undefined,
) {
  return z
    .enum(["18", "17", "16", "15"])
    .default(version)
    .meta({
      description: `Major version of PostgreSQL; ${company} chooses and raises the minor`,
      ...requirementOf(requirement),
    });
}

/** The settings of a PostgreSQL server; `checkStorage` belongs to them. */
export function databaseFields(defaults: DatabaseDefaults) {
  const requirement = (of: "database" | "replica" | "backupCopy" = "database") =>
    defaults.requirements === undefined ? {} : { requirement: defaults.requirements[of] };
  return {
    ...databaseNames(defaults.databaseName),
    engineVersion: postgresVersion("AWS", defaults.engineVersion, defaults.requirements?.database),
    instanceClass: text(/^db\.[a-z0-9]+\.[a-z0-9]+$/, "a class such as db.t3.micro")
      .default(defaults.instanceClass)
      .meta({
        description: "Machine of the instance, its standby and its replica",
        ...requirement(),
      }),
    availability: z
      .enum(["single-zone", "standby", byClass])
      .default(defaults.availability)
      .meta({
        description: "`standby`: a synchronous copy in a second zone takes over within 60 s",
        ...requirement(),
      }),
    storageGiB: wholeNumber(20, 65536)
      .default(defaults.storageGiB ?? 20)
      .meta({ description: "Storage at first", unit: "GiB", ...requirement() }),
    maxStorageGiB: wholeNumber(22, 65536)
      .default(defaults.maxStorageGiB)
      .meta({
        description: "Storage that it may grow to by itself; at least 10 % above storageGiB",
        unit: "GiB",
        ...requirement(),
      }),
    storageType: z
      .literal("gp3")
      .default("gp3")
      .meta({ description: "Type of storage", ...requirement() }),
    backupRetentionDays: wholeNumberOrByClass(1, 35)
      .default(defaults.backupRetentionDays)
      .meta({
        description: "How long automatic backups are kept, here and in the backup region",
        unit: "days",
        ...requirement(),
      }),
    backupCopy: z
      .boolean()
      .default(defaults.backupCopy)
      .meta({
        description: "Whether automatic backups are copied to the backup region",
        ...requirement("backupCopy"),
      }),
    maxConnections: wholeNumber(6, 262143)
      .default(100)
      .meta({
        description: "Connections at most: the pools of all pods together stay below it",
        unit: "connections",
        ...requirement(),
      }),
    monitoringIntervalSeconds: z
      .literal([1, 5, 10, 15, 30, 60])
      .default(60)
      .meta({ description: "Interval of enhanced monitoring", unit: "seconds", ...requirement() }),
    replicaZone: z
      .enum([...zoneLetters, "none"])
      .default(defaults.replicaZone ?? "none")
      .meta({
        description: "Zone of a read replica, which the instance and its standby then stay out of",
        ...requirement("replica"),
      }),
  };
}

/** RDS wants room to grow: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html */
export function checkStorage(
  { storageGiB, maxStorageGiB }: { readonly storageGiB: number; readonly maxStorageGiB: number },
  context: AddIssue,
): void {
  const least = Math.ceil((storageGiB * 11) / 10);
  if (maxStorageGiB >= least) return;
  context.addIssue({
    code: "custom",
    path: ["maxStorageGiB"],
    message: `maxStorageGiB (${String(maxStorageGiB)}) is not 10 % above storageGiB (${String(storageGiB)}), which RDS requires: raise it to ${String(least)} or more`,
  });
}

export function databaseSettings(defaults: DatabaseDefaults) {
  return z
    .strictObject(databaseFields(defaults))
    .superRefine(checkStorage)
    .prefault({})
    .meta({ description: "PostgreSQL" });
}

export function cacheSettings(defaults: {
  readonly engineVersion: "7.0" | "7.1";
  readonly nodeType: string;
  readonly nodes: number | typeof byClass;
  readonly snapshotRetentionDays: number;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      engineVersion: z
        .enum(["7.1", "7.0"])
        .default(defaults.engineVersion)
        .meta({
          description: "Version of Redis; 7.1 is the last one of ElastiCache",
          ...requirement,
        }),
      nodeType: text(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, "a node type such as cache.t3.micro")
        .default(defaults.nodeType)
        .meta({
          description: "Machine of each node",
          ...requirement,
        }),
      nodes: wholeNumberOrByClass(1, 6)
        .default(defaults.nodes)
        .meta({
          description:
            "One primary and its replicas; from two on they lie in several zones and fail over by themselves",
          unit: "nodes",
          ...requirement,
        }),
      snapshotRetentionDays: wholeNumber(0, 35)
        .default(defaults.snapshotRetentionDays)
        .meta({
          description: "How long the daily backup is kept; 0 takes none",
          unit: "days",
          ...requirement,
        }),
    })
    .prefault({})
    .meta({ description: "Redis" });
}

/** What is deleted has been in the cheaper tier before. */
export function checkAges(
  ages: { readonly infrequentAccessAfterDays: number; readonly deleteAfterDays: number },
  context: AddIssue,
): void {
  const { infrequentAccessAfterDays, deleteAfterDays } = ages;
  if (deleteAfterDays > infrequentAccessAfterDays) return;
  context.addIssue({
    code: "custom",
    path: ["deleteAfterDays"],
    message: `deleteAfterDays (${String(deleteAfterDays)}) is not above infrequentAccessAfterDays (${String(infrequentAccessAfterDays)}): raise the first or lower the second`,
  });
}

export function objectSettings(defaults: { readonly prefixes: string[]; readonly requirement?: string }) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      prefixes: z
        .array(identifier)
        .min(1, "give at least one prefix")
        .default(defaults.prefixes)
        .meta({
          description: "Key prefixes of the bucket, each with a life cycle rule",
          ...requirement,
        }),
      infrequentAccessAfterDays: wholeNumber(30, 3650)
        .default(90)
        .meta({
          description: "Age at which an object moves to Infrequent Access",
          unit: "days",
          ...requirement,
        }),
      deleteAfterDays: wholeNumber(31, 36500)
        .default(365)
        .meta({ description: "Age at which an object is deleted", unit: "days", ...requirement }),
      keepVersionsDays: wholeNumber(1, 3650).default(30).meta({
        description: "How long a replaced or deleted version can be brought back",
        unit: "days",
      }),
    })
    .superRefine(checkAges)
    .prefault({})
    .meta({ description: "Bucket of objects" });
}
