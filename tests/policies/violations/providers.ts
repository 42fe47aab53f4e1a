import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import { Provider as GcpProvider } from "@pulumi/gcp/provider";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import type { CustomResourceOptions, ProviderResource } from "@pulumi/pulumi";

/** Where the planted stack says that it is, and where its copies are. */
export const HOME = "us-west-2";
export const BACKUP = "us-east-2";
export const GCP_PROJECT = "violations";

/** Says of a store that nothing is lost with it, where that is not what is planted. */
export const REBUILDABLE = { criticality: "rebuildable" };

const KUBECONFIG = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "site",
  contexts: [{ name: "site", context: { cluster: "site", user: "site" } }],
  clusters: [{ name: "site", cluster: { server: "https://site.us-west-2.eks.amazonaws.com" } }],
  users: [{ name: "site", user: {} }],
});

/** Providers of a planted stack: each is made when the first resource asks for it, and named by every one. */
export class Providers {
  private readonly made = new Map<string, ProviderResource>();

  aws(region = HOME): CustomResourceOptions {
    return this.of(`aws-${region}`, (name) => new AwsProvider(name, { region, skipCredentialsValidation: true }));
  }

  gcp(): CustomResourceOptions {
    return this.of("gcp", (name) => new GcpProvider(name, { project: GCP_PROJECT, region: "us-central1" }));
  }

  azure(): CustomResourceOptions {
    return this.of("azure-native", (name) => new AzureProvider(name, { location: "eastus" }));
  }

  kubernetes(): CustomResourceOptions {
    return this.of("kubernetes", (name) => new KubernetesProvider(name, { kubeconfig: KUBECONFIG }));
  }

  private of(name: string, make: (name: string) => ProviderResource): CustomResourceOptions {
    const provider = this.made.get(name) ?? make(name);
    this.made.set(name, provider);
    return { provider };
  }
}
