import { z } from "zod";
import { isList, isProperties, valuesAt, type Value } from "../../offline/cloud/value";
import { backupRegionsSetting, declaredRegions, region, regionNamed, regionOf } from "../checks/regions";
import { criticalitySettings, isRebuildable, tagsOf, tagsPath, TAGGABLE, type Criticality } from "../checks/tags";
import type { Node } from "../model/graph";
import { graphRule, resourceRule, type Expect, type Inputs, type Rule, type Subject } from "../model/rule";
import { undecided } from "../model/view";
import type { ResourceType } from "../types";

type Kept = { readonly [T in ResourceType]?: (inputs: Inputs<T>, expect: Expect) => void };

const nothingMore = () => undefined;

/** What the providers and clouds say about deletion of each type that keeps data. */
const KEPT: Kept = {
  "aws:backup/vault:Vault": ({ forceDestroy }, expect) => {
    expect("forceDestroy", "deletes the backups with the vault", () => forceDestroy !== true);
  },
  "aws:cloudtrail/trail:Trail": nothingMore,
  "aws:cognito/userPool:UserPool": (pool, expect) => {
    expect("deletionProtection", "is not ACTIVE", () => pool.deletionProtection === "ACTIVE");
  },
  "aws:docdb/cluster:Cluster": databaseFlags,
  "aws:docdb/clusterInstance:ClusterInstance": nothingMore,
  "aws:dynamodb/table:Table": (table, expect) => {
    expect("deletionProtectionEnabled", "is not true", () => table.deletionProtectionEnabled === true);
  },
  "aws:ecr/repository:Repository": (repository, expect) => {
    expect("forceDelete", "deletes the images with the repository", () => repository.forceDelete !== true);
  },
  "aws:eks/cluster:Cluster": nothingMore,
  "aws:elasticache/replicationGroup:ReplicationGroup": nothingMore,
  "aws:glue/catalogDatabase:CatalogDatabase": nothingMore,
  "aws:glue/catalogTable:CatalogTable": nothingMore,
  "aws:kms/key:Key": nothingMore,
  "aws:kms/replicaKey:ReplicaKey": nothingMore,
  "aws:mq/broker:Broker": nothingMore,
  "aws:msk/cluster:Cluster": nothingMore,
  "aws:msk/topic:Topic": nothingMore,
  "aws:rds/cluster:Cluster": databaseFlags,
  "aws:rds/instance:Instance": databaseFlags,
  "aws:s3/bucket:Bucket": (bucket, expect) => {
    expect("forceDestroy", "deletes the objects with the bucket", () => bucket.forceDestroy !== true);
  },
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup": nothingMore,
  "aws:secretsmanager/secret:Secret": (secret, expect) => {
    // Without one it is 30 days.
    expect("recoveryWindowInDays", "is 0: a deleted secret is gone at once", () => {
      return (secret.recoveryWindowInDays ?? 30) > 0;
    });
  },
  "azure-native:azureactivedirectory:CIAMTenant": nothingMore,
  "azure-native:containerregistry:Registry": nothingMore,
  "azure-native:containerservice:ManagedCluster": nothingMore,
  "azure-native:cosmosdb:DatabaseAccount": nothingMore,
  "azure-native:cosmosdb:SqlResourceSqlContainer": nothingMore,
  "azure-native:cosmosdb:SqlResourceSqlDatabase": nothingMore,
  "azure-native:dataprotection:BackupVault": nothingMore,
  "azure-native:dbforpostgresql:Database": nothingMore,
  "azure-native:dbforpostgresql:Server": nothingMore,
  "azure-native:keyvault:Key": nothingMore,
  "azure-native:keyvault:Secret": nothingMore,
  "azure-native:keyvault:Vault": ({ properties }, expect) => {
    // Soft deletion is on for every vault: https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
    expect("properties.enablePurgeProtection", "is not true", () => properties?.enablePurgeProtection === true);
  },
  "azure-native:machinelearningservices:ModelContainer": nothingMore,
  "azure-native:machinelearningservices:Workspace": nothingMore,
  "azure-native:mongocluster:MongoCluster": nothingMore,
  "azure-native:operationalinsights:Workspace": nothingMore,
  "azure-native:redisenterprise:Database": nothingMore,
  "azure-native:redisenterprise:RedisEnterprise": nothingMore,
  "azure-native:storage:StorageAccount": nothingMore,
  "gcp:artifactregistry/repository:Repository": nothingMore,
  "gcp:backupdisasterrecovery/backupVault:BackupVault": nothingMore,
  "gcp:biglake/icebergCatalog:IcebergCatalog": nothingMore,
  "gcp:biglake/icebergNamespace:IcebergNamespace": nothingMore,
  "gcp:biglake/icebergTable:IcebergTable": nothingMore,
  "gcp:container/cluster:Cluster": flagged,
  "gcp:firestore/database:Database": (database, expect) => {
    expect("deleteProtectionState", "is not DELETE_PROTECTION_ENABLED", () => {
      return database.deleteProtectionState === "DELETE_PROTECTION_ENABLED";
    });
  },
  "gcp:identityplatform/config:Config": nothingMore,
  "gcp:kms/cryptoKey:CryptoKey": nothingMore,
  "gcp:kms/keyRing:KeyRing": nothingMore,
  "gcp:logging/projectBucketConfig:ProjectBucketConfig": nothingMore,
  "gcp:redis/instance:Instance": flagged,
  "gcp:secretmanager/secret:Secret": flagged,
  "gcp:sql/databaseInstance:DatabaseInstance": (db, expect) => {
    flagged(db, expect);
    // The first is the provider's, the second the cloud's, for who deletes it elsewhere.
    expect("settings.deletionProtectionEnabled", "is not true", () => db.settings?.deletionProtectionEnabled === true);
  },
  "gcp:storage/bucket:Bucket": (bucket, expect) => {
    expect("forceDestroy", "deletes the objects with the bucket", () => bucket.forceDestroy !== true);
  },
  "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": nothingMore,
  "kubernetes:kafka.strimzi.io/v1:Kafka": nothingMore,
  "kubernetes:kafka.strimzi.io/v1:KafkaNodePool": nothingMore,
  "kubernetes:kafka.strimzi.io/v1:KafkaTopic": nothingMore,
  "kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster": nothingMore,
};

