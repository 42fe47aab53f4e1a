import { gzipSync } from "node:zlib";
import { Unknown } from "../../../../offline/cloud/value";
import { computeRules } from "../../../../policies/rules/aws/compute";
import { fixture } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import { StackUnderTest } from "../../stack-under-test";

const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const FUNCTION = "aws:lambda/function:Function";
const SOURCE = "aws:lambda/eventSourceMapping:EventSourceMapping";
const ASYNC = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";
const REPOSITORY = "aws:ecr/repository:Repository";
const SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration";

const template = fixture("prod", TEMPLATE, "cluster-general-template");
const templates = [template, fixture("dev", TEMPLATE), fixture("durga-puja", TEMPLATE, "cluster-spot-template")];
const archive = `${FUNCTION} functions-archive-events-function`;
const archiveName = "functions-archive-events-function";
const sourceName = "functions-archive-events-source";
const images = `${REPOSITORY} images-services`;

const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
const script = "#!/bin/sh\nexport PGPASSWORD=hunter2\n";

describe("rules on compute of AWS", () => {
  provesResource(computeRules, "aws-lt-imdsv2", {
    passes: templates,
    alsoPasses: [
      { when: "there is no metadata service", set: { metadataOptions: { httpEndpoint: "disabled" } } },
      {
        when: "containers may come too",
        set: { "metadataOptions.httpPutResponseHopLimit": 2 },
        settings: { mostHops: 2 },
      },
    ],
    fails: [
      { set: { "metadataOptions.httpTokens": "optional" }, at: "metadataOptions.httpTokens" },
      { remove: ["metadataOptions.httpTokens"], at: "metadataOptions.httpTokens" },
      { set: { "metadataOptions.httpPutResponseHopLimit": 2 }, at: "metadataOptions.httpPutResponseHopLimit" },
      { remove: ["metadataOptions.httpPutResponseHopLimit"], at: "metadataOptions.httpPutResponseHopLimit" },
      { remove: ["metadataOptions"], at: ["metadataOptions.httpTokens", "metadataOptions.httpPutResponseHopLimit"] },
      { set: { metadataOptions: null }, at: ["metadataOptions.httpTokens", "metadataOptions.httpPutResponseHopLimit"] },
    ],
    unknown: ["metadataOptions.httpTokens", "metadataOptions.httpPutResponseHopLimit", "metadataOptions"],
  });

  provesResource(computeRules, "aws-lt-no-public-ip", {
    passes: templates,
    alsoPasses: [
      { when: "an interface refuses one", set: { networkInterfaces: [{ associatePublicIpAddress: "false" }] } },
      { when: "the subnet decides", set: { networkInterfaces: [{ deviceIndex: 0 }] } },
      { when: "the list is empty", set: { networkInterfaces: [] } },
    ],
    fails: [
      {
        set: { networkInterfaces: [{ associatePublicIpAddress: "true" }] },
        at: "networkInterfaces[0].associatePublicIpAddress",
      },
      {
        set: { networkInterfaces: [{ associatePublicIpAddress: true }] },
        at: "networkInterfaces[0].associatePublicIpAddress",
      },
      {
        set: { networkInterfaces: [{}, { associateCarrierIpAddress: "true" }] },
        at: "networkInterfaces[1].associateCarrierIpAddress",
      },
    ],
    unknown: ["networkInterfaces"],
  });

  const disk = (ebs: Readonly<Record<string, string>>) => [{ deviceName: "/dev/xvda", ebs }];
  provesResource(computeRules, "aws-lt-ebs-encrypted", {
    passes: templates,
    alsoPasses: [
      {
        when: "a disk is not of EBS",
        set: { "blockDeviceMappings[1]": { deviceName: "b", virtualName: "ephemeral0" } },
      },
      {
        when: "a key of the account is asked for and named",
        set: { blockDeviceMappings: disk({ encrypted: "true", kmsKeyId: "alias/disks" }) },
        settings: { ownKey: true },
      },
    ],
    fails: [
      { set: { "blockDeviceMappings[0].ebs.encrypted": "false" }, at: "blockDeviceMappings[0].ebs.encrypted" },
      { remove: ["blockDeviceMappings[0].ebs.encrypted"], at: "blockDeviceMappings[0].ebs.encrypted" },
      { set: { "blockDeviceMappings[1]": { deviceName: "b", ebs: {} } }, at: "blockDeviceMappings[1].ebs.encrypted" },
      { set: { blockDeviceMappings: [] }, at: "blockDeviceMappings" },
      { remove: ["blockDeviceMappings"], at: "blockDeviceMappings" },
      { set: {}, settings: { ownKey: true }, when: "a key is asked for", at: "blockDeviceMappings[0].ebs.kmsKeyId" },
      {
        set: { blockDeviceMappings: disk({ encrypted: "true", kmsKeyId: "alias/aws/ebs" }) },
        settings: { ownKey: true },
        at: "blockDeviceMappings[0].ebs.kmsKeyId",
      },
    ],
    unknown: ["blockDeviceMappings", "blockDeviceMappings[0]", "blockDeviceMappings[0].ebs.encrypted"],
  });

  provesResource(computeRules, "aws-lt-no-secrets", {
    passes: templates,
    alsoPasses: [
      { when: "user data holds none", set: { userData: base64("#!/bin/sh\n/etc/eks/bootstrap.sh cluster\n") } },
      { when: "packed user data holds none", set: { userData: base64(gzipSync("#!/bin/sh\n")) } },
      { when: "user data is empty", set: { userData: "" } },
    ],
    fails: [
      { set: { userData: base64(script) }, when: "a password", at: "userData" },
      { set: { userData: base64(gzipSync(script)) }, when: "a password in packed user data", at: "userData" },
    ],
    unknown: ["userData"],
  });

  provesResource(computeRules, "aws-lambda-no-env-secrets", {
    passes: fixture("prod", FUNCTION),
    alsoPasses: [
      { when: "there is no environment", remove: ["environment"] },
      { when: "it names a secret", set: { "environment.variables.DB_PASSWORD_SECRET": "portfolio-prod/database" } },
    ],
    fails: [
      { set: { "environment.variables.DB_PASSWORD": "hunter2" }, at: "environment.variables.DB_PASSWORD" },
      {
        set: {
          "environment.variables.DATABASE": "postgres://u:hunter2@db/app",
          "environment.variables.DB_PASSWORD": "x y z 1",
        },
        at: ["environment.variables.DATABASE", "environment.variables.DB_PASSWORD"],
      },
    ],
    unknown: ["environment", "environment.variables", "environment.variables.BUCKET"],
  });

  provesStack(computeRules, "aws-ecr-immutable-scan-kms", {
    of: "prod",
    fails: [
      ...["MUTABLE", "IMMUTABLE_WITH_EXCLUSION", null].map((value) => ({
        when: `tags are ${String(value)}`,
        change: (stack: StackUnderTest) =>
          stack.change(REPOSITORY, "images-services", { set: { imageTagMutability: value } }),
        violated: [`${images} imageTagMutability`],
      })),
      {
        when: "nothing scans",
        change: unscanned,
        violated: [`${images} imageScanningConfiguration.scanOnPush`],
      },
      {
        when: "the registry scans other repositories",
        change: (stack) => scannedByRegistry(unscanned(stack), "SCAN_ON_PUSH", "other/*"),
        violated: [`${images} imageScanningConfiguration.scanOnPush`],
      },
      {
        when: "the registry scans by hand",
        change: (stack) => scannedByRegistry(unscanned(stack), "MANUAL", "*"),
        violated: [`${images} imageScanningConfiguration.scanOnPush`],
      },
      {
        when: "it is encrypted as the service likes",
        change: (stack) => stack.change(REPOSITORY, "images-services", { remove: ["encryptionConfigurations"] }),
        violated: [
          `${images} encryptionConfigurations[0].encryptionType`,
          `${images} encryptionConfigurations[0].kmsKey`,
        ],
      },
      {
        when: "it is encrypted with a key of AWS",
        change: (stack) =>
          stack.change(REPOSITORY, "images-services", {
            set: { encryptionConfigurations: [{ encryptionType: "KMS" }] },
          }),
        violated: [`${images} encryptionConfigurations[0].kmsKey`],
      },
    ],
    alsoPasses: [
      {
        when: "the registry scans all",
        change: (stack) => scannedByRegistry(unscanned(stack), "CONTINUOUS_SCAN", "*"),
      },
      {
        when: "the registry scans what is called so",
        change: (stack) => scannedByRegistry(unscanned(stack), "SCAN_ON_PUSH", "portfolio-prod"),
      },
      {
        when: "it is encrypted twice",
        change: (stack) =>
          stack.change(REPOSITORY, "images-services", {
            set: { "encryptionConfigurations[0].encryptionType": "KMS_DSSE" },
          }),
      },
    ],
    undecided: [
      {
        when: "it is not known whether tags may move",
        change: (stack) => stack.change(REPOSITORY, "images-services", { set: { imageTagMutability: Unknown.value } }),
        of: [images],
      },
      {
        when: "it is not known what the registry scans",
        change: (stack) =>
          unscanned(stack).add(SCANNING, "registry", { inputs: { scanType: "BASIC", rules: Unknown.value } }),
        of: [images],
      },
    ],
  });

  provesStack(computeRules, "aws-lambda-hardened", {
    of: "prod",
    fails: [
      {
        when: "it is outside of the network",
        change: (stack) => stack.change(FUNCTION, archiveName, { remove: ["vpcConfig"] }),
        violated: [`${archive} vpcConfig.subnetIds`],
      },
      {
        when: "it has no subnets",
        change: (stack) => stack.change(FUNCTION, archiveName, { set: { vpcConfig: { subnetIds: [] } } }),
        violated: [`${archive} vpcConfig.subnetIds`],
      },
      ...[-1, null].map((value) => ({
        when: `its concurrency is ${String(value)}`,
        change: (stack: StackUnderTest) =>
          stack.change(FUNCTION, archiveName, { set: { reservedConcurrentExecutions: value } }),
        violated: [`${archive} reservedConcurrentExecutions`],
      })),
      {
        when: "its environment has no key",
        change: (stack) => stack.change(FUNCTION, archiveName, { remove: ["kmsKeyArn"] }),
        violated: [`${archive} kmsKeyArn`],
      },
      {
        when: "its source keeps nothing that failed",
        change: (stack) => stack.change(SOURCE, sourceName, { remove: ["destinationConfig"] }),
        violated: [`${archive} deadLetterConfig`],
      },
      {
        when: "it is called by others and keeps nothing that failed",
        change: (stack) => stack.drop(SOURCE, sourceName),
        violated: [`${archive} deadLetterConfig`, `${archive} tracingConfig.mode`],
      },
      {
        when: "what failed goes nowhere, though its configuration is there",
        change: (stack) => calledByOthers(stack, undefined),
        violated: [`${archive} deadLetterConfig`],
      },
    ],
    alsoPasses: [
      {
        when: "it is switched off",
        change: (stack) => stack.change(FUNCTION, archiveName, { set: { reservedConcurrentExecutions: 0 } }),
      },
      {
        when: "it has no environment to encrypt",
        change: (stack) => stack.change(FUNCTION, archiveName, { remove: ["kmsKeyArn", "environment"] }),
      },
      {
        when: "what failed goes to a queue",
        change: (stack) => calledByOthers(stack, "arn:aws:sqs:us-west-2:1:failed"),
      },
      {
        when: "it has a dead-letter queue",
        change: (stack) =>
          stack.drop(SOURCE, sourceName).change(FUNCTION, archiveName, {
            set: {
              deadLetterConfig: { targetArn: "arn:aws:sqs:us-west-2:111122223333:dead" },
              tracingConfig: { mode: "Active" },
            },
          }),
      },
      {
        when: "events come from a queue, which keeps what failed",
        change: (stack) => traced(fedBy(stack, "arn:aws:sqs:us-west-2:111122223333:events")),
      },
      {
        when: "events come from a broker of another stack",
        change: (stack) =>
          stack.change(SOURCE, sourceName, {
            remove: ["amazonManagedKafkaEventSourceConfig"],
            set: { eventSourceArn: "arn:aws:mq:us-west-2:111122223333:broker:events:b-1" },
          }),
      },
    ],
    undecided: [
      {
        when: "it is not known where it is",
        change: (stack) => stack.change(FUNCTION, archiveName, { set: { vpcConfig: Unknown.value } }),
        of: [archive],
      },
      {
        when: "it is not known where its events come from",
        change: (stack) => traced(fedBy(stack, Unknown.value)),
        of: [archive],
      },
    ],
  });
});

