import type { StorageAccountArgs } from "@pulumi/azure-native/storage";
import { refuse } from "../../cloud/errors";
import type { CallContext, CheckContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { sameId } from "./arm";
import { pairOf, zonesOf } from "./regions";
import {
  azureType,
  checkChoices,
  checkRanges,
  childrenOf,
  globalName,
  locationOf,
  made,
  requireIdentities,
  requireKey,
} from "./service-support";
import { storageChildTypes } from "./storage-children";
import { text } from "./text";
import { BLOB_CONTAINER, STORAGE_ACCOUNT } from "./types";

type Inputs = Resolved<StorageAccountArgs>;
type Context = CallContext<Inputs>;

const KINDS = ["Storage", "StorageV2", "BlobStorage", "FileStorage", "BlockBlobStorage"];
/** TLS 1.3 is spoken but cannot be demanded: https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version */
const TLS = ["TLS1_0", "TLS1_1", "TLS1_2"];

const account = azureType<StorageAccountArgs>({
  token: STORAGE_ACCOUNT,
  name: globalName({
    property: "accountName",
    pattern: /^[a-z0-9]{3,24}$/,
    rule: "AccountNameInvalid: 3 to 24 lower-case letters and digits",
    maxLength: 24,
  }),
  check,
  create: (context) => {
    requireFreeName(context);
    checkPlace(context);
    requireIdentities(context);
    checkKey(context);
    const { inputs } = context;
    checkLock(inputs);
    const location = locationOf(context);
    return made({
      creationTime: "2026-01-01T00:00:00Z",
      primaryLocation: location,
      statusOfPrimary: "available",
      primaryEndpoints: endpoints(inputs.accountName ?? ""),
      ...secondary(context),
      privateEndpointConnections: [],
      keyCreationTime: { key1: "2026-01-01T00:00:00Z", key2: "2026-01-01T00:00:00Z" },
      ...changeable(inputs),
    });
  },
  update: (context) => {
    checkPlace(context);
    checkKey(context);
    checkChange(context.oldInputs, context.inputs);
    checkLock(context.inputs, context.oldInputs);
    return { ...changeable(context.inputs), ...secondary(context) };
  },
  delete: ({ resource, cloud }) => {
    // https://learn.microsoft.com/azure/storage/blobs/immutable-storage-overview
    const locked = childrenOf(cloud, BLOB_CONTAINER, resource.id).find(
      ({ outputs }) => outputs["hasImmutabilityPolicy"] === true,
    );
    if (locked === undefined) return;
    refuse(
      "AccountProtectedFromDeletion",
      `The account holds the container ${locked.id} with an immutability policy: delete its blobs when the time is over.`,
    );
  },
});

/** https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-storage-account-name */
function requireFreeName({ inputs, cloud, scope }: Context): void {
  const name = inputs.accountName ?? "";
  const taken = cloud.list(STORAGE_ACCOUNT, "anywhere").find((each) => each.inputs["accountName"] === name);
  if (taken === undefined) return;
  if (taken.scope.account !== scope.account || sameId(taken.inputs["resourceGroupName"], inputs.resourceGroupName)) {
    refuse("StorageAccountAlreadyTaken", `The storage account named ${name} is already taken.`);
  }
  refuse(
    "StorageAccountInAnotherResourceGroup",
    `The account ${name} is already in another resource group in this subscription.`,
  );
}

function check(context: CheckContext<Inputs>): void {
  const { inputs, refuse: report } = context;
  checkChoices(context, [
    ["kind", inputs.kind, KINDS],
    ["minimumTlsVersion", inputs.minimumTlsVersion, TLS],
  ]);
  const sku = inputs.sku?.name ?? "";
  if (
    sku !== "" &&
    !/^(?:(?:Standard|StandardV2)_(?:LRS|GRS|ZRS|GZRS)|Standard_RAG(?:RS|ZRS)|Premium(?:V2)?_(?:LRS|ZRS))$/.test(sku)
  ) {
    report("sku.name", `there is no SKU ${sku}`);
  }
  if (sku.startsWith("Premium") && inputs.accessTier !== undefined && inputs.accessTier !== "Premium") {
    report("accessTier", `a premium account has no tier ${inputs.accessTier}`);
  }
  const { immutabilityPolicy, enabled } = inputs.immutableStorageWithVersioning ?? {};
  checkRanges(context, [
    [
      "immutableStorageWithVersioning.immutabilityPolicy.immutabilityPeriodSinceCreationInDays",
      immutabilityPolicy?.immutabilityPeriodSinceCreationInDays,
      1,
      146_000,
    ],
  ]);
  // https://learn.microsoft.com/azure/storage/blobs/immutable-policy-configure-version-scope
  if (enabled === true && inputs.isHnsEnabled === true) {
    report(
      "immutableStorageWithVersioning",
      "an account with a hierarchical namespace has no version-level immutability",
    );
  }
  // https://learn.microsoft.com/azure/storage/blobs/network-file-system-protocol-support-how-to
  if (inputs.enableNfsV3 === true && inputs.isHnsEnabled !== true) report("enableNfsV3", "needs isHnsEnabled");
  if (inputs.isSftpEnabled === true && inputs.isHnsEnabled !== true) report("isSftpEnabled", "needs isHnsEnabled");
}

/** https://learn.microsoft.com/azure/storage/common/storage-redundancy */
function checkPlace(context: Context): void {
  const sku = context.inputs.sku.name;
  const location = locationOf(context);
  const needsZones = sku.endsWith("ZRS");
  const needsPair = /_(?:RA)?G/.test(sku);
  if ((needsZones && zonesOf(location).length === 0) || (needsPair && pairOf(location) === undefined)) {
    const what = needsZones && zonesOf(location).length === 0 ? "availability zones" : "paired region";
    refuse("InvalidAccountSku", `The SKU ${sku} is not available in ${location}, which has no ${what}.`);
  }
}

/** https://learn.microsoft.com/azure/storage/common/customer-managed-keys-overview */
function checkKey(context: Context): void {
  const { encryption, identity } = context.inputs;
  if (encryption?.keySource !== "Microsoft.Keyvault") return;
  const { keyVaultUri = "", keyName = "" } = encryption.keyVaultProperties ?? {};
  const user = encryption.encryptionIdentity?.encryptionUserAssignedIdentity;
  const own: readonly string[] = identity?.userAssignedIdentities ?? [];
  if (user !== undefined && !own.some((id) => sameId(id, user))) {
    refuse("InvalidRequestPropertyValue", `The identity ${user} of the encryption is not one of the account's.`);
  }
  if (identity === undefined)
    refuse("InvalidRequestPropertyValue", "A key of one's own needs an identity of the account.");
  requireKey(context, `${keyVaultUri.replace(/\/$/, "")}/keys/${keyName}`, "KeyVaultAuthenticationFailure");
}

/** Kinds of SKU that do not turn into each other in place: https://learn.microsoft.com/azure/storage/common/redundancy-migration */
function checkChange(before: Inputs, after: Inputs): void {
  const tier = (inputs: Inputs) => inputs.sku.name.split("_")[0];
  const zoned = (inputs: Inputs) => inputs.sku.name.endsWith("ZRS");
  if (tier(before) !== tier(after)) {
    refuse("InvalidAccountSkuUpdate", `The SKU ${before.sku.name} cannot become ${after.sku.name}.`);
  }
  if (zoned(before) !== zoned(after)) {
    refuse(
      "InvalidAccountSkuUpdate",
      `The SKU ${before.sku.name} becomes ${after.sku.name} by a conversion of its own, not by an update.`,
    );
  }
  if (before.kind !== after.kind && after.kind !== "StorageV2") {
    refuse("InvalidAccountKindUpdate", `An account of the kind ${before.kind} cannot become ${after.kind}.`);
  }
  const enabled = (inputs: Inputs) => inputs.immutableStorageWithVersioning?.enabled ?? false;
  if (enabled(before) !== enabled(after)) {
    refuse(
      "ImmutableStorageWithVersioningCannotBeChanged",
      "Immutability of versions is chosen for an account at creation.",
    );
  }
}

/** A lock begins open, and once it is closed its days can only grow: the account's typings say so of `state`. */
function checkLock(after: Inputs, before?: Inputs): void {
  const policy = after.immutableStorageWithVersioning?.immutabilityPolicy;
  const former = before?.immutableStorageWithVersioning?.immutabilityPolicy;
  const days = (of: typeof policy) => of?.immutabilityPeriodSinceCreationInDays ?? 0;
  if (former?.state === "Locked") {
    if (policy?.state === "Locked" && days(policy) >= days(former)) return;
    refuse(
      "ImmutabilityPolicyLocked",
      "A locked immutability policy stays locked, and its period can only be increased.",
    );
  }
  if (policy?.state === "Locked" && former === undefined) {
    refuse(
      "InvalidRequestPropertyValue",
      "An immutability policy is created Disabled or Unlocked, and locked afterwards.",
    );
  }
}

function endpoints(name: string): Properties {
  const host = (service: string) => `https://${name}.${service}.core.windows.net/`;
  return {
    blob: host("blob"),
    dfs: host("dfs"),
    file: host("file"),
    queue: host("queue"),
    table: host("table"),
    web: `https://${name}.z13.web.core.windows.net/`,
  };
}

function secondary(context: Context): Properties {
  const { inputs } = context;
  const pair = /_(?:RA)?G/.test(inputs.sku.name) ? pairOf(locationOf(context)) : undefined;
  if (pair === undefined) return {};
  const readable = inputs.sku.name.includes("_RAG");
  return {
    secondaryLocation: pair,
    statusOfSecondary: "available",
    ...(readable ? { secondaryEndpoints: endpoints(`${inputs.accountName ?? ""}-secondary`) } : {}),
  };
}

/** What the service takes where the program says nothing: https://learn.microsoft.com/rest/api/storagerp/storage-accounts/create */
function changeable(inputs: Inputs): Properties {
  return {
    accessTier: inputs.accessTier ?? (text(inputs.sku.name)?.startsWith("Premium") === true ? "Premium" : "Hot"),
    allowBlobPublicAccess: inputs.allowBlobPublicAccess ?? false,
    enableHttpsTrafficOnly: inputs.enableHttpsTrafficOnly ?? true,
    minimumTlsVersion: inputs.minimumTlsVersion ?? "TLS1_2",
    publicNetworkAccess: inputs.publicNetworkAccess ?? "Enabled",
    sku: { name: inputs.sku.name, tier: inputs.sku.name.startsWith("Premium") ? "Premium" : "Standard" },
    networkRuleSet: {
      bypass: "AzureServices",
      defaultAction: "Allow",
      ...inputs.networkRuleSet,
    },
  };
}

export const storageTypes: readonly ResourceType[] = [account, ...storageChildTypes];
