import { z } from "zod";
import { ownKey } from "../../checks/aws-keys";
import { regionNamed, regionOf } from "../../checks/regions";
import type { Graph, Node } from "../../model/graph";
import type { Resource } from "../../model/resource";
import { graphRule, resourceRule, type Expect, type Rule, type StackFacts } from "../../model/rule";
import { undecided } from "../../model/view";
import { databaseSettingRules } from "./database-settings";

const RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide";
const DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide";

const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
const DOCUMENTS = "aws:docdb/cluster:Cluster";
const DOCUMENTS_INSTANCE = "aws:docdb/clusterInstance:ClusterInstance";
const BACKUP_COPY = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";

const TABLE = "aws:dynamodb/table:Table";
const TABLE_REPLICA = "aws:dynamodb/tableReplica:TableReplica";

/** Rules on databases of RDS and DocumentDB, and on tables of DynamoDB. */
export const databaseRules: readonly Rule[] = [
  resourceRule({
    id: "aws-rds-encrypted-cmk",
    title: "Databases are encrypted at rest with a key of the account",
    severity: "high",
    controls: {
      cis: ["AWS 3.0 2.3.1"],
      iso27001: ["A.8.24"],
      soc2: ["PI1.5"],
      hipaa: ["164.312(a)(2)(iv)"],
      pciDss: ["3.5.1"],
      gdpr: ["Article 32"],
    },
    why: "Who gets hold of a disk or a snapshot of a database in clear reads all of it. A key of AWS cannot be restricted to its users, shared with a restore in another account, or revoked.",
    remedy: {
      text: "Create the database with storageEncrypted and the ARN of a key of its own; an existing one takes a key only by a restore from an encrypted copy of its snapshot.",
      example: 'new rds.Instance("db", { storageEncrypted: true, kmsKeyId: key.arn, … })',
    },
    source: `${RDS}/Overview.Encryption.html`,
    on: {
      [INSTANCE]: (db, expect, { resource }) => {
        encrypted(
          db,
          expect,
          () => db.storageEncrypted,
          isCopyInRegion(resource, () => db.replicateSourceDb),
        );
      },
      [CLUSTER]: (db, expect, { resource }) => {
        // Serverless clusters of the first version are always encrypted.
        const isOn = () => db.storageEncrypted ?? (db.engineMode === "serverless" ? true : undefined);
        encrypted(
          db,
          expect,
          isOn,
          isCopyInRegion(resource, () => db.replicationSourceIdentifier),
        );
      },
      [DOCUMENTS]: (db, expect) => {
        encrypted(
          db,
          expect,
          () => db.storageEncrypted,
          () => false,
        );
      },
      [BACKUP_COPY]: (copy, expect) => {
        ownKey(expect, "kmsKeyId", () => copy.kmsKeyId);
      },
    },
  }),
  resourceRule({
    id: "aws-rds-not-public",
    title: "Databases are not reachable from the internet",
    severity: "critical",
    controls: {
      cis: ["AWS 3.0 2.3.3"],
      iso27001: ["A.8.1"],
      soc2: ["CC6.2"],
      hipaa: ["164.312(a)(1)"],
      pciDss: ["1.2.8"],
    },
    why: "A database with a public address is one password, or one flaw of the engine, away from everybody.",
    remedy: {
      text: "Set publiclyAccessible to false and give the instance a subnet group of private subnets.",
      example: 'new rds.Instance("db", { publiclyAccessible: false, dbSubnetGroupName: subnets.name, … })',
    },
    source: `${RDS}/USER_VPC.WorkingWithRDSInstanceinaVPC.html`,
    on: {
      [INSTANCE]: (db, expect, { resource }) => {
        expect("publiclyAccessible", "gives the database a public address", () => db.publiclyAccessible !== true);
        // A replica in the region of its source is in the subnets of the source.
        const isCopy = isCopyInRegion(resource, () => db.replicateSourceDb);
        expect("dbSubnetGroupName", "is missing: the default subnets are public", () => {
          return db.dbSubnetGroupName !== undefined || isCopy();
        });
      },
      [CLUSTER]: (db, expect) => {
        expect("dbSubnetGroupName", "is missing: the default subnets are public", () => {
          return db.dbSubnetGroupName !== undefined;
        });
      },
      [CLUSTER_INSTANCE]: (db, expect) => {
        expect("publiclyAccessible", "gives the database a public address", () => db.publiclyAccessible !== true);
      },
      [DOCUMENTS]: (db, expect) => {
        expect("dbSubnetGroupName", "is missing: the default subnets are public", () => {
          return db.dbSubnetGroupName !== undefined;
        });
      },
    },
    fix: { [INSTANCE]: { publiclyAccessible: false }, [CLUSTER_INSTANCE]: { publiclyAccessible: false } },
  }),
  graphRule({
    id: "aws-rds-multi-az",
    title: "Databases go on when a zone fails",
    severity: "high",
    controls: { iso27001: ["A.8.14"], hipaa: ["164.308(a)(7)(ii)(A)"] },
    why: "A database in one zone is away for as long as the zone is, or until it is restored from a backup.",
    remedy: {
      text: "Give an instance a standby, and a cluster instances in two zones or more. A stack of class development may do without.",
      example: 'new rds.Instance("db", { multiAz: true, … })',
    },
    source: `${RDS}/Concepts.MultiAZ.html`,
    types: [INSTANCE, CLUSTER, DOCUMENTS],
    check: (graph, judge, { stack }) => {
      if (stack.class === "development") return;
      judge.each(graph.all(INSTANCE), (db, expect) => {
        expect("multiAz", "leaves the database without a standby in a second zone", () => {
          const isReplica = () => graph.references(db, "replicateSourceDb", INSTANCE).nodes.length > 0;
          return db.props.multiAz === true || isReplica() || db.props.replicateSourceDb !== undefined;
        });
      });
      judge.each(graph.all(CLUSTER), (cluster, expect) => {
        // Instances of a Multi-AZ cluster, and of serverless ones of the first version, are made and spread by RDS.
        const { dbClusterInstanceClass, engineMode } = cluster.props;
        if (dbClusterInstanceClass !== undefined || engineMode === "serverless") return;
        spread(graph, CLUSTER_INSTANCE, cluster, expect);
      });
      judge.each(graph.all(DOCUMENTS), (cluster, expect) => {
        spread(graph, DOCUMENTS_INSTANCE, cluster, expect);
      });
    },
  }),
  resourceRule({
    id: "aws-rds-pitr-retention",
    title: "Databases can be restored to any moment of a long enough past",
    severity: "high",
    controls: {
      soc2: ["CC7.4", "A1.2"],
      hipaa: ["164.308(a)(7)(ii)(A)"],
      pciDss: ["10.3.3"],
      gdpr: ["Article 32"],
    },
    why: "A fault that is found after the last backup has gone cannot be undone, nor can the deletion of a database together with its backups.",
    remedy: {
      text: "Keep automated backups, and keep them when the instance is deleted.",
      example: 'new rds.Instance("db", { backupRetentionPeriod: 7, deleteAutomatedBackups: false, … })',
    },
    source: `${RDS}/USER_WorkingWithAutomatedBackups.html`,
    settings: z.object({
      minimumDays: z.int().min(1).max(35).default(7).describe("Days that automated backups are kept, at least."),
      developmentDays: z.int().min(0).max(35).default(1).describe("The same in a stack of class development."),
    }),
    on: {
      [INSTANCE]: (db, expect, { stack, settings }) => {
        const isReplica = () => db.replicateSourceDb !== undefined;
        // What a replica holds is in the backups of its source.
        kept(expect, "backupRetentionPeriod", least(stack, settings), (days) => {
          return (db.backupRetentionPeriod ?? 0) >= days || isReplica();
        });
        // An instance without backups of its own has none to keep: so most replicas.
        // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.Retaining.html
        expect("deleteAutomatedBackups", "deletes the backups with the instance", () => {
          return (
            db.deleteAutomatedBackups === false ||
            stack.class === "development" ||
            (isReplica() && (db.backupRetentionPeriod ?? 0) === 0)
          );
        });
      },
      [CLUSTER]: (db, expect, { stack, settings }) => {
        kept(
          expect,
          "backupRetentionPeriod",
          least(stack, settings),
          (days) => (db.backupRetentionPeriod ?? 1) >= days,
        );
        expect("deleteAutomatedBackups", "deletes the backups with the cluster", () => {
          return db.deleteAutomatedBackups === false || stack.class === "development";
        });
      },
      [DOCUMENTS]: (db, expect, { stack, settings }) => {
        kept(
          expect,
          "backupRetentionPeriod",
          least(stack, settings),
          (days) => (db.backupRetentionPeriod ?? 1) >= days,
        );
      },
      [BACKUP_COPY]: (copy, expect, { stack, settings }) => {
        kept(expect, "retentionPeriod", least(stack, settings), (days) => (copy.retentionPeriod ?? 7) >= days);
      },
    },
    fix: { [INSTANCE]: { deleteAutomatedBackups: false }, [CLUSTER]: { deleteAutomatedBackups: false } },
  }),
  resourceRule({
    id: "aws-rds-deletion-protection",
    title: "Databases are not deleted by mistake, and never without a last snapshot",
    severity: "high",
    controls: { soc2: ["C1.1"] },
    why: "One wrong destroy, or one change that replaces the database, ends its data.",
    remedy: {
      text: "Switch deletion protection on, and name the snapshot that is taken when the database goes.",
      example:
        'new rds.Instance("db", { deletionProtection: true, skipFinalSnapshot: false, finalSnapshotIdentifier: "db-final", … })',
    },
    source: `${RDS}/USER_DeleteInstance.html`,
    on: {
      [INSTANCE]: (db, expect, { stack }) => {
        undeletable(expect, "deletionProtection", stack, () => db.deletionProtection);
        // RDS takes no last snapshot of a replica.
        lastSnapshot(db, expect, stack, () => db.replicateSourceDb !== undefined);
      },
      [CLUSTER]: (db, expect, { stack }) => {
        undeletable(expect, "deletionProtection", stack, () => db.deletionProtection);
        lastSnapshot(db, expect, stack, () => false);
      },
      [DOCUMENTS]: (db, expect, { stack }) => {
        undeletable(expect, "deletionProtection", stack, () => db.deletionProtection);
        lastSnapshot(db, expect, stack, () => false);
      },
    },
    fix: {
      [INSTANCE]: { deletionProtection: true },
      [CLUSTER]: { deletionProtection: true },
      [DOCUMENTS]: { deletionProtection: true },
    },
  }),
  resourceRule({
    id: "aws-dynamodb-protected",
    title:
      "Tables of DynamoDB can be restored, are encrypted with a key of the account, and are not deleted by mistake",
    severity: "high",
    controls: {
      iso27001: ["A.8.5", "A.8.24"],
      soc2: ["CC7.4", "A1.2"],
      hipaa: ["164.312(a)(2)(iv)"],
      pciDss: ["10.3.3"],
      gdpr: ["Article 32"],
    },
    why: "A wrong write is copied to every replica within a second: only a restore to the moment before undoes it. A deleted table without protection is gone in seconds.",
    remedy: {
      text: "Switch point-in-time recovery and deletion protection on and name a key, for the table and for each replica: none of them takes over what the table says.",
      example:
        'new dynamodb.Table("t", { pointInTimeRecovery: { enabled: true }, serverSideEncryption: { enabled: true, kmsKeyArn: key.arn }, deletionProtectionEnabled: true, … })',
    },
    source: `${DYNAMODB}/Point-in-time-recovery.html`,
    settings: z.object({
      minimumDays: z.int().min(1).max(35).default(7).describe("Days back to which a table can be restored, at least."),
    }),
    on: {
      [TABLE]: (table, expect, { stack, settings }) => {
        restorable(expect, "pointInTimeRecovery.enabled", () => table.pointInTimeRecovery?.enabled);
        const tooShort = `goes back less than ${String(settings.minimumDays)} days`;
        expect("pointInTimeRecovery.recoveryPeriodInDays", tooShort, () => {
          return (table.pointInTimeRecovery?.recoveryPeriodInDays ?? 35) >= settings.minimumDays;
        });
        ownKey(expect, "serverSideEncryption.kmsKeyArn", () => table.serverSideEncryption?.kmsKeyArn);
        expect("serverSideEncryption.enabled", "leaves the key unused", () => {
          return table.serverSideEncryption?.enabled !== false;
        });
        undeletable(expect, "deletionProtectionEnabled", stack, () => table.deletionProtectionEnabled);
        for (let index = 0; index < (table.replicas?.length ?? 0); index++) {
          const at = `replicas[${String(index)}]`;
          restorable(expect, `${at}.pointInTimeRecovery`, () => table.replicas?.[index]?.pointInTimeRecovery);
          ownKey(expect, `${at}.kmsKeyArn`, () => table.replicas?.[index]?.kmsKeyArn);
          undeletable(expect, `${at}.deletionProtectionEnabled`, stack, () => {
            return table.replicas?.[index]?.deletionProtectionEnabled;
          });
        }
      },
      [TABLE_REPLICA]: (replica, expect, { stack }) => {
        restorable(expect, "pointInTimeRecovery", () => replica.pointInTimeRecovery);
        ownKey(expect, "kmsKeyArn", () => replica.kmsKeyArn);
        undeletable(expect, "deletionProtectionEnabled", stack, () => replica.deletionProtectionEnabled);
      },
    },
    fix: {
      [TABLE]: { "pointInTimeRecovery.enabled": true, deletionProtectionEnabled: true },
      [TABLE_REPLICA]: { pointInTimeRecovery: true, deletionProtectionEnabled: true },
    },
  }),
  ...databaseSettingRules,
];

