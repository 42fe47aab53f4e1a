import assert from "node:assert/strict";
import { loadConfiguration } from "../../config/load";
import { azureContractPlace, azureStatePlace } from "../../stacks/state-place";
import { deploy as deployBackend } from "../../stacks/state-backend-azure";
import { deploy, runInProcess } from "../support/in-process";
import { Deployed, text } from "./deployed";

const SUBSCRIPTION = "0a1b2c3d-0000-4000-8000-00000000d001";
const GROUP = { principalId: "9c1d2e3f-0000-4000-8000-00000000a001", type: "Group" };

const settings = {
  "platform:blueprint": "state-backend-azure",
  "platform:owner": "dr",
  "platform:system": "portfolio",
  "platform:subscription": SUBSCRIPTION,
  "platform:region": "eastus",
  "platform:operators": JSON.stringify({ team: GROUP }),
};

const load = (more: Readonly<Record<string, string>> = {}) =>
  loadConfiguration({ stack: "dr-backend", values: { ...settings, ...more }, secretKeys: [] });

async function made(more: Readonly<Record<string, string>> = {}): Promise<Deployed> {
  const config = load(more);
  assert.equal(config.blueprint, "state-backend-azure");
  return new Deployed(await deploy(() => deployBackend(config)));
}

const place = azureStatePlace("portfolio-dr", SUBSCRIPTION);

