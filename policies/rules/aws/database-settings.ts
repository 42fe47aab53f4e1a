import { z } from "zod";
import { Unknown } from "../../../offline/cloud/value";
import { ownKey } from "../../checks/aws-keys";
import { isAtLeast, type TlsServiceName, type TlsVersion } from "../../checks/tls";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, type Expect, type Rule } from "../../model/rule";
import { NOT_KNOWN_YET, undecided } from "../../model/view";
import type { ResourceType } from "../../types";

const RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide";

const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const DOCUMENTS = "aws:docdb/cluster:Cluster";
const DOCUMENTS_INSTANCE = "aws:docdb/clusterInstance:ClusterInstance";
const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";
const CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
const DOCUMENTS_PARAMETERS = "aws:docdb/clusterParameterGroup:ClusterParameterGroup";

/** Rules on how databases of RDS and DocumentDB are set up: TLS, log-ins, logs, parameters. */
export const databaseSettingRules: readonly Rule[] = [
  resourceRule({
    id: "aws-rds-tls-forced",
    title: "Databases take connections over TLS alone, of the newest version that they speak",
    severity: "high",
    controls: { iso27001: ["A.8.24"] },
    why: "A client that may connect in clear, or with a version of TLS that is broken, sends passwords and rows to everybody on the way.",
    remedy: {
      text: "Have the parameter group refuse connections without TLS, and those with an older version.",
      example:
        'new rds.ParameterGroup("db", { family: "postgres17", parameters: [{ name: "rds.force_ssl", value: "1" }, { name: "ssl_min_protocol_version", value: "TLSv1.3" }] })',
    },
    source: `${RDS}/PostgreSQL.Concepts.General.SSL.html`,
    settings: z.object({
      minimumTls: z
        .enum(["1.2", "1.3"])
        .default("1.3")
        .describe("The oldest version of TLS that an engine may take, where it can be made to refuse older ones."),
    }),
    on: {
      [PARAMETERS]: (group, expect, { settings }) => {
        tlsOfFamily(
          group,
          /^(postgres|mysql|mariadb|sqlserver)\D*([\d.]*)$/.exec(group.family ?? ""),
          expect,
          settings,
        );
      },
      [CLUSTER_PARAMETERS]: (group, expect, { settings }) => {
        tlsOfFamily(group, /^(?:aurora-)?(postgres|mysql)\D*([\d.]*)$/.exec(group.family ?? ""), expect, settings);
      },
      [DOCUMENTS_PARAMETERS]: (group, expect, { settings }) => {
        // Version 3.6 has no value that names a version of TLS.
        const wanted = group.family === "docdb3.6" ? "1.0" : settings.minimumTls;
        demandsTls(group, "tls", "aws-documentdb", wanted, expect);
      },
    },
  }),
  graphRule({
    id: "aws-rds-uses-own-parameter-group",
    title: "Databases have a parameter group of their own",
    severity: "low",
    controls: { iso27001: ["A.8.9"] },
    why: "The default group cannot be changed: TLS cannot be forced, auditing cannot be switched on, and a group of its own costs a restart later.",
    remedy: {
      text: "Create a parameter group for the family of the engine and name it in the database.",
      example: 'new rds.Instance("db", { parameterGroupName: parameters.name, … })',
    },
    source: `${RDS}/USER_WorkingWithParamGroups.html`,
    types: [INSTANCE, CLUSTER, DOCUMENTS],
    check: (graph, judge) => {
      judge.each(graph.all(INSTANCE), (db, expect) => {
        ownGroup(graph, db, "parameterGroupName", PARAMETERS, expect);
      });
      judge.each(graph.all(CLUSTER), (db, expect) => {
        ownGroup(graph, db, "dbClusterParameterGroupName", CLUSTER_PARAMETERS, expect);
      });
      judge.each(graph.all(DOCUMENTS), (db, expect) => {
        ownGroup(graph, db, "dbClusterParameterGroupName", DOCUMENTS_PARAMETERS, expect);
      });
    },
  }),
  graphRule({
    id: "aws-rds-iam-and-managed-password",
    title: "Workloads log in to databases by IAM, and nobody chose the master password",
    severity: "high",
    controls: { pciDss: ["7.2.1"] },
    why: "A password that somebody chose is in a repository, a shell history or a head; one that workloads share is never changed and tells nobody apart.",
    remedy: {
      text: "Switch IAM authentication on. Leave the master password to RDS, or generate it: RDS refuses to manage it for a source of read replicas.",
      example: 'new rds.Instance("db", { iamDatabaseAuthenticationEnabled: true, manageMasterUserPassword: true, … })',
    },
    source: `${RDS}/UsingWithRDS.IAMDBAuth.html`,
    types: [INSTANCE, CLUSTER, DOCUMENTS],
    check: (graph, judge) => {
      judge.each(graph.all(INSTANCE), (db, expect) => {
        loginByIam(
          expect,
          () => db.props.iamDatabaseAuthenticationEnabled,
          () => engineOf(graph, db),
        );
        generated(db, "password", expect);
        generated(db, "passwordWo", expect);
      });
      judge.each(graph.all(CLUSTER), (db, expect) => {
        loginByIam(
          expect,
          () => db.props.iamDatabaseAuthenticationEnabled,
          () => db.props.engine,
        );
        generated(db, "masterPassword", expect);
        generated(db, "masterPasswordWo", expect);
      });
      // Whether DocumentDB takes identities of IAM is decided for each of its users.
      // https://docs.aws.amazon.com/documentdb/latest/developerguide/iam-identity-auth.html
      judge.each(graph.all(DOCUMENTS), (db, expect) => {
        generated(db, "masterPassword", expect);
        generated(db, "masterPasswordWo", expect);
      });
    },
  }),
  resourceRule({
    id: "aws-rds-logs-and-insights",
    title: "Databases send their logs out and are measured",
    severity: "medium",
    controls: {
      iso27001: ["A.8.15"],
      soc2: ["CC7.2", "CC7.3"],
      hipaa: ["164.312(b)"],
      pciDss: ["10.2.1"],
      gdpr: ["Article 32"],
    },
    why: "Logs that stay on the instance are gone with it, and after a few days anyway: who did what, and what was slow when, cannot be found out.",
    remedy: {
      text: "Export the logs of the engine, and switch enhanced monitoring and Performance Insights on, the latter with a key of the account.",
      example:
        'new rds.Instance("db", { enabledCloudwatchLogsExports: ["postgresql"], monitoringInterval: 60, performanceInsightsEnabled: true, performanceInsightsKmsKeyId: key.arn, … })',
    },
    source: `${RDS}/USER_LogAccess.Procedural.UploadtoCloudWatch.html`,
    on: {
      [INSTANCE]: (db, expect) => {
        exported(
          expect,
          () => db.enabledCloudwatchLogsExports,
          () => logsOf(db.engine),
        );
        expect("monitoringInterval", "leaves enhanced monitoring off", () => (db.monitoringInterval ?? 0) > 0);
        expect("performanceInsightsEnabled", "leaves Performance Insights off", () => {
          return db.performanceInsightsEnabled === true || hasNoInsights(db.engine, db.instanceClass);
        });
        // Without Performance Insights there is nothing to encrypt.
        ownKey(
          expect,
          "performanceInsightsKmsKeyId",
          () => db.performanceInsightsKmsKeyId,
          () => {
            return db.performanceInsightsEnabled !== true;
          },
        );
      },
      [DOCUMENTS]: (db, expect) => {
        exported(
          expect,
          () => db.enabledCloudwatchLogsExports,
          () => ["audit", "profiler"],
        );
      },
      [DOCUMENTS_PARAMETERS]: (group, expect) => {
        parameter(group, "audit_logs", "does not switch audit_logs on: there is nothing to export", expect, (value) => {
          return value !== undefined && !["disabled", "none", ""].includes(value);
        });
      },
    },
  }),
  resourceRule({
    id: "aws-rds-ca-and-minor-upgrade",
    title: "Databases have a current certificate, take fixes, and their snapshots carry their tags",
    severity: "low",
    controls: { soc2: ["CC7.5"] },
    why: "Clients that verify refuse a server whose authority has expired. Flaws stay open on a version that takes no fixes, and nobody knows whose a snapshot without tags is.",
    remedy: {
      text: "Choose a current authority or leave it to RDS, and switch autoMinorVersionUpgrade and copyTagsToSnapshot on.",
      example: 'new rds.Instance("db", { autoMinorVersionUpgrade: true, copyTagsToSnapshot: true, … })',
    },
    source: `${RDS}/UsingWithRDS.SSL-certificate-rotation.html`,
    on: {
      [INSTANCE]: (db, expect) => {
        currentAuthority(db, expect);
        expect("autoMinorVersionUpgrade", "keeps fixes of the engine out", () => db.autoMinorVersionUpgrade !== false);
        tagsOnSnapshots(db, expect);
      },
      [CLUSTER]: tagsOnSnapshots,
      [DOCUMENTS_INSTANCE]: (db, expect) => {
        // DocumentDB applies no minor versions by itself, whatever autoMinorVersionUpgrade says.
        currentAuthority(db, expect);
        tagsOnSnapshots(db, expect);
      },
    },
    fix: {
      [INSTANCE]: { autoMinorVersionUpgrade: true, copyTagsToSnapshot: true },
      [CLUSTER]: { copyTagsToSnapshot: true },
      [DOCUMENTS_INSTANCE]: { copyTagsToSnapshot: true },
    },
  }),
];

