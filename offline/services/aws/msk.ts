import type { ClusterArgs } from "@pulumi/aws/msk";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import { isProperties, type Properties } from "../../cloud/value";
import { arn, uuid } from "./arn";
import { durationOf } from "./durations";
import { checkChoices, checkRanges } from "../input-checks";
import {
  clusterPolicy,
  MSK_CLUSTER,
  MSK_CLUSTER_POLICY,
  SCRAM_ASSOCIATION,
  scramSecretAssociation,
  SINGLE_SCRAM_ASSOCIATION,
  singleScramSecretAssociation,
} from "./msk-access";
import { configuration, MSK_CONFIGURATION, refuseUnknownVersion, shardOf } from "./msk-configuration";
import { compareKafka, isBrokerType, isExpress, isKraft } from "./msk-versions";
import { requireKey, securityGroupReference, subnetReference } from "./references";
import { text } from "./text";
import { LOG_GROUP } from "./types";
import { placementOf } from "./vpc-placement";

// Error codes: https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html

type Inputs = Resolved<ClusterArgs>;
type Context = CallContext<Inputs>;

const BAD_REQUEST = "BadRequestException";

const cluster = resourceType<ClusterArgs>({
  token: MSK_CLUSTER,
  service: "Kafka",
  actions: { create: "CreateCluster", update: "UpdateCluster", delete: "DeleteCluster" },
  name: {
    property: "clusterName",
    // https://github.com/hashicorp/terraform-provider-aws/issues/8793
    pattern: /^[0-9A-Za-z][0-9A-Za-z-]*$/,
    rule: "1 to 64 letters, digits and -, no - first",
    source: "https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html",
    maxLength: 64,
    unique: {
      within: "region",
      code: "ConflictException",
      message: "This cluster name already exists: {value}. Retry your request using another name.",
    },
  },
  references: [
    subnetReference("brokerNodeGroupInfo.clientSubnets[*]", BAD_REQUEST),
    securityGroupReference("brokerNodeGroupInfo.securityGroups[*]", BAD_REQUEST),
    {
      path: "configurationInfo.arn",
      to: MSK_CONFIGURATION,
      missing: { code: BAD_REQUEST, message: "The configuration {value} does not exist" },
    },
    {
      path: "loggingInfo.brokerLogs.cloudwatchLogs.logGroup",
      to: LOG_GROUP,
      missing: { code: BAD_REQUEST, message: "The CloudWatch Logs log group {value} cannot be found" },
      holds: false,
    },
  ],
  duration: {
    create: durationOf(MSK_CLUSTER)?.create ?? 1380,
    delete: 300,
    source: "1 public apply log; deletion estimated",
  },
  check,
  create: (context) => {
    const { inputs, scope } = context;
    refuseUnknownVersion(inputs.kafkaVersion);
    checkBrokers(context);
    checkSecurity(context);
    checkConfiguration(context);
    const clusterUuid = `${uuid(context)}-${shardOf(context.hex(2))}`;
    const id = arn(scope, "kafka", `cluster/${inputs.clusterName ?? ""}/${clusterUuid}`);
    return { id, outputs: { arn: id, clusterUuid, ...described(context) } };
  },
  update: (context) => {
    const { inputs, oldInputs } = context;
    const [before, after] = [oldInputs.kafkaVersion, inputs.kafkaVersion];
    if (after !== before) {
      refuseUnknownVersion(after);
      if (isKraft(after) !== isKraft(before)) {
        refuse(BAD_REQUEST, `A cluster keeps its kind of metadata: ${before} cannot become ${after}`);
      }
    }
    checkBrokers(context);
    checkSecurity(context);
    checkConfiguration(context);
    refuseShrink(oldInputs, inputs);
    return described(context);
  },
  delete: ({ resource, cloud, effects }) => {
    for (const type of [SCRAM_ASSOCIATION, SINGLE_SCRAM_ASSOCIATION, MSK_CLUSTER_POLICY]) {
      for (const each of cloud.list(type)) if (each.inputs["clusterArn"] === resource.id) effects.remove(each);
    }
  },
  // A lower version and the way back from tiered storage need a new cluster:
  // https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/kafka/cluster.go
  replacesWhen: (before, after) => [
    ...(compareKafka(text(after["kafkaVersion"]), text(before["kafkaVersion"])) < 0 &&
    after["kafkaVersion"] !== undefined
      ? ["kafkaVersion"]
      : []),
    ...(before["storageMode"] === "TIERED" && after["storageMode"] === "LOCAL" ? ["storageMode"] : []),
  ],
});

