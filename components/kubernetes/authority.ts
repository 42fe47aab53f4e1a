import type { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";

export interface IssuedCertificate {
  /** The Certificate, which is waited for until it is ready. */
  readonly certificate: CustomResource;
  readonly namespace: pulumi.Input<string>;
  /** Secret that it is written to. */
  readonly secretName: string;
}

/**
 * The root that a certificate of the cluster is verified by, in PEM. cert-manager makes it while the cluster runs, and writes it beside
 * the certificate; the root's own Secret, with the key that signs for everybody, is not read.
 * https://cert-manager.io/docs/usage/certificate/
 *
 * The certificate and its key come into the state with it, as secrets.
 */
export function authorityOf(
  name: string,
  { certificate, namespace, secretName }: IssuedCertificate,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  // By the id of the Certificate, which nobody knows before it is there: a preview would look for a Secret that is not made yet.
  const id = pulumi.all([certificate.id, namespace]).apply(([, space]) => `${space}/${secretName}`);
  const issued = Secret.get(name, id, { parent });
  return pulumi.unsecret(
    issued.data.apply((data) => {
      const root = data["ca.crt"];
      if (root === undefined) {
        throw new Error(`Secret "${secretName}" has no ca.crt: name an issuer with an authority of its own`);
      }
      return Buffer.from(root, "base64").toString("utf8");
    }),
  );
}
