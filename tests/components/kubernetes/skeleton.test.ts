import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = resolve(__dirname, "../../../components/kubernetes");

/** Every component class of the folder, with what follows its name. */
const found = readdirSync(folder).flatMap((file) => {
  const source = readFileSync(join(folder, file), "utf8");
  return [...source.matchAll(/^export class (\w+) extends (?:pulumi\.)?ComponentResource/gm)].map((match) => ({
    file,
    name: match[1] ?? "",
    body: source.slice(match.index),
  }));
});

describe("components of Kubernetes", () => {
  it("are all seen", () => {
    assert.deepEqual(found.map(({ name }) => name).sort(), [
      "Accelerators",
      "CertificateManager",
      "Chart",
      "ClusterAutoscaler",
      "ClusterEvents",
      "ClusterQueue",
      "ExternalSecrets",
      "IcebergCatalog",
      "Ingress",
      "LoadBalancerController",
      "MetricsServer",
      "Namespaces",
      "NetworkPolicies",
      "PlatformLayer",
      "QueueOperator",
      "StorageClasses",
      "Workload",
    ]);
  });

  for (const { name, file, body } of found) {
    it(`${name} has the type token of its folder and class, alone in its file, and registers its outputs`, () => {
      assert.ok(body.includes(`super("platform:kubernetes:${name}", name, {}, opts);`), file);
      assert.ok(body.includes("this.registerOutputs({"), file);
      assert.equal(found.filter((other) => other.file === file).length, 1, file);
    });
  }
});
