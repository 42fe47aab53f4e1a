import { z } from "zod";
import { isOneRegion, region, regionOf, regionsAt } from "../../checks/regions";
import { criticalitySettings, isRebuildable, tagsOf } from "../../checks/tags";
import { anyOf } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, type Rule, type StackFacts } from "../../model/rule";
import { undecided } from "../../model/view";
import type { ResourceType } from "../../types";
import { copiesElsewhere, isSelected, keepsOwnBackups } from "./backups";

/** How data of a type get to other places. */
interface Copies<T extends ResourceType> {
  /** Whether a copy of it is in another region. */
  readonly region: (graph: Graph, store: Node<T>) => boolean;
  /** Whether another cloud can follow it. Default: that lies in another stack. */
  readonly cloud?: (graph: Graph, store: Node<T>) => boolean;
  /** Whether it is a copy itself. Default: no. */
  readonly isCopy?: (store: Node<T>) => boolean;
}

const inPlanWithCopies = (graph: Graph, store: Node) =>
  isSelected(graph, store, (plan) =>
    anyOf((plan.props.rules ?? []).keys(), (rule) => copiesElsewhere(graph, plan, rule)),
  );

const inGeoVault = (graph: Graph, store: Node, path: string) =>
  anyOf(graph.all("azure-native:dataprotection:BackupInstance"), (instance) => {
    if (!graph.references(instance, path, store.type).nodes.includes(store)) return false;
    const vaults = graph.to(instance, "vaultName", "azure-native:dataprotection:BackupVault");
    return vaults.some((vault) =>
      (vault.props.properties?.storageSettings ?? []).some(({ type }) => type === "GeoRedundant"),
    );
  });

/** Messages are read by who copies them, which is at the other end. */
const BY_READER = "is copied by who reads it, in another stack";

