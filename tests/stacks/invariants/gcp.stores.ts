import { at } from "../deployed";
import { because, each, is, list, number, type Holds, type StoreFacts } from "./facts";

const byIdentity = because("Google's API answers whom IAM lets in, and no right is everybody's");
const byHttps = because("Google's API answers over HTTPS alone");
const noData = because("what it holds is elsewhere too");
const rebuilt = because("it is made again from the commit");
const inBucket = because("its data are in the lake's bucket");

const under =
  (component: string): Holds =>
  ({ parent }) =>
    parent?.includes(`$${component}::`) === true;

const seconds = (value: unknown): number =>
  typeof value === "string" && value.endsWith("s") ? parseInt(value, 10) : 0;

const day = 24 * 3600;

const table = {
  encrypted: inBucket,
  isPrivate: byIdentity,
  tls: byHttps,
  engine: "asked",
  cloud: because("the catalog takes no lock"),
  backedUp: inBucket,
} as const satisfies StoreFacts;

/** Types of Google Cloud that keep data. */
export const gcpStores: Readonly<Record<string, StoreFacts>> = {
  "gcp:sql/databaseInstance:DatabaseInstance": {
    // A replica in the region of its source has its source's key:
    // https://docs.cloud.google.com/sql/docs/postgres/cmek
    encrypted: ({ inputs }) => is(inputs["encryptionKeyName"]) || is(inputs["masterInstanceName"]),
    isPrivate: ({ inputs }) =>
      at(inputs, "settings.ipConfiguration.ipv4Enabled") === false &&
      is(at(inputs, "settings.ipConfiguration.privateNetwork")),
    tls: ({ inputs }) =>
      at(inputs, "settings.ipConfiguration.sslMode") === "ENCRYPTED_ONLY" &&
      list(at(inputs, "settings.databaseFlags")).some(
        (flag) => at(flag, "name") === "ssl_min_protocol_version" && at(flag, "value") === "TLSv1.3",
      ),
    engine: "asked",
    cloud: ({ inputs }) =>
      inputs["deletionProtection"] === true &&
      at(inputs, "settings.deletionProtectionEnabled") === true &&
      (is(inputs["masterInstanceName"]) ||
        (at(inputs, "settings.finalBackupConfig.enabled") === true &&
          at(inputs, "settings.retainBackupsOnDelete") === true)),
    backedUp: ({ inputs }) =>
      is(inputs["masterInstanceName"]) ||
      (at(inputs, "settings.backupConfiguration.enabled") === true &&
        at(inputs, "settings.backupConfiguration.pointInTimeRecoveryEnabled") === true &&
        number(at(inputs, "settings.backupConfiguration.transactionLogRetentionDays")) >= 7),
  },
  "gcp:sql/database:Database": {
    encrypted: because("that of its instance"),
    isPrivate: because("that of its instance"),
    tls: because("that of its instance"),
    engine: because("the provider leaves it in its instance, which is guarded"),
    cloud: ({ inputs }) => inputs["deletionPolicy"] === "ABANDON",
    backedUp: because("that of its instance"),
  },
  "gcp:redis/instance:Instance": {
    encrypted: ({ inputs }) => is(inputs["customerManagedKey"]),
    isPrivate: ({ inputs }) => inputs["connectMode"] === "PRIVATE_SERVICE_ACCESS" && inputs["authEnabled"] === true,
    tls: ({ inputs }) => inputs["transitEncryptionMode"] === "SERVER_AUTHENTICATION",
    engine: "asked",
    cloud: ({ inputs }) => inputs["deletionProtection"] === true,
    backedUp: ({ inputs }) => at(inputs, "persistenceConfig.persistenceMode") === "RDB",
  },
  "gcp:firestore/database:Database": {
    encrypted: ({ inputs }) => is(at(inputs, "cmekConfig.kmsKeyName")),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) => inputs["deleteProtectionState"] === "DELETE_PROTECTION_ENABLED",
    backedUp: ({ inputs }, stack) =>
      inputs["pointInTimeRecoveryEnablement"] === "POINT_IN_TIME_RECOVERY_ENABLED" &&
      stack
        .ofType("gcp:firestore/backupSchedule:BackupSchedule")
        .some((schedule) => schedule.inputs["database"] === inputs["name"] && is(schedule.inputs["retention"])),
  },
  "gcp:storage/bucket:Bucket": {
    encrypted: ({ inputs }) => is(at(inputs, "encryption.defaultKmsKeyName")),
    isPrivate: ({ inputs }) =>
      inputs["publicAccessPrevention"] === "enforced" && inputs["uniformBucketLevelAccess"] === true,
    // https://docs.cloud.google.com/storage/docs/org-policy-constraints
    tls: because("a bucket has no setting for it: the organization's constraint storage.secureHttpTransport has"),
    engine: "asked",
    cloud: ({ inputs }) => inputs["forceDestroy"] === false,
    backedUp: ({ inputs }) =>
      at(inputs, "versioning.enabled") === true &&
      number(at(inputs, "softDeletePolicy.retentionDurationSeconds")) >= 7 * day,
    madeAgain: under("platform:gcp:FunctionBuild"),
  },
  "gcp:artifactregistry/repository:Repository": {
    encrypted: ({ inputs }) => is(inputs["kmsKeyName"]),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: "asked",
    cloud: because("Artifact Registry takes no lock"),
    backedUp: rebuilt,
    madeAgain: under("platform:gcp:FunctionBuild"),
  },
  "gcp:secretmanager/secret:Secret": {
    encrypted: ({ inputs }) => {
      const replicas = list(at(inputs, "replication.userManaged.replicas"));
      return replicas.length > 0 && replicas.every((one) => is(at(one, "customerManagedEncryption.kmsKeyName")));
    },
    isPrivate: byIdentity,
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) => inputs["deletionProtection"] === true && seconds(inputs["versionDestroyTtl"]) === 30 * day,
    backedUp: ({ inputs }) =>
      new Set(list(at(inputs, "replication.userManaged.replicas")).map((one) => at(one, "location"))).size > 1,
  },
  "gcp:pubsub/topic:Topic": {
    encrypted: ({ inputs }) => is(inputs["kmsKeyName"]),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: noData,
    cloud: noData,
    backedUp: noData,
  },
  "gcp:logging/projectBucketConfig:ProjectBucketConfig": {
    encrypted: ({ inputs }) => is(at(inputs, "cmekSettings.kmsKeyName")),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: "asked",
    cloud: because("a bucket of logs can be brought back for seven days, and is locked by configuration alone"),
    backedUp: because("Cloud Logging has no backups"),
  },
  "gcp:backupdisasterrecovery/backupVault:BackupVault": {
    encrypted: ({ inputs }) => is(at(inputs, "encryptionConfig.kmsKeyName")),
    isPrivate: ({ inputs }) => inputs["accessRestriction"] === "WITHIN_PROJECT",
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) => seconds(inputs["backupMinimumEnforcedRetentionDuration"]) >= 7 * day,
    backedUp: because("it is a copy"),
  },
  "gcp:gkebackup/backupPlan:BackupPlan": {
    encrypted: ({ inputs }) => is(at(inputs, "backupConfig.encryptionKey.gcpKmsEncryptionKey")),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: because("its backups stay for their days whatever becomes of the plan"),
    cloud: ({ inputs }) => number(at(inputs, "retentionPolicy.backupDeleteLockDays")) >= 7,
    backedUp: because("it is a copy"),
  },
  "gcp:container/cluster:Cluster": {
    encrypted: ({ inputs }) =>
      at(inputs, "databaseEncryption.state") === "ENCRYPTED" &&
      is(at(inputs, "databaseEncryption.keyName")) &&
      is(at(inputs, "nodeConfig.bootDiskKmsKey")),
    isPrivate: ({ inputs }) => at(inputs, "privateClusterConfig.enablePrivateNodes") === true,
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) => inputs["deletionProtection"] === true,
    backedUp: ({ id }, stack) =>
      stack.ofType("gcp:gkebackup/backupPlan:BackupPlan").some(({ inputs }) => inputs["cluster"] === id),
  },
  "gcp:container/nodePool:NodePool": {
    encrypted: ({ inputs }) => is(at(inputs, "nodeConfig.bootDiskKmsKey")),
    isPrivate: because("the facts of what has no address say it"),
    tls: because("nothing of it listens"),
    engine: noData,
    cloud: noData,
    backedUp: noData,
  },
  "gcp:compute/instance:Instance": {
    encrypted: ({ inputs }) => is(at(inputs, "bootDisk.kmsKeySelfLink")),
    isPrivate: ({ inputs }) => each(inputs["networkInterfaces"], (one) => list(at(one, "accessConfigs")).length === 0),
    tls: because("it is reached by a tunnel of Google's alone"),
    engine: noData,
    cloud: noData,
    backedUp: noData,
  },
  "gcp:cloudfunctionsv2/function:Function": {
    encrypted: ({ inputs }) => is(inputs["kmsKeyName"]),
    isPrivate: ({ inputs }) => at(inputs, "serviceConfig.ingressSettings") === "ALLOW_INTERNAL_ONLY",
    tls: byHttps,
    engine: rebuilt,
    cloud: rebuilt,
    backedUp: rebuilt,
  },
  "gcp:vertex/aiSchedule:AiSchedule": {
    encrypted: ({ inputs }) => is(at(inputs, "createPipelineJobRequest.pipelineJob.encryptionSpec.kmsKeyName")),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: rebuilt,
    cloud: rebuilt,
    backedUp: rebuilt,
  },
  "gcp:identityplatform/config:Config": {
    encrypted: because("Identity Platform encrypts by a key of Google's and takes no other"),
    isPrivate: because("people log in from the internet"),
    tls: byHttps,
    engine: "asked",
    cloud: because("Identity Platform cannot be deleted from a project"),
    backedUp: because("Identity Platform has no backups"),
  },
  "gcp:dns/managedZone:ManagedZone": {
    encrypted: because("what is in it is public"),
    isPrivate: because("what is in it is public"),
    tls: because("what is in it is public"),
    engine: "asked",
    cloud: ({ inputs }) => inputs["forceDestroy"] === false,
    backedUp: because("it is made again by the program"),
  },
  "gcp:kms/keyRing:KeyRing": {
    encrypted: because("it is a place for keys"),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: "asked",
    cloud: because("a key ring cannot be deleted"),
    backedUp: because("a key ring cannot be deleted"),
  },
  "gcp:kms/cryptoKey:CryptoKey": {
    encrypted: because("it is what the others are encrypted with"),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) => seconds(inputs["destroyScheduledDuration"]) === 30 * day,
    backedUp: because("a key of Cloud KMS stays in its location, in every zone of it"),
  },
  "gcp:biglake/icebergCatalog:IcebergCatalog": table,
  "gcp:biglake/icebergNamespace:IcebergNamespace": table,
  "gcp:biglake/icebergTable:IcebergTable": table,
};
