import type { EventHubArgs, NamespaceArgs } from "@pulumi/azure-native/eventhub";
import { refuse } from "../../cloud/errors";
import type { CallContext, CheckContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import {
  azureType,
  checkChoices,
  checkRanges,
  globalName,
  made,
  parentOf,
  requireIdentities,
  requireKey,
} from "./service-support";
import { block, text } from "./text";
import { EVENT_HUB, EVENT_NAMESPACE } from "./types";

// Limits: https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas

type Namespace = Resolved<NamespaceArgs>;

/** Throughput or processing units of each tier. */
const CAPACITY: Readonly<Record<string, readonly number[]>> = {
  Basic: range(1, 40),
  Standard: range(1, 40),
  Premium: [1, 2, 4, 6, 8, 10, 12, 14, 16],
};

/** Partitions of a hub and days that it keeps events. */
const LIMITS: Readonly<Record<string, { readonly partitions: number; readonly days: number }>> = {
  Basic: { partitions: 32, days: 1 },
  Standard: { partitions: 32, days: 7 },
  Premium: { partitions: 100, days: 90 },
};

const namespace = azureType<NamespaceArgs>({
  token: EVENT_NAMESPACE,
  name: globalName({
    property: "namespaceName",
    pattern: /^[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]$/,
    rule: "6 to 50 letters, digits and -, a letter first, no - last",
    maxLength: 50,
    unique: {
      within: "world",
      code: "NamespaceUnavailable",
      message: "The requested namespace {value} is not available in the namespace of all users.",
    },
  }),
  check: checkNamespace,
  create: (context) => {
    requireIdentities(context);
    checkNamespaceKey(context);
    const name = context.inputs.namespaceName ?? "";
    return made({
      serviceBusEndpoint: `https://${name}.servicebus.windows.net:443/`,
      metricId: `${context.scope.account}:${name.toLowerCase()}`,
      status: "Active",
      provisioningState: "Succeeded",
      ...settings(context.inputs),
    });
  },
  update: (context) => {
    checkNamespaceKey(context);
    return settings(context.inputs);
  },
});

function checkNamespace(context: CheckContext<Namespace>): void {
  const { inputs, refuse: report } = context;
  const tier = inputs.sku?.name ?? "Standard";
  const sizes = CAPACITY[tier];
  const capacity = inputs.sku?.capacity;
  if (sizes === undefined) report("sku.name", `must be one of ${Object.keys(CAPACITY).join(", ")}, got ${tier}`);
  else if (capacity !== undefined && !sizes.includes(capacity)) {
    report("sku.capacity", `must be one of ${sizes.join(", ")} in the tier ${tier}, got ${String(capacity)}`);
  }
  checkChoices(context, [["minimumTlsVersion", inputs.minimumTlsVersion, ["1.2"]]]);
  checkRanges(context, [["maximumThroughputUnits", inputs.maximumThroughputUnits, 0, 40]]);
  if (inputs.isAutoInflateEnabled === true && tier !== "Standard") {
    report("isAutoInflateEnabled", `is of the tier Standard alone, got ${tier}`);
  }
  // https://learn.microsoft.com/azure/event-hubs/azure-event-hubs-apache-kafka-overview
  if (inputs.kafkaEnabled === true && tier === "Basic") report("kafkaEnabled", "the tier Basic does not speak Kafka");
  if (inputs.encryption !== undefined && tier !== "Premium")
    report("encryption", "a key of one's own needs the tier Premium");
}

function checkNamespaceKey(context: CallContext<Namespace>): void {
  for (const { keyVaultUri, keyName } of context.inputs.encryption?.keyVaultProperties ?? []) {
    requireKey(context, `${(keyVaultUri ?? "").replace(/\/$/, "")}/keys/${keyName ?? ""}`, "BadRequest");
  }
}

function settings(inputs: Namespace): Properties {
  const tier = inputs.sku?.name ?? "Standard";
  return {
    kafkaEnabled: tier !== "Basic",
    minimumTlsVersion: inputs.minimumTlsVersion ?? "1.2",
    publicNetworkAccess: inputs.publicNetworkAccess ?? "Enabled",
    sku: { name: tier, tier, capacity: inputs.sku?.capacity ?? 1 },
    disableLocalAuth: inputs.disableLocalAuth ?? false,
    zoneRedundant: inputs.zoneRedundant ?? true,
  };
}

const hub = azureType<EventHubArgs>({
  token: EVENT_HUB,
  create: (context) => {
    const { inputs } = context;
    checkHub(context);
    return made({
      partitionIds: Array.from({ length: inputs.partitionCount ?? 4 }, (_, index) => String(index)),
      partitionCount: inputs.partitionCount ?? 4,
      status: inputs.status ?? "Active",
      createdAt: "2026-01-01T00:00:00Z",
      updatedAt: "2026-01-01T00:00:00Z",
    });
  },
  update: (context) => {
    const { inputs, oldInputs } = context;
    checkHub(context);
    const [before, after] = [oldInputs.partitionCount ?? 4, inputs.partitionCount ?? 4];
    if (after !== before && (after < before || tierOf(context) !== "Premium")) {
      refuse(
        "BadRequest",
        `SubCode=40000. The partition count of an event hub only grows, and in the tier Premium alone: it is ${String(before)}.`,
      );
    }
    return { partitionCount: after, partitionIds: Array.from({ length: after }, (_, index) => String(index)) };
  },
});

function tierOf(context: CallContext<Resolved<EventHubArgs>>): string {
  return text(block(parentOf(context, EVENT_HUB, EVENT_NAMESPACE)?.outputs["sku"])["name"]) ?? "Standard";
}

function checkHub(context: CallContext<Resolved<EventHubArgs>>): void {
  const { inputs } = context;
  const tier = tierOf(context);
  const limits = LIMITS[tier];
  if (limits === undefined) return;
  const partitions = inputs.partitionCount ?? 4;
  if (partitions < 1 || partitions > limits.partitions) {
    refuse(
      "BadRequest",
      `SubCode=40000. A hub of the tier ${tier} has 1 to ${String(limits.partitions)} partitions, got ${String(partitions)}.`,
    );
  }
  const hours = inputs.retentionDescription?.retentionTimeInHours ?? (inputs.messageRetentionInDays ?? 1) * 24;
  if (hours > limits.days * 24) {
    refuse(
      "BadRequest",
      `SubCode=40000. A hub of the tier ${tier} keeps events for ${String(limits.days)} days at most, got ${String(hours)} hours.`,
    );
  }
}

function range(low: number, high: number): readonly number[] {
  return Array.from({ length: high - low + 1 }, (_, index) => low + index);
}

export const eventHubTypes: readonly ResourceType[] = [namespace, hub];