interface ParameterGroup {
  readonly parameters?: readonly { readonly name?: string; readonly value?: string }[];
}

/** Judges the value that a group gives a parameter. */
function parameter(
  group: ParameterGroup,
  name: string,
  says: string,
  expect: Expect,
  holds: (value: string | undefined) => boolean,
): void {
  const index = group.parameters?.findIndex((one) => one.name === name) ?? -1;
  expect(index < 0 ? "parameters" : `parameters[${String(index)}].value`, says, () => {
    return holds(group.parameters?.[index]?.value);
  });
}

function demandsTls(
  group: ParameterGroup,
  name: string,
  service: TlsServiceName,
  wanted: TlsVersion,
  expect: Expect,
): void {
  parameter(group, name, `lets in connections that are older than TLS ${wanted}: set ${name}`, expect, (value) => {
    return isAtLeast(service, value, wanted);
  });
}

/**
 * What an engine of RDS has to say to force TLS. Groups of instances of Aurora hold none of it: there it is in the group of the
 * cluster. https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html
 *
 * @param family engine and version; null for engines that have it elsewhere, such as the option groups of Oracle
 */
function tlsOfFamily(
  group: ParameterGroup & { readonly family?: string },
  family: RegExpExecArray | null,
  expect: Expect,
  { minimumTls }: { readonly minimumTls: TlsVersion },
): void {
  if (family === null) return;
  const [, engine = "", version = ""] = family;
  const number = Number(version);
  const isAurora = group.family?.startsWith("aurora-") === true;
  const forced = (name: string, byDefault: boolean) => {
    parameter(group, name, `lets in connections without TLS: set ${name} to 1`, expect, (value) => {
      return value === undefined ? byDefault : /^(1|on|true)$/i.test(value);
    });
  };
  if (engine === "postgres") {
    // On by default from version 15 on; TLS 1.3 is spoken from version 16 on.
    forced("rds.force_ssl", !isAurora && number >= 15);
    demandsTls(group, "ssl_min_protocol_version", "postgresql", number >= 16 ? minimumTls : "1.2", expect);
  } else if (engine === "sqlserver") {
    forced("rds.force_ssl", false);
  } else {
    forced("require_secure_transport", false);
    demandsTls(group, "tls_version", "protocol-list", number >= 8 ? minimumTls : "1.2", expect);
  }
}

