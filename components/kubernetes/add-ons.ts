import type * as pulumi from "@pulumi/pulumi";
import type { ClusterService, KubernetesCluster } from "../contracts/kubernetes-cluster";
import type { NodePool } from "../contracts/node-pool";
import type { Site } from "../contracts/site";
import { Accelerators } from "./accelerators";
import type { AddOnRelations } from "./add-on-order";
import { CertificateManager } from "./certificate-manager";
import {
  certManagerMetricsPort,
  certManagerNamespace,
  certManagerWebhookPort,
  internalIssuer,
} from "./certificate-manager.plan";
import type { ChartId } from "./charts";
import { ExternalSecrets } from "./external-secrets";
import {
  externalSecretsMetricsPort,
  externalSecretsServiceAccount,
  externalSecretsWebhookPort,
} from "./external-secrets.plan";
import { MetricsServer } from "./metrics-server";
import type { PodSecurityLevel } from "./namespaces";
import type { Opening } from "./network-policies.plan";

/** What the platform layer needs of a site. */
export type PlatformSite = Pick<Site, "class" | "secrets" | "bindWorkload"> & { readonly cluster: KubernetesCluster };

/** What an add-on is installed with. */
export interface AddOnContext {
  readonly site: PlatformSite;
  /** Pools of nodes that the cluster has, by name. */
  readonly nodePools: Readonly<Record<string, NodePool>>;
  /** Namespaces of the workloads. */
  readonly workloadNamespaces: readonly string[];
  /** Namespace of the add-on; `kube-system` where it has none of its own. */
  readonly namespace: string;
  /** Version of the cluster, `major.minor`. */
  readonly kubernetesVersion: string;
}

export type AddOnId = Extract<ChartId, "cert-manager" | "external-secrets" | "metrics-server" | "nvidia-device-plugin">;

/** One add-on of the platform layer: a later one is a row more. */
export interface AddOn extends AddOnRelations<AddOnId> {
  /** Logical name of its component, which never changes. */
  readonly name: string;
  /** Namespace of its own, and what pods in it may do; without one it runs in `kube-system`. */
  readonly namespace?: { readonly name: string; readonly enforce: PodSecurityLevel };
  /** Service that a cluster may bring itself, so that it is not installed. */
  readonly service?: ClusterService;
  /** Whether it is of use here. Default: always. */
  readonly wanted?: (context: Pick<AddOnContext, "nodePools">) => boolean;
  /** What its namespace lets through. */
  readonly openings: readonly Opening[];
  readonly install: (name: string, context: AddOnContext, opts: AddOnOptions) => InstalledAddOn;
}

/** An add-on that is installed. */
export interface InstalledAddOn extends pulumi.ComponentResource {
  /** What comes after all else of it: who needs the add-on depends on this alone. */
  readonly last: pulumi.Resource;
}

/** The layer that an add-on belongs to, which holds the provider of the cluster, and what comes before it. */
export interface AddOnOptions {
  parent: pulumi.Resource;
  dependsOn: pulumi.Input<pulumi.Resource>[];
}

/** Openings that all operators share. */
const api: Opening = { id: "kubernetes-api", to: "kubernetes-api", reason: "Watches and writes its objects" };

const metrics = (port: number): Opening => ({
  id: "metrics",
  from: "monitoring",
  ports: [port],
  reason: "Prometheus reads metrics",
});

const webhook = (port: number, pods: Readonly<Record<string, string>>): Opening => ({
  id: "webhook",
  from: "control-plane",
  ports: [port],
  pods,
  reason: "The API server asks the admission webhook",
});

/** The add-ons, in the order in which they are installed where nothing else decides. */
export const addOns = {
  "metrics-server": {
    name: "metrics-server",
    service: "metrics",
    needs: [],
    conflicts: [],
    openings: [],
    install: (name, { kubernetesVersion }, opts) => new MetricsServer(name, { kubernetesVersion }, opts),
  },
  "cert-manager": {
    name: "certificate-manager",
    namespace: { name: certManagerNamespace, enforce: "restricted" },
    needs: [],
    conflicts: [],
    openings: [
      api,
      webhook(certManagerWebhookPort, { "app.kubernetes.io/component": "webhook" }),
      metrics(certManagerMetricsPort),
    ],
    install: (name, { kubernetesVersion, namespace }, opts) =>
      new CertificateManager(name, { kubernetesVersion, namespace }, opts),
  },
  "external-secrets": {
    name: "external-secrets",
    namespace: { name: externalSecretsServiceAccount.namespace, enforce: "restricted" },
    // The certificate of its webhook.
    needs: ["cert-manager"],
    conflicts: [],
    openings: [
      api,
      webhook(externalSecretsWebhookPort, {
        "app.kubernetes.io/name": `${externalSecretsServiceAccount.name}-webhook`,
      }),
      metrics(externalSecretsMetricsPort),
      { id: "secret-store", to: "https", reason: "Reads secrets from the cloud's store" },
      { id: "identity", to: "workload-identity", reason: "Logs in to the cloud's store" },
    ],
    install: (name, { site, kubernetesVersion, namespace, workloadNamespaces }, opts) => {
      const identity = site.bindWorkload(`${name}-identity`, {
        namespace: externalSecretsServiceAccount.namespace,
        serviceAccount: externalSecretsServiceAccount.name,
        description: "Reads the site's secrets into the cluster",
        grants: [{ to: site.secrets, access: "read" }],
      });
      return new ExternalSecrets(
        name,
        {
          kubernetesVersion,
          namespace,
          identity,
          issuer: internalIssuer,
          provider: site.secrets.externalSecretsProvider,
          readers: workloadNamespaces,
        },
        { ...opts, dependsOn: [...opts.dependsOn, identity] },
      );
    },
  },
  "nvidia-device-plugin": {
    name: "accelerators",
    service: "accelerators",
    wanted: ({ nodePools }) => Object.values(nodePools).some(({ accelerator }) => accelerator !== "none"),
    needs: [],
    conflicts: [],
    openings: [],
    install: (name, { kubernetesVersion }, opts) => new Accelerators(name, { kubernetesVersion }, opts),
  },
} as const satisfies Record<AddOnId, AddOn>;

/** The same rows, as wide as their type. */
export const addOnTable: Readonly<Record<AddOnId, AddOn>> = addOns;

const allAddOns = Object.keys(addOns) as AddOnId[];

/** Which add-ons a cluster brings itself, and which it is to get. */
export function chooseAddOns(
  cluster: Pick<KubernetesCluster, "provides">,
  nodePools: Readonly<Record<string, NodePool>>,
): { readonly wanted: readonly AddOnId[]; readonly brought: readonly AddOnId[] } {
  const isBrought = (id: AddOnId) => {
    const { service } = addOnTable[id];
    return service !== undefined && cluster.provides.has(service);
  };
  return {
    brought: allAddOns.filter(isBrought),
    wanted: allAddOns.filter((id) => !isBrought(id) && addOnTable[id].wanted?.({ nodePools }) !== false),
  };
}