function encrypted(
  db: { readonly kmsKeyId?: string },
  expect: Expect,
  isOn: () => boolean | undefined,
  isCopy: () => boolean,
): void {
  expect("storageEncrypted", "leaves the storage in clear", () => isOn() ?? isCopy());
  ownKey(
    expect,
    "kmsKeyId",
    () => db.kmsKeyId,
    () => db.kmsKeyId === undefined && isCopy(),
  );
}

/**
 * Whether a database is a copy of one in its own region: it then has the key and the subnets of that.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
 */
function isCopyInRegion(resource: Resource, source: () => string | undefined): () => boolean {
  return () => {
    const of = source();
    if (of === undefined) return false;
    const from = regionNamed(of);
    // A source is named without its region in its own region alone.
    return from === undefined || from === (regionOf(resource) ?? undecided("", "lies in a region that is not known"));
  };
}

/** Judges that a cluster has instances in two zones. */
function spread(
  graph: Graph,
  type: typeof CLUSTER_INSTANCE | typeof DOCUMENTS_INSTANCE,
  cluster: Node,
  expect: Expect,
): void {
  expect("", "has no instances in two zones", () => {
    const instances = graph.from(type, "clusterIdentifier", cluster) as readonly Node<typeof DOCUMENTS_INSTANCE>[];
    const zones = instances.map(({ props }) => props.availabilityZone);
    // The service spreads those that name no zone.
    return instances.length >= 2 && (zones.includes(undefined) || new Set(zones).size >= 2);
  });
}

