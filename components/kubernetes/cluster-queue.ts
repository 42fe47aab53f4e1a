import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { KubernetesCluster } from "../contracts/kubernetes-cluster";
import type { MessageQueue } from "../contracts/message-queue";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import type { Protection } from "../planning/protection";
import { authorityOf } from "./authority";
import type { BrokerClients } from "./broker-clients.plan";
import {
  queueCertificate,
  queueLogin,
  queueLoginData,
  queueOpenings,
  queuePort,
  queueSelector,
  queueUser,
  rabbitmqCluster,
  type QueueSize,
  type RabbitmqMinor,
} from "./cluster-queue.plan";
import { Namespaces } from "./namespaces";
import { NetworkPolicies } from "./network-policies";
import { privateService } from "./private-service.plan";
import { QueueOperator } from "./queue-operator";
import { queueNamespace } from "./queue-operator.plan";

export interface ClusterQueueArgs {
  /** Where it runs. */
  readonly cluster: Pick<KubernetesCluster, "identityEndpoints" | "privateLoadBalancer">;
  /** ClusterIssuer that signs the nodes' certificate. */
  readonly issuer: pulumi.Input<string>;
  /** StorageClass of the nodes' volumes, which never changes. */
  readonly storageClass: pulumi.Input<string>;
  /** Version of RabbitMQ, major and minor. */
  readonly version: RabbitmqMinor;
  /** `cluster`: three nodes in different zones, and queues that lose nothing with one of them. */
  readonly availability: "single-instance" | "cluster";
  /** What each node has. */
  readonly size: QueueSize;
  /** An address of the network that nothing else has: in the subnet of the cluster's private load balancers. */
  readonly address: string;
  readonly clients: BrokerClients;
  readonly secrets: SecretStore;
  readonly protection: Protection;
  /** Changes the specification of the RabbitmqCluster just before it is made. */
  readonly transform?: (spec: ReturnType<typeof rabbitmqCluster>["spec"]) => ReturnType<typeof rabbitmqCluster>["spec"];
}

/**
 * RabbitMQ on the cluster, run by its own cluster operator: AMQP over TLS alone, quorum queues. The certificate is of the platform's
 * own authority, whose root is `certificateAuthority`. Clients come by one load balancer on an address of the network.
 *
 * It comes after the platform layer, whose storage classes and issuer it is given by name: pass what pods depend on in `dependsOn`. Claims of
 * volumes go with it; the volumes themselves are kept where their StorageClass keeps them.
 *
 * Cost: processors and memory of the nodes, a volume each, and a load balancer.
 */
export class ClusterQueue extends pulumi.ComponentResource implements MessageQueue {
  readonly endpoint: pulumi.Output<string>;
  /** The same for clients in the cluster, which need no load balancer. */
  readonly innerEndpoint: pulumi.Output<string>;
  readonly credentials: SecretReference;
  readonly certificateAuthority: pulumi.Output<string>;

  constructor(name: string, args: ClusterQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:ClusterQueue", name, {}, opts);
    const { cluster, protection } = args;
    const parent = { parent: this };
    const spaces = new Namespaces(
      `${name}-namespace`,
      { namespaces: { [queueNamespace]: { enforce: "restricted" } } },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    const namespace = queueNamespace;
    const inNamespace = { parent: this, dependsOn: [spaces] };
    const policies = new NetworkPolicies(
      `${name}-network-policies`,
      {
        namespaces: {
          [namespace]: { resource: spaces.resource(namespace), openings: queueOpenings(args.clients) },
        },
        identityEndpoints: cluster.identityEndpoints,
      },
      parent,
    );
    const operator = new QueueOperator(
      `${name}-operator`,
      {
        namespace: spaces.named(namespace),
        replicas: args.availability === "cluster" ? 2 : 1,
        protect: protection.protect,
      },
      { parent: this, dependsOn: [policies] },
    );
    const { spec: certificateSpec, metadata: certificateMetadata, ...certificateKind } = queueCertificate(args.address);
    const certificate = new CustomResource(
      `${name}-certificate`,
      {
        ...certificateKind,
        metadata: { ...certificateMetadata, namespace },
        spec: {
          ...certificateSpec,
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: args.issuer },
        },
      },
      inNamespace,
    );
    const password = new RandomPassword(`${name}-password`, { length: 32, special: false }, parent);
    this.credentials = args.secrets.put("queue", { username: queueUser, password: password.result }, parent);
    const login = new Secret(
      `${name}-login`,
      { metadata: { name: queueLogin, namespace }, stringData: queueLoginData(password.result) },
      inNamespace,
    );
    const { spec, metadata, ...kind } = rabbitmqCluster(
      args.version,
      args.size,
      args.availability === "cluster" ? 3 : 1,
      args.storageClass,
    );
    const broker = new CustomResource(
      `${name}-rabbitmq`,
      { ...kind, metadata: { ...metadata, namespace }, spec: args.transform?.(spec) ?? spec },
      { parent: this, dependsOn: [operator.deployment, certificate, login], protect: protection.protect },
    );
    new PodDisruptionBudget(
      `${name}-disruption-budget`,
      { metadata: { name: "queue", namespace }, spec: { maxUnavailable: 1, selector: { matchLabels: queueSelector } } },
      inNamespace,
    );
    const balancer = new Service(
      `${name}-network`,
      privateService({
        name: "queue-network",
        namespace,
        loadBalancer: cluster.privateLoadBalancer,
        address: args.address,
        port: { name: "amqps", number: queuePort },
        selector: queueSelector,
        ranges: args.clients.ranges,
      }),
      { parent: this, dependsOn: [broker] },
    );
    this.endpoint = balancer.metadata.apply(() => `amqps://${args.address}:${String(queuePort)}`);
    this.certificateAuthority = authorityOf(
      `${name}-authority`,
      { certificate, namespace, secretName: certificateSpec.secretName },
      this,
    );
    this.innerEndpoint = broker.metadata.apply(() => `amqps://queue.${queueNamespace}.svc:${String(queuePort)}`);
    this.registerOutputs({ endpoint: this.endpoint });
  }
}
