import assert from "node:assert/strict";
import { componentsOf, followTheSkeleton, withoutComments } from "../skeleton";

describe("components of AWS", () => {
  const found = componentsOf("aws");

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
      "RequestLog",
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

  followTheSkeleton("aws", found);

  it("hold no partition of an ARN, no environment and no region", () => {
    for (const { source, file } of found) {
      const code = withoutComments(source);
      assert.doesNotMatch(code, /arn:aws/, file);
      assert.doesNotMatch(code, /process\.env/, file);
      assert.doesNotMatch(code, /["'`](us|eu|ap)-[a-z]+-\d/, file);
    }
  });
});
