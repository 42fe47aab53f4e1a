import assert from "node:assert/strict";
import { AdoptedCluster } from "../../../components/azure/adopted-cluster";
import { AdoptedNetwork } from "../../../components/azure/adopted-network";
import { AdoptedRegistry } from "../../../components/azure/adopted-registry";
import { Gateway } from "../../../components/azure/gateway";
import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import { currentSubscription } from "../../../components/azure/place";
import type { Cloud } from "../../../offline/cloud/cloud";
import { runInProcess } from "../../support/in-process";
import { onNetwork, ranges, region, subscriptionId } from "./ground";

const subnetNames = { ingress: "ingress", nodes: "nodes", database: "database" } as const;

describe("adoption on Azure, deployed", function () {
  this.timeout(60_000);
  let owned: Cloud;

  before(async () => {
    owned = (await onNetwork(() => undefined)).run.cloud;
  });

  /** Another stack that finds what the first one made. */
  async function adopting(make: (onAzure: { providers: Record<string, AzureProvider> }, azure: AzureProvider) => void) {
    const run = await runInProcess(
      () => {
        const azure = new AzureProvider("azure", { subscriptionId, location: region });
        make({ providers: { "azure-native": azure } }, azure);
      },
      { cloud: owned, stack: "adopting" },
    );
    return run.errors.join("\n");
  }

  const network = (changes: { cidr?: string; subnetNames?: Record<string, string> } = {}) => ({
    groupName: "test-site",
    networkName: "test-network",
    cidr: ranges.network,
    zones: ["a", "b", "c"],
    subnetNames,
    ...changes,
  });

  it("a network is found by its name, with one subnet of each tier for every zone", async () => {
    const found: string[] = [];
    const errors = await adopting((onAzure) => {
      const adopted = new AdoptedNetwork("network", network(), onAzure);
      adopted.subnetIds.database.map((id) => id.apply((text) => found.push(text)));
    });
    assert.equal(errors, "");
    assert.equal(found.length, 3);
    assert.deepEqual(new Set(found.map((id) => id.split("/").at(-1))), new Set(["database"]));
  });

  it("a network of another range is refused, with the setting to correct", async () => {
    const errors = await adopting((onAzure) => {
      new AdoptedNetwork("network", network({ cidr: "10.0.0.0/16" }), onAzure);
    });
    assert.match(errors, /test-network has the range 10\.64\.0\.0\/16, not 10\.0\.0\.0\/16: set network\.adopt\.cidr/);
  });

  it("a subnet of databases that is not given over to them is refused", async () => {
    const errors = await adopting((onAzure) => {
      new AdoptedNetwork("network", network({ subnetNames: { ...subnetNames, database: "runners" } }), onAzure);
    });
    assert.match(errors, /subnet "runners" is not delegated to Microsoft\.DBforPostgreSQL\/flexibleServers/);
  });

  it("a tier without a subnet is refused by name", async () => {
    const errors = await adopting((onAzure) => {
      new AdoptedNetwork("network", network({ subnetNames: { nodes: "nodes", database: "database" } }), onAzure);
    });
    assert.match(errors, /no subnet "ingress": name it in network\.adopt\.subnetNames\.ingress/);
  });

  it("nothing is added to an adopted network: a gateway is refused", async () => {
    const errors = await adopting((onAzure, azure) => {
      const subscription = currentSubscription(region, { provider: azure });
      const groupName = subscription.id.apply(() => "test-site");
      const place = { subscription, region, groupName, tags: {} };
      const adopted = new AdoptedNetwork("network", network(), onAzure);
      new Gateway("gateway", { prefix: "other", place, network: adopted, asn: ranges.asn }, onAzure);
    });
    assert.match(errors, /nothing adds to an adopted network.*set gateway to skip/);
  });

  it("a cluster or registry that is not there is named", async () => {
    const cluster = await adopting((onAzure) => {
      const adopted = new AdoptedNetwork("network", network(), onAzure);
      new AdoptedCluster(
        "cluster",
        { groupName: "test-site", clusterName: "gone-aks", version: "1.36", apiAccess: "network", network: adopted },
        onAzure,
      );
    });
    assert.match(cluster, /gone-aks/);
    const registry = await adopting((onAzure) => {
      const args = { groupName: "test-site", registryName: "goneimages", repositories: { api: "api" } };
      new AdoptedRegistry("images", args, onAzure);
    });
    assert.match(registry, /goneimages/);
  });
});
