import type { CacheRuleArgs, RegistryArgs, ReplicationArgs } from "@pulumi/azure-native/containerregistry";
import { refuse } from "../../cloud/errors";
import type { CallContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { sameId } from "./arm";
import { zonesOf } from "./regions";
import {
  azureType,
  checkRanges,
  childrenOf,
  globalName,
  locationOf,
  made,
  parentOf,
  requireIdentities,
  requireKey,
  userIdentities,
} from "./service-support";
import { block, text } from "./text";
import { REGISTRY } from "./types";

const CACHE_RULE = "azure-native:containerregistry:CacheRule";
const REPLICATION = "azure-native:containerregistry:Replication";

type Inputs = Resolved<RegistryArgs>;

/** Upstreams that a cache rule can name: https://learn.microsoft.com/azure/container-registry/artifact-cache-overview */
const UPSTREAMS = [
  "docker.io",
  "mcr.microsoft.com",
  "public.ecr.aws",
  "ghcr.io",
  "quay.io",
  "registry.k8s.io",
  "nvcr.io",
  "registry.gitlab.com",
];

const registry = azureType<RegistryArgs>({
  token: REGISTRY,
  name: globalName({
    property: "registryName",
    pattern: /^[A-Za-z0-9]{5,50}$/,
    rule: "5 to 50 letters and digits",
    maxLength: 50,
  }),
  check: (context) => {
    const { inputs, refuse: report } = context;
    const { retentionPolicy, softDeletePolicy, exportPolicy } = inputs.policies ?? {};
    checkRanges(context, [
      ["policies.retentionPolicy.days", retentionPolicy?.days, 0, 365],
      ["policies.softDeletePolicy.retentionDays", softDeletePolicy?.retentionDays, 1, 90],
    ]);
    // https://learn.microsoft.com/azure/container-registry/data-loss-prevention
    if (exportPolicy?.status === "disabled" && inputs.publicNetworkAccess !== "Disabled") {
      report("policies.exportPolicy.status", "exports are off only where publicNetworkAccess is Disabled");
    }
    if (retentionPolicy?.status === "enabled" && softDeletePolicy?.status === "enabled") {
      report(
        "policies.softDeletePolicy.status",
        "soft delete and the retention of untagged manifests exclude each other",
      );
    }
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const name = inputs.registryName ?? "";
    if (cloud.list(REGISTRY, "anywhere").some((each) => sameId(each.inputs["registryName"], name))) {
      // https://github.com/MicrosoftDocs/azure-dev-docs/issues/1303
      refuse("AlreadyInUse", `The registry DNS name ${name.toLowerCase()}.azurecr.io is already in use.`);
    }
    requireIdentities(context);
    checkSku(context);
    return made({
      creationDate: "2026-01-01T00:00:00Z",
      loginServer: `${name.toLowerCase()}.azurecr.io`,
      privateEndpointConnections: [],
      dataEndpointHostNames:
        inputs.dataEndpointEnabled === true ? [`${name.toLowerCase()}.${locationOf(context)}.data.azurecr.io`] : [],
      ...settings(inputs),
    });
  },
  update: (context) => {
    const { inputs, oldInputs, cloud, resource } = context;
    if ((oldInputs.encryption?.status ?? "disabled") !== (inputs.encryption?.status ?? "disabled")) {
      refuse("EncryptionCannotBeChanged", "Encryption by a key of one's own is chosen for a registry at creation.");
    }
    checkSku(context);
    if (inputs.sku.name !== "Premium" && childrenOf(cloud, REPLICATION, resource.id).length > 0) {
      refuse("SkuUpdateNotAllowed", "A registry with replications cannot leave the SKU Premium.");
    }
    return settings(inputs);
  },
});

/** What the SKU Premium alone has: https://learn.microsoft.com/azure/container-registry/container-registry-skus */
function checkSku(context: CallContext<Inputs>): void {
  const { inputs } = context;
  const { policies, sku } = inputs;
  const wanted = [
    ["A private registry (publicNetworkAccess Disabled)", inputs.publicNetworkAccess === "Disabled"],
    ["Zone redundancy", inputs.zoneRedundancy === "Enabled"],
    ["A customer-managed key", inputs.encryption?.status === "enabled"],
    ["Network rules", inputs.networkRuleSet !== undefined],
    ["Dedicated data endpoints", inputs.dataEndpointEnabled === true],
    ["The retention policy", policies?.retentionPolicy?.status === "enabled"],
    ["The trust policy", policies?.trustPolicy?.status === "enabled"],
    ["The quarantine policy", policies?.quarantinePolicy?.status === "enabled"],
    ["The export policy", policies?.exportPolicy?.status === "disabled"],
  ] as const;
  const missing = sku.name === "Premium" ? undefined : wanted.find(([, isWanted]) => isWanted)?.[0];
  if (missing !== undefined) {
    refuse("SkuNotSupported", `${missing} is only supported for managed registries in Premium SKU, got ${sku.name}.`);
  }
  if (inputs.zoneRedundancy === "Enabled" && zonesOf(locationOf(context)).length === 0) {
    refuse(
      "ZoneRedundancyNotSupported",
      `Zone redundancy is not supported for the selected location ${locationOf(context)}.`,
    );
  }
  if (inputs.encryption?.status !== "enabled") return;
  const { keyIdentifier, identity } = inputs.encryption.keyVaultProperties ?? {};
  if (identity === undefined || userIdentities(inputs.identity).length === 0) {
    refuse("InvalidParameterValue", "A customer-managed key needs a user-assigned identity of the registry.");
  }
  requireKey(context, keyIdentifier, "InvalidParameterValue");
}

function settings(inputs: Inputs): Properties {
  const { policies } = inputs;
  return {
    adminUserEnabled: inputs.adminUserEnabled ?? false,
    anonymousPullEnabled: inputs.anonymousPullEnabled ?? false,
    publicNetworkAccess: inputs.publicNetworkAccess ?? "Enabled",
    networkRuleBypassOptions: inputs.networkRuleBypassOptions ?? "AzureServices",
    sku: { name: inputs.sku.name, tier: inputs.sku.name },
    zoneRedundancy: inputs.zoneRedundancy ?? "Disabled",
    policies: {
      exportPolicy: { status: "enabled" },
      quarantinePolicy: { status: "disabled" },
      retentionPolicy: { status: "disabled", days: 7 },
      trustPolicy: { status: "disabled", type: "Notary" },
      softDeletePolicy: { status: "disabled", retentionDays: 7 },
      ...policies,
    },
  };
}

const cacheRule = azureType<CacheRuleArgs>({
  token: CACHE_RULE,
  create: (context) => {
    const { sourceRepository = "", targetRepository = "", credentialSetResourceId } = context.inputs;
    const host = sourceRepository.split("/")[0] ?? "";
    if (!UPSTREAMS.includes(host)) {
      refuse("InvalidSourceRepository", `A cache rule cannot read ${host}: it knows ${UPSTREAMS.join(", ")}.`);
    }
    if (host === "docker.io" && credentialSetResourceId === undefined) {
      refuse(
        "InvalidSourceRepository",
        "Docker Hub is cached with a credential set alone: give credentialSetResourceId.",
      );
    }
    const owner = parentOf(context, CACHE_RULE, REGISTRY);
    const taken = childrenOf(context.cloud, CACHE_RULE, owner?.id ?? "").some(
      (each) => each.inputs["targetRepository"] === targetRepository,
    );
    if (taken) refuse("Conflict", `Another cache rule fills ${targetRepository} already.`);
    return made({ creationDate: "2026-01-01T00:00:00Z" });
  },
  update: ({ inputs, oldInputs }) => {
    if (
      inputs.sourceRepository === oldInputs.sourceRepository &&
      inputs.targetRepository === oldInputs.targetRepository
    ) {
      return {};
    }
    return refuse("BadRequest", "The repositories of a cache rule are chosen at creation.");
  },
});

const replication = azureType<ReplicationArgs>({
  token: REPLICATION,
  create: (context) => {
    const owner = parentOf(context, REPLICATION, REGISTRY);
    if (text(block(owner?.inputs["sku"])["name"]) !== "Premium") {
      refuse("SkuNotSupported", "Replications are only supported for managed registries in Premium SKU.");
    }
    if (text(owner?.inputs["location"]) === locationOf(context)) {
      refuse("InvalidReplicationLocation", `The registry itself is in ${locationOf(context)}.`);
    }
    const isZoned = context.inputs.zoneRedundancy === "Enabled";
    if (isZoned && zonesOf(locationOf(context)).length === 0) {
      refuse(
        "ZoneRedundancyNotSupported",
        `Zone redundancy is not supported for the selected location ${locationOf(context)}.`,
      );
    }
    return made({ status: { displayStatus: "Ready", message: "", timestamp: "2026-01-01T00:00:00Z" } });
  },
});

export const containerRegistryTypes: readonly ResourceType[] = [registry, cacheRule, replication];
