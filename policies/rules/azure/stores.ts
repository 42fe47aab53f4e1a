import { z } from "zod";
import { holdsRecords, isForGood, isGiven, isWord, naming } from "../../checks/azure";
import { isInternet } from "../../checks/networks";
import { rangeOf } from "../../checks/ranges";
import { isAtLeast } from "../../checks/tls";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, type Expect, type Inputs, type Rule, type StackFacts } from "../../model/rule";
import { undecided } from "../../model/view";

const LEARN = "https://learn.microsoft.com/azure";

const SERVER = "azure-native:dbforpostgresql:Server";
const PARAMETER = "azure-native:dbforpostgresql:Configuration";
const ACCOUNT = "azure-native:storage:StorageAccount";
const BLOBS = "azure-native:storage:BlobServiceProperties";
const BACKUP = "azure-native:dataprotection:BackupInstance";
const BACKUP_VAULT = "azure-native:dataprotection:BackupVault";
const KEY = "azure-native:keyvault:Key";

const retention = {
  minimumDays: z.int().min(1).max(35).default(7).describe("Days that any moment can be restored, at least."),
};

export const azureStoreRules: readonly Rule[] = [
  resourceRule({
    id: "az-pg-private",
    title: "PostgreSQL servers are not reachable from the internet",
    severity: "critical",
    controls: { iso27001: ["A.8.3"] },
    why: "A server with a public address is one password away from everybody; the range 0.0.0.0 lets in whoever rents a machine on Azure.",
    remedy: {
      text: "Put the server into a delegated subnet with a private zone, or switch public access off.",
      example:
        'new dbforpostgresql.Server("db", { network: { delegatedSubnetResourceId: subnet.id, privateDnsZoneArmResourceId: zone.id }, … })',
    },
    source: `${LEARN}/postgresql/network/concepts-networking-private`,
    on: {
      [SERVER]: (server, expect) => {
        expect("network", "gives the server a public address", () => {
          const { network } = server;
          return Boolean(network?.delegatedSubnetResourceId) || isWord(network?.publicNetworkAccess, "Disabled");
        });
        expect("network.privateDnsZoneArmResourceId", "is missing: no name leads to the server's address", () => {
          const { network } = server;
          return !network?.delegatedSubnetResourceId || Boolean(network.privateDnsZoneArmResourceId);
        });
      },
      "azure-native:dbforpostgresql:FirewallRule": (rule, expect) => {
        expect("startIpAddress", "lets in all of Azure, or much of the internet", () => {
          const [from, to] = [rule.startIpAddress, rule.endIpAddress].map((address) => {
            return rangeOf(`${address ?? ""}/32`)?.first ?? undecided("startIpAddress", "is no range of addresses");
          });
          return from !== 0 && (to ?? 0) - (from ?? 0) < 2 ** 24;
        });
      },
    },
  }),
  graphRule({
    id: "az-pg-ha-geo-backup",
    title: "PostgreSQL outlives a zone, and its backups a region",
    severity: "high",
    controls: { iso27001: ["A.8.13", "A.8.14"], hipaa: ["164.308(a)(7)(ii)(A)"] },
    why: "A server in one zone ends with it; backups that are all in one region cannot be restored while it is away.",
    remedy: {
      text: "Ask for a standby in another zone, and keep backups in a vault with a copy in another region, or geo-redundant ones.",
      example:
        'new dbforpostgresql.Server("db", { highAvailability: { mode: "ZoneRedundant" }, backup: { backupRetentionDays: 14, geoRedundantBackup: "Enabled" }, … })',
    },
    source: `${LEARN}/postgresql/backup-restore/concepts-backup-restore`,
    settings: z.object(retention),
    types: [SERVER],
    check: (graph, judge, { stack, settings }) => {
      judge.each(graph.all(SERVER), (server, expect) => {
        // A replica is as available as it is, and restored from its source.
        if (isReplica(server)) return;
        const { props } = server;
        expect("highAvailability.mode", "leaves no standby in another zone", () => {
          return isWord(props.highAvailability?.mode, "ZoneRedundant") || isSmaller(stack);
        });
        expect("backup.backupRetentionDays", `keeps backups for less than ${String(settings.minimumDays)} days`, () => {
          return (props.backup?.backupRetentionDays ?? 7) >= settings.minimumDays;
        });
        // Whether backups of the server have a copy elsewhere is chosen for its life; a vault can be added at any time.
        expect("backup.geoRedundantBackup", "leaves all backups in one region", () => {
          return (
            !isForGood(stack) ||
            isWord(props.backup?.geoRedundantBackup, "Enabled") ||
            isBackedUpElsewhere(graph, server)
          );
        });
      });
    },
  }),
  graphRule({
    id: "az-pg-tls-audit",
    title: "PostgreSQL speaks TLS alone, and records who logs in",
    severity: "high",
    controls: { soc2: ["CC6.2", "CC6.6"], hipaa: ["164.312(e)(1)"] },
    why: "What is not encrypted can be read and changed on the way; without records of log-ins nobody can tell who was there.",
    remedy: {
      text: "Set the parameters of the server.",
      example:
        'new dbforpostgresql.Configuration("tls", { configurationName: "ssl_min_protocol_version", value: "TLSv1.3", source: "user-override", … })',
    },
    source: `${LEARN}/postgresql/security/security-tls`,
    settings: z.object({
      minimumTls: z.enum(["1.2", "1.3"]).default("1.3").describe("The oldest version of TLS that servers may speak."),
    }),
    types: [SERVER, PARAMETER],
    check: (graph, judge, { settings }) => {
      judge.each(graph.all(PARAMETER), ({ props }, expect) => {
        const name = props.configurationName?.toLowerCase();
        if (name === TLS_PARAMETER) {
          expect("value", "lets clients in with an old version of TLS", () => {
            return isAtLeast("postgresql", props.value, settings.minimumTls);
          });
        }
        const says = SWITCHES.get(name ?? "");
        if (says !== undefined) expect("value", says, () => isOn(props.value));
      });
      judge.each(graph.all(SERVER), (server, expect) => {
        // The other parameters are on where nothing is said.
        expect("", `speaks TLS 1.2 too: it has no ${TLS_PARAMETER}`, () => {
          return (
            isAtLeast("postgresql", undefined, settings.minimumTls) ||
            parameter(graph, server, TLS_PARAMETER) !== undefined
          );
        });
      });
    },
  }),
  graphRule({
    id: "az-pg-entra-cmk",
    title: "PostgreSQL knows people and services by the directory, and is encrypted with a key of ours",
    severity: "high",
    controls: { hipaa: ["164.312(a)(2)(i)"] },
    why: "A password is known to whoever has read it once; without a key of ours nobody but Azure can make the data unreadable.",
    remedy: {
      text: "Switch log-in by Microsoft Entra on and passwords off, and name a key. What replicates to another cloud may keep passwords, as SCRAM alone.",
      example:
        'new dbforpostgresql.Server("db", { authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Disabled" }, dataEncryption: { type: "AzureKeyVault", primaryKeyURI: key.keyUri, … }, … })',
    },
    source: `${LEARN}/postgresql/security/security-entra-concepts`,
    types: [SERVER],
    check: (graph, judge) => {
      judge.each(graph.all(SERVER), (server, expect) => {
        expect("dataEncryption.primaryKeyURI", "is missing: the data is encrypted with a key of Azure's", () => {
          return isGiven(graph, server, "dataEncryption.primaryKeyURI", KEY);
        });
        // Users of a replica are those of its source.
        if (isReplica(server)) return;
        const { props } = server;
        expect("authConfig.activeDirectoryAuth", "leaves log-in to passwords", () => {
          return isWord(props.authConfig?.activeDirectoryAuth, "Enabled");
        });
        // A subscriber in another cloud can log in by a password alone: https://www.postgresql.org/docs/current/sql-createsubscription.html
        expect("authConfig.passwordAuth", "accepts passwords", () => {
          if (isWord(props.authConfig?.passwordAuth, "Disabled")) return true;
          return (
            isWord(parameter(graph, server, "wal_level"), "logical") &&
            isWord(parameter(graph, server, "azure.accepted_password_auth_method"), "scram-sha-256")
          );
        });
      });
    },
  }),
  resourceRule({
    id: "az-redis-secure",
    title: "Caches speak TLS inside the network, and lose no data with a machine",
    severity: "high",
    controls: { iso27001: ["A.8.24"] },
    why: "A cache holds sessions: read on the way or reached from the internet, they let somebody else in; lost, they log everybody out.",
    remedy: {
      text: "Encrypt connections and data, switch public access off, keep a replica and write the data to disk.",
      example:
        'new redisenterprise.RedisEnterprise("cache", { minimumTlsVersion: "1.2", publicNetworkAccess: "Disabled", highAvailability: "Enabled", … })',
    },
    source: `${LEARN}/redis/tls-configuration`,
    on: {
      "azure-native:redis:Redis": (cache, expect) => {
        expect("enableNonSslPort", "opens a port without encryption", () => cache.enableNonSslPort !== true);
        expect("minimumTlsVersion", "lets clients in with an old version of TLS", () => {
          return isAtLeast("azure-redis", cache.minimumTlsVersion, "1.2");
        });
        expectNoPublicAccess(() => cache.publicNetworkAccess, expect);
        expect("disableAccessKeyAuthentication", "leaves keys that open the cache to whoever has them", () => {
          return cache.disableAccessKeyAuthentication === true;
        });
      },
      "azure-native:redisenterprise:RedisEnterprise": (cluster, expect, { stack }) => {
        expect("minimumTlsVersion", "lets clients in with an old version of TLS", () => {
          return isAtLeast("azure-managed-redis", cluster.minimumTlsVersion, "1.2");
        });
        expectNoPublicAccess(() => cluster.publicNetworkAccess, expect);
        expect("highAvailability", "leaves no replica in another zone", () => {
          if (stack.class === "development") return true;
          // The SKUs Enterprise are in the zones that are named; all others in every zone by themselves.
          if (/^enterprise/i.test(cluster.sku?.name ?? "")) return new Set(cluster.zones).size >= 2;
          return !isWord(cluster.highAvailability, "Disabled");
        });
        expect(
          "encryption.customerManagedKeyEncryption",
          "is missing: the data is encrypted with a key of Azure's",
          () => {
            return Boolean(cluster.encryption?.customerManagedKeyEncryption?.keyEncryptionKeyUrl);
          },
        );
      },
      "azure-native:redisenterprise:Database": (database, expect, { stack }) => {
        expect("clientProtocol", "lets clients in without encryption", () => {
          return !isWord(database.clientProtocol, "Plaintext");
        });
        expect("persistence", "loses all data with its machines", () => {
          const { aofEnabled, rdbEnabled } = database.persistence ?? {};
          return aofEnabled === true || rdbEnabled === true || stack.class === "development";
        });
      },
    },
    fix: { "azure-native:redis:Redis": { minimumTlsVersion: "1.2" } },
  }),
  resourceRule({
    id: "az-storage-closed",
    title: "Stores and apps answer nobody from the internet, and no key that is handed on",
    severity: "critical",
    controls: {
      cis: ["Azure 4.0 2.2.1.2", "Azure 4.0 10.3.2.3"],
      iso27001: ["A.8.1"],
      soc2: ["CC6.1"],
      hipaa: ["164.312(a)(1)"],
      pciDss: ["1.2.8"],
    },
    why: "One container that was made public, or one account key in a file, gives away all that is stored.",
    remedy: {
      text: "Switch public access and shared keys off, and let clients log in by Microsoft Entra.",
      example:
        'new storage.StorageAccount("data", { allowBlobPublicAccess: false, allowSharedKeyAccess: false, publicNetworkAccess: "Disabled", … })',
    },
    source: `${LEARN}/storage/common/storage-network-security-trusted-azure-services`,
    on: {
      [ACCOUNT]: (account, expect) => {
        expect("allowBlobPublicAccess", "lets containers be public", () => account.allowBlobPublicAccess !== true);
        expect("publicNetworkAccess", "lets in every address of the internet", () => {
          if (["disabled", "securedbyperimeter"].includes(account.publicNetworkAccess?.toLowerCase() ?? ""))
            return true;
          return isWord(account.networkRuleSet?.defaultAction, "Deny");
        });
        expect("networkRuleSet.ipRules", "lets in much of the internet", () => {
          return !(account.networkRuleSet?.ipRules ?? []).some(({ iPAddressOrRange }) => isInternet(iPAddressOrRange));
        });
        expect("allowSharedKeyAccess", "leaves keys that open all of the account", () => {
          return account.allowSharedKeyAccess === false;
        });
        expect("allowCrossTenantReplication", "lets objects be copied to other directories", () => {
          return account.allowCrossTenantReplication !== true;
        });
        expect(
          "isLocalUserEnabled",
          "lets in users that no directory knows",
          () => account.isLocalUserEnabled !== true,
        );
      },
      "azure-native:storage:BlobContainer": (container, expect) => {
        expect("publicAccess", "lets everybody read", () => isWord(container.publicAccess ?? "None", "None"));
      },
      "azure-native:cosmosdb:DatabaseAccount": (account, expect) => {
        expect("disableLocalAuth", "leaves keys that open all of the account", () => account.disableLocalAuth === true);
      },
      "azure-native:containerregistry:Registry": (registry, expect) => {
        expect("adminUserEnabled", "leaves a password that opens all of the registry", () => {
          return registry.adminUserEnabled !== true;
        });
        expect("anonymousPullEnabled", "lets everybody pull images", () => registry.anonymousPullEnabled !== true);
      },
      "azure-native:web:WebAppFtpAllowed": (login, expect) => {
        expect("allow", "lets code be put into the app with a password", () => login.allow === false);
      },
      "azure-native:web:WebAppScmAllowed": (login, expect) => {
        expect("allow", "lets code be put into the app with a password", () => login.allow === false);
      },
    },
    fix: { [ACCOUNT]: { allowBlobPublicAccess: false, allowCrossTenantReplication: false } },
  }),
  resourceRule({
    id: "az-storage-tls-cmk",
    title: "Stores speak TLS 1.2 or later, and encrypt with a key of ours",
    severity: "high",
    controls: {
      cis: ["Azure 4.0 2.1.1.2.1", "Azure 4.0 10.3.7"],
      iso27001: ["A.8.5", "A.8.24"],
      soc2: ["CC6.6", "CC6.7"],
      hipaa: ["164.312(e)(1)"],
      pciDss: ["3.5.1"],
    },
    // 1.3 cannot be demanded of storage: the SDK says that it is not supported.
    why: "Old versions of TLS can be broken on the way; without a key of ours nobody but Azure can make the data unreadable.",
    remedy: {
      text: "Ask for TLS 1.2, and name a key of the vault.",
      example:
        'new storage.StorageAccount("data", { minimumTlsVersion: "TLS1_2", encryption: { keySource: "Microsoft.Keyvault", requireInfrastructureEncryption: true, … }, … })',
    },
    source: `${LEARN}/storage/common/transport-layer-security-configure-minimum-version`,
    on: {
      [ACCOUNT]: (account, expect) => {
        expect("enableHttpsTrafficOnly", "lets clients in without encryption", () => {
          return account.enableHttpsTrafficOnly !== false;
        });
        expect("minimumTlsVersion", "lets clients in with an old version of TLS", () => {
          return isAtLeast("azure-storage", account.minimumTlsVersion, "1.2");
        });
        expect("encryption.keySource", "leaves the data to a key of Azure's", () => {
          return isWord(account.encryption?.keySource, "Microsoft.Keyvault");
        });
        expect("encryption.requireInfrastructureEncryption", "leaves the data encrypted once alone", () => {
          return account.encryption?.requireInfrastructureEncryption === true;
        });
      },
      "azure-native:cosmosdb:DatabaseAccount": (account, expect) => {
        expect("minimalTlsVersion", "lets clients in with an old version of TLS", () => {
          return isAtLeast("azure-cosmos-db", account.minimalTlsVersion, "1.2");
        });
        expect("keyVaultKeyUri", "is missing: the data is encrypted with a key of Azure's", () => {
          return Boolean(account.keyVaultKeyUri);
        });
      },
      "azure-native:containerregistry:Registry": (registry, expect) => {
        expect("encryption.status", "leaves images to a key of Azure's", () => {
          return isWord(registry.encryption?.status, "enabled");
        });
      },
      "azure-native:machinelearningservices:Workspace": (workspace, expect) => {
        expect("encryption.status", "leaves models to a key of Azure's", () => {
          return isWord(workspace.encryption?.status, "Enabled");
        });
      },
      "azure-native:web:WebApp": (app, expect) => {
        expect("httpsOnly", "lets clients in without encryption", () => app.httpsOnly === true);
        expect("siteConfig.minTlsVersion", "lets clients in with an old version of TLS", () => {
          return isAtLeast("azure-app-service", app.siteConfig?.minTlsVersion, "1.2");
        });
      },
    },
    fix: { [ACCOUNT]: { enableHttpsTrafficOnly: true, minimumTlsVersion: "TLS1_2" } },
  }),
  graphRule({
    id: "az-storage-recoverable",
    title: "What is deleted or overwritten in storage can be brought back, and outlives a region",
    severity: "high",
    controls: {
      cis: ["Azure 4.0 10.2.1", "Azure 4.0 10.3.6"],
      iso27001: ["A.8.10"],
      soc2: ["CC7.4", "C1.1"],
      hipaa: ["164.308(a)(7)(ii)(A)"],
      pciDss: ["10.3.2"],
    },
    why: "A wrong command, or somebody with the rights for it, deletes all objects in a minute: what has no versions and no soft delete is gone.",
    remedy: {
      text: "Switch versions and soft delete on, back the account up, and choose a SKU with a copy in another region.",
      example:
        'new storage.BlobServiceProperties("data", { accountName: account.name, isVersioningEnabled: true, deleteRetentionPolicy: { enabled: true, days: 30 }, containerDeleteRetentionPolicy: { enabled: true, days: 30 }, … })',
    },
    source: `${LEARN}/storage/blobs/soft-delete-blob-overview`,
    settings: z.object({
      minimumDays: z
        .int()
        .min(1)
        .max(365)
        .default(7)
        .describe("Days that what was deleted can be brought back, at least."),
    }),
    types: [ACCOUNT],
    check: (graph, judge, { stack, settings }) => {
      judge.each(graph.all(ACCOUNT), (account, expect) => {
        const blobs = () => graph.from(BLOBS, "accountName", account);
        const days = String(settings.minimumDays);
        const keeps = (policy: Retention | undefined) => {
          return policy?.enabled === true && (policy.days ?? 0) >= settings.minimumDays;
        };
        expect("", `keeps deleted objects for less than ${days} days`, () => {
          return blobs().some(({ props }) => keeps(props.deleteRetentionPolicy));
        });
        expect("", `keeps deleted containers for less than ${days} days`, () => {
          return blobs().some(({ props }) => keeps(props.containerDeleteRetentionPolicy));
        });
        // A file system has neither versions nor a way back to a moment, and cannot be backed up:
        // https://learn.microsoft.com/azure/storage/blobs/storage-feature-support-in-storage-accounts
        const hasVersions = () => account.props.isHnsEnabled !== true && !isOfService(graph, account);
        expect("", "keeps no versions of what is overwritten", () => {
          return blobs().some(({ props }) => props.isVersioningEnabled === true) || !hasVersions();
        });
        expect("", "cannot go back to a moment, and has no backup", () => {
          if (!isForGood(stack) || blobs().some(({ props }) => canGoBack(props))) return true;
          // What nobody can change needs no way back.
          if (account.props.immutableStorageWithVersioning?.enabled === true) return true;
          return backupsOf(graph, account).length > 0 || !hasVersions();
        });
        expect("sku.name", "has no copy in another region", () => {
          return /_(RA)?GZ?RS$/i.test(account.props.sku?.name ?? "") || !isForGood(stack) || holdsFlows(graph, account);
        });
      });
    },
  }),
];

