import assert from "node:assert/strict";
import { WorkloadIdentity } from "../../../components/azure/identity";
import { ObjectStore, type ObjectStoreArgs } from "../../../components/azure/object-store";
import type { ObjectLock } from "../../../components/azure/storage-account";
import { azureObjectSettings } from "../../../config/schema/azure/objects";
import { only, type Deployed } from "../../stacks/deployed";
import { attempt, onNetwork, text, type Ground, type GroundOptions } from "./ground";

const aging = { prefixes: ["uploads", "reports"], infrequentAccessAfterDays: 90, deleteAfterDays: 365 };

interface More {
  readonly keepVersionsDays?: number;
  readonly lock?: ObjectLock;
}

function objects({ prefix, place, network, dns, keys, logs, protection, onAzure }: Ground, more: More = {}) {
  const args: ObjectStoreArgs = {
    prefix,
    part: "objects",
    place,
    reach: { network, dns },
    key: keys.keys.data,
    logs,
    protection,
    keepVersionsDays: 30,
    ...aging,
    ...more,
  };
  return new ObjectStore("objects", args, onAzure);
}

const deploy = (options: GroundOptions): Promise<Deployed> =>
  onNetwork((ground) => {
    objects(ground);
  }, options);

describe("object store on Azure, deployed", function () {
  this.timeout(60_000);
  let production: Deployed;
  let development: Deployed;

  before(async () => {
    production = await deploy({ class: "production" });
    development = await deploy({ class: "development" });
  });

  it("is one account with one container, and what belongs to them", () => {
    const component = production.component("objects");
    const inside = production.run.resources.filter(({ name }) => /^objects-/.test(name));
    assert.deepEqual(inside.map(({ name }) => name).sort(), [
      "objects-account",
      "objects-container",
      "objects-key",
      "objects-key-identity",
      "objects-key-right",
      "objects-lifecycle",
      "objects-lock",
      "objects-logs",
      "objects-private",
      "objects-private-endpoint",
      "objects-private-names",
      "objects-versioning",
    ]);
    assert.equal(production.named("objects-account").parent, component.urn);
    // The container has the account's name.
    const name = text(production.input("objects-account", "accountName"));
    assert.match(name, /^testobjects[a-z0-9]{6}$/);
    assert.equal(production.input("objects-container", "containerName"), name);
  });

  it("[PF-SEC-05] encrypts with a key of the site, and a second time with one of Azure's", () => {
    const { inputs } = production.named("objects-account");
    assert.deepEqual(inputs["encryption"], {
      keySource: "Microsoft.Keyvault",
      keyVaultProperties: {
        keyName: "data",
        keyVaultUri: text(production.output("keys-data", "keyUri")).replace(/\/keys\/.*$/, ""),
      },
      encryptionIdentity: { encryptionUserAssignedIdentity: production.id("objects-key-identity") },
      requireInfrastructureEncryption: true,
    });
    assert.ok(production.waitsFor("objects-account").has("objects-key-right"));
  });

  it("answers in the network alone, over TLS 1.2, and to no key of its own", () => {
    const { inputs } = production.named("objects-account");
    assert.deepEqual(
      only(
        inputs,
        "publicNetworkAccess",
        "networkRuleSet",
        "allowBlobPublicAccess",
        "allowSharedKeyAccess",
        "isLocalUserEnabled",
        "enableHttpsTrafficOnly",
        "minimumTlsVersion",
        "allowCrossTenantReplication",
        "defaultToOAuthAuthentication",
        "kind",
      ),
      {
        allowCrossTenantReplication: false,
        defaultToOAuthAuthentication: true,
        kind: "StorageV2",
        publicNetworkAccess: "Disabled",
        networkRuleSet: { bypass: "AzureServices", defaultAction: "Deny" },
        allowBlobPublicAccess: false,
        allowSharedKeyAccess: false,
        isLocalUserEnabled: false,
        enableHttpsTrafficOnly: true,
        minimumTlsVersion: "TLS1_2",
      },
    );
    assert.equal(production.input("objects-container", "publicAccess"), "None");
    const connection = "privateLinkServiceConnections.0";
    assert.equal(
      production.input("objects-private-endpoint", `${connection}.privateLinkServiceId`),
      production.id("objects-account"),
    );
    assert.deepEqual(production.input("objects-private-endpoint", `${connection}.groupIds`), ["blob"]);
  });

  it("[PF-DR-02] has a copy in the paired region where the class says so, and is in three zones everywhere", () => {
    assert.equal(production.input("objects-account", "sku.name"), "Standard_GZRS");
    assert.equal(production.output("objects-account", "secondaryLocation"), "westus");
    assert.equal(development.input("objects-account", "sku.name"), "Standard_ZRS");
  });

  it("[PF-DR-01] brings back what was replaced or deleted", () => {
    const kept = { enabled: true, days: 30 };
    assert.deepEqual(
      only(
        production.named("objects-versioning").inputs,
        "isVersioningEnabled",
        "deleteRetentionPolicy",
        "containerDeleteRetentionPolicy",
      ),
      { isVersioningEnabled: true, deleteRetentionPolicy: kept, containerDeleteRetentionPolicy: kept },
    );
    assert.ok(production.waitsFor("objects-container").has("objects-versioning"));
  });

  it("moves and deletes objects of each prefix by their age, and older versions everywhere", () => {
    const container = text(production.input("objects-container", "containerName"));
    const aged = (prefix: string) => ({
      name: prefix,
      enabled: true,
      type: "Lifecycle",
      definition: {
        filters: { blobTypes: ["blockBlob"], prefixMatch: [`${container}/${prefix}/`] },
        actions: {
          baseBlob: {
            tierToCool: { daysAfterModificationGreaterThan: 90 },
            delete: { daysAfterModificationGreaterThan: 365 },
          },
        },
      },
    });
    assert.deepEqual(production.input("objects-lifecycle", "policy"), {
      rules: [
        aged("uploads"),
        aged("reports"),
        {
          name: "old-versions",
          enabled: true,
          type: "Lifecycle",
          definition: {
            filters: { blobTypes: ["blockBlob"] },
            actions: { version: { delete: { daysAfterCreationGreaterThan: 30 } } },
          },
        },
      ],
    });
  });

  it("is locked and protected where the class says so", () => {
    const protectedOnes = production.run.resources.filter(({ name, protect }) => protect && /^objects-/.test(name));
    assert.deepEqual(protectedOnes.map(({ name }) => name).sort(), ["objects-account", "objects-container"]);
    assert.deepEqual(only(production.named("objects-lock").inputs, "level", "scope"), {
      level: "CanNotDelete",
      scope: production.id("objects-account"),
    });
    const names = development.run.resources.map(({ name }) => name);
    assert.ok(!names.includes("objects-lock"));
    assert.equal(development.named("objects-account").protect, false);
  });

  it("opens to a workload by a role on the container, not on the account", async () => {
    const stack = await onNetwork((ground) => {
      const { prefix, place, onAzure } = ground;
      new WorkloadIdentity(
        "api",
        {
          prefix,
          place,
          namespace: "chat",
          serviceAccount: "api",
          issuers: { cluster: "https://issuer.example.org/" },
          grants: [{ to: objects(ground), access: "write" }],
        },
        onAzure,
      );
    });
    const { inputs } = stack.named("api-objects-write-0");
    assert.equal(inputs["scope"], stack.id("objects-container"));
    assert.match(text(inputs["roleDefinitionId"]), /ba92f5b4-2d11-453d-a403-e96b0029c9fe$/);
  });

  it("keeps objects that stay without rules for their age: a container of state, reached before there is a network", async () => {
    const stack = await onNetwork(({ prefix, place, keys, protection, onAzure }) => {
      new ObjectStore(
        "state",
        {
          prefix,
          part: "state",
          containerName: "state",
          place,
          reach: "internet",
          sharedKeys: "accepted",
          key: keys.keys.data,
          protection,
          keepVersionsDays: 90,
          prefixes: [],
        },
        onAzure,
      );
    });
    assert.equal(stack.input("state-lifecycle", "policy.rules.0.name"), "old-versions");
    assert.equal(stack.input("state-lifecycle", "policy.rules.1"), undefined);
    assert.equal(stack.input("state-container", "containerName"), "state");
    assert.deepEqual(
      only(
        stack.named("state-account").inputs,
        "publicNetworkAccess",
        "networkRuleSet",
        "allowSharedKeyAccess",
        "allowBlobPublicAccess",
      ),
      {
        publicNetworkAccess: "Enabled",
        networkRuleSet: { bypass: "AzureServices", defaultAction: "Allow" },
        allowSharedKeyAccess: true,
        allowBlobPublicAccess: false,
      },
    );
    const names = stack.run.resources.map(({ name }) => name);
    assert.ok(!names.includes("state-private"));
  });

  it("locks its objects for their days, openly at first: Azure refuses a new account with a closed lock", async () => {
    const open = await onNetwork((ground) => {
      objects(ground, { lock: { days: 365, state: "open" } });
    });
    assert.deepEqual(open.input("objects-account", "immutableStorageWithVersioning"), {
      enabled: true,
      immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: 365, state: "Unlocked" },
    });
    const { run } = await attempt((ground) => {
      objects(ground, { lock: { days: 365, state: "closed" } });
    });
    assert.match(run.errors.join("\n"), /created Disabled or Unlocked/);
    assert.equal(development.input("objects-account", "immutableStorageWithVersioning"), undefined);
  });

  it("refuses to keep versions for longer than Azure keeps what was deleted", async () => {
    const { run } = await attempt((ground) => {
      objects(ground, { keepVersionsDays: 400 });
    });
    assert.match(run.errors.join("\n"), /keepVersionsDays \(400\) is none of the 1 to 365 days/);
  });
});

describe("settings of objects on Azure", () => {
  it("are those of every cloud, with the days that Azure keeps what was deleted", () => {
    const schema = azureObjectSettings({ prefixes: ["uploads"] });
    assert.deepEqual(schema.parse(undefined), {
      prefixes: ["uploads"],
      infrequentAccessAfterDays: 90,
      deleteAfterDays: 365,
      keepVersionsDays: 30,
    });
    const issues = schema.safeParse({ keepVersionsDays: 400 }).error?.issues ?? [];
    assert.deepEqual(
      issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
      ["keepVersionsDays: keepVersionsDays (400) is more than the 365 days that Azure keeps deleted objects: lower it"],
    );
  });
});
