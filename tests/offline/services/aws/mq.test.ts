import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { Account, at, network, refused } from "./support";

const BROKER = "aws:mq/broker:Broker";
const CONFIGURATION = "aws:mq/configuration:Configuration";
const BAD = "BadRequestException";

/** An account with a network, a security group and inputs of a RabbitMQ cluster in three zones. */
function prepared() {
  const account = new Account();
  const { vpc, subnets } = network(account);
  const subnetIds = subnets.map(({ id }) => id);
  const group = account.create("aws:ec2/securityGroup:SecurityGroup", "mq", { vpcId: vpc.id, description: "mq" });
  const inputs = (more: Properties = {}): Properties => ({
    brokerName: "tasks",
    engineType: "RabbitMQ",
    engineVersion: "4.2",
    hostInstanceType: "mq.m7g.large",
    deploymentMode: "CLUSTER_MULTI_AZ",
    autoMinorVersionUpgrade: true,
    subnetIds,
    securityGroups: [group.id],
    users: [{ username: "admin", password: "long-enough-0123" }],
    logs: { general: true },
    ...more,
  });
  return { account, inputs, subnetIds, create: (more?: Properties) => account.create(BROKER, "tasks", inputs(more)) };
}

describe("offline/services/aws/mq", () => {
  it("gives a RabbitMQ broker its id, ARN and endpoint in the real shape", () => {
    const { id, outputs } = prepared().create();
    assert.match(id, /^b-[0-9a-f-]{36}$/);
    assert.equal(outputs["arn"], `arn:aws:mq:us-east-1:111122223333:broker:tasks:${id}`);
    const host = `${id}.mq.us-east-1.amazonaws.com`;
    assert.deepEqual(outputs["instances"], [
      { consoleUrl: `https://${host}`, endpoints: [`amqps://${host}:5671`], ipAddress: "" },
    ]);
    assert.equal(outputs["storageType"], "ebs");
  });

  const refusals: readonly [what: string, words: RegExp, more: Properties][] = [
    ["a version that has ended", /Valid values: \[4\.3, 4\.2, 3\.13\]/, { engineVersion: "3.12" }],
    ["RabbitMQ 4 on m5", /mq\.m5\.large/, { hostInstanceType: "mq.m5.large" }],
    ["a cluster of micro instances", /deployment mode/, { engineVersion: "3.13", hostInstanceType: "mq.t3.micro" }],
    ["the standby mode of ActiveMQ", /ACTIVE_STANDBY_MULTI_AZ/, { deploymentMode: "ACTIVE_STANDBY_MULTI_AZ" }],
    ["upgrades turned off", /must have \[autoMinorVersionUpgrade\]/, { autoMinorVersionUpgrade: false }],
    ["several subnets of a single instance", /single subnet/, { deploymentMode: "SINGLE_INSTANCE" }],
    ["security groups of a public broker", /\[securityGroups\]/, { publiclyAccessible: true }],
    ["subnets without security groups", /default VPC/, { securityGroups: [] }],
    ["security groups without subnets", /default VPC/, { subnetIds: [] }],
    ["no user", /exactly one user, got 0/, { users: [] }],
    ["storage that RabbitMQ does not have", /\[efs\]/, { storageType: "efs" }],
    ["a subnet that does not exist", /subnet-0/, { subnetIds: ["subnet-00000000000000000"] }],
    [
      "a key that does not exist",
      /key\/none/,
      { encryptionOptions: { kmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/none", useAwsOwnedKey: false } },
    ],
    [
      "a key beside the key of AWS",
      /useAwsOwnedKey/,
      { encryptionOptions: { kmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/none", useAwsOwnedKey: true } },
    ],
  ];
  for (const [what, words, more] of refusals) {
    it(`refuses ${what}`, () => {
      const { create } = prepared();
      refused(() => create(more), BAD, words);
    });
  }

  it("refuses two users, two subnets of one zone, and a name twice", () => {
    const { account, create, inputs, subnetIds } = prepared();
    const user = { username: "second", password: "long-enough-0123" };
    refused(() => create({ users: [user, { ...user, username: "third" }] }), BAD, /got 2/);
    refused(() => create({ subnetIds: [at(subnetIds, 0), at(subnetIds, 0)] }), BAD, /different Availability Zones/);
    create();
    refused(() => account.create(BROKER, "again", inputs()), "ConflictException");
  });

  it("says before anything is created what no value can be", () => {
    const { account, inputs } = prepared();
    const reasons = (more: Properties) => Object.keys(account.reasons(BROKER, inputs(more)));
    const password = (value: string) => ({ users: [{ username: "admin", password: value }] });
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons(password("short-01234")), ["users[0].password"]);
    assert.deepEqual(reasons(password("with:a:colon")), ["users[0].password"]);
    assert.deepEqual(reasons(password("aaaaabbbbbaa")), ["users[0].password"]);
    assert.deepEqual(reasons({ brokerName: "b".repeat(51) }), ["brokerName"]);
    assert.deepEqual(reasons({ engineType: "ZeroMQ" }), ["engineType"]);
    assert.deepEqual(reasons({ logs: { general: true, audit: true } }), ["logs.audit"]);
  });

  it("goes up one version at a time, and never back", () => {
    const { account, create, inputs } = prepared();
    const broker = create({ engineVersion: "3.13" });
    refused(() => account.update(broker, inputs({ engineVersion: "4.3" })), BAD, /upgrade to 4\.2 first/);
    account.update(broker, inputs({ engineVersion: "4.2" }));
    const newer = { ...broker, inputs: inputs({ engineVersion: "4.2" }) };
    refused(() => account.update(newer, { engineVersion: "3.13" }), BAD, /cannot be changed/);
  });

  it("keeps a configuration that a broker uses, and one of another version away", () => {
    const { account, create } = prepared();
    const configure = (engineVersion: string) =>
      account.create(CONFIGURATION, engineVersion, {
        name: `v${engineVersion.replace(".", "-")}`,
        engineType: "RabbitMQ",
        engineVersion,
        data: "consumer_timeout = 1800000\n",
      });
    const made = configure("4.2");
    assert.equal(account.update(made, { data: "consumer_timeout = 60000\n" })["latestRevision"], 2);
    refused(() => create({ configuration: { id: configure("3.13").id } }), BAD, /broker engine version \[3\.13\]/);
    refused(() => create({ configuration: { id: made.id, revision: 3 } }), BAD, /no revision 3/);
    refused(() => create({ configuration: { id: "c-none" } }), BAD, /c-none/);
    const broker = create({ configuration: { id: made.id, revision: 2 } });
    refused(() => {
      account.delete(made);
    }, "ConflictException");
    account.delete(broker);
    account.delete(made);
    const reason = account.reasons(CONFIGURATION, { engineType: "RabbitMQ", engineVersion: "4.2", data: "<broker/>" });
    assert.match(reason["data"] ?? "", /name = value/);
  });

  it("runs ActiveMQ with a standby", () => {
    const { create, subnetIds } = prepared();
    const { id, outputs } = create({
      engineType: "ActiveMQ",
      engineVersion: "5.19",
      hostInstanceType: "mq.m5.large",
      deploymentMode: "ACTIVE_STANDBY_MULTI_AZ",
      subnetIds: subnetIds.slice(0, 2),
    });
    const instances = outputs["instances"] as readonly { readonly endpoints: readonly string[] }[];
    assert.deepEqual(
      instances.map(({ endpoints }) => endpoints[0]),
      [1, 2].map((index) => `ssl://${id}-${String(index)}.mq.us-east-1.amazonaws.com:61617`),
    );
  });
});
