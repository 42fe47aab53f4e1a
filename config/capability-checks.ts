import type { Cloud, Feature } from "../components/contracts/capabilities";
import type { ApiAccess } from "../components/contracts/kubernetes-cluster";
import type { Accelerator, Architecture, Capacity } from "../components/contracts/node-pool";
import { refusals } from "../components/planning/capability-matrix";
import { protectionOf, type StackClass } from "../components/planning/protection";
import type { BlueprintId } from "./blueprints";
import type { Problem } from "./problems";

/** The cloud that a blueprint runs on. */
export const blueprintClouds = {
  "durga-puja": "aws",
  "portfolio-aws": "aws",
  "portfolio-azure": "azure",
  "portfolio-gcp": "gcp",
  "state-backend": "aws",
  "state-backend-azure": "azure",
  "state-backend-gcp": "gcp",
} as const satisfies Record<BlueprintId, Cloud>;

/** What of a configuration asks for features. A group that is wrong by itself, or that the blueprint has not, is absent. */
export interface AskingSettings {
  readonly class?: StackClass;
  readonly network?: { readonly zones: readonly string[] };
  readonly serviceEndpoints?: readonly string[];
  readonly cluster?: { readonly access?: ApiAccess };
  readonly nodePools?: Readonly<
    Record<
      string,
      { readonly capacity: Capacity; readonly architecture: Architecture; readonly accelerator: Accelerator }
    >
  >;
  readonly database?: {
    readonly availability: "single-zone" | "standby" | "by-class";
    readonly replicaZone?: string;
    readonly replicas?: Readonly<Record<string, string>>;
    readonly slots?: Readonly<Record<string, unknown>>;
    readonly logicalReplication?: "on" | "off";
  };
  readonly cache?: { readonly nodes: number | "by-class" };
  readonly queue?: { readonly mode: string; readonly availability: "single-instance" | "cluster" | "by-class" };
  readonly keyValues?: { readonly mode: string; readonly replicaRegions: readonly string[] };
  readonly identityProvider?: { readonly mode: string; readonly mfa: "required" | "optional" };
}

/** A feature that a setting asks for. */
export interface Asked {
  readonly feature: Feature;
  /** The setting, as it is written for `pulumi config set --path`. */
  readonly path: string;
  /** Its value; `undefined` for a group that asks by being there. */
  readonly value: unknown;
}

/**
 * What each group of settings asks for by its mode. A group without a mode is created. `skip` asks for nothing, anywhere. A mode
 * that is not here is a problem: nobody has said what the clouds make of it.
 */
