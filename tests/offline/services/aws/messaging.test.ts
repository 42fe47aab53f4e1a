import assert from "node:assert/strict";
import { Account, at, network, refused } from "./support";

const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const REPOSITORY = "aws:ecr/repository:Repository";
const ECR_LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const TOPIC = "aws:sns/topic:Topic";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const SECRET = "aws:secretsmanager/secret:Secret";
const SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const TARGETS = "aws:lb/targetGroup:TargetGroup";
const LISTENER = "aws:lb/listener:Listener";
const noKey = "arn:aws:kms:us-east-1:111122223333:key/none";

function keyPolicy(service: string): string {
  const root = {
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::111122223333:root" },
    Action: "kms:*",
    Resource: "*",
  };
  const logs = { Effect: "Allow", Principal: { Service: service }, Action: "kms:Encrypt*", Resource: "*" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [root, logs] });
}

describe("AWS log group", () => {
  it("is named and identified by its name, once in a region", () => {
    const account = new Account();
    const { id, outputs } = account.create(LOG_GROUP, "g", { name: "/aws/eks/a/cluster", retentionInDays: 30 });
    assert.equal(id, "/aws/eks/a/cluster");
    assert.equal(outputs["arn"], "arn:aws:logs:us-east-1:111122223333:log-group:/aws/eks/a/cluster");
    refused(() => account.create(LOG_GROUP, "h", { name: id }), "ResourceAlreadyExistsException");
    assert.equal(new Account({ region: "eu-west-1" }, account.cloud).create(LOG_GROUP, "h", { name: id }).id, id);
  });

  it("refuses a name of other characters and a retention that the service does not offer", () => {
    const reasons = new Account().reasons(LOG_GROUP, { name: "a b", retentionInDays: 10 });
    assert.match(reasons["name"] ?? "", /not a valid name/);
    assert.match(reasons["retentionInDays"] ?? "", /one of 0, 1, 3, 5, 7, 14/);
  });

  it("refuses a key that does not exist and one whose policy does not let the service use it", () => {
    const account = new Account();
    const create = (kmsKeyId: unknown) => account.create(LOG_GROUP, "g", { name: "g", kmsKeyId: String(kmsKeyId) });
    refused(() => create(noKey), "AccessDeniedException", /does not exist/);
    const silent = account.create("aws:kms/key:Key", "silent", {});
    refused(
      () => create(silent.outputs["arn"]),
      "AccessDeniedException",
      /does not name logs\.us-east-1\.amazonaws\.com/,
    );
    refused(() => create(silent.id), "InvalidParameterException", /must be the ARN/);
    const open = account.create("aws:kms/key:Key", "open", { policy: keyPolicy("logs.us-east-1.amazonaws.com") });
    assert.equal(create(open.outputs["arn"]).id, "g");
  });

  it("refuses the deletion of a protected one", () => {
    const account = new Account();
    const made = account.create(LOG_GROUP, "g", { name: "g", deletionProtectionEnabled: true });
    refused(
      () => {
        account.delete(made);
      },
      "ValidationException",
      /deletion protection/,
    );
  });
});

describe("AWS metric alarm", () => {
  const alarm = {
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 2,
    metricName: "CPUUtilization",
    namespace: "AWS/RDS",
    period: 60,
    statistic: "Average",
    threshold: 80,
  };

  it("is made with a name, and refuses a topic that does not exist", () => {
    const account = new Account();
    assert.match(account.create(ALARM, "cpu", alarm).id, /^cpu-[0-9a-f]{7}$/);
    const alarmActions = ["arn:aws:sns:us-east-1:111122223333:none"];
    refused(() => account.create(ALARM, "cpu2", { ...alarm, alarmActions }), "ValidationError", /topic does not exist/);
  });

  it("refuses periods, statistics and operators that do not exist", () => {
    const account = new Account();
    const reason = (more: object) => Object.values(account.reasons(ALARM, { ...alarm, ...more })).join();
    assert.match(reason({ period: 45 }), /Metric period must be 10, 20, 30 or a multiple of 60/);
    assert.equal(reason({ period: 20 }), "");
    assert.match(reason({ period: 86400, evaluationPeriods: 8 }), /more than seven days/);
    assert.match(reason({ statistic: "Mean" }), /expected one of SampleCount/);
    assert.match(reason({ comparisonOperator: "Above" }), /expected one of GreaterThan/);
    assert.match(reason({ metricName: undefined }), /metricName, metricQueries/);
  });
});

