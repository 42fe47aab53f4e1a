import { parse } from "yaml";
import { z } from "zod";

const given = z.looseObject({
  clusters: z
    .array(z.looseObject({ cluster: z.looseObject({ server: z.url(), "certificate-authority-data": z.string() }) }))
    .min(1),
});

/** The application of Microsoft Entra that every AKS cluster with Entra log-in shares: https://azure.github.io/kubelogin/concepts/aks.html */
const aksServerId = "6dae42f8-4368-4678-94ff-3960e28e3630";

/**
 * How a caller logs in: by the Azure command line, or by a token of a pipeline or pod that Microsoft Entra trusts.
 * https://azure.github.io/kubelogin/concepts/login-modes.html
 */
export type LogIn = "azurecli" | "workloadidentity";

/**
 * A kubeconfig without a credential, as JSON: `kubelogin` makes a token from the caller's own identity.
 *
 * @param text the kubeconfig that AKS hands out, as YAML
 * @throws ZodError when it names no cluster with an address and a certificate authority.
 */
export function entraKubeconfig(text: string, clusterName: string, logIn: LogIn): string {
  const [first] = given.parse(parse(text)).clusters;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: clusterName,
        cluster: {
          server: first?.cluster.server,
          "certificate-authority-data": first?.cluster["certificate-authority-data"],
        },
      },
    ],
    users: [
      {
        name: "azure",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "kubelogin",
            args: ["get-token", "--environment", "AzurePublicCloud", "--server-id", aksServerId, "--login", logIn],
            interactiveMode: "Never",
          },
        },
      },
    ],
    contexts: [{ name: "azure", context: { cluster: clusterName, user: "azure" } }],
    "current-context": "azure",
  });
}
