import assert from "node:assert/strict";
import { text } from "../../../../offline/services/aws/text";
import { serviceRole } from "./eks-support";
import { allow, bucket, BUCKET_POLICY, configBucket, policyOf, recorder } from "./governance-support";
import { Account, refused } from "./support";

const DETECTOR = "aws:guardduty/detector:Detector";
const FEATURE = "aws:guardduty/detectorFeature:DetectorFeature";
const HUB = "aws:securityhub/account:Account";
const SUBSCRIPTION = "aws:securityhub/standardsSubscription:StandardsSubscription";
const ANALYZER = "aws:accessanalyzer/analyzer:Analyzer";
const RECORDER = "aws:cfg/recorder:Recorder";
const CHANNEL = "aws:cfg/deliveryChannel:DeliveryChannel";
const STATUS = "aws:cfg/recorderStatus:RecorderStatus";
const RULE = "aws:cfg/rule:Rule";
const LINKED_ROLE = "aws:iam/serviceLinkedRole:ServiceLinkedRole";

describe("AWS GuardDuty", () => {
  it("has one detector in each account and region", () => {
    const account = new Account();
    const { id, outputs } = account.create(DETECTOR, "d", {});
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.equal(outputs["arn"], `arn:aws:guardduty:us-east-1:111122223333:detector/${id}`);
    assert.equal(outputs["findingPublishingFrequency"], "SIX_HOURS");
    refused(() => account.create(DETECTOR, "e", {}), "BadRequestException", /already exists for the current account/);
    assert.ok(account.create(DETECTOR, "west", { region: "us-west-2" }));
  });

  it("takes the features that there are, each with its own agents, on a detector that exists", () => {
    const account = new Account();
    const detector = account.create(DETECTOR, "d", {});
    const feature = (name: string, ...agents: string[]) => ({
      detectorId: detector.id,
      name,
      status: "ENABLED",
      additionalConfigurations: agents.map((agent) => ({ name: agent, status: "ENABLED" })),
    });
    for (const name of ["S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "LAMBDA_NETWORK_LOGS"]) {
      assert.equal(account.create(FEATURE, name, feature(name)).id, `${detector.id}/${name}`);
    }
    assert.match(account.reasons(FEATURE, feature("DNS_LOGS"))["name"] ?? "", /expected one of S3_DATA_EVENTS/);
    const wrongAgent = account.reasons(FEATURE, feature("S3_DATA_EVENTS", "EKS_ADDON_MANAGEMENT"));
    assert.match(Object.values(wrongAgent).join(), /S3_DATA_EVENTS takes none/);
    account.create(FEATURE, "runtime", feature("RUNTIME_MONITORING", "EKS_ADDON_MANAGEMENT", "EC2_AGENT_MANAGEMENT"));
    refused(
      () => account.create(FEATURE, "eks", feature("EKS_RUNTIME_MONITORING")),
      "BadRequestException",
      /cannot both/,
    );
    const stray = { ...feature("RDS_LOGIN_EVENTS"), detectorId: "none" };
    refused(() => account.create(FEATURE, "stray", stray), "BadRequestException", /not owned/);
    account.delete(detector);
    assert.equal(account.has(FEATURE, `${detector.id}/S3_DATA_EVENTS`), false);
  });
});

describe("AWS Security Hub", () => {
  const fsbp = "arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0";

  it("is enabled once in each account and region", () => {
    const account = new Account();
    const { outputs, id } = account.create(HUB, "h", { enableDefaultStandards: false });
    assert.equal(id, "111122223333");
    assert.equal(outputs["arn"], "arn:aws:securityhub:us-east-1:111122223333:hub/default");
    refused(() => account.create(HUB, "again", {}), "ResourceConflictException", /already subscribed/);
  });

  it("takes known standards of its region once it is enabled", () => {
    const account = new Account();
    const subscribe = (standardsArn: string) => account.create(SUBSCRIPTION, standardsArn, { standardsArn });
    refused(() => subscribe(fsbp), "InvalidAccessException", /not subscribed to AWS Security Hub/);
    account.create(HUB, "h", { enableDefaultStandards: false });
    assert.equal(
      subscribe(fsbp).id,
      "arn:aws:securityhub:us-east-1:111122223333:subscription/aws-foundational-security-best-practices/v/1.0.0",
    );
    assert.ok(subscribe("arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0"));
    for (const wrong of [fsbp.replace("us-east-1", "eu-west-1"), fsbp.replace("1.0.0", "9.0.0"), "x"]) {
      refused(() => subscribe(wrong), "InvalidInputException", /Invalid StandardsSubscriptionRequest/);
    }
  });

  it("subscribes to the default standards unless told not to, and ends all subscriptions with itself", () => {
    const account = new Account();
    const hub = account.create(HUB, "h", {});
    const standards = () => account.cloud.all().filter(({ type }) => type === SUBSCRIPTION).length;
    assert.equal(standards(), 2);
    account.delete(hub);
    assert.equal(standards(), 0);
  });
});

describe("AWS Access Analyzer", () => {
  it("has one analyzer of an account in each region", () => {
    const account = new Account();
    const { outputs } = account.create(ANALYZER, "a", { analyzerName: "a" });
    assert.equal(outputs["arn"], "arn:aws:access-analyzer:us-east-1:111122223333:analyzer/a");
    refused(() => account.create(ANALYZER, "b", { analyzerName: "b" }), "ServiceQuotaExceededException");
    refused(() => account.create(ANALYZER, "a2", { analyzerName: "a", type: "ORGANIZATION" }), "ConflictException");
    assert.ok(account.create(ANALYZER, "u", { analyzerName: "u", type: "ACCOUNT_UNUSED_ACCESS" }));
    assert.ok(account.create(ANALYZER, "w", { analyzerName: "a", region: "us-west-2" }));
  });

  it("refuses types and names that there are not", () => {
    const account = new Account();
    assert.match(
      account.reasons(ANALYZER, { analyzerName: "a", type: "TEAM" })["type"] ?? "",
      /expected one of ACCOUNT/,
    );
    assert.match(account.reasons(ANALYZER, { analyzerName: "1a" })["analyzerName"] ?? "", /a letter first/);
  });
});

describe("AWS Config", () => {
  it("has one recorder in each region, with a role that it may assume", () => {
    const account = new Account();
    const { roleArn } = recorder(account);
    refused(
      () => account.create(RECORDER, "two", { name: "two", roleArn }),
      "MaxNumberOfConfigurationRecordersExceededException",
      /number of configuration recorders: 1 is reached/,
    );
    const west = { name: "w", region: "us-west-2" };
    refused(
      () => account.create(RECORDER, "w", { ...west, roleArn: "arn:aws:iam::111122223333:role/no" }),
      "InvalidRoleException",
    );
    const wrong = serviceRole(account, "wrong", "ec2.amazonaws.com").outputs["arn"];
    refused(() => account.create(RECORDER, "w", { ...west, roleArn: wrong }), "InvalidRoleException");
    const linked = account.create(LINKED_ROLE, "config", { awsServiceName: "config.amazonaws.com" });
    assert.ok(account.create(RECORDER, "w", { ...west, roleArn: linked.id }));
  });

  it("refuses recording groups that contradict themselves", () => {
    const account = new Account();
    const reason = (recordingGroup: object) =>
      account.reasons(RECORDER, {
        name: "r",
        roleArn: "arn:aws:iam::111122223333:role/r",
        recordingGroup: { ...recordingGroup },
      })["recordingGroup"] ?? "accepted";
    assert.match(
      reason({ allSupported: true, resourceTypes: ["AWS::EC2::Instance"] }),
      /InvalidRecordingGroupException/,
    );
    assert.match(reason({ allSupported: false }), /nothing would be recorded/);
    assert.match(
      reason({ allSupported: false, includeGlobalResourceTypes: true, resourceTypes: ["x"] }),
      /needs allSupported/,
    );
    assert.equal(reason({ allSupported: true, includeGlobalResourceTypes: true }), "accepted");
  });

  it("delivers to one channel whose bucket it may write to", () => {
    const account = new Account();
    const create = (name: string, s3BucketName: string) => account.create(CHANNEL, name, { name, s3BucketName });
    refused(() => create("c", "config-logs"), "NoAvailableConfigurationRecorderException");
    recorder(account);
    refused(() => create("c", "config-logs"), "NoSuchBucketException");
    bucket(account, "closed");
    refused(() => create("c", "closed"), "InsufficientDeliveryPolicyException", /unable to write to bucket/);
    configBucket(account);
    assert.equal(create("c", "config-logs").id, "c");
    refused(() => create("d", "config-logs"), "MaxNumberOfDeliveryChannelsExceededException", /delivery channels: 1/);
  });

  it("may write to the bucket by the policies of its role as well", () => {
    const account = new Account();
    recorder(account);
    bucket(account, "config-logs");
    const statement = { Effect: "Allow", Action: "s3:Put*", Resource: "arn:aws:s3:::config-logs/*" };
    account.create("aws:iam/rolePolicy:RolePolicy", "write", { role: "config-main", policy: policyOf(statement) });
    assert.ok(account.create(CHANNEL, "c", { name: "c", s3BucketName: "config-logs" }));
  });

  it("starts with a channel only, and keeps the channel while it runs", () => {
    const account = new Account();
    const start = (isEnabled: boolean, name = "main") => account.create(STATUS, "status", { name, isEnabled });
    refused(() => start(true), "NoSuchConfigurationRecorderException");
    recorder(account);
    refused(() => start(true), "NoAvailableDeliveryChannelException", /not available to start/);
    configBucket(account);
    const channel = account.create(CHANNEL, "c", { name: "c", s3BucketName: "config-logs" });
    const status = start(true);
    refused(
      () => {
        account.delete(channel);
      },
      "LastDeliveryChannelDeleteFailedException",
      /there is a running configuration recorder/,
    );
    account.delete(status);
    account.delete(channel);
    assert.equal(account.has(CHANNEL, "c"), false);
  });

  it("takes managed rules that there are, once there is a recorder", () => {
    const account = new Account();
    const create = (sourceIdentifier: string, owner = "AWS") =>
      account.create(RULE, sourceIdentifier, { name: "encrypted", source: { owner, sourceIdentifier } });
    refused(() => create("ENCRYPTED_VOLUMES"), "NoAvailableConfigurationRecorderException");
    assert.ok(create("arn:aws:lambda:us-east-1:111122223333:function:check", "CUSTOM_LAMBDA"));
    recorder(account);
    refused(() => create("ENCRYPTED_VOLUME"), "InvalidParameterValueException", /sourceIdentifier ENCRYPTED_VOLUME/);
    const { outputs } = create("ENCRYPTED_VOLUMES");
    assert.match(text(outputs["arn"]), /^arn:aws:config:us-east-1:111122223333:config-rule\/config-rule-[0-9a-f]{6}$/);
    const inputs = { name: "r", source: { owner: "AWS" }, inputParameters: "{", maximumExecutionFrequency: "Daily" };
    assert.deepEqual(Object.keys(account.reasons(RULE, inputs)).sort(), [
      "inputParameters",
      "maximumExecutionFrequency",
      "source.sourceIdentifier",
    ]);
  });
});

describe("AWS IAM of the account", () => {
  it("makes one service-linked role for each service that has one", () => {
    const account = new Account();
    const create = (awsServiceName: string, more = {}) =>
      account.create(LINKED_ROLE, awsServiceName, { awsServiceName, ...more });
    assert.equal(
      create("guardduty.amazonaws.com").id,
      "arn:aws:iam::111122223333:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty",
    );
    refused(() => create("guardduty.amazonaws.com"), "InvalidInput", /has been taken/);
    refused(() => create("nothing.amazonaws.com"), "InvalidInput");
    refused(() => create("rds.amazonaws.com", { customSuffix: "x" }), "InvalidInput", /suffix is not allowed/);
    assert.match(create("autoscaling.amazonaws.com", { customSuffix: "x" }).id, /AWSServiceRoleForAutoScaling_x$/);
  });

  it("keeps passwords within what IAM offers", () => {
    const token = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy";
    const account = new Account();
    const reasons = account.reasons(token, {
      minimumPasswordLength: 5,
      maxPasswordAge: 0,
      passwordReusePrevention: 25,
    });
    assert.deepEqual(Object.keys(reasons).sort(), [
      "maxPasswordAge",
      "minimumPasswordLength",
      "passwordReusePrevention",
    ]);
    const { id, outputs } = account.create(token, "p", { minimumPasswordLength: 14, maxPasswordAge: 90 });
    assert.equal(id, "iam-account-password-policy");
    assert.equal(outputs["expirePasswords"], true);
  });
});

describe("AWS bucket policies for services", () => {
  it("a refusal without a condition holds against the service, one for plain HTTP does not", () => {
    const account = new Account();
    recorder(account);
    bucket(account, "logs");
    const grant = allow("config.amazonaws.com", "s3:PutObject", "arn:aws:s3:::logs/*");
    const deny = (more: object) => ({
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: "arn:aws:s3:::logs/*",
      ...more,
    });
    const policy = account.create(BUCKET_POLICY, "p", { bucket: "logs", policy: policyOf(grant, deny({})) });
    const channel = () => account.create(CHANNEL, "c", { name: "c", s3BucketName: "logs" });
    refused(channel, "InsufficientDeliveryPolicyException");
    const plain = deny({ Condition: { Bool: { "aws:SecureTransport": "false" } } });
    account.update(policy, { policy: policyOf(grant, plain) });
    assert.ok(channel());
  });
});