/** Types that keep data. */
export const KEPT_TYPES = Object.keys(KEPT) as readonly ResourceType[];

/**
 * Words in the name of an input that say that it guards something. A name is read word by word: `kmsKeyId` has `kms`.
 */
const GUARDING: ReadonlySet<string> = new Set([
  "access",
  "acl",
  "acls",
  "admin",
  "admins",
  "allow",
  "allowed",
  "audit",
  "auth",
  "authentication",
  "authorization",
  "authorized",
  "cidr",
  "cidrs",
  "cmek",
  "deletion",
  "egress",
  "encrypted",
  "encryption",
  "firewall",
  "iam",
  "ingress",
  "kms",
  "labels",
  "logging",
  "password",
  "permission",
  "permissions",
  "policies",
  "policy",
  "principal",
  "privileged",
  "protection",
  "public",
  "publicly",
  "role",
  "roles",
  "security",
  "ssl",
  "tags",
  "tls",
  "workload",
]);

/** Blocks of inputs that guard something, whatever a stack has set in them. */
const BLOCKS: ReadonlySet<string> = new Set([
  "*",
  "networkProfile",
  "settings",
  "siteConfig",
  "spec",
  "template",
  "vpcConfig",
]);

/** Inputs that are ignored for a reason, although they or what is in them guard something. */
const READ_ONCE: readonly {
  readonly type: ResourceType;
  readonly path: string;
  readonly when: (node: Node) => boolean;
}[] = [
  {
    // It is read when the cluster is made, and never again: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessConfigRequest.html
    type: "aws:eks/cluster:Cluster",
    path: "accessConfig.bootstrapClusterCreatorAdminPermissions",
    when: () => true,
  },
  {
    // It describes nodes that are gone once the cluster is there: pools say what nodes are like.
    // https://www.pulumi.com/registry/packages/gcp/api-docs/container/cluster/
    type: "gcp:container/cluster:Cluster",
    path: "nodeConfig",
    when: ({ inputs }) => inputs["removeDefaultNodePool"] === true,
  },
];

/** Where each store says that it has copies, and in which form. */
const COPIES_AT: Readonly<Partial<Record<ResourceType, readonly string[]>>> = {
  "aws:backup/plan:Plan": ["rules[*].copyActions[*].destinationVaultArn"],
  "aws:dynamodb/table:Table": ["replicas[*].regionName"],
  "aws:ecr/replicationConfiguration:ReplicationConfiguration": [
    "replicationConfiguration.rules[*].destinations[*].region",
  ],
  "aws:secretsmanager/secret:Secret": ["replicas[*].region"],
  "azure-native:cosmosdb:DatabaseAccount": ["locations[*].locationName"],
  "gcp:backupdisasterrecovery/backupPlan:BackupPlan": ["backupVault"],
  "gcp:secretmanager/secret:Secret": ["replication.userManaged.replicas[*].location"],
  "gcp:sql/databaseInstance:DatabaseInstance": ["settings.backupConfiguration.location"],
  "gcp:storage/bucket:Bucket": ["customPlacementConfig.dataLocations[*]"],
};

