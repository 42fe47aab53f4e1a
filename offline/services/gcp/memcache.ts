import type { InstanceArgs } from "@pulumi/gcp/memcache";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkChoices, checkRanges } from "../input-checks";
import { PROVIDER } from "./errors";
import { idOf } from "./ids";
import { link } from "./links";
import { boundedName } from "./names";
import { privateAddress, privateServices, requireNetwork, reservedRanges } from "./private-services";
import { NO_PRIVATE_SERVICES } from "./redis";
import { zonesOf } from "./regions";
import { MEMCACHE_INSTANCE, NETWORK } from "./types";

type Inputs = Resolved<InstanceArgs>;

/** Versions and what they report in full. https://docs.cloud.google.com/memorystore/docs/memcached/supported-versions */
const VERSIONS: Readonly<Record<string, string>> = {
  MEMCACHE_1_5: "memcached-1.5.16",
  MEMCACHE_1_6_15: "memcached-1.6.15",
};
const DEFAULT_VERSION = "MEMCACHE_1_5";
const PORT = 11_211;

const instance = resourceType<InstanceArgs>({
  token: MEMCACHE_INSTANCE,
  service: "Memorystore for Memcached",
  actions: { create: "CreateInstance", update: "UpdateInstance", delete: "DeleteInstance" },
  name: boundedName(
    "name",
    1,
    40,
    "https://docs.cloud.google.com/memorystore/docs/memcached/reference/rest/v1/projects.locations.instances/create",
  ),
  references: [link("authorizedNetwork", NETWORK, { holds: false })],
  // The provider reads an unset switch as one that is on.
  defaults: () => ({ deletionProtection: true }),
  check,
  create: (context) => {
    const { inputs, scope } = context;
    const network = requireNetwork(context, inputs.authorizedNetwork ?? "default");
    const connection = privateServices(context, network);
    if (connection === undefined) return refuse("failedPrecondition", NO_PRIVATE_SERVICES);
    const [range] = inputs.reservedIpRangeIds ?? [];
    if (range !== undefined && !reservedRanges(connection).includes(range)) {
      refuse(
        "invalidArgument",
        `reserved_ip_range_id ${range} is not a range of the private service access connection`,
      );
    }
    const offered = zonesOf(scope.region);
    const zones = inputs.zones ?? offered;
    const foreign = zones.find((zone) => !offered.includes(zone));
    if (foreign !== undefined) refuse("invalidArgument", `Zone ${foreign} is not in ${scope.region}`);
    const version = inputs.memcacheVersion ?? DEFAULT_VERSION;
    const address = (place: number) => privateAddress(context, connection, range, place);
    return {
      id: idOf(MEMCACHE_INSTANCE, inputs, scope, inputs.name ?? ""),
      outputs: {
        name: inputs.name ?? "",
        memcacheVersion: version,
        memcacheFullVersion: VERSIONS[version] ?? "",
        zones,
        discoveryEndpoint: `${address(0)}:${String(PORT)}`,
        memcacheNodes: Array.from({ length: inputs.nodeCount }, (_, index) => ({
          nodeId: `node-${String.fromCharCode(97 + index)}-${String(1 + Math.floor(index / zones.length))}`,
          zone: zones[index % zones.length] ?? "",
          host: address(index + 1),
          port: PORT,
          state: "READY",
        })),
      },
    };
  },
  delete: ({ resource }) => {
    if (resource.inputs["deletionProtection"] === false) return;
    refuse(
      PROVIDER,
      "cannot destroy memcache instance without setting deletion_protection=false and running `pulumi up`",
    );
  },
});

/** https://docs.cloud.google.com/memorystore/docs/memcached/quotas */
function check(context: CheckContext<Inputs>): void {
  const { inputs } = context;
  const node = inputs.nodeConfig;
  checkChoices(context, [["memcacheVersion", inputs.memcacheVersion, Object.keys(VERSIONS)]]);
  checkRanges(context, [
    ["nodeCount", inputs.nodeCount, 1, 20],
    ["nodeConfig.cpuCount", node?.cpuCount, 1, 32],
    ["nodeConfig.memorySizeMb", node?.memorySizeMb, 1_024, 262_144],
  ]);
  const size = node?.memorySizeMb;
  if (size !== undefined && size % 1_024 !== 0) {
    context.refuse("nodeConfig.memorySizeMb", `must be a multiple of 1024 MiB, got ${String(size)}`);
  }
  const cpus = node?.cpuCount ?? 1;
  if (cpus !== 1 && cpus % 2 !== 0) {
    context.refuse("nodeConfig.cpuCount", `must be 1 or even, got ${String(cpus)}`);
  }
}

export const memcacheTypes: readonly ResourceType[] = [instance];
