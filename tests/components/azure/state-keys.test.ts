import assert from "node:assert/strict";
import { StateKeys, type StateKeysArgs } from "../../../components/azure/state-keys";
import { only, type Deployed } from "../../stacks/deployed";
import type { Properties } from "../../../offline/cloud/value";
import { onNetwork, type GroundOptions } from "./ground";

const keys = (changes: Partial<StateKeysArgs> = {}, options: GroundOptions = {}): Promise<Deployed> =>
  onNetwork(({ place, protection, onAzure }) => {
    const args = { place, vaultName: "test-state-a1b2c3", secretsKey: "state", reachableFrom: [], protection };
    new StateKeys("keys-of-state", { ...args, ...changes }, onAzure);
  }, options);

describe("keys of a state backend on Azure, deployed", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await keys({}, { class: "production" });
  });

  it("[PF-SEC-05] are keys of 3,072 bits that cannot leave, of which the one for storage rotates every year", () => {
    const key = (name: string) => stack.input(`keys-of-state-${name}`, "properties") as Properties;
    const common = { kty: "RSA", keySize: 3072, attributes: { enabled: true, exportable: false } };
    assert.deepEqual(key("secrets"), { ...common, keyOps: ["encrypt", "decrypt"] });
    assert.deepEqual(key("storage"), {
      ...common,
      keyOps: ["wrapKey", "unwrapKey"],
      rotationPolicy: {
        attributes: { expiryTime: "P2Y" },
        lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P1Y" } }],
      },
    });
  });

  it("[PF-SEC-05] lie in a vault that nobody purges, whose rights are roles of Azure", () => {
    assert.deepEqual(
      only(
        stack.input("keys-of-state-vault", "properties") as Properties,
        "publicNetworkAccess",
        "networkAcls",
        "enableRbacAuthorization",
        "enableSoftDelete",
        "enablePurgeProtection",
        "softDeleteRetentionInDays",
        "enabledForDeployment",
        "enabledForTemplateDeployment",
        "enabledForDiskEncryption",
      ),
      {
        publicNetworkAccess: "enabled",
        networkAcls: { bypass: "AzureServices", defaultAction: "Allow", ipRules: [] },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        enablePurgeProtection: true,
        softDeleteRetentionInDays: 30,
        enabledForDeployment: false,
        enabledForTemplateDeployment: false,
        enabledForDiskEncryption: false,
      },
    );
  });

  it("[PF-SEC-04] answer from where it is told alone, once somebody says so", async () => {
    const narrow = await keys({ reachableFrom: ["198.51.100.0/24"] });
    assert.deepEqual(narrow.input("keys-of-state-vault", "properties.networkAcls"), {
      bypass: "AzureServices",
      defaultAction: "Deny",
      ipRules: [{ value: "198.51.100.0/24" }],
    });
  });

  it("are protected in production alone", async () => {
    const parts = ["vault", "secrets", "storage"].map((part) => `keys-of-state-${part}`);
    for (const part of parts) assert.equal(stack.named(part).protect, true, part);
    const development = await keys({}, { class: "development" });
    for (const part of parts) assert.equal(development.named(part).protect, false, part);
  });
});
