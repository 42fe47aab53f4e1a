import { gcpStoreRules } from "../../../../policies/rules/gcp/stores";
import { Unknown, type Value } from "../../../../offline/cloud/value";
import { changed, fixture, written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";
import { linked, unknown } from "../azure/changes";

const DATABASE = "gcp:sql/databaseInstance:DatabaseInstance";
const BUCKET = "gcp:storage/bucket:Bucket";
const MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember";
const BINDING = "gcp:storage/bucketIAMBinding:BucketIAMBinding";

const SOURCE = "databases-shard-0-source";
const REPLICA = "databases-shard-0-replica-reader";

const FLAGS = ["log_connections", "log_disconnections", "log_checkpoints", "log_lock_waits", "cloudsql.enable_pgaudit"];
const on = (...names: readonly string[]): Value => names.map((name) => ({ name, value: "on" }));

const [source, replica] = [SOURCE, REPLICA].map((name) =>
  changed(fixture("prod-gcp", DATABASE, name), { set: { "settings.databaseFlags": on(...FLAGS) } }),
) as [ReturnType<typeof fixture>, ReturnType<typeof fixture>];

describe("rules on stores of Google Cloud", () => {
  const ip = "settings.ipConfiguration";
  const psc = { set: { [`${ip}.pscConfigs`]: [{ pscEnabled: true }] }, remove: [`${ip}.privateNetwork`] };
  const network = (value: string): Value => [{ name: "office", value: "192.0.2.0/24" }, { value }];
  provesResource(gcpStoreRules, "gcp-sql-private", {
    passes: [source, replica],
    alsoPasses: [
      { when: "it is reached by Private Service Connect", ...psc },
      { when: "an office is let in", set: { [`${ip}.authorizedNetworks`]: network("198.51.100.0/24") } },
    ],
    fails: [
      { set: { [`${ip}.ipv4Enabled`]: true }, at: `${ip}.ipv4Enabled` },
      { remove: [`${ip}.ipv4Enabled`], at: `${ip}.ipv4Enabled` },
      { remove: [ip], at: [`${ip}.ipv4Enabled`, `${ip}.privateNetwork`] },
      { remove: ["settings"], at: [`${ip}.ipv4Enabled`, `${ip}.privateNetwork`] },
      { remove: [`${ip}.privateNetwork`], at: `${ip}.privateNetwork` },
      { set: { [`${ip}.privateNetwork`]: "" }, at: `${ip}.privateNetwork` },
      {
        set: { [`${ip}.pscConfigs`]: [{ pscEnabled: false }] },
        remove: [`${ip}.privateNetwork`],
        at: `${ip}.privateNetwork`,
      },
      ...["0.0.0.0/0", "128.0.0.0/1"].map((value) => ({
        set: { [`${ip}.authorizedNetworks`]: network(value) },
        at: `${ip}.authorizedNetworks[1].value`,
      })),
    ],
    unknown: [`${ip}.ipv4Enabled`, `${ip}.privateNetwork`, `${ip}.authorizedNetworks`],
  });
  provesResource(gcpStoreRules, "gcp-sql-private", {
    passes: changed(source, { ...psc, set: { ...psc.set, [`${ip}.authorizedNetworks`]: network("192.0.2.1/32") } }),
    fails: [],
    unknown: [`${ip}.pscConfigs[0]`, `${ip}.authorizedNetworks[0]`, `${ip}.authorizedNetworks[1].value`],
  });

  const mode = `${ip}.sslMode`;
  const flags = "settings.databaseFlags";
  const tls = (value: string): Value => [{ name: "ssl_min_protocol_version", value }];
  provesResource(gcpStoreRules, "gcp-sql-tls", {
    passes: [source, replica, fixture("prod-gcp", DATABASE, SOURCE)],
    alsoPasses: [
      { when: "clients have certificates", set: { [mode]: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED" } },
      { when: "the server's own version is taken", remove: [flags] },
      ...["TLSv1.2", "TLSv1.3"].map((value) => ({ when: `${value} is the least`, set: { [flags]: tls(value) } })),
    ],
    fails: [
      { set: { [mode]: "ALLOW_UNENCRYPTED_AND_ENCRYPTED" }, at: mode },
      { remove: [mode], at: mode },
      { remove: [ip], at: mode },
      { set: { [flags]: tls("TLSv1") }, at: flags },
      { set: { [flags]: tls("TLSv1.1") }, at: flags },
      {
        when: "an older version comes after a flag that is not known",
        set: { [flags]: [Unknown.value, { name: "ssl_min_protocol_version", value: "TLSv1" }] as never },
        at: flags,
      },
    ],
    unknown: [mode, flags, `${flags}[0]`],
  });

  const backups = "settings.backupConfiguration";
  const kept = `${backups}.backupRetentionSettings.retainedBackups`;
  provesResource(gcpStoreRules, "gcp-sql-backup-pitr", {
    passes: [source, replica],
    alsoPasses: [
      {
        when: "the periods are those of Google",
        remove: [`${backups}.transactionLogRetentionDays`, `${backups}.backupRetentionSettings`, `${backups}.location`],
      },
      {
        when: "MySQL writes its log",
        set: { [`${backups}.binaryLogEnabled`]: true },
        remove: [`${backups}.pointInTimeRecoveryEnabled`],
      },
      { when: "backups are in several regions", set: { [`${backups}.location`]: "us" } },
      {
        when: "a plan of Backup and DR has taken the backups over",
        set: { [backups]: { backupTier: "ENHANCED", enabled: false, location: "", transactionLogRetentionDays: 0 } },
      },
      {
        when: "a development stack keeps them at home",
        stack: { class: "development" },
        set: { [`${backups}.location`]: "us-central1" },
      },
    ],
    fails: [
      {
        remove: [backups],
        at: [`${backups}.enabled`, `${backups}.pointInTimeRecoveryEnabled`],
      },
      { set: { [`${backups}.enabled`]: false }, at: `${backups}.enabled` },
      { remove: [`${backups}.enabled`], at: `${backups}.enabled` },
      { set: { [`${backups}.pointInTimeRecoveryEnabled`]: false }, at: `${backups}.pointInTimeRecoveryEnabled` },
      ...[0, 6].map((days) => ({
        set: { [`${backups}.transactionLogRetentionDays`]: days },
        at: `${backups}.transactionLogRetentionDays`,
      })),
      ...[0, 6].map((count) => ({ set: { [kept]: count }, at: kept })),
      { settings: { leastBackups: 8 }, remove: [kept], at: kept },
      { set: { [`${backups}.location`]: "us-central1" }, at: `${backups}.location` },
      { set: { [`${backups}.location`]: "US-CENTRAL1" }, at: `${backups}.location` },
      {
        when: "a source is made of the replica",
        of: replica,
        remove: ["masterInstanceName"],
        at: [`${backups}.enabled`, `${backups}.pointInTimeRecoveryEnabled`],
      },
    ],
    unknown: [
      `${backups}.enabled`,
      `${backups}.pointInTimeRecoveryEnabled`,
      `${backups}.transactionLogRetentionDays`,
      kept,
      `${backups}.location`,
      "region",
    ],
  });

  const change =
    (name: string, set: Readonly<Record<string, Value>>, remove: readonly string[] = []) =>
    (stack: StackUnderTest) =>
      stack.change(DATABASE, name, { set, remove });
  const at = (name: string, path: string) => [`${DATABASE} ${name} ${path}`];
  const master = "masterInstanceName";
  const zone = "settings.locationPreference.zone";
  provesStack(gcpStoreRules, "gcp-sql-ha-cmek-protect", {
    of: "prod-gcp",
    alsoPasses: [
      {
        when: "the source has a standby, and there is no replica",
        change: (stack) => change(SOURCE, { "settings.availabilityType": "REGIONAL" })(stack.drop(DATABASE, REPLICA)),
      },
      {
        when: "the replica has a standby",
        change: (stack) =>
          change(REPLICA, { "settings.availabilityType": "REGIONAL" }, ["settings.locationPreference"])(stack),
      },
      {
        when: "the replica is in another region, with a key of that",
        change: change(REPLICA, { region: "us-east1", encryptionKeyName: "projects/p/key" }, [
          "settings.locationPreference",
        ]),
      },
      {
        when: "the program deletes nothing by default",
        change: change(SOURCE, {}, ["deletionProtection"]),
      },
      {
        when: "a development stack has one of everything",
        stack: { class: "development" },
        change: (stack) =>
          change(SOURCE, { deletionProtection: false }, [
            "settings.deletionProtectionEnabled",
            "settings.retainBackupsOnDelete",
          ])(stack.drop(DATABASE, REPLICA)),
      },
    ],
    fails: [
      {
        when: "there is no replica",
        change: (stack) => stack.drop(DATABASE, REPLICA),
        violated: at(SOURCE, "settings.availabilityType"),
      },
      {
        when: "the replica may be in the same zone",
        change: change(REPLICA, {}, ["settings.locationPreference"]),
        violated: at(SOURCE, "settings.availabilityType"),
      },
      {
        when: "the source has a zone, and the replica may be in it",
        change: (stack) =>
          change(SOURCE, { [zone]: "us-central1-a" })(change(REPLICA, {}, ["settings.locationPreference"])(stack)),
        violated: at(SOURCE, "settings.availabilityType"),
      },
      {
        when: "the replica is in the same zone",
        change: change(SOURCE, { [zone]: "us-central1-c" }),
        violated: at(SOURCE, "settings.availabilityType"),
      },
      {
        when: "the source has no key",
        change: change(SOURCE, {}, ["encryptionKeyName"]),
        violated: at(SOURCE, "encryptionKeyName"),
      },
      {
        when: "the key of the source is none",
        change: change(SOURCE, { encryptionKeyName: "" }),
        violated: at(SOURCE, "encryptionKeyName"),
      },
      {
        when: "a replica in another region has no key",
        change: change(REPLICA, { region: "us-east1" }),
        violated: at(REPLICA, "encryptionKeyName"),
      },
      ...[SOURCE, REPLICA].flatMap((name) => [
        {
          when: `the program may delete ${name}`,
          change: change(name, { deletionProtection: false }),
          violated: at(name, "deletionProtection"),
        },
        {
          when: `everybody may delete ${name}`,
          change: change(name, { "settings.deletionProtectionEnabled": false }),
          violated: at(name, "settings.deletionProtectionEnabled"),
        },
        {
          when: `nothing is said of deleting ${name}`,
          change: change(name, {}, ["settings.deletionProtectionEnabled"]),
          violated: at(name, "settings.deletionProtectionEnabled"),
        },
      ]),
      {
        when: "backups go with the database",
        change: change(SOURCE, { "settings.retainBackupsOnDelete": false }),
        violated: at(SOURCE, "settings.retainBackupsOnDelete"),
      },
      {
        when: "nothing is said of its backups",
        change: change(SOURCE, {}, ["settings.retainBackupsOnDelete"]),
        violated: at(SOURCE, "settings.retainBackupsOnDelete"),
      },
    ],
    undecided: [
      {
        when: "the source of the replica is not in this stack",
        change: (stack) =>
          linked(
            change(SOURCE, { "settings.availabilityType": "REGIONAL" })(
              change(REPLICA, { [master]: "elsewhere" })(stack),
            ),
            DATABASE,
            REPLICA,
            master,
          ),
        of: [`${DATABASE} ${REPLICA}`],
      },
      {
        when: "nobody can tell the source of the replica",
        change: (stack) => unknown(stack, DATABASE, REPLICA, master),
        of: [SOURCE, REPLICA].map((name) => `${DATABASE} ${name}`),
      },
      {
        when: "the zone of the replica is not known",
        change: (stack) => unknown(stack, DATABASE, REPLICA, zone),
        of: [`${DATABASE} ${SOURCE}`],
      },
      {
        when: "the key is not known",
        change: (stack) => unknown(stack, DATABASE, SOURCE, "encryptionKeyName"),
        of: [`${DATABASE} ${SOURCE}`],
      },
    ],
  });

  provesResource(gcpStoreRules, "gcp-sql-audit-flags", {
    passes: [source, replica],
    alsoPasses: [{ when: "it is no PostgreSQL", set: { databaseVersion: "MYSQL_8_4" }, remove: [flags] }],
    fails: [
      ...FLAGS.flatMap((name) => [
        { when: `${name} is not set`, set: { [flags]: on(...FLAGS.filter((one) => one !== name)) }, at: flags },
        { when: `${name} is off`, set: { [`${flags}[${String(FLAGS.indexOf(name))}].value`]: "off" }, at: flags },
      ]),
      { remove: [flags], at: FLAGS.map(() => flags) },
      { set: { [flags]: [] }, at: FLAGS.map(() => flags) },
    ],
    unknown: [flags, ...FLAGS.map((_, index) => `${flags}[${String(index)}].value`), `${flags}[0].name`],
  });

  const cache = fixture("prod-gcp", "gcp:redis/instance:Instance");
  provesResource(gcpStoreRules, "gcp-redis-secure", {
    passes: cache,
    alsoPasses: [
      {
        when: "a development stack has one that keeps nothing",
        stack: { class: "development" },
        set: { tier: "BASIC" },
        remove: ["persistenceConfig"],
      },
    ],
    fails: [
      { set: { authEnabled: false }, at: "authEnabled" },
      { remove: ["authEnabled"], at: "authEnabled" },
      { set: { transitEncryptionMode: "DISABLED" }, at: "transitEncryptionMode" },
      { remove: ["transitEncryptionMode"], at: "transitEncryptionMode" },
      { set: { customerManagedKey: "" }, at: "customerManagedKey" },
      { remove: ["customerManagedKey"], at: "customerManagedKey" },
      { set: { tier: "BASIC" }, at: "tier" },
      { remove: ["tier"], at: "tier" },
      { set: { "persistenceConfig.persistenceMode": "DISABLED" }, at: "persistenceConfig.persistenceMode" },
      { remove: ["persistenceConfig"], at: "persistenceConfig.persistenceMode" },
      {
        when: "a development stack speaks in clear",
        stack: { class: "development" },
        set: { transitEncryptionMode: "DISABLED" },
        at: "transitEncryptionMode",
      },
    ],
    unknown: [
      "authEnabled",
      "transitEncryptionMode",
      "customerManagedKey",
      "tier",
      "persistenceConfig.persistenceMode",
    ],
  });

  const seconds = "softDeletePolicy.retentionDurationSeconds";
  const code = fixture("prod-gcp", BUCKET, "functions-build-code");
  provesResource(gcpStoreRules, "gcp-bucket-closed", {
    passes: [fixture("prod-gcp", BUCKET, "objects-bucket"), fixture("prod-gcp", BUCKET, "lake-objects-bucket"), code],
    alsoPasses: [
      { when: "Google's week is taken", remove: ["softDeletePolicy"] },
      {
        when: "a development stack goes with its objects",
        stack: { class: "development" },
        set: { forceDestroy: true },
      },
    ],
    fails: [
      { set: { publicAccessPrevention: "inherited" }, at: "publicAccessPrevention" },
      { remove: ["publicAccessPrevention"], at: "publicAccessPrevention" },
      { set: { uniformBucketLevelAccess: false }, at: "uniformBucketLevelAccess" },
      { remove: ["uniformBucketLevelAccess"], at: "uniformBucketLevelAccess" },
      { remove: ["encryption"], at: "encryption.defaultKmsKeyName" },
      { set: { "encryption.defaultKmsKeyName": "" }, at: "encryption.defaultKmsKeyName" },
      { set: { "versioning.enabled": false }, at: "versioning.enabled" },
      { remove: ["versioning"], at: "versioning.enabled" },
      { set: { [seconds]: 0 }, at: seconds },
      { set: { forceDestroy: true }, at: "forceDestroy" },
      { of: code, protect: true, set: { forceDestroy: true }, at: "forceDestroy" },
    ],
    unknown: [
      "publicAccessPrevention",
      "uniformBucketLevelAccess",
      "encryption.defaultKmsKeyName",
      "versioning.enabled",
      seconds,
      "forceDestroy",
    ],
  });

  const names = ["allUsers", "allAuthenticatedUsers"];
  const account = "serviceAccount:reports@example.iam.gserviceaccount.com";
  const binding = written(BINDING, {
    bucket: "reports",
    role: "roles/storage.objectViewer",
    members: [account, account],
  });
  provesResource(gcpStoreRules, "gcp-bucket-iam-not-public", {
    passes: [fixture("prod-gcp", MEMBER), binding],
    alsoPasses: [{ when: "nobody is named", of: binding, set: { members: [] } }],
    fails: [
      ...names.map((name) => ({ set: { member: name }, at: "member" })),
      ...names.map((name) => ({ of: binding, set: { "members[1]": name }, at: "members[1]" })),
    ],
    unknown: ["member"],
  });
  provesResource(gcpStoreRules, "gcp-bucket-iam-not-public", {
    passes: binding,
    fails: [],
    unknown: ["members", "members[0]"],
  });
});
