import type { ReplicationGroupArgs } from "@pulumi/aws/elasticache";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { arn } from "./arn";
import { checkGroups, checkParameterGroup, refuseDowngrade, regionCode } from "./elasticache-checks";
import { cacheCluster } from "./elasticache-cluster";
import { CACHE_PARAMETER_GROUP, CACHE_SUBNET_GROUP, parameterGroup, subnetGroup } from "./elasticache-groups";
import { cacheVersion, familyOf, isCacheEngine, isNodeType, patchedVersion } from "./elasticache-versions";
import { requireKey, securityGroupReference } from "./references";
import { text } from "./text";

// Error codes: https://github.com/boto/botocore, data/elasticache/2015-02-02/service-2.json, and
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html

const REPLICATION_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";

type Inputs = Resolved<ReplicationGroupArgs>;
type Context = CallContext<Inputs>;

/** Most nodes of a group with cluster mode disabled: a primary and five replicas. */
const MOST_NODES = 6;

const replicationGroup = resourceType<ReplicationGroupArgs>({
  token: REPLICATION_GROUP,
  service: "ElastiCache",
  actions: { create: "CreateReplicationGroup", update: "ModifyReplicationGroup", delete: "DeleteReplicationGroup" },
  name: {
    property: "replicationGroupId",
    spell: (name) => name.toLowerCase(),
    pattern: /^(?!.*--)[a-z][a-z0-9-]*(?<!-)$/i,
    rule: "1 to 40 letters, digits and -, a letter first, no two - together and none last",
    source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html",
    maxLength: 40,
    unique: {
      within: "region",
      code: "ReplicationGroupAlreadyExists",
      message: "Replication group {value} already exists.",
    },
  },
  references: [
    securityGroupReference("securityGroupIds[*]", "InvalidParameterValue"),
    {
      path: "subnetGroupName",
      to: CACHE_SUBNET_GROUP,
      missing: { code: "CacheSubnetGroupNotFoundFault", message: "Cache subnet group {value} does not exist." },
    },
    { path: "parameterGroupName", to: CACHE_PARAMETER_GROUP },
  ],
  defaults: () => ({ engine: "redis" }),
  check,
  create: (context) => {
    const { inputs, scope } = context;
    checkPlacement(context);
    const id = (inputs.replicationGroupId ?? "").toLowerCase();
    const version = checkVersion(context);
    return {
      id,
      outputs: {
        arn: arn(scope, "elasticache", `replicationgroup:${id}`),
        replicationGroupId: id,
        engine: inputs.engine ?? "redis",
        engineVersion: inputs.engineVersion ?? version,
        parameterGroupName: inputs.parameterGroupName ?? `default.${familyOf(inputs.engine ?? "redis", version)}`,
        ...described(context, id, version),
      },
    };
  },
  update: (context) => {
    checkPlacement(context);
    const version = checkVersion(context);
    refuseDowngrade(text(context.resource.outputs["engineVersionActual"]), version);
    return described(context, context.resource.id, version);
  },
  // https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/elasticache_replication_group
  replacesWhen: (before, after) => (before["engine"] === "valkey" && after["engine"] === "redis" ? ["engine"] : []),
});

/** What follows from the inputs alone: the counts and switches that exclude each other. */
function check({ inputs, isUnknown, refuse: report }: CheckContext<Inputs>): void {
  const nodes = inputs.numCacheClusters ?? 1;
  const isClustered = inputs.numNodeGroups !== undefined || isUnknown("numNodeGroups");
  if (nodes < 1 || nodes > MOST_NODES) {
    report(
      "numCacheClusters",
      `expected numCacheClusters to be in the range (1 - ${String(MOST_NODES)}), got ${String(nodes)}`,
    );
  }
  const replicas = inputs.replicasPerNodeGroup ?? 0;
  if (replicas < 0 || replicas > MOST_NODES - 1) {
    report("replicasPerNodeGroup", `expected replicasPerNodeGroup to be in the range (0 - 5), got ${String(replicas)}`);
  }
  const retention = inputs.snapshotRetentionLimit ?? 0;
  if (retention < 0 || retention > 35) {
    report(
      "snapshotRetentionLimit",
      `expected snapshotRetentionLimit to be in the range (0 - 35), got ${String(retention)}`,
    );
  }
  if (isClustered && inputs.numCacheClusters !== undefined) {
    report("numCacheClusters", "conflicts with numNodeGroups: give the nodes of one group, or the number of groups");
  }
  const { authToken } = inputs;
  if (
    authToken !== undefined &&
    !isUnknown("authToken") &&
    !/^[\x21\x23-\x2e\x30-\x3f\x41-\x7e]{16,128}$/.test(authToken)
  ) {
    report("authToken", 'must have 16 to 128 printable characters, none of them /, " or @');
  }
}

