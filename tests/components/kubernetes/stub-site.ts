import * as pulumi from "@pulumi/pulumi";
import type { Grant } from "../../../components/contracts/grant";
import { keyPurposes, type KeyPurpose } from "../../../components/contracts/key-ring";
import type { ClusterService, KubernetesCluster } from "../../../components/contracts/kubernetes-cluster";
import type { SecretReference } from "../../../components/contracts/secret-store";
import type { Site } from "../../../components/contracts/site";
import type { WorkloadIdentity, WorkloadIdentityArgs } from "../../../components/contracts/workload-identity";
import type { StackClass } from "../../../components/planning/protection";

export interface StubOptions {
  readonly class?: StackClass;
  /** What the cluster brings itself. */
  readonly provides?: readonly ClusterService[];
  readonly kubeconfig?: string;
  /** Whether identities are fetched on the node, and bound by an annotation and a label. */
  readonly identities?: "on-the-node" | "by-annotation";
  readonly podDependencies?: readonly pulumi.Resource[];
}

/** An identity that no cloud knows. */
class StubIdentity extends pulumi.ComponentResource implements WorkloadIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly annotations: WorkloadIdentity["annotations"];
  readonly podLabels: WorkloadIdentity["podLabels"];

  constructor(name: string, args: WorkloadIdentityArgs, byAnnotation: boolean, opts?: pulumi.ComponentResourceOptions) {
    super("test:site:WorkloadIdentity", name, {}, opts);
    this.namespace = args.namespace;
    this.serviceAccount = args.serviceAccount;
    this.annotations = byAnnotation ? { "identity.example.com/id": pulumi.output(`${name}-id`) } : {};
    this.podLabels = byAnnotation ? { "identity.example.com/use": "true" } : {};
    this.registerOutputs({});
  }
}

/** A site that is of no cloud, with what its workloads asked for. */
export interface StubSite extends Site {
  readonly cluster: KubernetesCluster;
  readonly asked: readonly (WorkloadIdentityArgs & { readonly name: string })[];
}

/** Implements the whole contract without a cloud's SDK: what runs on it needs nothing else. */
export function stubSite(options: StubOptions = {}): StubSite {
  const { identities = "on-the-node" } = options;
  const asked: (WorkloadIdentityArgs & { readonly name: string })[] = [];
  const secret = (name: string, keys: readonly string[]): SecretReference => ({
    name: pulumi.output(`stub/${name}`),
    resourceId: pulumi.output(`secret:${name}`),
    keys,
  });
  const cluster: KubernetesCluster = {
    clusterName: pulumi.output("stub"),
    version: "1.36",
    kubeconfig: pulumi.output(options.kubeconfig ?? "{}"),
    issuer: pulumi.output("https://issuer.example.com"),
    apiAccess: "network",
    podDependencies: options.podDependencies ?? [],
    provides: new Set(options.provides ?? []),
    storage: {
      general: { provisioner: "disk.example.com", parameters: { kind: "balanced", encrypted: "true" } },
      fast: { provisioner: "disk.example.com", parameters: { kind: "fast", encrypted: "true" } },
    },
    privateLoadBalancer: { annotations: { "balancer.example.com/private": "true" }, addressIn: "loadBalancerIP" },
    identityEndpoints: identities === "on-the-node" ? [{ cidr: "169.254.170.23/32", port: 80 }] : [],
  };
  return {
    name: "stub",
    class: options.class ?? "production",
    region: "nowhere-1",
    network: {
      networkId: pulumi.output("network"),
      cidr: "10.99.0.0/16",
      zones: ["a"],
      subnetIds: { public: [], private: [], database: [] },
    },
    gateway: undefined,
    dns: undefined,
    keys: {
      keyIds: Object.fromEntries(keyPurposes.map((purpose) => [purpose, pulumi.output(`key:${purpose}`)])) as Record<
        KeyPurpose,
        pulumi.Output<string>
      >,
    },
    secrets: {
      kind: "secrets",
      resourceIds: [pulumi.output("secrets:stub")],
      keyId: undefined,
      prefix: "stub/",
      externalSecretsProvider: { fake: { data: [{ key: "stub/greeting", value: "hello" }] } },
      put: (name, values) => secret(name, Object.keys(values)),
    },
    images: undefined,
    cluster,
    postgres: { shards: [], credentials: [] },
    redis: {
      engine: "redis",
      host: pulumi.output("redis.example.com"),
      port: 6379,
      url: pulumi.secret("rediss://redis.example.com:6379"),
      certificateAuthority: undefined,
    },
    memcached: undefined,
    events: undefined,
    queue: undefined,
    documents: undefined,
    keyValues: undefined,
    objects: {
      kind: "objects",
      resourceIds: [],
      keyId: undefined,
      bucketName: pulumi.output("objects"),
      prefixes: [],
    },
    lake: undefined,
    functions: undefined,
    identityProvider: undefined,
    machineLearning: undefined,
    telemetry: undefined,
    bindWorkload: (name, args, opts) => {
      asked.push({ name, ...args });
      return new StubIdentity(name, args, identities === "by-annotation", opts);
    },
    asked,
  };
}

/** What a workload was granted, as text. */
export function granted(grants: readonly Grant[]): readonly string[] {
  return grants.map(({ to, access }) => `${access} ${to.kind}`);
}
