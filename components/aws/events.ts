import { Policy as ScalingPolicy } from "@pulumi/aws/appautoscaling/policy";
import { Target as ScalingTarget } from "@pulumi/aws/appautoscaling/target";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { Cluster, type ClusterArgs } from "@pulumi/aws/msk/cluster";
import { Configuration } from "@pulumi/aws/msk/configuration";
import { ScramSecretAssociation } from "@pulumi/aws/msk/scramSecretAssociation";
import { Topic } from "@pulumi/aws/msk/topic";
import { SecretPolicy } from "@pulumi/aws/secretsmanager/secretPolicy";
import { all, ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { EventStream as EventStreamContract } from "../contracts/event-stream";
import type { Network } from "../contracts/network";
import type { SecretReference } from "../contracts/secret-store";
import { eventStreamName } from "../planning/names";
import type { Protection } from "../planning/protection";
import { replicationOf, type TopicSpec } from "../planning/topics";
import { serverProperties, topicConfiguration } from "./events.plan";
import { policyDocument } from "./policy-document";
import type { SecretStore } from "./secret-store";

export interface EventStreamArgs {
  /** First part of the cluster's name. */
  readonly prefix: string;
  /** Version of Apache Kafka, major and minor, such as `4.2`. Its metadata are kept by KRaft. */
  readonly version: string;
  /** Machine of each broker, such as `kafka.m7g.large`. */
  readonly brokerType: string;
  /** Brokers in each zone of the network, at least 1. */
  readonly brokersPerZone: number;
  /** Storage of each broker in GiB: at first, and what it grows to by itself. It never shrinks. */
  readonly storage: { readonly sizeGiB: number; readonly maxGiB: number };
  /** How fine the measurements in CloudWatch are; what is finer than `DEFAULT` is billed. */
  readonly monitoring: "DEFAULT" | "PER_BROKER" | "PER_TOPIC_PER_BROKER" | "PER_TOPIC_PER_PARTITION";
  /**
   * What a user may do with a topic that no access control list names. With `deny` the SCRAM user can do nothing before an
   * administrator, logged in by IAM on port 9098, has added lists.
   */
  readonly withoutAcl: "allow" | "deny";
  /** Topics by name; brokers make none by themselves. */
  readonly topics: Readonly<Record<string, TopicSpec>>;
  readonly network: Network;
  readonly securityGroupId: Input<string>;
  readonly keyArn: Input<string>;
  /** Name of the brokers' log group, which the logs key's policy names too. */
  readonly logGroup: string;
  readonly logsKeyArn: Input<string>;
  readonly secrets: SecretStore;
  readonly protection: Protection;
  readonly transform?: (cluster: ClusterArgs) => ClusterArgs;
}

const username = "platform";

/**
 * Apache Kafka on MSK: encrypted with a key of the stack, TLS (1.2 at least) alone between all, brokers in every zone.
 *
 * Two ways to log in. SCRAM is what clients use: it works from every cloud and in every client. IAM is for administrators: access
 * control lists do not bind them, so that they can write the first ones, and MSK makes topics in their name.
 * https://docs.aws.amazon.com/msk/latest/developerguide/kafka_apis_iam.html
 *
 * The group must let in 9096 (SCRAM) and 11001, 11002 (measurements for Prometheus) from workloads, 9098 (IAM) from
 * administrators, and, for functions on the stream, 9096 from the group itself:
 * https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html
 *
 * Cost: each broker per hour, its storage per GB and month, monitoring finer than `DEFAULT` per metric.
 */
export class EventStream extends ComponentResource implements EventStreamContract {
  readonly authentication = "SCRAM-SHA-512";
  readonly bootstrapServers: Output<string>;
  readonly credentials: SecretReference;
  readonly version: string;
  /** Amazon Trust Services, which everybody trusts: https://www.amazontrust.com/repository/ */
  readonly certificateAuthority = undefined;
  readonly clusterArn: Output<string>;
  /** Names of the topics by their key; each is known once the topic exists. */
  readonly topicNames: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: EventStreamArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:EventStream", name, {}, opts);
    const { network, protection } = args;
    const parent = { parent: this };
    const brokers = network.zones.length * args.brokersPerZone;
    const configuration = new Configuration(
      `${name}-configuration`,
      {
        description: "Topics on request alone, durable writes",
        serverProperties: serverProperties(brokers, args.withoutAcl),
      },
      parent,
    );
    const logs = new LogGroup(
      `${name}-log`,
      { name: args.logGroup, retentionInDays: protection.logRetentionDays, kmsKeyId: args.logsKeyArn },
      parent,
    );
    const clusterArgs: ClusterArgs = {
      clusterName: eventStreamName(args.prefix),
      kafkaVersion: `${args.version}.x.kraft`,
      numberOfBrokerNodes: brokers,
      brokerNodeGroupInfo: {
        instanceType: args.brokerType,
        clientSubnets: [...network.subnetIds.database],
        securityGroups: [args.securityGroupId],
        storageInfo: { ebsStorageInfo: { volumeSize: args.storage.sizeGiB } },
        connectivityInfo: { publicAccess: { type: "DISABLED" } },
      },
      configurationInfo: { arn: configuration.arn, revision: configuration.latestRevision },
      clientAuthentication: { sasl: { scram: true, iam: true }, unauthenticated: false },
      encryptionInfo: {
        encryptionAtRestKmsKeyArn: args.keyArn,
        encryptionInTransit: { clientBroker: "TLS", inCluster: true },
      },
      enhancedMonitoring: args.monitoring,
      openMonitoring: {
        prometheus: { jmxExporter: { enabledInBroker: true }, nodeExporter: { enabledInBroker: true } },
      },
      loggingInfo: { brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: logs.name } } },
    };
    const cluster = new Cluster(`${name}-cluster`, args.transform?.(clusterArgs) ?? clusterArgs, {
      parent: this,
      protect: protection.protect,
      // It grows by itself: the size of the first day would be a demand to shrink, which MSK refuses.
      ignoreChanges: ["brokerNodeGroupInfo.storageInfo.ebsStorageInfo.volumeSize"],
    });
    growStorage(name, cluster, args.storage.maxGiB, this);
    this.credentials = credentials(name, args, this);
    const login = logIn(name, cluster, this.credentials, this);
    const topicNames: Record<string, Output<string>> = {};
    for (const [topic, spec] of Object.entries(args.topics)) {
      topicNames[topic] = new Topic(
        `${name}-topic-${topic}`,
        {
          clusterArn: cluster.arn,
          name: topic,
          partitionCount: spec.partitions,
          replicationFactor: replicationOf(brokers).copies,
          configs: topicConfiguration(spec, brokers),
        },
        { parent: this, protect: protection.protect },
      ).name;
    }
    this.topicNames = topicNames;
    this.clusterArn = cluster.arn;
    this.version = args.version;
    // By the association: whoever is given the address can log in.
    this.bootstrapServers = all([cluster.bootstrapBrokersSaslScram, login.id]).apply(([servers]) => servers);
    this.registerOutputs({ bootstrapServers: this.bootstrapServers, clusterArn: this.clusterArn });
  }
}

