import assert from "node:assert/strict";
import type { Outage } from "../../../../offline/cloud/faults";
import { outageProblem } from "../../../../offline/services/azure/outage";
import { network, refused, Subscription, VNET, zone } from "./support";
import { cluster, ground, pool } from "./aks-support";

const off = (region: string, planes: Outage["planes"] = ["control"], place?: string): Outage => ({
  cloud: "azure",
  region,
  ...(place === undefined ? {} : { zone: place }),
  planes,
});

describe("an Azure region that is switched off", () => {
  it("answers no call for what is in it, and changes nothing", () => {
    const subscription = new Subscription();
    const { vnet } = network(subscription);
    subscription.cloud.commit({ outages: [off("eastus")] });
    const before = subscription.cloud.all();
    const words =
      /^write Microsoft\.Network\/virtualNetworks: Status=503 .*\nazure eastus \(control\) is switched off, nothing was changed; to switch it on: npx platform offline outage end --cloud azure --region eastus$/;
    refused(() => subscription.update(vnet, { tags: { a: "b" } }), "RequestError", words);
    refused(() => {
      subscription.delete(vnet);
    }, "RequestError");
    refused(() => subscription.read(vnet), "RequestError");
    assert.deepEqual(subscription.cloud.all(), before);
    assert.equal(subscription.cloud.now >= 200, true);
  });

  it("takes along what is in other regions or none, but in a resource group of that region", () => {
    const subscription = new Subscription();
    network(subscription);
    subscription.cloud.commit({ outages: [off("eastus")] });
    refused(() => zone(subscription, "a.example"), "RequestError");
    const elsewhere = {
      resourceGroupName: "rg",
      location: "westus3",
      addressSpace: { addressPrefixes: ["10.1.0.0/16"] },
    };
    refused(() => subscription.create(VNET, "other", elsewhere), "RequestError");
    subscription.group("far", "westus3");
    subscription.create(VNET, "other", { ...elsewhere, resourceGroupName: "far" });
  });

  it("still says who calls, and keeps running while only its data plane is off", () => {
    const subscription = new Subscription();
    network(subscription);
    subscription.cloud.commit({ outages: [off("eastus")] });
    subscription.invoke("azure-native:authorization:getClientConfig");
    subscription.cloud.commit({ outages: [off("eastus", ["data"])] });
    zone(subscription, "a.example");
  });

  it("has no room for machines in a zone that is off, and some where another zone is left", () => {
    const subscription = new Subscription();
    const on = ground(subscription);
    cluster(subscription, on);
    subscription.cloud.commit({ outages: [off("eastus", ["control"], "1")] });
    refused(
      () => pool(subscription, on, "one", { availabilityZones: ["1"] }),
      "ZonalAllocationFailed",
      /requested VM size Standard_D4ds_v5 in this zone\. azure eastus zone 1 \(control\) is switched off; .*--region eastus --zone 1/,
    );
    pool(subscription, on, "both", { availabilityZones: ["1", "2"] });
  });
});

describe("Azure as a whole, switched off", () => {
  it("answers for nothing, in no region, and does not say who calls", () => {
    const subscription = new Subscription();
    const { vnet } = network(subscription);
    subscription.group("far", "westus3");
    subscription.cloud.commit({ outages: [{ cloud: "azure", planes: ["control"] }] });
    const words =
      /Status=503 .*\nazure \(control\) is switched off, nothing was changed; to switch it on: npx platform offline outage end --cloud azure$/;
    refused(() => subscription.update(vnet, { tags: { a: "b" } }), "RequestError", words);
    refused(() => zone(subscription, "a.example"), "RequestError", words);
    refused(() => subscription.group("new", "westus3"), "RequestError", words);
    subscription.invoke("azure-native:authorization:getClientConfig");
    subscription.cloud.commit({ outages: [{ cloud: "azure", planes: ["data"] }] });
    zone(subscription, "a.example");
    refused(() => subscription.invoke("azure-native:authorization:getClientConfig"), "RequestError", /azure \(data\)/);
  });
});

describe("the place of an Azure outage", () => {
  it("is a region, or a zone that it has", () => {
    assert.equal(outageProblem({}), undefined);
    assert.equal(outageProblem({ region: "eastus" }), undefined);
    assert.equal(outageProblem({ region: "eastus", zone: "3" }), undefined);
    assert.equal(outageProblem({ region: "East US" }), 'there is no Azure region "East US"');
    assert.equal(outageProblem({ region: "eastus", zone: "4" }), 'region eastus has no zone "4": it has 1, 2, 3');
    assert.equal(outageProblem({ region: "westus", zone: "1" }), "region westus has no availability zones");
  });
});
