import * as pulumi from "@pulumi/pulumi";
import { accelerators } from "../contracts/node-pool";
import { Chart, type HelmValues } from "./chart";

export interface AcceleratorsArgs {
  /** Version of the cluster, `major.minor`. */
  kubernetesVersion: string;
}

/**
 * Values of the chart.
 * Source of the names: https://github.com/NVIDIA/k8s-device-plugin/blob/main/deployments/helm/nvidia-device-plugin/values.yaml
 */
function devicePluginValues(): HelmValues {
  const label = "platform/accelerator";
  return {
    fullnameOverride: "nvidia-device-plugin",
    // The label of the pools in place of the chart's own, which another add-on would have to find out node by node.
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: label, operator: "In", values: accelerators.filter((id) => id !== "none") }] },
          ],
        },
      },
    },
    tolerations: [label, "platform/capacity"].map((key) => ({ key, operator: "Exists", effect: "NoSchedule" })),
    // A machine whose driver is broken offers no accelerator; its plugin keeps running and says so.
    failOnInitError: false,
    resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "100m", memory: "128Mi" } },
  };
}

/**
 * The device plugin of NVIDIA, by which pods ask for accelerators. The driver comes with the image of the nodes.
 * It runs in `kube-system`: it needs the node's device socket, which no other namespace's pods may mount.
 */
export class Accelerators extends pulumi.ComponentResource {
  /** The installed chart. */
  readonly chart: Chart;
  /** What comes after all else of it. */
  readonly last: pulumi.Resource;

  constructor(name: string, args: AcceleratorsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:Accelerators", name, {}, opts);
    this.chart = new Chart(
      `${name}-chart`,
      {
        chart: "nvidia-device-plugin",
        kubernetesVersion: args.kubernetesVersion,
        namespace: "kube-system",
        values: devicePluginValues(),
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.last = this.chart.release;
    this.registerOutputs({});
  }
}
