import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { EventStream } from "../contracts/event-stream";
import type { KubernetesCluster } from "../contracts/kubernetes-cluster";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import type { Protection } from "../planning/protection";
import type { TopicSpec } from "../planning/topics";
import { authorityOf } from "./authority";
import type { BrokerClients } from "./broker-clients.plan";
import { Chart } from "./chart";
import {
  brokerPool,
  brokerSelector,
  eventsCertificate,
  eventsNamespace,
  eventsOpenings,
  eventsOperatorValues,
  eventsPorts,
  eventsUser,
  innerBootstrap,
  kafka,
  kafkaTopic,
  kafkaUser,
  type BrokerSize,
  type EventAddresses,
  type KafkaMinor,
} from "./cluster-events.plan";
import { kubernetesMinor } from "./charts";
import { Namespaces } from "./namespaces";
import { NetworkPolicies } from "./network-policies";
import { privateService } from "./private-service.plan";

export interface ClusterEventsArgs {
  /** Where it runs. */
  readonly cluster: Pick<KubernetesCluster, "version" | "identityEndpoints" | "privateLoadBalancer">;
  /** ClusterIssuer that signs the brokers' certificate. */
  readonly issuer: pulumi.Input<string>;
  /** StorageClass of the brokers' volumes. A change replaces nothing and moves nothing: it is for brokers to come. */
  readonly storageClass: pulumi.Input<string>;
  /** Version of Apache Kafka, major and minor. */
  readonly version: KafkaMinor;
  /** What each of the three brokers has. */
  readonly size: BrokerSize;
  /** Topics by name; brokers make none by themselves. */
  readonly topics: Readonly<Record<string, TopicSpec>>;
  /** Addresses of the network that nothing else has: in the subnet of the cluster's private load balancers. */
  readonly addresses: EventAddresses;
  readonly clients: BrokerClients;
  readonly secrets: SecretStore;
  readonly protection: Protection;
  /** Changes the specification of the Kafka resource just before it is made. */
  readonly transform?: (spec: ReturnType<typeof kafka>["spec"]) => ReturnType<typeof kafka>["spec"];
}

/**
 * Apache Kafka on the cluster, run by Strimzi: three brokers, which are the controllers too, in different zones. Clients log in with
 * SCRAM-SHA-512 over TLS; the certificate is of the platform's own authority, whose root is `certificateAuthority`.
 * Those outside of the cluster come by one load balancer in front of all brokers and one for each, on addresses of the network.
 *
 * It comes after the platform layer, whose storage classes and issuer it is given by name: pass what pods depend on in `dependsOn`.
 *
 * Cost: processors and memory of the brokers, a volume each, and four load balancers.
 */
export class ClusterEvents extends pulumi.ComponentResource implements EventStream {
  readonly authentication = "SCRAM-SHA-512";
  readonly bootstrapServers: pulumi.Output<string>;
  /** The same before they answer: for who tries until they do. */
  readonly plannedBootstrapServers: string;
  /** The same for clients in the cluster, which need no load balancer. */
  readonly innerBootstrapServers: pulumi.Output<string>;
  readonly credentials: SecretReference;
  readonly username = eventsUser.name;
  /** A secret. */
  readonly password: pulumi.Output<string>;
  readonly version: string;
  readonly certificateAuthority: pulumi.Output<string>;

  constructor(name: string, args: ClusterEventsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:ClusterEvents", name, {}, opts);
    const { cluster, addresses, protection } = args;
    const parent = { parent: this };
    const spaces = new Namespaces(
      `${name}-namespace`,
      { namespaces: { [eventsNamespace]: { enforce: "restricted" } } },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    const namespace = eventsNamespace;
    const policies = new NetworkPolicies(
      `${name}-network-policies`,
      {
        namespaces: {
          [namespace]: { resource: spaces.resource(namespace), openings: eventsOpenings(args.clients) },
        },
        identityEndpoints: cluster.identityEndpoints,
      },
      parent,
    );
    const operator = new Chart(
      `${name}-operator`,
      {
        chart: "strimzi-kafka-operator",
        kubernetesVersion: kubernetesMinor(cluster.version),
        namespace,
        releaseName: "strimzi",
        values: eventsOperatorValues(),
      },
      { parent: this, dependsOn: [policies] },
    );
    const object = (
      suffix: string,
      { metadata, ...rest }: Manifest,
      dependsOn: readonly pulumi.Resource[],
      protect = false,
    ) =>
      new CustomResource(
        `${name}-${suffix}`,
        { ...rest, metadata: { ...metadata, namespace } },
        { parent: this, dependsOn: [...dependsOn], protect },
      );

    const certificate = eventsCertificate(addresses);
    const listeners = object(
      "certificate",
      {
        ...certificate,
        spec: {
          ...certificate.spec,
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: args.issuer },
        },
      },
      [spaces],
    );
    const brokers = object(
      "brokers",
      brokerPool(args.size, args.storageClass, protection.deleteContents),
      [operator.release],
      protection.protect,
    );
    const { spec, ...manifest } = kafka(args.version, addresses);
    const stream = object(
      "kafka",
      { ...manifest, spec: args.transform?.(spec) ?? spec },
      [brokers, listeners],
      protection.protect,
    );
    for (const [topic, topicSpec] of Object.entries(args.topics)) {
      object(`topic-${topic}`, kafkaTopic(topic, topicSpec), [stream], protection.protect);
    }
    const password = new RandomPassword(`${name}-password`, { length: 32, special: false }, parent);
    this.password = password.result;
    this.credentials = args.secrets.put("events", { username: this.username, password: password.result }, parent);
    const login = new Secret(
      `${name}-login`,
      { metadata: { name: eventsUser.secret, namespace }, stringData: { [eventsUser.key]: password.result } },
      { parent: this, dependsOn: [spaces] },
    );
    const user = object("user", kafkaUser(), [stream, login]);
    const services = [undefined, 0, 1, 2].map((broker) => {
      const address = broker === undefined ? addresses.bootstrap : (addresses.brokers[broker] ?? addresses.bootstrap);
      const suffix = broker === undefined ? "bootstrap" : `broker-${String(broker)}`;
      return new Service(
        `${name}-${suffix}`,
        privateService({
          name: `events-${suffix}`,
          namespace,
          loadBalancer: cluster.privateLoadBalancer,
          address,
          port: { name: "kafka", number: eventsPorts.network },
          selector: brokerSelector(broker),
          ranges: args.clients.ranges,
        }),
        { parent: this, dependsOn: [stream] },
      );
    });
    // By the user and the load balancers: whoever is given the addresses can log in.
    const ready = pulumi.all([user.metadata, ...services.map(({ metadata }) => metadata)]);
    this.plannedBootstrapServers = `${addresses.bootstrap}:${String(eventsPorts.network)}`;
    this.bootstrapServers = ready.apply(() => this.plannedBootstrapServers);
    this.innerBootstrapServers = user.metadata.apply(() => innerBootstrap);
    this.version = args.version;
    this.certificateAuthority = authorityOf(
      `${name}-authority`,
      { certificate: listeners, namespace, secretName: certificate.spec.secretName },
      this,
    );
    this.registerOutputs({ bootstrapServers: this.bootstrapServers });
  }
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly spec: object;
}
