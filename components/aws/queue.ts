import { Broker, type BrokerArgs } from "@pulumi/aws/mq/broker";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { MessageQueue as MessageQueueContract } from "../contracts/message-queue";
import type { Network } from "../contracts/network";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import { messageQueueName } from "../planning/names";
import type { Protection } from "../planning/protection";

export interface MessageQueueArgs {
  /** First part of the broker's name: at most 44 letters, digits, hyphens and underscores. */
  readonly prefix: string;
  /** Version of RabbitMQ, major and minor, such as `4.3`: AWS chooses and raises the patch. */
  readonly engineVersion: string;
  /** Machine of each node: from 4.2 on one of `mq.m7g.*`. */
  readonly instanceType: string;
  /** `cluster`: three nodes in several zones, and quorum queues that lose nothing with one of them. */
  readonly availability: "single-instance" | "cluster";
  readonly network: Network;
  readonly securityGroupId: Input<string>;
  readonly secrets: SecretStore;
  readonly protection: Protection;
  readonly transform?: (broker: BrokerArgs) => BrokerArgs;
}

const username = "platform";

/**
 * RabbitMQ on Amazon MQ, without an address on the internet. Clients connect by AMQP over TLS (1.2 at least) alone.
 *
 * At rest it is encrypted with a key of Amazon MQ (AES-256): `encryptionOptions` is refused for RabbitMQ.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-amazonmq-broker-encryptionoptions.html
 * Amazon MQ makes the log groups of RabbitMQ itself, named after the broker's generated id, so that none can be made before.
 * https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/security-logging-monitoring-rabbitmq.html
 *
 * The group must let in 5671 (AMQP) from workloads and 443 (console, management API) from administrators.
 *
 * Cost: each node per hour, its storage per GB and month.
 */
export class MessageQueue extends ComponentResource implements MessageQueueContract {
  readonly endpoint: Output<string>;
  readonly credentials: SecretReference;
  /** Amazon Trust Services, which everybody trusts: https://www.amazontrust.com/repository/ */
  readonly certificateAuthority = undefined;

  constructor(name: string, args: MessageQueueArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:MessageQueue", name, {}, opts);
    const password = new RandomPassword(
      `${name}-password`,
      // 12 to 250 characters, four of them different, without comma, colon and equals sign.
      // https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers-broker-id-users-username.html
      { length: 32, special: false },
      { parent: this },
    );
    const clustered = args.availability === "cluster";
    const subnets = args.network.subnetIds.database;
    const brokerArgs: BrokerArgs = {
      brokerName: messageQueueName(args.prefix),
      engineType: "RabbitMQ",
      engineVersion: args.engineVersion,
      hostInstanceType: args.instanceType,
      deploymentMode: clustered ? "CLUSTER_MULTI_AZ" : "SINGLE_INSTANCE",
      subnetIds: clustered ? [...subnets] : subnets.slice(0, 1),
      securityGroups: [args.securityGroupId],
      publiclyAccessible: false,
      // Amazon MQ takes no other value: https://github.com/hashicorp/terraform-provider-aws/issues/42516
      autoMinorVersionUpgrade: true,
      maintenanceWindowStartTime: { dayOfWeek: "SUNDAY", timeOfDay: "05:00", timeZone: "UTC" },
      logs: { general: true },
      users: [{ username, password: password.result }],
    };
    const broker = new Broker(`${name}-broker`, args.transform?.(brokerArgs) ?? brokerArgs, {
      parent: this,
      protect: args.protection.protect,
    });
    this.credentials = args.secrets.put("queue", { username, password: password.result }, { parent: this });
    // RabbitMQ has one address, behind which the nodes of a cluster are balanced.
    this.endpoint = broker.instances.apply((instances) => firstEndpoint(instances));
    this.registerOutputs({ endpoint: this.endpoint });
  }
}

function firstEndpoint(instances: readonly { readonly endpoints: readonly string[] }[]): string {
  const endpoint = instances[0]?.endpoints[0];
  if (endpoint === undefined)
    throw new Error("Amazon MQ gave the broker no address: refresh the stack and update again");
  return endpoint;
}
