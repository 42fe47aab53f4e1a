import assert from "node:assert/strict";
import { componentsOf, followTheSkeleton, withoutComments } from "../skeleton";

describe("components of Google Cloud", () => {
  const found = componentsOf("gcp");

  it("are those of the ground and the cluster, among others", () => {
    const names = found.map(({ name }) => name);
    const ground = [
      "AdoptedCluster",
      "AdoptedNetwork",
      "AdoptedRegistry",
      "Bastion",
      "Cluster",
      "DnsZone",
      "EnabledApis",
      "Firewall",
      "Gateway",
      "ImageRegistry",
      "Key",
      "KeyCopy",
      "ManagedCluster",
      "Network",
      "NodeAccount",
      "NodePool",
      "SecretStore",
      "SiteKeys",
      "WorkloadIdentity",
    ];
    assert.deepEqual(
      ground.filter((name) => !names.includes(name)),
      [],
    );
  });

  it("stand alone in their files", () => {
    const files = found.map(({ file }) => file);
    assert.deepEqual(
      files.filter((file, index) => files.indexOf(file) !== index),
      [],
    );
  });

  followTheSkeleton("gcp", found);

  it("hold no environment and no region, and load one class of the SDK at a time", () => {
    for (const { source, file } of found) {
      const code = withoutComments(source);
      assert.doesNotMatch(code, /process\.env/, file);
      assert.doesNotMatch(code, /["'`](us|europe|asia)-[a-z]+\d/, file);
      assert.doesNotMatch(code, /from "@pulumi\/gcp(\/[a-z]+)?"/, file);
    }
  });
});