const COPIES: { readonly [T in ResourceType]?: Copies<T> } = {
  "aws:rds/instance:Instance": {
    isCopy: ({ inputs }) => inputs["replicateSourceDb"] !== undefined && inputs["replicateSourceDb"] !== null,
    region: (graph, db) =>
      anyOf(
        [
          () => keepsOwnBackups(graph, db),
          () =>
            graph
              .from("aws:rds/instance:Instance", "replicateSourceDb", db)
              .some((replica) => regionOf(replica) !== regionOf(db)),
          () => inPlanWithCopies(graph, db),
        ],
        (way) => way(),
      ),
    cloud: (graph, db) =>
      graph
        .to(db, "parameterGroupName", "aws:rds/parameterGroup:ParameterGroup")
        .some(({ props }) =>
          (props.parameters ?? []).some(({ name, value }) => name === "rds.logical_replication" && value === "1"),
        ),
  },
  "aws:rds/cluster:Cluster": { region: inPlanWithCopies },
  "aws:docdb/cluster:Cluster": { region: inPlanWithCopies },
  "aws:dynamodb/table:Table": {
    region: (graph, table) =>
      anyOf(
        [
          () => (table.props.replicas ?? []).some(({ regionName }) => regionName !== regionOf(table)),
          () =>
            graph
              .from("aws:dynamodb/tableReplica:TableReplica", "globalTableArn", table)
              .some((replica) => regionOf(replica) !== regionOf(table)),
          () => inPlanWithCopies(graph, table),
        ],
        (way) => way(),
      ),
  },
  "aws:s3/bucket:Bucket": {
    region: (graph, bucket) =>
      anyOf([() => isReplicated(graph, bucket), () => inPlanWithCopies(graph, bucket)], (way) => way()),
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    isCopy: ({ inputs }) => inputs["globalReplicationGroupId"] !== undefined,
    region: (graph, group) =>
      graph.from("aws:elasticache/globalReplicationGroup:GlobalReplicationGroup", "primaryReplicationGroupId", group)
        .length > 0,
  },
  "aws:msk/cluster:Cluster": {
    region: (graph, cluster) => {
      const path = "kafkaClusters[*].amazonMskCluster.mskClusterArn";
      return graph.from("aws:msk/replicator:Replicator", path, cluster).length > 0 || undecided("", BY_READER);
    },
  },
  "gcp:sql/databaseInstance:DatabaseInstance": {
    isCopy: ({ inputs }) => inputs["masterInstanceName"] !== undefined && inputs["masterInstanceName"] !== null,
    region: (graph, db) =>
      anyOf(
        [
          () => {
            const location = db.props.settings?.backupConfiguration?.location;
            return location !== undefined && region(location) !== regionOf(db);
          },
          () =>
            graph
              .from("gcp:sql/databaseInstance:DatabaseInstance", "masterInstanceName", db)
              .some((replica) => regionOf(replica) !== regionOf(db)),
        ],
        (way) => way(),
      ),
    cloud: (_graph, db) =>
      (db.props.settings?.databaseFlags ?? []).some(
        ({ name, value }) => name === "cloudsql.logical_decoding" && value === "on",
      ),
  },
  "gcp:storage/bucket:Bucket": {
    region: (graph, bucket) =>
      anyOf(
        [
          // A pair of regions, or a whole continent: https://docs.cloud.google.com/storage/docs/locations
          () => !isOneRegion(regionOf(bucket) ?? "us"),
          () => {
            const path = "transferSpec.gcsDataSource.bucketName";
            return graph
              .from("gcp:storage/transferJob:TransferJob", path, bucket)
              .some((job) => sinkIsElsewhere(graph, job, bucket));
          },
        ],
        (way) => way(),
      ),
  },
  "gcp:firestore/database:Database": {
    // A schedule of backups names no place, and a database of several regions is one already:
    // https://firebase.google.com/docs/firestore/reference/rest/v1/projects.databases.backupSchedules
    region: (_graph, database) => !isOneRegion(regionOf(database) ?? "nam5"),
  },
  "gcp:redis/instance:Instance": { region: () => false },
  "azure-native:dbforpostgresql:Server": {
    isCopy: ({ inputs }) => inputs["createMode"] === "Replica",
    region: (graph, db) =>
      anyOf(
        [
          () => db.props.backup?.geoRedundantBackup === "Enabled",
          () => inGeoVault(graph, db, "properties.dataSourceInfo.resourceID"),
          () =>
            graph
              .from("azure-native:dbforpostgresql:Server", "sourceServerResourceId", db)
              .some((replica) => regionOf(replica) !== regionOf(db)),
        ],
        (way) => way(),
      ),
    cloud: (graph, db) =>
      graph
        .from("azure-native:dbforpostgresql:Configuration", "serverName", db)
        .some(({ props }) => props.configurationName === "wal_level" && props.value === "logical"),
  },
  "azure-native:storage:StorageAccount": {
    region: (graph, account) =>
      anyOf(
        [
          () => /_(RA)?GZ?RS$/i.test(account.props.sku?.name ?? ""),
          () => inGeoVault(graph, account, "properties.dataSourceInfo.resourceID"),
          () =>
            graph.from("azure-native:storage:ObjectReplicationPolicy", "properties.sourceAccount", account).length > 0,
        ],
        (way) => way(),
      ),
  },
  "azure-native:cosmosdb:DatabaseAccount": {
    region: (_graph, account) =>
      new Set((account.props.locations ?? []).map(({ locationName }) => region(locationName ?? ""))).size >= 2,
  },
  "azure-native:mongocluster:MongoCluster": {
    isCopy: ({ inputs }) => JSON.stringify(inputs["properties"] ?? "").includes('"GeoReplica"'),
    region: (graph, cluster) =>
      graph
        .from("azure-native:mongocluster:MongoCluster", "properties.replicaParameters.sourceResourceId", cluster)
        .some((replica) => regionOf(replica) !== regionOf(cluster)),
  },
  "azure-native:redisenterprise:RedisEnterprise": {
    region: (graph, cluster) =>
      graph
        .from("azure-native:redisenterprise:Database", "clusterName", cluster)
        .some(({ props }) => (props.geoReplication?.linkedDatabases ?? []).length >= 2),
  },
};

