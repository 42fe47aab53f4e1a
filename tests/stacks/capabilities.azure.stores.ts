import { isList, isProperties, type Properties } from "../../offline/cloud/value";
import { kafkaByScramAlone, kafkaInEveryZone, rabbitInSeveralZones, rabbitOverTlsAlone } from "./capabilities.brokers";
import { all, count, every, has, is, lists, none, not, refuses, tells } from "./capabilities.proofs";
import { ends } from "./capabilities.azure.cluster";
import { production, region, type Stage } from "./capabilities.azure.stages";
import type { CloudProofs } from "./capabilities.walk";
import { at, text } from "./deployed";

const server = "azure-native:dbforpostgresql:Server";
const redis = "azure-native:redisenterprise:RedisEnterprise";
const cosmos = "azure-native:cosmosdb:DatabaseAccount";
const documents = "azure-native:mongocluster:MongoCluster";
const account = "azure-native:storage:StorageAccount";
const recovery = "azure-native:storage:BlobServiceProperties";

const source = is("createMode", "Default");

/** A parameter of the source and of its replica, which must have the same. */
const parameter = (name: string, value: string) =>
  count("azure-native:dbforpostgresql:Configuration", 2, is("configurationName", name), is("value", value));

/** Whether databases may dial out to those of another site. */
const dialsOutTo = (site: string) => (inputs: Properties) => {
  const rules = at(inputs, "securityRules");
  return (
    isList(rules) &&
    rules.some(
      (rule) =>
        isProperties(rule) &&
        rule["name"] === `to-${site}` &&
        rule["direction"] === "Outbound" &&
        rule["destinationPortRange"] === "5432" &&
        rule["access"] === "Allow",
    )
  );
};

/** What proves the cells of what keeps data on Azure. */
export const storeCells = {
  "postgres.standby": ["standby", count(server, 1, source, is("highAvailability.mode", "ZoneRedundant"))],
  "postgres.replicas": [
    production,
    (stack) =>
      count(
        server,
        1,
        is("createMode", "Replica"),
        is("availabilityZone", "3"),
        is("sourceServerResourceId", stack.id("databases-shard-0-source")),
      )(stack),
  ],
  "postgres.shards": ["shards", count(server, 2, source)],
  "postgres.point-in-time-recovery": [
    "standby",
    all(
      count(server, 1, source, is("backup.backupRetentionDays", 35)),
      refuses(production, "platform:database.backupRetentionDays", { database: { backupRetentionDays: 6 } }),
      not(refuses(production, "platform:database.backupRetentionDays", { database: { backupRetentionDays: 7 } })),
    ),
  ],
  "postgres.logical-publisher": [
    production,
    all(
      parameter("wal_level", "logical"),
      parameter("max_replication_slots", "24"),
      parameter("sync_replication_slots", "on"),
      count("azure-native:dbforpostgresql:Configuration", 0, is("configurationName", "max_slot_wal_keep_size")),
    ),
  ],
  "postgres.logical-subscriber": [
    production,
    all(
      parameter("max_logical_replication_workers", "8"),
      every(server, ends("network.delegatedSubnetResourceId", "/subnets/database")),
      has(
        "azure-native:network:NetworkSecurityGroup",
        is("networkSecurityGroupName", "portfolio-dr-database"),
        dialsOutTo("prod"),
        dialsOutTo("prod-gcp"),
      ),
    ),
  ],
  "postgres.identity-log-in": [
    production,
    all(
      count(server, 1, source, is("authConfig.activeDirectoryAuth", "Enabled")),
      count(
        "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra",
        1,
        is("principalType", "Group"),
        is("principalName", "platform-engineers"),
      ),
    ),
  ],
  "redis.standby": [
    production,
    all(
      count(redis, 1, is("highAvailability", "Enabled")),
      count("azure-native:redisenterprise:Database", 1, is("clusteringPolicy", "NoCluster"), is("port", 10_000)),
    ),
  ],
  "memcached.nodes": {
    asks: { memcached: { mode: "create" } },
    path: "platform:memcached.mode",
    value: '"create"',
  },
  "events.kafka": [production, all(kafkaInEveryZone, none(/eventhub/i))],
  "events.scram": [production, kafkaByScramAlone],
  "queue.rabbitmq": [production, all(rabbitOverTlsAlone, none(/servicebus/i))],
  "queue.zones": [production, rabbitInSeveralZones],
  "documents.mongodb": [
    production,
    count(documents, 1, is("properties.serverVersion", "8.0"), is("properties.encryption", undefined)),
  ],
  // Clusters of the free tier alone have backups of fewer days.
  "documents.point-in-time-recovery": [production, count(documents, 1, is("properties.compute.tier", "M30"))],
  "key-values.tables": [
    production,
    all(
      count(cosmos, 1, is("kind", "GlobalDocumentDB"), is("capabilities", undefined)),
      has(
        "azure-native:cosmosdb:SqlResourceSqlContainer",
        is("resource.partitionKey.paths", ["/id"]),
        is("resource.defaultTtl", -1),
      ),
    ),
  ],
  "key-values.global": [
    "regions",
    count(
      cosmos,
      1,
      is("enableMultipleWriteLocations", true),
      is("locations.0.locationName", region),
      is("locations.1.locationName", "westeurope"),
    ),
  ],
  "key-values.point-in-time-recovery": [
    production,
    all(
      count(
        cosmos,
        1,
        is("backupPolicy.type", "Continuous"),
        is("backupPolicy.continuousModeProperties.tier", "Continuous7Days"),
      ),
      refuses(production, "platform:keyValues.recoveryDays", { keyValues: { mode: "create", recoveryDays: 14 } }),
      not(refuses(production, "platform:keyValues.recoveryDays", { keyValues: { mode: "create", recoveryDays: 30 } })),
    ),
  ],
  "objects.versions": [
    production,
    all(
      (stack) =>
        has(
          recovery,
          is("accountName", stack.input("objects-account", "accountName")),
          is("isVersioningEnabled", true),
          is("deleteRetentionPolicy", { days: 30, enabled: true }),
        )(stack),
      has(
        "azure-native:storage:ManagementPolicy",
        is("policy.rules.2.definition.actions.version.delete.daysAfterCreationGreaterThan", 30),
      ),
    ),
  ],
  "lake.iceberg": [
    production,
    all(
      count(account, 1, is("isHnsEnabled", true)),
      (stack) =>
        has(
          recovery,
          is("accountName", stack.input("lake-account", "accountName")),
          is("isVersioningEnabled", undefined),
          is("deleteRetentionPolicy", { days: 7, enabled: true }),
        )(stack),
      tells(
        "platform:kubernetes:IcebergCatalog",
        is("uri", "https://iceberg-catalog.iceberg.svc:8443/api/catalog"),
        is("warehouseName", "portfolio_dr_lake"),
      ),
      has("kubernetes:apps/v1:Deployment", is("metadata.name", "iceberg-catalog"), (inputs) =>
        text(at(inputs, "spec.template.spec.containers.0.image")).startsWith("apache/polaris:"),
      ),
      has(
        "kubernetes:batch/v1:Job",
        is("metadata.name", "iceberg-catalog-setup"),
        lists("spec.template.spec.containers.0.env", "CATALOG", "portfolio_dr_lake"),
      ),
      none(/fabric:|iceberg(?!catalog).*table/i),
    ),
  ],
} as const satisfies Partial<CloudProofs<Stage>["cells"]>;
