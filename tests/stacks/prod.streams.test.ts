import assert from "node:assert/strict";
import { at, deployed, only, policy, text, type Deployed } from "./deployed";

const zones = ["a", "b", "c"] as const;
const lake = "portfolio-prod-lake-111122223333-us-west-2";

describe("prod: streams, functions, lake and training", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("prod");
  });

  const subnets = (tier: string) => zones.map((zone) => stack.id(`network-${tier}-${zone}`));
  const dataKey = () => stack.output("keys-data-key", "arn");

  it("[PF-DATA-04] has Kafka with a broker in every zone, which nobody reaches from the internet", () => {
    const { inputs, protect } = stack.named("events-cluster");
    assert.deepEqual(only(inputs, "clusterName", "kafkaVersion", "numberOfBrokerNodes", "brokerNodeGroupInfo"), {
      clusterName: "portfolio-prod-events",
      kafkaVersion: "4.2.x.kraft",
      numberOfBrokerNodes: 3,
      brokerNodeGroupInfo: {
        clientSubnets: subnets("database"),
        instanceType: "kafka.m7g.large",
        securityGroups: [stack.id("security-groups-msk")],
        storageInfo: { ebsStorageInfo: { volumeSize: 100 } },
        connectivityInfo: { publicAccess: { type: "DISABLED" } },
      },
    });
    assert.equal(protect, true);
    assert.deepEqual(
      [stack.input("events-storage", "maxCapacity"), stack.input("events-storage", "scalableDimension")],
      [1000, "kafka:broker-storage:VolumeSize"],
    );
  });

  it("[PF-DATA-04] [PF-SEC-05] [PF-SEC-06] takes log-ins with SCRAM or IAM over TLS, and encrypts what brokers keep", () => {
    assert.deepEqual(only(stack.named("events-cluster").inputs, "clientAuthentication", "encryptionInfo"), {
      clientAuthentication: { sasl: { iam: true, scram: true }, unauthenticated: false },
      encryptionInfo: {
        encryptionAtRestKmsKeyArn: dataKey(),
        encryptionInTransit: { clientBroker: "TLS", inCluster: true },
      },
    });
    assert.deepEqual(stack.input("events-login", "secretArnLists"), [stack.output("secrets-events", "arn")]);
    assert.equal(stack.input("secrets-events", "name"), "AmazonMSK_portfolio-prod/events");
    assert.deepEqual(policy(stack.input("events-secret-policy", "policy")).Statement, [
      {
        Sid: "ReadByKafka",
        Effect: "Allow",
        Principal: { Service: "kafka.amazonaws.com" },
        Action: "secretsmanager:GetSecretValue",
        Resource: stack.output("secrets-events", "arn"),
      },
    ]);
  });

  it("[PF-DATA-04] writes each event to two brokers of three before it counts", () => {
    assert.deepEqual(text(stack.input("events-configuration", "serverProperties")).trim().split("\n"), [
      "auto.create.topics.enable=false",
      "default.replication.factor=3",
      "min.insync.replicas=2",
      "offsets.topic.replication.factor=3",
      "transaction.state.log.replication.factor=3",
      "transaction.state.log.min.isr=2",
      "unclean.leader.election.enable=false",
      "allow.everyone.if.no.acl.found=true",
    ]);
    const { inputs, protect } = stack.named("events-topic-events");
    assert.deepEqual(only(inputs, "name", "partitionCount", "replicationFactor"), {
      name: "events",
      partitionCount: 12,
      replicationFactor: 3,
    });
    assert.deepEqual(JSON.parse(text(inputs["configs"])), {
      "cleanup.policy": "delete",
      "min.insync.replicas": "2",
      "retention.ms": "604800000",
    });
    assert.equal(protect, true);
  });

  it("[PF-DATA-04] shows metrics of the brokers to Prometheus and their logs to CloudWatch", () => {
    assert.deepEqual(
      only(stack.named("events-cluster").inputs, "enhancedMonitoring", "loggingInfo", "openMonitoring"),
      {
        enhancedMonitoring: "PER_BROKER",
        loggingInfo: {
          brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: stack.output("events-log", "name") } },
        },
        openMonitoring: {
          prometheus: { jmxExporter: { enabledInBroker: true }, nodeExporter: { enabledInBroker: true } },
        },
      },
    );
  });

  it("[PF-DATA-04] has RabbitMQ as a cluster over the zones, private and updated by itself", () => {
    const { inputs, protect, secretPaths } = stack.named("queue-broker");
    const { users, ...rest } = inputs;
    assert.deepEqual(rest, {
      brokerName: "portfolio-prod-queue",
      engineType: "RabbitMQ",
      engineVersion: "4.3",
      hostInstanceType: "mq.m7g.medium",
      deploymentMode: "CLUSTER_MULTI_AZ",
      subnetIds: subnets("database"),
      securityGroups: [stack.id("security-groups-mq")],
      publiclyAccessible: false,
      autoMinorVersionUpgrade: true,
      logs: { general: true },
      maintenanceWindowStartTime: { dayOfWeek: "SUNDAY", timeOfDay: "05:00", timeZone: "UTC" },
    });
    assert.deepEqual(users, [{ username: "platform", password: stack.output("queue-password", "result") }]);
    assert.deepEqual(secretPaths, ["users[0].password"]);
    assert.equal(protect, true);
  });

  it("[PF-SVC-03] runs a function on every event of the stream, by the log-in of Kafka, and keeps the batches that fail", () => {
    assert.deepEqual(stack.named("functions-archive-events-source").inputs, {
      eventSourceArn: stack.output("events-cluster", "arn"),
      functionName: stack.output("functions-archive-events-function", "arn"),
      topics: ["events"],
      startingPosition: "TRIM_HORIZON",
      batchSize: 1000,
      maximumBatchingWindowInSeconds: 60,
      amazonManagedKafkaEventSourceConfig: { consumerGroupId: "portfolio-prod-archive-events" },
      sourceAccessConfigurations: [{ type: "SASL_SCRAM_512_AUTH", uri: stack.output("secrets-events", "arn") }],
      destinationConfig: { onFailure: { destinationArn: stack.output("functions-archive-events-failures", "arn") } },
    });
    assert.deepEqual(stack.named("functions-archive-events-failures").inputs, {
      kmsMasterKeyId: dataKey(),
      messageRetentionSeconds: 1_209_600,
    });
  });

  it("[PF-SVC-03] [PF-SEC-05] runs it in the network, with its settings encrypted and at most five at a time", () => {
    const { code, ...inputs } = stack.named("functions-archive-events-function").inputs;
    assert.ok(code !== undefined);
    assert.deepEqual(inputs, {
      name: "portfolio-prod-archive-events",
      description: "Archives events in the lake",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      memorySize: 256,
      timeout: 60,
      reservedConcurrentExecutions: 5,
      role: stack.output("functions-archive-events-role", "arn"),
      kmsKeyArn: dataKey(),
      environment: { variables: { BUCKET: lake } },
      loggingConfig: {
        logGroup: stack.output("functions-archive-events-log", "name"),
        logFormat: "JSON",
        applicationLogLevel: "INFO",
        systemLogLevel: "WARN",
      },
      tracingConfig: { mode: "PassThrough" },
      vpcConfig: { subnetIds: subnets("private"), securityGroupIds: [stack.id("security-groups-functions")] },
    });
  });

  it("[PF-SVC-03] lets it add to the archive and nothing else in the lake", () => {
    const statements = policy(stack.input("functions-archive-events-policy", "policy")).Statement;
    assert.deepEqual(
      statements.filter(({ Action }) => [Action].flat().some((action) => action.startsWith("s3:"))),
      [{ Sid: "Archive", Effect: "Allow", Action: "s3:PutObject", Resource: `arn:aws:s3:::${lake}/events/*` }],
    );
    assert.equal(statements.find(({ Sid }) => Sid === "Login")?.Resource, stack.output("secrets-events", "arn"));
    // The network interfaces are Lambda's to make: the code must not.
    const own = statements.find(({ Sid }) => Sid === "NetworkInterfaces");
    const denied = statements.find(({ Sid }) => Sid === "NoNetworkForTheCode");
    assert.deepEqual([denied?.Effect, denied?.Action], ["Deny", own?.Action]);
  });

  it("[PF-DATA-05] [PF-SEC-05] has an encrypted lake whose events are an Iceberg table, a partition for each day", () => {
    assert.deepEqual(stack.named("lake-objects-bucket").inputs, { bucket: lake, forceDestroy: false });
    assert.equal(stack.named("lake-objects-bucket").protect, true);
    assert.deepEqual(stack.input("lake-objects-encryption", "rules"), [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: dataKey() },
        bucketKeyEnabled: true,
      },
    ]);
    assert.deepEqual(stack.input("lake-database", "locationUri"), `s3://${lake}/tables`);
    const { inputs, protect } = stack.named("lake-table-events");
    assert.equal(protect, true);
    const iceberg = "openTableFormatInput.icebergInput";
    assert.deepEqual([at(inputs, `${iceberg}.metadataOperation`), at(inputs, `${iceberg}.version`)], ["CREATE", "2"]);
    const table = `${iceberg}.icebergTableInput`;
    assert.equal(at(inputs, `${table}.location`), `s3://${lake}/tables/events`);
    assert.deepEqual(at(inputs, `${table}.partitionSpec.fields`), [
      { name: "happened_at_day", sourceId: 3, transform: "day" },
    ]);
    assert.deepEqual(at(inputs, `${table}.schema.fields`), [
      { id: 1, name: "id", required: true, type: '"string"' },
      { id: 2, name: "type", required: true, type: '"string"' },
      { id: 3, name: "happened_at", required: true, type: '"timestamptz"' },
      { id: 4, name: "payload", required: false, type: '"string"' },
    ]);
  });

  it("[PF-DATA-05] keeps the table small by itself, and queries within bounds and encrypted", () => {
    const upkeep = (type: string) => stack.named(`lake-table-events-${type}`).inputs["configuration"];
    const common = { enabled: true, roleArn: stack.output("lake-upkeep-role", "arn") };
    assert.deepEqual(upkeep("compaction"), {
      ...common,
      compactionConfiguration: { icebergConfiguration: { strategy: "binpack" } },
    });
    assert.deepEqual(upkeep("retention"), {
      ...common,
      retentionConfiguration: {
        icebergConfiguration: {
          cleanExpiredFiles: true,
          numberOfSnapshotsToRetain: 1,
          snapshotRetentionPeriodInDays: 7,
        },
      },
    });
    assert.deepEqual(upkeep("orphan-file-deletion"), {
      ...common,
      orphanFileDeletionConfiguration: { icebergConfiguration: { orphanFileRetentionPeriodInDays: 3 } },
    });
    assert.deepEqual(stack.named("lake-queries").inputs, {
      name: "portfolio-prod-lake",
      description: "Queries of the lake",
      forceDestroy: false,
      configuration: {
        bytesScannedCutoffPerQuery: 107_374_182_400,
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        resultConfiguration: {
          encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: dataKey() },
          expectedBucketOwner: "111122223333",
          outputLocation: `s3://${lake}/queries/`,
        },
      },
    });
  });

  it("[PF-AI-01] trains models by itself in the network, encrypted, and registers them for approval", () => {
    const definition = JSON.parse(text(stack.input("machine-learning-pipeline", "pipelineDefinition"))) as Parameters<
      typeof at
    >[0];
    const train = "Steps.0.Arguments";
    assert.deepEqual(
      [at(definition, "Steps.0.Type"), at(definition, `${train}.ProblemType`)],
      ["AutoML", "BinaryClassification"],
    );
    assert.deepEqual(at(definition, `${train}.OutputDataConfig`), {
      S3OutputPath: `s3://${lake}/machine-learning/output/`,
      KmsKeyId: dataKey(),
    });
    assert.deepEqual(at(definition, `${train}.AutoMLJobConfig`), {
      Mode: "ENSEMBLING",
      CompletionCriteria: { MaxAutoMLJobRuntimeInSeconds: 3600 },
      SecurityConfig: {
        VolumeKmsKeyId: dataKey(),
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: { SecurityGroupIds: [stack.id("security-groups-training")], Subnets: subnets("private") },
      },
    });
    assert.deepEqual(
      ["ModelPackageGroupName", "ModelApprovalStatus"].map((setting) => at(definition, `Steps.1.Arguments.${setting}`)),
      ["portfolio-prod-models", "PendingManualApproval"],
    );
    assert.equal(stack.named("machine-learning-models").protect, true);
  });
});
