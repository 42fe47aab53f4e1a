import type { InstanceArgs } from "@pulumi/gcp/redis";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { checkChoices, checkRanges } from "../input-checks";
import { certificateText } from "../certificate";
import { requireServiceKey } from "./cmek";
import { PROVIDER } from "./errors";
import { idOf } from "./ids";
import { link } from "./links";
import { boundedName } from "./names";
import { privateAddress, privateServices, requireNetwork, reservedRanges } from "./private-services";
import { projectNumber } from "./project";
import { zonesOf } from "./regions";
import { text } from "./text";
import { NETWORK, REDIS_INSTANCE } from "./types";

type Inputs = Resolved<InstanceArgs>;

/** The oldest first. https://docs.cloud.google.com/memorystore/docs/redis/supported-versions */
const VERSIONS = ["REDIS_3_2", "REDIS_4_0", "REDIS_5_0", "REDIS_6_X", "REDIS_7_0", "REDIS_7_2"];

/** Parameters by the first version that has them. https://docs.cloud.google.com/memorystore/docs/redis/supported-redis-configurations */
const PARAMETERS: Readonly<Record<string, string>> = {
  "maxmemory-policy": "REDIS_3_2",
  "notify-keyspace-events": "REDIS_3_2",
  timeout: "REDIS_3_2",
  activedefrag: "REDIS_4_0",
  "lfu-decay-time": "REDIS_4_0",
  "lfu-log-factor": "REDIS_4_0",
  "maxmemory-gb": "REDIS_4_0",
  "stream-node-max-bytes": "REDIS_5_0",
  "stream-node-max-entries": "REDIS_5_0",
  maxclients: "REDIS_3_2",
  "maxmemory-clients": "REDIS_7_0",
};

/** Ports with and without TLS. https://docs.cloud.google.com/memorystore/docs/redis/about-in-transit-encryption */
const PORT = { SERVER_AUTHENTICATION: 6378, DISABLED: 6379 } as const;

/** https://github.com/terraform-google-modules/terraform-google-memorystore/pull/22 */
export const NO_PRIVATE_SERVICES =
  "Google private service access is not enabled. Enable private service access and try again. For information on enabling private service access, see https://cloud.google.com/service-infrastructure/docs/enabling-private-services-access";

const instance = resourceType<InstanceArgs>({
  token: REDIS_INSTANCE,
  service: "Memorystore for Redis",
  actions: { create: "CreateInstance", update: "UpdateInstance", delete: "DeleteInstance" },
  name: boundedName(
    "name",
    1,
    40,
    "https://docs.cloud.google.com/memorystore/docs/redis/reference/rest/v1/projects.locations.instances/create",
  ),
  references: [link("authorizedNetwork", NETWORK, { holds: false })],
  defaults: () => ({ deletionProtection: true }),
  check,
  create: (context) => {
    const { inputs, scope } = context;
    checkZones(inputs, scope.region);
    requireServiceKey(context, inputs.customerManagedKey, "redis.googleapis.com", [scope.region]);
    const host = addressOf(context);
    const tls = inputs.transitEncryptionMode === "SERVER_AUTHENTICATION";
    const zones = zonesOf(scope.region);
    const zone = inputs.locationId ?? zones[0];
    const port = tls ? PORT.SERVER_AUTHENTICATION : PORT.DISABLED;
    const isHighlyAvailable = inputs.tier === "STANDARD_HA";
    return {
      id: idOf(REDIS_INSTANCE, inputs, scope, inputs.name ?? ""),
      outputs: {
        name: inputs.name ?? "",
        host,
        port,
        currentLocationId: zone,
        locationId: zone,
        ...(isHighlyAvailable
          ? { alternativeLocationId: inputs.alternativeLocationId ?? zones.find((each) => each !== zone) }
          : {}),
        redisVersion: inputs.redisVersion ?? VERSIONS.at(-1),
        tier: inputs.tier ?? "BASIC",
        connectMode: inputs.connectMode ?? "DIRECT_PEERING",
        replicaCount: inputs.replicaCount ?? (isHighlyAvailable ? (readsReplicas(inputs) ? 2 : 1) : 0),
        persistenceIamIdentity: `serviceAccount:service-${projectNumber(scope.account)}@cloud-redis.iam.gserviceaccount.com`,
        ...(inputs.authEnabled === true ? { authString: authString(context.hex(36)) } : { authString: "" }),
        ...(readsReplicas(inputs) ? { readEndpoint: addressOf(context, 1), readEndpointPort: port } : {}),
        serverCaCerts: tls ? [{ cert: certificateText(context.hex(64)), serialNumber: context.hex(32) }] : [],
      },
    };
  },
  update: (context) => {
    const { inputs, oldInputs, hex, resource } = context;
    const size = Number(resource.inputs["memorySizeGb"]);
    if (inputs.memorySizeGb < size && inputs.tier !== "STANDARD_HA") {
      refuse(
        "invalidArgument",
        `memory_size_gb of a BASIC instance cannot shrink from ${String(size)} GiB: its data would not fit`,
      );
    }
    // Typings of `secondaryIpRange`.
    if (readsReplicas(inputs) && !readsReplicas(oldInputs) && inputs.secondaryIpRange === undefined) {
      refuse("invalidArgument", "secondary_ip_range is required when enabling read replicas on an existing instance");
    }
    if (inputs.authEnabled === oldInputs.authEnabled) return {};
    return { authString: inputs.authEnabled === true ? authString(hex(36)) : "" };
  },
  delete: ({ resource }) => {
    if (resource.inputs["deletionProtection"] === false) return;
    refuse(PROVIDER, "cannot destroy redis instance without setting deletion_protection=false and running `pulumi up`");
  },
  // A version goes up in place; to go down means another instance.
  replacesWhen: (before, after) =>
    VERSIONS.indexOf(text(after["redisVersion"])) < VERSIONS.indexOf(text(before["redisVersion"])) &&
    after["redisVersion"] !== undefined
      ? ["redisVersion"]
      : [],
});

