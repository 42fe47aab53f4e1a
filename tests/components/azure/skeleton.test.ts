import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { componentsOf, followTheSkeleton, withoutComments } from "../skeleton";

const folder = join(__dirname, "..", "..", "..", "components", "azure");

describe("components of Azure", () => {
  const found = componentsOf("azure");

  it("are all seen", () => {
    const seen = new Set(found.map(({ name }) => name));
    for (const name of ["Network", "Gateway", "SiteKeys", "SecretStore", "ImageRegistry", "Cluster", "DnsZone"]) {
      assert.ok(seen.has(name), name);
    }
    assert.ok(found.length >= 20, String(found.length));
  });

  followTheSkeleton("azure", found);

  it("hold no subscription, no environment and no region", () => {
    for (const file of readdirSync(folder)) {
      const code = withoutComments(readFileSync(join(folder, file), "utf8"));
      assert.doesNotMatch(code, /\/subscriptions\/[0-9a-f]{8}-/, file);
      assert.doesNotMatch(code, /process\.env/, file);
      assert.doesNotMatch(code, /["'`](?:east|west|central|north|south)us\d?["'`]/, file);
    }
  });

  it("import the parts of the SDK that they use, and no other cloud's", () => {
    for (const file of readdirSync(folder)) {
      const imports = [...readFileSync(join(folder, file), "utf8").matchAll(/from "(@pulumi\/[^"]+)"/g)];
      for (const [, from = ""] of imports) {
        assert.match(from, /^@pulumi\/(?:pulumi|random\/[A-Za-z]+|azure-native\/[a-z]+\/[A-Za-z]+)$/, file);
      }
    }
  });
});
