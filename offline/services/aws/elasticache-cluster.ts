import type { ClusterArgs } from "@pulumi/aws/elasticache";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type CheckContext, type Resolved } from "../../cloud/resource-type";
import { isList, type Properties } from "../../cloud/value";
import { arn } from "./arn";
import { checkGroups, checkParameterGroup, isOlder, refuseDowngrade, regionCode } from "./elasticache-checks";
import { CACHE_PARAMETER_GROUP, CACHE_SUBNET_GROUP } from "./elasticache-groups";
import {
  cacheVersion,
  familyOf,
  FIRST_ENCRYPTED_MEMCACHED,
  isNodeType,
  memcachedVersion,
  patchedVersion,
} from "./elasticache-versions";
import { securityGroupReference } from "./references";
import { text } from "./text";
import { SUBNET } from "./types";

// Error codes and limits: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html,
// API_ModifyCacheCluster.html. What the provider checks before it calls:
// https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/elasticache/cluster.go

export const CACHE_CLUSTER = "aws:elasticache/cluster:Cluster";

type Inputs = Resolved<ClusterArgs>;
type Context = CallContext<Inputs>;

const MOST_NODES = 40;
const PORTS: Readonly<Record<string, number>> = { memcached: 11_211, redis: 6379, valkey: 6379 };

