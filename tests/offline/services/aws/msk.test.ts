import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { Account, at, network, refused, type Made } from "./support";

const CLUSTER = "aws:msk/cluster:Cluster";
const CONFIGURATION = "aws:msk/configuration:Configuration";
const ASSOCIATION = "aws:msk/scramSecretAssociation:ScramSecretAssociation";
const SINGLE = "aws:msk/singleScramSecretAssociation:SingleScramSecretAssociation";
const POLICY = "aws:msk/clusterPolicy:ClusterPolicy";
const BAD = "BadRequestException";
const noKey = "arn:aws:kms:us-east-1:111122223333:key/none";

/** An account with a network, a group, a log group, and inputs of a cluster that logs in by SCRAM and IAM over TLS. */
function prepared() {
  const account = new Account();
  const { vpc, subnets } = network(account);
  const clientSubnets = subnets.map(({ id }) => id);
  const group = account.create("aws:ec2/securityGroup:SecurityGroup", "kafka", { vpcId: vpc.id, description: "kafka" });
  account.create("aws:cloudwatch/logGroup:LogGroup", "kafka", { name: "/kafka" });
  const brokers = (more: Properties = {}): Properties => ({
    instanceType: "kafka.m7g.large",
    clientSubnets,
    securityGroups: [group.id],
    storageInfo: { ebsStorageInfo: { volumeSize: 100 } },
    ...more,
  });
  const inputs = (more: Properties = {}): Properties => ({
    clusterName: "events",
    kafkaVersion: "3.9.x.kraft",
    numberOfBrokerNodes: 3,
    brokerNodeGroupInfo: brokers(),
    clientAuthentication: { sasl: { scram: true, iam: true } },
    encryptionInfo: { encryptionInTransit: { clientBroker: "TLS", inCluster: true } },
    loggingInfo: { brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: "/kafka" } } },
    ...more,
  });
  return {
    account,
    brokers,
    inputs,
    clientSubnets,
    create: (more?: Properties) => account.create(CLUSTER, "events", inputs(more)),
  };
}

function secret(account: Account, name: string, kmsKeyId?: string): Made {
  return account.create("aws:secretsmanager/secret:Secret", name, {
    name,
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
  });
}