function ownGroup(graph: Graph, db: Node, path: string, type: ResourceType, expect: Expect): void {
  expect(path, "leaves the database with the default parameters, which cannot be changed", () => {
    const { outside } = graph.references(db, path, type);
    return !outside.some((name) => name.startsWith("default.")) && graph.to(db, path, type).length > 0;
  });
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.RDS_Fea_Regions_DB-eng.Feature.IamDatabaseAuthentication.html */
const HAS_NO_IAM = /^(oracle|sqlserver|db2|custom)/;

function loginByIam(expect: Expect, isOn: () => boolean | undefined, engine: () => string | undefined): void {
  expect("iamDatabaseAuthenticationEnabled", "leaves workloads to log in by a password", () => {
    return isOn() === true || HAS_NO_IAM.test(engine() ?? "");
  });
}

/** The engine of an instance; a replica does not say it, it has the one of its source. */
function engineOf(graph: Graph, db: Node<typeof INSTANCE>): string | undefined {
  return db.props.engine ?? graph.to(db, "replicateSourceDb", INSTANCE)[0]?.props.engine;
}

/** Judges that a password, where one is given, comes from a resource that makes it up, and is not written down anywhere. */
function generated(db: Node, path: string, expect: Expect): void {
  expect(path, "is written in the program or its configuration", () => {
    const given = db.inputs[path];
    if (given === undefined || given === null || given === "") return true;
    if ((db.propertyDependencies[path] ?? []).length > 0) return true;
    return given instanceof Unknown ? undecided(path, NOT_KNOWN_YET) : false;
  });
}

/** Logs without which nobody can tell what failed. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
const LOGS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^postgres/, ["postgresql"]],
  [/^(mysql|mariadb)/, ["error", "slowquery"]],
  [/^sqlserver/, ["error"]],
  [/^(custom-)?oracle/, ["alert", "audit"]],
  [/^db2/, ["diag.log"]],
];

/** A replica says no engine: whatever it exports is of its own. */
function logsOf(engine: string | undefined): readonly string[] {
  return LOGS.find(([pattern]) => pattern.test(engine ?? ""))?.[1] ?? [];
}

function exported(expect: Expect, given: () => readonly string[] | undefined, wanted: () => readonly string[]): void {
  expect("enabledCloudwatchLogsExports", "leaves logs on the instance alone", () => {
    const logs = given() ?? [];
    return logs.length > 0 && wanted().every((log) => logs.includes(log));
  });
}

/**
 * MySQL and MariaDB on the smallest classes have no Performance Insights.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html
 */
function hasNoInsights(engine: string | undefined, instanceClass: string | undefined): boolean {
  return /^(mysql|mariadb)/.test(engine ?? "") && /^db\.t\w+\.(micro|small)$/.test(instanceClass ?? "");
}

/** Authorities that have expired: rds-ca-2015 in 2020, rds-ca-2019 in 2024. */
const EXPIRED = /^rds-ca-20\d\d(-|$)/;

function currentAuthority(db: { readonly caCertIdentifier?: string }, expect: Expect): void {
  expect("caCertIdentifier", "names an authority that has expired", () => !EXPIRED.test(db.caCertIdentifier ?? ""));
}

function tagsOnSnapshots(db: { readonly copyTagsToSnapshot?: boolean }, expect: Expect): void {
  expect("copyTagsToSnapshot", "leaves snapshots without tags", () => db.copyTagsToSnapshot === true);
}
