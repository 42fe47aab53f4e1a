import assert from "node:assert/strict";
import type { Value } from "../../offline/cloud/value";
import { at, deployed, only, text, type Deployed } from "./deployed";

/** Built-in roles, by the GUIDs that Azure gives them: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const ROLES: Readonly<Record<string, string>> = {
  "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
  "b556d68e-0be0-4f35-a333-ad7ee1ce17ea": "Azure AI Enterprise Network Connection Approver",
  "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b": "Azure Kubernetes Service RBAC Cluster Admin",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
  "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
  "f25e0fa2-a7c8-4377-a976-54943a77a395": "Key Vault Contributor",
  "e147488a-f6f5-4113-8e2d-b22465e65bf6": "Key Vault Crypto Service Encryption User",
  "12338af0-0e69-4776-bea7-57ae8d297424": "Key Vault Crypto User",
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
  "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
  "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
  "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
  "c088a766-074b-43ba-90d4-1fb21feae531": "PostgreSQL Flexible Server Long Term Retention Backup Role",
  "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
  "e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1": "Storage Account Backup Contributor",
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
  "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
  "69566ab7-960f-475b-8e7c-b3118f30c6bd": "Storage File Data Privileged Contributor",
  "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
  "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
};

/** Who may use which key, by the right of each service, or of the cluster for the Secrets of Kubernetes. */
const USERS = {
  data: [
    "backup-vaults-key-right",
    "cluster-rights-disk-key-right",
    "databases-shard-0-key-right",
    "functions-storage-key-right",
    "key-values-key-right",
    "lake-key-right",
    "machine-learning-key-right",
    "machine-learning-storage-key-right",
    "objects-key-right",
    "redis-key-right",
  ],
  images: ["images-key-right"],
  logs: ["audit-trail-storage-key-right", "flow-logs-key-right"],
  secrets: ["cluster-rights-to-secrets-key"],
} as const;

/** Which key encrypts what: the path of the key's address, by type, and the key of each resource. */
const ENCRYPTED: readonly (readonly [
  type: string,
  path: string,
  keys: Readonly<Record<string, keyof typeof USERS>>,
])[] = [
  [
    "azure-native:dbforpostgresql:Server",
    "dataEncryption.primaryKeyURI",
    { "databases-shard-0-replica-reader": "data", "databases-shard-0-source": "data" },
  ],
  [
    "azure-native:redisenterprise:RedisEnterprise",
    "encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl",
    { "redis-cluster": "data" },
  ],
  ["azure-native:cosmosdb:DatabaseAccount", "keyVaultKeyUri", { "key-values-account": "data" }],
  [
    "azure-native:storage:StorageAccount",
    "encryption.keyVaultProperties",
    {
      "audit-trail-storage-account": "logs",
      "flow-logs-storage": "logs",
      "functions-storage-account": "data",
      "lake-account": "data",
      "machine-learning-storage-account": "data",
      "objects-account": "data",
    },
  ],
  [
    "azure-native:containerregistry:Registry",
    "encryption.keyVaultProperties.keyIdentifier",
    { "images-registry": "images" },
  ],
  [
    "azure-native:machinelearningservices:Workspace",
    "encryption.keyVaultProperties.keyIdentifier",
    { "machine-learning-workspace": "data" },
  ],
  [
    "azure-native:dataprotection:BackupVault",
    "properties.securitySettings.encryptionSettings.keyVaultProperties.keyUri",
    { "backup-vaults-vault": "data" },
  ],
  ["azure-native:compute:DiskEncryptionSet", "activeKey.keyUrl", { "cluster-rights-disks": "data" }],
  [
    "azure-native:containerservice:ManagedCluster",
    "securityProfile.azureKeyVaultKms.keyId",
    { "cluster-aks": "secrets" },
  ],
];

