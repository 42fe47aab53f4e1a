import { z } from "zod";
import { isEverybody } from "../../checks/gcp";
import { isInternet } from "../../checks/networks";
import { region, regionOf } from "../../checks/regions";
import { isAtLeast } from "../../checks/tls";
import { anyOf } from "../../checks/undecided";
import type { Node } from "../../model/graph";
import { graphRule, resourceRule, type Expect, type Inputs, type Rule } from "../../model/rule";
import { undecided } from "../../model/view";

const SQL = "https://cloud.google.com/sql/docs/postgres";
const DATABASE = "gcp:sql/databaseInstance:DatabaseInstance";
const BUCKET = "gcp:storage/bucket:Bucket";

type Database = Inputs<typeof DATABASE>;

/** What a PostgreSQL server writes down for those who look into an incident. */
const AUDIT_FLAGS = [
  "log_connections",
  "log_disconnections",
  "log_checkpoints",
  "log_lock_waits",
  "cloudsql.enable_pgaudit",
] as const;

export const gcpStoreRules: readonly Rule[] = [
  resourceRule({
    id: "gcp-sql-private",
    title: "Databases have no address of the internet",
    severity: "critical",
    controls: {
      cis: ["GCP 4.0 6.5", "GCP 4.0 6.6"],
      iso27001: ["A.8.1"],
      soc2: ["CC6.2"],
      hipaa: ["164.312(a)(1)"],
      pciDss: ["1.2.8"],
    },
    why: "A database with a public address is one password, or one flaw of the engine, away from everybody.",
    remedy: {
      text: "Set ipv4Enabled to false and reach the instance by private services access or Private Service Connect.",
      example:
        'new sql.DatabaseInstance("db", { settings: { ipConfiguration: { ipv4Enabled: false, privateNetwork: network.id } }, … })',
    },
    source: `${SQL}/configure-private-ip`,
    on: {
      [DATABASE]: (db, expect) => {
        const ip = () => db.settings?.ipConfiguration;
        // Its default is true.
        expect("settings.ipConfiguration.ipv4Enabled", "gives the database a public address", () => {
          return ip()?.ipv4Enabled === false;
        });
        expect("settings.ipConfiguration.privateNetwork", "is missing, and so is Private Service Connect", () => {
          const facts = [
            () => Boolean(ip()?.privateNetwork),
            () => {
              const configs = ip()?.pscConfigs ?? [];
              return anyOf(configs.keys(), (index) => configs[index]?.pscEnabled === true);
            },
          ];
          return anyOf(facts, (fact) => fact());
        });
        for (let index = 0; index < (ip()?.authorizedNetworks?.length ?? 0); index += 1) {
          expect(`settings.ipConfiguration.authorizedNetworks[${String(index)}].value`, "lets the internet in", () => {
            return !isInternet(ip()?.authorizedNetworks?.[index]?.value);
          });
        }
      },
    },
  }),
  resourceRule({
    id: "gcp-sql-tls",
    title: "Nobody speaks to a database in clear",
    severity: "high",
    controls: { cis: ["GCP 4.0 6.4"], iso27001: ["A.8.12"], soc2: ["CC6.7"], pciDss: ["1.2.5"] },
    why: "Passwords and rows that cross the network in clear are read by whoever is on the way.",
    remedy: {
      text: "Require encryption of every connection, of the newest version of TLS.",
      example: 'new sql.DatabaseInstance("db", { settings: { ipConfiguration: { sslMode: "ENCRYPTED_ONLY" } }, … })',
    },
    source: `${SQL}/configure-ssl-instance`,
    on: {
      [DATABASE]: (db, expect) => {
        // By default connections in clear are let in too.
        expect("settings.ipConfiguration.sslMode", "allows connections in clear", () => {
          const mode = db.settings?.ipConfiguration?.sslMode;
          return mode === "ENCRYPTED_ONLY" || mode === "TRUSTED_CLIENT_CERTIFICATE_REQUIRED";
        });
        expect("settings.databaseFlags", "allow a version of TLS before 1.2", () => {
          // The server's own default is TLS 1.2: https://www.postgresql.org/docs/current/runtime-config-connection.html
          return !hasFlag(db, "ssl_min_protocol_version", (least) => !isAtLeast("postgresql", least, "1.2"));
        });
      },
    },
  }),
  resourceRule({
    id: "gcp-sql-backup-pitr",
    title: "Databases can be restored to any moment of the last week, from another region if need be",
    severity: "high",
    controls: {
      cis: ["GCP 4.0 6.7"],
      iso27001: ["A.8.13"],
      soc2: ["CC7.4", "CC7.5"],
      pciDss: ["1.5.1"],
      hipaa: ["164.308(a)(7)(ii)(A)"],
    },
    why: "A fault that is found after the last backup has gone cannot be undone, and backups that go down with their region restore nothing.",
    remedy: {
      text: "Keep automated backups and logs for seven days, in another region.",
      example:
        'new sql.DatabaseInstance("db", { settings: { backupConfiguration: { enabled: true, pointInTimeRecoveryEnabled: true, transactionLogRetentionDays: 7, location: "us-east1" } }, … })',
    },
    source: `${SQL}/backup-recovery/backups`,
    settings: z.object({
      leastBackups: z.int().min(1).max(365).default(7).describe("Automated backups that are kept, at least."),
    }),
    on: {
      [DATABASE]: (db, expect, { settings, stack, resource }) => {
        const backups = () => db.settings?.backupConfiguration;
        const at = "settings.backupConfiguration";
        // A replica has no backups of its own, and those of a plan of Backup and DR are the plan's: it takes these settings away.
        const others = [() => isReplica(db), () => backups()?.backupTier === "ENHANCED"];
        const holds = (...facts: readonly (() => boolean)[]) => anyOf([...facts, ...others], (fact) => fact());
        expect(`${at}.enabled`, "makes no backups", () => holds(() => backups()?.enabled === true));
        expect(`${at}.pointInTimeRecoveryEnabled`, "keeps no logs to restore a moment with", () => {
          return holds(
            () => backups()?.pointInTimeRecoveryEnabled === true,
            () => backups()?.binaryLogEnabled === true,
          );
        });
        expect(`${at}.transactionLogRetentionDays`, "keeps logs for less than seven days", () => {
          // Seven is the most of the edition Enterprise, and its default.
          return holds(() => (backups()?.transactionLogRetentionDays ?? 7) >= 7);
        });
        expect(`${at}.backupRetentionSettings.retainedBackups`, `is less than ${String(settings.leastBackups)}`, () => {
          // The default is 7.
          return holds(() => (backups()?.backupRetentionSettings?.retainedBackups ?? 7) >= settings.leastBackups);
        });
        expect(`${at}.location`, "is the region of the database", () => {
          return holds(
            () => stack.class === "development",
            () => {
              const location = backups()?.location;
              // By default they are in several regions.
              if (location === undefined) return true;
              const own = regionOf(resource) ?? undecided("region", "is that of the provider, which names none");
              return region(location) !== own;
            },
          );
        });
      },
    },
    fix: {
      [DATABASE]: {
        "settings.backupConfiguration.enabled": true,
        "settings.backupConfiguration.transactionLogRetentionDays": 7,
      },
    },
  }),
  graphRule({
    id: "gcp-sql-ha-cmek-protect",
    title: "Databases have a standby, a key of the site, and are not deleted by mistake",
    severity: "high",
    controls: { iso27001: ["A.8.14", "A.8.24"], soc2: ["C1.1"] },
    why: "A zone that fails, a disk that is copied or a wrong destroy each take the data with them.",
    remedy: {
      text: "Make it regional, or give it a replica in another zone; encrypt it with a key of the site; protect it in both places.",
      example:
        'new sql.DatabaseInstance("db", { encryptionKeyName: key.id, deletionProtection: true, settings: { availabilityType: "REGIONAL", deletionProtectionEnabled: true }, … })',
    },
    source: `${SQL}/high-availability`,
    types: [DATABASE],
    check: (graph, judge, { stack }) => {
      const isKept = stack.class !== "development";
      judge.each(graph.all(DATABASE), (node, expect) => {
        const { props: db } = node;
        expect("settings.availabilityType", "is one zone, and no replica is in another", () => {
          // One that follows the database of another site cannot have a standby:
          // https://docs.cloud.google.com/sql/docs/postgres/replication/configure-external-replica
          const facts = [
            () => !isKept,
            () => db.settings?.availabilityType === "REGIONAL",
            () => isReplica(db),
            () => anyOf(graph.from(DATABASE, "masterInstanceName", node), (replica) => isElsewhere(replica, node)),
          ];
          return anyOf(facts, (fact) => fact());
        });
        expect("encryptionKeyName", "is missing", () => {
          if (db.encryptionKeyName) return true;
          // A replica in the region of its source has the key of the source, which is judged by itself.
          return (
            isReplica(db) &&
            graph.to(node, "masterInstanceName", DATABASE).every((source) => regionOf(source) === regionOf(node))
          );
        });
        // Its default is true.
        expect("deletionProtection", "lets the program delete it", () => !isKept || db.deletionProtection !== false);
        expect("settings.deletionProtectionEnabled", "lets everybody else delete it", () => {
          return !isKept || db.settings?.deletionProtectionEnabled === true;
        });
        expect("settings.retainBackupsOnDelete", "deletes the backups with it", () => {
          const facts = [() => !isKept, () => db.settings?.retainBackupsOnDelete === true, () => isReplica(db)];
          return anyOf(facts, (fact) => fact());
        });
      });
    },
  }),
  resourceRule({
    id: "gcp-sql-audit-flags",
    title: "Databases write down who connects and what waits",
    severity: "medium",
    controls: { cis: ["GCP 4.0 6.2.2"], iso27001: ["A.8.16"], soc2: ["CC7.2", "CC7.3"], pciDss: ["10.2.1"] },
    why: "After an incident nobody can say who was connected, and what they did.",
    remedy: {
      text: `Set the flags ${AUDIT_FLAGS.join(", ")} to on.`,
      example:
        'databaseFlags: [{ name: "log_connections", value: "on" }, { name: "cloudsql.enable_pgaudit", value: "on" }]',
    },
    source: `${SQL}/flags`,
    on: {
      [DATABASE]: (db, expect) => {
        for (const name of AUDIT_FLAGS) {
          expect("settings.databaseFlags", `do not set ${name}`, () => {
            const facts = [
              () => hasFlag(db, name, (value) => value === "on"),
              () => db.databaseVersion?.startsWith("POSTGRES") !== true,
            ];
            return anyOf(facts, (fact) => fact());
          });
        }
      },
    },
  }),
  resourceRule({
    id: "gcp-redis-secure",
    title: "Caches ask for a password, encrypt, and survive a zone",
    severity: "high",
    controls: { iso27001: ["A.8.24"], soc2: ["CC6.7"] },
    why: "A cache holds sessions: who reads it is logged in as everybody.",
    remedy: {
      text: "Turn on AUTH, TLS and a key of the site; choose the tier with a replica, and snapshots.",
      example:
        'new redis.Instance("cache", { authEnabled: true, transitEncryptionMode: "SERVER_AUTHENTICATION", customerManagedKey: key.id, tier: "STANDARD_HA", … })',
    },
    source: "https://cloud.google.com/memorystore/docs/redis/about-in-transit-encryption",
    on: {
      "gcp:redis/instance:Instance": (cache, expect, { stack }) => {
        const isKept = stack.class !== "development";
        expect("authEnabled", "lets in who reaches it", () => cache.authEnabled === true);
        // Its default is DISABLED.
        expect(
          "transitEncryptionMode",
          "speaks in clear",
          () => cache.transitEncryptionMode === "SERVER_AUTHENTICATION",
        );
        expect("customerManagedKey", "is missing", () => Boolean(cache.customerManagedKey));
        expect("tier", "has no replica", () => !isKept || cache.tier === "STANDARD_HA");
        expect("persistenceConfig.persistenceMode", "keeps nothing when it restarts", () => {
          return !isKept || cache.persistenceConfig?.persistenceMode === "RDB";
        });
      },
    },
  }),
  resourceRule({
    id: "gcp-bucket-closed",
    title: "Buckets are closed to the public, encrypted with a key of the site, versioned and kept",
    severity: "critical",
    controls: {
      cis: ["GCP 4.0 5.1", "GCP 4.0 5.2"],
      iso27001: ["A.8.12"],
      soc2: ["PI1.4", "CC6.1"],
      hipaa: ["164.312(a)(1)"],
      pciDss: ["1.2.5"],
    },
    why: "One right for allUsers makes every object of a bucket public, unless the bucket forbids it.",
    remedy: {
      text: "Enforce public access prevention and uniform access, encrypt with a key of the site, keep versions.",
      example:
        'new storage.Bucket("objects", { publicAccessPrevention: "enforced", uniformBucketLevelAccess: true, versioning: { enabled: true }, encryption: { defaultKmsKeyName: key.id }, … })',
    },
    source: "https://cloud.google.com/storage/docs/public-access-prevention",
    on: {
      [BUCKET]: (bucket, expect, { stack, resource }) => {
        expect("publicAccessPrevention", "does not keep it from becoming public", () => {
          return bucket.publicAccessPrevention === "enforced";
        });
        expect("uniformBucketLevelAccess", "leaves access to lists of each object", () => {
          return bucket.uniformBucketLevelAccess === true;
        });
        expect("encryption.defaultKmsKeyName", "is missing", () => Boolean(bucket.encryption?.defaultKmsKeyName));
        expect("versioning.enabled", "keeps no former versions", () => bucket.versioning?.enabled === true);
        expect("softDeletePolicy.retentionDurationSeconds", "lets deleted objects go at once", () => {
          // Its default is a week.
          return (bucket.softDeletePolicy?.retentionDurationSeconds ?? 604_800) > 0;
        });
        // Google advises the audit log of the project rather than access logs of a bucket, which are no fact here therefore:
        // https://cloud.google.com/storage/docs/access-logs
        expect("forceDestroy", "deletes its objects with it", () => {
          // What the engine does not protect can be made again, such as code that was uploaded.
          return stack.class === "development" || !resource.protect || bucket.forceDestroy !== true;
        });
      },
    },
    fix: {
      [BUCKET]: { publicAccessPrevention: "enforced", "versioning.enabled": true },
    },
  }),
  resourceRule({
    id: "gcp-bucket-iam-not-public",
    title: "Nobody gives everybody rights on a bucket",
    severity: "critical",
    controls: {
      cis: ["GCP 4.0 5.1"],
      iso27001: ["A.8.12"],
      soc2: ["CC6.1"],
      hipaa: ["164.312(a)(1)"],
      pciDss: ["1.2.5"],
    },
    why: "allUsers is the internet, and allAuthenticatedUsers is everybody with a Google account.",
    remedy: {
      text: "Name the accounts that need the bucket.",
      example: 'new storage.BucketIAMMember("read", { member: account.member, role: "roles/storage.objectViewer", … })',
    },
    source: "https://cloud.google.com/storage/docs/access-control/iam",
    on: {
      "gcp:storage/bucketIAMMember:BucketIAMMember": (grant, expect) => {
        expectNamed(expect, "member", () => grant.member);
      },
      "gcp:storage/bucketIAMBinding:BucketIAMBinding": ({ members }, expect) => {
        for (let index = 0; index < (members?.length ?? 0); index += 1) {
          expectNamed(expect, `members[${String(index)}]`, () => members?.[index]);
        }
      },
    },
  }),
];

function expectNamed(expect: Expect, path: string, member: () => string | undefined): void {
  expect(path, "is everybody", () => !isEverybody(member()));
}

function isReplica(db: Database): boolean {
  return Boolean(db.masterInstanceName);
}

/** Whether a server has a flag with such a value. */
function hasFlag({ settings }: Database, name: string, holds: (value: string | undefined) => boolean): boolean {
  const flags = settings?.databaseFlags ?? [];
  return anyOf(flags.keys(), (index) => flags[index]?.name === name && holds(flags[index].value));
}

/** Whether the loss of the zone of a database leaves a replica of it. */
function isElsewhere(replica: Node<typeof DATABASE>, of: Node<typeof DATABASE>): boolean {
  const zone = ({ props }: Node<typeof DATABASE>) => props.settings?.locationPreference?.zone;
  const facts = [
    () => replica.props.settings?.availabilityType === "REGIONAL",
    () => regionOf(replica) !== regionOf(of),
    () => zone(replica) !== undefined && zone(replica) !== zone(of),
  ];
  return anyOf(facts, (fact) => fact());
}