export const STORES = Object.keys(COPIES) as readonly ResourceType[];

/** What can be filled again from the databases behind it. */
const CACHES = [
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "azure-native:redisenterprise:RedisEnterprise",
  "gcp:redis/instance:Instance",
];

export const copyRules: readonly Rule[] = [
  graphRule({
    id: "dr-stateful-has-offsite-copy",
    title: "What a site keeps has a copy in another region, and one in another cloud",
    severity: "critical",
    controls: { iso27001: ["A.8.13", "A.8.14"], hipaa: ["164.308(a)(7)(ii)(B)"] },
    why: "Data that are in one region are gone while it is, and data that are with one cloud are gone with the account.",
    remedy: {
      text: "Replicate the store, or copy its backups, to another region; bring it to another cloud by logical replication or a transfer job, and name that in the rule's settings where another stack does it.",
      example: 'new dynamodb.Table("sessions", { replicas: [{ regionName: "us-east-2", … }], … })',
    },
    source:
      "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_disaster_recovery.html",
    starred: true,
    settings: criticalitySettings.extend({
      caches: z
        .array(z.string())
        .default([...CACHES])
        .describe("Types that need no copy unless they are tagged as something else."),
      elsewhere: z
        .record(z.string(), z.string().min(1))
        .default({})
        .describe("How data of a type get to another cloud where another stack brings them there, by type."),
    }),
    types: STORES,
    check: (graph, judge, { stack, settings }) => {
      // A recovery site is the copy, also while it carries the load: a rule must not stop the switch to it.
      if (stack.class !== "production") return;
      const linked = stack.config["platform:site"] !== undefined;
      for (const type of STORES) {
        const copies = COPIES[type] as unknown as Copies<ResourceType>;
        judge.each(graph.all(type), (store, expect) => {
          const needsNone = () => {
            if (copies.isCopy?.(store) === true) return true;
            if (isRebuildable(store, settings)) return true;
            return settings.caches.includes(type) && tagsOf(store)[settings.criticalityKey] === undefined;
          };
          expect("", "has no copy in another region", () => needsNone() || copies.region(graph, store));
          if (!linked || settings.elsewhere[type] !== undefined) return;
          expect("", "has no copy in another cloud, and none can follow it", () => {
            if (needsNone()) return true;
            if (copies.cloud === undefined) undecided("", "a copy in another cloud is made by another stack");
            return copies.cloud(graph, store);
          });
        });
      }
    },
  }),
];

/** Whether users' data are in the stack. A recovery site is a copy itself until it takes the load. */
export function serves({ class: stackClass, config }: StackFacts): boolean {
  return stackClass === "production" || (stackClass === "recovery" && config["platform:role"] === "active");
}

function isReplicated(graph: Graph, bucket: Node): boolean {
  const own = regionOf(bucket);
  return graph.from("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "bucket", bucket).some((config) =>
    anyOf((config.props.rules ?? []).keys(), (index) => {
      if (config.props.rules?.[index]?.status !== "Enabled") return false;
      const regions = destinationRegions(graph, config, `rules[${String(index)}].destination.bucket`);
      return [...regions].some((each) => each !== own);
    }),
  );
}

/** Regions of the buckets at a path: their ARNs have none. */
export function destinationRegions(graph: Graph, from: Node, path: string): ReadonlySet<string> {
  return regionsAt(graph, from, path, ["aws:s3/bucket:Bucket"]);
}

function sinkIsElsewhere(graph: Graph, job: Node<"gcp:storage/transferJob:TransferJob">, bucket: Node): boolean {
  const sinks = graph.to(job, "transferSpec.gcsDataSink.bucketName", "gcp:storage/bucket:Bucket");
  return sinks.some((sink) => regionOf(sink) !== regionOf(bucket));
}
