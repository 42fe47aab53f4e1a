import { Unknown } from "../../../../offline/cloud/value";
import { databaseRules } from "../../../../policies/rules/aws/databases";
import { fixture, written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";

const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const DOCUMENTS = "aws:docdb/cluster:Cluster";
const DOCUMENTS_INSTANCE = "aws:docdb/clusterInstance:ClusterInstance";
const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";
const CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
const DOCUMENTS_PARAMETERS = "aws:docdb/clusterParameterGroup:ClusterParameterGroup";

const source = fixture("prod", INSTANCE, "databases-shard-0-source");
const replica = fixture("prod", INSTANCE, "databases-shard-0-replica-reader");
const documents = fixture("prod", DOCUMENTS);
const documentParameters = fixture("prod", DOCUMENTS_PARAMETERS);
const mysql = written(PARAMETERS, {
  family: "mysql8.0",
  parameters: [
    { name: "tls_version", value: "TLSv1.3" },
    { name: "require_secure_transport", value: "1" },
  ],
});
const aurora = written(CLUSTER_PARAMETERS, {
  family: "aurora-postgresql16",
  parameters: [
    { name: "rds.force_ssl", value: "1" },
    { name: "ssl_min_protocol_version", value: "TLSv1.3" },
  ],
});
const sqlServer = written(PARAMETERS, {
  family: "sqlserver-se-15.0",
  parameters: [{ name: "rds.force_ssl", value: "1" }],
});
const forced = { name: "rds.force_ssl", value: "1" };

describe("rules on the settings of databases of AWS", () => {
  provesResource(databaseRules, "aws-rds-tls-forced", {
    passes: [
      fixture("prod", PARAMETERS),
      fixture("durga-puja", PARAMETERS),
      fixture("dev", PARAMETERS),
      documentParameters,
      mysql,
      aurora,
      sqlServer,
    ],
    alsoPasses: [
      { remove: ["parameters[0]"], when: "PostgreSQL forces TLS by default, from version 15 on" },
      { set: { "parameters[2].value": "TLSv1.2" }, settings: { minimumTls: "1.2" }, when: "an older version will do" },
      { settings: { minimumTls: "1.2" }, when: "the group is stricter than it has to be" },
      {
        set: { family: "postgres15", parameters: [forced] },
        when: "the engine does not speak TLS 1.3",
      },
      { of: mysql, set: { "parameters[1].value": "ON" }, when: "the value is a word" },
      { of: mysql, set: { family: "mariadb11.4" }, when: "the engine is MariaDB" },
      { set: { family: "oracle-ee-19", parameters: [] }, when: "the engine has TLS in its option group" },
      { set: { family: "aurora-postgresql16", parameters: [] }, when: "the group of the cluster of Aurora decides" },
      {
        of: documentParameters,
        set: { family: "docdb3.6", "parameters[0].value": "enabled" },
        when: "DocumentDB 3.6 has no version to choose",
      },
    ],
    fails: [
      { set: { "parameters[0].value": "0" }, at: "parameters[0].value" },
      { set: { "parameters[0].value": "" }, at: "parameters[0].value" },
      { set: { "parameters[2].value": "TLSv1.2" }, at: "parameters[2].value" },
      { remove: ["parameters[2]"], at: "parameters" },
      { remove: ["parameters"], at: "parameters" },
      { set: { parameters: [] }, at: "parameters" },
      { set: { parameters: null }, at: "parameters" },
      { set: { family: "postgres14", parameters: [] }, at: "parameters" },
      {
        set: { family: "postgres15", parameters: [forced, { name: "ssl_min_protocol_version", value: "TLSv1.1" }] },
        at: "parameters[1].value",
      },
      { of: mysql, set: { "parameters[1].value": "OFF" }, at: "parameters[1].value" },
      { of: mysql, remove: ["parameters[1]"], at: "parameters" },
      { of: mysql, set: { "parameters[0].value": "TLSv1.2,TLSv1.3" }, at: "parameters[0].value" },
      { of: mysql, remove: ["parameters"], at: ["parameters", "parameters"] },
      { of: aurora, remove: ["parameters[0]"], at: "parameters" },
      { of: aurora, set: { "parameters[1].value": "TLSv1" }, at: "parameters[1].value" },
      { of: sqlServer, remove: ["parameters"], at: "parameters" },
      { of: documentParameters, set: { "parameters[0].value": "disabled" }, at: "parameters[0].value" },
      { of: documentParameters, set: { "parameters[0].value": "enabled" }, at: "parameters[0].value" },
      { of: documentParameters, set: { "parameters[0].value": "tls1.2+" }, at: "parameters[0].value" },
      { of: documentParameters, remove: ["parameters"], at: "parameters" },
    ],
    unknown: ["family", "parameters", "parameters[0].name", "parameters[0].value", "parameters[2].value"],
  });

  provesStack(databaseRules, "aws-rds-uses-own-parameter-group", {
    of: "prod",
    alsoPasses: [
      {
        when: "a cluster has a group for clusters",
        change: (stack) =>
          stack
            .add(CLUSTER_PARAMETERS, "aurora-parameters", { inputs: { ...aurora.inputs, name: "aurora-parameters" } })
            .add(CLUSTER, "aurora", { inputs: { dbClusterParameterGroupName: "aurora-parameters" } }),
      },
    ],
    fails: [
      {
        when: "a database names none",
        change: (stack) => stack.change(INSTANCE, "databases-shard-0-source", { remove: ["parameterGroupName"] }),
        violated: [`${INSTANCE} databases-shard-0-source parameterGroupName`],
      },
      {
        when: "a database names the default one",
        change: (stack) =>
          stack.change(INSTANCE, "databases-shard-0-source", { set: { parameterGroupName: "default.postgres17" } }),
        violated: [`${INSTANCE} databases-shard-0-source parameterGroupName`],
      },
      {
        when: "a cluster of documents names the default one",
        change: (stack) =>
          stack.change(DOCUMENTS, "documents-cluster", { set: { dbClusterParameterGroupName: "default.docdb5.0" } }),
        violated: [`${DOCUMENTS} documents-cluster dbClusterParameterGroupName`],
      },
      {
        when: "a cluster names none",
        change: (stack) => stack.add(CLUSTER, "aurora", { inputs: {} }),
        violated: [`${CLUSTER} aurora dbClusterParameterGroupName`],
      },
    ],
    undecided: [
      {
        when: "the group is not of the stack",
        change: (stack) =>
          stack.change(INSTANCE, "databases-shard-0-source", { set: { parameterGroupName: "adopted" } }),
        of: [`${INSTANCE} databases-shard-0-source`],
      },
      {
        when: "the name is unknown and comes from nowhere",
        change: (stack) =>
          stack
            .change(INSTANCE, "databases-shard-0-source", { set: { parameterGroupName: "adopted" } })
            .change(INSTANCE, "databases-shard-0-source", { set: { parameterGroupName: Unknown.value } }),
        of: [`${INSTANCE} databases-shard-0-source`],
      },
    ],
  });

  provesStack(databaseRules, "aws-rds-iam-and-managed-password", {
    of: "prod",
    alsoPasses: [
      {
        when: "RDS manages the password",
        change: (stack) =>
          stack.change(INSTANCE, "databases-shard-0-source", {
            set: { manageMasterUserPassword: true },
            remove: ["password"],
          }),
      },
      {
        when: "the engine takes no identities of IAM, and its replica says no engine",
        change: (stack) =>
          stack
            .change(INSTANCE, "databases-shard-0-source", {
              set: { engine: "sqlserver-se" },
              remove: ["iamDatabaseAuthenticationEnabled"],
            })
            .change(INSTANCE, "databases-shard-0-replica-reader", { remove: ["iamDatabaseAuthenticationEnabled"] }),
      },
    ],
    fails: [
      {
        when: "IAM is off",
        change: (stack) =>
          stack.change(INSTANCE, "databases-shard-0-source", { set: { iamDatabaseAuthenticationEnabled: false } }),
        violated: [`${INSTANCE} databases-shard-0-source iamDatabaseAuthenticationEnabled`],
      },
      {
        when: "nothing is said of IAM, of a replica either",
        change: (stack) =>
          stack
            .change(INSTANCE, "databases-shard-0-source", { remove: ["iamDatabaseAuthenticationEnabled"] })
            .change(INSTANCE, "databases-shard-0-replica-reader", { remove: ["iamDatabaseAuthenticationEnabled"] }),
        violated: [
          `${INSTANCE} databases-shard-0-source iamDatabaseAuthenticationEnabled`,
          `${INSTANCE} databases-shard-0-replica-reader iamDatabaseAuthenticationEnabled`,
        ],
      },
      {
        when: "somebody chose the password",
        change: (stack) =>
          stack.change(INSTANCE, "databases-shard-0-source", { set: { password: "chosen by a person" } }),
        violated: [`${INSTANCE} databases-shard-0-source password`],
      },
      {
        when: "somebody chose a password that is only written",
        change: (stack) =>
          stack.change(INSTANCE, "databases-shard-0-source", {
            set: { passwordWo: "chosen by a person" },
            remove: ["password"],
          }),
        violated: [`${INSTANCE} databases-shard-0-source passwordWo`],
      },
      {
        when: "somebody chose the password of documents",
        change: (stack) =>
          stack.change(DOCUMENTS, "documents-cluster", { set: { masterPassword: "chosen by a person" } }),
        violated: [`${DOCUMENTS} documents-cluster masterPassword`],
      },
      {
        when: "a cluster has neither",
        change: (stack) =>
          stack.add(CLUSTER, "aurora", {
            inputs: { engine: "aurora-mysql", masterPassword: "chosen by a person" },
          }),
        violated: [`${CLUSTER} aurora iamDatabaseAuthenticationEnabled`, `${CLUSTER} aurora masterPassword`],
      },
    ],
    undecided: [
      {
        when: "it is unknown whether IAM is on",
        change: (stack) =>
          stack.change(INSTANCE, "databases-shard-0-source", {
            set: { iamDatabaseAuthenticationEnabled: Unknown.value },
          }),
        of: [`${INSTANCE} databases-shard-0-source`],
      },
      {
        when: "a password is unknown and comes from nowhere",
        change: (stack) =>
          stack
            .change(INSTANCE, "databases-shard-0-source", { set: { password: "chosen by a person" } })
            .change(INSTANCE, "databases-shard-0-source", { set: { password: Unknown.value } }),
        of: [`${INSTANCE} databases-shard-0-source`],
      },
      {
        when: "the engine of a replica is that of a source elsewhere",
        change: (stack) =>
          stack.change(INSTANCE, "databases-shard-0-replica-reader", {
            set: { replicateSourceDb: "arn:aws:rds:us-west-2:111122223333:db:adopted" },
            remove: ["iamDatabaseAuthenticationEnabled"],
          }),
        of: [`${INSTANCE} databases-shard-0-replica-reader`],
      },
    ],
  });

  provesResource(databaseRules, "aws-rds-logs-and-insights", {
    passes: [source, replica, documents, documentParameters, fixture("dev", INSTANCE)],
    alsoPasses: [
      {
        set: { engine: "mysql", instanceClass: "db.t3.micro", enabledCloudwatchLogsExports: ["error", "slowquery"] },
        remove: ["performanceInsightsEnabled", "performanceInsightsKmsKeyId"],
        when: "the class has no Performance Insights",
      },
      { set: { engine: "oracle-ee", enabledCloudwatchLogsExports: ["audit", "alert"] }, when: "the engine is Oracle" },
      {
        of: documentParameters,
        set: { "parameters[1].value": "ddl, dml_write" },
        when: "some kinds of events are audited",
      },
    ],
    fails: [
      { remove: ["enabledCloudwatchLogsExports"], at: "enabledCloudwatchLogsExports" },
      { set: { enabledCloudwatchLogsExports: [] }, at: "enabledCloudwatchLogsExports" },
      { set: { enabledCloudwatchLogsExports: ["upgrade"] }, at: "enabledCloudwatchLogsExports" },
      { set: { engine: "mariadb" }, at: "enabledCloudwatchLogsExports" },
      { set: { engine: "sqlserver-se" }, at: "enabledCloudwatchLogsExports" },
      { set: { monitoringInterval: 0 }, at: "monitoringInterval" },
      { remove: ["monitoringInterval"], at: "monitoringInterval" },
      { set: { performanceInsightsEnabled: false }, at: "performanceInsightsEnabled" },
      { remove: ["performanceInsightsKmsKeyId"], at: "performanceInsightsKmsKeyId" },
      { of: replica, remove: ["enabledCloudwatchLogsExports"], at: "enabledCloudwatchLogsExports" },
      { of: documents, set: { enabledCloudwatchLogsExports: ["profiler"] }, at: "enabledCloudwatchLogsExports" },
      { of: documents, set: { enabledCloudwatchLogsExports: ["audit"] }, at: "enabledCloudwatchLogsExports" },
      { of: documentParameters, set: { "parameters[1].value": "disabled" }, at: "parameters[1].value" },
      { of: documentParameters, remove: ["parameters[1]"], at: "parameters" },
    ],
    unknown: [
      "enabledCloudwatchLogsExports",
      "enabledCloudwatchLogsExports[0]",
      "monitoringInterval",
      "performanceInsightsEnabled",
      "performanceInsightsKmsKeyId",
    ],
  });

  provesResource(databaseRules, "aws-rds-ca-and-minor-upgrade", {
    passes: [source, replica, fixture("prod", DOCUMENTS_INSTANCE), written(CLUSTER, { copyTagsToSnapshot: true })],
    alsoPasses: [
      { set: { caCertIdentifier: "rds-ca-rsa2048-g1" }, when: "the authority is current" },
      { remove: ["autoMinorVersionUpgrade"], when: "fixes are taken by default" },
    ],
    fails: [
      { set: { caCertIdentifier: "rds-ca-2019" }, at: "caCertIdentifier" },
      { set: { caCertIdentifier: "rds-ca-2015-us-west-2" }, at: "caCertIdentifier" },
      { set: { autoMinorVersionUpgrade: false }, at: "autoMinorVersionUpgrade" },
      { remove: ["copyTagsToSnapshot"], at: "copyTagsToSnapshot" },
      { of: fixture("prod", DOCUMENTS_INSTANCE), set: { caCertIdentifier: "rds-ca-2019" }, at: "caCertIdentifier" },
      { of: fixture("prod", DOCUMENTS_INSTANCE), set: { copyTagsToSnapshot: false }, at: "copyTagsToSnapshot" },
      { of: written(CLUSTER, {}), when: "a cluster says nothing", at: "copyTagsToSnapshot" },
    ],
    unknown: ["caCertIdentifier", "autoMinorVersionUpgrade", "copyTagsToSnapshot"],
  });
});
