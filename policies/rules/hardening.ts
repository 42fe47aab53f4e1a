import { isAtLeast } from "../checks/tls";
import { resourceRule, type Expect, type Inputs, type Rule } from "../model/rule";

const why =
  "Each of these settings is one that an attacker, or a mistake, turns off first: what it guards is open then, and nothing else says so.";

const days = (duration: string | undefined) => Number(/^(\d+)s$/.exec(duration ?? "")?.[1] ?? 0) / 86_400;

/** Rules on services that have no rule of their own: each fact is one setting that the platform's components turn on. */
export const hardeningRules: readonly Rule[] = [
  resourceRule({
    id: "aws-services-hardened",
    title: "Services of AWS keep the settings that guard them",
    severity: "high",
    controls: { iso27001: ["A.8.9"], soc2: ["CC7.1"] },
    why,
    remedy: {
      text: "Set what the message names as the example does for a workgroup of Athena.",
      example:
        'new athena.Workgroup("queries", { configuration: { enforceWorkgroupConfiguration: true, resultConfiguration: { encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: key.arn } } }, … })',
    },
    source: "https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html",
    on: {
      "aws:athena/workgroup:Workgroup": ({ configuration }, expect) => {
        const encryption = () => configuration?.resultConfiguration?.encryptionConfiguration;
        const at = "configuration.resultConfiguration.encryptionConfiguration";
        expect(`${at}.encryptionOption`, "leaves results without a key of the site", () => {
          const option = encryption()?.encryptionOption;
          return option === "SSE_KMS" || option === "CSE_KMS";
        });
        expect(`${at}.kmsKeyArn`, "is missing", () => encryption()?.kmsKeyArn !== undefined);
        expect("configuration.enforceWorkgroupConfiguration", "lets each query choose other settings", () => {
          // Its default is true.
          return configuration?.enforceWorkgroupConfiguration !== false;
        });
      },
      "aws:cfg/recorderStatus:RecorderStatus": ({ isEnabled }, expect) => {
        expect("isEnabled", "records nothing", () => isEnabled === true);
      },
      "aws:cfg/deliveryChannel:DeliveryChannel": ({ s3KmsKeyArn }, expect) => {
        expect("s3KmsKeyArn", "is missing", () => s3KmsKeyArn !== undefined);
      },
      "aws:cognito/userPool:UserPool": (
        { passwordPolicy, softwareTokenMfaConfiguration, mfaConfiguration },
        expect,
      ) => {
        for (const kind of ["requireLowercase", "requireNumbers", "requireSymbols", "requireUppercase"] as const) {
          expect(
            `passwordPolicy.${kind}`,
            "allows passwords that are guessed sooner",
            () => passwordPolicy?.[kind] === true,
          );
        }
        expect("softwareTokenMfaConfiguration.enabled", "leaves no second factor but text messages", () => {
          return mfaConfiguration === "OFF" || softwareTokenMfaConfiguration?.enabled === true;
        });
      },
      "aws:ec2/launchTemplate:LaunchTemplate": ({ blockDeviceMappings }, expect) => {
        for (const [index, { ebs }] of (blockDeviceMappings ?? []).entries()) {
          expect(
            `blockDeviceMappings[${String(index)}].ebs.deleteOnTermination`,
            "leaves disks of machines that are gone",
            () => {
              return ebs === undefined || String(ebs.deleteOnTermination) !== "false";
            },
          );
        }
      },
      "aws:ec2transitgateway/transitGateway:TransitGateway": ({ autoAcceptSharedAttachments }, expect) => {
        expect("autoAcceptSharedAttachments", "lets every account that it is shared with join the network", () => {
          return autoAcceptSharedAttachments !== "enable";
        });
      },
      "aws:glue/catalogTableOptimizer:CatalogTableOptimizer": ({ configuration }, expect) => {
        expect("configuration.enabled", "keeps what was deleted from tables", () => configuration?.enabled === true);
      },
      "aws:securityhub/account:Account": ({ autoEnableControls }, expect) => {
        // Its default is true.
        expect("autoEnableControls", "leaves out controls that come later", () => autoEnableControls !== false);
      },
    },
  }),
  resourceRule({
    id: "gcp-services-hardened",
    title: "Services of Google Cloud keep the settings that guard them",
    severity: "high",
    controls: { iso27001: ["A.8.9"], soc2: ["CC7.1"] },
    why,
    remedy: {
      text: "Set what the message names as the example does for a database of Firestore.",
      example:
        'new firestore.Database("documents", { cmekConfig: { kmsKeyName: key.id }, pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_ENABLED", … })',
    },
    source: "https://cloud.google.com/security-command-center/docs/concepts-vulnerabilities-findings",
    on: {
      "gcp:artifactregistry/repository:Repository": (repository, expect) => {
        expect("kmsKeyName", "is missing", () => repository.kmsKeyName !== undefined);
        expect("vulnerabilityScanningConfig.enablementConfig", "leaves images unscanned", () => {
          return repository.vulnerabilityScanningConfig?.enablementConfig !== "DISABLED";
        });
      },
      "gcp:backupdisasterrecovery/backupVault:BackupVault": (vault, expect, { stack }) => {
        expect("encryptionConfig.kmsKeyName", "is missing", () => vault.encryptionConfig?.kmsKeyName !== undefined);
        expect("backupMinimumEnforcedRetentionDuration", "lets backups be deleted within a week", () => {
          return stack.class === "development" || days(vault.backupMinimumEnforcedRetentionDuration) >= 7;
        });
      },
      "gcp:cloudfunctionsv2/function:Function": (fn, expect) => {
        expect("kmsKeyName", "is missing", () => fn.kmsKeyName !== undefined);
        expect("serviceConfig.ingressSettings", "lets the internet call it", () => {
          // The default is ALLOW_ALL.
          return (fn.serviceConfig?.ingressSettings ?? "ALLOW_ALL") !== "ALLOW_ALL";
        });
      },
      "gcp:container/cluster:Cluster": (cluster, expect) => {
        expect(
          "nodePoolDefaults.nodeConfigDefaults.insecureKubeletReadonlyPortEnabled",
          "lets every pod read from the kubelet",
          () => {
            return cluster.nodePoolDefaults?.nodeConfigDefaults?.insecureKubeletReadonlyPortEnabled === "FALSE";
          },
        );
        expect(
          "anonymousAuthenticationConfig.mode",
          "lets those who have not logged in ask more than its health",
          () => {
            return cluster.anonymousAuthenticationConfig?.mode === "LIMITED";
          },
        );
        expect(
          "masterAuthorizedNetworksConfig.privateEndpointEnforcementEnabled",
          "leaves the private endpoint open to the network",
          () => {
            return cluster.masterAuthorizedNetworksConfig?.privateEndpointEnforcementEnabled === true;
          },
        );
      },
      "gcp:firestore/database:Database": (database, expect, { stack }) => {
        expect("cmekConfig.kmsKeyName", "is missing", () => database.cmekConfig?.kmsKeyName !== undefined);
        expect("pointInTimeRecoveryEnablement", "keeps nothing to restore a moment with", () => {
          return (
            stack.class === "development" || database.pointInTimeRecoveryEnablement === "POINT_IN_TIME_RECOVERY_ENABLED"
          );
        });
      },
      "gcp:gkebackup/backupPlan:BackupPlan": ({ backupConfig, retentionPolicy }, expect, { stack }) => {
        const isKept = stack.class !== "development";
        expect("backupConfig.encryptionKey.gcpKmsEncryptionKey", "is missing", () => {
          return backupConfig?.encryptionKey?.gcpKmsEncryptionKey !== undefined;
        });
        expect("backupConfig.includeVolumeData", "leaves volumes out", () => backupConfig?.includeVolumeData === true);
        expect("retentionPolicy.backupRetainDays", "keeps backups for less than a week", () => {
          return !isKept || (retentionPolicy?.backupRetainDays ?? 0) >= 7;
        });
        expect("retentionPolicy.backupDeleteLockDays", "lets backups be deleted at once", () => {
          return !isKept || (retentionPolicy?.backupDeleteLockDays ?? 0) > 0;
        });
      },
      "gcp:identityplatform/config:Config": ({ signIn, mfa, monitoring }, expect) => {
        expect(
          "signIn.anonymous.enabled",
          "lets in who says nothing of themselves",
          () => signIn?.anonymous?.enabled !== true,
        );
        expect("signIn.email.passwordRequired", "logs in by a link in a mail alone", () => {
          return signIn?.email?.enabled !== true || signIn.email.passwordRequired === true;
        });
        expect(
          "signIn.allowDuplicateEmails",
          "lets two users have one address",
          () => signIn?.allowDuplicateEmails !== true,
        );
        expect("mfa.state", "knows no second factor", () => mfa?.state === "ENABLED" || mfa?.state === "MANDATORY");
        expect("monitoring.requestLogging.enabled", "does not log who logs in", () => {
          return monitoring?.requestLogging?.enabled === true;
        });
      },
      "gcp:logging/projectBucketConfig:ProjectBucketConfig": (bucket, expect) => {
        expect("cmekSettings.kmsKeyName", "is missing", () => bucket.cmekSettings?.kmsKeyName !== undefined);
        expect("retentionDays", "keeps logs for less than a year", () => {
          // The default is 30.
          return (bucket.retentionDays ?? 30) >= 365;
        });
      },
      "gcp:pubsub/topic:Topic": ({ kmsKeyName }, expect) => {
        expect("kmsKeyName", "is missing", () => kmsKeyName !== undefined);
      },
      "gcp:secretmanager/secret:Secret": ({ versionDestroyTtl }, expect, { stack }) => {
        expect("versionDestroyTtl", "destroys a version at once", () => {
          return stack.class === "development" || days(versionDestroyTtl) >= 7;
        });
      },
      "gcp:sql/databaseInstance:DatabaseInstance": ({ settings, masterInstanceName }, expect, { stack }) => {
        expect("settings.finalBackupConfig.enabled", "takes no last backup when it is deleted", () => {
          return (
            stack.class === "development" ||
            masterInstanceName !== undefined ||
            settings?.finalBackupConfig?.enabled === true
          );
        });
      },
      "gcp:vertex/aiSchedule:AiSchedule": ({ createPipelineJobRequest: request }, expect) => {
        expect("createPipelineJobRequest.pipelineJob.encryptionSpec.kmsKeyName", "is missing", () => {
          return request === undefined || request.pipelineJob?.encryptionSpec?.kmsKeyName !== undefined;
        });
      },
    },
  }),
  resourceRule({
    id: "az-services-hardened",
    title: "Services of Azure keep the settings that guard them",
    severity: "high",
    controls: { iso27001: ["A.8.9"], soc2: ["CC7.1"] },
    why,
    remedy: {
      text: "Set what the message names as the example does for a log workspace.",
      example: 'new operationalinsights.Workspace("logs", { features: { disableLocalAuth: true }, … })',
    },
    source: "https://learn.microsoft.com/en-us/security/benchmark/azure/overview",
    on: {
      "azure-native:applicationinsights:Component": ({ disableLocalAuth }, expect) => {
        expect("disableLocalAuth", "takes telemetry from who knows its key", () => String(disableLocalAuth) === "true");
      },
      "azure-native:compute:DiskEncryptionSet": ({ encryptionType, rotationToLatestKeyVersionEnabled }, expect) => {
        expect("encryptionType", "encrypts without a key of the site", () => {
          return encryptionType !== "EncryptionAtRestWithPlatformKey";
        });
        expect("rotationToLatestKeyVersionEnabled", "stays with a key that was rotated", () => {
          return rotationToLatestKeyVersionEnabled === true;
        });
      },
      "azure-native:containerregistry:Registry": ({ policies, networkRuleBypassOptions }, expect) => {
        expect("policies.exportPolicy.status", "lets images be taken to other registries", () => {
          return policies?.exportPolicy?.status === "disabled";
        });
        expect(
          "networkRuleBypassOptions",
          "lets every service of Azure past its network rules",
          () => networkRuleBypassOptions !== undefined,
        );
      },
      "azure-native:containerservice:AgentPool": ({ securityProfile, vmSize }, expect) => {
        nodesHardened("securityProfile", { profile: () => securityProfile, size: () => vmSize }, expect);
      },
      "azure-native:containerservice:ManagedCluster": (
        { agentPoolProfiles, apiServerAccessProfile, securityProfile },
        expect,
      ) => {
        for (const [index, pool] of (agentPoolProfiles ?? []).entries()) {
          const at = `agentPoolProfiles[${String(index)}].securityProfile`;
          nodesHardened(at, { profile: () => pool.securityProfile, size: () => pool.vmSize }, expect);
        }
        expect(
          "apiServerAccessProfile.enablePrivateClusterPublicFQDN",
          "tells the internet the cluster's address",
          () => {
            const isPrivate = apiServerAccessProfile?.enablePrivateCluster === true;
            return !isPrivate || apiServerAccessProfile.enablePrivateClusterPublicFQDN === false;
          },
        );
        expect(
          "securityProfile.azureKeyVaultKms.keyVaultNetworkAccess",
          "reaches the vault of its secrets over the internet",
          () => {
            const kms = securityProfile?.azureKeyVaultKms;
            return kms?.enabled !== true || kms.keyVaultNetworkAccess === "Private";
          },
        );
        expect("securityProfile.imageCleaner.enabled", "keeps images with known weaknesses on nodes", () => {
          return securityProfile?.imageCleaner?.enabled === true;
        });
      },
      "azure-native:cosmosdb:DatabaseAccount": (account, expect) => {
        expect("disableKeyBasedMetadataWriteAccess", "lets keys change databases and throughput", () => {
          return account.disableKeyBasedMetadataWriteAccess === true;
        });
        expect("networkAclBypass", "lets services of Azure past its network rules", () => {
          return (account.networkAclBypass ?? "None") === "None";
        });
        expect("minimalTlsVersion", "allows a version of TLS before 1.2", () => {
          // The default is TLS 1.2 for accounts that are made now.
          return (
            account.minimalTlsVersion === undefined || isAtLeast("azure-cosmos-db", account.minimalTlsVersion, "1.2")
          );
        });
      },
      "azure-native:dataprotection:BackupVault": ({ properties }, expect, { stack }) => {
        const isKept = stack.class !== "development";
        const at = "properties.securitySettings";
        const security = () => properties?.securitySettings;
        expect(`${at}.immutabilitySettings.state`, "lets backups be deleted before their time", () => {
          const state = security()?.immutabilitySettings?.state;
          return !isKept || state === "Locked" || state === "Unlocked";
        });
        expect(`${at}.softDeleteSettings.state`, "deletes backups for good at once", () => {
          const state = security()?.softDeleteSettings?.state;
          return state === "On" || state === "AlwaysOn";
        });
        expect(`${at}.encryptionSettings.state`, "leaves backups without a key of the site", () => {
          return security()?.encryptionSettings?.state === "Enabled";
        });
      },
      "azure-native:keyvault:Key": ({ properties }, expect) => {
        expect(
          "properties.attributes.enabled",
          "makes all that it encrypts unreadable",
          () => properties?.attributes?.enabled !== false,
        );
      },
      "azure-native:machinelearningservices:Compute": ({ properties }, expect) => {
        // Properties of every kind of compute are one union: only clusters have nodes.
        const cluster = () => (properties as MachineLearningCompute | undefined) ?? {};
        expect(
          "properties.disableLocalAuth",
          "lets nodes be logged in to by a password",
          () => cluster().disableLocalAuth === true,
        );
        expect("properties.properties.enableNodePublicIp", "gives nodes addresses of the internet", () => {
          return cluster().computeType !== "AmlCompute" || cluster().properties?.enableNodePublicIp === false;
        });
        expect("properties.properties.remoteLoginPortPublicAccess", "opens SSH of nodes", () => {
          return (
            cluster().computeType !== "AmlCompute" || cluster().properties?.remoteLoginPortPublicAccess === "Disabled"
          );
        });
      },
      "azure-native:machinelearningservices:Workspace": ({ systemDatastoresAuthMode }, expect) => {
        expect("systemDatastoresAuthMode", "opens its stores by keys", () => systemDatastoresAuthMode === "Identity");
      },
      "azure-native:monitor:ActionGroup": ({ enabled }, expect) => {
        expect("enabled", "tells nobody", () => enabled !== false);
      },
      "azure-native:monitor:MetricAlert": ({ enabled }, expect) => {
        expect("enabled", "watches nothing", () => enabled !== false);
      },
      "azure-native:operationalinsights:Workspace": ({ features }, expect) => {
        expect(
          "features.disableLocalAuth",
          "takes logs from who knows its key",
          () => features?.disableLocalAuth === true,
        );
      },
      "azure-native:security:SecurityContact": ({ isEnabled }, expect) => {
        expect("isEnabled", "tells nobody of alerts", () => isEnabled === true);
      },
      "azure-native:storage:BlobContainer": ({ publicAccess }, expect) => {
        expect("publicAccess", "lets everybody read its blobs", () => (publicAccess ?? "None") === "None");
      },
      "azure-native:storage:StorageAccount": ({ defaultToOAuthAuthentication, networkRuleSet }, expect) => {
        expect(
          "defaultToOAuthAuthentication",
          "has the portal use keys first",
          () => defaultToOAuthAuthentication === true,
        );
        expect("networkRuleSet.bypass", "lets more than services of Azure past its network rules", () => {
          // The default is AzureServices, which services that write logs and metrics need.
          return networkRuleSet?.bypass === undefined || /^(None|AzureServices)$/.test(networkRuleSet.bypass);
        });
      },
      "azure-native:web:WebApp": ({ siteConfig }, expect) => {
        expect("siteConfig.scmMinTlsVersion", "takes deployments over old TLS", () => {
          return (
            siteConfig?.scmMinTlsVersion === undefined ||
            isAtLeast("azure-app-service", siteConfig.scmMinTlsVersion, "1.2")
          );
        });
      },
    },
  }),
  resourceRule({
    id: "k8s-operators-hardened",
    title: "What operators run, and the disks of all pods, keep the settings that guard them",
    severity: "high",
    controls: { iso27001: ["A.8.9", "A.8.24"], soc2: ["CC6.7"] },
    why,
    remedy: {
      text: "Set what the message names as the example does for a StorageClass.",
      example: 'new storage.v1.StorageClass("data", { parameters: { type: "gp3", encrypted: "true" }, … })',
    },
    source: "https://strimzi.io/docs/operators/latest/configuring",
    on: {
      "kubernetes:kafka.strimzi.io/v1:Kafka": ({ spec }, expect) => {
        const { kafka } = (spec ?? {}) as KafkaSpec;
        for (const [index, listener] of (kafka?.listeners ?? []).entries()) {
          expect(`spec.kafka.listeners[${String(index)}].tls`, "speaks in clear", () => listener.tls === true);
          expect(`spec.kafka.listeners[${String(index)}].authentication`, "lets in who reaches it", () => {
            return listener.authentication?.type !== undefined;
          });
        }
      },
      "kubernetes:kafka.strimzi.io/v1:KafkaNodePool": ({ spec }, expect) => {
        const { storage } = (spec ?? {}) as KafkaPoolSpec;
        for (const [index, volume] of (storage?.volumes ?? []).entries()) {
          expect(`spec.storage.volumes[${String(index)}].deleteClaim`, "deletes the data with the brokers", () => {
            return volume.deleteClaim !== true;
          });
        }
      },
      "kubernetes:rabbitmq.com/v1beta1:RabbitmqCluster": ({ spec }, expect) => {
        const { tls } = (spec ?? {}) as RabbitSpec;
        expect("spec.tls.disableNonTLSListeners", "speaks in clear too", () => tls?.disableNonTLSListeners === true);
        expect("spec.tls.secretName", "is missing: there is no certificate", () => tls?.secretName !== undefined);
      },
      "kubernetes:storage.k8s.io/v1:StorageClass": ({ provisioner, parameters }, expect) => {
        // Disks of Azure and Google Cloud are always encrypted, those of AWS where the account or the class says so.
        expect("parameters.encrypted", "makes disks without encryption", () => {
          return provisioner !== "ebs.csi.aws.com" || parameters?.["encrypted"] === "true";
        });
        expect("parameters.networkAccessPolicy", "makes disks that can be exported", () => {
          return provisioner !== "disk.csi.azure.com" || parameters?.["networkAccessPolicy"] === "DenyAll";
        });
      },
    },
  }),
];

