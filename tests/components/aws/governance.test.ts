import assert from "node:assert/strict";
import { ServiceLinkedRole } from "@pulumi/aws/iam/serviceLinkedRole";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { ConfigurationHistory, configurationRules } from "../../../components/aws/configuration-history";
import { ThreatDetection } from "../../../components/aws/threat-detection";
import type { Cloud } from "../../../offline/cloud/cloud";
import type { Properties } from "../../../offline/cloud/value";
import { only, text } from "../../stacks/deployed";
import { deploy } from "../../support/in-process";
import { accountId, attempt, auditStore as store, childrenOf, onNetwork, region, type Ground } from "./ground";

function history(ground: Ground, serviceRole?: "create" | "adopt"): ConfigurationHistory {
  const { account, onAws } = ground;
  return new ConfigurationHistory(
    "history",
    { account, prefix: "test", store: store(ground), ...(serviceRole === undefined ? {} : { serviceRole }) },
    onAws,
  );
}

function detection(ground: Ground): ThreatDetection {
  const { account, onAws } = ground;
  return new ThreatDetection("threats", { account, prefix: "test", configuration: history(ground) }, onAws);
}

/** The role of AWS Config, made by somebody else in the account. */
async function withRole(): Promise<Cloud> {
  const { cloud } = await deploy(
    () => {
      const provider = new AwsProvider("aws", { region });
      new ServiceLinkedRole("config", { awsServiceName: "config.amazonaws.com" }, { provider });
    },
    { stack: "console" },
  );
  return cloud;
}

