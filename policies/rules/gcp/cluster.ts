import { isInternet } from "../../checks/networks";
import { anyOf } from "../../checks/undecided";
import { resourceRule, type Expect, type Inputs, type Rule } from "../../model/rule";

const GKE = "https://cloud.google.com/kubernetes-engine/docs";

const CLUSTER = "gcp:container/cluster:Cluster";
const POOL = "gcp:container/nodePool:NodePool";

/** Components whose logs tell who asked the control plane for what, and what runs. */
const LOGS = ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER"] as const;

/** What is logged where a cluster does not say. */
const LOGS_BY_DEFAULT: readonly string[] = ["SYSTEM_COMPONENTS", "WORKLOADS"];

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
      [CLUSTER]: (cluster, expect) => {
        const hasAddress = () => cluster.controlPlaneEndpointsConfig?.ipEndpointsConfig?.enabled !== false;
        const networks = () => cluster.masterAuthorizedNetworksConfig;
        expect("privateClusterConfig.enablePrivateNodes", "gives nodes addresses of the internet", () => {
          return cluster.privateClusterConfig?.enablePrivateNodes === true;
        });
        expect(
          "privateClusterConfig.enablePrivateEndpoint",
          "gives the control plane an address of the internet",
          () => {
            const facts = [() => cluster.privateClusterConfig?.enablePrivateEndpoint === true, () => !hasAddress()];
            return anyOf(facts, (fact) => fact());
          },
        );
        expect("masterAuthorizedNetworksConfig", "is missing: nobody is named who may reach the control plane", () => {
          return anyOf([() => networks() !== undefined, () => !hasAddress()], (fact) => fact());
        });
        expect(
          "masterAuthorizedNetworksConfig.gcpPublicCidrsAccessEnabled",
          "lets every machine of Google Cloud in",
          () => networks()?.gcpPublicCidrsAccessEnabled !== true,
        );
        // The DNS name is answered by Google's front ends, where IAM lets in who has the right to connect: not a door of the
        // network. Tokens and certificates of the cluster would open it without IAM.
        const dns = () => cluster.controlPlaneEndpointsConfig?.dnsEndpointConfig;
        const at = "controlPlaneEndpointsConfig.dnsEndpointConfig";
        const isClosed = () => dns()?.allowExternalTraffic !== true;
        expect(`${at}.enableK8sTokensViaDns`, "opens the DNS name to tokens of the cluster", () => {
          return anyOf([() => dns()?.enableK8sTokensViaDns !== true, isClosed], (fact) => fact());
        });
        expect(`${at}.enableK8sCertsViaDns`, "opens the DNS name to certificates of the cluster", () => {
          return anyOf([() => dns()?.enableK8sCertsViaDns !== true, isClosed], (fact) => fact());
        });
        eachPool(cluster, expect, expectPrivate);
        for (let index = 0; index < (networks()?.cidrBlocks?.length ?? 0); index += 1) {
          const path = `masterAuthorizedNetworksConfig.cidrBlocks[${String(index)}].cidrBlock`;
          expect(path, "lets the internet in", () => !isInternet(networks()?.cidrBlocks?.[index]?.cidrBlock));
        }
      },
      [POOL]: (pool, expect) => {
        expectPrivate("", () => pool, expect);
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
      [CLUSTER]: (cluster, expect) => {
        expect("workloadIdentityConfig.workloadPool", "is missing: pods have the rights of their node", () => {
          return anyOf(
            [() => Boolean(cluster.workloadIdentityConfig?.workloadPool), () => isAutopilot(cluster)],
            (fact) => fact(),
          );
        });
        eachNodeConfig(cluster, expect, expectIdentity);
      },
      [POOL]: (pool, expect) => {
        expectIdentity("", () => pool, expect);
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
      [CLUSTER]: (cluster, expect) => {
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
          () => cluster.masterAuth?.clientCertificateConfig?.issueClientCertificate !== true,
        );
        expect("databaseEncryption.state", "leaves secrets without a key of the site", () => {
          return ENCRYPTED.has(cluster.databaseEncryption?.state ?? "");
        });
        expect("databaseEncryption.keyName", "is missing", () => Boolean(cluster.databaseEncryption?.keyName));
        expect("rbacBindingConfig.enableInsecureBindingSystemAuthenticated", "allows rights for everybody", () => {
          return cluster.rbacBindingConfig?.enableInsecureBindingSystemAuthenticated === false;
        });
        expect("rbacBindingConfig.enableInsecureBindingSystemUnauthenticated", "allows rights for anybody", () => {
          return cluster.rbacBindingConfig?.enableInsecureBindingSystemUnauthenticated === false;
        });
        // Binary Authorization is no fact here: until a project has a policy of its own it lets every image in.
        // https://cloud.google.com/binary-authorization/docs/key-concepts
        eachNodeConfig(cluster, expect, expectHardened);
      },
      [POOL]: (pool, expect) => {
        expectHardened("", () => pool, expect);
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
      [CLUSTER]: (cluster, expect) => {
        expect("datapathProvider", "enforces no network policy", () => {
          const facts = [
            () => cluster.datapathProvider === "ADVANCED_DATAPATH",
            () => cluster.networkPolicy?.enabled === true,
          ];
          return anyOf(facts, (fact) => fact());
        });
        expect("enableIntranodeVisibility", "hides what pods of one node say to each other from flow logs", () => {
          return cluster.enableIntranodeVisibility === true;
        });
      },
    },
  }),
  resourceRule({
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
    on: {
      [CLUSTER]: (cluster, expect, { stack }) => {
        // GKE chooses a channel for a cluster that names none.
        expect("releaseChannel.channel", "is none: nobody patches the cluster", () => {
          return cluster.releaseChannel?.channel !== "UNSPECIFIED";
        });
        for (const component of LOGS) {
          expect("loggingConfig.enableComponents", `leaves out ${component}`, () => {
            const logged = cluster.loggingConfig?.enableComponents ?? LOGS_BY_DEFAULT;
            return anyOf(logged.keys(), (index) => logged[index] === component);
          });
        }
        expect("monitoringConfig.enableComponents", "watches nothing", () => {
          // By default it watches the components of the system.
          return cluster.monitoringConfig?.enableComponents?.length !== 0;
        });
        // In a region GKE puts both the control plane and the nodes into three zones, where it is not told otherwise.
        expect("location", "is one zone, and so is that of the control plane", () => {
          return stack.class === "development" || !/-[a-z]$/.test(cluster.location ?? "");
        });
        expect("nodeLocations", "are less than three zones", () => {
          const zones = cluster.nodeLocations;
          if (stack.class === "development" || zones === undefined) return true;
          return zones.length >= 3 && new Set(zones).size >= 3;
        });
        expect("deletionProtection", "lets the cluster be deleted", () => {
          // Its default is true.
          return stack.class === "development" || cluster.deletionProtection !== false;
        });
        eachPool(cluster, expect, expectKept);
      },
      [POOL]: (pool, expect) => {
        expectKept("", () => pool, expect);
      },
    },
    fix: { [POOL]: { "management.autoRepair": true, "management.autoUpgrade": true } },
  }),
];

