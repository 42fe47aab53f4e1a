import assert from "node:assert/strict";
import { Unknown } from "../../../../offline/cloud/value";
import { DEFAULT_SUBSCRIPTION } from "../../../../offline/services/azure/provider-config";
import { azure, block, GROUP, network, refused, replacing, SUBSCRIPTION, Subscription, VNET, textOf } from "./support";

const SEARCH = "azure-native:search:Service";

describe("Azure: ids, names and locations", () => {
  it("gives a resource the id and the outputs that Resource Manager gives it", () => {
    const subscription = new Subscription();
    const { group, vnet } = network(subscription);
    assert.equal(group.id, `${SUBSCRIPTION}/resourceGroups/rg`);
    assert.equal(vnet.id, `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet`);
    assert.equal(vnet.outputs["name"], "vnet");
    assert.equal(vnet.outputs["type"], "Microsoft.Network/virtualNetworks");
    assert.equal(vnet.outputs["azureApiVersion"], "2024-05-01");
    assert.equal(vnet.outputs["provisioningState"], "Succeeded");
    assert.equal(vnet.outputs["location"], "eastus");
    assert.match(
      textOf(vnet.outputs["resourceGuid"]),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it("answers for a type without rules by its class alone", () => {
    const subscription = new Subscription();
    subscription.group();
    const made = subscription.create(SEARCH, "find", { resourceGroupName: "rg" });
    const name = textOf(made.inputs["searchServiceName"]);
    assert.match(name, /^find[0-9a-f]{8}$/);
    assert.equal(made.id, `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Search/services/${name}`);
    assert.equal(made.outputs["location"], "eastus");
    assert.equal(made.outputs["name"], name);
    const reasons = subscription.reasons(SEARCH, { resourceGroupName: "rg", nope: 1 });
    assert.match(reasons["nope"] ?? "", /^unknown property "nope" of ServiceArgs/);
  });

  it("names a child by its logical name, and a role assignment by a GUID", () => {
    const subscription = new Subscription();
    network(subscription);
    const child = subscription.check("azure-native:network:Subnet", "apps", {
      resourceGroupName: "rg",
      virtualNetworkName: "vnet",
    });
    assert.equal(child.inputs["subnetName"], "apps");
    const role = subscription.check("azure-native:authorization:RoleAssignment", "reader", {
      scope: SUBSCRIPTION,
      principalId: Unknown.value,
      roleDefinitionId: Unknown.value,
    });
    assert.match(textOf(role.inputs["roleAssignmentName"]), /^[0-9a-f-]{36}$/);
  });

  it("takes the location from the instance, else from the resource group, and writes it as the service does", () => {
    const subscription = new Subscription({ location: "West US 3" });
    assert.equal(subscription.check(GROUP, "g", {}).inputs["location"], "westus3");
    const plain = new Subscription();
    plain.group("far", "northeurope");
    assert.equal(plain.check(VNET, "v", { resourceGroupName: "FAR" }).inputs["location"], "northeurope");
    assert.equal(plain.check(VNET, "v", { resourceGroupName: Unknown.value }).inputs["location"], Unknown.value);
    assert.equal(
      plain.check(VNET, "v", { resourceGroupName: "far", location: "East US" }).inputs["location"],
      "eastus",
    );
    assert.equal(plain.check(VNET, "v", { resourceGroupName: "absent" }).inputs["location"], undefined);
  });

  it("refuses a region that is none, a zone that the region lacks, and tags that are not ones", () => {
    const subscription = new Subscription();
    assert.deepEqual(subscription.reasons(GROUP, { location: "eastus9" }), {
      location: 'LocationNotAvailableForResourceType: there is no Azure region "eastus9"',
    });
    const zones = { resourceGroupName: "rg", location: "westus", zones: ["1"], sku: { name: "Standard" } };
    assert.deepEqual(subscription.reasons("azure-native:network:NatGateway", zones), {
      zones: 'AvailabilityZoneNotSupported: region westus has no zone "1": it has no availability zones',
    });
    assert.deepEqual(
      Object.keys(subscription.reasons(GROUP, { location: "eastus", tags: { "a<b": "x", C: "1", c: "2" } })),
      ['tags["a<b"]', 'tags["c"]'],
    );
  });
});

describe("Azure: Resource Manager", () => {
  it("refuses what is in no resource group, and a child without its parent", () => {
    const subscription = new Subscription();
    const vnet = { resourceGroupName: "rg", virtualNetworkName: "vnet", location: "eastus" };
    refused(
      () => subscription.create(VNET, "vnet", vnet),
      "ResourceGroupNotFound",
      /Resource group 'rg' could not be found/,
    );
    subscription.group();
    const subnet = { resourceGroupName: "rg", virtualNetworkName: "vnet", addressPrefix: "10.0.0.0/24" };
    refused(
      () => subscription.create("azure-native:network:Subnet", "apps", subnet),
      "ParentResourceNotFound",
      /parent resource '.*virtualNetworks\/vnet' could not be found/,
    );
  });

  it("refuses a name that is taken, whatever its case", () => {
    const subscription = new Subscription();
    network(subscription);
    const again = {
      resourceGroupName: "RG",
      virtualNetworkName: "VNET",
      addressSpace: { addressPrefixes: ["10.9.0.0/16"] },
    };
    refused(
      () => subscription.create(VNET, "again", again),
      "AlreadyExists",
      /^cannot create already existing resource '/,
    );
  });

  it("refuses a namespace that the subscription is not registered for", () => {
    const subscription = new Subscription();
    subscription.group();
    refused(
      () => subscription.create("azure-native:quantum:Workspace", "q", { resourceGroupName: "rg" }),
      "MissingSubscriptionRegistration",
      /not registered to use namespace 'Microsoft\.Quantum'.*az provider register --namespace Microsoft\.Quantum/,
    );
  });

  it("deletes with a resource group all that is in it, unless a lock is on it", () => {
    const subscription = new Subscription();
    const { group, vnet } = network(subscription);
    const lock = subscription.create("azure-native:authorization:ManagementLockAtResourceGroupLevel", "keep", {
      resourceGroupName: "rg",
      level: "CanNotDelete",
    });
    refused(() => {
      subscription.delete(vnet);
    }, "ScopeLocked");
    refused(() => {
      subscription.delete(group);
    }, "ScopeLocked");
    subscription.delete(lock);
    subscription.delete(group);
    // The region's network watcher is in a group of its own.
    const left = subscription.cloud.all().filter(({ id }) => !id.includes("/resourceGroups/NetworkWatcherRG"));
    assert.deepEqual(left, []);
  });

  it("does not move what cannot move, and says which property cannot change", () => {
    const subscription = new Subscription();
    network(subscription);
    const nsg = subscription.create("azure-native:network:NetworkSecurityGroup", "nsg", { resourceGroupName: "rg" });
    assert.deepEqual(replacing(subscription.diff(nsg, { location: "westus2" })), []);
    refused(
      () => subscription.update(nsg, { location: "westus2" }),
      "InvalidResourceLocation",
      /already exists in location 'eastus'/,
    );
  });

  it("replaces on the path and on what the table lists, deleting first what was named by hand", () => {
    const subscription = new Subscription();
    const { vnet } = network(subscription);
    const renamed = subscription.diff(vnet, { virtualNetworkName: "other", tags: { a: "b" } });
    assert.deepEqual(replacing(renamed), ["virtualNetworkName"]);
    assert.equal(renamed.deleteBeforeReplace, true);
    const named = subscription.create(VNET, "auto", {
      resourceGroupName: "rg",
      addressSpace: { addressPrefixes: ["10.8.0.0/16"] },
    });
    const moved = subscription.diff(named, { location: "westus2" });
    assert.deepEqual(replacing(moved), ["location"]);
    assert.equal(moved.deleteBeforeReplace, false);
    // A property of the body that goes away replaces nothing.
    const { location: _location, ...without } = vnet.inputs;
    assert.deepEqual(azure.replacement(VNET, undefined, vnet.inputs, without)?.replaces, [
      "resourceGroupName",
      "virtualNetworkName",
    ]);
  });
});

describe("Azure: provider and data sources", () => {
  it("refuses a subscription that is no GUID and a region that is none", () => {
    const problems = azure.checkConfig({ subscriptionId: "prod", location: "moon", environment: "public" });
    assert.deepEqual(
      problems.map(({ property }) => property),
      ["subscriptionId", "location"],
    );
    assert.deepEqual(azure.checkConfig({ subscriptionId: DEFAULT_SUBSCRIPTION, location: "East US" }), []);
  });

  it("keeps no secret of the configuration", () => {
    const { session } = new Subscription({ clientSecret: "hidden", oidcToken: "hidden" });
    assert.equal(JSON.stringify(session).includes("hidden"), false);
  });

  it("tells who calls, and reads what is there by name", () => {
    const subscription = new Subscription();
    const { vnet } = network(subscription);
    const client = subscription.invoke("azure-native:authorization:getClientConfig");
    assert.equal(client["subscriptionId"], DEFAULT_SUBSCRIPTION);
    assert.deepEqual(Object.keys(client).sort(), ["clientId", "objectId", "subscriptionId", "tenantId"]);
    const args = { resourceGroupName: "rg", virtualNetworkName: "VNet" };
    const found = subscription.invoke("azure-native:network:getVirtualNetwork", args);
    assert.equal(found["id"], vnet.id);
    assert.deepEqual(block(found["addressSpace"]), { addressPrefixes: ["10.0.0.0/16"] });
    refused(
      () => subscription.invoke("azure-native:resources:getResourceGroup", { resourceGroupName: "none" }),
      "ResourceGroupNotFound",
      /Resource group 'none' could not be found/,
    );
    refused(
      () => subscription.invoke("azure-native:network:getSubnet", { ...args, subnetName: "none" }),
      "ResourceNotFound",
    );
    refused(() => subscription.invoke("azure-native:network:listNothing", {}), "Unimplemented");
  });
});
