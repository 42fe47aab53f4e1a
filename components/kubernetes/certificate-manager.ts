import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import { Chart } from "./chart";
import { authority, certificateManagerValues, internal, selfSigned } from "./certificate-manager.plan";

export interface CertificateManagerArgs {
  /** Version of the cluster, `major.minor`. */
  kubernetesVersion: string;
  /** Namespace of the release, `cert-manager`. It must exist. */
  namespace: pulumi.Input<string>;
}

/**
 * cert-manager with an authority of the platform's own: a self-signed root, and the ClusterIssuer `internal` that issues
 * certificates between workloads by it.
 */
export class CertificateManager extends pulumi.ComponentResource {
  /** The installed chart. */
  readonly chart: Chart;
  /** What comes after all else of it. */
  readonly last: pulumi.Resource;
  /** Name of the ClusterIssuer for certificates between workloads. */
  readonly internalIssuer: pulumi.Output<string>;

  constructor(name: string, args: CertificateManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:CertificateManager", name, {}, opts);
    this.chart = new Chart(
      `${name}-chart`,
      {
        chart: "cert-manager",
        kubernetesVersion: args.kubernetesVersion,
        namespace: args.namespace,
        values: certificateManagerValues(),
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    // After the definitions and the webhook, and each after what signs it.
    const signer = new CustomResource(
      `${name}-self-signed`,
      { ...selfSigned },
      { parent: this, dependsOn: this.chart.release },
    );
    const root = new CustomResource(`${name}-authority`, { ...authority }, { parent: this, dependsOn: signer });
    const issuer = new CustomResource(`${name}-internal`, { ...internal }, { parent: this, dependsOn: root });
    this.last = issuer;
    this.internalIssuer = issuer.metadata.apply(({ name: issuerName }) => issuerName);
    this.registerOutputs({ internalIssuer: this.internalIssuer });
  }
}
