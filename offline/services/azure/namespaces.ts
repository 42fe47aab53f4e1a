/**
 * Resource providers that the offline subscription is registered for: those of the usual platform. The identity that deploys may
 * not register others, as in a subscription whose owner is another team.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types
 */
const REGISTERED: ReadonlySet<string> = new Set(
  [
    ...[
      "AlertsManagement",
      "ApiManagement",
      "App",
      "AppConfiguration",
      "Authorization",
      "Automation",
      "AzureActiveDirectory",
    ],
    ...[
      "Batch",
      "Cache",
      "Cdn",
      "CognitiveServices",
      "Compute",
      "ContainerInstance",
      "ContainerRegistry",
      "ContainerService",
    ],
    ...["CostManagement", "Dashboard", "Databricks", "DataFactory", "DataProtection", "DBforMySQL", "DBforPostgreSQL"],
    ...["DocumentDB", "EventGrid", "EventHub", "Features", "GuestConfiguration", "Insights", "KeyVault", "Kubernetes"],
    ...[
      "KubernetesConfiguration",
      "Kusto",
      "Logic",
      "MachineLearningServices",
      "Maintenance",
      "ManagedIdentity",
      "Monitor",
    ],
    ...[
      "Network",
      "NotificationHubs",
      "OperationalInsights",
      "OperationsManagement",
      "PolicyInsights",
      "Portal",
      "Purview",
    ],
    ...["RecoveryServices", "ResourceHealth", "Resources", "Search", "Security", "SecurityInsights", "ServiceBus"],
    ...[
      "ServiceLinker",
      "SignalRService",
      "Sql",
      "Storage",
      "StorageMover",
      "StreamAnalytics",
      "Subscription",
      "Synapse",
      "Web",
    ],
  ].map((name) => `microsoft.${name.toLowerCase()}`),
);

export function isRegistered(namespace: string): boolean {
  return REGISTERED.has(namespace.toLowerCase());
}
