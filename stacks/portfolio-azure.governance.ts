import { Alarms, type WatchedResource } from "../components/azure/alarms";
import { AuditTrail } from "../components/azure/audit-trail";
import { Backups } from "../components/azure/backups";
import { ConfigurationHistory } from "../components/azure/configuration-history";
import { Network } from "../components/azure/network";
import { ThreatDetection } from "../components/azure/threat-detection";
import type { Services, ServicesArgs } from "./portfolio-azure.services";

export interface GovernanceArgs extends Omit<ServicesArgs, "events"> {
  readonly services: Services;
}

/** Who did what, what was changed, what looks wrong: for the whole subscription. */
export function governSubscription({ config, place, prefix, ground, protection, providers }: GovernanceArgs): void {
  const { governance } = config;
  if (governance.mode === "skip") return;
  const onAzure = { providers: { "azure-native": providers["azure-native"] } };
  const { subscription } = place;
  new AuditTrail(
    "audit-trail",
    {
      place,
      prefix,
      retentionDays: governance.auditRetentionDays,
      lock: governance.auditLock,
      key: ground.keys.keys.logs,
      logs: ground.logs,
      protection,
    },
    onAzure,
  );
  new ConfigurationHistory("configuration-history", { subscription, prefix }, onAzure);
  new ThreatDetection("threat-detection", { subscription }, onAzure);
}

/** Copies that nobody can delete early, here and in the paired region. */
export function backUp({ config, place, prefix, ground, stores, protection, providers }: GovernanceArgs): void {
  const { backups } = config.governance;
  if (backups.mode === "skip") return;
  new Backups(
    "backup-vaults",
    {
      place,
      prefix,
      objects: { objects: { accountId: stores.objects.accountId, containers: [stores.objects.bucketName] } },
      databases: Object.fromEntries(
        Object.entries(stores.postgres.byKey).map(([shard, { serverId }]) => [shard, serverId]),
      ),
      retentionDays: backups.retentionDays,
      lock: backups.lock,
      key: ground.keys.keys.data,
      protection,
    },
    { providers: { "azure-native": providers["azure-native"] } },
  );
}

/** Alarms on what the cloud runs for the site. */
export function watchParts(args: GovernanceArgs): Alarms | undefined {
  const { config, place, prefix, providers } = args;
  if (config.alarms === "skip") return undefined;
  return new Alarms(
    "alarms",
    { place, prefix, watched: watched(args) },
    { providers: { "azure-native": providers["azure-native"] } },
  );
}

function watched({ ground, stores, services }: GovernanceArgs): Record<string, WatchedResource> {
  const found: Record<string, WatchedResource> = {};
  for (const [shard, { serverId, replicaIds }] of Object.entries(stores.postgres.byKey)) {
    found[`postgres-${shard}`] = { subject: "postgres", resourceId: serverId };
    for (const [replica, resourceId] of Object.entries(replicaIds)) {
      found[`postgres-${shard}-${replica}`] = { subject: "postgres-replica", resourceId };
    }
  }
  found["redis"] = { subject: "redis", resourceId: stores.redis.cacheId };
  found["objects"] = { subject: "objects", resourceId: stores.objects.accountId };
  const { documents, keyValues } = stores;
  if (documents !== undefined) found["documents"] = { subject: "documents", resourceId: documents.clusterId };
  if (keyValues !== undefined) found["key-values"] = { subject: "key-values", resourceId: keyValues.accountId };
  if (services.functions !== undefined) {
    found["functions"] = { subject: "functions", resourceId: services.functions.insightsId };
  }
  if (ground.gateway !== undefined) found["gateway"] = { subject: "gateway", resourceId: ground.gateway.gatewayId };
  if (ground.network instanceof Network) {
    found["nat"] = { subject: "nat-gateway", resourceId: ground.network.natGatewayId };
  }
  return found;
}
