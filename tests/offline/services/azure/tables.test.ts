import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ObjectSchema, PropertySchema } from "../../../../offline/schema/schema";
import { findClass, typingsIn } from "../../../../offline/schema/typings";
import {
  armTokens,
  armType,
  nameInput,
  parentId,
  parseArmId,
  pathInputs,
  typeName,
} from "../../../../offline/services/azure/arm";
import { durationOf, durationTokens } from "../../../../offline/services/azure/durations";
import { azureReplacementRows } from "../../../../offline/services/azure/replacements";
import { AZURE_TYPES } from "../../../../offline/services/azure/registry";
import { source, SUBSCRIPTION } from "./support";

/** Whether a path leads to a property; `[*]` must stand exactly where a list is. */
function leadsTo(object: ObjectSchema, path: string): boolean {
  let schema: PropertySchema | undefined = { kind: "object", object };
  for (const step of path.match(/\[\*\]|[^.[\]]+/g) ?? []) {
    if (schema?.kind === "union") schema = schema.of.find(({ kind }) => kind === "object") ?? schema;
    if (step === "[*]") schema = schema?.kind === "list" ? schema.items : undefined;
    else schema = schema?.kind === "object" ? schema.object.properties[step]?.schema : undefined;
  }
  return schema !== undefined;
}

describe("Azure tables", () => {
  it("knows the path and the API version of each type, as the installed SDK has them", () => {
    const folder = join(process.cwd(), "node_modules/@pulumi/azure-native");
    const wrong = armTokens().flatMap((token) => {
      const inputs = source.resource(token)?.inputs;
      const file = findClass(folder, token, typingsIn);
      if (inputs === undefined || file === undefined) return [token];
      const api = /Uses Azure REST API version ([\w-]+)/.exec(readFileSync(file.typings, "utf8"))?.[1];
      const missing = pathInputs(armType(token, undefined)).filter((input) => !leadsTo(inputs, input));
      return [
        ...missing.map((input) => `${token} ${input}`),
        ...(api === armType(token, undefined).api ? [] : [`${token} ${api ?? ""}`]),
      ];
    });
    assert.deepEqual(wrong, []);
    assert.ok(armTokens().length >= 159, String(armTokens().length));
  });

  it("has replacement rows of classes of the installed SDK, each path an input of it", () => {
    const rows = Object.entries(azureReplacementRows());
    const wrong = rows.flatMap(([token, { replaces, refuses = [] }]) => {
      const inputs = source.resource(token)?.inputs;
      if (inputs === undefined) return [token];
      return [...replaces, ...refuses].filter((path) => !leadsTo(inputs, path)).map((path) => `${token} ${path}`);
    });
    assert.deepEqual(wrong, []);
    assert.ok(rows.length >= 201, String(rows.length));
  });

  it("has a path and a replacement row for every type with rules", () => {
    for (const token of AZURE_TYPES.keys()) {
      assert.ok(armTokens().includes(token), `${token} has no path`);
      assert.ok(token in azureReplacementRows(), `${token} has no replacement row`);
    }
  });

  it("times classes of the installed SDK, the median below the 95th percentile", () => {
    for (const token of durationTokens()) {
      const duration = durationOf(token);
      assert.ok(source.resource(token), token);
      assert.ok(duration !== undefined && duration.create > 1 && duration.create < duration.p95, token);
    }
    assert.equal(durationOf("azure-native:containerservice:ManagedCluster")?.create, 366);
  });

  it("takes an id apart as Resource Manager does", () => {
    const subnet = armType("azure-native:network:Subnet", undefined);
    assert.equal(typeName(subnet), "Microsoft.Network/virtualNetworks/subnets");
    assert.equal(nameInput(subnet), "subnetName");
    const vnet = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v`;
    assert.equal(
      parentId(subnet, { resourceGroupName: "rg", virtualNetworkName: "v" }, SUBSCRIPTION.split("/")[2] ?? ""),
      vnet,
    );
    assert.deepEqual(parseArmId(`${vnet}/subnets/s`), {
      subscription: SUBSCRIPTION.split("/")[2],
      resourceGroup: "rg",
      type: "Microsoft.Network/virtualNetworks/subnets",
      names: ["v", "s"],
    });
    assert.equal(
      parseArmId(`${vnet}/providers/Microsoft.Authorization/locks/l`)?.type,
      "Microsoft.Authorization/locks",
    );
    assert.equal(parseArmId("arn:aws:s3:::b"), undefined);
    // A container is a child of the account, not of the service between the two.
    const container = armType("azure-native:storage:BlobContainer", undefined);
    const inputs = { resourceGroupName: "rg", accountName: "a", containerName: "c" };
    assert.match(parentId(container, inputs, "s") ?? "", /\/storageAccounts\/a$/);
  });
});
