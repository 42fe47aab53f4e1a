import { all, chart, count, every, has, is, none, not } from "./capabilities.proofs";
import { production, project, region, type Stage } from "./capabilities.gcp.stages";
import type { CloudProofs } from "./capabilities.walk";
import { text } from "./deployed";

const gke = "gcp:container/cluster:Cluster";
const nodePool = "gcp:container/nodePool:NodePool";
const firewall = "gcp:compute/firewall:Firewall";
const subnet = "gcp:compute/subnetwork:Subnetwork";
const right = "gcp:projects/iAMMember:IAMMember";

const accelerated = (machineType: string, accelerator: string) =>
  all(
    count(
      nodePool,
      1,
      is("nodeConfig.machineType", machineType),
      is("nodeConfig.guestAccelerators.0.type", accelerator),
      is("nodeConfig.guestAccelerators.0.gpuDriverInstallationConfig.gpuDriverVersion", "DEFAULT"),
    ),
    not(chart("nvidia-device-plugin")),
  );

const bounds = (least: number, most: number) =>
  count(nodePool, 1, is("autoscaling.totalMinNodeCount", least), is("autoscaling.totalMaxNodeCount", most));

/** What proves the cells of network and Kubernetes on Google Cloud. */
export const clusterCells = {
  "network.three-zones": [
    production,
    all(
      has(
        gke,
        is(
          "nodeLocations",
          ["a", "b", "c"].map((zone) => `${region}-${zone}`),
        ),
      ),
      count(subnet, 1, is("region", region), is("zone", undefined)),
    ),
  ],
  "network.subnet-filters": [
    production,
    all(
      count(firewall, 1, is("sourceRanges", ["0.0.0.0/0"]), is("denies", [{ protocol: "all" }])),
      none(/firewallpolicy/i),
    ),
  ],
  "network.flow-logs": [
    production,
    every(subnet, is("logConfig.metadata", "INCLUDE_ALL_METADATA"), is("logConfig.flowSampling", 0.5)),
  ],
  "network.private-endpoints": [
    production,
    all(
      every(subnet, is("privateIpGoogleAccess", true)),
      count("gcp:servicenetworking/connection:Connection", 1),
      every("gcp:sql/databaseInstance:DatabaseInstance", is("settings.ipConfiguration.ipv4Enabled", false)),
      every("gcp:redis/instance:Instance", is("connectMode", "PRIVATE_SERVICE_ACCESS")),
    ),
  ],
  "network.gateway": [
    production,
    all(
      count("gcp:compute/haVpnGateway:HaVpnGateway", 1),
      has(
        "gcp:compute/router:Router",
        is("bgp.asn", 64_514),
        is("bgp.advertisedGroups", ["ALL_SUBNETS"]),
        is("bgp.advertisedIpRanges.0.range", "10.50.0.0/16"),
      ),
    ),
  ],
  "kubernetes.api.network": [
    "network",
    has(
      gke,
      is("privateClusterConfig.enablePrivateEndpoint", true),
      is("controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic", false),
    ),
  ],
  "kubernetes.api.bastion": [
    "bastion",
    all(
      count("gcp:compute/instance:Instance", 1, is("networkInterfaces.0.accessConfigs", undefined)),
      has(firewall, is("sourceRanges", ["35.235.240.0/20"]), is("allows.0.ports", ["22"])),
      has("gcp:iap/tunnelInstanceIAMMember:TunnelInstanceIAMMember", is("member", "group:platform@example.com")),
      has(gke, is("privateClusterConfig.enablePrivateEndpoint", true)),
    ),
  ],
  "kubernetes.api.dns-endpoint": [
    production,
    has(
      gke,
      is("privateClusterConfig.enablePrivateEndpoint", true),
      is("controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic", true),
    ),
  ],
  "kubernetes.api.internet": [
    "internet",
    has(
      gke,
      is("privateClusterConfig.enablePrivateEndpoint", false),
      is("masterAuthorizedNetworksConfig.cidrBlocks", [{ cidrBlock: "203.0.113.0/24" }]),
    ),
  ],
  "kubernetes.spot-pool": [production, count(nodePool, 1, is("nodeConfig.spot", true))],
  "kubernetes.arm64-pool": [production, count(nodePool, 1, is("nodeConfig.machineType", "c4a-standard-4"))],
  "kubernetes.nvidia-l4-pool": [production, accelerated("g2-standard-4", "nvidia-l4")],
  "kubernetes.nvidia-t4-pool": ["pools", accelerated("n1-standard-4", "nvidia-tesla-t4")],
  "kubernetes.node-autoscaling": [
    production,
    all(count(nodePool, 3), bounds(3, 12), bounds(0, 20), bounds(0, 4), not(chart("cluster-autoscaler"))),
  ],
  "kubernetes.metrics": [
    production,
    all(has(gke, is("addonsConfig.horizontalPodAutoscaling.disabled", false)), not(chart("metrics-server"))),
  ],
  "kubernetes.network-policies": [
    production,
    all(
      has(gke, is("datapathProvider", "ADVANCED_DATAPATH")),
      has("kubernetes:networking.k8s.io/v1:NetworkPolicy", is("metadata.name", "default-deny")),
    ),
  ],
  "kubernetes.workload-identity": [
    production,
    all(
      has(gke, is("workloadIdentityConfig.workloadPool", `${project}.svc.id.goog`)),
      every(nodePool, is("nodeConfig.workloadMetadataConfig.mode", "GKE_METADATA")),
      has(right, ({ member }) =>
        text(member).endsWith(
          `workloadIdentityPools/${project}.svc.id.goog/subject/ns/external-secrets/sa/external-secrets`,
        ),
      ),
      none(/serviceaccount\/key/i),
    ),
  ],
} as const satisfies Partial<CloudProofs<Stage>["cells"]>;
