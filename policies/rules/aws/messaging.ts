import { ownKey } from "../../checks/aws-keys";
import { allowsEverybody, statementsOf, type Statement } from "../../checks/policy-documents";
import { resourceRule, type Expect, type Rule } from "../../model/rule";

const MSK = "https://docs.aws.amazon.com/msk/latest/developerguide";
const MQ = "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide";
const SNS = "https://docs.aws.amazon.com/sns/latest/dg";

const KAFKA = "aws:msk/cluster:Cluster";
const BROKER = "aws:mq/broker:Broker";
const TOPIC = "aws:sns/topic:Topic";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const QUEUE = "aws:sqs/queue:Queue";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";

/** Rules on Kafka, brokers, topics and queues. */
export const messagingRules: readonly Rule[] = [
  resourceRule({
    id: "aws-msk-encrypted",
    title: "Kafka is encrypted at rest with a key of the account, and in transit everywhere",
    severity: "high",
    controls: { iso27001: ["A.8.12", "A.8.24"], soc2: ["CC6.7"], pciDss: ["2.2.7"] },
    why: "A topic carries every change of the data behind it. A client or a broker that speaks in clear shows them to whoever listens in the network.",
    remedy: {
      text: "Let clients connect by TLS alone, keep TLS between brokers, and name a key when the cluster is created.",
      example:
        'new msk.Cluster("k", { encryptionInfo: { encryptionAtRestKmsKeyArn: key.arn, encryptionInTransit: { clientBroker: "TLS", inCluster: true } }, … })',
    },
    source: `${MSK}/msk-encryption.html`,
    on: {
      [KAFKA]: (kafka, expect) => {
        // TLS is the default, both of clients and between brokers.
        const inTransit = () => kafka.encryptionInfo?.encryptionInTransit;
        expect("encryptionInfo.encryptionInTransit.clientBroker", "lets clients connect in clear", () => {
          return (inTransit()?.clientBroker ?? "TLS") === "TLS";
        });
        expect("encryptionInfo.encryptionInTransit.inCluster", "leaves what brokers copy in clear", () => {
          return inTransit()?.inCluster !== false;
        });
        ownKey(
          expect,
          "encryptionInfo.encryptionAtRestKmsKeyArn",
          () => kafka.encryptionInfo?.encryptionAtRestKmsKeyArn,
        );
      },
    },
  }),
  resourceRule({
    id: "aws-msk-authn",
    title: "Kafka asks clients who they are, by certificate or by IAM",
    severity: "high",
    controls: { iso27001: ["A.8.5"], soc2: ["CC6.1"] },
    why: "A client that need not say who it is reads and writes every topic that it can name.",
    remedy: {
      text: "Switch unauthenticated access off, and IAM or client certificates on.",
      example: 'new msk.Cluster("k", { clientAuthentication: { sasl: { iam: true }, unauthenticated: false }, … })',
    },
    source: `${MSK}/kafka_apis_iam.html`,
    on: {
      [KAFKA]: (kafka, expect) => {
        expect("clientAuthentication.unauthenticated", "lets in clients that do not say who they are", () => {
          return kafka.clientAuthentication?.unauthenticated !== true;
        });
        expect("clientAuthentication", "knows clients neither by certificate nor by IAM", () => {
          const { sasl, tls } = kafka.clientAuthentication ?? {};
          return sasl?.iam === true || (tls?.certificateAuthorityArns?.length ?? 0) > 0;
        });
      },
    },
  }),
  resourceRule({
    id: "aws-msk-private-logged",
    title: "Kafka is not reachable from the internet, and its brokers send their logs out",
    severity: "high",
    controls: { iso27001: ["A.8.15", "A.8.20"], soc2: ["CC6.6", "CC7.2"] },
    why: "Brokers with public addresses are attacked from everywhere. Logs that no one takes off a broker are gone with it.",
    remedy: {
      text: "Leave public access off, and deliver the logs of the brokers to a log group, a bucket or a stream.",
      example:
        'new msk.Cluster("k", { loggingInfo: { brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: logs.name } } }, … })',
    },
    source: `${MSK}/msk-logging.html`,
    on: {
      [KAFKA]: (kafka, expect) => {
        expect("brokerNodeGroupInfo.connectivityInfo.publicAccess.type", "gives the brokers public addresses", () => {
          return (kafka.brokerNodeGroupInfo?.connectivityInfo?.publicAccess?.type ?? "DISABLED") === "DISABLED";
        });
        expect("loggingInfo.brokerLogs", "delivers the logs of the brokers nowhere", () => {
          const { cloudwatchLogs, firehose, s3 } = kafka.loggingInfo?.brokerLogs ?? {};
          return [cloudwatchLogs, firehose, s3].some((target) => target?.enabled === true);
        });
      },
    },
    fix: { [KAFKA]: { "brokerNodeGroupInfo.connectivityInfo.publicAccess.type": "DISABLED" } },
  }),
  resourceRule({
    id: "aws-mq-private-ha",
    title: "Brokers of Amazon MQ are private, outlive a zone, are logged and take fixes",
    severity: "high",
    controls: { iso27001: ["A.8.14", "A.8.15", "A.8.20"], soc2: ["CC6.6"] },
    why: "A public broker is one password away from everybody, and a broker of one instance stops every service that waits for its messages.",
    remedy: {
      text: "Keep the broker private, in more than one zone, with logs and upgrades of minor versions; ActiveMQ also with a key of the account.",
      example:
        'new mq.Broker("q", { publiclyAccessible: false, deploymentMode: "CLUSTER_MULTI_AZ", logs: { general: true }, autoMinorVersionUpgrade: true, … })',
    },
    source: `${MQ}/using-amazon-mq-securely.html`,
    on: {
      [BROKER]: (broker, expect, { stack }) => {
        expect("publiclyAccessible", "gives the broker a public address", () => broker.publiclyAccessible !== true);
        expect("deploymentMode", "makes a broker of one instance", () => {
          return (broker.deploymentMode ?? SINGLE).toUpperCase() !== SINGLE || stack.class === "development";
        });
        // RabbitMQ takes no encryptionOptions: it is encrypted with a key of Amazon MQ, whatever is said.
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-amazonmq-broker-encryptionoptions.html
        expect("encryptionOptions.useAwsOwnedKey", "leaves the choice of the key to AWS", () => {
          return broker.encryptionOptions?.useAwsOwnedKey === false || isRabbit(broker.engineType);
        });
        expect("logs.general", "leaves logs on the broker alone", () => broker.logs?.general === true);
        // RabbitMQ has no log of its own for audits.
        expect("logs.audit", "leaves changes by administrators unrecorded", () => {
          return broker.logs?.audit === true || isRabbit(broker.engineType);
        });
        expect(
          "autoMinorVersionUpgrade",
          "keeps fixes of the engine out",
          () => broker.autoMinorVersionUpgrade === true,
        );
      },
    },
  }),
  resourceRule({
    id: "aws-sns-sqs-kms",
    title: "Topics and queues are encrypted at rest",
    severity: "high",
    controls: {
      iso27001: ["A.8.3", "A.8.24"],
      soc2: ["PI1.4"],
      hipaa: ["164.312(a)(2)(iv)"],
      pciDss: ["3.5.1"],
      gdpr: ["Article 32"],
    },
    why: "Messages wait on the disks of the service: in clear where no key is named, and with the key of AWS no other service of the account can publish.",
    remedy: {
      text: "Name a key of the account whose policy lets the publishing services use it. A queue may do with the encryption that SQS has by default.",
      example: 'new sns.Topic("t", { kmsMasterKeyId: key.arn })',
    },
    source: `${SNS}/sns-server-side-encryption.html`,
    on: {
      [TOPIC]: (topic, expect) => {
        ownKey(expect, "kmsMasterKeyId", () => topic.kmsMasterKeyId);
      },
      [QUEUE]: (queue, expect) => {
        // A new queue is encrypted with a key of SQS unless it is told not to be.
        // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html
        expect("sqsManagedSseEnabled", "leaves messages in clear", () => {
          return queue.sqsManagedSseEnabled !== false || (queue.kmsMasterKeyId ?? "") !== "";
        });
      },
    },
    fix: { [QUEUE]: { sqsManagedSseEnabled: true } },
  }),
  resourceRule({
    id: "aws-sns-sqs-policy-closed",
    title: "Topics and queues are open to nobody but those that their policy names",
    severity: "critical",
    controls: { iso27001: ["A.8.3"], soc2: ["CC6.1"] },
    why: "With a principal of * every account of AWS can send messages that look like the platform's own, or read and delete those that wait.",
    remedy: {
      text: "Name the services or roles that may send and receive, the actions that they need, and the source by aws:SourceArn or aws:SourceAccount.",
      example:
        '{ Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage", Resource: queue.arn, Condition: { ArnEquals: { "aws:SourceArn": rule.arn } } }',
    },
    source: `${SNS}/sns-security-best-practices.html`,
    on: {
      [TOPIC]: closed,
      [TOPIC_POLICY]: closed,
      [QUEUE]: closed,
      [QUEUE_POLICY]: closed,
    },
  }),
];