type Cluster = Inputs<typeof CLUSTER>;
type Pool = Pick<Inputs<typeof POOL>, "management" | "networkConfig" | "nodeConfig">;

const ENCRYPTED: ReadonlySet<string> = new Set(["ENCRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED"]);

const isAutopilot = (cluster: Cluster) => cluster.enableAutopilot === true;

/** Whether a cluster has nodes of its own description: those of its first pool, if only until that is removed. */
function hasOwnNodes(cluster: Cluster): boolean {
  if (cluster.nodeConfig !== undefined) return true;
  return cluster.removeDefaultNodePool !== true && cluster.nodePools === undefined && !isAutopilot(cluster);
}

/** Judges the pools that are written into a cluster. */
function eachPool(
  cluster: Cluster,
  expect: Expect,
  judge: (within: string, read: () => Pool, expect: Expect) => void,
): void {
  for (let index = 0; index < (cluster.nodePools?.length ?? 0); index += 1) {
    judge(`nodePools[${String(index)}].`, () => cluster.nodePools?.[index] ?? {}, expect);
  }
}

/** Judges the nodes that a cluster describes: those of its first pool, and of the pools that are written into it. */
function eachNodeConfig(
  cluster: Cluster,
  expect: Expect,
  judge: (within: string, read: () => Pick<Pool, "nodeConfig">, expect: Expect, isThere?: () => boolean) => void,
): void {
  judge(
    "",
    () => cluster,
    expect,
    () => hasOwnNodes(cluster),
  );
  eachPool(cluster, expect, judge);
}

function expectPrivate(within: string, read: () => Pool, expect: Expect): void {
  // Without it nodes are as private as the cluster says.
  expect(`${within}networkConfig.enablePrivateNodes`, "gives nodes addresses of the internet", () => {
    return read().networkConfig?.enablePrivateNodes !== false;
  });
}

function expectIdentity(
  within: string,
  read: () => Pick<Pool, "nodeConfig">,
  expect: Expect,
  isThere: () => boolean = () => true,
): void {
  expect(`${within}nodeConfig.workloadMetadataConfig.mode`, "lets pods ask for the rights of their node", () => {
    const facts = [() => read().nodeConfig?.workloadMetadataConfig?.mode === "GKE_METADATA", () => !isThere()];
    return anyOf(facts, (fact) => fact());
  });
  expect(`${within}nodeConfig.serviceAccount`, "is the default account, which may edit the project", () => {
    const facts = [() => isOwnAccount(read().nodeConfig?.serviceAccount), () => !isThere()];
    return anyOf(facts, (fact) => fact());
  });
}

/** Whether nodes have an account that was made for them: https://cloud.google.com/compute/docs/access/service-accounts */
function isOwnAccount(account = "default"): boolean {
  return account !== "" && account !== "default" && !account.endsWith("-compute@developer.gserviceaccount.com");
}

function expectHardened(
  within: string,
  read: () => Pick<Pool, "nodeConfig">,
  expect: Expect,
  isThere: () => boolean = () => true,
): void {
  const shield = () => read().nodeConfig?.shieldedInstanceConfig;
  expect(`${within}nodeConfig.shieldedInstanceConfig.enableSecureBoot`, "starts nodes without secure boot", () => {
    return anyOf([() => shield()?.enableSecureBoot === true, () => !isThere()], (fact) => fact());
  });
  expect(
    `${within}nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring`,
    "does not watch how nodes start",
    () => {
      // Its default is true.
      return shield()?.enableIntegrityMonitoring !== false;
    },
  );
  expect(`${within}nodeConfig.bootDiskKmsKey`, "is missing: disks of nodes have no key of the site", () => {
    return anyOf([() => Boolean(read().nodeConfig?.bootDiskKmsKey), () => !isThere()], (fact) => fact());
  });
}

function expectKept(within: string, read: () => Pool, expect: Expect): void {
  // Both defaults are true.
  expect(`${within}management.autoRepair`, "leaves nodes broken", () => read().management?.autoRepair !== false);
  expect(`${within}management.autoUpgrade`, "leaves nodes behind the control plane", () => {
    return read().management?.autoUpgrade !== false;
  });
}