/** Stores of data of people; keys and clusters hold none. */
const HOLDS_DATA = [
  "aws:backup/plan:Plan",
  "aws:backup/vault:Vault",
  "aws:cognito/userPool:UserPool",
  "aws:docdb/cluster:Cluster",
  "aws:dynamodb/table:Table",
  "aws:ecr/replicationConfiguration:ReplicationConfiguration",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:mq/broker:Broker",
  "aws:msk/cluster:Cluster",
  "aws:rds/cluster:Cluster",
  "aws:rds/instance:Instance",
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  "aws:s3/bucket:Bucket",
  "aws:secretsmanager/secret:Secret",
  "azure-native:cosmosdb:DatabaseAccount",
  "azure-native:dataprotection:BackupVault",
  "azure-native:dbforpostgresql:Server",
  "azure-native:mongocluster:MongoCluster",
  "azure-native:redisenterprise:RedisEnterprise",
  "azure-native:storage:StorageAccount",
  "gcp:backupdisasterrecovery/backupPlan:BackupPlan",
  "gcp:backupdisasterrecovery/backupVault:BackupVault",
  "gcp:firestore/database:Database",
  "gcp:redis/instance:Instance",
  "gcp:secretmanager/secret:Secret",
  "gcp:sql/databaseInstance:DatabaseInstance",
  "gcp:storage/bucket:Bucket",
] as const satisfies readonly ResourceType[];

const residencySettings = z.object({
  classificationKey: z.string().default("data-classification").describe("Tag that says what data a store holds."),
  regions: z
    .record(z.string(), z.array(z.string()).min(1))
    .default({})
    .describe(
      "Regions that data of a class may be in, by the value of that tag. Other data may be where the stack is.",
    ),
  restricted: z
    .array(z.string())
    .default(["pii", "phi"])
    .describe("Values of that tag for which regions must be named: where the stack is does not answer for them."),
  backupRegions: backupRegionsSetting,
});

export const governanceRules: readonly Rule[] = [
  resourceRule({
    id: "stateful-pulumi-protect",
    title: "What keeps data is deleted by nobody in passing",
    severity: "high",
    controls: { iso27001: ["A.8.13"] },
    why: "A rename, a removed line or `pulumi destroy` in the wrong stack deletes a store as readily as anything else, and its data with it.",
    remedy: {
      text: "Set protect on it, and the deletion protection of the cloud, which stops everybody else.",
      example: 'new dynamodb.Table("sessions", { deletionProtectionEnabled: true, … }, { protect: true })',
    },
    source: "https://www.pulumi.com/docs/iac/concepts/options/protect/",
    starred: true,
    settings: criticalitySettings,
    on: Object.fromEntries(
      Object.entries(KEPT).map(([type, more]) => [
        type,
        (inputs: never, expect: Expect, { resource, stack, settings }: Subject<Criticality>) => {
          if (stack.class !== "production" && stack.class !== "recovery") return;
          if (isRebuildable(resource, settings)) return;
          expect("", "is not protected from deletion by the engine", () => resource.protect);
          (more as (inputs: never, expect: Expect) => void)(inputs, expect);
        },
      ]),
    ),
  }),
  graphRule({
    id: "no-ignorechanges-on-security",
    title: "No change of what guards something is overlooked",
    severity: "high",
    controls: { iso27001: ["A.8.9", "A.8.32"] },
    why: "What is ignored stays as somebody has left it: a port that was opened by hand is never closed again, and no preview shows it.",
    remedy: {
      text: "Take the path out of ignoreChanges, or name the one input in it that others change.",
      example: '{ ignoreChanges: ["scalingConfig.desiredSize"] }',
    },
    source: "https://www.pulumi.com/docs/iac/concepts/options/ignorechanges/",
    starred: true,
    types: [],
    check: (graph, judge) => {
      const ignoring = [...graph.nodes].filter(({ ignoreChanges }) => ignoreChanges.length > 0);
      judge.each(ignoring, (node, expect) => {
        for (const path of node.ignoreChanges) {
          const found = guardedBy(node, path);
          expect(path, `is ignored, and ${found ?? ""} guards something`, () => found === undefined);
        }
      });
    },
  }),
  resourceRule({
    id: "required-tags",
    title: "Every resource says what it belongs to",
    severity: "medium",
    controls: { iso27001: ["A.5.9"] },
    why: "What nobody can place is paid for by nobody, kept out of every backup that goes by tags, and deleted by nobody.",
    remedy: {
      text: "Give the provider the tags of the stack, or the resource its own where the cloud has none for all.",
      example:
        'new aws.Provider("aws", { defaultTags: { tags: { system, stack, class: stackClass, "managed-by": "pulumi" } } })',
    },
    source: "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
    settings: z.object({
      keys: z
        .array(z.string())
        .default(["system", "stack", "class", "managed-by"])
        .describe("Tags, or labels, that every resource has which can have some."),
    }),
    on: Object.fromEntries(
      TAGGABLE.map((type) => [
        type,
        (_inputs: never, expect: Expect, { resource, settings }: Subject<{ readonly keys: readonly string[] }>) => {
          const tags = tagsOf(resource);
          const missing = settings.keys.filter((key) => tags[key] === undefined);
          expect(tagsPath(resource), `has no ${missing.join(", ")}`, () => missing.length === 0);
        },
      ]),
    ),
  }),
  graphRule({
    id: "data-residency",
    title: "Data and their copies stay in the regions that they may be in",
    severity: "high",
    controls: { gdpr: ["Articles 44-49"] },
    why: "Data of people that leave the regions named for them break the law from the first copy on, and the copy cannot be called back.",
    remedy: {
      text: "Move the store or its copy to a region that its class of data may be in, or name the region in the settings.",
      example: 'new s3.Bucket("patients", { region: "us-west-2", tags: { "data-classification": "phi" } })',
    },
    source: "https://gdpr-info.eu/chapter-5/",
    starred: true,
    settings: residencySettings,
    types: HOLDS_DATA,
    check: (graph, judge, { stack, settings }) => {
      const declared = declaredRegions(stack, settings.backupRegions);
      judge.each(graph.all(...HOLDS_DATA), (store, expect) => {
        const allowed = (): ReadonlySet<string> => {
          const classification = tagsOf(store)[settings.classificationKey];
          const named = classification === undefined ? undefined : settings.regions[classification];
          if (named !== undefined) return new Set(named.map(region));
          if (classification !== undefined && settings.restricted.includes(classification)) {
            undecided(tagsPath(store), `names ${classification}, for which the rule's settings name no regions`);
          }
          if (declared.size === 0) undecided("", "the stack declares no region, and the rule's settings name none");
          return declared;
        };
        const isAllowed = (place: string | undefined) => place !== undefined && allowed().has(place);
        expect("", "is in a region that its data may not be in", () => isAllowed(regionOf(store)));
        for (const { path, place } of copiesOf(store)) {
          expect(path, "is a region that its data may not be in", () => isAllowed(place()));
        }
      });
    },
  }),
];

