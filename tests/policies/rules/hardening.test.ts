import { hardeningRules } from "../../../policies/rules/hardening";
import type { Value } from "../../../offline/cloud/value";
import type { ResourceType } from "../../../policies/types";
import { fixture } from "../fixtures";
import { provesResource } from "../proves";

/** A resource of a stack, and values of its settings that are objected to; undefined takes a setting out. */
interface Row {
  readonly stack: string;
  readonly type: ResourceType;
  /** Default: the first of its type. */
  readonly name?: string;
  readonly bad: Readonly<Record<string, Value | undefined>>;
}

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  "aws-services-hardened": [
    {
      stack: "prod",
      type: "aws:athena/workgroup:Workgroup",
      bad: {
        "configuration.resultConfiguration.encryptionConfiguration.encryptionOption": "SSE_S3",
        "configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn": undefined,
        "configuration.enforceWorkgroupConfiguration": false,
      },
    },
    { stack: "prod", type: "aws:cfg/recorderStatus:RecorderStatus", bad: { isEnabled: false } },
    { stack: "prod", type: "aws:cfg/deliveryChannel:DeliveryChannel", bad: { s3KmsKeyArn: undefined } },
    {
      stack: "prod",
      type: "aws:cognito/userPool:UserPool",
      bad: {
        "passwordPolicy.requireLowercase": false,
        "passwordPolicy.requireNumbers": false,
        "passwordPolicy.requireSymbols": undefined,
        "passwordPolicy.requireUppercase": false,
        "softwareTokenMfaConfiguration.enabled": false,
      },
    },
    {
      stack: "prod",
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      bad: { "blockDeviceMappings[0].ebs.deleteOnTermination": "false" },
    },
    {
      stack: "prod",
      type: "aws:glue/catalogTableOptimizer:CatalogTableOptimizer",
      bad: { "configuration.enabled": false },
    },
    {
      stack: "prod",
      type: "aws:ec2transitgateway/transitGateway:TransitGateway",
      bad: { autoAcceptSharedAttachments: "enable" },
    },
    { stack: "prod", type: "aws:securityhub/account:Account", bad: { autoEnableControls: false } },
  ],
  "gcp-services-hardened": [
    {
      stack: "prod-gcp",
      type: "gcp:artifactregistry/repository:Repository",
      bad: { kmsKeyName: undefined, "vulnerabilityScanningConfig.enablementConfig": "DISABLED" },
    },
    {
      stack: "prod-gcp",
      type: "gcp:backupdisasterrecovery/backupVault:BackupVault",
      bad: { "encryptionConfig.kmsKeyName": undefined, backupMinimumEnforcedRetentionDuration: "86400s" },
    },
    {
      stack: "prod-gcp",
      type: "gcp:cloudfunctionsv2/function:Function",
      bad: { kmsKeyName: undefined, "serviceConfig.ingressSettings": undefined },
    },
    {
      stack: "prod-gcp",
      type: "gcp:container/cluster:Cluster",
      bad: {
        "nodePoolDefaults.nodeConfigDefaults.insecureKubeletReadonlyPortEnabled": "TRUE",
        "anonymousAuthenticationConfig.mode": "ENABLED",
        "masterAuthorizedNetworksConfig.privateEndpointEnforcementEnabled": false,
      },
    },
    {
      stack: "prod-gcp",
      type: "gcp:firestore/database:Database",
      name: "documents-database",
      bad: { "cmekConfig.kmsKeyName": undefined, pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_DISABLED" },
    },
    {
      stack: "prod-gcp",
      type: "gcp:gkebackup/backupPlan:BackupPlan",
      bad: {
        "backupConfig.encryptionKey.gcpKmsEncryptionKey": undefined,
        "backupConfig.includeVolumeData": false,
        "retentionPolicy.backupRetainDays": 6,
        "retentionPolicy.backupDeleteLockDays": 0,
      },
    },
    {
      stack: "prod-gcp",
      type: "gcp:identityplatform/config:Config",
      bad: {
        "signIn.anonymous.enabled": true,
        "signIn.email.passwordRequired": false,
        "signIn.allowDuplicateEmails": true,
        "mfa.state": "DISABLED",
        "monitoring.requestLogging.enabled": false,
      },
    },
    {
      stack: "prod-gcp",
      type: "gcp:logging/projectBucketConfig:ProjectBucketConfig",
      bad: { "cmekSettings.kmsKeyName": undefined, retentionDays: 364 },
    },
    { stack: "prod-gcp", type: "gcp:pubsub/topic:Topic", bad: { kmsKeyName: undefined } },
    { stack: "prod-gcp", type: "gcp:secretmanager/secret:Secret", bad: { versionDestroyTtl: undefined } },
    {
      stack: "prod-gcp",
      type: "gcp:sql/databaseInstance:DatabaseInstance",
      name: "databases-shard-0-source",
      bad: { "settings.finalBackupConfig.enabled": false },
    },
    {
      stack: "prod-gcp",
      type: "gcp:vertex/aiSchedule:AiSchedule",
      bad: { "createPipelineJobRequest.pipelineJob.encryptionSpec.kmsKeyName": undefined },
    },
  ],
  "az-services-hardened": [
    { stack: "dr", type: "azure-native:applicationinsights:Component", bad: { disableLocalAuth: false } },
    {
      stack: "dr",
      type: "azure-native:compute:DiskEncryptionSet",
      bad: { encryptionType: "EncryptionAtRestWithPlatformKey", rotationToLatestKeyVersionEnabled: false },
    },
    {
      stack: "dr",
      type: "azure-native:containerregistry:Registry",
      bad: { "policies.exportPolicy.status": "enabled", networkRuleBypassOptions: undefined },
    },
    {
      stack: "dr",
      type: "azure-native:containerservice:AgentPool",
      name: "cluster-general-nodes",
      bad: {
        "securityProfile.enableSecureBoot": false,
        "securityProfile.enableVTPM": false,
        "securityProfile.sshAccess": "LocalUser",
      },
    },
    {
      stack: "dr",
      type: "azure-native:containerservice:ManagedCluster",
      bad: {
        "agentPoolProfiles[0].securityProfile.enableSecureBoot": false,
        "agentPoolProfiles[0].securityProfile.enableVTPM": undefined,
        "agentPoolProfiles[0].securityProfile.sshAccess": "LocalUser",
        "apiServerAccessProfile.enablePrivateClusterPublicFQDN": true,
        "securityProfile.azureKeyVaultKms.keyVaultNetworkAccess": "Public",
        "securityProfile.imageCleaner.enabled": false,
      },
    },
    {
      stack: "dr",
      type: "azure-native:cosmosdb:DatabaseAccount",
      bad: { disableKeyBasedMetadataWriteAccess: false, networkAclBypass: "AzureServices", minimalTlsVersion: "Tls11" },
    },
    {
      stack: "dr",
      type: "azure-native:dataprotection:BackupVault",
      bad: {
        "properties.securitySettings.immutabilitySettings.state": "Disabled",
        "properties.securitySettings.softDeleteSettings.state": "Off",
        "properties.securitySettings.encryptionSettings.state": "Disabled",
      },
    },
    { stack: "dr", type: "azure-native:keyvault:Key", bad: { "properties.attributes.enabled": false } },
    {
      stack: "dr",
      type: "azure-native:machinelearningservices:Compute",
      bad: {
        "properties.disableLocalAuth": false,
        "properties.properties.enableNodePublicIp": true,
        "properties.properties.remoteLoginPortPublicAccess": "Enabled",
      },
    },
    {
      stack: "dr",
      type: "azure-native:machinelearningservices:Workspace",
      bad: { systemDatastoresAuthMode: "AccessKey" },
    },
    { stack: "dr", type: "azure-native:monitor:ActionGroup", bad: { enabled: false } },
    { stack: "dr", type: "azure-native:monitor:MetricAlert", bad: { enabled: false } },
    {
      stack: "dr",
      type: "azure-native:operationalinsights:Workspace",
      name: "logs-workspace",
      bad: { "features.disableLocalAuth": false },
    },
    { stack: "dr", type: "azure-native:security:SecurityContact", bad: { isEnabled: false } },
    { stack: "dr", type: "azure-native:storage:BlobContainer", bad: { publicAccess: "Blob" } },
    {
      stack: "dr",
      type: "azure-native:storage:StorageAccount",
      bad: { defaultToOAuthAuthentication: false, "networkRuleSet.bypass": "Logging, Metrics" },
    },
    { stack: "dr", type: "azure-native:web:WebApp", bad: { "siteConfig.scmMinTlsVersion": "1.0" } },
  ],
  "k8s-operators-hardened": [
    {
      stack: "dr",
      type: "kubernetes:kafka.strimzi.io/v1:Kafka",
      bad: { "spec.kafka.listeners[0].tls": false, "spec.kafka.listeners[0].authentication": undefined },
    },
    {
      stack: "dr",
      type: "kubernetes:kafka.strimzi.io/v1:KafkaNodePool",
      bad: { "spec.storage.volumes[0].deleteClaim": true },
    },
    {
      stack: "dr",
      type: "kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster",
      bad: { "spec.tls.disableNonTLSListeners": false, "spec.tls.secretName": undefined },
    },
    { stack: "prod", type: "kubernetes:storage.k8s.io/v1:StorageClass", bad: { "parameters.encrypted": "false" } },
    {
      stack: "dr",
      type: "kubernetes:storage.k8s.io/v1:StorageClass",
      bad: { "parameters.networkAccessPolicy": "AllowAll" },
    },
  ],
};

describe("rules on what has no rule of its own", () => {
  for (const [id, rows] of Object.entries(ROWS)) {
    for (const { stack, type, name, bad } of rows) {
      const resource = fixture(stack, type, name);
      provesResource(hardeningRules, id, {
        passes: resource,
        fails: Object.entries(bad).map(([path, value]) =>
          value === undefined ? { remove: [path], at: path } : { set: { [path]: value }, at: path },
        ),
        unknown: Object.keys(bad),
      });
    }
  }
});
