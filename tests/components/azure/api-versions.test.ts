import assert from "node:assert/strict";
import { Provider } from "@pulumi/azure-native/provider";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { forgetApiVersions } from "../../../components/azure/api-versions";
import { deploy } from "../../support/in-process";
import { region, subscriptionId } from "./ground";

describe("versions of Azure's API", () => {
  /** The aliases that a resource is registered with. */
  async function aliases(before: () => void, opts: CustomResourceOptions = {}) {
    const { resources } = await deploy(() => {
      before();
      const provider = new Provider("azure", { subscriptionId, location: region });
      new ResourceGroup("group", { resourceGroupName: "group", location: region }, { ...opts, provider });
    });
    return resources.find(({ name }) => name === "group")?.aliases;
  }

  it("are aliases of every resource as the SDK makes it", async () => {
    const all = (await aliases(() => undefined)) ?? [];
    assert.ok(all.length > 10, String(all.length));
    for (const alias of all) assert.match(JSON.stringify(alias), /"type":"azure-native:resources\/v\d{8}/);
  });

  it("are left out once they are forgotten", async () => {
    assert.deepEqual(await aliases(forgetApiVersions), []);
  });

  it("leave other aliases as they are", async () => {
    const urn = "urn:pulumi:test::platform::azure-native:resources:ResourceGroup::earlier";
    const version = "azure-native:resources/v20240301:ResourceGroup";
    const own = [
      { type: "azure-native:groups:ResourceGroup" },
      { name: "earlier" },
      { name: "earlier", type: version },
      urn,
    ];
    const named = ({ name = "group", type = "azure-native:resources:ResourceGroup" }) => ({ name, type });
    const found = (await aliases(forgetApiVersions, { aliases: own })) ?? [];
    assert.deepEqual(
      found.map((alias) => (typeof alias === "string" ? alias : named(alias as Parameters<typeof named>[0]))),
      [
        { name: "group", type: "azure-native:groups:ResourceGroup" },
        { name: "earlier", type: "azure-native:resources:ResourceGroup" },
        { name: "earlier", type: version },
        urn,
      ],
    );
  });
});