function databaseFlags(
  db: Inputs<"aws:rds/instance:Instance" | "aws:rds/cluster:Cluster" | "aws:docdb/cluster:Cluster">,
  expect: Expect,
): void {
  expect("deletionProtection", "is not true", () => db.deletionProtection === true);
  expect("skipFinalSnapshot", "is not false: nothing is left of a database that is deleted", () => {
    // RDS makes none of a replica.
    return db.skipFinalSnapshot === false || ("replicateSourceDb" in db && db.replicateSourceDb !== undefined);
  });
}

function flagged(inputs: { readonly deletionProtection?: boolean }, expect: Expect): void {
  expect("deletionProtection", "is not true", () => inputs.deletionProtection === true);
}

/** The input that guards something at, above or below an ignored path. Undefined where there is none. */
function guardedBy(node: Node, path: string): string | undefined {
  if (READ_ONCE.some((each) => each.type === node.type && each.path === path && each.when(node))) return undefined;
  const steps = path.match(/[^.[\]"]+/g) ?? [];
  const last = steps.at(-1) ?? "";
  if (BLOCKS.has(last)) return last;
  return (
    steps.find(guards) ??
    valuesAt(node.inputs, path)
      .map(({ value }) => guardedIn(value))
      .find((each) => each !== undefined)
  );
}

function guardedIn(value: Value): string | undefined {
  if (isList(value)) return value.map(guardedIn).find((each) => each !== undefined);
  if (!isProperties(value)) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const found = guards(key) ? key : item === undefined ? undefined : guardedIn(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function guards(name: string): boolean {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .some((word) => GUARDING.has(word));
}

/** Where the copies of a store are, each at its path. Undecided while one is not known. */
function copiesOf(store: Node): readonly { readonly path: string; readonly place: () => string | undefined }[] {
  return (
    (COPIES_AT[store.type] ?? [])
      .flatMap((path) => valuesAt(store.inputs, path))
      // An empty text is what Google has for none.
      .filter(({ value }) => value !== null && value !== "")
      .map(({ path, value }) => ({
        path,
        place: () => {
          if (typeof value !== "string") undecided(path, "is not known before the update");
          return regionNamed(value) ?? region(value);
        },
      }))
  );
}
