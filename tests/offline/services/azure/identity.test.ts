import assert from "node:assert/strict";
import { DEFAULT_TENANT } from "../../../../offline/services/azure/provider-config";
import {
  block,
  identity,
  network,
  refused,
  subnet,
  SUBSCRIPTION,
  Subscription,
  vault,
  VAULT,
  textOf,
  type Made,
} from "./support";

const CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential";
const ASSIGNMENT = "azure-native:authorization:RoleAssignment";
const KEY = "azure-native:keyvault:Key";
const SECRET = "azure-native:keyvault:Secret";

const READER = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";

describe("Azure managed identity", () => {
  it("has ids that are always the same, and other ones than its neighbour", () => {
    const made = [new Subscription(), new Subscription()].map((subscription) => {
      subscription.group();
      return [identity(subscription).outputs, identity(subscription, "other").outputs];
    });
    assert.deepEqual(made[0], made[1]);
    assert.notEqual(made[0]?.[0]?.["principalId"], made[0]?.[1]?.["principalId"]);
    assert.equal(made[0]?.[0]?.["tenantId"], DEFAULT_TENANT);
  });

  it("trusts twenty issuers and subjects at most, each once, for one audience", () => {
    const subscription = new Subscription();
    subscription.group();
    identity(subscription);
    const make = (index: number, change = {}) =>
      subscription.create(CREDENTIAL, `c${String(index)}`, {
        resourceGroupName: "rg",
        resourceName: "workload",
        federatedIdentityCredentialResourceName: `credential-${String(index)}`,
        issuer: "https://issuer.example/",
        subject: `system:serviceaccount:apps:${String(index)}`,
        audiences: ["api://AzureADTokenExchange"],
        ...change,
      });
    for (let index = 1; index <= 19; index += 1) make(index);
    refused(() => make(20, { subject: "system:serviceaccount:apps:3" }), "FederatedIdentityCredentialDuplicate");
    make(20);
    refused(() => make(21), "FederatedIdentityCredentialLimitReached", /at most 20/);
    assert.match(
      subscription.reasons(CREDENTIAL, {
        resourceGroupName: "rg",
        resourceName: "workload",
        issuer: "http://x",
        subject: "s",
        audiences: [],
      })["audiences"] ?? "",
      /exactly one audience, got 0/,
    );
  });
});