describe("AWS ECR", () => {
  it("makes a repository with its address, once in a region", () => {
    const account = new Account();
    const { id, outputs } = account.create(REPOSITORY, "r", { name: "shop/web" });
    assert.equal(outputs["repositoryUrl"], "111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/web");
    refused(() => account.create(REPOSITORY, "s", { name: id }), "RepositoryAlreadyExistsException");
  });

  it("refuses names and mutability that ECR does not take, and a key that does not exist", () => {
    const account = new Account();
    for (const name of ["Web", "a", "web_", "web//api"]) {
      assert.match(account.reasons(REPOSITORY, { name })["name"] ?? "", /InvalidParameterException/, name);
    }
    assert.match(
      account.reasons(REPOSITORY, { name: "web", imageTagMutability: "FIXED" })["imageTagMutability"] ?? "",
      /one of MUTABLE/,
    );
    const encryptionConfigurations = [{ encryptionType: "KMS", kmsKey: noKey }];
    refused(() => account.create(REPOSITORY, "r", { name: "web", encryptionConfigurations }), "KmsException");
  });

  it("is kept while it holds images, unless forceDelete was stored", () => {
    const account = new Account();
    const push = (repository: string) => {
      const image = {
        type: "aws:ecr/image:Image",
        id: `${repository}@sha256:1`,
        scope: account.session.scope,
        readyAt: 0,
      };
      account.cloud.commit({ put: [{ ...image, inputs: { repository }, outputs: {} }] });
    };
    const kept = account.create(REPOSITORY, "kept", { name: "kept" });
    push("kept");
    refused(() => {
      account.delete(kept);
    }, "RepositoryNotEmptyException");
    const forced = account.create(REPOSITORY, "forced", { name: "forced", forceDelete: true });
    push("forced");
    account.delete(forced);
    assert.deepEqual(
      account.cloud.all().map(({ id }) => id),
      ["kept", "kept@sha256:1"],
    );
  });

  it("refuses a lifecycle policy that is none, and one of a repository that does not exist", () => {
    const account = new Account();
    const selection = { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 10 };
    const rule = { rulePriority: 1, selection, action: { type: "expire" } };
    const reason = (policy: unknown) =>
      account.reasons(ECR_LIFECYCLE, {
        repository: "r",
        policy: typeof policy === "string" ? policy : JSON.stringify(policy),
      })["policy"] ?? "";
    assert.match(reason("{"), /^InvalidParameterException: .* not JSON/);
    assert.match(reason({ rules: [] }), /at least one rule/);
    assert.match(reason({ rules: [rule, rule] }), /rulePriority 1 is used twice/);
    assert.match(
      reason({ rules: [{ ...rule, selection: { ...selection, countType: "age" } }] }),
      /countType is not valid/,
    );
    const policy = JSON.stringify({ rules: [rule] });
    refused(() => account.create(ECR_LIFECYCLE, "l", { repository: "none", policy }), "RepositoryNotFoundException");
  });
});

describe("AWS SNS", () => {
  it("makes a topic with its ARN, and a subscription to a topic that exists", () => {
    const account = new Account();
    const topic = account.create(TOPIC, "alerts", { name: "alerts" });
    assert.equal(topic.id, "arn:aws:sns:us-east-1:111122223333:alerts");
    const inputs = { topic: topic.id, protocol: "email", endpoint: "ops@example.com" };
    assert.equal(account.create(SUBSCRIPTION, "ops", inputs).outputs["pendingConfirmation"], true);
    refused(() => account.create(SUBSCRIPTION, "no", { ...inputs, topic: `${topic.id}-no` }), "NotFound");
    assert.match(account.reasons(SUBSCRIPTION, { ...inputs, endpoint: "ops" })["endpoint"] ?? "", /Invalid email/);
    assert.match(account.reasons(SUBSCRIPTION, { ...inputs, protocol: "fax" })["protocol"] ?? "", /Does not support/);
  });

  it("refuses a name that does not say FIFO, and a key that does not exist", () => {
    const account = new Account();
    assert.match(account.reasons(TOPIC, { name: "a", fifoTopic: true })["name"] ?? "", /ends with \.fifo/);
    refused(() => account.create(TOPIC, "t", { kmsMasterKeyId: noKey }), "KMSNotFound");
    assert.match(account.create(TOPIC, "t", { kmsMasterKeyId: "alias/aws/sns" }).id, /:t-[0-9a-f]{7}$/);
  });
});

