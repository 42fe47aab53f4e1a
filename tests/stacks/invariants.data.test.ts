import assert from "node:assert/strict";
import { isList, isProperties, type Properties, type Value } from "../../offline/cloud/value";
import { protectionOf } from "../../components/planning/protection";
import { loadConfiguration } from "../../config/load";
import { catalogue } from "../../stacks/catalogue";
import { committed } from "../config/stack-files";
import type { Registration } from "../support/in-process";
import { at, deployed, text, type Deployed } from "./deployed";

// What must be true of everything that keeps data in every stack, whatever the stack is.

const BUCKET = "aws:s3/bucket:Bucket";

const is = (value: Value | undefined): boolean => value !== undefined && value !== "";

/** Types that keep data, and how one sees that they encrypt it. A type that keeps data and has no row here fails. */
const ENCRYPTED: Readonly<Record<string, (resource: Registration, stack: Deployed) => boolean>> = {
  "aws:rds/instance:Instance": ({ inputs }) =>
    inputs["storageEncrypted"] === true && (is(inputs["kmsKeyId"]) || is(inputs["replicateSourceDb"])),
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": ({ inputs }) =>
    is(inputs["kmsKeyId"]),
  "aws:docdb/cluster:Cluster": ({ inputs }) => inputs["storageEncrypted"] === true && is(inputs["kmsKeyId"]),
  "aws:dynamodb/table:Table": ({ inputs }) =>
    at(inputs, "serverSideEncryption.enabled") === true &&
    is(at(inputs, "serverSideEncryption.kmsKeyArn")) &&
    each(inputs["replicas"], (replica) => is(at(replica, "kmsKeyArn"))),
  "aws:elasticache/replicationGroup:ReplicationGroup": ({ inputs }) =>
    inputs["atRestEncryptionEnabled"] === true && is(inputs["kmsKeyId"]),
  // Memcached keeps everything in memory: there is nothing at rest.
  "aws:elasticache/cluster:Cluster": ({ inputs }) => inputs["engine"] === "memcached",
  "aws:msk/cluster:Cluster": ({ inputs }) => is(at(inputs, "encryptionInfo.encryptionAtRestKmsKeyArn")),
  // RabbitMQ is always encrypted, by a key of AWS, and takes no other:
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-amazonmq-broker-encryptionoptions.html
  "aws:mq/broker:Broker": ({ inputs }) =>
    inputs["engineType"] === "RabbitMQ" && inputs["encryptionOptions"] === undefined,
  "aws:sqs/queue:Queue": ({ inputs }) => is(inputs["kmsMasterKeyId"]),
  "aws:sns/topic:Topic": ({ inputs }) => is(inputs["kmsMasterKeyId"]),
  "aws:lambda/function:Function": ({ inputs }) => is(inputs["kmsKeyArn"]),
  "aws:backup/vault:Vault": ({ inputs }) => is(inputs["kmsKeyArn"]),
  "aws:cloudtrail/trail:Trail": ({ inputs }) => is(inputs["kmsKeyId"]),
  "aws:cfg/deliveryChannel:DeliveryChannel": ({ inputs }) => is(inputs["s3KmsKeyArn"]),
  "aws:athena/workgroup:Workgroup": ({ inputs }) =>
    is(at(inputs, "configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn")),
  "aws:secretsmanager/secret:Secret": ({ inputs }) =>
    is(inputs["kmsKeyId"]) && each(inputs["replicas"], (replica) => is(at(replica, "kmsKeyId"))),
  [BUCKET]: (bucket, stack) =>
    stack
      .ofType("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
      .some(({ inputs }) => inputs["bucket"] === bucket.id),
  "aws:ecr/repository:Repository": ({ inputs }) => at(inputs, "encryptionConfigurations.0.encryptionType") === "KMS",
  "aws:cloudwatch/logGroup:LogGroup": ({ inputs }) => is(inputs["kmsKeyId"]),
  "aws:ec2/launchTemplate:LaunchTemplate": ({ inputs }) =>
    text(at(inputs, "blockDeviceMappings.0.ebs.encrypted")) === "true",
  "aws:eks/cluster:Cluster": ({ inputs }) => is(at(inputs, "encryptionConfig.provider.keyArn")),
  "kubernetes:storage.k8s.io/v1:StorageClass": ({ inputs }) => at(inputs, "parameters.encrypted") === "true",
};

/** Words in the types of services that keep data: what matches must be in the table above. */
const KEEPS_DATA =
  /^aws:(rds\/(instance|cluster|globalCluster)|docdb\/(cluster|globalCluster)|elasticache\/(replicationGroup|cluster)|s3\/bucket|ecr\/repository|dynamodb\/table|ebs\/volume|efs\/fileSystem|sqs\/queue|sns\/topic|msk\/(cluster|serverlessCluster)|mq\/broker|kinesis\/stream|opensearch\/domain|lambda\/function|backup\/vault|cloudtrail\/trail|athena\/workgroup|secretsmanager\/secret|cloudwatch\/logGroup):/;

/** How one sees that nobody speaks to a store in clear. */
const IN_TRANSIT: Readonly<Record<string, (inputs: Properties) => boolean>> = {
  "aws:elasticache/replicationGroup:ReplicationGroup": (inputs) =>
    inputs["transitEncryptionEnabled"] === true && inputs["transitEncryptionMode"] === "required",
  "aws:elasticache/cluster:Cluster": (inputs) => inputs["transitEncryptionEnabled"] === true,
  "aws:rds/parameterGroup:ParameterGroup": (inputs) => parameter(inputs, "rds.force_ssl") === "1",
  "aws:docdb/clusterParameterGroup:ClusterParameterGroup": (inputs) => /^tls1\.[23]\+$/.test(parameter(inputs, "tls")),
  "aws:msk/cluster:Cluster": (inputs) =>
    at(inputs, "encryptionInfo.encryptionInTransit.clientBroker") === "TLS" &&
    at(inputs, "encryptionInfo.encryptionInTransit.inCluster") === true &&
    at(inputs, "clientAuthentication.unauthenticated") === false,
};

/**
 * What keeps data, or what data is read with: the engine does not delete it in production. Where the service guards it too, how
 * one sees that.
 */
const GUARDED: Readonly<Record<string, (inputs: Properties) => boolean>> = {
  "aws:rds/instance:Instance": (inputs) =>
    inputs["deletionProtection"] === true && (is(inputs["replicateSourceDb"]) || inputs["skipFinalSnapshot"] === false),
  "aws:docdb/cluster:Cluster": (inputs) =>
    inputs["deletionProtection"] === true && inputs["skipFinalSnapshot"] === false,
  "aws:docdb/clusterInstance:ClusterInstance": () => true,
  "aws:dynamodb/table:Table": (inputs) =>
    inputs["deletionProtectionEnabled"] === true &&
    at(inputs, "pointInTimeRecovery.enabled") === true &&
    each(
      inputs["replicas"],
      (replica) => at(replica, "deletionProtectionEnabled") === true && at(replica, "pointInTimeRecovery") === true,
    ),
  "aws:elasticache/replicationGroup:ReplicationGroup": () => true,
  "aws:elasticache/cluster:Cluster": () => true,
  "aws:msk/cluster:Cluster": () => true,
  "aws:msk/topic:Topic": () => true,
  "aws:mq/broker:Broker": () => true,
  "aws:glue/catalogDatabase:CatalogDatabase": () => true,
  "aws:glue/catalogTable:CatalogTable": () => true,
  "aws:sagemaker/modelPackageGroup:ModelPackageGroup": () => true,
  "aws:cloudtrail/trail:Trail": () => true,
  [BUCKET]: (inputs) => inputs["forceDestroy"] === false,
  "aws:ecr/repository:Repository": (inputs) => inputs["forceDelete"] === false,
  "aws:backup/vault:Vault": (inputs) => inputs["forceDestroy"] === false,
  "aws:secretsmanager/secret:Secret": (inputs) => inputs["recoveryWindowInDays"] === 30,
  "aws:kms/key:Key": (inputs) => inputs["deletionWindowInDays"] === 30,
  "aws:kms/replicaKey:ReplicaKey": (inputs) => inputs["deletionWindowInDays"] === 30,
  "aws:cognito/userPool:UserPool": (inputs) => inputs["deletionProtection"] === "ACTIVE",
  "aws:eks/cluster:Cluster": (inputs) => inputs["deletionProtection"] === true,
};

for (const name of Object.keys(catalogue) as (keyof typeof catalogue)[]) {
  describe(`invariants of the data of ${name}`, function () {
    this.timeout(60_000);
    let stack: Deployed;
    before(async () => {
      stack = await deployed(name);
    });

    it("[PF-SEC-05] encrypts everything that keeps data", () => {
      for (const resource of stack.run.resources) {
        const isEncrypted = ENCRYPTED[resource.type];
        if (isEncrypted === undefined) {
          assert.doesNotMatch(resource.type, KEEPS_DATA, `${resource.urn}: say in this test how it encrypts`);
          continue;
        }
        assert.ok(isEncrypted(resource, stack), `${resource.urn} is not encrypted`);
      }
    });

    it("[PF-SEC-05] rotates every key", () => {
      for (const { urn, inputs } of stack.ofType("aws:kms/key:Key")) {
        assert.equal(inputs["enableKeyRotation"], true, urn);
      }
    });

    it("[PF-SEC-06] takes no connection in clear to its data", () => {
      for (const { urn, type, inputs } of stack.run.resources) {
        assert.ok(IN_TRANSIT[type]?.(inputs) ?? true, `${urn} takes connections in clear`);
      }
      const refused = (type: string) =>
        stack.ofType(type).filter(({ inputs }) => /"aws:SecureTransport":\s*"false"/.test(text(inputs["policy"])))
          .length;
      assert.equal(
        refused("aws:s3/bucketPolicy:BucketPolicy"),
        stack.ofType(BUCKET).length,
        "a bucket takes clear text",
      );
      assert.equal(
        refused("aws:sns/topicPolicy:TopicPolicy"),
        stack.ofType("aws:sns/topic:Topic").length,
        "a topic takes clear text",
      );
    });

    it("[PF-SEC-05] keeps every bucket private, and every version of what is in it", () => {
      const settings = (type: string, bucket: string | undefined) =>
        stack.ofType(type).filter(({ inputs }) => inputs["bucket"] === bucket);
      for (const { urn, id } of stack.ofType(BUCKET)) {
        const [access] = settings("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", id);
        const closed = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
        for (const setting of closed) assert.equal(access?.inputs[setting], true, `${urn}: ${setting}`);
        const [versions] = settings("aws:s3/bucketVersioning:BucketVersioning", id);
        assert.equal(at(versions?.inputs, "versioningConfiguration.status"), "Enabled", urn);
        const [ownership] = settings("aws:s3/bucketOwnershipControls:BucketOwnershipControls", id);
        assert.equal(at(ownership?.inputs, "rule.objectOwnership"), "BucketOwnerEnforced", urn);
      }
    });

    it("[PF-DR-01] guards what keeps data as its class says", () => {
      const config = loadConfiguration(committed(name));
      const isGuarded = protectionOf(config.class).protect;
      for (const { urn, type, inputs, protect } of stack.run.resources) {
        const guard = GUARDED[type];
        if (guard === undefined) continue;
        assert.equal(protect, isGuarded, `${urn} is ${protect ? "" : "not "}protected by the engine`);
        if (isGuarded) assert.ok(guard(inputs), `${urn} is not guarded by the service`);
      }
    });

    it("shows no secret in clear", () => {
      const secrets = stack
        .ofType("random:index/randomPassword:RandomPassword")
        .map(({ outputs }) => text(outputs["result"]));
      assert.ok(secrets.length > 0 && secrets.every((secret) => secret.length >= 32));
      const shown = (from: Value, marked: readonly string[]) =>
        texts(from)
          .filter(({ value }) => secrets.some((secret) => value.includes(secret)))
          .map(({ path }) => path)
          .filter((path) => !marked.some((secret) => path === secret || path.startsWith(`${secret}.`)));
      for (const { urn, inputs, secretPaths, outputs, secretOutputs } of stack.run.resources) {
        assert.deepEqual(shown(inputs, secretPaths), [], `${urn} gets a secret in clear`);
        assert.deepEqual(shown(outputs, secretOutputs), [], `${urn} gives a secret in clear`);
      }
      assert.deepEqual(shown(stack.run.outputs, stack.run.secretOutputs), [], "the stack gives a secret in clear");
    });
  });
}

function each(list: Value | undefined, holds: (item: Value) => boolean): boolean {
  return !isList(list) || list.every(holds);
}

function parameter(inputs: Properties, name: string): string {
  const { parameters } = inputs;
  const found = isList(parameters) ? parameters.find((one) => at(one, "name") === name) : undefined;
  const value = at(found, "value");
  return typeof value === "string" ? value : "";
}

/** Every text in a value, with its path as the marks of secrets write it: `users[0].password`. */
function texts(value: Value | undefined, path = ""): readonly { readonly path: string; readonly value: string }[] {
  if (typeof value === "string") return [{ path, value }];
  if (isList(value)) return value.flatMap((item, index) => texts(item, `${path}[${String(index)}]`));
  if (!isProperties(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => texts(item, path === "" ? key : `${path}.${key}`));
}