type Retention = NonNullable<Inputs<typeof BLOBS>["deleteRetentionPolicy"]>;

function backupsOf(graph: Graph, store: Node): readonly Node<typeof BACKUP>[] {
  return naming(graph, BACKUP, "properties.dataSourceInfo.resourceID", store, [SERVER, ACCOUNT]);
}

function isReplica({ props }: Node<typeof SERVER>): boolean {
  return isWord(props.createMode, "Replica") || /^(Geo)?AsyncReplica$/i.test(props.replicationRole ?? "");
}

/** Whether a stack does without spares: it is for trying things out, or a standby, which is the spare itself. */
function isSmaller({ class: stackClass, config }: StackFacts): boolean {
  return stackClass === "development" || (stackClass === "recovery" && config["platform:role"] === "standby");
}

/** Whether a vault that keeps a copy in another region takes backups of a server. */
function isBackedUpElsewhere(graph: Graph, server: Node<typeof SERVER>): boolean {
  return backupsOf(graph, server)
    .flatMap((backup) => graph.to(backup, "vaultName", BACKUP_VAULT))
    .some(({ props }) => (props.properties?.storageSettings ?? []).some(({ type }) => isWord(type, "GeoRedundant")));
}

const TLS_PARAMETER = "ssl_min_protocol_version";

