import { kafkaByScramAlone, kafkaInEveryZone, rabbitInSeveralZones, rabbitOverTlsAlone } from "./capabilities.brokers";
import { all, count, every, has, is, lists, none, refuses } from "./capabilities.proofs";
import { backupRegion, production, project, region, type Stage } from "./capabilities.gcp.stages";
import type { CloudProofs } from "./capabilities.walk";

const instance = "gcp:sql/databaseInstance:DatabaseInstance";
const redis = "gcp:redis/instance:Instance";
const firestore = "gcp:firestore/database:Database";
const bucket = "gcp:storage/bucket:Bucket";

/** A source, not a replica: what a replica has is its source's. */
const source = is("masterInstanceName", undefined);

const flag = (name: string, value: string) => lists("settings.databaseFlags", name, value);

/** What proves the cells of what keeps data on Google Cloud. */
export const storeCells = {
  "postgres.standby": [
    "publisher",
    has(
      instance,
      is("settings.availabilityType", "REGIONAL"),
      is("settings.backupConfiguration.pointInTimeRecoveryEnabled", true),
    ),
  ],
  "postgres.replicas": [
    production,
    count(
      instance,
      1,
      ({ masterInstanceName }) => masterInstanceName !== undefined,
      is("settings.locationPreference.zone", `${region}-c`),
    ),
  ],
  "postgres.shards": ["shards", count(instance, 2, source)],
  "postgres.point-in-time-recovery": [
    "publisher",
    count(
      instance,
      1,
      is("settings.edition", "ENTERPRISE"),
      is("settings.backupConfiguration.transactionLogRetentionDays", 7),
      is("settings.backupConfiguration.backupRetentionSettings.retainedBackups", 35),
    ),
  ],
  "postgres.logical-publisher": ["publisher", every(instance, flag("cloudsql.logical_decoding", "on"))],
  "postgres.logical-subscriber": [
    production,
    all(
      count(
        instance,
        1,
        source,
        flag("max_logical_replication_workers", "20"),
        is("settings.availabilityType", "ZONAL"),
      ),
      has("gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig", is("importCustomRoutes", true)),
      refuses(production, "platform:database.availability", {
        database: { availability: "standby", logicalReplication: "on", replicationRole: "subscriber" },
      }),
    ),
  ],
  "postgres.identity-log-in": [
    production,
    all(
      every(instance, flag("cloudsql.iam_authentication", "on")),
      count("gcp:sql/user:User", 1, is("type", undefined)),
    ),
  ],
  "redis.standby": [production, count(redis, 1, is("tier", "STANDARD_HA"), is("replicaCount", 2))],
  "memcached.nodes": {
    asks: { memcached: { mode: "create" } },
    path: "platform:memcached.mode",
    value: '"create"',
  },
  "events.kafka": [production, all(kafkaInEveryZone, none(/managedkafka/i))],
  "events.scram": [production, kafkaByScramAlone],
  "queue.rabbitmq": [production, rabbitOverTlsAlone],
  "queue.zones": [production, rabbitInSeveralZones],
  "documents.mongodb": [
    production,
    count(
      firestore,
      1,
      is("databaseEdition", "ENTERPRISE"),
      is("mongodbCompatibleDataAccessMode", "DATA_ACCESS_MODE_ENABLED"),
    ),
  ],
  "documents.point-in-time-recovery": [
    production,
    count(
      firestore,
      1,
      is("databaseEdition", "ENTERPRISE"),
      is("pointInTimeRecoveryEnablement", "POINT_IN_TIME_RECOVERY_ENABLED"),
    ),
  ],
  "key-values.tables": [
    production,
    all(
      count(firestore, 1, is("databaseEdition", "STANDARD"), is("type", "FIRESTORE_NATIVE")),
      has("gcp:firestore/field:Field", is("collection", "sessions"), is("ttlConfig", {})),
    ),
  ],
  "key-values.global": {
    asks: { keyValues: { mode: "create", replicaRegions: [backupRegion] } },
    path: "platform:keyValues.replicaRegions",
    value: `["${backupRegion}"]`,
  },
  "key-values.point-in-time-recovery": [
    production,
    count(
      firestore,
      1,
      is("databaseEdition", "STANDARD"),
      is("pointInTimeRecoveryEnablement", "POINT_IN_TIME_RECOVERY_ENABLED"),
    ),
  ],
  "objects.versions": [
    production,
    all(
      every(bucket, is("versioning.enabled", true)),
      has(bucket, is("lifecycleRules.4.condition.daysSinceNoncurrentTime", 30)),
    ),
  ],
  "lake.iceberg": [
    production,
    all(
      has("gcp:biglake/icebergCatalog:IcebergCatalog", is("catalogType", "CATALOG_TYPE_GCS_BUCKET")),
      count(
        "gcp:biglake/icebergTable:IcebergTable",
        1,
        is("location", `gs://${project}-lake-${project}/tables/events`),
      ),
      has(bucket, is("name", `${project}-lake-${project}`), is("location", "US-CENTRAL1")),
    ),
  ],
} as const satisfies Partial<CloudProofs<Stage>["cells"]>;
