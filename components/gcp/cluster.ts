import { Cluster as GkeCluster, type ClusterArgs as GkeClusterArgs } from "@pulumi/gcp/container/cluster";
import { ComponentResource, all, output, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { ApiAccess } from "../contracts/kubernetes-cluster";
import type { Protection } from "../planning/protection";
import type { ReleaseChannel } from "../planning/release-channels";
import { gkeIssuer, gkeKubeconfig, workloadPool } from "./kubeconfig.plan";
import type { GcpNetwork } from "./network";
import type { NodeAccount } from "./node-account";
import type { Project } from "./project";

export interface ClusterArgs {
  readonly project: Project;
  /** Physical name, at most 40 characters. */
  readonly clusterName: string;
  /** Version of the control plane, minor only: `1.36`. */
  readonly version: string;
  readonly releaseChannel: ReleaseChannel;
  readonly access: ApiAccess;
  /** Ranges that reach the API by address: those of the internet with access `internet`, else of the network and what is linked to it. */
  readonly apiRanges: readonly string[];
  readonly network: GcpNetwork;
  readonly nodeAccount: NodeAccount;
  /** Key that encrypts Kubernetes Secrets in etcd. */
  readonly secretsKeyId: Input<string>;
  /** Key that encrypts the disks of nodes. */
  readonly disksKeyId: Input<string>;
  readonly protection: Protection;
  readonly transform?: (cluster: GkeClusterArgs) => GkeClusterArgs;
}

/**
 * When GKE may upgrade: weekends, outside of the office hours of Europe and America. At least 48 hours in 32 days are asked for.
 * https://docs.cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions
 */
const maintenanceWindow = {
  startTime: "2026-01-03T08:00:00Z",
  endTime: "2026-01-03T16:00:00Z",
  recurrence: "FREQ=WEEKLY;BYDAY=SA,SU",
};

/**
 * A regional control plane of GKE with private nodes, Dataplane V2 and Workload Identity Federation. Its own first node pool is
 * taken away; `NodePool` makes the others.
 *
 * Cost: the control plane is billed per hour, and more in extended support.
 */
export class Cluster extends ComponentResource {
  /** The cluster itself, for what it is made of. */
  readonly gke: GkeCluster;
  readonly clusterName: Output<string>;
  /** A kubeconfig as JSON; it holds no credential, the plugin of gcloud makes a token from the caller's own. */
  readonly kubeconfig: Output<string>;
  readonly issuer: Output<string>;
  /** The pool of identities that its service accounts are in: with the first cluster of a project the pool comes to be. */
  readonly identityPool: Output<string>;

  constructor(name: string, args: ClusterArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:Cluster", name, {}, opts);
    const { project, network, protection } = args;
    const gkeArgs: GkeClusterArgs = {
      project: project.id,
      name: args.clusterName,
      location: project.region,
      nodeLocations: network.zones.map((zone) => `${project.region}-${zone}`),
      minMasterVersion: args.version,
      releaseChannel: { channel: args.releaseChannel },
      network: network.networkId,
      subnetwork: network.subnetId,
      networkingMode: "VPC_NATIVE",
      ipAllocationPolicy: {
        clusterSecondaryRangeName: network.rangeNames.pods,
        servicesSecondaryRangeName: network.rangeNames.services,
        stackType: "IPV4",
      },
      datapathProvider: "ADVANCED_DATAPATH",
      // Flow logs and firewall rules see what pods of one node say to each other too.
      enableIntranodeVisibility: true,
      enableL4IlbSubsetting: true,
      ...endpoints(args),
      workloadIdentityConfig: { workloadPool: workloadPool(project.projectId) },
      databaseEncryption: { state: "ENCRYPTED", keyName: args.secretsKeyId },
      enableShieldedNodes: true,
      masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
      anonymousAuthenticationConfig: { mode: "LIMITED" },
      rbacBindingConfig: {
        enableInsecureBindingSystemAuthenticated: false,
        enableInsecureBindingSystemUnauthenticated: false,
      },
      securityPostureConfig: { mode: "BASIC", vulnerabilityMode: "VULNERABILITY_DISABLED" },
      addonsConfig: {
        dnsCacheConfig: { enabled: true },
        gkeBackupAgentConfig: { enabled: true },
        gcePersistentDiskCsiDriverConfig: { enabled: true },
        horizontalPodAutoscaling: { disabled: false },
        httpLoadBalancing: { disabled: false },
      },
      loggingConfig: {
        enableComponents: ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"],
      },
      monitoringConfig: { enableComponents: ["SYSTEM_COMPONENTS"], managedPrometheus: { enabled: false } },
      maintenancePolicy: { recurringWindow: maintenanceWindow },
      nodePoolDefaults: { nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
      // A cluster cannot be made without a node pool. This one lives for minutes, under the rules of all others.
      initialNodeCount: 1,
      removeDefaultNodePool: true,
      nodeConfig: {
        serviceAccount: args.nodeAccount.email,
        bootDiskKmsKey: args.disksKeyId,
        diskType: "pd-balanced",
        shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
        workloadMetadataConfig: { mode: "GKE_METADATA" },
      },
      deletionProtection: protection.deletionProtection,
    };
    this.gke = new GkeCluster(`${name}-gke`, args.transform?.(gkeArgs) ?? gkeArgs, {
      parent: this,
      protect: protection.protect,
      // Once the first pool is gone, the cluster shows the settings of another one here.
      ignoreChanges: ["nodeConfig", "initialNodeCount"],
    });
    this.clusterName = this.gke.name;
    this.issuer = output(gkeIssuer(project.projectId, project.region, args.clusterName));
    this.identityPool = this.gke.id.apply(() => workloadPool(project.projectId));
    this.kubeconfig = kubeconfig(args, this.gke);
    this.registerOutputs({ clusterName: this.clusterName, kubeconfig: this.kubeconfig });
  }
}

/** The address is private but for access by `internet`; the name answers outside of the network where it is the way in. */
function endpoints({ access, apiRanges }: ClusterArgs) {
  return {
    privateClusterConfig: {
      enablePrivateNodes: true,
      enablePrivateEndpoint: access !== "internet",
      // Tunnels of other sites end in other regions.
      masterGlobalAccessConfig: { enabled: true },
    },
    masterAuthorizedNetworksConfig: {
      cidrBlocks: apiRanges.map((cidrBlock) => ({ cidrBlock })),
      gcpPublicCidrsAccessEnabled: false,
      privateEndpointEnforcementEnabled: true,
    },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: { allowExternalTraffic: access === "dns-endpoint" },
      ipEndpointsConfig: { enabled: true },
    },
  };
}

function kubeconfig({ access, clusterName }: ClusterArgs, gke: GkeCluster): Output<string> {
  return all([gke.privateClusterConfig, gke.controlPlaneEndpointsConfig, gke.masterAuth]).apply(
    ([address, { dnsEndpointConfig }, { clusterCaCertificate }]) => {
      const hosts = {
        network: address.privateEndpoint,
        bastion: address.privateEndpoint,
        "dns-endpoint": dnsEndpointConfig.endpoint,
        internet: address.publicEndpoint,
      } satisfies Record<ApiAccess, string>;
      const host = hosts[access];
      if (host === "") {
        throw new Error(`cluster "${clusterName}" has no endpoint for access by "${access}" yet: wait until it runs`);
      }
      return gkeKubeconfig({
        clusterName,
        host,
        certificateAuthority: access === "dns-endpoint" ? undefined : clusterCaCertificate,
      });
    },
  );
}