function least(
  stack: StackFacts,
  { minimumDays, developmentDays }: { readonly minimumDays: number; readonly developmentDays: number },
): number {
  return stack.class === "development" ? developmentDays : minimumDays;
}

function kept(expect: Expect, at: string, days: number, holds: (days: number) => boolean): void {
  expect(at, `keeps backups for less than ${String(days)} days`, () => holds(days));
}

/** What holds nobody's data, and is taken down and set up again, may be deleted. */
function undeletable(expect: Expect, at: string, stack: StackFacts, isOn: () => boolean | undefined): void {
  expect(at, "lets it be deleted with all that it holds", () => {
    return isOn() === true || stack.class === "development" || stack.class === "staging";
  });
}

function restorable(expect: Expect, at: string, isOn: () => boolean | undefined): void {
  expect(at, "leaves nothing to restore it from", () => isOn() === true);
}

function lastSnapshot(
  db: { readonly skipFinalSnapshot?: boolean; readonly finalSnapshotIdentifier?: string },
  expect: Expect,
  stack: StackFacts,
  hasNone: () => boolean,
): void {
  expect("skipFinalSnapshot", "deletes the database without a last snapshot", () => {
    return db.skipFinalSnapshot !== true || stack.class === "development" || hasNone();
  });
  // Without a last snapshot there is nothing to name.
  expect("finalSnapshotIdentifier", "is missing, so that no last snapshot can be taken", () => {
    return db.finalSnapshotIdentifier !== undefined || db.skipFinalSnapshot === true || hasNone();
  });
}
