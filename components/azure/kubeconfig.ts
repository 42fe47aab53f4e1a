import { listManagedClusterUserCredentialsOutput } from "@pulumi/azure-native/containerservice/listManagedClusterUserCredentials";
import { unsecret, type Input, type InvokeOptions, type Output } from "@pulumi/pulumi";
import { entraKubeconfig, type LogIn } from "./kubeconfig.plan";

/** Which cluster, and who logs in. */
export interface KubeconfigArgs {
  readonly groupName: Input<string>;
  /** Unknown until the cluster is there: it is asked for its authority. */
  readonly clusterName: Output<string>;
  readonly logIn: LogIn;
}

/** The kubeconfig of a cluster, as JSON. */
export function kubeconfigOf({ groupName, clusterName, logIn }: KubeconfigArgs, opts: InvokeOptions): Output<string> {
  const { kubeconfigs } = listManagedClusterUserCredentialsOutput(
    { resourceGroupName: groupName, resourceName: clusterName, format: "exec" },
    opts,
  );
  const text = kubeconfigs.apply(([first]) => {
    if (first === undefined) throw new Error("AKS handed out no kubeconfig: wait until the cluster is provisioned");
    return Buffer.from(first.value, "base64").toString("utf8");
  });
  // With local accounts off it holds an address and a certificate, both of them public.
  return unsecret(clusterName.apply((name) => text.apply((config) => entraKubeconfig(config, name, logIn))));
}
