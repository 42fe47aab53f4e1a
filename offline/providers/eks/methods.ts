import type { Cluster } from "@pulumi/eks/cluster";
import type { KubeconfigOptionsArgs } from "@pulumi/eks/types/input";
import { jsonStringify, output, type Inputs, type Output } from "@pulumi/pulumi";
import { kubeconfig } from "./kubeconfig";

/** Carries out a method of a component. Rejects by name a method that there is not. */
export function call(token: string, args: Inputs): Promise<Inputs> {
  if (token !== "eks:index:Cluster/getKubeconfig") {
    return Promise.reject(new Error(`${token}: the offline cloud knows no such method`));
  }
  const { __self__: self, ...credentials } = args as KubeconfigOptionsArgs & { __self__: Cluster | Output<Cluster> };
  const result = output(self).apply((cluster) =>
    cluster.eksCluster.apply((eksCluster) => jsonStringify(kubeconfig(eksCluster, credentials, "with-profile"))),
  );
  return Promise.resolve({ result });
}