export const groupFeatures = {
  network: {
    create: ["network.subnet-filters", "network.flow-logs"],
    adopt: ["adopt.network"],
  },
  gateway: { create: ["network.gateway"] },
  cluster: {
    create: [
      "kubernetes.node-autoscaling",
      "kubernetes.metrics",
      "kubernetes.network-policies",
      "kubernetes.workload-identity",
    ],
    adopt: ["adopt.cluster", "kubernetes.workload-identity"],
  },
  dns: { create: [], adopt: ["adopt.zone"] },
  keys: { create: [], adopt: ["adopt.key"] },
  images: { create: ["images.immutable-tags", "images.scanning"], adopt: ["adopt.registry"] },
  database: { create: ["postgres.point-in-time-recovery", "postgres.identity-log-in"] },
  cache: { create: [] },
  memcached: { create: ["memcached.nodes"] },
  documents: { create: ["documents.mongodb", "documents.point-in-time-recovery"] },
  keyValues: { create: ["key-values.tables", "key-values.point-in-time-recovery"] },
  events: { create: ["events.kafka", "events.scram"] },
  queue: { create: ["queue.rabbitmq"] },
  objects: { create: ["objects.versions"] },
  lake: { create: ["lake.iceberg"] },
  functions: { create: ["functions.on-events"] },
  machineLearning: { create: ["machine-learning.automl"] },
  identityProvider: { create: ["identity-provider.oidc"] },
  alarms: { create: ["telemetry.alarms"] },
  governance: {
    create: ["governance.threat-detection", "governance.configuration-history", "governance.audit-trail"],
  },
  threatDetection: { create: ["governance.threat-detection"] },
  "governance.backups": { create: ["backup.immutable-copy"] },
  siteContract: { create: [] },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<"create" | "adopt", readonly Feature[]>>>>>;

type Group = keyof typeof groupFeatures;

const accessFeatures = {
  network: ["kubernetes.api.network"],
  bastion: ["kubernetes.api.bastion"],
  "dns-endpoint": ["kubernetes.api.dns-endpoint"],
  internet: ["kubernetes.api.internet"],
} as const satisfies Record<ApiAccess, readonly Feature[]>;

const poolFeatures = {
  capacity: { "on-demand": [], spot: ["kubernetes.spot-pool"] },
  architecture: { amd64: [], arm64: ["kubernetes.arm64-pool"] },
  accelerator: {
    none: [],
    "nvidia-l4": ["kubernetes.nvidia-l4-pool"],
    "nvidia-t4": ["kubernetes.nvidia-t4-pool"],
  },
} as const satisfies {
  capacity: Record<Capacity, readonly Feature[]>;
  architecture: Record<Architecture, readonly Feature[]>;
  accelerator: Record<Accelerator, readonly Feature[]>;
};

/** Every feature that a configuration asks for, with the setting that does. */
export function askedFeatures(settings: AskingSettings): readonly Asked[] {
  return [...groupsIn(settings).flatMap(({ asked }) => asked), ...inGroups(settings)];
}

/** What a configuration asks of a cloud that refuses it, or that nobody has said anything about. */
export function capabilityChecks(cloud: Cloud, settings: AskingSettings): readonly Problem[] {
  const asked = askedFeatures(settings);
  const refused = new Map(
    refusals(
      cloud,
      asked.map(({ feature }) => feature),
    ).map((refusal) => [refusal.feature, refusal]),
  );
  return [
    ...groupsIn(settings).flatMap(({ unknown }) => (unknown === undefined ? [] : [unknown])),
    ...asked.flatMap(({ feature, path, value }) => {
      const refusal = refused.get(feature);
      if (refusal === undefined) return [];
      const what = value === undefined ? "cannot be had" : `is ${JSON.stringify(value)}, which cannot be had`;
      return [{ path, message: `${what} on ${cloudNames[cloud]}: ${refusal.reason}; ${refusal.instead}` }];
    }),
  ];
}

const cloudNames = { aws: "AWS", gcp: "Google Cloud", azure: "Azure" } as const satisfies Record<Cloud, string>;

interface GroupRead {
  readonly asked: readonly Asked[];
  /** What to say of a mode that is in no row. */
  readonly unknown?: Problem;
}

function groupsIn(settings: AskingSettings): readonly GroupRead[] {
  return Object.entries(settings as Readonly<Record<string, unknown>>).flatMap(([name, given]) => {
    const inner = isRecord(given)
      ? Object.entries(given).filter(([, part]) => isRecord(part) && typeof part["mode"] === "string")
      : [];
    return [readGroup(name, given), ...inner.map(([part, settingsOf]) => readGroup(`${name}.${part}`, settingsOf))];
  });
}

function readGroup(name: string, given: unknown): GroupRead {
  const { path, mode } = modeOf(`platform:${name}`, given);
  if (mode === "skip") return { asked: [] };
  const modes: Readonly<Record<string, readonly Feature[]>> = isGroup(name) ? groupFeatures[name] : {};
  const features = modes[mode ?? "create"];
  if (features !== undefined) return { asked: features.map((feature) => ({ feature, path, value: mode })) };
  if (mode === undefined) return { asked: [] };
  const choice = [...Object.keys(modes), "skip"].map((one) => JSON.stringify(one)).join(", ");
  const message = `is ${JSON.stringify(mode)}, of which the table of capabilities says nothing: give one of ${choice}`;
  return { asked: [], unknown: { path, message } };
}

/** A group says its mode in a setting of its own, is one, or is a list that an empty one skips. */
function modeOf(path: string, given: unknown): { readonly path: string; readonly mode: string | undefined } {
  if (Array.isArray(given)) return { path, mode: given.length === 0 ? "skip" : undefined };
  if (given === "create" || given === "adopt" || given === "skip") return { path, mode: given };
  if (isRecord(given) && typeof given["mode"] === "string") return { path: `${path}.mode`, mode: given["mode"] };
  return { path, mode: undefined };
}

function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

function isGroup(name: string): name is Group {
  return Object.hasOwn(groupFeatures, name);
}

/** What single settings of groups that are there ask for. */
function inGroups(settings: AskingSettings): readonly Asked[] {
  const asked: Asked[] = [];
  const ask = (path: string, value: unknown, ...features: readonly Feature[]) => {
    asked.push(...features.map((feature) => ({ feature, path: `platform:${path}`, value })));
  };
  const protection = settings.class === undefined ? undefined : protectionOf(settings.class);
  const multiZone = protection?.multiZone === true;
  if (protection !== undefined) ask("class", settings.class, "keys.rotation");
  if (protection?.crossRegion === true) ask("class", settings.class, "secrets.replicas", "keys.multi-region");
  const { network, serviceEndpoints = [], cluster, nodePools = {}, database, cache } = settings;
  if (network !== undefined && network.zones.length >= 3) ask("network.zones", network.zones, "network.three-zones");
  if (serviceEndpoints.length > 0) ask("serviceEndpoints", serviceEndpoints, "network.private-endpoints");
  if (cluster?.access !== undefined) ask("cluster.access", cluster.access, ...accessFeatures[cluster.access]);
  for (const [name, { capacity, architecture, accelerator }] of Object.entries(nodePools)) {
    ask(`nodePools.${name}.capacity`, capacity, ...poolFeatures.capacity[capacity]);
    ask(`nodePools.${name}.architecture`, architecture, ...poolFeatures.architecture[architecture]);
    ask(`nodePools.${name}.accelerator`, accelerator, ...poolFeatures.accelerator[accelerator]);
  }
  if (database !== undefined) {
    const { availability, replicaZone = "none", replicas = {}, slots = {}, logicalReplication } = database;
    if (availability === "standby" || (availability === "by-class" && multiZone)) {
      ask("database.availability", availability, "postgres.standby");
    }
    if (replicaZone !== "none") ask("database.replicaZone", replicaZone, "postgres.replicas");
    if (Object.keys(replicas).length > 0) ask("database.replicas", replicas, "postgres.replicas");
    if (Object.keys(slots).length > 1) ask("database.slots", slots, "postgres.shards");
    if (logicalReplication === "on") {
      ask(
        "database.logicalReplication",
        logicalReplication,
        "postgres.logical-publisher",
        "postgres.logical-subscriber",
      );
    }
  }
  if (cache !== undefined && (cache.nodes === "by-class" ? multiZone : cache.nodes > 1)) {
    ask("cache.nodes", cache.nodes, "redis.standby");
  }
  const { queue, keyValues, identityProvider } = settings;
  if (queue !== undefined && queue.mode !== "skip") {
    const { availability } = queue;
    if (availability === "cluster" || (availability === "by-class" && multiZone)) {
      ask("queue.availability", availability, "queue.zones");
    }
  }
  if (keyValues !== undefined && keyValues.mode !== "skip" && keyValues.replicaRegions.length > 0) {
    ask("keyValues.replicaRegions", keyValues.replicaRegions, "key-values.global");
  }
  if (identityProvider !== undefined && identityProvider.mode !== "skip" && identityProvider.mfa === "required") {
    ask("identityProvider.mfa", identityProvider.mfa, "identity-provider.mfa");
  }
  return asked;
}
