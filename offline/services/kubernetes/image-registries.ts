import {
  describeOutage,
  endCommand,
  outageOf,
  type Outage,
  type OutageCloud,
  type OutagePlace,
} from "../../cloud/faults";
import type { ManagedService } from "./managed-cluster";

/** Registries whose images a cloud itself serves. The first group of a pattern is the region, where the host names one. */
const SERVED: readonly (readonly [host: RegExp, cloud: OutageCloud])[] = [
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
  [/^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/, "aws"],
  // https://docs.aws.amazon.com/AmazonECR/latest/public/public-registries.html
  [/^(?:public\.ecr|ecr-public\.aws\.com|ecr-public\.[a-z0-9-]+\.api)\.aws$/, "aws"],
  // https://docs.cloud.google.com/artifact-registry/docs/docker/names; "us", "europe" and "asia" are several regions.
  [/^(?:(?:us|europe|asia)|([a-z]+-[a-z]+\d+))-docker\.pkg\.dev$/, "gcp"],
  // https://docs.cloud.google.com/artifact-registry/docs/transition/gcr-repositories
  [/^(?:(?:us|eu|asia|marketplace|mirror|k8s)\.)?gcr\.io$/, "gcp"],
  // https://learn.microsoft.com/azure/container-registry/container-registry-concepts
  [/^[a-z0-9-]+\.(?:(?:[a-z0-9]+\.)?data\.)?azurecr\.io$/, "azure"],
  // https://github.com/microsoft/containerregistry
  [/^(?:[a-z0-9.-]+\.)?mcr\.microsoft\.com$/, "azure"],
];

/**
 * The host that an image is pulled from. Without one in its name that is Docker Hub:
 * https://github.com/distribution/reference/blob/main/normalize.go
 */
export function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return isHost ? first.toLowerCase() : "docker.io";
}

/** The project's own registry of Kubernetes. */
const KUBERNETES = "registry.k8s.io";

/**
 * Places that must all serve for a pull from a registry; none for one that is no cloud's own.
 *
 * @param caller the cloud of who pulls. That of Kubernetes is on Google Cloud, and sends everybody who is not there to AWS for layers:
 * https://github.com/kubernetes/registry.k8s.io/blob/main/cmd/archeio/docs/request-handling.md
 */
export function servedFrom(registry: string, caller: OutageCloud): readonly OutagePlace[] {
  if (registry === KUBERNETES) return caller === "gcp" ? [{ cloud: "gcp" }] : [{ cloud: "gcp" }, { cloud: "aws" }];
  for (const [host, cloud] of SERVED) {
    const match = host.exec(registry);
    if (match === null) continue;
    const region = match[1];
    return [region === undefined ? { cloud } : { cloud, region }];
  }
  return [];
}

const CALLERS = { aks: "azure", eks: "aws", gke: "gcp" } as const satisfies Record<ManagedService, OutageCloud>;

/**
 * Why an image cannot be pulled: its registry is switched off. In the words of the kubelet, behind which ours say how it comes back.
 * https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff
 */
export function pullProblem(image: string, service: ManagedService, outages: readonly Outage[]): string | undefined {
  if (outages.length === 0) return undefined;
  const registry = registryOf(image);
  const [outage] = servedFrom(registry, CALLERS[service]).flatMap(
    (place) => outageOf(outages, { ...place, plane: "data" }) ?? [],
  );
  if (outage === undefined) return undefined;
  return (
    `[ImagePullBackOff] Back-off pulling image "${image}": failed to do request: Head "https://${registry}/v2/": ` +
    `dial tcp: lookup ${registry}: i/o timeout; ${describeOutage(outage)} is switched off; to switch it on: ${endCommand(outage)}`
  );
}
