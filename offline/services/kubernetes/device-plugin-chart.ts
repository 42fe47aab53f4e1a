import { fullName, named, type Chart } from "./chart-objects";
import { DAEMON_SET, SERVICE_ACCOUNT } from "./kinds";

const CHART = "nvidia-device-plugin";

export const devicePlugin: Chart = {
  name: CHART,
  repository: "https://nvidia.github.io/k8s-device-plugin",
  source: "https://github.com/NVIDIA/k8s-device-plugin/tree/main/deployments/helm/nvidia-device-plugin",
  crds: [],
  refuses: ({ namespace, values }) =>
    namespace === "default" && values["allowDefaultNamespace"] !== true
      ? `execution error at (${CHART}/templates/validation.yml): Running in the 'default' namespace is not recommended.`
      : undefined,
  objects: (rendering) => {
    const name = fullName(rendering, CHART);
    const account = `${name}-service-account`;
    return [
      { token: SERVICE_ACCOUNT, object: named(account, rendering.namespace, {}) },
      {
        token: DAEMON_SET,
        object: named(name, rendering.namespace, {
          spec: { template: { spec: { serviceAccountName: account, containers: [{ name: CHART, image: CHART }] } } },
        }),
      },
    ];
  },
};
