import type { Output } from "@pulumi/pulumi";
import type { KubernetesCluster } from "../components/contracts/kubernetes-cluster";
import { Alarms, type WatchedResource } from "../components/gcp/alarms";
import { AuditTrail } from "../components/gcp/audit-trail";
import { Backups } from "../components/gcp/backups";
import { ConfigurationHistory } from "../components/gcp/configuration-history";
import { KeyCopy } from "../components/gcp/key-copy";
import { ThreatDetection } from "../components/gcp/threat-detection";
import { gcpName } from "../components/planning/names-gcp";
import { archiveFunction } from "./portfolio-gcp.parts";
import type { Services, ServicesArgs } from "./portfolio-gcp.services";

export interface GovernanceArgs extends Omit<ServicesArgs, "codeFolder"> {
  readonly services: Services;
  readonly cluster: KubernetesCluster | undefined;
  /** Id of the cluster, where it is the stack's own. */
  readonly clusterId: Output<string> | undefined;
}

/** Who did what, what was changed, what looks wrong: for the whole project. */
export function governProject({
  config,
  project,
  prefix,
  ground,
  protection,
  providers: { gcp },
}: GovernanceArgs): void {
  const { governance } = config;
  if (governance.mode === "skip") return;
  const onGcp = { providers: { gcp } };
  const keyId = ground.keys.keyIds.logs;
  new AuditTrail(
    "audit-trail",
    {
      project,
      prefix,
      retentionDays: governance.auditRetentionDays,
      lock: governance.auditLock,
      keyId,
      protection,
    },
    onGcp,
  );
  new ConfigurationHistory("configuration-history", { project, prefix, keyId }, onGcp);
  new ThreatDetection("threat-detection", { project, prefix, keyId }, onGcp);
}

/** Copies that nobody can delete early, in the other region. */
export function backUp(args: GovernanceArgs): void {
  const { config, project, prefix, stores, clusterId, protection, providers } = args;
  const { backups } = config.governance;
  if (backups.mode === "skip") return;
  const onGcp = { providers: { gcp: providers.gcp } };
  const { keyId } = new KeyCopy(
    "backup-copies",
    {
      project,
      region: config.backupRegion,
      prefix,
      purpose: "backups",
      users: ["backupdr", "gkebackup"],
      protection,
    },
    onGcp,
  );
  new Backups(
    "backup-vaults",
    {
      project,
      prefix,
      databases: Object.fromEntries(
        Object.entries(stores.postgres.byKey).flatMap(
          ([
            shard,
            {
              instanceNames: [source],
            },
          ]) => (source === undefined ? [] : [[shard, source]]),
        ),
      ),
      // The agent in an adopted cluster is its owner's.
      ...(clusterId === undefined ? {} : { clusterId }),
      retentionDays: backups.retentionDays,
      lock:
        backups.lockedFrom === undefined ? { mode: "governance" } : { mode: "compliance", from: backups.lockedFrom },
      copy: { region: config.backupRegion, keyId },
      protection,
    },
    onGcp,
  );
}

/** Alarms on what the cloud runs for the site. */
export function watchParts(args: GovernanceArgs): Alarms | undefined {
  const { config, project, prefix, labels, ground, providers } = args;
  if (config.alarms === "skip") return undefined;
  return new Alarms(
    "alarms",
    { project, prefix, watched: watched(args), keyId: ground.keys.keyIds.logs, labels },
    { providers: { gcp: providers.gcp } },
  );
}

function watched({ config, prefix, stores, services, cluster }: GovernanceArgs): Record<string, WatchedResource> {
  const found: Record<string, WatchedResource> = {};
  for (const [shard, { instanceNames }] of Object.entries(stores.postgres.byKey)) {
    const keys = ["", ...Object.keys(config.database.replicas).map((replica) => `-${replica}`)];
    for (const [index, instance] of instanceNames.entries()) {
      found[`postgres-${shard}${keys[index] ?? ""}`] = {
        subject: index === 0 ? "postgres" : "postgres-replica",
        label: instance.apply((name) => `${config.project}:${name}`),
      };
    }
  }
  found["redis"] = { subject: "redis", label: stores.redis.instanceId };
  if (stores.documents !== undefined) {
    found["documents"] = { subject: "documents", label: stores.documents.databaseName };
  }
  if (stores.keyValues !== undefined) {
    found["key-values"] = { subject: "key-values", label: stores.keyValues.databaseName };
  }
  const functions = services.functions?.serviceNames[archiveFunction];
  if (functions !== undefined) found["functions"] = { subject: "functions", label: functions };
  if (cluster !== undefined) found["kubernetes"] = { subject: "kubernetes", label: cluster.clusterName };
  if (config.network.adopt === undefined) {
    found["nat"] = { subject: "nat-gateway", label: gcpName("resource", prefix, "nat") };
  }
  return found;
}
