import type { AclNeed } from "../components/planning/network-acl-rules";
import {
  documentLogGroups,
  eventLogGroup,
  functionLogGroup,
  shardedDatabaseLogGroups,
} from "../components/planning/names";
import type { OptionalSecurityGroupId } from "../components/planning/security-rules";
import type { PortfolioAwsConfig } from "../config/schema/portfolio-aws";

// What the parts of a site that not every stack has ask of its foundation.

/** Function that archives the event stream; its key is also the name of its folder. */
export const archiveFunction = "archive-events";

/** Security groups besides those that every site has, in an order that stays. */
export function securityGroupNeeds(config: PortfolioAwsConfig): readonly OptionalSecurityGroupId[] {
  const needed: readonly (readonly [OptionalSecurityGroupId, boolean])[] = [
    ["memcached", config.memcached.mode === "create"],
    ["documents", config.documents.mode === "create"],
    ["events", config.events.mode === "create"],
    ["queue", config.queue.mode === "create"],
    ["functions", config.functions.mode === "create"],
    ["training", config.machineLearning.mode === "create"],
    ["endpoints", config.serviceEndpoints.length > 0],
    ["runner", config.cluster.access === "network" || config.cluster.access === "bastion"],
  ];
  return needed.flatMap(([group, isNeeded]) => (isNeeded ? [group] : []));
}

/** What the database tier lets in besides PostgreSQL and Redis. */
export function aclNeeds(config: PortfolioAwsConfig): readonly AclNeed[] {
  const needed: readonly (readonly [AclNeed, boolean])[] = [
    ["memcached", config.memcached.mode === "create"],
    ["documents", config.documents.mode === "create"],
    ["events", config.events.mode === "create"],
    ["queue", config.queue.mode === "create"],
    ["linked-sites", config.gateway === "create"],
  ];
  return needed.flatMap(([need, isNeeded]) => (isNeeded ? [need] : []));
}

/** Log groups of the stores and functions, which the key of the logs encrypts. */
export function storeLogGroups(config: PortfolioAwsConfig, prefix: string): readonly string[] {
  const { database, documents, events, functions } = config;
  return [
    ...shardedDatabaseLogGroups(prefix, Object.keys(database.slots), Object.keys(database.replicas)),
    ...(documents.mode === "create" ? documentLogGroups(prefix) : []),
    ...(events.mode === "create" ? [eventLogGroup(prefix)] : []),
    ...(functions.mode === "create" ? [functionLogGroup(prefix, archiveFunction)] : []),
  ];
}
