import type { ManagedClusterArgs } from "@pulumi/azure-native/containerservice";
import { refuse } from "../../cloud/errors";
import type { CallContext, Reference, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { clusterContents } from "../kubernetes/namespaces";
import { armId, armType, sameId } from "./arm";
import { requireClusterIdentity } from "./aks-identity";
import { checkClusterNetwork, checkRoom, networkProfile, profileProblems, requireSubnet } from "./aks-network";
import { checkFirstCounts, checkMachines, POOL_NAME, poolOutputs, poolProblems } from "./aks-pools";
import { DEFAULT_VERSION, minorNumber, offered, versionOf } from "./aks-versions";
import { contentsOf } from "./common";
import { DEFAULT_TENANT } from "./provider-config";
import { armReference } from "./references";
import { azureType, childrenOf, guidFor, locationOf } from "./service-support";
import { block, blocks, text, texts } from "./text";
import { AGENT_POOL, DISK_ENCRYPTION_SET, MANAGED_CLUSTER, PRIVATE_ZONE, RESOURCE_GROUP, SUBNET } from "./types";

type Context = CallContext<Resolved<ManagedClusterArgs>>;

const LONG_TERM = "AKSLongTermSupport";
const TIERS = ["Free", "Standard", "Premium"];

/** Whether the cluster has long-term support, which takes the tier Premium. */
function isLongTerm(inputs: Properties): boolean {
  return inputs["supportPlan"] === LONG_TERM;
}

/** Sources: https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers, …/enable-authentication-microsoft-entra-id, …/workload-identity-overview */
function problems(inputs: Properties): readonly { readonly property: string; readonly reason: string }[] {
  const found: { property: string; reason: string }[] = [];
  const report = (property: string, reason: string) => found.push({ property, reason: `InvalidParameter: ${reason}` });
  const sku = block(inputs["sku"]);
  const tier = text(sku["tier"]) ?? "Free";
  if (!TIERS.includes(tier)) report("sku.tier", `must be one of ${TIERS.join(", ")}, got ${tier}`);
  if (isLongTerm(inputs) && tier !== "Premium")
    report("supportPlan", `${LONG_TERM} needs sku.tier Premium, not ${tier}`);
  const aad = inputs["aadProfile"] === undefined ? undefined : block(inputs["aadProfile"]);
  if (inputs["disableLocalAccounts"] === true && aad === undefined)
    report("disableLocalAccounts", "needs aadProfile: nobody could log in");
  if (aad?.["managed"] !== true && aad?.["enableAzureRBAC"] === true)
    report("aadProfile.enableAzureRBAC", "needs aadProfile.managed: true");
  if (inputs["enableRBAC"] === false && aad !== undefined) report("aadProfile", "needs enableRBAC: true");
  const workload = block(block(inputs["securityProfile"])["workloadIdentity"]);
  if (workload["enabled"] === true && block(inputs["oidcIssuerProfile"])["enabled"] !== true) {
    report("securityProfile.workloadIdentity.enabled", "needs oidcIssuerProfile.enabled: true");
  }
  const access = block(inputs["apiServerAccessProfile"]);
  const isPrivate = access["enablePrivateCluster"] === true;
  if (isPrivate && texts(access["authorizedIPRanges"]).length > 0)
    report("apiServerAccessProfile.authorizedIPRanges", "a private cluster has no public ranges");
  if (!isPrivate && access["privateDNSZone"] !== undefined)
    report("apiServerAccessProfile.privateDNSZone", "is for a cluster with enablePrivateCluster: true");
  if ((text(inputs["nodeResourceGroup"]) ?? "").length > 80) report("nodeResourceGroup", "at most 80 characters");
  const pools = blocks(inputs["agentPoolProfiles"]);
  if (pools.length > 0 && !pools.some((pool) => pool["mode"] === "System")) {
    report("agentPoolProfiles", "there has to be at least one pool of mode System");
  }
  pools.forEach((pool, index) => {
    const at = `agentPoolProfiles[${String(index)}]`;
    const name = text(pool["name"]);
    if (name !== undefined && !POOL_NAME.test(name))
      report(`${at}.name`, `"${name}" must be 1 to 12 lower-case letters and digits, a letter first`);
    for (const { property, reason } of poolProblems(pool)) found.push({ property: `${at}.${property}`, reason });
  });
  return [...found, ...profileProblems(inputs)];
}

/** https://learn.microsoft.com/azure/aks/supported-kubernetes-versions */
function requireVersion(inputs: Properties, allowed: readonly string[]): string {
  const given = text(inputs["kubernetesVersion"]) ?? DEFAULT_VERSION;
  const version = versionOf(given);
  if (version !== undefined && allowed.includes(version.minor)) return version.full;
  const longTerm = version !== undefined && offered(true).includes(version.minor);
  refuse(
    "K8sVersionNotSupported",
    `Managed cluster ${text(inputs["resourceName"]) ?? ""} is on version ${given}, which is ${longTerm ? "only available for Long-Term Support (LTS)" : "not supported in this region"}. ` +
      `Please use [az aks get-versions] command to get the supported version list in this region: ${allowed.join(", ")}.`,
  );
}

function nodeGroup(inputs: Properties, location: string): string {
  return (
    text(inputs["nodeResourceGroup"]) ??
    `MC_${text(inputs["resourceGroupName"]) ?? ""}_${text(inputs["resourceName"]) ?? ""}_${location}`.slice(0, 80)
  );
}

/** The pools that the cluster lists itself, as the inputs of a pool. */
function listedPools(inputs: Properties): readonly Properties[] {
  return blocks(inputs["agentPoolProfiles"]).map(({ name, ...pool }) => ({
    ...pool,
    agentPoolName: name,
    resourceName: inputs["resourceName"],
    resourceGroupName: inputs["resourceGroupName"],
  }));
}

function outputs(context: Context, version: string): Properties {
  const inputs = context.inputs as Properties;
  const location = locationOf(context);
  const group = nodeGroup(inputs, location);
  const access = block(inputs["apiServerAccessProfile"]);
  const isPrivate = access["enablePrivateCluster"] === true;
  const prefix = text(inputs["dnsPrefix"]) ?? text(inputs["fqdnSubdomain"]) ?? text(inputs["resourceName"]) ?? "";
  const digits = context.hex(8);
  const host = `${prefix}-${digits}`;
  const hasPublicName = !isPrivate || access["enablePrivateClusterPublicFQDN"] !== false;
  const zone = text(access["privateDNSZone"]);
  const zoneName =
    zone?.includes("/") === true
      ? zone.split("/").at(-1)
      : `${guidFor(context, "zone")}.privatelink.${location}.azmk8s.io`;
  const kubelet = block(block(inputs["identityProfile"])["kubeletidentity"]);
  const nodes = `/subscriptions/${context.scope.account}/resourceGroups/${group}`;
  const oidc = block(inputs["oidcIssuerProfile"]);
  return {
    currentKubernetesVersion: version,
    kubernetesVersion: text(inputs["kubernetesVersion"]) ?? version,
    nodeResourceGroup: group,
    maxAgentPools: 100,
    powerState: { code: "Running" },
    enableRBAC: inputs["enableRBAC"] ?? true,
    supportPlan: inputs["supportPlan"] ?? "KubernetesOfficial",
    sku: { name: "Base", tier: "Free", ...block(inputs["sku"]) },
    fqdn: hasPublicName ? `${host}.hcp.${location}.azmk8s.io` : undefined,
    azurePortalFQDN: `${host}.portal.hcp.${location}.azmk8s.io`,
    ...(isPrivate ? { privateFQDN: `${host}.${zoneName ?? ""}` } : {}),
    networkProfile: networkProfile(inputs),
    identityProfile: {
      kubeletidentity: {
        clientId: kubelet["clientId"] ?? guidFor(context, "kubelet client"),
        objectId: kubelet["objectId"] ?? guidFor(context, "kubelet"),
        resourceId:
          kubelet["resourceId"] ??
          `${nodes}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${text(inputs["resourceName"]) ?? ""}-agentpool`,
      },
    },
    oidcIssuerProfile: {
      ...oidc,
      ...(oidc["enabled"] === true
        ? { issuerURL: `https://${location}.oic.prod-aks.azure.com/${DEFAULT_TENANT}/${guidFor(context, "issuer")}/` }
        : {}),
    },
    agentPoolProfiles: blocks(inputs["agentPoolProfiles"]).map((pool) => {
      return { ...pool, ...poolOutputs(pool, version), provisioningState: "Succeeded" };
    }),
  };
}

/** Also `system` and `none`, which are no ids. */
const ZONE_REFERENCE: Reference = {
  path: "apiServerAccessProfile.privateDNSZone",
  to: PRIVATE_ZONE,
  matches: (value, candidate) => sameId(value, candidate.id),
};

const cluster = azureType<ManagedClusterArgs>({
  token: MANAGED_CLUSTER,
  name: {
    property: "resourceName",
    pattern: /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/,
    rule: "1 to 63 letters, digits, underscores and hyphens, a letter or digit first and last",
    source:
      "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerservice",
    maxLength: 63,
  },
  references: [
    armReference("agentPoolProfiles[*].vnetSubnetID", SUBNET),
    armReference("apiServerAccessProfile.subnetId", SUBNET),
    armReference("diskEncryptionSetID", DISK_ENCRYPTION_SET),
    ZONE_REFERENCE,
  ],
  check: (context) => {
    const inputs = context.inputs as Properties;
    for (const { property, reason } of problems(inputs)) {
      if (!context.isUnknown(property)) context.refuse(property, reason);
    }
    const { dnsPrefix, fqdnSubdomain } = context.inputs;
    const isUnknown = context.isUnknown("dnsPrefix") || context.isUnknown("fqdnSubdomain");
    if (dnsPrefix === undefined && fqdnSubdomain === undefined && !isUnknown) {
      context.refuse("dnsPrefix", "InvalidParameter: Required parameter dnsPrefix is missing (null).");
    }
    if (
      inputs["identity"] === undefined &&
      inputs["servicePrincipalProfile"] === undefined &&
      !context.isUnknown("identity")
    ) {
      context.refuse("identity", "InvalidParameter: a cluster needs an identity, or a service principal");
    }
  },
  create: (context) => {
    const inputs = context.inputs as Properties;
    const { cloud, effects, scope } = context;
    const location = locationOf(context);
    const version = requireVersion(inputs, offered(isLongTerm(inputs)));
    const pools = listedPools(inputs);
    if (pools.length === 0) refuse("InvalidParameter", "Required parameter agentPoolProfiles is missing (null).");
    const id = armId(armType(MANAGED_CLUSTER, undefined), inputs, scope.account);
    requireClusterIdentity(context);
    checkClusterNetwork(cloud, inputs, pools);
    for (const pool of pools) {
      checkRoom(
        networkProfile(inputs),
        requireSubnet(cloud, pool),
        pools.filter((other) => other["vnetSubnetID"] === pool["vnetSubnetID"]),
      );
    }
    checkFirstCounts(pools);
    checkMachines({ cloud, region: location, clusterId: id }, pools);
    for (const pool of pools) {
      effects.put({
        type: AGENT_POOL,
        scope,
        id: `${id}/agentPools/${text(pool["agentPoolName"]) ?? ""}`,
        inputs: pool,
        outputs: { ...pool, ...poolOutputs(pool, version), name: pool["agentPoolName"] },
      });
    }
    const group = nodeGroup(inputs, location);
    effects.put({
      type: RESOURCE_GROUP,
      scope,
      id: `/subscriptions/${scope.account}/resourceGroups/${group}`,
      inputs: { resourceGroupName: group, location },
      outputs: { name: group, location, managedBy: id, properties: { provisioningState: "Succeeded" } },
    });
    return { id, outputs: outputs(context, version) };
  },
  update: (context) => {
    const inputs = context.inputs as Properties;
    const { resource, cloud } = context;
    const before = text(resource.outputs["currentKubernetesVersion"]) ?? "";
    const given = text(inputs["kubernetesVersion"]);
    const changed = given !== undefined && given !== text(resource.inputs["kubernetesVersion"]);
    const version = changed ? requireVersion(inputs, [...offered(true), ...offered(false)]) : before;
    const step = minorNumber(version) - minorNumber(before);
    // https://learn.microsoft.com/azure/aks/upgrade-aks-cluster
    if (step < 0 || step > 1) {
      refuse(
        "OperationNotAllowed",
        `Upgrading Kubernetes version from ${before} to ${version} is not allowed. Available upgrades: [1.${String(minorNumber(before) + 1)}]. Please see https://aka.ms/aks-supported-k8s-ver for version details.`,
      );
    }
    if (
      block(resource.inputs["oidcIssuerProfile"])["enabled"] === true &&
      block(inputs["oidcIssuerProfile"])["enabled"] !== true
    ) {
      refuse("OIDCIssuerFeatureCannotBeDisabled", "The OIDC issuer feature cannot be disabled.");
    }
    refuseChangedPools(
      resource.inputs,
      inputs,
      childrenOf(cloud, AGENT_POOL, resource.id).map(({ id }) => id),
    );
    requireClusterIdentity(context);
    // Addresses, issuer and identities stay for the life of the cluster.
    const changes = { ...outputs(context, version) };
    const hasIssuer = block(resource.outputs["oidcIssuerProfile"])["issuerURL"] !== undefined;
    const kept = [
      "fqdn",
      "azurePortalFQDN",
      "privateFQDN",
      "identityProfile",
      ...(hasIssuer ? ["oidcIssuerProfile"] : []),
    ];
    return { ...changes, ...Object.fromEntries(kept.map((property) => [property, resource.outputs[property]])) };
  },
  // The group of the nodes goes along, with what Kubernetes made in it.
  delete: ({ resource, effects, cloud, scope }) => {
    const id = `/subscriptions/${scope.account}/resourceGroups/${text(resource.outputs["nodeResourceGroup"]) ?? ""}`;
    const group = cloud.list(RESOURCE_GROUP).filter((each) => sameId(each.id, id));
    const objects = clusterContents(resource.id, cloud);
    for (const gone of [...group, ...contentsOf(cloud, id, scope), ...objects]) effects.remove(gone);
  },
});

/** Pools that a cluster lists are changed as resources of their own: https://learn.microsoft.com/azure/aks/manage-node-pools */
function refuseChangedPools(before: Properties, after: Properties, present: readonly string[]): void {
  const names = (inputs: Properties) => blocks(inputs["agentPoolProfiles"]).map(({ name }) => text(name) ?? "");
  const removed = names(before).find(
    (name) => !names(after).includes(name) && present.some((id) => id.endsWith(`/${name}`)),
  );
  if (removed !== undefined && names(after).length > 0) {
    refuse(
      "OperationNotAllowed",
      `Pool ${removed} cannot leave agentPoolProfiles by an update of the cluster: delete it as an AgentPool.`,
    );
  }
  for (const pool of blocks(after["agentPoolProfiles"])) {
    const old = blocks(before["agentPoolProfiles"]).find(({ name }) => name === pool["name"]);
    if (old !== undefined && old["vmSize"] !== pool["vmSize"]) {
      refuse(
        "PropertyChangeNotAllowed",
        `Changing property 'properties.agentPoolProfiles.vmSize' of pool ${text(pool["name"]) ?? ""} is not allowed: add a pool of the new size, and delete this one.`,
      );
    }
  }
}

export const clusterTypes: readonly ResourceType[] = [cluster];