/** Ranges and choices that the provider itself checks. */
function check(context: CheckContext<Inputs>): void {
  const { inputs } = context;
  const ebs = inputs.brokerNodeGroupInfo?.storageInfo?.ebsStorageInfo;
  // https://docs.aws.amazon.com/msk/latest/developerguide/msk-provision-throughput.html
  checkRanges(context, [
    ["brokerNodeGroupInfo.storageInfo.ebsStorageInfo.volumeSize", ebs?.volumeSize, 1, 16_384],
    [
      "brokerNodeGroupInfo.storageInfo.ebsStorageInfo.provisionedThroughput.volumeThroughput",
      ebs?.provisionedThroughput?.volumeThroughput,
      250,
      2375,
    ],
    ["numberOfBrokerNodes", inputs.numberOfBrokerNodes, 1, 60],
  ]);
  checkChoices(context, [
    [
      "enhancedMonitoring",
      inputs.enhancedMonitoring,
      ["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER", "PER_TOPIC_PER_PARTITION"],
    ],
    ["storageMode", inputs.storageMode, ["LOCAL", "TIERED"]],
    [
      "encryptionInfo.encryptionInTransit.clientBroker",
      inputs.encryptionInfo?.encryptionInTransit?.clientBroker,
      ["TLS", "TLS_PLAINTEXT", "PLAINTEXT"],
    ],
    [
      "brokerNodeGroupInfo.connectivityInfo.publicAccess.type",
      inputs.brokerNodeGroupInfo?.connectivityInfo?.publicAccess?.type,
      ["DISABLED", "SERVICE_PROVIDED_EIPS"],
    ],
  ]);
}

/** Subnets, zones and brokers: https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html#clusters-model-brokernodegroupinfo */
function checkBrokers({ inputs, cloud, scope }: Context): void {
  const { clientSubnets, securityGroups, instanceType, storageInfo } = inputs.brokerNodeGroupInfo;
  if (!isBrokerType(instanceType)) refuse(BAD_REQUEST, `Invalid broker instance type: ${instanceType}`);
  const { vpcs, zones, strangers } = placementOf(cloud, clientSubnets, securityGroups);
  const most = scope.region === "us-west-1" ? 2 : 3;
  const fewest = isExpress(instanceType) ? 3 : 2;
  if (clientSubnets.length < fewest || clientSubnets.length > most) {
    refuse(
      BAD_REQUEST,
      `Specify ${fewest === most ? String(most) : `${String(fewest)} or ${String(most)}`} client subnets, got ${String(clientSubnets.length)}`,
    );
  }
  // https://github.com/hashicorp/terraform-provider-aws/issues/9658
  if (new Set(zones).size < clientSubnets.length) {
    refuse(
      BAD_REQUEST,
      "The number of Availability Zones in the BrokerAZDistribution parameter must be equal to the number of client subnets.",
    );
  }
  if (vpcs.length > 1) refuse(BAD_REQUEST, `The client subnets must be in one VPC, these are in ${vpcs.join(", ")}`);
  if (strangers.length > 0) {
    refuse(BAD_REQUEST, `The security groups ${strangers.join(", ")} are not in the VPC of the client subnets`);
  }
  if (inputs.numberOfBrokerNodes % clientSubnets.length !== 0) {
    refuse(
      BAD_REQUEST,
      `The number of broker nodes must be a multiple of Availability Zones in the Client Subnets parameter: ${String(inputs.numberOfBrokerNodes)} is none of ${String(clientSubnets.length)}`,
    );
  }
  if (isExpress(instanceType) && storageInfo !== undefined) {
    refuse(BAD_REQUEST, "Storage cannot be set for clusters with Express instance types");
  }
  if (inputs.storageMode === "TIERED" && instanceType === "kafka.t3.small") {
    refuse(BAD_REQUEST, "Tiered storage is not supported with kafka.t3.small");
  }
}

/** Encryption, ways to log in, and the key. https://docs.aws.amazon.com/msk/latest/developerguide/msk-encryption.html */
function checkSecurity(context: Context): void {
  const { inputs } = context;
  const transit = inputs.encryptionInfo?.encryptionInTransit;
  const clientBroker = transit?.clientBroker ?? "TLS";
  const { sasl, tls, unauthenticated } = inputs.clientAuthentication ?? {};
  const hasLogin = sasl?.scram === true || sasl?.iam === true || tls !== undefined;
  if (hasLogin && clientBroker === "PLAINTEXT") {
    refuse(BAD_REQUEST, "Client authentication needs encryption in transit: clientBroker TLS or TLS_PLAINTEXT");
  }
  if (inputs.clientAuthentication !== undefined && !hasLogin && unauthenticated !== true) {
    refuse(BAD_REQUEST, "Client authentication must have at least one way turned on: SASL/SCRAM, IAM, TLS or none");
  }
  // https://docs.aws.amazon.com/msk/latest/developerguide/public-access.html
  if (inputs.brokerNodeGroupInfo.connectivityInfo?.publicAccess?.type === "SERVICE_PROVIDED_EIPS") {
    if (unauthenticated === true || !hasLogin || clientBroker !== "TLS" || transit?.inCluster === false) {
      refuse(BAD_REQUEST, "Public access needs client authentication, no unauthenticated access, and TLS alone");
    }
  }
  requireKey(context, inputs.encryptionInfo?.encryptionAtRestKmsKeyArn, {
    code: BAD_REQUEST,
    message: "The KMS key {value} does not exist, or cannot be used from here",
  });
}