interface KafkaSpec {
  readonly kafka?: {
    readonly listeners?: readonly { readonly tls?: boolean; readonly authentication?: { readonly type?: string } }[];
  };
}

interface KafkaPoolSpec {
  readonly storage?: { readonly volumes?: readonly { readonly deleteClaim?: boolean }[] };
}

interface RabbitSpec {
  readonly tls?: { readonly disableNonTLSListeners?: boolean; readonly secretName?: string };
}

interface MachineLearningCompute {
  readonly computeType?: string;
  readonly disableLocalAuth?: boolean;
  readonly properties?: { readonly enableNodePublicIp?: boolean; readonly remoteLoginPortPublicAccess?: string };
}

type NodeSecurity = Inputs<"azure-native:containerservice:AgentPool">["securityProfile"];

/**
 * Sizes without trusted launch, or whose drivers are not signed for it: machines with GPUs, and those with Arm processors.
 * Source: https://learn.microsoft.com/en-us/azure/aks/use-trusted-launch
 */
const WITHOUT_TRUSTED_LAUNCH = /^Standard_(N|[A-Z]+\d+p)/;

function nodesHardened(
  at: string,
  { profile, size }: { readonly profile: () => NodeSecurity; readonly size: () => string | undefined },
  expect: Expect,
): void {
  const isExempt = () => WITHOUT_TRUSTED_LAUNCH.test(size() ?? "");
  expect(`${at}.enableSecureBoot`, "starts nodes without secure boot", () => {
    return isExempt() || profile()?.enableSecureBoot === true;
  });
  expect(`${at}.enableVTPM`, "does not measure how nodes start", () => isExempt() || profile()?.enableVTPM === true);
  expect(`${at}.sshAccess`, "opens SSH of nodes", () => profile()?.sshAccess === "Disabled");
}
