import assert from "node:assert/strict";
import {
  guidOf,
  nodePoolName,
  registryName,
  sharedName,
  storageAccountName,
  vaultName,
  vaultSecretName,
} from "../../../components/planning/names-azure";

const one = "0a1b2c3d-0000-4000-8000-00000000d001";
const other = "0a1b2c3d-0000-4000-8000-00000000d002";

describe("names on Azure", () => {
  it("keep to the rules of what they name, for short and for long prefixes", () => {
    for (const prefix of ["x", "portfolio-dr", "a-very-long-system-of-a-very-long-stack-with-much-more-behind-it"]) {
      for (const part of ["keys", "secrets"]) {
        assert.match(vaultName(prefix, part, one), /^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$/);
      }
      assert.match(registryName(prefix, one), /^[a-z0-9]{5,50}$/);
      assert.match(storageAccountName(prefix, "flows", one), /^[a-z0-9]{3,24}$/);
    }
  });

  it("stay what they are", () => {
    const name = vaultName("portfolio-dr", "secrets", one);
    assert.equal(name, vaultName("portfolio-dr", "secrets", one.toUpperCase()));
    assert.match(name, /^portfolio-secrets-[a-z0-9]{6}$/);
    assert.match(storageAccountName("portfolio-dr", "flows", one), /^portfoliodrflows[a-z0-9]{6}$/);
  });

  it("differ between subscriptions, and between stacks whose prefixes are cut to the same letters", () => {
    assert.notEqual(vaultName("portfolio-dr", "keys", one), vaultName("portfolio-dr", "keys", other));
    assert.notEqual(vaultName("portfolio-dr-one", "secrets", one), vaultName("portfolio-dr-two", "secrets", one));
    assert.equal(
      vaultName("portfolio-dr-one", "secrets", one).slice(0, -6),
      vaultName("portfolio-dr-two", "secrets", one).slice(0, -6),
    );
  });

  it("refuse a part that leaves the prefix no room", () => {
    assert.throws(
      () => sharedName("portfolio", "a-part-with-many-letters", one, { longest: 24, hyphens: true }),
      new RangeError('a name of 24 letters has no room for "a-part-with-many-letters": take a shorter one'),
    );
  });

  it("of node pools are the keys where those are names, else short forms that differ", () => {
    assert.equal(nodePoolName("accelerated"), "accelerated");
    assert.match(nodePoolName("chain-nodes"), /^chainnod[0-9a-f]{4}$/);
    assert.match(nodePoolName("memoryoptimized"), /^memoryop[0-9a-f]{4}$/);
    assert.notEqual(nodePoolName("memoryoptimized"), nodePoolName("memoryoptimal"));
    assert.throws(() => nodePoolName("4cpus"), /node pool "4cpus" must begin with a letter/);
  });

  it("that have to be GUIDs are, and stay the same", () => {
    assert.match(guidOf("a"), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(guidOf("a"), guidOf("a"));
    assert.notEqual(guidOf("a"), guidOf("b"));
  });

  it("of secrets have no slashes", () => {
    assert.equal(vaultSecretName("portfolio-dr", "postgres/one_two"), "portfolio-dr-postgres-one-two");
  });
});
