import type { Properties } from "../../../offline/cloud/value";
import { at, text, type Deployed } from "../deployed";
import { because, each, is, list, number, type Holds, type StoreFacts } from "./facts";

const inNetwork = because("it answers at an address of the network alone");
const byIdentity = because("the service answers whom IAM lets in, and no policy lets everybody in");
const byHttps = because("the API of the service answers over HTTPS alone");
const noData = because("what it holds is elsewhere too");
const itsCluster = because("that of its cluster");
const rebuilt = because("it is made again from the commit");

const bucketSetting =
  (type: string, holds: (inputs: Properties) => boolean): Holds =>
  ({ id }, stack) =>
    stack.ofType(type).some(({ inputs }) => inputs["bucket"] === id && holds(inputs));

/** A policy that denies whoever comes without TLS. */
const deniesClear = (policy: Properties) => /"aws:SecureTransport":\s*"false"/.test(text(policy["policy"]));

const closed = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** The parameters of a group, found by its name. */
function parameter(stack: Deployed, type: string, group: unknown, name: string): string {
  const found = stack.ofType(type).find(({ outputs }) => outputs["name"] === group);
  const value = at(
    list(found?.inputs["parameters"]).find((one) => at(one, "name") === name),
    "value",
  );
  return typeof value === "string" ? value : "";
}

const key30: Holds = ({ inputs }) => inputs["deletionWindowInDays"] === 30;

const key = {
  encrypted: because("it is what the others are encrypted with"),
  isPrivate: byIdentity,
  tls: byHttps,
  engine: "asked",
  cloud: key30,
  backedUp: because("a key of KMS is kept in every zone and leaves its region as a replica alone"),
} as const satisfies StoreFacts;

const table = {
  encrypted: because("its rows are in the lake's bucket"),
  isPrivate: byIdentity,
  tls: byHttps,
  engine: "asked",
  cloud: because("the catalog takes no lock"),
  backedUp: because("it is made again by the program"),
} as const satisfies StoreFacts;