describe("state-backend-azure", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await made();
  });

  it("makes one storage account and one vault with two keys, and loads no provider but that of Azure", () => {
    const types = stack.run.resources.filter(({ custom }) => custom).map(({ type }) => type);
    assert.deepEqual(
      types.sort(),
      [
        "pulumi:providers:azure-native",
        "azure-native:resources:ResourceGroup",
        "azure-native:keyvault:Vault",
        "azure-native:keyvault:Key",
        "azure-native:keyvault:Key",
        "azure-native:managedidentity:UserAssignedIdentity",
        // The account's on its key; the team's on state and secrets.
        "azure-native:authorization:RoleAssignment",
        "azure-native:authorization:RoleAssignment",
        "azure-native:authorization:RoleAssignment",
        "azure-native:authorization:ManagementLockByScope",
        "azure-native:storage:StorageAccount",
        "azure-native:storage:BlobServiceProperties",
        "azure-native:storage:BlobContainer",
        "azure-native:storage:ManagementPolicy",
      ].sort(),
    );
  });

  it("names all so that they are known before they are made", () => {
    assert.equal(stack.input("state-group", "resourceGroupName"), place.resourceGroup);
    assert.equal(stack.input("objects-account", "accountName"), place.storageAccount);
    assert.equal(stack.input("objects-container", "containerName"), place.container);
    assert.equal(stack.input("keys-vault", "vaultName"), place.vault);
    assert.equal(stack.input("keys-secrets", "keyName"), place.key);
    assert.match(place.storageAccount, /^portfoliodrstate[a-z0-9]{6}$/);
    assert.match(place.vault, /^portfolio-d-state-[a-z0-9]{6}$/);
    assert.deepEqual(
      { ...stack.run.outputs },
      {
        accountName: place.storageAccount,
        containerName: "state",
        vaultName: place.vault,
        backendUrl: `azblob://state?storage_account=${place.storageAccount}`,
        secretsProvider: `azurekeyvault://${place.vault}.vault.azure.net/keys/state`,
      },
    );
  });

  it("takes the subscription of whoever deploys where none is named", async () => {
    const { "platform:subscription": _subscription, ...without } = settings;
    const config = loadConfiguration({ stack: "dr-backend", values: without, secretKeys: [] });
    assert.ok(config.blueprint === "state-backend-azure");
    const own = new Deployed(await deploy(() => deployBackend(config)));
    assert.notEqual(own.input("objects-account", "accountName"), place.storageAccount);
    assert.match(text(own.input("objects-account", "accountName")), /^portfoliodrstate[a-z0-9]{6}$/);
  });

  it("[PF-SEC-05] encrypts the state with a key that is rotated", () => {
    assert.equal(stack.input("objects-account", "encryption.keySource"), "Microsoft.Keyvault");
    assert.deepEqual(stack.input("objects-account", "encryption.keyVaultProperties"), {
      keyName: "storage",
      keyVaultUri: `https://${place.vault}.vault.azure.net`,
    });
    const rotates = "properties.rotationPolicy.lifetimeActions.0";
    assert.equal(stack.input("keys-storage", `${rotates}.action.type`), "rotate");
    assert.equal(stack.input("keys-storage", `${rotates}.trigger.timeAfterCreate`), "P1Y");
    assert.ok(stack.waitsFor("objects-account").has("objects-key-right"), "the account may use it first");
  });

  it("encrypts secrets with a key that never changes by itself: the engine decrypts with the newest version alone", () => {
    assert.equal(stack.input("keys-secrets", "properties.rotationPolicy"), undefined);
    assert.deepEqual(stack.input("keys-secrets", "properties.keyOps"), ["encrypt", "decrypt"]);
  });

  it("is opened by log-in with Microsoft Entra alone, over TLS 1.2, to nobody anonymous", () => {
    assert.equal(stack.input("objects-account", "allowSharedKeyAccess"), false);
    assert.equal(stack.input("objects-account", "allowBlobPublicAccess"), false);
    assert.equal(stack.input("objects-account", "minimumTlsVersion"), "TLS1_2");
    assert.equal(stack.input("objects-container", "publicAccess"), "None");
    assert.equal(stack.input("keys-vault", "properties.enableRbacAuthorization"), true);
    assert.equal(stack.input("keys-vault", "properties.enablePurgeProtection"), true);
  });

  it("has an account of its own for the contract of a site, since shared keys of one open all that is in it", async () => {
    const site = await made({ "platform:siteContract": "delivered" });
    assert.equal(site.ofType("azure-native:storage:StorageAccount").length, 2);
    assert.equal(site.input("objects-account", "allowSharedKeyAccess"), false);
    assert.equal(site.input("contracts-account", "allowSharedKeyAccess"), true);
    const { resourceGroup, storageAccount, container } = azureContractPlace("portfolio-dr", SUBSCRIPTION);
    assert.equal(site.input("contracts-account", "resourceGroupName"), resourceGroup);
    assert.equal(site.input("contracts-account", "accountName"), storageAccount);
    assert.equal(site.input("contracts-container", "containerName"), container);
    assert.equal(site.input("contracts-container", "publicAccess"), "None");
    assert.equal(site.input("team-contracts", "scope"), site.id("contracts-account"));
    assert.match(text(site.input("team-contracts", "roleDefinitionId")), /2a2b9908-6ea1-4ae2-8e65-a410df84e7d1$/);
  });

  it("is reached before there is a network, from where it is told", async () => {
    assert.equal(stack.input("objects-account", "publicNetworkAccess"), "Enabled");
    assert.equal(stack.input("objects-account", "networkRuleSet.defaultAction"), "Allow");
    assert.equal(stack.input("keys-vault", "properties.networkAcls.defaultAction"), "Allow");
    const narrow = await made({ "platform:reachableFrom": '["198.51.100.0/24", "203.0.113.7"]' });
    assert.deepEqual(narrow.input("objects-account", "networkRuleSet"), {
      bypass: "None",
      defaultAction: "Deny",
      ipRules: [
        { iPAddressOrRange: "198.51.100.0/24", action: "Allow" },
        { iPAddressOrRange: "203.0.113.7", action: "Allow" },
      ],
    });
    assert.deepEqual(narrow.input("keys-vault", "properties.networkAcls"), {
      bypass: "AzureServices",
      defaultAction: "Deny",
      ipRules: [{ value: "198.51.100.0/24" }, { value: "203.0.113.7" }],
    });
  });

  it("gives those who work on the stack the state and the use of the secrets' key, and nothing else", () => {
    const grants = stack
      .ofType("azure-native:authorization:RoleAssignment")
      .filter(({ inputs }) => inputs["principalId"] === GROUP.principalId);
    const rights = grants.map(({ inputs }) => [
      inputs["principalType"],
      inputs["scope"],
      text(inputs["roleDefinitionId"]).slice(-36),
    ]);
    assert.deepEqual(
      new Set(rights.map(String)),
      new Set([
        `Group,${stack.id("objects-account")},ba92f5b4-2d11-453d-a403-e96b0029c9fe`,
        `Group,${stack.id("keys-secrets")},12338af0-0e69-4776-bea7-57ae8d297424`,
      ]),
    );
  });

  it("keeps every version, and ends replaced ones after 90 days, never a state", () => {
    assert.equal(stack.input("objects-versioning", "isVersioningEnabled"), true);
    assert.deepEqual(stack.input("objects-versioning", "deleteRetentionPolicy"), { enabled: true, days: 90 });
    const rules = stack.input("objects-lifecycle", "policy.rules");
    assert.ok(Array.isArray(rules) && rules.length === 1);
    assert.deepEqual(stack.input("objects-lifecycle", "policy.rules.0.definition.actions"), {
      version: { delete: { daysAfterCreationGreaterThan: 90 } },
    });
  });

  it("is in three zones of its region, without a copy elsewhere", () => {
    assert.deepEqual(stack.input("objects-account", "sku"), { name: "Standard_ZRS" });
    assert.equal(stack.input("objects-account", "location"), "eastus");
  });

  it("is protected in any class, until it is told otherwise", async () => {
    const guarded = await made({ "platform:class": "development" });
    for (const name of ["state-group", "keys-vault", "keys-secrets", "objects-account", "objects-container"]) {
      assert.equal(guarded.named(name).protect, true, name);
    }
    assert.equal(guarded.input("objects-lock", "level"), "CanNotDelete");
    const open = await made({ "platform:protection": "off" });
    for (const name of ["state-group", "keys-vault", "objects-account", "objects-container"]) {
      assert.notEqual(open.named(name).protect, true, name);
    }
    assert.equal(open.ofType("azure-native:authorization:ManagementLockByScope").length, 0);
  });

  const refused: readonly [setting: string, value: string, message: RegExp][] = [
    ["subscription", "0A1B", /platform:subscription: .*give a GUID in small letters/s],
    ["reachableFrom", '["198.51.100.4/31"]', /platform:reachableFrom\[0\]: .*a range of \/30 or larger/s],
    ["operators", '{"team":{"principalId":"me","type":"Group"}}', /platform:operators\.team\.principalId/],
  ];
  for (const [setting, value, message] of refused) {
    it(`refuses the ${setting} ${value}`, () => {
      assert.throws(() => load({ [`platform:${setting}`]: value }), message);
    });
  }

  it("goes together with another stack's state in one subscription", async () => {
    const config = load();
    const other = load({ "platform:owner": "dr-two" });
    assert.ok(config.blueprint === "state-backend-azure" && other.blueprint === "state-backend-azure");
    const { cloud } = await deploy(() => deployBackend(config), { stack: "dr-backend" });
    const second = await runInProcess(() => deployBackend(other), { stack: "dr-two-backend", cloud });
    assert.deepEqual(second.errors, []);
  });
});
