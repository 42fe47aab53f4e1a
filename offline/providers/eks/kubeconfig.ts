import type { Cluster } from "@pulumi/aws/eks/cluster";
import type { KubeconfigOptionsArgs } from "@pulumi/eks/types/input";
import { all, output, type Input, type Output } from "@pulumi/pulumi";

/**
 * The kubeconfig of a cluster: it holds no credential but calls `aws eks get-token`. The profile stays out of the one that is
 * handed to people, who have profiles of their own.
 */
export function kubeconfig(
  cluster: Cluster,
  credentials: Input<KubeconfigOptionsArgs> | undefined,
  profile: "with-profile" | "without-profile",
): Output<object> {
  const { name, endpoint, certificateAuthority, arn } = cluster;
  return all([name, endpoint, certificateAuthority, arn, output(credentials)]).apply(
    ([clusterName, server, authority, clusterArn, { roleArn, profileName } = {}]) => {
      const args = [
        "--region",
        regionOf(clusterArn),
        "eks",
        "get-token",
        "--cluster-name",
        clusterName,
        "--output",
        "json",
      ];
      if (roleArn !== undefined) args.push("--role", roleArn);
      if (profile === "with-profile" && profileName !== undefined) args.push("--profile", profileName);
      return {
        apiVersion: "v1",
        clusters: [{ cluster: { server, "certificate-authority-data": certificateOf(authority) }, name: "kubernetes" }],
        contexts: [{ context: { cluster: "kubernetes", user: "aws" }, name: "aws" }],
        "current-context": "aws",
        kind: "Config",
        users: [
          {
            name: "aws",
            user: {
              exec: {
                apiVersion: "client.authentication.k8s.io/v1beta1",
                command: "aws",
                args,
                env: [
                  { name: "KUBERNETES_EXEC_INFO", value: '{"apiVersion": "client.authentication.k8s.io/v1beta1"}' },
                ],
              },
            },
          },
        ],
      };
    },
  );
}

// A cluster that was refused has no outputs, and the engine reports the refusal: nothing here may fail on top of it.

function regionOf(arn: string | undefined): string | undefined {
  return arn?.split(":")[3];
}

function certificateOf(authority: { readonly data?: string } | undefined): string | undefined {
  return authority?.data;
}