describe("offline/services/aws/msk", () => {
  it("gives a cluster brokers for the ways to log in that are open, and no others", () => {
    const { id, outputs } = prepared().create();
    assert.match(id, /^arn:aws:kafka:us-east-1:111122223333:cluster\/events\/[0-9a-f-]{36}-\d+$/);
    const scram = text(outputs["bootstrapBrokersSaslScram"]).split(",");
    assert.equal(scram.length, 3);
    assert.match(at(scram, 0), /^b-1\.events\.[0-9a-f]{6}\.c\d+\.kafka\.us-east-1\.amazonaws\.com:9096$/);
    assert.match(text(outputs["bootstrapBrokersSaslIam"]), /:9098$/);
    assert.equal(outputs["bootstrapBrokersTls"], "");
    assert.equal(outputs["bootstrapBrokers"], "");
    assert.equal(outputs["zookeeperConnectString"], "", "KRaft has no ZooKeeper");
    assert.match(text(outputs["currentVersion"]), /^K[0-9A-F]{13}$/);
  });

  it("has ZooKeeper and TLS without login where nothing else is asked for", () => {
    const { outputs } = prepared().create({
      kafkaVersion: "3.9.x",
      numberOfBrokerNodes: 6,
      clientAuthentication: undefined,
    });
    assert.equal(text(outputs["zookeeperConnectString"]).split(",").length, 3);
    assert.match(text(outputs["bootstrapBrokersTls"]), /^b-1\..*:9094,b-2\..*:9094,b-3\..*:9094$/);
    assert.equal(outputs["bootstrapBrokersSaslScram"], "");
  });

  const refusals: readonly [what: string, words: RegExp, more: (set: ReturnType<typeof prepared>) => Properties][] = [
    ["a version past its end", /Unsupported KafkaVersion \[3\.6\.0\]/, () => ({ kafkaVersion: "3.6.0" })],
    ["Kafka 4 with ZooKeeper", /Unsupported KafkaVersion \[4\.1\.x\]/, () => ({ kafkaVersion: "4.1.x" })],
    ["brokers that the zones do not share evenly", /multiple/, () => ({ numberOfBrokerNodes: 4 })],
    [
      "an instance type",
      /kafka\.m4/,
      ({ brokers }) => ({ brokerNodeGroupInfo: brokers({ instanceType: "kafka.m4.large" }) }),
    ],
    [
      "one subnet",
      /2 or 3 client subnets, got 1/,
      ({ brokers, clientSubnets }) => ({ brokerNodeGroupInfo: brokers({ clientSubnets: clientSubnets.slice(0, 1) }) }),
    ],
    [
      "two subnets of one zone",
      /number of Availability Zones/,
      ({ brokers, clientSubnets }) => ({
        numberOfBrokerNodes: 2,
        brokerNodeGroupInfo: brokers({ clientSubnets: [at(clientSubnets, 0), at(clientSubnets, 0)] }),
      }),
    ],
    [
      "storage of an express broker",
      /Express/,
      ({ brokers }) => ({ brokerNodeGroupInfo: brokers({ instanceType: "express.m7g.large" }) }),
    ],
    ["a key that does not exist", /key\/none/, () => ({ encryptionInfo: { encryptionAtRestKmsKeyArn: noKey } })],
    [
      "login without encryption",
      /encryption in transit/,
      () => ({ encryptionInfo: { encryptionInTransit: { clientBroker: "PLAINTEXT" } } }),
    ],
    ["no way to log in", /at least one way/, () => ({ clientAuthentication: { unauthenticated: false } })],
    [
      "a log group that does not exist",
      /log group \/none/,
      () => ({ loggingInfo: { brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: "/none" } } } }),
    ],
    [
      "a security group that does not exist",
      /sg-0/,
      ({ brokers }) => ({ brokerNodeGroupInfo: brokers({ securityGroups: ["sg-00000000000000000"] }) }),
    ],
    [
      "public access for anyone",
      /Public access/,
      ({ brokers }) => ({
        clientAuthentication: undefined,
        brokerNodeGroupInfo: brokers({ connectivityInfo: { publicAccess: { type: "SERVICE_PROVIDED_EIPS" } } }),
      }),
    ],
  ];
  for (const [what, words, more] of refusals) {
    it(`refuses ${what}`, () => {
      const set = prepared();
      refused(() => set.create(more(set)), BAD, words);
    });
  }

  it("refuses a security group of another network, and a name twice", () => {
    const { account, brokers, create, inputs } = prepared();
    const other = account.create("aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.9.0.0/16" });
    const group = account.create("aws:ec2/securityGroup:SecurityGroup", "o", { vpcId: other.id, description: "o" });
    refused(() => create({ brokerNodeGroupInfo: brokers({ securityGroups: [group.id] }) }), BAD, /not in the VPC/);
    create();
    refused(() => account.create(CLUSTER, "again", inputs()), "ConflictException");
  });

  it("says before anything is created what no value can be", () => {
    const { account, brokers, inputs } = prepared();
    const reasons = (more: Properties) => Object.keys(account.reasons(CLUSTER, inputs(more)));
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ clusterName: "order_events" }), ["clusterName"]);
    assert.deepEqual(reasons({ enhancedMonitoring: "PER_CLUSTER" }), ["enhancedMonitoring"]);
    assert.deepEqual(reasons({ storageMode: "REMOTE" }), ["storageMode"]);
    const volume = (volumeSize: number) => ({
      brokerNodeGroupInfo: brokers({ storageInfo: { ebsStorageInfo: { volumeSize } } }),
    });
    assert.deepEqual(reasons(volume(16_384)), []);
    assert.deepEqual(reasons(volume(16_385)), ["brokerNodeGroupInfo.storageInfo.ebsStorageInfo.volumeSize"]);
  });

  it("grows and upgrades in place, and is replaced by an older version", () => {
    const { account, brokers, create } = prepared();
    const cluster = create();
    account.update(cluster, { kafkaVersion: "4.1.x.kraft" });
    const size = (volumeSize: number) => ({
      brokerNodeGroupInfo: brokers({ storageInfo: { ebsStorageInfo: { volumeSize } } }),
    });
    account.update(cluster, size(200));
    refused(() => account.update(cluster, size(50)), BAD, /larger/);
    refused(() => account.update(cluster, { kafkaVersion: "3.9.x" }), BAD, /kind of metadata/);
    const replacing = (change: Properties) =>
      account
        .diff(cluster, change)
        .changes.filter((each) => each.replaces)
        .map((each) => each.path);
    assert.deepEqual(replacing({ kafkaVersion: "4.1.x.kraft" }), []);
    assert.deepEqual(replacing({ kafkaVersion: "3.8.x.kraft" }), ["kafkaVersion"]);
    assert.deepEqual(replacing({ storageMode: "TIERED" }), []);
  });

  it("counts the revisions of a configuration, and keeps it while a cluster uses it", () => {
    const { account, create } = prepared();
    const serverProperties = "auto.create.topics.enable=false\n# comment\nmin.insync.replicas = 2\n";
    const made = account.create(CONFIGURATION, "c", { name: "c", kafkaVersions: ["3.9.x.kraft"], serverProperties });
    assert.equal(made.outputs["latestRevision"], 1);
    refused(() => create({ configurationInfo: { arn: made.id, revision: 2 } }), BAD, /no revision 2/);
    assert.equal(account.update(made, { serverProperties: "num.partitions=6" })["latestRevision"], 2);
    refused(
      () => create({ kafkaVersion: "4.1.x.kraft", configurationInfo: { arn: made.id, revision: 1 } }),
      BAD,
      /for Apache Kafka 3\.9\.x\.kraft/,
    );
    const cluster = create({ configurationInfo: { arn: made.id, revision: 2 } });
    refused(
      () => {
        account.delete(made);
      },
      BAD,
      /in use/,
    );
    account.delete(cluster);
    account.delete(made);
    refused(() => create({ configurationInfo: { arn: made.id, revision: 1 } }), BAD, /does not exist/);
  });

  it("refuses properties of a broker that MSK does not know, and values out of range", () => {
    const { account } = prepared();
    const reason = (serverProperties: string) =>
      account.reasons(CONFIGURATION, { serverProperties })["serverProperties"] ?? "";
    assert.equal(reason("replica.lag.time.max.ms=30000"), "");
    assert.match(reason("replica.lag.time.max.ms=30001"), /10000 to 30000/);
    assert.match(reason("log.dirs=/data"), /Key 'log\.dirs' is not supported/);
    assert.match(reason("just words"), /is no property/);
  });

  it("takes SCRAM secrets of the right name under a customer's key only", () => {
    const { account, create } = prepared();
    const key = account.create("aws:kms/key:Key", "kafka", {}).id;
    const cluster = create();
    const associate = (...secrets: Made[]) =>
      account.create(ASSOCIATION, "a", { clusterArn: cluster.id, secretArnLists: secrets.map(({ id }) => id) });
    const good = secret(account, "AmazonMSK_app", key);
    refused(() => associate(good, secret(account, "app", key)), "InvalidSecretArn", /prefix 'AmazonMSK_'/);
    refused(() => associate(secret(account, "AmazonMSK_plain")), "InvalidSecretArn", /default key/);
    refused(() => associate(secret(account, "AmazonMSK_alias", "alias/aws/secretsmanager")), "InvalidSecretArn");
    refused(() => associate({ ...good, id: `${good.id}0` }), "InvalidSecretArn", /access/);
    assert.equal(associate(good).id, cluster.id);
    const single = { clusterArn: cluster.id, secretArn: good.id };
    assert.equal(account.create(SINGLE, "s", single).id, `${cluster.id},${good.id}`);
    refused(() => account.create(SINGLE, "t", { ...single, secretArn: `${good.id}0` }), "InvalidSecretArn");
    account.delete(cluster);
    assert.equal(account.has(ASSOCIATION, cluster.id), false, "it goes with the cluster");
    refused(() => associate(good), "NotFoundException");
  });

  it("refuses a SCRAM secret for a cluster without SCRAM", () => {
    const { account, create } = prepared();
    const cluster = create({ clientAuthentication: { sasl: { iam: true } } });
    const inputs = { clusterArn: cluster.id, secretArnLists: [] };
    refused(() => account.create(ASSOCIATION, "a", inputs), BAD, /does not use SASL\/SCRAM/);
  });

  it("refuses a cluster policy that is none", () => {
    const { account, create } = prepared();
    const cluster = create();
    assert.match(
      account.reasons(POLICY, { clusterArn: cluster.id, policy: "{" })["policy"] ?? "",
      /^BadRequestException/,
    );
    const statement = {
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "kafka:GetBootstrapBrokers",
      Resource: cluster.id,
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    assert.equal(account.create(POLICY, "p", { clusterArn: cluster.id, policy }).id, cluster.id);
  });
});