function check(context: CheckContext<Inputs>): void {
  const { inputs, refuse: report } = context;
  const persistence = inputs.persistenceConfig;
  checkChoices(context, [
    ["tier", inputs.tier, ["BASIC", "STANDARD_HA"]],
    ["connectMode", inputs.connectMode, ["DIRECT_PEERING", "PRIVATE_SERVICE_ACCESS"]],
    ["transitEncryptionMode", inputs.transitEncryptionMode, Object.keys(PORT)],
    ["readReplicasMode", inputs.readReplicasMode, ["READ_REPLICAS_DISABLED", "READ_REPLICAS_ENABLED"]],
    ["redisVersion", inputs.redisVersion, VERSIONS],
    ["persistenceConfig.persistenceMode", persistence?.persistenceMode, ["DISABLED", "RDB"]],
    [
      "persistenceConfig.rdbSnapshotPeriod",
      persistence?.rdbSnapshotPeriod,
      ["ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS"],
    ],
  ]);
  // https://docs.cloud.google.com/memorystore/docs/redis/redis-tiers
  checkRanges(context, [["memorySizeGb", inputs.memorySizeGb, readsReplicas(inputs) ? 5 : 1, 300]]);
  const isBasic = (inputs.tier ?? "BASIC") === "BASIC" && !context.isUnknown("tier");
  if (isBasic && readsReplicas(inputs)) report("readReplicasMode", "read replicas need tier STANDARD_HA");
  if (isBasic && inputs.alternativeLocationId !== undefined) {
    report("alternativeLocationId", "a second zone needs tier STANDARD_HA");
  }
  const [least, most] = readsReplicas(inputs) ? [1, 5] : isBasic ? [0, 0] : [1, 1];
  checkRanges(context, [["replicaCount", inputs.replicaCount, least, most]]);
  if (persistence?.persistenceMode === "RDB" && persistence.rdbSnapshotPeriod === undefined) {
    report("persistenceConfig.rdbSnapshotPeriod", "must be set where persistenceMode is RDB");
  }
  const version = inputs.redisVersion ?? VERSIONS.at(-1) ?? "";
  for (const name of Object.keys(inputs.redisConfigs ?? {})) {
    const first = PARAMETERS[name];
    if (first === undefined || VERSIONS.indexOf(version) < VERSIONS.indexOf(first)) {
      report(
        `redisConfigs["${name}"]`,
        `INVALID_ARGUMENT: Memorystore does not let this parameter be set for ${version}`,
      );
    }
  }
}

function readsReplicas({ readReplicasMode }: Partial<Inputs>): boolean {
  return readReplicasMode === "READ_REPLICAS_ENABLED";
}

function checkZones({ locationId, alternativeLocationId: other }: Inputs, region: string): void {
  for (const zone of [locationId, other]) {
    if (zone !== undefined && !zonesOf(region).includes(zone)) {
      refuse("invalidArgument", `Invalid value for field instance.location_id: ${zone} is not in ${region}`);
    }
  }
  if (locationId !== undefined && locationId === other) {
    refuse("invalidArgument", "alternative_location_id must be another zone than location_id");
  }
}

/** https://docs.cloud.google.com/memorystore/docs/redis/networking */
function addressOf(context: CallContext<Inputs>, place = 0): string {
  const { inputs, scope } = context;
  const network = requireNetwork(context, inputs.authorizedNetwork ?? "default");
  if (network.scope.account !== scope.account && inputs.connectMode !== "PRIVATE_SERVICE_ACCESS") {
    // https://github.com/terraform-google-modules/terraform-google-memorystore/issues/163
    refuse("invalidArgument", "authorized_network must exist in the same project as redis instance");
  }
  if (inputs.connectMode !== "PRIVATE_SERVICE_ACCESS") {
    const base = inputs.reservedIpRange?.split("/")[0] ?? "10.0.0.0";
    return base.replace(/\d+$/, (last) => String(Number(last) + 3 + place));
  }
  const connection = privateServices(context, network);
  if (connection === undefined) return refuse("failedPrecondition", NO_PRIVATE_SERVICES);
  const range = inputs.reservedIpRange;
  if (range !== undefined && !reservedRanges(connection).includes(range)) {
    refuse("invalidArgument", `reserved_ip_range ${range} is not a range of the private service access connection`);
  }
  return privateAddress(context, connection, range, place);
}

/** The password that the service makes, written as a UUID. */
function authString(digits: string): string {
  return [8, 4, 4, 4, 12]
    .reduce<{ rest: string; parts: string[] }>(
      ({ rest, parts }, size) => ({ rest: rest.slice(size), parts: [...parts, rest.slice(0, size)] }),
      { rest: digits, parts: [] },
    )
    .parts.join("-");
}

export const redisTypes: readonly ResourceType[] = [instance];
