import type { DatabaseAccountArgs } from "@pulumi/azure-native/cosmosdb";
import { refuse } from "../../cloud/errors";
import type { CallContext, CheckContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { cosmosChildTypes } from "./cosmos-children";
import { displayName, isLocation, normalLocation, zonesOf } from "./regions";
import { azureType, checkRanges, globalName, guidFor, made, requireIdentities, requireKey } from "./service-support";
import { COSMOS_ACCOUNT } from "./types";

type Inputs = Resolved<DatabaseAccountArgs>;
type Context = CallContext<Inputs>;

const account = azureType<DatabaseAccountArgs>({
  token: COSMOS_ACCOUNT,
  name: globalName({
    property: "accountName",
    pattern: /^[a-z0-9][a-z0-9-]{1,42}[a-z0-9]$/,
    rule: "3 to 44 lower-case letters, digits and -, none of - first or last",
    maxLength: 44,
    unique: {
      within: "world",
      code: "BadRequest",
      message: "Dns record for {value} under zone Document is already taken.",
    },
  }),
  check,
  create: (context) => {
    checkPlaces(context);
    requireIdentities(context);
    requireKey(context, context.inputs.keyVaultKeyUri, "BadRequest");
    return made({
      documentEndpoint: `https://${context.inputs.accountName ?? ""}.documents.azure.com:443/`,
      instanceId: guidFor(context, "instance"),
      createMode: context.inputs.createMode ?? "Default",
      kind: context.inputs.kind ?? "GlobalDocumentDB",
      keysMetadata: {},
      privateEndpointConnections: [],
      ...changeable(context),
    });
  },
  update: (context) => {
    const { inputs, oldInputs } = context;
    checkPlaces(context);
    checkChange(oldInputs, inputs);
    return changeable(context);
  },
});

function check(context: CheckContext<Inputs>): void {
  const { inputs, refuse: report } = context;
  const locations = inputs.locations ?? [];
  if (inputs.locations?.length === 0) report("locations", "an account has a region at least");
  const priorities = locations.map(({ failoverPriority }, index) => failoverPriority ?? index).sort((a, b) => a - b);
  if (priorities.some((priority, index) => priority !== index)) {
    report("locations", `failover priorities are 0, 1, 2 …, each once, got ${priorities.join(", ")}`);
  }
  const names = locations.map(({ locationName = "" }) => normalLocation(locationName));
  if (new Set(names).size < names.length) report("locations", `names a region twice: ${names.join(", ")}`);
  const policy = inputs.consistencyPolicy;
  // https://learn.microsoft.com/azure/cosmos-db/consistency-levels
  if (policy?.defaultConsistencyLevel === "BoundedStaleness") {
    const several = locations.length > 1;
    checkRanges(context, [
      ["consistencyPolicy.maxIntervalInSeconds", policy.maxIntervalInSeconds, several ? 300 : 5, 86_400],
      ["consistencyPolicy.maxStalenessPrefix", policy.maxStalenessPrefix, several ? 100_000 : 10, 2_147_483_647],
    ]);
  }
  if (policy?.defaultConsistencyLevel === "Strong" && inputs.enableMultipleWriteLocations === true) {
    report("consistencyPolicy.defaultConsistencyLevel", "an account with several write regions cannot be Strong");
  }
  // https://learn.microsoft.com/azure/cosmos-db/how-to-setup-customer-managed-keys
  if (inputs.keyVaultKeyUri !== undefined && /\/keys\/[^/]+\/[^/]+$/.test(inputs.keyVaultKeyUri)) {
    report("keyVaultKeyUri", "is the URI of the key without a version");
  }
}

/** https://learn.microsoft.com/azure/cosmos-db/distribute-data-globally */
function checkPlaces({ inputs }: Context): void {
  for (const { locationName = "", isZoneRedundant } of inputs.locations) {
    if (!isLocation(locationName)) refuse("BadRequest", `There is no region ${locationName}.`);
    if (isZoneRedundant === true && zonesOf(locationName).length === 0) {
      refuse(
        "BadRequest",
        `The region ${displayName(locationName)} has no availability zones: it cannot be zone-redundant.`,
      );
    }
  }
}

function checkChange(before: Inputs, after: Inputs): void {
  // https://learn.microsoft.com/azure/cosmos-db/migrate-continuous-backup
  if (before.backupPolicy?.type === "Continuous" && after.backupPolicy?.type !== "Continuous") {
    refuse("BadRequest", "An account with continuous backups cannot go back to periodic ones.");
  }
  if (before.enableFreeTier !== after.enableFreeTier) refuse("BadRequest", "The free tier is chosen at creation.");
  const regions = ({ locations }: Inputs) =>
    locations
      .map(({ locationName = "" }) => normalLocation(locationName))
      .sort()
      .join(",");
  const others = ({ locations: _locations, tags: _tags, ...rest }: Inputs) => JSON.stringify(rest);
  // https://learn.microsoft.com/azure/cosmos-db/how-to-manage-database-account
  if (regions(before) !== regions(after) && others(before) !== others(after)) {
    refuse("BadRequest", "Regions cannot be added or removed in the same request as other changes of the account.");
  }
}

/** Outputs that an update can change. */
function changeable({ inputs }: Context): Properties {
  const name = inputs.accountName ?? "";
  const places = inputs.locations.map(({ locationName = "", failoverPriority, isZoneRedundant }, index) => ({
    id: `${name}-${normalLocation(locationName)}`,
    locationName: displayName(locationName),
    documentEndpoint: `https://${name}-${normalLocation(locationName)}.documents.azure.com:443/`,
    failoverPriority: failoverPriority ?? index,
    isZoneRedundant: isZoneRedundant ?? false,
    provisioningState: "Succeeded",
  }));
  const writes = places.filter(
    ({ failoverPriority }) => inputs.enableMultipleWriteLocations === true || failoverPriority === 0,
  );
  return {
    locations: places,
    readLocations: places,
    writeLocations: writes,
    failoverPolicies: places.map(({ id, locationName, failoverPriority }) => ({ id, locationName, failoverPriority })),
    minimalTlsVersion: inputs.minimalTlsVersion ?? "Tls12",
    publicNetworkAccess: inputs.publicNetworkAccess ?? "Enabled",
    disableLocalAuth: inputs.disableLocalAuth ?? false,
    consistencyPolicy: inputs.consistencyPolicy ?? { defaultConsistencyLevel: "Session" },
  };
}

export const cosmosTypes: readonly ResourceType[] = [account, ...cosmosChildTypes];
