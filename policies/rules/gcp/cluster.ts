import { isInternet } from "../../checks/networks";
import { graphRule, resourceRule, type Expect, type Inputs, type Rule } from "../../model/rule";

const GKE = "https://cloud.google.com/kubernetes-engine/docs";

/** Components whose logs tell who asked the control plane for what, and what runs. */
const LOGS = ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER"] as const;

export const gcpClusterRules: readonly Rule[] = [
  resourceRule({
    id: "gcp-gke-private",
    title: "Clusters and their nodes have no address of the internet",
    severity: "critical",
    controls: { iso27001: ["A.8.20"], soc2: ["CC6.6"] },
    why: "A control plane that everybody reaches is one stolen token away from everybody, and so is every node with an address.",
    remedy: {
      text: "Make nodes and the endpoint private, name who reaches it, and let log-ins over its DNS name be those of IAM.",
      example:
        'new container.Cluster("gke", { privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: true }, masterAuthorizedNetworksConfig: { cidrBlocks: [{ cidrBlock: "10.0.0.0/8" }] }, … })',
    },
    source: `${GKE}/concepts/network-isolation`,
    on: {
      "gcp:container/cluster:Cluster": (cluster, expect) => {
        expect("privateClusterConfig.enablePrivateNodes", "gives nodes addresses of the internet", () => {
          return cluster.privateClusterConfig?.enablePrivateNodes === true;
        });
        expect(
          "privateClusterConfig.enablePrivateEndpoint",
          "gives the control plane an address of the internet",
          () => {
            const addressed = cluster.controlPlaneEndpointsConfig?.ipEndpointsConfig?.enabled !== false;
            return !addressed || cluster.privateClusterConfig?.enablePrivateEndpoint === true;
          },
        );
        expect("masterAuthorizedNetworksConfig", "is missing: nobody is named who may reach the control plane", () => {
          return cluster.masterAuthorizedNetworksConfig !== undefined;
        });
        expect(
          "masterAuthorizedNetworksConfig.gcpPublicCidrsAccessEnabled",
          "lets every machine of Google Cloud in",
          () => {
            return cluster.masterAuthorizedNetworksConfig?.gcpPublicCidrsAccessEnabled !== true;
          },
        );
        for (const [index, block] of (cluster.masterAuthorizedNetworksConfig?.cidrBlocks ?? []).entries()) {
          expect(
            `masterAuthorizedNetworksConfig.cidrBlocks[${String(index)}].cidrBlock`,
            "lets the internet in",
            () => {
              return !isInternet(block.cidrBlock);
            },
          );
        }
        // The DNS name is answered by Google's front ends, where IAM lets in who has the right to connect: not a door of the
        // network. Tokens and certificates of the cluster would open it without IAM.
        const dns = () => cluster.controlPlaneEndpointsConfig?.dnsEndpointConfig;
        const at = "controlPlaneEndpointsConfig.dnsEndpointConfig";
        expect(`${at}.enableK8sTokensViaDns`, "opens the DNS name to tokens of the cluster", () => {
          return dns()?.allowExternalTraffic !== true || dns()?.enableK8sTokensViaDns !== true;
        });
        expect(`${at}.enableK8sCertsViaDns`, "opens the DNS name to certificates of the cluster", () => {
          return dns()?.allowExternalTraffic !== true || dns()?.enableK8sCertsViaDns !== true;
        });
      },
    },
  }),
  resourceRule({
    id: "gcp-gke-identity",
    title: "Pods have identities of their own, and nodes one with few rights",
    severity: "high",
    controls: { iso27001: ["A.5.15"], soc2: ["CC6.3"] },
    why: "A pod that can ask the metadata server is as mighty as its node, and the default account of nodes may edit the project.",
    remedy: {
      text: "Give the cluster a workload pool, nodes the metadata server of GKE and an account of their own.",
      example:
        'new container.NodePool("general", { nodeConfig: { workloadMetadataConfig: { mode: "GKE_METADATA" }, serviceAccount: nodes.email }, … })',
    },
    source: `${GKE}/concepts/workload-identity`,
    on: {
      "gcp:container/cluster:Cluster": (cluster, expect) => {
        expect("workloadIdentityConfig.workloadPool", "is missing: pods have the rights of their node", () => {
          return cluster.workloadIdentityConfig?.workloadPool !== undefined;
        });
        identityOfNodes(
          cluster.nodeConfig,
          expect,
          cluster.removeDefaultNodePool !== true && cluster.nodeConfig !== undefined,
        );
      },
      "gcp:container/nodePool:NodePool": (pool, expect) => {
        identityOfNodes(pool.nodeConfig, expect, true);
      },
    },
  }),
  resourceRule({
    id: "gcp-gke-hardened",
    title: "Clusters and nodes are hardened as far as GKE can",
    severity: "high",
    controls: { iso27001: ["A.8.9"] },
    why: "Old ways to log in, nodes that start anything, and secrets that any reader of etcd understands make one flaw into many.",
    remedy: {
      text: "Start nodes shielded and with secure boot, encrypt secrets with a key of the site, leave certificates and legacy rights off.",
      example:
        'new container.Cluster("gke", { enableShieldedNodes: true, databaseEncryption: { state: "ENCRYPTED", keyName: key.id }, … })',
    },
    source: `${GKE}/how-to/hardening-your-cluster`,
    on: {
      "gcp:container/cluster:Cluster": (cluster, expect) => {
        // Its default is true.
        expect(
          "enableShieldedNodes",
          "lets nodes join that are not shielded",
          () => cluster.enableShieldedNodes !== false,
        );
        expect("enableLegacyAbac", "gives rights by attributes, past RBAC", () => cluster.enableLegacyAbac !== true);
        expect(
          "masterAuth.clientCertificateConfig.issueClientCertificate",
          "issues a certificate that cannot be revoked",
          () => {
            return cluster.masterAuth?.clientCertificateConfig?.issueClientCertificate !== true;
          },
        );
        expect("databaseEncryption.state", "leaves secrets without a key of the site", () => {
          const state = cluster.databaseEncryption?.state;
          return state === "ENCRYPTED" || state === "ALL_OBJECTS_ENCRYPTION_ENABLED";
        });
        expect("databaseEncryption.keyName", "is missing", () => cluster.databaseEncryption?.keyName !== undefined);
        expect("rbacBindingConfig", "allows rights for everybody", () => {
          const config = cluster.rbacBindingConfig;
          return (
            config?.enableInsecureBindingSystemAuthenticated === false &&
            config.enableInsecureBindingSystemUnauthenticated === false
          );
        });
        expect("nodeConfig.shieldedInstanceConfig.enableSecureBoot", "starts nodes without secure boot", () => {
          return (
            cluster.nodeConfig === undefined || cluster.nodeConfig.shieldedInstanceConfig?.enableSecureBoot === true
          );
        });
        expect("nodeConfig.bootDiskKmsKey", "is missing: disks of nodes have no key of the site", () => {
          return cluster.nodeConfig === undefined || cluster.nodeConfig.bootDiskKmsKey !== undefined;
        });
      },
      "gcp:container/nodePool:NodePool": (pool, expect) => {
        expect("nodeConfig.shieldedInstanceConfig.enableSecureBoot", "starts nodes without secure boot", () => {
          return pool.nodeConfig?.shieldedInstanceConfig?.enableSecureBoot === true;
        });
        expect("nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", "does not watch how nodes start", () => {
          // Its default is true.
          return pool.nodeConfig?.shieldedInstanceConfig?.enableIntegrityMonitoring !== false;
        });
        expect("nodeConfig.bootDiskKmsKey", "is missing: disks of nodes have no key of the site", () => {
          return pool.nodeConfig?.bootDiskKmsKey !== undefined;
        });
      },
    },
  }),
  resourceRule({
    id: "gcp-gke-netpol-dataplane",
    title: "Clusters enforce network policies, and see what pods of one node say to each other",
    severity: "high",
    controls: { iso27001: ["A.8.22"], soc2: ["CC6.6"] },
    why: "Without a data plane that enforces them, network policies are accepted and do nothing.",
    remedy: {
      text: "Use Dataplane V2, and make traffic inside of nodes visible.",
      example:
        'new container.Cluster("gke", { datapathProvider: "ADVANCED_DATAPATH", enableIntranodeVisibility: true, … })',
    },
    source: `${GKE}/concepts/dataplane-v2`,
    on: {
      "gcp:container/cluster:Cluster": (cluster, expect) => {
        expect("datapathProvider", "enforces no network policy", () => {
          return cluster.datapathProvider === "ADVANCED_DATAPATH" || cluster.networkPolicy?.enabled === true;
        });
        expect("enableIntranodeVisibility", "hides what pods of one node say to each other from flow logs", () => {
          return cluster.enableIntranodeVisibility === true;
        });
      },
    },
  }),
  graphRule({
    id: "gcp-gke-ops",
    title: "Clusters are kept up to date, watched, in three zones, and not deleted by mistake",
    severity: "medium",
    controls: { iso27001: ["A.8.14", "A.8.15"] },
    why: "A cluster that nobody patches, logs or protects fails on the day on which it is needed.",
    remedy: {
      text: "Choose a release channel, logs of the control plane, three zones, repair and upgrade of nodes, deletion protection.",
      example:
        'new container.Cluster("gke", { releaseChannel: { channel: "REGULAR" }, nodeLocations: ["us-central1-a", "us-central1-b", "us-central1-c"], deletionProtection: true, … })',
    },
    source: `${GKE}/concepts/release-channels`,
    types: ["gcp:container/cluster:Cluster"],
    check: (graph, judge, { stack }) => {
      judge.each(graph.all("gcp:container/cluster:Cluster"), ({ props: cluster }, expect) => {
        expect("releaseChannel.channel", "is none: nobody patches the cluster", () => {
          const channel = cluster.releaseChannel?.channel;
          return channel !== undefined && channel !== "UNSPECIFIED";
        });
        for (const component of LOGS) {
          expect("loggingConfig.enableComponents", `leaves out ${component}`, () => {
            return (cluster.loggingConfig?.enableComponents ?? []).includes(component);
          });
        }
        expect("monitoringConfig.enableComponents", "watches nothing", () => {
          return (cluster.monitoringConfig?.enableComponents ?? []).length > 0;
        });
        expect("nodeLocations", "are less than three zones", () => {
          return stack.class === "development" || (cluster.nodeLocations ?? []).length >= 3;
        });
        expect("deletionProtection", "lets the cluster be deleted", () => {
          // Its default is true.
          return stack.class === "development" || cluster.deletionProtection !== false;
        });
      });
      judge.each(graph.all("gcp:container/nodePool:NodePool"), ({ props: pool }, expect) => {
        expect("management.autoRepair", "leaves nodes broken", () => pool.management?.autoRepair === true);
        expect(
          "management.autoUpgrade",
          "leaves nodes behind the control plane",
          () => pool.management?.autoUpgrade === true,
        );
      });
    },
  }),
];

function identityOfNodes(
  nodes: Inputs<"gcp:container/nodePool:NodePool">["nodeConfig"],
  expect: Expect,
  isThere: boolean,
): void {
  if (!isThere) return;
  expect("nodeConfig.workloadMetadataConfig.mode", "lets pods ask for the rights of their node", () => {
    return nodes?.workloadMetadataConfig?.mode === "GKE_METADATA";
  });
  expect("nodeConfig.serviceAccount", "is the default account, which may edit the project", () => {
    const account = nodes?.serviceAccount;
    return (
      account !== undefined && account !== "default" && !account.endsWith("-compute@developer.gserviceaccount.com")
    );
  });
}
