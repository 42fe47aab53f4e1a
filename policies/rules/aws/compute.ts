import { z } from "zod";
import { ownKey } from "../../checks/aws-keys";
import { noCredentials } from "../../checks/credentials";
import { matches } from "../../checks/policy-documents";
import { anyOf } from "../../checks/undecided";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, type Rule } from "../../model/rule";
import { NOT_KNOWN_YET, undecided } from "../../model/view";
import type { ResourceType } from "../../types";

const EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide";
const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg";
const ECR = "https://docs.aws.amazon.com/AmazonECR/latest/userguide";

const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const FUNCTION = "aws:lambda/function:Function";
const SOURCE = "aws:lambda/eventSourceMapping:EventSourceMapping";
const REPOSITORY = "aws:ecr/repository:Repository";
const SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration";

export const computeRules: readonly Rule[] = [
  resourceRule({
    id: "aws-lt-imdsv2",
    title: "Instances hand their credentials to those alone who ask for a token first",
    severity: "high",
    controls: { cis: ["AWS 3.0 5.6"], iso27001: ["A.8.20", "A.8.21"], soc2: ["CC7.2"], pciDss: ["8.2.8"] },
    why: "Without a token, one forged request of a program on the machine fetches the credentials of its role; with more than one hop, every container can.",
    remedy: {
      text: "Require tokens and allow one hop; give containers identities of their own.",
      example:
        'new ec2.LaunchTemplate("nodes", { metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 }, … })',
    },
    source: `${EC2}/configuring-instance-metadata-options.html`,
    settings: z.object({
      mostHops: z
        .int()
        .min(1)
        .max(64)
        .default(1)
        .describe("Hops that credentials travel, at most. With 2, containers get those of their machine."),
    }),
    on: {
      [TEMPLATE]: ({ metadataOptions: options }, expect, { settings: { mostHops } }) => {
        const isOff = () => options?.httpEndpoint === "disabled";
        expect("metadataOptions.httpTokens", "gives credentials to those who ask without a token", () => {
          return isOff() || options?.httpTokens === "required";
        });
        // The default is that of the image, which is 2 where it requires tokens, as Amazon Linux 2023 does.
        expect("metadataOptions.httpPutResponseHopLimit", `is missing or more than ${String(mostHops)}`, () => {
          return isOff() || (options?.httpPutResponseHopLimit ?? 2) <= mostHops;
        });
      },
    },
    fix: { [TEMPLATE]: { "metadataOptions.httpTokens": "required" } },
  }),
  resourceRule({
    id: "aws-lt-no-public-ip",
    title: "Instances have no public address",
    severity: "high",
    controls: { iso27001: ["A.8.20", "A.8.21"], soc2: ["CC6.6"] },
    why: "A machine with a public address is one open port away from everybody.",
    remedy: {
      text: "Leave public addresses to load balancers, and let machines out by a NAT gateway.",
      example: 'new ec2.LaunchTemplate("nodes", { networkInterfaces: [{ associatePublicIpAddress: "false" }], … })',
    },
    source: `${EC2}/using-instance-addressing.html`,
    on: {
      [TEMPLATE]: ({ networkInterfaces }, expect) => {
        const indices = indicesOf(networkInterfaces);
        for (const index of indices) {
          for (const key of ["associatePublicIpAddress", "associateCarrierIpAddress"] as const) {
            const at = `networkInterfaces[${String(index)}].${key}`;
            expect(at, "gives machines a public address", () => !isTrue(networkInterfaces?.[index]?.[key]));
          }
        }
        if (indices.length === 0) expect("networkInterfaces", "gives machines a public address", () => true);
      },
    },
  }),
  resourceRule({
    id: "aws-lt-ebs-encrypted",
    title: "Disks of instances are encrypted",
    severity: "high",
    controls: { iso27001: ["A.8.24"], hipaa: ["164.312(a)(2)(iv)"] },
    why: "Disks hold what containers write and what the system swaps; a snapshot of one that is not encrypted can be read wherever it goes.",
    remedy: {
      text: "Map the disks of the image, and encrypt each.",
      example:
        'new ec2.LaunchTemplate("nodes", { blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true" } }], … })',
    },
    source: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
    settings: z.object({
      ownKey: z
        .boolean()
        .default(false)
        .describe(
          "Whether disks need a key of this account. Such a key has to name the service-linked role of Auto Scaling, which an account has only after its first group; without, the account's default key for EBS serves, of which a launch template does not tell whose it is.",
        ),
    }),
    on: {
      [TEMPLATE]: ({ blockDeviceMappings: disks }, expect, { settings }) => {
        const indices = indicesOf(disks);
        for (const index of indices) {
          const at = `blockDeviceMappings[${String(index)}].ebs`;
          const ebs = () => disks?.[index]?.ebs;
          expect(`${at}.encrypted`, "leaves the disk in clear text", () => {
            const disk = ebs();
            if (disk === undefined || isTrue(disk.encrypted)) return true;
            // The disk is as its snapshot is: both at once are refused.
            return (
              disk.snapshotId !== undefined && undecided(`${at}.snapshotId`, "decides over it, and is no resource")
            );
          });
          if (settings.ownKey)
            ownKey(
              expect,
              `${at}.kmsKeyId`,
              () => ebs()?.kmsKeyId,
              () => ebs() === undefined,
            );
        }
        // Of the snapshots of Amazon's own images none is encrypted.
        if (indices.length === 0)
          expect("blockDeviceMappings", "is missing: disks are as the image has them", () => false);
      },
    },
  }),
  resourceRule({
    id: "aws-lt-no-secrets",
    title: "User data holds no credentials",
    severity: "critical",
    controls: { iso27001: ["A.5.17"], soc2: ["CC6.1"] },
    why: "Everybody who may describe a launch template, and every program on the machine, reads its user data.",
    remedy: {
      text: "Let the machine fetch the secret with its own role when it starts, and replace the secret that was written down.",
      example: "aws secretsmanager get-secret-value --secret-id app/database",
    },
    source: `${EC2}/instancedata-add-user-data.html`,
    on: {
      [TEMPLATE]: (template, expect) => {
        noCredentials(expect, "userData", () => template.userData, { encoding: "base64" });
      },
    },
  }),
  graphRule({
    id: "aws-ecr-immutable-scan-kms",
    title: "Images are scanned, encrypted, and never exchanged behind their tag",
    severity: "high",
    controls: { pciDss: ["11.3.1"] },
    why: "Whoever can push to a tag that may move decides what every node runs from then on; a flaw in an image that nobody scans stays.",
    remedy: {
      text: "Make tags immutable, scan on push, and encrypt with a key of your own. The key cannot be changed later.",
      example:
        'new ecr.Repository("app", { imageTagMutability: "IMMUTABLE", imageScanningConfiguration: { scanOnPush: true }, encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key.arn }] })',
    },
    source: `${ECR}/image-tag-mutability.html`,
    types: [REPOSITORY],
    check: (graph, judge) => {
      judge.each(graph.all(REPOSITORY), ({ props: repository }, expect) => {
        expect("imageTagMutability", "lets tags be moved to another image", () => {
          return repository.imageTagMutability === "IMMUTABLE";
        });
        expect("imageScanningConfiguration.scanOnPush", "leaves images without a scan", () => {
          return anyOf(
            [() => repository.imageScanningConfiguration?.scanOnPush === true, () => isScanned(graph, repository.name)],
            (way) => way(),
          );
        });
        const encryption = () => repository.encryptionConfigurations?.[0];
        expect("encryptionConfigurations[0].encryptionType", "encrypts with a key that nobody can revoke", () => {
          return ["KMS", "KMS_DSSE"].includes(encryption()?.encryptionType ?? "AES256");
        });
        ownKey(expect, "encryptionConfigurations[0].kmsKey", () => encryption()?.kmsKey);
      });
    },
  }),
  graphRule({
    id: "aws-lambda-hardened",
    title: "Functions run in the network, within bounds, and leave a trace of what failed",
    severity: "medium",
    controls: { iso27001: ["A.8.20", "A.8.21"], pciDss: ["1.2.8"] },
    why: "A function outside of the network talks to anybody; one without bounds takes the capacity of all others; an event that failed and is kept nowhere is lost.",
    remedy: {
      text: "Give the function subnets, reserved concurrency, a place for what failed, active tracing, and a key for its environment.",
      example:
        'new lambda.Function("f", { vpcConfig: { subnetIds, securityGroupIds }, reservedConcurrentExecutions: 5, deadLetterConfig: { targetArn: queue.arn }, tracingConfig: { mode: "Active" }, kmsKeyArn: key.arn, … })',
    },
    source: `${LAMBDA}/configuration-vpc.html`,
    types: [FUNCTION],
    check: (graph, judge) => {
      judge.each(graph.all(FUNCTION), (node, expect) => {
        const { props: lambda } = node;
        const sources = () => graph.from(SOURCE, "functionName", node);
        expect("vpcConfig.subnetIds", "are missing: the function is not in the network", () => {
          return (lambda.vpcConfig?.subnetIds ?? []).length > 0;
        });
        expect(
          "reservedConcurrentExecutions",
          "is missing: the function may take all of the account's capacity",
          () => {
            return (lambda.reservedConcurrentExecutions ?? -1) >= 0;
          },
        );
        expect("deadLetterConfig", "is missing: what failed is lost", () => {
          return (lambda.deadLetterConfig?.targetArn ?? "") !== "" || keepsFailures(graph, node, sources());
        });
        expect("tracingConfig.mode", "leaves calls without a trace", () => {
          if (lambda.tracingConfig?.mode === "Active") return true;
          const all = sources();
          return all.length > 0 && all.every((source) => isUntraceable(graph, source));
        });
        ownKey(
          expect,
          "kmsKeyArn",
          () => lambda.kmsKeyArn,
          () => Object.keys(lambda.environment?.variables ?? {}).length === 0,
        );
      });
    },
  }),
  resourceRule({
    id: "aws-lambda-no-env-secrets",
    title: "Environments of functions hold no credentials",
    severity: "critical",
    controls: { iso27001: ["A.5.17"], soc2: ["CC6.1"] },
    why: "Everybody who may read a function's configuration reads its environment, in the console and in every log of a deployment.",
    remedy: {
      text: "Give the function the name of a secret and the right to read it, and replace the one that was written down.",
      example: 'new lambda.Function("f", { environment: { variables: { DATABASE_SECRET: secret.arn } }, … })',
    },
    source: `${LAMBDA}/configuration-envvars.html`,
    on: {
      [FUNCTION]: (lambda, expect) => {
        noCredentials(expect, "environment.variables", () => lambda.environment?.variables);
      },
    },
  }),
];

