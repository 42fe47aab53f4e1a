import assert from "node:assert/strict";
import {
  clusterFault,
  clusterHost,
  type ExpectedCluster,
  type FoundCluster,
} from "../../../components/gcp/adopted-cluster.plan";

const expected: ExpectedCluster = {
  project: { projectId: "my-project" },
  clusterName: "test",
  version: "1.36",
  apiAccess: "network",
};

const found: FoundCluster = {
  masterVersion: "1.36.4-gke.1200",
  network: "projects/my-project/global/networks/site",
  datapathProvider: "ADVANCED_DATAPATH",
  workloadIdentityConfigs: [{ workloadPool: "my-project.svc.id.goog" }],
  privateClusterConfigs: [{ privateEndpoint: "10.48.0.2", publicEndpoint: "" }],
  controlPlaneEndpointsConfigs: [
    { dnsEndpointConfigs: [{ endpoint: "gke-1.us-central1.gke.goog", allowExternalTraffic: true }] },
  ],
};

describe("adopted cluster of GKE", () => {
  it("is taken as it is", () => {
    assert.equal(clusterFault(expected, found, "site"), undefined);
  });

  const faults: readonly [Partial<FoundCluster>, string][] = [
    [{ masterVersion: "1.35.9-gke.100" }, "runs Kubernetes 1.35, not 1.36: set cluster.version to the cluster's"],
    [{ network: "default" }, "lies in default, not in site: adopt that network too, or another cluster"],
    [
      { datapathProvider: "LEGACY_DATAPATH" },
      "has no Dataplane V2, so that network policies would be ignored: adopt a cluster that was made with it",
    ],
    [
      { workloadIdentityConfigs: [] },
      "has no workload pool my-project.svc.id.goog: let its owner switch on Workload Identity Federation",
    ],
    [
      { workloadIdentityConfigs: [{ workloadPool: "other-project.svc.id.goog" }] },
      "has no workload pool my-project.svc.id.goog: let its owner switch on Workload Identity Federation",
    ],
  ];
  for (const [changes, fault] of faults) {
    it(`is refused when it ${fault.split(":")[0] ?? ""}`, () => {
      assert.equal(clusterFault(expected, { ...found, ...changes }, "site"), fault);
    });
  }

  it("is reached as the access says", () => {
    assert.equal(clusterHost(expected, found), "10.48.0.2");
    assert.equal(clusterHost({ ...expected, apiAccess: "bastion" }, found), "10.48.0.2");
    assert.equal(clusterHost({ ...expected, apiAccess: "dns-endpoint" }, found), "gke-1.us-central1.gke.goog");
  });

  for (const [apiAccess, changes] of [
    ["internet", {}],
    ["network", { privateClusterConfigs: [] }],
    [
      "dns-endpoint",
      { controlPlaneEndpointsConfigs: [{ dnsEndpointConfigs: [{ endpoint: "x", allowExternalTraffic: false }] }] },
    ],
  ] as const) {
    it(`is refused when nothing answers for access by ${apiAccess}`, () => {
      assert.throws(() => clusterHost({ ...expected, apiAccess }, { ...found, ...changes }), {
        message: `cluster "test" has no endpoint for access by "${apiAccess}": choose another access, or let its owner open it`,
      });
    });
  }
});