/**
 * Storage grows by a tenth, at least by 10 GiB and at most every six hours, once a broker's is 60 % full, as MSK advises.
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-autoexpand-details.html
 */
function growStorage(name: string, cluster: Cluster, maxGiB: number, parent: ComponentResource): void {
  const target = new ScalingTarget(
    `${name}-storage`,
    {
      serviceNamespace: "kafka",
      resourceId: cluster.arn,
      scalableDimension: "kafka:broker-storage:VolumeSize",
      minCapacity: 1,
      maxCapacity: maxGiB,
    },
    { parent },
  );
  new ScalingPolicy(
    `${name}-storage-growth`,
    {
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      resourceId: target.resourceId,
      scalableDimension: target.scalableDimension,
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "KafkaBrokerStorageUtilization" },
        targetValue: 60,
        disableScaleIn: true,
      },
    },
    { parent },
  );
}

function credentials(name: string, { secrets }: EventStreamArgs, parent: ComponentResource): SecretReference {
  const password = new RandomPassword(`${name}-password`, { length: 32, special: false }, { parent });
  return secrets.put("events", { username, password: password.result }, { parent }, "kafka");
}

/**
 * Makes the secret a user of the cluster. MSK reads it itself, and takes secrets of the cluster's own account alone.
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-limitations.html
 */
function logIn(
  name: string,
  cluster: Cluster,
  secret: SecretReference,
  parent: ComponentResource,
): ScramSecretAssociation {
  const policy = new SecretPolicy(
    `${name}-secret-policy`,
    {
      secretArn: secret.resourceId,
      policy: policyDocument([
        {
          Sid: "ReadByKafka",
          Effect: "Allow",
          Principal: { Service: "kafka.amazonaws.com" },
          Action: "secretsmanager:GetSecretValue",
          Resource: secret.resourceId,
        },
      ]),
    },
    { parent },
  );
  return new ScramSecretAssociation(
    `${name}-login`,
    { clusterArn: cluster.arn, secretArnLists: [secret.resourceId] },
    { parent, dependsOn: [policy] },
  );
}