/** Places in a list. A list that is unknown leaves the check undecided, an element that is unknown itself alone. */
function indicesOf(list: readonly unknown[] | undefined): readonly number[] {
  return Array.from({ length: list?.length ?? 0 }, (_, index) => index);
}

/** Launch templates have texts in place of booleans. */
function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

/**
 * Whether the registry scans what is pushed to a repository of this name, whatever the repository says.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryScanningConfiguration.html
 */
function isScanned(graph: Graph, name: string | undefined): boolean {
  return anyOf(graph.all(SCANNING), ({ props: { rules } }) =>
    anyOf(rules ?? [], ({ scanFrequency, repositoryFilters }) => {
      if (scanFrequency !== "SCAN_ON_PUSH" && scanFrequency !== "CONTINUOUS_SCAN") return false;
      return anyOf(repositoryFilters ?? [], ({ filter }) => filter !== undefined && isNamed(filter, name));
    }),
  );
}

/** A filter without a wildcard matches names that contain it: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-enabling.html */
function isNamed(filter: string, name: string | undefined): boolean {
  const pattern = filter.includes("*") ? filter : `*${filter}*`;
  return name === undefined ? pattern === "*" : matches(pattern, name);
}

type Source = Node<typeof SOURCE>;

/**
 * Whether what a function could not process is kept somewhere else than in its dead-letter queue, which is for asynchronous calls
 * alone: by the queue that it comes from, by its source, or by its configuration for asynchronous calls.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function keepsFailures(graph: Graph, node: Node<typeof FUNCTION>, sources: readonly Source[]): boolean {
  if (sources.length > 0) {
    return sources.every((source) => {
      return (
        source.props.destinationConfig?.onFailure?.destinationArn !== undefined || serviceOf(graph, source) === "sqs"
      );
    });
  }
  return graph
    .from("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "functionName", node)
    .some(({ props }) => props.destinationConfig?.onFailure?.destination !== undefined);
}

/**
 * Whether Lambda cannot trace calls of a source: those of Kafka, of brokers and of DocumentDB.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
 */
function isUntraceable(graph: Graph, source: Source): boolean {
  const { props } = source;
  return (
    props.selfManagedEventSource !== undefined ||
    props.amazonManagedKafkaEventSourceConfig !== undefined ||
    props.documentDbEventSourceConfig !== undefined ||
    ["kafka", "mq"].includes(serviceOf(graph, source) ?? "")
  );
}

/** Services of AWS that events come from, as ARNs name them, by the type of the resource. */
const SERVICES = {
  "aws:sqs/queue:Queue": "sqs",
  "aws:msk/cluster:Cluster": "kafka",
  "aws:mq/broker:Broker": "mq",
  "aws:dynamodb/table:Table": "dynamodb",
} as const satisfies { readonly [T in ResourceType]?: string };

function serviceOf(graph: Graph, source: Source): string | undefined {
  const types = Object.keys(SERVICES) as (keyof typeof SERVICES)[];
  const { nodes, outside, unresolved } = graph.references(source, "eventSourceArn", ...types);
  if (unresolved) undecided("", `eventSourceArn of ${source.name} ${NOT_KNOWN_YET}`);
  const [node] = nodes;
  return node === undefined ? outside[0]?.split(":")[2] : SERVICES[node.type];
}
