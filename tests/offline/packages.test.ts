import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packages } from "../../offline/packages";

const root = process.cwd();

describe("offline/packages", () => {
  const all = packages(root);

  it("attaches each package with the version of its installed SDK", () => {
    const dependencies = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies: object })
      .dependencies as Readonly<Record<string, string>>;
    assert.deepEqual(
      all.map(({ name, version }) => [name, version]),
      ["aws", "azure-native", "gcp", "kubernetes", "random"].map((name) => [name, dependencies[`@pulumi/${name}`]]),
    );
  });

  it("knows of each package what its types accept", () => {
    const tokens = [
      "aws:ec2/vpc:Vpc",
      "azure-native:network:VirtualNetwork",
      "gcp:compute/network:Network",
      "kubernetes:core/v1:Namespace",
      "random:index/randomPassword:RandomPassword",
    ];
    for (const token of tokens) {
      const pkg = all.find(({ name }) => token.startsWith(`${name}:`));
      assert.equal(pkg?.schema(token)?.token, token);
      assert.equal(pkg.resourceType(token).token, token);
      assert.equal(pkg.schema(token.replace(/\w+$/, "NoSuchType")), undefined);
    }
  });
});
