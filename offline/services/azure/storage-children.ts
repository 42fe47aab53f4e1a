import type {
  BlobArgs,
  BlobContainerArgs,
  BlobContainerImmutabilityPolicyArgs,
  BlobServicePropertiesArgs,
  ManagementPolicyArgs,
} from "@pulumi/azure-native/storage";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { CallContext, CheckContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { sameId } from "./arm";
import { azureType, checkRanges, made } from "./service-support";
import { block } from "./text";
import { BLOB_CONTAINER, STORAGE_ACCOUNT } from "./types";

const BLOB = "azure-native:storage:Blob";
const BLOB_SERVICE = "azure-native:storage:BlobServiceProperties";
const MANAGEMENT_POLICY = "azure-native:storage:ManagementPolicy";
const IMMUTABILITY_POLICY = "azure-native:storage:BlobContainerImmutabilityPolicy";

/** The account that a child names, whatever stands between the two in its path. */
function accountOf({ inputs, cloud, scope }: CallContext<unknown>): StoredResource | undefined {
  const { accountName, resourceGroupName } = inputs as Properties;
  return cloud
    .list(STORAGE_ACCOUNT, "anywhere")
    .find(
      (each) =>
        each.scope.account === scope.account &&
        sameId(each.inputs["accountName"], accountName) &&
        sameId(each.inputs["resourceGroupName"], resourceGroupName),
    );
}

const container = azureType<BlobContainerArgs>({
  token: BLOB_CONTAINER,
  name: {
    property: "containerName",
    pattern: /^(?:\$root|\$web|(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9])$/,
    rule: "3 to 63 lower-case letters, digits and -, none of - first, last or twice",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
    maxLength: 63,
  },
  create: (context) => {
    const { inputs } = context;
    const owner = accountOf(context);
    checkPublicAccess(inputs, owner);
    const isImmutable = inputs.immutableStorageWithVersioning?.enabled === true;
    if (isImmutable && block(owner?.inputs["immutableStorageWithVersioning"])["enabled"] !== true) {
      requireVersions(context, "version-level immutability of a container");
    }
    return made({
      ...containerSettings(inputs),
      hasImmutabilityPolicy: false,
      hasLegalHold: false,
      deleted: false,
      deletedTime: "",
      lastModifiedTime: "2026-01-01T00:00:00Z",
      leaseState: "Available",
      leaseStatus: "Unlocked",
      remainingRetentionDays: 0,
      version: "",
    });
  },
  update: (context) => {
    checkPublicAccess(context.inputs, accountOf(context));
    return containerSettings(context.inputs);
  },
  delete: ({ resource }) => {
    if (resource.outputs["hasImmutabilityPolicy"] !== true) return;
    refuse(
      "ContainerProtectedFromDeletion",
      `The container ${resource.id} is protected from deletion due to ImmutabilityPolicy.`,
    );
  },
});

/** https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent */
function checkPublicAccess(inputs: Resolved<BlobContainerArgs>, owner: StoredResource | undefined): void {
  if ((inputs.publicAccess ?? "None") === "None" || owner?.outputs["allowBlobPublicAccess"] === true) return;
  refuse("PublicAccessNotPermitted", "Public access is not permitted on this storage account.");
}

function containerSettings(inputs: Resolved<BlobContainerArgs>): Properties {
  return {
    publicAccess: inputs.publicAccess ?? "None",
    defaultEncryptionScope: inputs.defaultEncryptionScope ?? "$account-encryption-key",
    denyEncryptionScopeOverride: inputs.denyEncryptionScopeOverride ?? false,
  };
}

function requireVersions(context: CallContext<unknown>, what: string): void {
  const owner = accountOf(context)?.id ?? "";
  const service = context.cloud
    .list(BLOB_SERVICE, "anywhere")
    .find(({ id }) => id.toLowerCase().startsWith(`${owner.toLowerCase()}/`));
  if (service?.inputs["isVersioningEnabled"] === true) return;
  refuse(
    "InvalidRequest",
    `Blob versioning must be on for ${what}: set isVersioningEnabled of the blob service first.`,
  );
}

const blobService = azureType<BlobServicePropertiesArgs>({
  token: BLOB_SERVICE,
  name: {
    property: "blobServicesName",
    pattern: /^default$/,
    rule: "an account has one blob service, default",
    source: "https://learn.microsoft.com/rest/api/storagerp/blob-services/set-service-properties",
    maxLength: 7,
  },
  check: checkBlobService,
  create: (context) => {
    checkLake(context);
    return made({});
  },
  update: (context) => {
    checkLake(context);
    return {};
  },
});

/** https://learn.microsoft.com/azure/storage/blobs/point-in-time-restore-overview */
function checkBlobService(context: CheckContext<Resolved<BlobServicePropertiesArgs>>): void {
  const { inputs, refuse: report } = context;
  const kept = inputs.deleteRetentionPolicy;
  checkRanges(context, [
    ["deleteRetentionPolicy.days", kept?.days, 1, 365],
    ["containerDeleteRetentionPolicy.days", inputs.containerDeleteRetentionPolicy?.days, 1, 365],
    ["changeFeed.retentionInDays", inputs.changeFeed?.retentionInDays, 1, 146_000],
    ["restorePolicy.days", inputs.restorePolicy?.days, 1, 364],
  ]);
  if (kept?.enabled === true && kept.days === undefined)
    report("deleteRetentionPolicy.days", "is required when enabled");
  const restore = inputs.restorePolicy;
  if (restore?.enabled !== true) return;
  if (inputs.isVersioningEnabled !== true) report("restorePolicy", "needs isVersioningEnabled");
  if (inputs.changeFeed?.enabled !== true) report("restorePolicy", "needs changeFeed.enabled");
  if (kept?.enabled !== true) report("restorePolicy", "needs deleteRetentionPolicy.enabled");
  if ((restore.days ?? 1) >= (kept?.days ?? 365)) {
    report("restorePolicy.days", `must be less than deleteRetentionPolicy.days, ${String(kept?.days ?? 365)}`);
  }
}

/** https://learn.microsoft.com/azure/storage/blobs/storage-feature-support-in-storage-accounts */
function checkLake(context: CallContext<Resolved<BlobServicePropertiesArgs>>): void {
  if (accountOf(context)?.inputs["isHnsEnabled"] !== true) return;
  const { inputs } = context;
  const what =
    inputs.isVersioningEnabled === true
      ? "Blob versioning"
      : inputs.restorePolicy?.enabled === true
        ? "Point-in-time restore"
        : inputs.changeFeed?.enabled === true
          ? "Change feed"
          : undefined;
  if (what !== undefined)
    refuse("FeatureNotSupportedForAccount", `${what} is not supported for an account with a hierarchical namespace.`);
}

/** https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-structure */
const managementPolicy = azureType<ManagementPolicyArgs>({
  token: MANAGEMENT_POLICY,
  name: {
    property: "managementPolicyName",
    pattern: /^default$/,
    rule: "an account has one management policy, default",
    source: "https://learn.microsoft.com/rest/api/storagerp/management-policies/create-or-update",
    maxLength: 7,
  },
  check: ({ inputs, refuse: report }) => {
    const rules = inputs.policy?.rules ?? [];
    if (rules.length > 100) report("policy.rules", "has at most 100 rules");
    const names = rules.map(({ name }) => name.toLowerCase());
    if (new Set(names).size < names.length) report("policy.rules", `names a rule twice: ${names.join(", ")}`);
    rules.forEach(({ definition, name }, index) => {
      const { baseBlob, snapshot, version } = definition.actions;
      if (baseBlob === undefined && snapshot === undefined && version === undefined) {
        report(`policy.rules[${String(index)}].definition.actions`, `the rule ${name} does nothing`);
      }
    });
  },
  create: () => made({ lastModifiedTime: "2026-01-01T00:00:00Z" }),
});

/** https://learn.microsoft.com/azure/storage/blobs/immutable-policy-configure-container-scope */
const immutabilityPolicy = azureType<BlobContainerImmutabilityPolicyArgs>({
  token: IMMUTABILITY_POLICY,
  references: [],
  check: (context) => {
    const { inputs, refuse: report } = context;
    checkRanges(context, [
      ["immutabilityPeriodSinceCreationInDays", inputs.immutabilityPeriodSinceCreationInDays, 1, 146_000],
    ]);
    if (inputs.allowProtectedAppendWrites === true && inputs.allowProtectedAppendWritesAll === true) {
      report("allowProtectedAppendWritesAll", "excludes allowProtectedAppendWrites");
    }
  },
  // It is made unlocked; the lock is an action of its own, which the SDK does not have.
  create: (context) => {
    markContainer(context, true);
    return made({
      state: "Unlocked",
      immutabilityPeriodSinceCreationInDays: context.inputs.immutabilityPeriodSinceCreationInDays ?? 1,
    });
  },
  delete: (context) => {
    markContainer(context, false);
  },
});

/** The container says that it has a policy, and is kept from deletion for as long. */
function markContainer(context: CallContext<Resolved<BlobContainerImmutabilityPolicyArgs>>, has: boolean): void {
  const { cloud, effects, inputs, scope } = context;
  const owner = accountOf(context)?.id ?? "";
  const found = cloud
    .list(BLOB_CONTAINER, scope)
    .find(
      (each) =>
        each.id.toLowerCase().startsWith(`${owner.toLowerCase()}/`) &&
        sameId(each.inputs["containerName"], inputs.containerName),
    );
  if (found !== undefined) effects.put({ ...found, outputs: { ...found.outputs, hasImmutabilityPolicy: has } });
}

/**
 * The provider writes blobs by a key of the account, whatever it logs in by itself.
 * https://github.com/pulumi/pulumi-azure-native/issues/2015
 */
const blob = azureType<BlobArgs>({
  token: BLOB,
  name: {
    property: "blobName",
    pattern: /^[^\\]*[^\\./]$/,
    rule: "1 to 1024 characters, no backslash, and none of . and / last",
    source:
      "https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata",
    maxLength: 1024,
  },
  check: ({ inputs, refuse: report }) => {
    if (inputs.type === "Append" && inputs.source !== undefined) report("source", "a blob of type Append has none");
  },
  create: (context) => {
    const { inputs } = context;
    requireSharedKeys(context);
    return made({
      type: inputs.type ?? "Block",
      metadata: inputs.metadata ?? {},
      contentType: inputs.contentType ?? "application/octet-stream",
      url: `https://${inputs.accountName}.blob.core.windows.net/${inputs.containerName}/${inputs.blobName ?? ""}`,
    });
  },
  update: (context) => {
    requireSharedKeys(context);
    return {};
  },
  delete: requireSharedKeys,
});

function requireSharedKeys(context: CallContext<unknown>): void {
  if (accountOf(context)?.inputs["allowSharedKeyAccess"] !== false) return;
  refuse("KeyBasedAuthenticationNotPermitted", "Key based authentication is not permitted on this storage account.");
}

export const storageChildTypes: readonly ResourceType[] = [
  container,
  blob,
  blobService,
  managementPolicy,
  immutabilityPolicy,
];