describe("Azure role assignment", () => {
  const make = (subscription: Subscription, principalId: string, change = {}) =>
    subscription.create(ASSIGNMENT, `role${String(subscription.cloud.now)}`, {
      scope: `${SUBSCRIPTION}/resourceGroups/rg`,
      principalId,
      principalType: "ServicePrincipal",
      roleDefinitionId: SUBSCRIPTION + READER,
      ...change,
    });

  it("names a role and a principal that exist, and says what the principal is", () => {
    const subscription = new Subscription();
    subscription.group();
    const principal = textOf(identity(subscription).outputs["principalId"]);
    const unknown = "11111111-2222-4333-8444-555555555555";
    refused(
      () =>
        make(subscription, principal, {
          roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${unknown}`,
        }),
      "RoleDefinitionDoesNotExist",
    );
    refused(() => make(subscription, unknown), "PrincipalNotFound");
    refused(
      () => make(subscription, principal, { principalType: "User" }),
      "UnmatchedPrincipalType",
      /set principalType to ServicePrincipal/,
    );
    refused(
      () =>
        make(subscription, principal, {
          scope: `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/none`,
        }),
      "ResourceNotFound",
    );
    const made = make(subscription, principal);
    assert.match(
      made.id,
      new RegExp(
        `^${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft\\.Authorization/roleAssignments/[0-9a-f-]{36}$`,
      ),
    );
    refused(() => make(subscription, principal), "RoleAssignmentExists", /conflicting role assignment is [0-9a-f]{32}/);
  });

  it("is named by a GUID", () => {
    const subscription = new Subscription();
    const reasons = subscription.reasons(ASSIGNMENT, {
      scope: SUBSCRIPTION,
      roleAssignmentName: "reader",
      principalId: "me",
      roleDefinitionId: READER,
    });
    assert.match(reasons["roleAssignmentName"] ?? "", /InvalidRoleAssignmentId/);
    assert.match(reasons["principalId"] ?? "", /^InvalidPrincipalId/);
  });
});

describe("Azure key vault", () => {
  it("keeps the name of a deleted vault, and says what to do about it", () => {
    const subscription = new Subscription();
    subscription.group();
    subscription.delete(
      vault(subscription, "kept-vault", { enablePurgeProtection: true, softDeleteRetentionInDays: 7 }),
    );
    refused(
      () => vault(subscription, "kept-vault"),
      "ConflictError",
      /already exists in deleted state.*taken for 7 days: take another name/,
    );
    vault(subscription, "kept-vault", { createMode: "recover" });
    subscription.delete(vault(subscription, "loose-vault"));
    refused(() => vault(subscription, "loose-vault"), "ConflictError", /az keyvault purge --name loose-vault/);
  });

  it("keeps the name of a vault whose resource group was deleted, in another region too", () => {
    const subscription = new Subscription();
    const group = subscription.group();
    vault(subscription);
    subscription.delete(group);
    subscription.group("rg", "westus3");
    refused(() => vault(subscription), "VaultAlreadyExists", /deleted state/);
  });

  it("has a name of its own in all of Azure", () => {
    const cloud = new Subscription();
    cloud.group();
    vault(cloud);
    const other = new Subscription({ subscriptionId: "99999999-8888-4777-8666-555555555555" }, cloud.cloud);
    other.group();
    refused(() => vault(other), "VaultAlreadyExists", /globally unique/);
    assert.match(
      cloud.reasons(VAULT, {
        resourceGroupName: "rg",
        location: "eastus",
        vaultName: "a--b",
        properties: { sku: { family: "A", name: "standard" }, tenantId: DEFAULT_TENANT },
      })["vaultName"] ?? "",
      /VaultNameNotValid/,
    );
  });

  it("never turns purge protection off", () => {
    const subscription = new Subscription();
    subscription.group();
    const made = vault(subscription, "portfolio-vault", { enablePurgeProtection: true });
    assert.equal(block(made.outputs["properties"])["vaultUri"], "https://portfolio-vault.vault.azure.net/");
    const { enablePurgeProtection: _gone, ...without } = block(made.inputs["properties"]);
    refused(() => subscription.update(made, { properties: without }), "BadRequest", /irreversible/);
    const reasons = subscription.reasons(VAULT, {
      ...made.inputs,
      properties: { ...without, enablePurgeProtection: false, softDeleteRetentionInDays: 6 },
    });
    assert.deepEqual(Object.keys(reasons), [
      "properties.softDeleteRetentionInDays",
      "properties.enablePurgeProtection",
    ]);
  });

  it("lets in a subnet that has the service endpoint", () => {
    const subscription = new Subscription();
    network(subscription);
    const rule = (where: Made) => ({
      networkAcls: { defaultAction: "Deny", bypass: "AzureServices", virtualNetworkRules: [{ id: where.id }] },
    });
    const plain = subnet(subscription, "plain", "10.0.1.0/24");
    refused(
      () => vault(subscription, "one-vault", rule(plain)),
      "VirtualNetworkNotValid",
      /no service endpoint for Microsoft\.KeyVault/,
    );
    vault(
      subscription,
      "two-vault",
      rule(subnet(subscription, "served", "10.0.2.0/24", { serviceEndpoints: [{ service: "Microsoft.KeyVault" }] })),
    );
  });

  it("keeps what is deleted in it, answers no secret, and stores none", () => {
    const subscription = new Subscription();
    subscription.group();
    const owner = vault(subscription);
    const key = (change = {}) =>
      subscription.create(KEY, "key", {
        resourceGroupName: "rg",
        vaultName: owner.name,
        keyName: "data",
        properties: { kty: "RSA", keySize: 3072, ...change },
      });
    refused(() => key({ kty: "RSA-HSM" }), "BadParameter", /SKU premium/);
    const made = key();
    assert.match(
      textOf(made.outputs["keyUriWithVersion"]),
      /^https:\/\/portfolio-vault\.vault\.azure\.net\/keys\/data\/[0-9a-f]{32}$/,
    );
    refused(
      () => subscription.update(made, { properties: { kty: "RSA", keySize: 4096 } }),
      "PropertyChangeNotAllowed",
      /keySize/,
    );
    subscription.delete(made);
    refused(
      () => key(),
      "ObjectIsDeletedButRecoverable",
      /^.*key data is currently in a deleted but recoverable state/,
    );
    const secret = subscription.create(SECRET, "secret", {
      resourceGroupName: "rg",
      vaultName: owner.name,
      secretName: "token",
      properties: { value: "hidden" },
    });
    assert.equal(JSON.stringify(secret.outputs).includes("hidden"), false);
    assert.match(textOf(block(secret.outputs["properties"])["secretUri"]), /\/secrets\/token$/);
    subscription.delete(owner);
    assert.deepEqual(
      subscription.cloud
        .all()
        .map(({ type }) => type)
        .sort(),
      ["azure-native:keyvault:DeletedVault", "azure-native:resources:ResourceGroup"],
    );
  });
});

describe("Azure disk encryption set", () => {
  const DISK_ENCRYPTION_SET = "azure-native:compute:DiskEncryptionSet";

  it("takes a key of a vault that cannot be purged", () => {
    const subscription = new Subscription();
    subscription.group();
    const make = (name: string, properties = {}) => {
      const owner = vault(subscription, name, properties);
      const key = subscription.create(KEY, `key-${name}`, {
        resourceGroupName: "rg",
        vaultName: owner.name,
        keyName: "disks",
        properties: { kty: "RSA" },
      });
      return subscription.create(DISK_ENCRYPTION_SET, `disks-${name}`, {
        resourceGroupName: "rg",
        identity: { type: "SystemAssigned" },
        activeKey: { keyUrl: textOf(key.outputs["keyUriWithVersion"]) },
      });
    };
    refused(() => make("loose-vault"), "KeyVaultAccessForbidden", /must have purge protection/);
    const made = make("kept-vault", { enablePurgeProtection: true });
    assert.equal(made.outputs["encryptionType"], "EncryptionAtRestWithCustomerKey");
    const principal = textOf(block(made.outputs["identity"])["principalId"]);
    assert.match(principal, /^[0-9a-f-]{36}$/);
    assert.equal(block(subscription.update(made, { tags: { a: "b" } })["identity"])["principalId"], principal);
  });
});
