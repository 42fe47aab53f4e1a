import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ComponentResource } from "@pulumi/pulumi";

const folder = join(__dirname, "..", "..", "..", "components", "aws");

interface Exported {
  readonly file: string;
  readonly source: string;
  readonly name: string;
}

/** Every component class that a file of the folder exports. */
function components(): readonly Exported[] {
  return readdirSync(folder).flatMap((file) => {
    const path = join(folder, file);
    // Loaded by name: a component that nobody lists here is checked all the same.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const exported = require(path) as Record<string, unknown>;
    return Object.entries(exported)
      .filter(([, value]) => typeof value === "function" && value.prototype instanceof ComponentResource)
      .map(([name]) => ({ file, source: readFileSync(path, "utf8"), name }));
  });
}

describe("components of AWS", () => {
  const found = components();

  it("are all seen", () => {
    assert.deepEqual(found.map(({ name }) => name).sort(), [
      "AdoptedCluster",
      "AdoptedNetwork",
      "AdoptedRegistry",
      "Alarms",
      "AuditStore",
      "AuditTrail",
      "Backups",
      "Bastion",
      "Cache",
      "Cluster",
      "ClusterAddons",
      "ClusterDns",
      "ConfigurationHistory",
      "DataLake",
      "DnsZone",
      "Documents",
      "EventStream",
      "FlowLogs",
      "FunctionRuntime",
      "Gateway",
      "IdentityProvider",
      "ImageRegistry",
      "Key",
      "KeyCopy",
      "KeyValues",
      "MachineLearning",
      "ManagedCluster",
      "Memcached",
      "MessageQueue",
      "Network",
      "NetworkAcls",
      "NodeGroup",
      "NodeRole",
      "ObjectStore",
      "Postgres",
      "SecretStore",
      "SecurityGroups",
      "ServiceEndpoints",
      "ShardedPostgres",
      "SiteContractFile",
      "SiteKeys",
      "ThreatDetection",
      "VolumeDriver",
      "WorkloadIdentity",
    ]);
  });

  for (const { name, source, file } of found) {
    const body = source.slice(source.indexOf(`export class ${name} extends ComponentResource`));

    it(`${name} has the type token of its folder and class`, () => {
      assert.ok(body.includes(`super("platform:aws:${name}", name, {}, opts);`), file);
    });

    it(`${name} takes a name, its arguments and options, and registers its outputs`, () => {
      assert.ok(body.includes(`constructor(name: string, args: `), file);
      assert.ok(body.includes(", opts?: ComponentResourceOptions) {"), file);
      assert.ok(body.includes("this.registerOutputs({"), file);
    });
  }

  it("hold no partition of an ARN, no environment and no region", () => {
    for (const { source, file } of found) {
      const code = source.replace(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
      assert.doesNotMatch(code, /arn:aws/, file);
      assert.doesNotMatch(code, /process\.env/, file);
      assert.doesNotMatch(code, /["'`](us|eu|ap)-[a-z]+-\d/, file);
    }
  });
});
