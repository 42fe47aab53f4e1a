import assert from "node:assert/strict";
import { z } from "zod";
import { settingsSchema } from "../../../config/json-schema";
import { azureImageSettings, azureKeyAdoption, azureZoneSettings } from "../../../config/schema/azure/adoption";
import { azureClusterSettings } from "../../../config/schema/azure/cluster";
import { azureNetworkSettings } from "../../../config/schema/azure/network";
import { azureStackSettings } from "../../../config/schema/azure/stack";
import { vaultSettings } from "../../../config/schema/azure/vaults";
import { problems as stackProblems } from "../problems";

const stack = z.strictObject(
  azureStackSettings({ class: "recovery", role: "standby", region: "eastus", requirement: "PF-CLOUD-01" }),
);
const network = azureNetworkSettings({ zones: ["a", "b"] });
const cluster = azureClusterSettings({
  name: "shop-aks",
  version: "1.36",
  tier: "Standard",
  access: "network",
  requirement: "PF-CLOUD-02",
});
const vaults = vaultSettings({ keys: "premium" });
const keys = azureKeyAdoption();
const images = azureImageSettings({ mode: "skip", images: [] });
const dns = azureZoneSettings({ mode: "skip" });

/** What is wrong with some settings, as `path: message`. */
function problems(schema: z.ZodType, given: unknown): readonly string[] {
  return (schema.safeParse(given).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const guid = "0a1b2c3d-0000-4000-8000-00000000d001";
const admins = { platform: { principalId: guid, type: "Group" } };
const subnetNames = {
  nodes: "nodes",
  ingress: "ingress",
  database: "database",
  "api-server": "api-server",
  endpoints: "endpoints",
};
const adopted = {
  resourceGroup: "hub",
  name: "shared",
  cidr: "10.64.0.0/16",
  ingressRange: "10.64.8.0/24",
  subnetNames,
};

describe("settings of a stack on Azure", () => {
  it("[PF-DR-03] stand by unless they are told to be active", () => {
    assert.deepEqual(stack.parse({}), { class: "recovery", protection: "on", role: "standby", region: "eastus" });
    assert.equal(stack.parse({ role: "active" }).role, "active");
    assert.deepEqual(problems(stack, { role: "passive" }), [
      'role: Invalid option: expected one of "standby"|"active"',
    ]);
    assert.deepEqual(stackProblems("dr", { role: "passive" }), [
      'platform:role: is "passive": give one of "standby", "active"',
    ]);
  });

  it("refuse a subscription that is none, and a region that is none", () => {
    const remedy = "give a GUID in small letters: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    for (const subscription of ["portfolio", guid.toUpperCase(), `${guid}0`]) {
      assert.deepEqual(problems(stack, { subscription }), [`subscription: ${remedy}`], subscription);
    }
    assert.deepEqual(problems(stack, { subscription: guid }), []);
    for (const region of ["East US", "us-east-1", "eastUS"]) {
      assert.deepEqual(problems(stack, { region }), ["region: give a region of Azure such as eastus"], region);
    }
  });
});

describe("settings of a network on Azure", () => {
  it("have two of three zones or more, each once", () => {
    assert.deepEqual(network.parse({}), { zones: ["a", "b"] });
    assert.deepEqual(problems(network, { zones: ["a"] }), [
      "zones: give at least two zones: databases and the cluster need two",
    ]);
    assert.deepEqual(problems(network, { zones: ["b", "b"] }), ["zones: names a zone twice: name each zone once"]);
    assert.equal(problems(network, { zones: ["a", "d"] }).length, 1);
  });

  it("take a network that is there, with every subnet that a site needs", () => {
    assert.deepEqual(network.parse({ adopt: adopted }).adopt, adopted);
    assert.deepEqual(
      problems(network, { adopt: { ...adopted, subnetNames: {} } }),
      Object.keys(subnetNames).map(
        (subnet) => `adopt.subnetNames.${subnet}: is missing: name the existing subnet for ${subnet}`,
      ),
    );
    assert.equal(
      problems(network, { adopt: { ...adopted, subnetNames: { ...subnetNames, other: "other" } } }).length,
      1,
    );
    assert.deepEqual(problems(network, { adopt: { ...adopted, name: "-", resourceGroup: "hub." } }), [
      "adopt.resourceGroup: give the name of a resource group: letters, digits, _ ( ) . -",
      "adopt.name: give the name of a network or subnet: letters, digits, _ . -",
    ]);
    assert.deepEqual(problems(network, { adopt: { ...adopted, ingressRange: "10.64.8.1/24" } }), [
      'adopt.ingressRange: "10.64.8.1/24" starts inside its range: the first address of a /24 there is 10.64.8.0/24: correct it',
    ]);
  });
});

describe("settings of a cluster on Azure", () => {
  it("[PF-CLOUD-02] run 1.36 behind an API inside the network", () => {
    assert.deepEqual(cluster.parse({ admins }), {
      mode: "create",
      name: "shop-aks",
      version: "1.36",
      tier: "Standard",
      access: "network",
      publicCidrs: [],
      logIn: "azurecli",
      admins,
    });
    assert.deepEqual(problems(cluster, { admins, version: "1.36.2", name: "-shop" }), [
      "name: give 1 to 63 letters, digits, - and _, a letter or digit at both ends",
      'version: give a minor version in quotes, such as "1.36"',
    ]);
    assert.deepEqual(problems(cluster, { admins, name: "a".repeat(63) }), []);
    assert.equal(problems(cluster, { admins, name: "a".repeat(64) }).length, 1);
  });

  it("have somebody who may work in a new cluster, and nobody in one of others", () => {
    assert.deepEqual(problems(cluster, {}), [
      "admins: is empty while mode is create, and local accounts are off, so nobody could work in the cluster, whoever deploys included: name their group",
    ]);
    for (const mode of ["adopt", "skip"]) {
      assert.deepEqual(problems(cluster, { mode, admins }), [
        `admins: names platform while mode is ${mode}, so nobody lets them in: take them out, or let the cluster's owner add them`,
      ]);
      assert.deepEqual(problems(cluster, { mode }), []);
    }
    assert.deepEqual(problems(cluster, { admins: { platform: { principalId: "platform", type: "Group" } } }), [
      "admins.platform.principalId: give a GUID in small letters: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
    ]);
  });

  it("name the resource group of an adopted cluster alone, and ranges of the internet with that access alone", () => {
    assert.deepEqual(problems(cluster, { admins, resourceGroup: "hub" }), [
      "resourceGroup: is given while mode is create: set mode to adopt, or take it out",
    ]);
    assert.deepEqual(problems(cluster, { mode: "adopt", resourceGroup: "hub" }), []);
    assert.deepEqual(problems(cluster, { admins, publicCidrs: ["203.0.113.0/24"] }), [
      "publicCidrs: is 203.0.113.0/24 while access is network: take them out, or set access to internet",
    ]);
    assert.equal(problems(cluster, { admins, access: "internet" }).length, 1);
  });
});

describe("settings of vaults on Azure", () => {
  it("[PF-SEC-05] keep keys in hardware modules, and can bring deleted vaults back", () => {
    assert.deepEqual(vaults.parse({}), { keys: "premium", createMode: "default" });
    assert.equal(vaults.parse({ createMode: "recover" }).createMode, "recover");
    assert.equal(problems(vaults, { keys: "basic" }).length, 1);
    assert.equal(problems(vaults, { createMode: "purge" }).length, 1);
  });

  it("take a day that secrets end on, and nothing else for it", () => {
    assert.equal(vaults.parse({ renewSecretsBy: "2027-11-20" }).renewSecretsBy, "2027-11-20");
    for (const day of ["2027-11-31", "2027-11", "2027-11-20T00:00:00Z", "soon"]) {
      assert.deepEqual(
        problems(vaults, { renewSecretsBy: day }),
        ['renewSecretsBy: give a day in quotes, such as "2027-11-20"'],
        day,
      );
    }
  });
});

describe("settings of adoption on Azure", () => {
  const key = (name: string, vault = "shop-keys") => ({ resourceGroup: "hub", vault, key: name });

  it("take a key for some purposes, and refuse one for two", () => {
    assert.deepEqual(keys.parse({}), {});
    assert.deepEqual(problems(keys, { data: key("data"), logs: key("data", "shop-logs") }), []);
    for (const other of [key("data"), key("DATA"), key("data", "Shop-Keys")]) {
      assert.deepEqual(problems(keys, { data: key("data"), logs: other }), [
        ": names a key twice, so that a right to one opens both: name a key for each purpose",
      ]);
    }
    assert.deepEqual(problems(keys, { data: key("data/1", "1-keys") }), [
      "data.vault: give the name of a key vault: 3 to 24 letters, digits and hyphens",
      "data.key: give the name of a key: letters, digits and hyphens",
    ]);
  });

  it("take repositories of a registry that is there, and refuse a mode that the rest contradicts", () => {
    const registry = { resourceGroup: "hub", name: "shopimages" };
    const repositories = { services: "shop/services" };
    assert.deepEqual(images.parse({}), { mode: "skip", images: [], repositories: {} });
    assert.deepEqual(problems(images, { mode: "adopt", registry, repositories }), []);
    assert.deepEqual(problems(images, { mode: "adopt", repositories }), [
      "registry: is missing while mode is adopt: name the existing registry",
    ]);
    assert.deepEqual(problems(images, { mode: "create", images: ["services"], registry }), [
      "registry: is given while mode is create: set mode to adopt, or take it out",
    ]);
    assert.deepEqual(problems(images, { mode: "adopt", registry }), [
      "repositories: is empty while mode is adopt: name an existing repository for each image",
    ]);
    assert.deepEqual(problems(images, { mode: "skip", repositories }), [
      "repositories: names services while mode is skip: set mode to adopt, or take them out",
    ]);
    assert.deepEqual(problems(images, { mode: "create" }), [
      "images: is empty while mode is create: name an image, or set mode to skip",
    ]);
    const misnamed = { registry: { ...registry, name: "shop-images" }, repositories: { services: "Shop/services" } };
    assert.deepEqual(problems(images, { mode: "adopt", ...misnamed }), [
      "repositories.services: give the name of a repository in small letters",
      "registry.name: give the name of a registry: 5 to 50 letters and digits",
    ]);
  });

  it("take a zone by its name and resource group", () => {
    assert.deepEqual(dns.parse({}), { mode: "skip" });
    assert.deepEqual(problems(dns, { mode: "adopt", name: "example.com", resourceGroup: "hub" }), []);
    assert.deepEqual(problems(dns, { mode: "adopt", name: "example.com" }), []);
    assert.deepEqual(problems(dns, { mode: "adopt" }), [
      "name: is missing while mode is adopt: give the zone's name, or set mode to skip",
    ]);
    assert.deepEqual(problems(dns, { mode: "create", name: "example.com", resourceGroup: "hub" }), [
      "resourceGroup: is given while mode is create: set mode to adopt, or take it out",
    ]);
    assert.deepEqual(problems(dns, { mode: "create", name: "example.com." }), [
      "name: give the name of a zone in small letters, without a dot at its end: example.com",
    ]);
  });

  it("all have a description and can be written down as a schema", () => {
    const { properties = {} } = settingsSchema(
      z.strictObject({ network, cluster, vaults, keys, images, dns, ...stack.shape }),
    );
    for (const [group, { description, properties: inner = {} }] of Object.entries(properties)) {
      assert.match(description ?? "", /^[^\n]+[^.\n]$/, group);
      for (const [name, setting] of Object.entries(inner)) {
        assert.match(setting.description ?? "", /^[^\n]+[^.\n]$/, `${group}.${name}`);
      }
    }
  });
});

describe("the settings of dr together", () => {
  it("refuse what this cloud has not, an access that it has not, and a pool in standby that is none", () => {
    assert.match(stackProblems("dr", { memcached: { mode: "create" } }).join("\n"), /^platform:memcached\.mode: .+/);
    assert.match(
      stackProblems("dr", { cluster: { access: "dns-endpoint", admins } }).join("\n"),
      /^platform:cluster\.access: .+/,
    );
    assert.match(
      stackProblems("dr", { standbyNodes: { other: { min: 1, max: 2 } } }).join("\n"),
      /^platform:standbyNodes\.other: .+/,
    );
  });
});
