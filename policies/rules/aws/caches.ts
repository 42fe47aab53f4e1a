import { z } from "zod";
import { ownKey } from "../../checks/aws-keys";
import { resourceRule, type Rule } from "../../model/rule";
import { undecided } from "../../model/view";

const ELASTICACHE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg";

const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";
/** Memcached, or a single node of Redis outside of any replication group. */
const CLUSTER = "aws:elasticache/cluster:Cluster";

/** Rules on caches of ElastiCache. */
export const cacheRules: readonly Rule[] = [
  resourceRule({
    id: "aws-elasticache-encrypted",
    title: "Caches are encrypted at rest with a key of the account, and in transit without exception",
    severity: "high",
    controls: { iso27001: ["A.8.24"], soc2: ["CC6.7"], pciDss: ["2.2.7"] },
    why: "Sessions and query results in a cache are as secret as what they were made from. In clear they can be read from a snapshot, or by whoever listens in the network.",
    remedy: {
      text: "Encrypt at rest with a key, and require TLS. Encryption at rest is chosen when the cache is created.",
      example:
        'new elasticache.ReplicationGroup("c", { atRestEncryptionEnabled: true, kmsKeyId: key.arn, transitEncryptionEnabled: true, transitEncryptionMode: "required", … })',
    },
    source: `${ELASTICACHE}/encryption.html`,
    on: {
      [GROUP]: (group, expect) => {
        // A member of a global replication group is as encrypted as that is.
        const isOn = (at: "atRestEncryptionEnabled" | "transitEncryptionEnabled", byDefault: () => boolean) => {
          if (group[at] === undefined && group.globalReplicationGroupId !== undefined) {
            undecided(at, "is that of the global replication group");
          }
          return group[at] ?? byDefault();
        };
        expect("atRestEncryptionEnabled", "leaves disks and snapshots in clear", () => {
          return isOn("atRestEncryptionEnabled", () => group.engine === "valkey");
        });
        ownKey(expect, "kmsKeyId", () => group.kmsKeyId);
        expect("transitEncryptionEnabled", "lets clients connect in clear", () => {
          return isOn("transitEncryptionEnabled", () => false);
        });
        expect("transitEncryptionMode", "lets clients connect in clear as well", () => {
          return group.transitEncryptionMode !== "preferred";
        });
      },
      [CLUSTER]: (cluster, expect) => {
        const isMember = () => cluster.replicationGroupId !== undefined;
        expect("transitEncryptionEnabled", "lets clients connect in clear", () => {
          return cluster.transitEncryptionEnabled === true || isMember();
        });
        // Memcached writes nothing to disk, and has no encryption at rest to switch on.
        // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html
        expect("engine", "cannot be encrypted at rest outside of a replication group", () => {
          return cluster.engine === "memcached" || isMember();
        });
      },
    },
  }),
  resourceRule({
    id: "aws-elasticache-auth",
    title: "Caches ask who connects",
    severity: "high",
    controls: { iso27001: ["A.8.5"], soc2: ["CC6.1"] },
    why: "Whoever reaches the port of a cache without a log-in takes over every session in it.",
    remedy: {
      text: "Give the replication group a user group, or a token that is generated.",
      example: 'new elasticache.ReplicationGroup("c", { userGroupIds: [users.id], transitEncryptionEnabled: true, … })',
    },
    source: `${ELASTICACHE}/auth.html`,
    on: {
      [GROUP]: (group, expect) => {
        expect("authToken", "is missing, and no user group stands in for it", () => {
          return (
            (group.userGroupIds?.length ?? 0) > 0 ||
            [group.authToken, group.authTokenWo].some((token) => isGiven(token))
          );
        });
      },
      [CLUSTER]: (cluster, expect) => {
        // Memcached on ElastiCache has no log-in: its network alone keeps others out.
        // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
        expect("engine", "has no log-in outside of a replication group", () => {
          return cluster.engine === "memcached" || cluster.replicationGroupId !== undefined;
        });
      },
    },
  }),
  resourceRule({
    id: "aws-elasticache-ha-backup",
    title: "Caches go on when a zone fails, and can be restored",
    severity: "high",
    controls: { iso27001: ["A.8.14"], pciDss: ["10.3.3"] },
    why: "With the only node of a cache all sessions end, and the database takes the whole load at once.",
    remedy: {
      text: "Keep a replica in another zone, let it take over by itself, and keep snapshots. A stack of class development may do without.",
      example:
        'new elasticache.ReplicationGroup("c", { numCacheClusters: 2, automaticFailoverEnabled: true, multiAzEnabled: true, snapshotRetentionLimit: 7, … })',
    },
    source: `${ELASTICACHE}/AutoFailover.html`,
    settings: z.object({
      minimumDays: z.int().min(1).max(35).default(7).describe("Days that snapshots are kept, at least."),
    }),
    on: {
      [GROUP]: (group, expect, { stack, settings }) => {
        if (stack.class === "development") return;
        expect("automaticFailoverEnabled", "lets no replica take over", () => group.automaticFailoverEnabled === true);
        expect("multiAzEnabled", "leaves all nodes in one zone", () => group.multiAzEnabled === true);
        const isSharded = "numNodeGroups" in group || "nodeGroupConfigurations" in group;
        expect(isSharded ? "replicasPerNodeGroup" : "numCacheClusters", "leaves the primary without a replica", () => {
          const shards = group.nodeGroupConfigurations ?? [];
          if (shards.length > 0) {
            return shards.every(({ replicaCount }) => (replicaCount ?? group.replicasPerNodeGroup ?? 0) >= 1);
          }
          return isSharded ? (group.replicasPerNodeGroup ?? 0) >= 1 : (group.numCacheClusters ?? 1) >= 2;
        });
        const tooShort = `keeps snapshots for less than ${String(settings.minimumDays)} days`;
        expect("snapshotRetentionLimit", tooShort, () => (group.snapshotRetentionLimit ?? 0) >= settings.minimumDays);
      },
      [CLUSTER]: (cluster, expect, { stack }) => {
        if (stack.class === "development") return;
        const isMember = () => cluster.replicationGroupId !== undefined;
        const isAlone = () => (cluster.numCacheNodes ?? 1) < 2;
        expect("numCacheNodes", "makes a cache of one node", () => !isAlone() || isMember());
        // Memcached has neither replicas nor snapshots: with a zone only the keys of its nodes are lost.
        expect(
          "azMode",
          "leaves all nodes in one zone",
          () => cluster.azMode === "cross-az" || isAlone() || isMember(),
        );
        expect("preferredAvailabilityZones", "names one zone for all nodes", () => {
          const zones = cluster.preferredAvailabilityZones ?? [];
          return zones.length === 0 || new Set(zones).size >= 2 || isAlone();
        });
      },
    },
  }),
];

function isGiven(text: string | undefined): boolean {
  return text !== undefined && text !== "";
}
