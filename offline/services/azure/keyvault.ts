import type { KeyArgs, SecretArgs, VaultArgs } from "@pulumi/azure-native/keyvault";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { sameId } from "./arm";
import { leaveDeletedObject, leaveDeletedVault, refuseDeletedObject } from "./keyvault-deleted";
import { isGuid } from "./provider-config";
import { armReference } from "./references";
import { azureType, globalName, locationOf, parentOf } from "./service-support";
import { block, blocks, text } from "./text";
import { DELETED_VAULT, SUBNET, VAULT, VAULT_KEY, VAULT_SECRET } from "./types";

/** https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview */
const RETENTION = { low: 7, high: 90 } as const;
const SERVICE_ENDPOINT = "Microsoft.KeyVault";

const vault = azureType<VaultArgs>({
  token: VAULT,
  name: globalName({
    property: "vaultName",
    pattern: /^[A-Za-z](?!.*--)[A-Za-z0-9-]{1,22}[A-Za-z0-9]$/,
    rule: "VaultNameNotValid: 3 to 24 letters, digits and hyphens, a letter first, no hyphen last, no two in a row",
    maxLength: 24,
    unique: {
      within: "world",
      code: "VaultAlreadyExists",
      message:
        "The vault name '{value}' is already in use. Vault names are globally unique so it is possible that the name is already taken.",
    },
  }),
  references: [
    armReference("properties.networkAcls.virtualNetworkRules[*].id", SUBNET, {
      holds: false,
      missing: { code: "VirtualNetworkNotValid", message: "The subnet {value} does not exist." },
    }),
  ],
  check: (context) => {
    const { properties } = context.inputs;
    const days = properties?.softDeleteRetentionInDays;
    if (days !== undefined && (days < RETENTION.low || days > RETENTION.high)) {
      context.refuse(
        "properties.softDeleteRetentionInDays",
        `must be between ${String(RETENTION.low)} and ${String(RETENTION.high)} days, got ${String(days)}`,
      );
    }
    if (properties?.tenantId !== undefined && !isGuid(properties.tenantId)) {
      context.refuse("properties.tenantId", `"${properties.tenantId}" is not a GUID`);
    }
    // https://learn.microsoft.com/rest/api/keyvault/vaults/create-or-update (VaultProperties)
    if (properties?.enablePurgeProtection === false) {
      context.refuse(
        "properties.enablePurgeProtection",
        `BadRequest: The property "enablePurgeProtection" cannot be set to false: leave it out, and once true it stays`,
      );
    }
    if (properties?.enableSoftDelete === false) {
      context.refuse(
        "properties.enableSoftDelete",
        `BadRequest: The property "enableSoftDelete" cannot be set to false: every vault has soft delete`,
      );
    }
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const left = deletedVault(cloud, inputs.vaultName ?? "");
    if (left !== undefined && inputs.properties.createMode === "recover") context.effects.remove(left);
    else if (left !== undefined) refuseDeleted(left, inputs.vaultName ?? "", locationOf(context));
    requireEndpoints(cloud, inputs);
    return { id: "", outputs: { properties: vaultProperties(inputs) } };
  },
  update: ({ inputs, cloud, resource }) => {
    const before = block(resource.inputs["properties"]);
    if (before["enablePurgeProtection"] === true && inputs.properties.enablePurgeProtection !== true) {
      refuse(
        "BadRequest",
        `The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.`,
      );
    }
    if ((before["softDeleteRetentionInDays"] ?? 90) !== (inputs.properties.softDeleteRetentionInDays ?? 90)) {
      refuse("BadRequest", `The property "softDeleteRetentionInDays" has been set already and it can't be modified.`);
    }
    requireEndpoints(cloud, inputs);
    return { properties: vaultProperties(inputs) };
  },
  delete: ({ resource, effects, scope }) => {
    leaveDeletedVault(effects, resource, scope);
  },
});

function vaultProperties(inputs: Properties): Properties {
  const given = block(inputs["properties"]);
  return {
    accessPolicies: [],
    enableRbacAuthorization: false,
    enableSoftDelete: true,
    enabledForDeployment: false,
    publicNetworkAccess: "Enabled",
    softDeleteRetentionInDays: RETENTION.high,
    ...given,
    provisioningState: "Succeeded",
    vaultUri: `https://${text(inputs["vaultName"])?.toLowerCase() ?? ""}.vault.azure.net/`,
  };
}

/** A deleted vault keeps its name: https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery */
function deletedVault(cloud: CloudView, name: string): StoredResource | undefined {
  return cloud.list(DELETED_VAULT, "anywhere").find((each) => sameId(each.inputs["vaultName"], name));
}

function refuseDeleted(left: StoredResource, name: string, location: string): never {
  const { purgeProtectionEnabled, softDeleteRetentionInDays } = block(left.outputs["properties"]);
  const remedy =
    purgeProtectionEnabled === true
      ? `it has purge protection, so the name is taken for ${typeof softDeleteRetentionInDays === "number" ? String(softDeleteRetentionInDays) : ""} days: take another name, or bring it back with createMode "recover", the setting vaults.createMode of a site`
      : `purge it with az keyvault purge --name ${name}, or take another name`;
  refuse(
    left.inputs["location"] === location ? "ConflictError" : "VaultAlreadyExists",
    `A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete. (${remedy})`,
  );
}