/** A cluster of Memcached nodes, or a single node of Redis or Valkey. */
export const cacheCluster = resourceType<ClusterArgs>({
  token: CACHE_CLUSTER,
  service: "ElastiCache",
  actions: { create: "CreateCacheCluster", update: "ModifyCacheCluster", delete: "DeleteCacheCluster" },
  name: {
    property: "clusterId",
    spell: (name) => name.toLowerCase(),
    pattern: /^(?!.*--)[a-z][a-z0-9-]*(?<!-)$/,
    rule: "1 to 50 lower-case letters, digits and -, a letter first, no two - together and none last",
    source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html",
    maxLength: 50,
    unique: {
      within: "region",
      code: "CacheClusterAlreadyExists",
      message: "Cache cluster {value} already exists.",
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
    {
      path: "replicationGroupId",
      to: "aws:elasticache/replicationGroup:ReplicationGroup",
      missing: { code: "ReplicationGroupNotFoundFault", message: "Replication group {value} not found." },
    },
  ],
  check,
  create: (context) => {
    const { inputs, scope } = context;
    const id = inputs.clusterId ?? "";
    const version = checkCall(context);
    return {
      id,
      outputs: {
        arn: arn(scope, "elasticache", `cluster:${id}`),
        clusterId: id,
        engine: engineOf(inputs),
        ...described(context, id, version),
      },
    };
  },
  update: (context) => {
    const version = checkCall(context);
    refuseDowngrade(text(context.resource.outputs["engineVersionActual"]), version);
    return described(context, context.resource.id, version);
  },
  // An older version, and another node type of Memcached, which does not scale up or down.
  replacesWhen: (before, after) => [
    ...(after["engine"] === "memcached" && after["nodeType"] !== before["nodeType"] ? ["nodeType"] : []),
    ...(isOlder(text(after["engineVersion"]), text(before["engineVersion"])) ? ["engineVersion"] : []),
  ],
});

function engineOf(inputs: Partial<Inputs>): string {
  return inputs.engine ?? "redis";
}

/** What the provider refuses before it calls the service. */
function check({ inputs, isUnknown, refuse: report }: CheckContext<Inputs>): void {
  const { engine, numCacheNodes: nodes, azMode, snapshotRetentionLimit: retention = 0 } = inputs;
  const hasGroup = inputs.replicationGroupId !== undefined || isUnknown("replicationGroupId");
  const hasEngine = engine !== undefined || isUnknown("engine");
  if (hasGroup === hasEngine) report("engine", "exactly one of engine and replicationGroupId must be given");
  if (engine !== undefined && !(engine in PORTS)) {
    report("engine", `expected engine to be one of ["memcached" "redis" "valkey"], got ${engine}`);
  }
  if (azMode !== undefined && azMode !== "single-az" && azMode !== "cross-az") {
    report("azMode", `expected azMode to be one of ["single-az" "cross-az"], got ${azMode}`);
  }
  if (azMode === "cross-az" && nodes === 1) report("azMode", `"cross-az" is not supported with numCacheNodes = 1`);
  if (retention > 35) report("snapshotRetentionLimit", `expected at most 35, got ${String(retention)}`);
  if (engine === "memcached") {
    if (inputs.finalSnapshotIdentifier !== undefined) {
      report("finalSnapshotIdentifier", `engine "memcached" does not support finalSnapshotIdentifier`);
    }
    const version = inputs.engineVersion;
    if (version !== undefined && !/^\d+\.\d+\.\d+$/.test(version)) {
      report("engineVersion", `must be a version as 1.6.22 is, got ${version}`);
    }
  } else if (engine !== undefined && nodes !== undefined && nodes !== 1) {
    report("numCacheNodes", `engine "${engine}" does not support numCacheNodes > 1`);
  }
}

/** Refuses the call, or gives the full version. */
function checkCall(context: Context): string {
  const { inputs, cloud } = context;
  if (inputs.replicationGroupId !== undefined) return "";
  const engine = engineOf(inputs);
  for (const property of ["nodeType", "numCacheNodes"] as const) {
    if (inputs[property] !== undefined) continue;
    refuse(
      "InvalidParameterValue",
      `The parameter ${property} must be provided for a cluster outside of a replication group`,
    );
  }
  if (!isNodeType(inputs.nodeType ?? "")) {
    refuse("InvalidParameterValue", `Invalid Cache Node Type: ${String(inputs.nodeType)}`);
  }
  const nodes = inputs.numCacheNodes ?? 0;
  if (nodes < 1) refuse("InvalidParameterValue", `NumCacheNodes should be between 1 and ${String(MOST_NODES)}`);
  if (nodes > MOST_NODES) {
    refuse("NodeQuotaForClusterExceeded", `A Memcached cluster has at most ${String(MOST_NODES)} nodes`);
  }
  const version =
    engine === "memcached" ? memcachedVersion(inputs.engineVersion) : cacheVersion(engine, inputs.engineVersion);
  if (version === undefined) {
    return refuse("InvalidParameterCombination", `Cannot find version ${String(inputs.engineVersion)} for ${engine}`);
  }
  checkEncryption(inputs, engine, version);
  checkParameterGroup(cloud, inputs.parameterGroupName, familyOf(engine, version));
  checkGroups(inputs, cloud);
  checkZones(context);
  return version;
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-mc.html */
function checkEncryption(inputs: Inputs, engine: string, version: string): void {
  if (inputs.transitEncryptionEnabled !== true) return;
  // https://github.com/hashicorp/terraform-provider-aws/issues/49066
  if (engine !== "memcached") {
    refuse("InvalidParameterCombination", `Encryption feature is not supported for engine ${engine.toUpperCase()}.`);
  }
  if (isOlder(version, FIRST_ENCRYPTED_MEMCACHED)) {
    refuse("InvalidParameterCombination", `Encryption feature is not supported for engine version ${version}.`);
  }
  if (inputs.subnetGroupName === undefined) {
    refuse("InvalidParameterCombination", "Encryption in transit is for clusters in a VPC: name a subnetGroupName");
  }
}

/** The zones asked for are as many as the nodes, and each has a subnet. */
function checkZones(context: Context): void {
  const { inputs } = context;
  const wanted = inputs.preferredAvailabilityZones ?? [];
  if (engineOf(inputs) !== "memcached" && (wanted.length > 0 || inputs.azMode === "cross-az")) {
    refuse("InvalidParameterCombination", "Several Availability Zones are for Memcached clusters");
  }
  // https://github.com/hashicorp/terraform-provider-aws/issues/207
  if (wanted.length > 0 && wanted.length !== inputs.numCacheNodes) {
    refuse(
      "InvalidParameterCombination",
      "Must specify the same number of preferred availability zones as requested number of nodes.",
    );
  }
  if (new Set(wanted).size > 1 && inputs.azMode !== "cross-az") {
    refuse("InvalidParameterCombination", "Nodes in several Availability Zones need azMode cross-az");
  }
  const zones = zonesOfGroup(context);
  if (zones.length === 0) return;
  const outside = [...wanted, ...(inputs.availabilityZone ?? "").split(" ")].find(
    (zone) => zone !== "" && !zones.includes(zone),
  );
  if (outside !== undefined) {
    refuse(
      "InvalidParameterCombination",
      `The cache subnet group ${String(inputs.subnetGroupName)} has no subnet in ${outside}, only in ${zones.join(", ")}`,
    );
  }
}

function zonesOfGroup({ inputs, cloud }: Pick<Context, "inputs" | "cloud">): readonly string[] {
  const ids = cloud.find(CACHE_SUBNET_GROUP, inputs.subnetGroupName ?? "")?.inputs["subnetIds"];
  const subnets = (isList(ids) ? ids : []).flatMap((id) => cloud.find(SUBNET, text(id)) ?? []);
  return [...new Set(subnets.map(({ outputs }) => text(outputs["availabilityZone"])))].sort();
}

/** Nodes and endpoints: `<id>.<hash>.cfg.use1.cache.amazonaws.com` tells clients of `<id>.<hash>.0001.use1.…` and the rest. */
function described(context: Context, id: string, version: string): Properties {
  const { inputs, scope, hex } = context;
  const engine = engineOf(inputs);
  const port = inputs.port ?? PORTS[engine] ?? 0;
  const nodes = inputs.numCacheNodes ?? 1;
  const zones = zonesOfGroup(context);
  const single = inputs.availabilityZone ?? inputs.preferredAvailabilityZones?.[0] ?? zones[0] ?? `${scope.region}a`;
  const zoneOf = (index: number) =>
    inputs.preferredAvailabilityZones?.[index] ??
    (inputs.azMode === "cross-az" ? (zones[index % Math.max(zones.length, 1)] ?? single) : single);
  const host = (part: string) => `${id}.${hex(6)}.${part}.${regionCode(scope.region)}.cache.amazonaws.com`;
  const cacheNodes = Array.from({ length: nodes }, (_, index) => {
    const node = String(index + 1).padStart(4, "0");
    return { id: node, address: host(node), port, availabilityZone: zoneOf(index), outpostArn: "" };
  });
  const isSpread = new Set(cacheNodes.map(({ availabilityZone }) => availabilityZone)).size > 1;
  const address = host("cfg");
  return {
    availabilityZone: isSpread ? "Multiple" : single,
    azMode: inputs.azMode ?? "single-az",
    cacheNodes,
    engineVersion: inputs.engineVersion ?? version,
    engineVersionActual: engine === "memcached" ? version : patchedVersion(version),
    numCacheNodes: nodes,
    parameterGroupName: inputs.parameterGroupName ?? `default.${familyOf(engine, version)}`,
    port,
    transitEncryptionEnabled: inputs.transitEncryptionEnabled ?? false,
    ...(engine === "memcached"
      ? { clusterAddress: address, configurationEndpoint: `${address}:${String(port)}` }
      : { clusterAddress: "", configurationEndpoint: "" }),
  };
}