/** Types of AWS that keep data. */
export const awsStores: Readonly<Record<string, StoreFacts>> = {
  "aws:rds/instance:Instance": {
    encrypted: ({ inputs }) =>
      inputs["storageEncrypted"] === true && (is(inputs["kmsKeyId"]) || is(inputs["replicateSourceDb"])),
    isPrivate: ({ inputs }) => inputs["publiclyAccessible"] === false,
    tls: ({ inputs }, stack) =>
      parameter(stack, "aws:rds/parameterGroup:ParameterGroup", inputs["parameterGroupName"], "rds.force_ssl") === "1",
    engine: "asked",
    cloud: ({ inputs }) =>
      inputs["deletionProtection"] === true &&
      (is(inputs["replicateSourceDb"]) || inputs["skipFinalSnapshot"] === false),
    backedUp: ({ inputs }) => is(inputs["replicateSourceDb"]) || number(inputs["backupRetentionPeriod"]) >= 7,
  },
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {
    encrypted: ({ inputs }) => is(inputs["kmsKeyId"]),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: because("it is a copy, which stays for its days when the replication ends"),
    cloud: ({ inputs }) => number(inputs["retentionPeriod"]) >= 7,
    backedUp: because("it is a copy"),
  },
  "aws:docdb/cluster:Cluster": {
    encrypted: ({ inputs }) => inputs["storageEncrypted"] === true && is(inputs["kmsKeyId"]),
    isPrivate: inNetwork,
    tls: ({ inputs }, stack) =>
      /^tls1\.[23]\+$/.test(
        parameter(
          stack,
          "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
          inputs["dbClusterParameterGroupName"],
          "tls",
        ),
      ),
    engine: "asked",
    cloud: ({ inputs }) => inputs["deletionProtection"] === true && inputs["skipFinalSnapshot"] === false,
    backedUp: ({ inputs }) => number(inputs["backupRetentionPeriod"]) >= 7,
  },
  "aws:docdb/clusterInstance:ClusterInstance": {
    encrypted: itsCluster,
    isPrivate: inNetwork,
    tls: itsCluster,
    engine: "asked",
    cloud: itsCluster,
    backedUp: itsCluster,
  },
  "aws:dynamodb/table:Table": {
    encrypted: ({ inputs }) =>
      at(inputs, "serverSideEncryption.enabled") === true &&
      is(at(inputs, "serverSideEncryption.kmsKeyArn")) &&
      each(inputs["replicas"], (replica) => is(at(replica, "kmsKeyArn"))),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) =>
      inputs["deletionProtectionEnabled"] === true &&
      each(inputs["replicas"], (replica) => at(replica, "deletionProtectionEnabled") === true),
    backedUp: ({ inputs }) =>
      at(inputs, "pointInTimeRecovery.enabled") === true &&
      each(inputs["replicas"], (replica) => at(replica, "pointInTimeRecovery") === true),
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    encrypted: ({ inputs }) => inputs["atRestEncryptionEnabled"] === true && is(inputs["kmsKeyId"]),
    isPrivate: inNetwork,
    tls: ({ inputs }) => inputs["transitEncryptionEnabled"] === true && inputs["transitEncryptionMode"] === "required",
    engine: "asked",
    cloud: because("ElastiCache takes no lock"),
    backedUp: ({ inputs }) => number(inputs["snapshotRetentionLimit"]) >= 1,
  },
  "aws:elasticache/cluster:Cluster": {
    encrypted: because("Memcached keeps everything in memory: there is nothing at rest"),
    isPrivate: inNetwork,
    tls: ({ inputs }) => inputs["engine"] === "memcached" && inputs["transitEncryptionEnabled"] === true,
    engine: "asked",
    cloud: because("ElastiCache takes no lock"),
    backedUp: because("what it caches is in a database"),
  },
  "aws:msk/cluster:Cluster": {
    encrypted: ({ inputs }) => is(at(inputs, "encryptionInfo.encryptionAtRestKmsKeyArn")),
    isPrivate: ({ inputs }) => at(inputs, "brokerNodeGroupInfo.connectivityInfo.publicAccess.type") === "DISABLED",
    tls: ({ inputs }) =>
      at(inputs, "encryptionInfo.encryptionInTransit.clientBroker") === "TLS" &&
      at(inputs, "encryptionInfo.encryptionInTransit.inCluster") === true &&
      at(inputs, "clientAuthentication.unauthenticated") === false,
    engine: "asked",
    cloud: because("MSK takes no lock"),
    backedUp: ({ inputs }) => number(inputs["numberOfBrokerNodes"]) >= 3,
  },
  "aws:msk/topic:Topic": {
    encrypted: itsCluster,
    isPrivate: itsCluster,
    tls: itsCluster,
    engine: "asked",
    cloud: because("MSK takes no lock"),
    backedUp: ({ inputs }) => number(inputs["replicationFactor"]) >= 3,
  },
  "aws:mq/broker:Broker": {
    // RabbitMQ is always encrypted, by a key of AWS, and takes no other:
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-amazonmq-broker-encryptionoptions.html
    encrypted: ({ inputs }) => inputs["engineType"] === "RabbitMQ" && inputs["encryptionOptions"] === undefined,
    isPrivate: ({ inputs }) => inputs["publiclyAccessible"] === false,
    tls: because("Amazon MQ listens for AMQP over TLS alone"),
    engine: "asked",
    cloud: because("Amazon MQ takes no lock"),
    backedUp: ({ inputs }) => inputs["deploymentMode"] === "CLUSTER_MULTI_AZ",
  },
  "aws:sqs/queue:Queue": {
    encrypted: ({ inputs }) => is(inputs["kmsMasterKeyId"]),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: noData,
    cloud: noData,
    backedUp: noData,
  },
  "aws:sns/topic:Topic": {
    encrypted: ({ inputs }) => is(inputs["kmsMasterKeyId"]),
    isPrivate: byIdentity,
    tls: ({ outputs }, stack) =>
      stack
        .ofType("aws:sns/topicPolicy:TopicPolicy")
        .some(({ inputs }) => inputs["arn"] === outputs["arn"] && deniesClear(inputs)),
    engine: noData,
    cloud: noData,
    backedUp: noData,
  },
  "aws:lambda/function:Function": {
    encrypted: ({ inputs }) => is(inputs["kmsKeyArn"]),
    isPrivate: ({ inputs }) => is(at(inputs, "vpcConfig.subnetIds.0")),
    tls: byHttps,
    engine: rebuilt,
    cloud: rebuilt,
    backedUp: rebuilt,
  },
  "aws:backup/vault:Vault": {
    encrypted: ({ inputs }) => is(inputs["kmsKeyArn"]),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) => inputs["forceDestroy"] === false,
    backedUp: because("it is a copy"),
  },
  "aws:cloudtrail/trail:Trail": {
    encrypted: ({ inputs }) => is(inputs["kmsKeyId"]),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: "asked",
    cloud: because("its records are in a bucket of their own"),
    backedUp: because("its records are in a bucket of their own"),
  },
  "aws:cfg/deliveryChannel:DeliveryChannel": {
    encrypted: ({ inputs }) => is(inputs["s3KmsKeyArn"]),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: because("its records are in a bucket of their own"),
    cloud: because("its records are in a bucket of their own"),
    backedUp: because("its records are in a bucket of their own"),
  },
  "aws:athena/workgroup:Workgroup": {
    encrypted: ({ inputs }) =>
      is(at(inputs, "configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn")) &&
      at(inputs, "configuration.enforceWorkgroupConfiguration") === true,
    isPrivate: byIdentity,
    tls: byHttps,
    engine: noData,
    cloud: noData,
    backedUp: noData,
  },
  "aws:secretsmanager/secret:Secret": {
    encrypted: ({ inputs }) =>
      is(inputs["kmsKeyId"]) && each(inputs["replicas"], (replica) => is(at(replica, "kmsKeyId"))),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) => inputs["recoveryWindowInDays"] === 30,
    backedUp: ({ inputs }) => list(inputs["replicas"]).length > 0,
  },
  "aws:s3/bucket:Bucket": {
    encrypted: bucketSetting(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      (inputs) => {
        const rule = at(inputs, "rules.0.applyServerSideEncryptionByDefault");
        // By a key of the site, or by keys of S3 itself.
        return at(rule, "sseAlgorithm") === "AES256" || is(at(rule, "kmsMasterKeyId"));
      },
    ),
    isPrivate: (bucket, stack) =>
      bucketSetting("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", (inputs) =>
        closed.every((setting) => inputs[setting] === true),
      )(bucket, stack) &&
      bucketSetting(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        (inputs) => at(inputs, "rule.objectOwnership") === "BucketOwnerEnforced",
      )(bucket, stack),
    tls: bucketSetting("aws:s3/bucketPolicy:BucketPolicy", deniesClear),
    engine: "asked",
    cloud: ({ inputs }) => inputs["forceDestroy"] === false,
    backedUp: bucketSetting(
      "aws:s3/bucketVersioning:BucketVersioning",
      (inputs) => at(inputs, "versioningConfiguration.status") === "Enabled",
    ),
  },
  "aws:ecr/repository:Repository": {
    encrypted: ({ inputs }) => at(inputs, "encryptionConfigurations.0.encryptionType") === "KMS",
    isPrivate: byIdentity,
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) => inputs["forceDelete"] === false,
    backedUp: rebuilt,
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    encrypted: ({ inputs }) => is(inputs["kmsKeyId"]),
    isPrivate: byIdentity,
    tls: byHttps,
    engine: because("logs go with what wrote them"),
    cloud: because("logs go with what wrote them"),
    backedUp: because("logs go with what wrote them"),
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    encrypted: ({ inputs }) => text(at(inputs, "blockDeviceMappings.0.ebs.encrypted")) === "true",
    isPrivate: because("subnets give machines no address of the internet"),
    tls: because("nothing of it listens"),
    engine: noData,
    cloud: noData,
    backedUp: noData,
  },
  "aws:eks/cluster:Cluster": {
    encrypted: ({ inputs }) => is(at(inputs, "encryptionConfig.provider.keyArn")),
    isPrivate: ({ inputs }) =>
      at(inputs, "vpcConfig.endpointPublicAccess") === false || is(at(inputs, "vpcConfig.publicAccessCidrs.0")),
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) => inputs["deletionProtection"] === true,
    backedUp: because("what is in it is made again by the program"),
  },
  "aws:cognito/userPool:UserPool": {
    encrypted: because("Cognito encrypts by a key of its own and takes no other for its users"),
    isPrivate: because("people log in from the internet"),
    tls: byHttps,
    engine: "asked",
    cloud: ({ inputs }) => inputs["deletionProtection"] === "ACTIVE",
    backedUp: because("Cognito keeps it in every zone and has no backups"),
  },
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup": {
    ...table,
    encrypted: because("models are in the lake's bucket"),
    backedUp: because("models are in the lake's bucket"),
  },
  "aws:glue/catalogDatabase:CatalogDatabase": table,
  "aws:glue/catalogTable:CatalogTable": table,
  "aws:kms/key:Key": key,
  "aws:kms/replicaKey:ReplicaKey": key,
};
