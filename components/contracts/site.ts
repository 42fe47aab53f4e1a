import type { StackClass } from "../planning/protection";
import type { Cache } from "./cache";
import type { DataLake } from "./data-lake";
import type { DnsZone } from "./dns-zone";
import type { DocumentStore } from "./document-store";
import type { EventStream } from "./event-stream";
import type { FunctionRuntime } from "./function-runtime";
import type { IdentityProvider } from "./identity-provider";
import type { ImageRegistry } from "./image-registry";
import type { KeyRing } from "./key-ring";
import type { KeyValueStore } from "./key-value-store";
import type { KubernetesCluster } from "./kubernetes-cluster";
import type { MachineLearning } from "./machine-learning";
import type { MessageQueue } from "./message-queue";
import type { Network, NetworkGateway } from "./network";
import type { ObjectStore } from "./object-store";
import type { ShardedPostgres } from "./postgres-database";
import type { SecretStore } from "./secret-store";
import type { Telemetry } from "./telemetry";
import type { BindWorkload } from "./workload-identity";

/**
 * One footprint of a system in one cloud. Nothing here tells which cloud it is: what a cloud cannot do is a row of the
 * capability matrix, and what a stack leaves out is `undefined`.
 */
export interface Site {
  /** Name in the address plan: `prod`. */
  readonly name: string;
  readonly class: StackClass;
  readonly region: string;
  readonly network: Network;
  readonly gateway: NetworkGateway | undefined;
  readonly dns: DnsZone | undefined;
  readonly keys: KeyRing;
  readonly secrets: SecretStore;
  readonly images: ImageRegistry | undefined;
  readonly cluster: KubernetesCluster | undefined;
  readonly postgres: ShardedPostgres;
  readonly redis: Cache;
  readonly memcached: Cache | undefined;
  readonly events: EventStream | undefined;
  readonly queue: MessageQueue | undefined;
  readonly documents: DocumentStore | undefined;
  readonly keyValues: KeyValueStore | undefined;
  readonly objects: ObjectStore;
  readonly lake: DataLake | undefined;
  readonly functions: FunctionRuntime | undefined;
  readonly identityProvider: IdentityProvider | undefined;
  readonly machineLearning: MachineLearning | undefined;
  readonly telemetry: Telemetry | undefined;
  /** Gives a service account of the cluster an identity of the cloud. */
  readonly bindWorkload: BindWorkload;
}
