import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import type { KubernetesCluster } from "../components/contracts/kubernetes-cluster";
import type { BindWorkload } from "../components/contracts/workload-identity";

/** The provider of what runs in a cluster. */
export function clusterProvider(
  { kubeconfig }: Pick<KubernetesCluster, "kubeconfig">,
  identifier: string,
): KubernetesProvider {
  return new KubernetesProvider("kubernetes", {
    kubeconfig,
    // Only another cluster replaces every object; a renewed certificate or address in the kubeconfig does not.
    clusterIdentifier: identifier,
    // Otherwise a change replaces the object: deleted first under its fixed name, pods started in between fail.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
}

/** Gives identities where there is no cluster: to nobody. */
export const noCluster: BindWorkload = (name) => {
  throw new Error(`workload "${name}" has no cluster to run on: set cluster.mode to create or adopt`);
};