/**
 * Parameters that must be on, with what happens where they are not. All of them are on by default.
 * https://github.com/MicrosoftDocs/azure-docs/blob/main/articles/postgresql/flexible-server/includes/server-parameters-table-16-reporting-and-logging---what-to-log.md
 */
const SWITCHES: ReadonlyMap<string, string> = new Map([
  ["require_secure_transport", "lets clients in without encryption"],
  ["log_connections", "leaves log-ins out of the record"],
  ["log_disconnections", "leaves the ends of sessions out of the record"],
  ["log_checkpoints", "leaves checkpoints out of the record"],
]);

function isOn(value: string | undefined): boolean {
  return ["on", "true", "yes", "1"].includes(value?.toLowerCase() ?? "on");
}

/** The value of a parameter of a server; undefined where nothing sets it. */
function parameter(graph: Graph, server: Node<typeof SERVER>, name: string): string | undefined {
  return graph.from(PARAMETER, "serverName", server).find(({ props }) => isWord(props.configurationName, name))?.props
    .value;
}

function expectNoPublicAccess(read: () => string | undefined, expect: Expect): void {
  expect("publicNetworkAccess", "lets the internet in", () => isWord(read(), "Disabled"));
}

/** Whether blobs can be set back to a moment. It takes soft delete, versions and the feed of changes. */
function canGoBack({ restorePolicy, changeFeed }: Inputs<typeof BLOBS>): boolean {
  return restorePolicy?.enabled === true && changeFeed?.enabled === true;
}

function holdsFlows(graph: Graph, account: Node<typeof ACCOUNT>): boolean {
  return graph.from("azure-native:network:FlowLog", "storageId", account).length > 0;
}

/**
 * Whether an account holds what a service writes for itself: records, code of functions, what a workspace makes of its data. Each
 * write is a new object, or is made again from its source.
 */
function isOfService(graph: Graph, account: Node<typeof ACCOUNT>): boolean {
  return (
    holdsRecords(graph, account) ||
    graph.from("azure-native:machinelearningservices:Workspace", "storageAccount", account).length > 0 ||
    graph.from("azure-native:web:WebApp", "functionAppConfig.deployment.storage.value", account).length > 0
  );
}