describe("AWS Secrets Manager", () => {
  it("keeps the name of a deleted secret during its recovery window, and frees it at once without one", () => {
    const account = new Account();
    const create = (recoveryWindowInDays?: number) =>
      account.create(SECRET, "s", {
        name: "db",
        ...(recoveryWindowInDays === undefined ? {} : { recoveryWindowInDays }),
      });
    const atOnce = create(0);
    assert.match(atOnce.id, /^arn:aws:secretsmanager:us-east-1:111122223333:secret:db-[0-9a-f]{6}$/);
    refused(() => create(), "ResourceExistsException");
    account.delete(atOnce);
    account.delete(create());
    refused(() => create(), "InvalidRequestException", /already scheduled for deletion/);
  });

  it("refuses windows, keys and secrets that do not exist", () => {
    const account = new Account();
    assert.match(
      account.reasons(SECRET, { name: "a", recoveryWindowInDays: 3 })["recoveryWindowInDays"] ?? "",
      /0 or 7 to 30/,
    );
    refused(() => account.create(SECRET, "s", { kmsKeyId: noKey }), "EncryptionFailure");
    refused(
      () => account.create(SECRET_VERSION, "v", { secretId: "none", secretString: "x" }),
      "ResourceNotFoundException",
    );
    const tooLong = { secretId: "s", secretString: "x".repeat(65537) };
    assert.match(account.reasons(SECRET_VERSION, tooLong)["secretString"] ?? "", /at most 65536 bytes/);
  });
});

describe("AWS load balancer", () => {
  it("holds its subnets and security groups", () => {
    const account = new Account();
    const { vpc, gateway, subnets } = network(account);
    const group = account.create("aws:ec2/securityGroup:SecurityGroup", "lb", { vpcId: vpc.id });
    const made = account.create(BALANCER, "web", { subnets: subnets.map(({ id }) => id), securityGroups: [group.id] });
    assert.match(
      made.id,
      /^arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer\/app\/web-\w{7}\/[0-9a-f]{16}$/,
    );
    for (const held of [at(subnets, 0), group, gateway]) {
      refused(() => {
        account.delete(held);
      }, "DependencyViolation");
    }
    account.delete(made);
    account.delete(group);
  });

  it("refuses subnets in one zone, in none, in two VPCs, or without a way out", () => {
    const account = new Account();
    const { subnets } = network(account);
    const create = (ids: readonly string[], more = {}) => account.create(BALANCER, "web", { subnets: ids, ...more });
    refused(() => create([at(subnets, 0).id]), "ValidationError", /two different Availability Zones/);
    refused(() => create(["subnet-0"]), "SubnetNotFound");
    refused(
      () =>
        create(
          subnets.map(({ id }) => id),
          { securityGroups: ["sg-0"] },
        ),
      "InvalidSecurityGroup",
    );
    const other = network(account, "10.1.0.0/16");
    refused(() => create([at(subnets, 0).id, at(other.subnets, 1).id]), "InvalidConfigurationRequest", /same VPC/);
    account.delete(other.gateway);
    refused(() => create(other.subnets.map(({ id }) => id)), "InvalidSubnet", /no internet gateway/);
    assert.ok(
      create(
        other.subnets.map(({ id }) => id),
        { internal: true },
      ),
    );
  });

  it("refuses deletion under protection and of a target group in use", () => {
    const account = new Account();
    const { vpc, subnets } = network(account);
    const made = account.create(BALANCER, "web", {
      subnets: subnets.map(({ id }) => id),
      enableDeletionProtection: true,
    });
    refused(() => {
      account.delete(made);
    }, "OperationNotPermitted");
    const targets = account.create(TARGETS, "web", { vpcId: vpc.id, port: 80, protocol: "HTTP", targetType: "ip" });
    const inputs = {
      loadBalancerArn: made.id,
      port: 80,
      defaultActions: [{ type: "forward", targetGroupArn: targets.id }],
    };
    account.create(LISTENER, "http", inputs);
    refused(() => account.create(LISTENER, "again", inputs), "DuplicateListener");
    refused(
      () => account.create(LISTENER, "none", { ...inputs, loadBalancerArn: "arn:none", port: 81 }),
      "LoadBalancerNotFound",
    );
    refused(() => {
      account.delete(targets);
    }, "ResourceInUse");
  });

  it("refuses names and health checks out of range", () => {
    const account = new Account();
    assert.match(account.reasons(BALANCER, { name: "internal-web" })["name"] ?? "", /neither a hyphen nor internal-/);
    const reasons = account.reasons(TARGETS, { name: "t", healthCheck: { interval: 301, healthyThreshold: 1 } });
    assert.deepEqual(Object.keys(reasons).sort(), ["healthCheck.healthyThreshold", "healthCheck.interval"]);
  });
});
