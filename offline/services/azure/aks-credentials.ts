import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { Properties } from "../../cloud/value";
import { sameId } from "./arm";
import type { Asked, DataSources } from "./data-sources";
import { tenantOf } from "./provider-config";
import { text } from "./text";
import { MANAGED_CLUSTER } from "./types";

/** Entra applications of AKS, the same in every tenant: https://azure.github.io/kubelogin/concepts/aks.html */
const SERVER_APPLICATION = "6dae42f8-4368-4678-94ff-3960e28e3630";
const CLIENT_APPLICATION = "80faf920-1908-4b52-b5ef-a8e7bedfc67a";

const MODULE = "azure-native:containerservice";

export const clusterSources: DataSources = {
  [`${MODULE}:listManagedClusterUserCredentials`]: (asked) => {
    const cluster = clusterOf(asked);
    const user =
      cluster.inputs["aadProfile"] === undefined
        ? certificate(cluster, "clusterUser")
        : kubelogin(tenantOf(asked.session));
    return credentials("clusterUser", cluster, asked.args, user);
  },
  [`${MODULE}:listManagedClusterAdminCredentials`]: (asked) => {
    const cluster = clusterOf(asked);
    if (cluster.inputs["disableLocalAccounts"] === true) {
      refuse(
        "BadRequest",
        "Getting static credential is not allowed because this cluster is set to disable local accounts.",
      );
    }
    return credentials("clusterAdmin", cluster, asked.args, certificate(cluster, "clusterAdmin"));
  },
};

function clusterOf({ args, cloud }: Asked): StoredResource {
  const { resourceName, resourceGroupName } = args;
  const found = cloud
    .list(MANAGED_CLUSTER)
    .find(
      (each) =>
        sameId(each.inputs["resourceName"], resourceName) &&
        sameId(each.inputs["resourceGroupName"], resourceGroupName),
    );
  return (
    found ??
    refuse(
      "ResourceNotFound",
      `The Resource 'Microsoft.ContainerService/managedClusters/${text(resourceName) ?? ""}' under resource group '${text(resourceGroupName) ?? ""}' was not found.`,
    )
  );
}

function credentials(name: string, cluster: StoredResource, args: Properties, user: Properties): Properties {
  return { kubeconfigs: [{ name, value: Buffer.from(kubeconfig(cluster, args, name, user)).toString("base64") }] };
}

/** A private cluster answers by its private name unless the public one is asked for. */
function kubeconfig(cluster: StoredResource, args: Properties, kind: string, user: Properties): string {
  const { fqdn, privateFQDN } = cluster.outputs;
  const host = args["serverFqdn"] === "public" ? text(fqdn) : (text(privateFQDN) ?? text(fqdn));
  const name = text(cluster.outputs["name"]) ?? "";
  const userName = `${kind}_${text(cluster.inputs["resourceGroupName"]) ?? ""}_${name}`;
  const certificateAuthority = Buffer.from(`offline: no certificate of cluster ${name}`).toString("base64");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name, cluster: { server: `https://${host ?? ""}:443`, "certificate-authority-data": certificateAuthority } },
    ],
    contexts: [{ name, context: { cluster: name, user: userName } }],
    "current-context": name,
    users: [{ name: userName, user }],
  });
}

function kubelogin(tenant: string): Properties {
  const application = ["--server-id", SERVER_APPLICATION, "--client-id", CLIENT_APPLICATION, "--tenant-id", tenant];
  return {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "kubelogin",
      args: ["get-token", "--environment", "AzurePublicCloud", ...application, "--login", "devicecode"],
      installHint: "https://azure.github.io/kubelogin/install.html",
      provideClusterInfo: false,
    },
  };
}

function certificate(cluster: StoredResource, kind: string): Properties {
  const nothing = Buffer.from(`offline: no ${kind} of ${cluster.id}`).toString("base64");
  return { "client-certificate-data": nothing, "client-key-data": nothing };
}