const SINGLE = "SINGLE_INSTANCE";

function isRabbit(engine: string | undefined): boolean {
  return engine?.toLowerCase() === "rabbitmq";
}

/** Judges the policy of a topic or queue: written into it, or a resource of its own. Without one only the owner has access. */
function closed(inputs: { readonly policy?: unknown }, expect: Expect): void {
  if (inputs.policy === undefined || inputs.policy === "") return;
  for (const statement of statementsOf(inputs.policy, "policy")) {
    expect("policy", `lets everybody in, by ${statement.label}`, () => !isOpen(statement));
    expect("policy", `allows every action, by ${statement.label}`, () => !allowsAnyAction(statement));
  }
}

/** Permission of everybody, unless a condition narrows who that is. */
function isOpen(statement: Statement): boolean {
  return allowsEverybody(statement) && !isOfOwner(statement);
}

/**
 * Whether a statement is about requests of the owner's account, as in the policy that SNS gives a topic by itself.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 */
function isOfOwner({ conditions }: Statement): boolean {
  return Object.entries(conditions).some(
    ([operator, keys]) =>
      /^StringEquals(IgnoreCase)?$/.test(operator) &&
      Object.entries(keys).some(
        ([key, accounts]) => /^aws:SourceOwner$/i.test(key) && accounts.every((account) => /^\d{12}$/.test(account)),
      ),
  );
}

function allowsAnyAction({ effect, actions, notActions }: Statement): boolean {
  return effect === "Allow" && (notActions.length > 0 || actions.some((action) => /^((sns|sqs):)?\*+$/i.test(action)));
}