/** `<role> of <what it holds for>` by the right's name. Rights to keys are in `USERS`. */
const RIGHTS: Readonly<Record<string, string>> = {
  "backup-vaults-databases-reader": "Reader of site-group",
  "backup-vaults-databases-shard-0-right":
    "PostgreSQL Flexible Server Long Term Retention Backup Role of databases-shard-0-source",
  "backup-vaults-objects-objects-right": "Storage Account Backup Contributor of objects-account",
  "cluster-admin-platform": "Azure Kubernetes Service RBAC Cluster Admin of cluster-aks",
  "cluster-rights-pull-images": "AcrPull of images-registry",
  "cluster-rights-to-api-server": "Network Contributor of network-api-server",
  "cluster-rights-to-disks": "Reader of cluster-rights-disks",
  "cluster-rights-to-ingress": "Network Contributor of network-ingress",
  "cluster-rights-to-kubelet": "Managed Identity Operator of cluster-rights-kubelet",
  "cluster-rights-to-nodes": "Network Contributor of network-nodes",
  "cluster-rights-to-secrets-vault": "Key Vault Contributor of keys-vault-vault",
  "flow-logs-right": "Storage Blob Data Contributor of flow-logs-storage",
  "functions-archive-events-blob": "Storage Blob Data Owner of functions-storage-account",
  "functions-archive-events-lake-write-0": "Storage Blob Data Contributor of lake-container",
  "functions-archive-events-login": "Key Vault Secrets User of functions-login",
  "functions-archive-events-metrics": "Monitoring Metrics Publisher of functions-insights",
  "functions-archive-events-queue": "Storage Queue Data Contributor of functions-storage-account",
  "functions-archive-events-table": "Storage Table Data Contributor of functions-storage-account",
  "iceberg-catalog-identity-lake-write-0": "Storage Blob Data Contributor of lake-container",
  "machine-learning-right-blobs": "Storage Blob Data Contributor of machine-learning-storage-account",
  "machine-learning-right-credentials": "Key Vault Administrator of machine-learning-vault-vault",
  "machine-learning-right-files": "Storage File Data Privileged Contributor of machine-learning-storage-account",
  "machine-learning-right-insights": "Contributor of machine-learning-insights",
  "machine-learning-right-lake": "Storage Blob Data Reader of lake-account",
  "machine-learning-right-lake-endpoint": "Azure AI Enterprise Network Connection Approver of lake-account",
  "machine-learning-right-storage": "Contributor of machine-learning-storage-account",
  "machine-learning-right-vault": "Contributor of machine-learning-vault-vault",
  "platform-external-secrets-identity-secrets-read-0": "Key Vault Secrets User of secrets-vault-vault",
};

