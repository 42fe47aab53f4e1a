import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import type { Providers } from "./providers";

/** What a test varies of a container and its deployment. */
interface Varied {
  readonly env?: { readonly name: string; readonly value: string }[];
  /** Default: one that is named by its digest, in the registry of the site. */
  readonly image?: string;
  /** Default 2. */
  readonly replicas?: number;
}

const DIGEST = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const IMAGE = `111122223333.dkr.ecr.us-west-2.amazonaws.com/services/api@${DIGEST}`;

/** A server of one container. */
export function deployment(name: string, on: Providers, { env = [], image = IMAGE, replicas = 2 }: Varied): void {
  const labels = { app: name };
  new Deployment(
    name,
    {
      metadata: { name, namespace: "default" },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "main", image, env }] } },
      },
    },
    on.kubernetes(),
  );
}