/** Failover, zones, encryption, key, groups: what ElastiCache refuses in combination. */
function checkPlacement(context: Context): void {
  const { inputs, cloud } = context;
  const { engine = "redis", nodeType = "" } = inputs;
  if (!isCacheEngine(engine)) refuse("InvalidParameterValue", `Invalid cache engine: ${engine}`);
  if (nodeType !== "" && !isNodeType(nodeType)) refuse("InvalidParameterValue", `Invalid Cache Node Type: ${nodeType}`);
  const failover = inputs.automaticFailoverEnabled ?? false;
  const nodes =
    inputs.numNodeGroups === undefined ? (inputs.numCacheClusters ?? 1) : 1 + (inputs.replicasPerNodeGroup ?? 0);
  if (failover && inputs.numNodeGroups === undefined && nodes < 2) {
    refuse(
      "InvalidParameterCombination",
      "Automatic failover is not supported for a replication group with one node: give it 2 or more",
    );
  }
  if (inputs.multiAzEnabled === true && !failover) {
    refuse("InvalidParameterCombination", "Must enable automatic failover if Multi-AZ is enabled");
  }
  if ((inputs.numNodeGroups ?? 1) > 1 && !failover) {
    refuse(
      "InvalidParameterValue",
      "Automatic failover must be enabled for a replication group with cluster mode enabled",
    );
  }
  if (inputs.authToken !== undefined && inputs.transitEncryptionEnabled !== true) {
    refuse("InvalidParameterCombination", "The AUTH token can only be enabled on clusters with encryption in transit");
  }
  if (engine === "valkey" && inputs.transitEncryptionEnabled === undefined) {
    refuse("InvalidParameterCombination", "Valkey replication groups must say whether they encrypt in transit");
  }
  if (inputs.kmsKeyId !== undefined && String(inputs.atRestEncryptionEnabled ?? false) === "false") {
    refuse("InvalidParameterCombination", "A KMS key needs encryption at rest");
  }
  requireKey(context, inputs.kmsKeyId, {
    code: "InvalidParameterValue",
    message: "The KMS key {value} does not exist or is not enabled",
  });
  checkGroups(inputs, cloud);
}

/** The full version, and a parameter group of its family. */
function checkVersion({ inputs, cloud }: Context): string {
  const { engine = "redis", engineVersion } = inputs;
  const version = cacheVersion(engine, engineVersion);
  if (version === undefined) {
    return refuse("InvalidParameterCombination", `Cannot find version ${String(engineVersion)} for ${engine}`);
  }
  checkParameterGroup(cloud, inputs.parameterGroupName, familyOf(engine, version));
  return version;
}

/** Nodes and endpoints in the real shape: `<id>.<hash>.ng.0001.<region code>.cache.amazonaws.com`. */
function described(
  { inputs, scope, hex }: Pick<Context, "inputs" | "scope" | "hex">,
  id: string,
  version: string,
): Properties {
  const isClustered = (inputs.numNodeGroups ?? 1) > 1 || inputs.clusterMode === "enabled";
  const groups = inputs.numNodeGroups ?? 1;
  const nodes =
    inputs.numNodeGroups === undefined
      ? (inputs.numCacheClusters ?? 1)
      : groups * (1 + (inputs.replicasPerNodeGroup ?? 0));
  const domain = `${hex(6)}.${regionCode(scope.region)}.cache.amazonaws.com`;
  const isEncrypted = inputs.transitEncryptionEnabled === true;
  const host = (role: string) =>
    isEncrypted ? `${role}.${id}.${domain}` : `${id}${role === "master" ? "" : "-ro"}.${domain}`;
  return {
    engineVersionActual: patchedVersion(version),
    clusterEnabled: isClustered,
    numCacheClusters: nodes,
    numNodeGroups: groups,
    replicasPerNodeGroup: nodes / groups - 1,
    memberClusters: Array.from({ length: nodes }, (_, index) => `${id}-${String(index + 1).padStart(3, "0")}`),
    ...(isClustered
      ? { configurationEndpointAddress: `clustercfg.${id}.${domain}` }
      : { primaryEndpointAddress: host("master"), readerEndpointAddress: host("replica") }),
  };
}

export const elasticacheTypes: readonly ResourceType[] = [replicationGroup, cacheCluster, subnetGroup, parameterGroup];