/** The revision exists, and the configuration is for the version of the cluster. */
function checkConfiguration({ inputs, cloud }: Context): void {
  const wanted = inputs.configurationInfo;
  const found = wanted === undefined ? undefined : cloud.find(MSK_CONFIGURATION, wanted.arn);
  if (wanted === undefined || found === undefined) return;
  const latest = Number(found.outputs["latestRevision"]);
  if (wanted.revision < 1 || wanted.revision > latest) {
    refuse(BAD_REQUEST, `The configuration ${wanted.arn} has no revision ${String(wanted.revision)}`);
  }
  const versions = found.inputs["kafkaVersions"];
  if (Array.isArray(versions) && versions.length > 0 && !versions.includes(inputs.kafkaVersion)) {
    refuse(
      BAD_REQUEST,
      `The configuration ${wanted.arn} is for Apache Kafka ${versions.map(text).join(", ")}, not for ${inputs.kafkaVersion}`,
    );
  }
}

/** https://docs.aws.amazon.com/msk/latest/developerguide/msk-update-storage.html */
function refuseShrink(before: Inputs, after: Inputs): void {
  const size = (inputs: Inputs) => inputs.brokerNodeGroupInfo.storageInfo?.ebsStorageInfo?.volumeSize ?? 0;
  if (size(after) < size(before)) {
    refuse(
      BAD_REQUEST,
      `The target volume size (${String(size(after))} GiB) must be larger than the current one (${String(size(before))} GiB)`,
    );
  }
}

/**
 * Brokers in the real shape, `b-1.<cluster>.<6 digits>.c<n>.kafka.<region>.amazonaws.com:<port>`, three of them at most, and only
 * for the ways that are open. https://docs.aws.amazon.com/msk/latest/developerguide/msk-get-bootstrap-brokers.html, port-info.html
 */
function described({ inputs, scope, hex, urn }: Pick<Context, "inputs" | "scope" | "hex" | "urn">): Properties {
  const domain = `${(inputs.clusterName ?? urn).toLowerCase()}.${hex(6)}.c${shardOf(hex(2))}.kafka.${scope.region}.amazonaws.com`;
  const hosts = (prefix: string, count: number, port: number) =>
    Array.from(
      { length: Math.min(count, 3) },
      (_, index) => `${prefix}-${String(index + 1)}.${domain}:${String(port)}`,
    ).join();
  const brokers = (isOpen: boolean, port: number) => (isOpen ? hosts("b", inputs.numberOfBrokerNodes, port) : "");
  const clientBroker = inputs.encryptionInfo?.encryptionInTransit?.clientBroker ?? "TLS";
  const { sasl, tls, unauthenticated } = inputs.clientAuthentication ?? { unauthenticated: true };
  const isKeeperless = isKraft(inputs.kafkaVersion);
  return {
    bootstrapBrokers: brokers(unauthenticated === true && clientBroker !== "TLS", 9092),
    bootstrapBrokersTls: brokers((unauthenticated === true || tls !== undefined) && clientBroker !== "PLAINTEXT", 9094),
    bootstrapBrokersSaslScram: brokers(sasl?.scram === true, 9096),
    bootstrapBrokersSaslIam: brokers(sasl?.iam === true, 9098),
    ...Object.fromEntries(CLOSED.map((output) => [output, ""])),
    zookeeperConnectString: isKeeperless ? "" : hosts("z", 3, 2181),
    zookeeperConnectStringTls: isKeeperless ? "" : hosts("z", 3, 2182),
    currentVersion: `K${hex(13).toUpperCase()}`,
    customerActionStatus: "NONE",
    enhancedMonitoring: inputs.enhancedMonitoring ?? "DEFAULT",
    storageMode: inputs.storageMode ?? "LOCAL",
    encryptionInfo: {
      encryptionAtRestKmsKeyArn:
        inputs.encryptionInfo?.encryptionAtRestKmsKeyArn ?? arn(scope, "kms", `key/${uuid({ hex })}`),
      encryptionInTransit: { clientBroker: "TLS", inCluster: true, ...transitOf(inputs) },
    },
  };
}

/** Addresses of what no cluster here has: IPv6, public access, other VPCs. */
const CLOSED = [
  ...[
    "bootstrapBrokersIpv6",
    "bootstrapBrokersTlsIpv6",
    "bootstrapBrokersSaslScramIpv6",
    "bootstrapBrokersSaslIamIpv6",
  ],
  ...["bootstrapBrokersPublicTls", "bootstrapBrokersPublicSaslScram", "bootstrapBrokersPublicSaslIam"],
  ...["bootstrapBrokersVpcConnectivityTls", "bootstrapBrokersVpcConnectivitySaslScram"],
  "bootstrapBrokersVpcConnectivitySaslIam",
];

function transitOf(inputs: Inputs): Properties {
  const transit = inputs.encryptionInfo?.encryptionInTransit as Properties | undefined;
  return isProperties(transit) ? transit : {};
}

export const mskTypes: readonly ResourceType[] = [
  cluster,
  configuration,
  scramSecretAssociation,
  singleScramSecretAssociation,
  clusterPolicy,
];
