import assert from "node:assert/strict";
import { NetworkWatcher } from "@pulumi/azure-native/network/networkWatcher";
import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { DnsZone } from "../../../components/azure/dns-zone";
import { FlowLogs } from "../../../components/azure/flow-logs";
import { azureZones, currentSubscription } from "../../../components/azure/place";
import { protectionOf } from "../../../components/planning/protection";
import { WorkloadIdentity } from "../../../components/azure/identity";
import { at, only } from "../../stacks/deployed";
import { deploy } from "../../support/in-process";
import { attempt, onNetwork, region, subscriptionId } from "./ground";

describe("ground of Azure, deployed", function () {
  this.timeout(60_000);

  it("flows of the whole network are recorded, by an identity and in storage with a key of the site", async () => {
    // What Azure makes with the first network of a subscription.
    const { cloud } = await deploy(
      () => {
        const provider = new AzureProvider("azure", { subscriptionId, location: region });
        const group = new ResourceGroup("watchers", { resourceGroupName: "NetworkWatcherRG" }, { provider });
        const args = { resourceGroupName: group.name, networkWatcherName: `NetworkWatcher_${region}` };
        new NetworkWatcher("watcher", args, { provider });
      },
      { stack: "azure" },
    );
    const stack = await onNetwork(
      ({ prefix, place, network, keys, logs, protection, onAzure }) => {
        new FlowLogs("flows", { prefix, place, network, keys, logs, protection }, onAzure);
      },
      { cloud },
    );
    assert.deepEqual(
      only(stack.named("flows-log").inputs, "targetResourceId", "storageId", "networkWatcherName", "retentionPolicy"),
      {
        targetResourceId: stack.id("network-network"),
        storageId: stack.id("flows-storage"),
        networkWatcherName: "NetworkWatcher_eastus",
        retentionPolicy: { enabled: true, days: 30 },
      },
    );
    assert.deepEqual(only(stack.named("flows-log").inputs, "enabled", "format"), {
      enabled: true,
      format: { type: "JSON", version: 2 },
    });
    const analytics = "flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration";
    assert.equal(stack.input("flows-log", `${analytics}.enabled`), true);
    assert.equal(stack.input("flows-log", `${analytics}.trafficAnalyticsInterval`), 60);
    assert.deepEqual(
      only(
        stack.named("flows-recovery").inputs,
        "accountName",
        "deleteRetentionPolicy",
        "containerDeleteRetentionPolicy",
        "isVersioningEnabled",
      ),
      {
        accountName: stack.output("flows-storage", "name"),
        deleteRetentionPolicy: { enabled: true, days: 7 },
        containerDeleteRetentionPolicy: { enabled: true, days: 7 },
        isVersioningEnabled: undefined,
      },
    );
    assert.ok(stack.waitsFor("flows-log").has("flows-recovery"));
    const { inputs } = stack.named("flows-storage");
    assert.deepEqual(only(inputs, "allowSharedKeyAccess", "allowBlobPublicAccess", "minimumTlsVersion"), {
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      minimumTlsVersion: "TLS1_2",
    });
    // Open to services of Azure that are trusted, and to nobody else.
    assert.deepEqual(only(inputs, "publicNetworkAccess", "networkRuleSet"), {
      publicNetworkAccess: "Enabled",
      networkRuleSet: { bypass: "AzureServices", defaultAction: "Deny" },
    });
    assert.equal(at(inputs, "encryption.keyVaultProperties.keyName"), "logs");
  });

  it("logs and measurements of a resource go to the workspace by what is named", async () => {
    const stack = await onNetwork(({ logs, network }) => {
      logs.diagnose(
        "all",
        network.networkId,
        { groups: ["allLogs"], categories: ["VMProtectionAlerts"], metrics: "all" },
        network,
      );
      logs.diagnose("few", logs.workspaceId, { categories: ["Audit"] }, network);
    });
    assert.deepEqual(only(stack.named("all").inputs, "logs", "metrics", "workspaceId"), {
      logs: [
        { categoryGroup: "allLogs", enabled: true },
        { category: "VMProtectionAlerts", enabled: true },
      ],
      metrics: [{ category: "AllMetrics", enabled: true }],
      workspaceId: stack.id("logs-workspace"),
    });
    assert.deepEqual(only(stack.named("few").inputs, "logs", "metrics"), {
      logs: [{ category: "Audit", enabled: true }],
      metrics: undefined,
    });
  });

  it("logs are kept for the days of the class, thirty at least, and nobody writes them by a shared key", async () => {
    const development = await onNetwork(() => undefined, { class: "development" });
    assert.equal(development.input("logs-workspace", "retentionInDays"), 30);
    const production = await onNetwork(() => undefined, { class: "production" });
    assert.equal(production.input("logs-workspace", "retentionInDays"), 365);
    assert.deepEqual(production.input("logs-workspace", "features"), {
      disableLocalAuth: true,
      enableLogAccessUsingOnlyResourcePermissions: true,
    });
    assert.deepEqual(production.input("logs-workspace", "sku"), { name: "PerGB2018" });
    assert.equal(production.named("logs-workspace").protect, true);
    assert.deepEqual(production.named("keys-vault-logs").inputs["logs"], [{ categoryGroup: "allLogs", enabled: true }]);
    assert.equal(production.named("site-group").protect, true);
    assert.equal(production.named("keys-data").protect, true);
  });

  it("a public zone is made, or found by its name in the group that the stack says", async () => {
    const made = await onNetwork(
      ({ place, protection, onAzure }) => {
        new DnsZone("zone", { place, zoneName: "dr.example.org", mode: "create", protection }, onAzure);
      },
      { class: "production" },
    );
    const { inputs, protect, id } = made.named("zone-zone");
    assert.deepEqual(only(inputs, "zoneName", "zoneType", "location"), {
      zoneName: "dr.example.org",
      zoneType: "Public",
      location: "global",
    });
    assert.equal(protect, true);
    const found: string[] = [];
    await deploy(
      () => {
        const azure = new AzureProvider("azure", { subscriptionId, location: region });
        const subscription = currentSubscription(region, { provider: azure });
        const place = { subscription, region, groupName: subscription.id.apply(() => "other"), tags: {} };
        const zone = new DnsZone(
          "zone",
          {
            place,
            zoneName: "dr.example.org",
            mode: "adopt",
            groupName: "test-site",
            protection: protectionOf("staging"),
          },
          { providers: { "azure-native": azure } },
        );
        zone.zoneId.apply((zoneId) => found.push(zoneId));
      },
      { cloud: made.run.cloud, stack: "adopting" },
    );
    assert.deepEqual(found, [id]);
  });

  it("an identity trusts up to twenty issuers, one after the other", async () => {
    const issuers = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `cluster-${String(index)}`,
          `https://issuer-${String(index)}.example.org/`,
        ]),
      );
    const args = { prefix: "test", namespace: "chat", serviceAccount: "api", grants: [] };
    const stack = await onNetwork(({ place, onAzure }) => {
      const { podLabels } = new WorkloadIdentity("api", { ...args, place, issuers: issuers(20) }, onAzure);
      assert.deepEqual(podLabels, { "azure.workload.identity/use": "true" });
    });
    const credentials = stack.ofType("azure-native:managedidentity:FederatedIdentityCredential");
    assert.equal(credentials.length, 20);
    assert.ok(stack.waitsFor("api-cluster-19").has("api-cluster-0"));
    const { run } = await attempt(({ place, onAzure }) => {
      new WorkloadIdentity("api", { ...args, place, issuers: issuers(21) }, onAzure);
    });
    assert.match(run.errors.join("\n"), /identity "api" is to trust 21 issuers, and Microsoft Entra takes 1 to 20/);
  });

  it("zones are numbers, and those that no region has are refused", () => {
    assert.deepEqual(azureZones(["a", "b", "c"]), ["1", "2", "3"]);
    assert.deepEqual(azureZones(["2"]), ["2"]);
    assert.throws(() => azureZones(["d"]), /no region of Azure has a zone "d": choose among a, b and c/);
  });
});