describe("dr: keys and rights", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("dr");
  });

  const role = (definition: Value | undefined) => ROLES[text(definition).split("/").at(-1) ?? ""] ?? "?";
  const isKey = (scope: Value | undefined) => /\/vaults\/[^/]+\/keys\/[^/]+$/.test(text(scope));

  it("[PF-SEC-05] has a key for each purpose in hardware, which turns every year and cannot leave", () => {
    const found = stack.ofType("azure-native:keyvault:Key").map(({ name, inputs, protect }) => {
      const given = inputs["properties"];
      assert.ok(protect, name);
      assert.equal(at(given, "kty"), "RSA-HSM", name);
      assert.equal(at(given, "keySize"), 3072, name);
      assert.equal(at(given, "attributes.exportable"), false, name);
      assert.equal(at(given, "rotationPolicy.lifetimeActions.0.trigger.timeAfterCreate"), "P1Y", name);
      assert.equal(inputs["vaultName"], stack.output("keys-vault-vault", "name"), name);
      return text(inputs["keyName"]);
    });
    assert.deepEqual(found.sort(), Object.keys(USERS));
  });

  it("has secrets that end on the day of vaults.renewSecretsBy", () => {
    const secrets = stack.ofType("azure-native:keyvault:Secret");
    assert.equal(secrets.length, 7);
    for (const { name, inputs } of secrets) {
      assert.equal(at(inputs, "properties.attributes.expires"), Date.parse("2027-11-20T00:00:00Z") / 1000, name);
    }
  });

  it("[PF-SEC-05] keeps vaults that nobody empties early, closed to the internet, with rights in Entra alone", () => {
    const vaults = stack.ofType("azure-native:keyvault:Vault");
    assert.deepEqual(vaults.map(({ name, inputs }) => [name, at(inputs, "properties.sku.name")]).sort(), [
      ["keys-vault-vault", "premium"],
      ["machine-learning-vault-vault", "standard"],
      ["secrets-vault-vault", "standard"],
    ]);
    for (const { urn, inputs } of vaults) {
      assert.deepEqual(
        ["createMode", "enablePurgeProtection", "enableRbacAuthorization", "softDeleteRetentionInDays"].map((key) =>
          at(inputs, `properties.${key}`),
        ),
        ["default", true, true, 30],
        urn,
      );
      assert.equal(at(inputs, "properties.publicNetworkAccess"), "disabled", urn);
      assert.equal(at(inputs, "properties.networkAcls.defaultAction"), "Deny", urn);
    }
  });

  it("[PF-SEC-05] lets these use its keys, one key each, and nobody else", () => {
    const users: Record<string, string[]> = {};
    for (const { name, inputs } of stack.ofType("azure-native:authorization:RoleAssignment")) {
      if (!isKey(inputs["scope"])) continue;
      const key = text(inputs["scope"]).split("/").at(-1) ?? "";
      const expected = key === "secrets" ? "Key Vault Crypto User" : "Key Vault Crypto Service Encryption User";
      assert.equal(role(inputs["roleDefinitionId"]), expected, name);
      (users[key] ??= []).push(name);
    }
    for (const names of Object.values(users)) names.sort();
    assert.deepEqual(users, USERS);
  });

  for (const [type, path, keys] of ENCRYPTED) {
    it(`[PF-SEC-05] encrypts every ${type.replace(/^.*:/, "")} with the key of its purpose, which it may use before`, () => {
      const uri = text(stack.output("keys-data", "keyUri")).replace(/\/keys\/data$/, "");
      const keyOf = (value: Value | undefined) => {
        const address =
          typeof value === "string"
            ? value
            : `${text(at(value, "keyVaultUri")).replace(/\/$/, "")}/keys/${text(at(value, "keyName"))}`;
        assert.ok(address.startsWith(`${uri}/keys/`), address);
        return address.slice(`${uri}/keys/`.length).split("/")[0];
      };
      const found = stack.ofType(type).map(({ name, inputs }) => [name, keyOf(at(inputs, path))] as const);
      assert.deepEqual(Object.fromEntries(found), keys);
      for (const [name, key] of Object.entries(keys)) {
        const waits = stack.waitsFor(name);
        assert.ok(
          USERS[key].some((right) => waits.has(right)),
          `${name} waits for no right to ${key}`,
        );
      }
    });
  }

  it("[PF-SEC-05] encrypts the disks of nodes and pods with the key of the site's data", () => {
    const disks = stack.id("cluster-rights-disks");
    assert.equal(stack.input("cluster-aks", "diskEncryptionSetID"), disks);
    for (const storageClass of ["fast", "general"]) {
      assert.equal(stack.input(`platform-storage-classes-${storageClass}`, "parameters.diskEncryptionSetID"), disks);
    }
    const pools = stack.ofType("azure-native:containerservice:AgentPool");
    for (const { urn, inputs } of pools) assert.equal(inputs["enableEncryptionAtHost"], true, urn);
  });

  it("[PF-SEC-03] gives each identity these rights, on what it works with, and none besides", () => {
    const made = new Map(
      stack.run.resources.flatMap(({ id, name }) => (id === undefined ? [] : [[id, name] as const])),
    );
    const rights = stack
      .ofType("azure-native:authorization:RoleAssignment")
      .filter(({ inputs }) => !isKey(inputs["scope"]))
      .map(({ name, inputs }) => [
        name,
        `${role(inputs["roleDefinitionId"])} of ${made.get(text(inputs["scope"])) ?? text(inputs["scope"])}`,
      ]);
    assert.deepEqual(Object.fromEntries(rights), RIGHTS);
    assert.deepEqual(only(stack.named("cluster-admin-platform").inputs, "principalId", "principalType"), {
      principalId: "00000000-0000-4000-8000-00000000000a",
      principalType: "Group",
    });
  });

  it("[PF-SEC-03] leaves no key nor local account where Entra lets somebody in", () => {
    const off: readonly (readonly [name: string, path: string, value: Value])[] = [
      ["cluster-aks", "disableLocalAccounts", true],
      ["cluster-aks", "aadProfile.enableAzureRBAC", true],
      ["databases-shard-0-source", "authConfig.activeDirectoryAuth", "Enabled"],
      ["functions-insights", "disableLocalAuth", true],
      ["images-registry", "adminUserEnabled", false],
      ["images-registry", "anonymousPullEnabled", false],
      ["key-values-account", "disableLocalAuth", true],
      ["logs-workspace", "features.disableLocalAuth", true],
      ["machine-learning-insights", "disableLocalAuth", true],
      ["machine-learning-machines", "properties.disableLocalAuth", true],
    ];
    for (const [name, path, value] of off) assert.equal(stack.input(name, path), value, `${name}: ${path}`);
    for (const { urn, inputs } of stack.ofType("azure-native:storage:StorageAccount")) {
      assert.deepEqual(
        only(inputs, "allowSharedKeyAccess", "isLocalUserEnabled", "allowBlobPublicAccess"),
        { allowSharedKeyAccess: false, isLocalUserEnabled: false, allowBlobPublicAccess: false },
        urn,
      );
    }
    for (const deny of ["functions-archive-events-ftp", "functions-archive-events-scm"]) {
      assert.equal(stack.input(deny, "allow"), false, deny);
    }
  });

  it("[PF-SEC-05] keeps every credential in the vault of secrets, and shows none", () => {
    const secrets = stack.ofType("azure-native:keyvault:Secret");
    assert.deepEqual(secrets.map(({ inputs }) => text(inputs["secretName"])).sort(), [
      "portfolio-dr-documents",
      "portfolio-dr-events",
      "portfolio-dr-functions-kafka-password",
      "portfolio-dr-iceberg-catalog",
      "portfolio-dr-iceberg-catalog-root",
      "portfolio-dr-postgres-shard-0",
      "portfolio-dr-queue",
    ]);
    for (const { urn, inputs, secretPaths, protect } of secrets) {
      assert.equal(inputs["vaultName"], stack.output("secrets-vault-vault", "name"), urn);
      assert.ok(
        secretPaths.some((path) => path === "properties" || path === "properties.value"),
        `${urn}: ${secretPaths.join()}`,
      );
      assert.ok(protect, urn);
    }
    assert.deepEqual(stack.run.secretOutputs, []);
  });
});
