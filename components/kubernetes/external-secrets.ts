import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import type { SecretStore } from "../contracts/secret-store";
import { untilReady } from "./certificate-manager.plan";
import { Chart } from "./chart";
import { externalSecretsValues, siteStore, type ExternalSecretsValuesArgs } from "./external-secrets.plan";

export interface ExternalSecretsArgs extends ExternalSecretsValuesArgs {
  /** Version of the cluster, `major.minor`. */
  kubernetesVersion: string;
  /** Namespace of the release, the one of the identity. It must exist. */
  namespace: pulumi.Input<string>;
  /** How the operator reads the site's store. */
  provider: SecretStore["externalSecretsProvider"];
  /** Namespaces whose ExternalSecrets may read the site's secrets. */
  readers: readonly string[];
}

/**
 * External Secrets: makes Kubernetes Secrets of what the cloud's store holds, by the ClusterSecretStore `site`.
 * The identity of its service account must be passed in `dependsOn`: a pod that starts before keeps running without it.
 */
export class ExternalSecrets extends pulumi.ComponentResource {
  /** The installed chart. */
  readonly chart: Chart;
  /** What comes after all else of it. */
  readonly last: pulumi.Resource;
  /** Name of the ClusterSecretStore. */
  readonly storeName: pulumi.Output<string>;

  constructor(name: string, args: ExternalSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:ExternalSecrets", name, {}, opts);
    this.chart = new Chart(
      `${name}-chart`,
      {
        chart: "external-secrets",
        kubernetesVersion: args.kubernetesVersion,
        namespace: args.namespace,
        values: externalSecretsValues(args),
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    const { metadata, spec, ...type } = siteStore({}, args.readers);
    const store = new CustomResource(
      `${name}-site`,
      {
        ...type,
        metadata: { ...metadata, annotations: untilReady },
        spec: { ...spec, provider: args.provider },
      },
      { parent: this, dependsOn: this.chart.release },
    );
    this.last = store;
    this.storeName = store.metadata.apply(({ name: storeName }) => storeName);
    this.registerOutputs({ storeName: this.storeName });
  }
}
