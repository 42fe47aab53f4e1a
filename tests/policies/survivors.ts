/** Settings to whose changes no rule objects, and why none should. */
export interface Survivor {
  /** Matches `type path`. */
  readonly settings: RegExp;
  readonly why: string;
}

export const SURVIVORS: readonly Survivor[] = [
  {
    settings: /^kubernetes:helm\.sh\/v3:Release /,
    why: "Values of a chart mean what the chart makes of them: only credentials in them are judged. What is made is the cluster's to admit.",
  },
  {
    settings: /^kubernetes:apiextensions\.k8s\.io\/v1:CustomResourceDefinition /,
    why: "A schema that comes with its operator: the API server refuses objects that it does not fit.",
  },
  {
    settings: /^eks:index:/,
    why: "The component hands it to its cluster or node group, where rules judge it.",
  },
  {
    settings:
      /(\.|\b)resources\.(limits|requests)\.|(min|max)(Node)?(Count|Capacity)$|disableScaleIn|targetValue|policyType|AutoScaling$|totalMinNodeCount|locationPolicy|scaleSetEvictionPolicy|mode$/,
    why: "How much of it there is, and of which kind: capacity, not security.",
  },
  {
    settings:
      /topologySpreadConstraints|unhealthyPodEvictionPolicy|externalTrafficPolicy|enableServiceLinks|restartPolicy|volumeMounts\[\]\.readOnly|podDisruptionBudget/,
    why: "Where pods run and how they are moved: judged by what remains spread, not by each setting of it.",
  },
  {
    settings: /[a-z](Name|Id|Ids|Arn|Arns|Uri)$/,
    why: "A reference: without it, or with another, the cloud refuses the resource or a rule on what it leads to objects.",
  },
  {
    settings:
      /(password|Password|secretString|secretData|clientSecret|credential|userPassword|secretArnLists?|stringData\.\w+)$|secretKeyRef|secretKey$|secret$|rootPassword/,
    why: "A secret: the cloud refuses its absence, and no rule may compare its value.",
  },
  {
    settings:
      /(assumeRolePolicy|^aws:iam\/rolePolicy:RolePolicy policy|SecretPolicy policy|TopicPolicy policy|lifecyclePolicy:LifecyclePolicy policy|BucketPolicy policy)/,
    why: "A whole document taken away: nothing is allowed then, or the cloud refuses the resource. What it says is judged.",
  },
  {
    settings: /rabbitmq\.com\/v1beta1:RabbitmqCluster spec\.override/,
    why: "The namespace of the broker is held to restricted, so the API server refuses such pods; a rule watches that label.",
  },
  {
    settings:
      /(networkAclRule:NetworkAclRule (cidrBlock|egress)|securityGroup(E|In)gressRule:SecurityGroup(E|In)gressRule cidrIpv4|route:Route destinationCidrBlock|ipBlock\.cidr)$/,
    why: "The change closes more than it opens: the rule that is judged first keeps its ports or is that of an edge, which may be open.",
  },
  {
    settings:
      /(TlsVersion|minimalTlsVersion|clientBroker|encryptionType|publicAccess|publicNetworkAccess|networkAclBypass|networkRuleSet\.bypass|httpEndpoint|httpPutResponseHopLimit|enableVnetIntegration|vulnerabilityScanningConfig\.enablementConfig|destroyScheduledDuration|sseAlgorithm|vpcEndpointType|capabilities\.add)$/,
    why: "Taken out, it has the cloud's default, which is as strict, or the cloud refuses the resource; other values are objected to in the rules' own tests.",
  },
  {
    settings:
      /(retentionInDays|retentionPolicy\.(days|enabled)|RetentionPeriodInDays|retentionDurationInDays|deleteAfter\.duration|backupRetentionDays|logRetentionDays|maxRetentionDays|messageRetention\w+|performanceInsightsRetentionPeriod|finalBackupConfig\.retentionDays|BackupSchedule retention|daysAfter\w+|immutabilityPeriodSinceCreationInDays|retentionUnit|temporaryPasswordValidityDays|passwordHistorySize)$/,
    why: "Zero means for ever here, or is refused by the cloud; less than what is asked for is objected to where a rule asks for a time.",
  },
  {
    settings:
      /(([Bb]ack|snap)\w*Window(\.\w+)?|\w*HourOfDay|startTime|cronSchedule|deliveryFrequency|aggregationInterval|rdbSnapshotPeriod)$/,
    why: "When it happens: no time is safer than another.",
  },
  {
    settings: /(forceDestroy|deletionPolicy|reclaimPolicy|disableOnDestroy|cleanupPolicyDryRun)$/,
    why: "What is deleted with it can be made again, or is kept by the protection that a rule asks of its store.",
  },
  {
    settings:
      /(logDeliveryConfigurations\[\]\.\w+|loggingConfig\.\w+|logDestinationType|categoryGroup|logs\[\]\.category|metrics\[\]\.enabled|logConfig\.filter|brokerLogs\S*|logType|enableLogAccess\w+|FlowAnalyticsConfiguration\.enabled|flowAnalyticsConfiguration\S+|queryInsightsEnabled|publishCloudwatchMetricsEnabled|xporter\.enabledInBroker|managedPrometheus\.enabled)$/,
    why: "Where logs and figures go and in what form: a rule asks that there are some, and the cloud refuses a destination that is none.",
  },
  {
    settings:
      /(publicNetworkAccessFor\w+|dataEndpointEnabled|trustPolicy\.status|quarantinePolicy\.status|policies\.retentionPolicy\.\w+|azureADAuthenticationAsArmPolicy\.status|accessKeysAuthentication|passwordAuth|keyvault:Vault properties\.networkAcls\.bypass|vulnerabilityMode|credentialMode|accessRestriction|insecure\w*|enableDefaultStandards|bootstrapClusterCreatorAdminPermissions|publicAccessCidrs|dnsEndpointConfig\.allowExternalTraffic|autoAcceptSharedAttachments)$/,
    why: "It is at the weaker value for a reason that stands beside it in the component or among the exemptions, so that the change makes it stricter.",
  },
  {
    settings:
      /(enableDns\w+|dnsCacheConfig\.enabled|CSIDriver\.enabled|CsiDriverConfig\.enabled|snapshotController\.enabled|gkeBackupAgentConfig\.enabled|horizontalPodAutoscaling\.disabled|httpLoadBalancing\.disabled|enableL4IlbSubsetting|gvnic\.enabled|stackType|masterGlobalAccessConfig\.enabled|ipEndpointsConfig\.enabled|exportCustomRoutes|enableDynamicPortAllocation|enableEndpointIndependentMapping|minPortsPerVm|readReplicasMode|authorizedNetwork|allowVolumeExpansion|registrationEnabled|enableVmProtection|enableDdosProtection|publicIP\w+|privateEndpointNetworkPolicies|outboundType|privateDNSZone|minMasterVersion|enableNetworkMonitor|sparkEnabled|clientAffinityEnabled|http20Enabled|localMySqlEnabled|accessTier)$/,
    why: "What works, or how fast, not who gets at what: other settings guard it.",
  },
  {
    settings:
      /(streamEnabled|ttl\.enabled|consistencyLevel|ConsistencyLevel|enableAutomaticFailover|enableMultipleWriteLocations|failoverPriority|indexingPolicy\.\w+|clusteringPolicy|evictionPolicy|aofEnabled|schema\.fields\[\]\.required|allowQueueing|failurePolicy|maxConcurrentRunCount|limits\.enable_early_termination|Schedule properties\.isEnabled|DataAccessMode|allNamespaces|includeSecrets|retentionPolicy\.locked|projectBucketConfig:ProjectBucketConfig locked|autodeleteAnonymousUsers|email\.enabled|disabledUser\w+|allowAdminCreateUserOnly|recoveryMechanisms\[\]\.priority|attributesRequireVerificationBeforeUpdates)$/,
    why: "How the service behaves for those who may use it: a choice of the application.",
  },
  {
    settings:
      /dataprotection:Backup(Instance|Policy) |storage:ManagementPolicy |immutableStorageWithVersioning\.|security:Pricing |infrastructureEncryption|encryption\.services\.|enableServiceSideCMKEncryption|Workspace managedNetwork/,
    why: "A part of a document that Azure takes as a whole: a wrong one is refused, and that there is one is asked for.",
  },
  {
    settings:
      /(dentityType|encryptionUserAssignedIdentity|principalType|authType|credentialsType|serviceDataAccessAuthIdentity|objectType|sasl\.scram|sourceAccessConfigurations\S*|backupVault|backupPlan|attributes\.enabled)$/,
    why: "The way in which an identity is named: another does not fit what it names, and the cloud refuses it.",
  },
  {
    settings:
      /privateKey\.rotationPolicy|brokerCertChainAndKey|acls\[\]\.|diskEncryptionSetID|parameters\.publicNetworkAccess|kafka\.strimzi\.io/,
    why: "The operator or driver refuses it, or keeps what it had: the object alone does not decide.",
  },
  {
    settings: /^random:|^pulumi:providers:/,
    why: "It bears on how the program works, not on a resource of a cloud.",
  },
];