function unscanned(stack: StackUnderTest): StackUnderTest {
  return stack.change(REPOSITORY, "images-services", { set: { imageScanningConfiguration: { scanOnPush: false } } });
}

function scannedByRegistry(stack: StackUnderTest, scanFrequency: string, filter: string): StackUnderTest {
  const rules = [{ scanFrequency, repositoryFilters: [{ filter, filterType: "WILDCARD" }] }];
  return stack.add(SCANNING, "registry", { inputs: { scanType: "BASIC", rules } });
}

/** The function without its source: called by others, and told what to do with what failed. */
function calledByOthers(stack: StackUnderTest, destination: string | undefined): StackUnderTest {
  const { outputs } = stack.one(FUNCTION, archiveName);
  return traced(stack.drop(SOURCE, sourceName)).add(ASYNC, "calls", {
    inputs: {
      functionName: outputs["arn"] ?? "",
      destinationConfig: destination === undefined ? {} : { onFailure: { destination } },
    },
    from: { functionName: [archive] },
  });
}

function fedBy(stack: StackUnderTest, eventSourceArn: string | Unknown): StackUnderTest {
  const changed = stack.change(SOURCE, sourceName, {
    remove: ["amazonManagedKafkaEventSourceConfig", "destinationConfig"],
    set: { eventSourceArn },
  });
  // What it comes from cannot be told either.
  return new StackUnderTest(
    changed.resources.map((resource) =>
      resource.name === sourceName
        ? { ...resource, propertyDependencies: { ...resource.propertyDependencies, eventSourceArn: [] } }
        : resource,
    ),
  );
}

function traced(stack: StackUnderTest): StackUnderTest {
  return stack.change(FUNCTION, archiveName, { set: { tracingConfig: { mode: "Active" } } });
}