/** A subnet that a rule names needs the service endpoint: https://learn.microsoft.com/azure/key-vault/general/overview-vnet-service-endpoints */
function requireEndpoints(cloud: CloudView, inputs: Properties): void {
  const { networkAcls } = block(inputs["properties"]);
  for (const rule of blocks(block(networkAcls)["virtualNetworkRules"])) {
    if (rule["ignoreMissingVnetServiceEndpoint"] === true) continue;
    const subnet = cloud.list(SUBNET, "anywhere").find((each) => sameId(each.id, rule["id"]));
    const endpoints = blocks(subnet?.inputs["serviceEndpoints"]).map((each) => each["service"]);
    if (endpoints.includes(SERVICE_ENDPOINT)) continue;
    refuse(
      "VirtualNetworkNotValid",
      `Subnet ${text(rule["id"]) ?? ""} has no service endpoint for ${SERVICE_ENDPOINT}.`,
    );
  }
}

/** Objects of a vault: letters, digits and hyphens. https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates */
const objectName = (property: string) => ({
  property,
  pattern: /^[A-Za-z0-9-]{1,127}$/,
  rule: "1 to 127 letters, digits and hyphens",
  source:
    "https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name",
  maxLength: 127,
});

const RSA_SIZES = [2048, 3072, 4096];
const CURVES = ["P-256", "P-384", "P-521", "P-256K"];

const key = azureType<KeyArgs>({
  token: VAULT_KEY,
  name: objectName("keyName"),
  check: (context) => {
    const { properties } = context.inputs;
    const kty = properties?.kty ?? "RSA";
    if (kty.startsWith("RSA") && properties?.keySize !== undefined && !RSA_SIZES.includes(properties.keySize)) {
      context.refuse(
        "properties.keySize",
        `BadParameter: must be one of ${RSA_SIZES.join(", ")}, got ${String(properties.keySize)}`,
      );
    }
    if (kty.startsWith("EC") && properties?.curveName !== undefined && !CURVES.includes(properties.curveName)) {
      context.refuse(
        "properties.curveName",
        `BadParameter: must be one of ${CURVES.join(", ")}, got ${properties.curveName}`,
      );
    }
  },
  create: (context) => {
    const { inputs } = context;
    const owner = parentOf(context, VAULT_KEY, VAULT);
    refuseDeletedObject(context.cloud, `${owner?.id ?? ""}/keys/${inputs.keyName ?? ""}`);
    const kty = inputs.properties.kty ?? "RSA";
    if (kty.endsWith("-HSM") && block(block(owner?.inputs["properties"])["sku"])["name"] !== "premium") {
      refuse("BadParameter", `Key type ${kty} needs a vault of the SKU premium.`);
    }
    const uri = `${text(block(owner?.outputs["properties"])["vaultUri"]) ?? ""}keys/${inputs.keyName ?? ""}`;
    return {
      id: "",
      outputs: {
        ...(kty.startsWith("EC")
          ? { curveName: inputs.properties.curveName ?? "P-256" }
          : { keySize: inputs.properties.keySize ?? 2048 }),
        kty,
        keyUri: uri,
        keyUriWithVersion: `${uri}/${context.hex(32)}`,
        keyOps: inputs.properties.keyOps ?? [],
        attributes: {
          enabled: true,
          exportable: false,
          ...inputs.properties.attributes,
          created: 1767225600,
          updated: 1767225600,
          recoveryLevel: recoveryLevel(owner?.inputs),
        },
      },
    };
  },
  delete: ({ resource, effects }) => {
    leaveDeletedObject(effects, resource);
  },
});

const secret = azureType<SecretArgs>({
  token: VAULT_SECRET,
  name: objectName("secretName"),
  create: (context) => {
    const { inputs } = context;
    const owner = parentOf(context, VAULT_SECRET, VAULT);
    refuseDeletedObject(context.cloud, `${owner?.id ?? ""}/secrets/${inputs.secretName ?? ""}`);
    const uri = `${text(block(owner?.outputs["properties"])["vaultUri"]) ?? ""}secrets/${inputs.secretName ?? ""}`;
    // The value itself is never answered: the API has it write-only.
    const { value: _value, ...rest } = inputs.properties;
    return {
      id: "",
      outputs: {
        properties: {
          ...rest,
          attributes: { enabled: true, ...inputs.properties.attributes, created: 1767225600, updated: 1767225600 },
          secretUri: uri,
          secretUriWithVersion: `${uri}/${context.hex(32)}`,
        },
      },
    };
  },
  update: (context) => {
    const { value: _value, ...rest } = context.inputs.properties;
    const before = block(context.resource.outputs["properties"]);
    return {
      properties: {
        ...before,
        ...(rest as Properties),
        attributes: { ...block(before["attributes"]), ...(rest.attributes as Properties | undefined) },
      },
    };
  },
  delete: ({ resource, effects }) => {
    leaveDeletedObject(effects, resource);
  },
});

function recoveryLevel(vaultInputs: Properties | undefined): string {
  return block(vaultInputs?.["properties"])["enablePurgeProtection"] === true ? "Recoverable" : "Recoverable+Purgeable";
}

export const keyvaultTypes: readonly ResourceType[] = [vault, key, secret];