describe("ConfigurationHistory", function () {
  this.timeout(60_000);

  it("records everything by the role that Security Hub expects, and delivers to the store", async () => {
    const stack = await onNetwork((ground) => history(ground));
    assert.deepEqual(stack.named("history-role").inputs, { awsServiceName: "config.amazonaws.com" });
    assert.deepEqual(stack.named("history-recorder").inputs, {
      name: "test",
      roleArn: `arn:aws:iam::${accountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
      recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
      recordingMode: { recordingFrequency: "CONTINUOUS" },
    });
    assert.deepEqual(
      only(stack.named("history-channel").inputs, "s3BucketName", "s3KmsKeyArn", "snapshotDeliveryProperties"),
      {
        s3BucketName: "test-audit-1",
        s3KmsKeyArn: stack.output("audit-key-key", "arn"),
        snapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
      },
    );
    assert.equal(stack.input("history-recording", "isEnabled"), true);
  });

  it("goes in the order that Config demands: recorder, channel, recording, rules", async () => {
    const stack = await onNetwork((ground) => history(ground));
    assert.ok(stack.waitsFor("history-channel").has("history-recorder"));
    assert.ok(stack.waitsFor("history-channel").has("audit-objects-policy"));
    assert.ok(stack.waitsFor("history-recording").has("history-channel"));
    for (const rule of Object.keys(configurationRules)) {
      assert.ok(stack.waitsFor(`history-${rule}`).has("history-recording"), rule);
    }
  });

  it("[PF-SEC-05] [PF-SEC-06] [PF-DR-01] checks encryption, TLS and recovery after every change", async () => {
    const stack = await onNetwork((ground) => history(ground));
    const rules: Properties = Object.fromEntries(
      stack
        .ofType("aws:cfg/rule:Rule")
        .flatMap(({ inputs: { name, source } }) => (source === undefined ? [] : [[text(name), source]])),
    );
    assert.equal(Object.keys(rules).length, 13);
    const check = (sourceIdentifier: string) => ({ owner: "AWS", sourceIdentifier });
    assert.deepEqual(
      only(
        rules,
        "test-databases-encrypted",
        "test-volumes-encrypted",
        "test-keys-rotated",
        "test-buckets-tls",
        "test-tables-recoverable",
      ),
      {
        "test-databases-encrypted": check("RDS_STORAGE_ENCRYPTED"),
        "test-volumes-encrypted": check("ENCRYPTED_VOLUMES"),
        "test-keys-rotated": check("CMK_BACKING_KEY_ROTATION_ENABLED"),
        "test-buckets-tls": check("S3_BUCKET_SSL_REQUESTS_ONLY"),
        "test-tables-recoverable": check("DYNAMODB_PITR_ENABLED"),
      },
    );
  });

  it("takes the role that the account has", async () => {
    const stack = await onNetwork((ground) => history(ground, "adopt"), { cloud: await withRole() });
    assert.deepEqual(stack.ofType("aws:iam/serviceLinkedRole:ServiceLinkedRole"), []);
    assert.equal(
      stack.input("history-recorder", "roleArn"),
      `arn:aws:iam::${accountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
    );
  });

  it("is refused a second role, a second recorder, and a role that is not there", async () => {
    const { run: second } = await attempt((ground) => history(ground), { cloud: await withRole() });
    assert.match(second.errors.join("\n"), /history-role.*AWSServiceRoleForConfig has been taken in this account/s);
    const { run: missing } = await attempt((ground) => history(ground, "adopt"));
    assert.match(missing.errors.join("\n"), /history-recorder.*InvalidRoleException/s);
    const { run: twice } = await attempt((ground) => {
      const args = { account: ground.account, prefix: "test", store: store(ground) };
      new ConfigurationHistory("history", args, ground.onAws);
      new ConfigurationHistory("other", { ...args, prefix: "other", serviceRole: "adopt" }, ground.onAws);
    });
    assert.match(twice.errors.join("\n"), /MaxNumberOf|InvalidRoleException/);
  });
});

describe("ThreatDetection", function () {
  this.timeout(60_000);

  it("watches calls, clusters, databases, functions, buckets and what runs on nodes", async () => {
    const stack = await onNetwork(detection);
    assert.deepEqual(stack.named("threats-detector").inputs, {
      enable: true,
      findingPublishingFrequency: "FIFTEEN_MINUTES",
    });
    assert.deepEqual(
      stack
        .ofType("aws:guardduty/detectorFeature:DetectorFeature")
        .map(({ inputs }) => [inputs["name"], inputs["status"], inputs["additionalConfigurations"]])
        .sort(),
      [
        ["EBS_MALWARE_PROTECTION", "ENABLED", []],
        ["EKS_AUDIT_LOGS", "ENABLED", []],
        ["LAMBDA_NETWORK_LOGS", "ENABLED", []],
        ["RDS_LOGIN_EVENTS", "ENABLED", []],
        ["RUNTIME_MONITORING", "ENABLED", [{ name: "EKS_ADDON_MANAGEMENT", status: "ENABLED" }]],
        ["S3_DATA_EVENTS", "ENABLED", []],
      ],
    );
    assert.deepEqual(only(stack.named("threats-analyzer").inputs, "analyzerName", "type"), {
      analyzerName: "test",
      type: "ACCOUNT",
    });
  });

  it("watches no nodes and judges no settings, where there are none to watch and Config does not record", async () => {
    const stack = await onNetwork(({ account, onAws }) => {
      new ThreatDetection("threats", { account, prefix: "test", nodes: "unwatched" }, onAws);
    });
    assert.deepEqual(childrenOf(stack, "threats"), [
      "threats-analyzer",
      "threats-detector",
      "threats-ebs-malware-protection",
      "threats-eks-audit-logs",
      "threats-lambda-network-logs",
      "threats-rds-login-events",
      "threats-s3-data-events",
    ]);
  });

  it("subscribes to two standards, once Config records", async () => {
    const stack = await onNetwork(detection);
    assert.ok(stack.waitsFor("threats-hub").has("history-recording"));
    assert.equal(stack.input("threats-hub", "enableDefaultStandards"), false);
    assert.deepEqual(
      stack
        .ofType("aws:securityhub/standardsSubscription:StandardsSubscription")
        .map(({ inputs }) => inputs["standardsArn"])
        .sort(),
      [
        "arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0",
        "arn:aws:securityhub:eu-west-1::standards/cis-aws-foundations-benchmark/v/3.0.0",
      ],
    );
    assert.equal(childrenOf(stack, "threats").length, 1 + 6 + 1 + 2 + 1);
  });

  it("is refused where the account has a detector already", async () => {
    const first = await onNetwork(detection, { stack: "first" });
    const { run } = await attempt(
      ({ account, onAws, network }) => {
        new ThreatDetection("threats", { account, prefix: "second", configuration: network }, onAws);
      },
      { cloud: first.run.cloud, stack: "second" },
    );
    const errors = run.errors.join("\n");
    assert.match(errors, /threats-detector.*a detector already exists for the current account/);
    assert.match(errors, /threats-hub.*Account is already subscribed to Security Hub/);
  });
});
