import { gcpClusterRules } from "../../../../policies/rules/gcp/cluster";
import type { Properties, Value } from "../../../../offline/cloud/value";
import { changed, fixture } from "../../fixtures";
import { provesResource } from "../../proves";

const CLUSTER = "gcp:container/cluster:Cluster";
const POOL = "gcp:container/nodePool:NodePool";

const cluster = changed(fixture("prod-gcp", CLUSTER), { set: { enableIntranodeVisibility: true } });
const pools = ["accelerated", "general", "spot"].map((name) => fixture("prod-gcp", POOL, `cluster-${name}-pool`));
const pool = fixture("prod-gcp", POOL, "cluster-general-pool");

/** The cluster with a pool written into it, of which some inputs are different. */
const inline = (more: Properties = {}) =>
  changed(cluster, { set: { nodePools: [{ nodeConfig: pool.inputs["nodeConfig"] ?? null, ...more }] } });

describe("rules on clusters of Google Cloud", () => {
  const networks = "masterAuthorizedNetworksConfig";
  const dns = "controlPlaneEndpointsConfig.dnsEndpointConfig";
  const addresses = "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled";
  provesResource(gcpClusterRules, "gcp-gke-private", {
    passes: [cluster, ...pools, inline()],
    alsoPasses: [
      {
        when: "the control plane has no address",
        set: { [addresses]: false },
        remove: [networks, "privateClusterConfig.enablePrivateEndpoint"],
      },
      {
        when: "the DNS name is closed",
        set: { [dns]: { allowExternalTraffic: false, enableK8sTokensViaDns: true, enableK8sCertsViaDns: true } },
      },
      { when: "nobody is let in by address", set: { [networks]: {} } },
      { when: "a pool is as private as it can be", of: pool, set: { "networkConfig.enablePrivateNodes": true } },
    ],
    fails: [
      ...["enablePrivateNodes", "enablePrivateEndpoint"].flatMap((name) => [
        { set: { [`privateClusterConfig.${name}`]: false }, at: `privateClusterConfig.${name}` },
        { remove: [`privateClusterConfig.${name}`], at: `privateClusterConfig.${name}` },
      ]),
      {
        remove: ["privateClusterConfig"],
        at: ["privateClusterConfig.enablePrivateNodes", "privateClusterConfig.enablePrivateEndpoint"],
      },
      {
        when: "nothing is said of addresses",
        set: { "privateClusterConfig.enablePrivateEndpoint": false },
        remove: ["controlPlaneEndpointsConfig"],
        at: "privateClusterConfig.enablePrivateEndpoint",
      },
      { remove: [networks], at: networks },
      { set: { [`${networks}.gcpPublicCidrsAccessEnabled`]: true }, at: `${networks}.gcpPublicCidrsAccessEnabled` },
      ...["0.0.0.0/0", "::/0", "128.0.0.0/1"].map((cidr) => ({
        set: { [`${networks}.cidrBlocks[1].cidrBlock`]: cidr },
        at: `${networks}.cidrBlocks[1].cidrBlock`,
      })),
      { set: { [`${dns}.enableK8sTokensViaDns`]: true }, at: `${dns}.enableK8sTokensViaDns` },
      { set: { [`${dns}.enableK8sCertsViaDns`]: true }, at: `${dns}.enableK8sCertsViaDns` },
      { of: pool, set: { "networkConfig.enablePrivateNodes": false }, at: "networkConfig.enablePrivateNodes" },
      {
        when: "a pool that is written into the cluster is public",
        of: inline({ networkConfig: { enablePrivateNodes: false } }),
        at: "nodePools[0].networkConfig.enablePrivateNodes",
      },
    ],
    unknown: [
      "privateClusterConfig.enablePrivateNodes",
      "privateClusterConfig.enablePrivateEndpoint",
      networks,
      `${networks}.gcpPublicCidrsAccessEnabled`,
      `${networks}.cidrBlocks`,
      `${networks}.cidrBlocks[1]`,
      `${dns}.enableK8sTokensViaDns`,
      `${dns}.enableK8sCertsViaDns`,
    ],
  });

  const own = { removeDefaultNodePool: false };
  const metadata = "nodeConfig.workloadMetadataConfig.mode";
  const account = "nodeConfig.serviceAccount";
  const workloads = "workloadIdentityConfig.workloadPool";
  provesResource(gcpClusterRules, "gcp-gke-identity", {
    passes: [pool, cluster, ...pools, inline()],
    alsoPasses: [
      { when: "the first pool is removed unmade", of: cluster, remove: ["nodeConfig"] },
      { when: "pools are written into the cluster", of: inline(), set: own, remove: ["nodeConfig"] },
      {
        when: "GKE runs the nodes",
        of: cluster,
        set: { enableAutopilot: true },
        remove: ["nodeConfig", "removeDefaultNodePool", "workloadIdentityConfig"],
      },
    ],
    fails: [
      { of: cluster, remove: ["workloadIdentityConfig"], at: workloads },
      { of: cluster, set: { [workloads]: "" }, at: workloads },
      { set: { [metadata]: "GCE_METADATA" }, at: metadata },
      { remove: ["nodeConfig.workloadMetadataConfig"], at: metadata },
      { remove: ["nodeConfig"], at: [metadata, account] },
      ...["", "default", "443769135443-compute@developer.gserviceaccount.com"].map((value) => ({
        set: { [account]: value },
        at: account,
      })),
      { remove: [account], at: account },
      { of: cluster, set: { [metadata]: "MODE_UNSPECIFIED" }, at: metadata },
      { of: cluster, remove: [account], at: account },
      { of: cluster, set: own, remove: ["nodeConfig"], at: [metadata, account] },
      { of: cluster, remove: ["nodeConfig", "removeDefaultNodePool"], at: [metadata, account] },
      {
        when: "a pool that is written into the cluster says nothing of its nodes",
        of: inline(),
        remove: ["nodePools[0].nodeConfig"],
        at: [`nodePools[0].${metadata}`, `nodePools[0].${account}`],
      },
    ],
    unknown: [metadata, account],
  });
  provesResource(gcpClusterRules, "gcp-gke-identity", {
    passes: changed(cluster, { remove: ["nodeConfig"] }),
    fails: [],
    unknown: [workloads, "removeDefaultNodePool"],
  });

  const both = [cluster, pool];
  const boot = "nodeConfig.shieldedInstanceConfig.enableSecureBoot";
  const integrity = "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring";
  const disk = "nodeConfig.bootDiskKmsKey";
  const certificate = "masterAuth.clientCertificateConfig.issueClientCertificate";
  const state = "databaseEncryption.state";
  const key = "databaseEncryption.keyName";
  const everybody = "rbacBindingConfig.enableInsecureBindingSystemAuthenticated";
  const anybody = "rbacBindingConfig.enableInsecureBindingSystemUnauthenticated";
  provesResource(gcpClusterRules, "gcp-gke-hardened", {
    passes: [cluster, ...pools, inline()],
    alsoPasses: [
      { when: "Google's defaults are taken", remove: ["enableShieldedNodes", "enableLegacyAbac", "masterAuth"] },
      { when: "all of the database is encrypted", set: { [state]: "ALL_OBJECTS_ENCRYPTION_ENABLED" } },
      { when: "the first pool is removed unmade", remove: ["nodeConfig"] },
      { when: "integrity is watched by default", of: pool, remove: [integrity] },
    ],
    fails: [
      { set: { enableShieldedNodes: false }, at: "enableShieldedNodes" },
      { set: { enableLegacyAbac: true }, at: "enableLegacyAbac" },
      { set: { [certificate]: true }, at: certificate },
      { set: { [state]: "DECRYPTED" }, at: state },
      { set: { [key]: "" }, at: key },
      { remove: [key], at: key },
      { remove: ["databaseEncryption"], at: [state, key] },
      { set: { [everybody]: true }, at: everybody },
      { set: { [anybody]: true }, at: anybody },
      { remove: ["rbacBindingConfig"], at: [everybody, anybody] },
      { set: own, remove: ["nodeConfig"], at: [boot, disk] },
      ...both.map((of) => ({ of, set: { [boot]: false }, at: boot })),
      ...both.map((of) => ({ of, remove: ["nodeConfig.shieldedInstanceConfig"], at: boot })),
      ...both.map((of) => ({ of, set: { [integrity]: false }, at: integrity })),
      ...both.map((of) => ({ of, set: { [disk]: "" }, at: disk })),
      ...both.map((of) => ({ of, remove: [disk], at: disk })),
      { of: pool, remove: ["nodeConfig"], at: [boot, disk] },
      {
        when: "a pool that is written into the cluster starts anything",
        of: inline({ nodeConfig: { shieldedInstanceConfig: { enableIntegrityMonitoring: false } } }),
        at: [boot, integrity, disk].map((path) => `nodePools[0].${path}`),
      },
    ],
    unknown: [
      "enableShieldedNodes",
      "enableLegacyAbac",
      certificate,
      state,
      key,
      everybody,
      anybody,
      boot,
      integrity,
      disk,
    ],
  });

  provesResource(gcpClusterRules, "gcp-gke-netpol-dataplane", {
    passes: cluster,
    alsoPasses: [
      {
        when: "Calico enforces them",
        set: { datapathProvider: "LEGACY_DATAPATH", "networkPolicy.enabled": true },
      },
    ],
    fails: [
      { set: { datapathProvider: "LEGACY_DATAPATH" }, at: "datapathProvider" },
      { remove: ["datapathProvider"], at: "datapathProvider" },
      { set: { "networkPolicy.enabled": false }, remove: ["datapathProvider"], at: "datapathProvider" },
      { set: { enableIntranodeVisibility: false }, at: "enableIntranodeVisibility" },
      { remove: ["enableIntranodeVisibility"], at: "enableIntranodeVisibility" },
    ],
    unknown: ["datapathProvider", "enableIntranodeVisibility"],
  });

  const logs = "loggingConfig.enableComponents";
  const metrics = "monitoringConfig.enableComponents";
  const without = (left: string): Value =>
    ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER"].filter((component) => component !== left);
  provesResource(gcpClusterRules, "gcp-gke-ops", {
    passes: [cluster, ...pools, inline({ management: { autoRepair: true, autoUpgrade: true } })],
    alsoPasses: [
      {
        when: "Google's defaults are taken",
        remove: ["releaseChannel", "monitoringConfig", "nodeLocations", "deletionProtection"],
      },
      {
        when: "a development stack has one zone",
        stack: { class: "development" },
        set: { location: "us-central1-a", nodeLocations: ["us-central1-b"], deletionProtection: false },
      },
      { when: "Google keeps the nodes by default", of: pool, remove: ["management"] },
    ],
    fails: [
      { set: { "releaseChannel.channel": "UNSPECIFIED" }, at: "releaseChannel.channel" },
      ...["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER"].map((component) => ({
        when: `${component} has no logs`,
        set: { [logs]: without(component) },
        at: logs,
      })),
      { set: { [logs]: [] }, at: [logs, logs, logs] },
      { remove: ["loggingConfig"], at: logs },
      { set: { [metrics]: [] }, at: metrics },
      { set: { location: "us-central1-a" }, at: "location" },
      ...[[], ["us-central1-a", "us-central1-b"], ["us-central1-a", "us-central1-a", "us-central1-b"]].map(
        (nodeLocations) => ({ set: { nodeLocations }, at: "nodeLocations" }),
      ),
      { set: { deletionProtection: false }, at: "deletionProtection" },
      { of: pool, set: { "management.autoRepair": false }, at: "management.autoRepair" },
      { of: pool, set: { "management.autoUpgrade": false }, at: "management.autoUpgrade" },
      {
        when: "a pool that is written into the cluster is left alone",
        of: inline({ management: { autoRepair: false, autoUpgrade: false } }),
        at: ["nodePools[0].management.autoRepair", "nodePools[0].management.autoUpgrade"],
      },
    ],
    unknown: [
      "releaseChannel.channel",
      logs,
      `${logs}[2]`,
      metrics,
      "location",
      "nodeLocations",
      "nodeLocations[1]",
      "deletionProtection",
    ],
  });
});
