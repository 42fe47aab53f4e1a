/* eslint-disable @typescript-eslint/no-deprecated -- the inputs of a bucket that newer resources stand for still work */
import { isOwnKey } from "../../checks/aws-keys";
import { isAboutAction, isAboutResource, statementsOf, type Statement } from "../../checks/policy-documents";
import type { Graph, Node } from "../../model/graph";
import { graphRule, type Expect, type Rule } from "../../model/rule";
import type { ResourceType } from "../../types";

const S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide";

const BUCKET = "aws:s3/bucket:Bucket";
const ACL = "aws:s3/bucketAcl:BucketAcl";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const LOGGING = "aws:s3/bucketLogging:BucketLogging";
const OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const PRIVACY = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const DELIVERY = "aws:cfg/deliveryChannel:DeliveryChannel";
const TRAIL = "aws:cloudtrail/trail:Trail";

/**
 * What S3 is told of a bucket stands in inputs of the bucket or in resources of its own, which write the same setting: where there
 * are both, either may be the one that stays, so both are judged. A setting that leaves the program is taken from the bucket, so
 * that one which is missing counts as one that is off, whatever S3 gives to new buckets.
 */
export const objectStoreRules: readonly Rule[] = [
  graphRule({
    id: "aws-s3-public-access-block",
    title: "Buckets cannot be opened to the public",
    severity: "critical",
    controls: { cis: ["AWS 3.0 2.1.4"] },
    why: "One line of a policy or one object's ACL makes data public; the block holds whatever is written later.",
    remedy: {
      text: "Give the bucket a public access block with all four switches on.",
      example:
        'new s3.BucketPublicAccessBlock("privacy", { bucket: bucket.bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true })',
    },
    source: `${S3}/access-control-block-public-access.html`,
    types: [BUCKET, PRIVACY],
    check: (graph, judge) => {
      judge.each(graph.all(BUCKET), (bucket, expect) => {
        expect("", "has no public access block", () => has(graph, PRIVACY, bucket));
      });
      judge.each(graph.all(PRIVACY), ({ props }, expect) => {
        expect("blockPublicAcls", "takes ACLs that make objects public", () => props.blockPublicAcls === true);
        expect(
          "blockPublicPolicy",
          "takes policies that make the bucket public",
          () => props.blockPublicPolicy === true,
        );
        expect("ignorePublicAcls", "heeds public ACLs that are there", () => props.ignorePublicAcls === true);
        expect(
          "restrictPublicBuckets",
          "serves other accounts by a public policy that is there",
          () => props.restrictPublicBuckets === true,
        );
      });
    },
  }),
  graphRule({
    id: "aws-s3-kms",
    title: "Objects are encrypted with keys of the account's own",
    severity: "high",
    controls: {
      iso27001: ["A.8.24"],
      soc2: ["PI1.4"],
      hipaa: ["164.312(a)(2)(iv)"],
      pciDss: ["3.5.1"],
      gdpr: ["Article 32"],
    },
    why: "With S3's own keys a right to read the bucket is all that reading takes. A key of its own is a second lock, whose uses are on record.",
    remedy: {
      text: "Encrypt with a KMS key by default, and with a bucket key, which spares a call of KMS for each object.",
      example:
        'rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn }, bucketKeyEnabled: true }]',
    },
    source: `${S3}/UsingKMSEncryption.html`,
    types: [BUCKET, ENCRYPTION],
    check: (graph, judge, { stack }) => {
      // Development holds no data of anybody.
      if (stack.class === "development") return;
      const targets = logTargets(graph);
      judge.each(graph.all(BUCKET), (bucket, expect) => {
        if (targets.has(bucket)) return;
        expect(
          "",
          "has no encryption of its own, so it takes keys of S3",
          () => bucket.props.serverSideEncryptionConfiguration !== undefined || has(graph, ENCRYPTION, bucket),
        );
        const inline = bucket.props.serverSideEncryptionConfiguration;
        if (inline !== undefined) encryptionFacts(expect, "serverSideEncryptionConfiguration.rule", inline.rule);
      });
      judge.each(graph.all(ENCRYPTION), (encryption, expect) => {
        if (graph.references(encryption, "bucket", BUCKET).nodes.some((bucket) => targets.has(bucket))) return;
        const rules = encryption.props.rules ?? [];
        expect("rules", "says nothing of encryption", () => rules.length > 0);
        rules.forEach((rule, index) => {
          encryptionFacts(expect, `rules[${String(index)}]`, rule);
        });
      });
    },
  }),
  graphRule({
    id: "aws-s3-versioning",
    title: "What is overwritten or deleted in a bucket can be brought back",
    severity: "high",
    controls: {
      iso27001: ["A.8.3", "A.8.10"],
      soc2: ["CC7.4", "A1.2"],
      hipaa: ["164.308(a)(7)(ii)(A)"],
      pciDss: ["10.3.4"],
    },
    why: "A faulty program or a thief with a right to write destroys objects for good.",
    remedy: {
      text: "Switch versioning on.",
      example:
        'new s3.BucketVersioning("versions", { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } })',
    },
    source: `${S3}/Versioning.html`,
    types: [BUCKET, VERSIONING],
    check: (graph, judge) => {
      judge.each(graph.all(BUCKET), (bucket, expect) => {
        expect("", "keeps no versions", () => {
          // A bucket with object lock has versions from the start.
          return (
            has(graph, VERSIONING, bucket) ||
            bucket.props.versioning !== undefined ||
            bucket.props.objectLockEnabled === true
          );
        });
        expect(
          "versioning.enabled",
          "keeps no versions",
          () => bucket.props.versioning === undefined || bucket.props.versioning.enabled === true,
        );
      });
      judge.each(graph.all(VERSIONING), ({ props }, expect) => {
        expect(
          "versioningConfiguration.status",
          "keeps no versions",
          () => props.versioningConfiguration?.status === "Enabled",
        );
      });
    },
  }),
  graphRule({
    id: "aws-s3-tls-only",
    title: "Buckets answer over TLS only",
    severity: "high",
    controls: { cis: ["AWS 3.0 2.1.1"], hipaa: ["164.312(e)(1)"], pciDss: ["1.2.5"], gdpr: ["Article 32"] },
    why: "S3 also answers over plain HTTP, where everybody on the way reads along.",
    remedy: {
      text: "Deny everybody every action on the bucket and its objects where aws:SecureTransport is false. Versions of TLS before 1.2 need no denial: no endpoint of AWS takes them (https://aws.amazon.com/blogs/security/tls-1-2-required-for-aws-endpoints/).",
      example:
        '{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [bucket.arn, `${bucket.arn}/*`], Condition: { Bool: { "aws:SecureTransport": "false" } } }',
    },
    source: `${S3}/security-best-practices.html`,
    types: [BUCKET, POLICY],
    check: (graph, judge) => {
      const says = "does not deny every request that comes without TLS";
      judge.each(graph.all(BUCKET), (bucket, expect) => {
        expect(
          "",
          "has no policy that denies requests without TLS",
          () => bucket.props.policy !== undefined || has(graph, POLICY, bucket),
        );
        expect("policy", says, () => {
          const { policy, bucket: name } = bucket.props;
          return policy === undefined || statementsOf(policy, "policy").some((one) => deniesPlainHttp(one, name));
        });
      });
      judge.each(graph.all(POLICY), (companion, expect) => {
        expect("policy", says, () => {
          const statements = statementsOf(companion.props.policy, "policy");
          const [bucket] = graph.references(companion, "bucket", BUCKET).nodes;
          const name = bucket?.props.bucket ?? companion.props.bucket;
          return statements.some((one) => deniesPlainHttp(one, name));
        });
      });
    },
  }),
  graphRule({
    id: "aws-s3-access-logs",
    title: "Requests for objects are on record",
    severity: "medium",
    controls: { iso27001: ["A.8.15"], soc2: ["CC7.2", "CC7.3"], hipaa: ["164.312(b)"], pciDss: ["10.2.1"] },
    why: "After a leak nobody can tell which objects were read, and by whom: a trail records calls of buckets, not of objects, unless it is told to.",
    remedy: {
      text: "Write access logs to another bucket, or let a trail record the data events of S3.",
      example:
        'new s3.BucketLogging("requests", { bucket: bucket.bucket, targetBucket: logs.bucket, targetPrefix: "objects/" })',
    },
    source: `${S3}/logging-with-S3.html`,
    types: [BUCKET, LOGGING],
    check: (graph, judge, { stack }) => {
      const targets = logTargets(graph);
      const itself = "writes the bucket's access logs into the bucket itself";
      judge.each(graph.all(BUCKET), (bucket, expect) => {
        expect("", "keeps no record of requests for objects", () => {
          return (
            stack.class === "development" ||
            // The bucket that takes the logs is left: its own would have to go to yet another one.
            targets.has(bucket) ||
            has(graph, LOGGING, bucket) ||
            bucket.props.logging !== undefined ||
            graph.all(TRAIL).some((trail) => recordsObjects(trail, bucket.props.bucket))
          );
        });
        expect("logging.targetBucket", itself, () => {
          const inline = bucket.props.logging;
          return (
            inline === undefined || !graph.references(bucket, "logging.targetBucket", BUCKET).nodes.includes(bucket)
          );
        });
      });
      judge.each(graph.all(LOGGING), (logging, expect) => {
        expect("targetBucket", itself, () => {
          const { nodes } = graph.references(logging, "bucket", BUCKET);
          return !graph.references(logging, "targetBucket", BUCKET).nodes.some((target) => nodes.includes(target));
        });
      });
    },
  }),
  graphRule({
    id: "aws-s3-lifecycle",
    title: "Old versions and unfinished uploads go in time",
    severity: "low",
    controls: { iso27001: ["A.8.10"], pciDss: ["10.5.1"] },
    why: "Versions of what was deleted stay for ever, which a person who asked for deletion need not put up with, and each part of a broken upload is paid for, unseen.",
    remedy: {
      text: "Expire noncurrent versions, and abort unfinished uploads in a rule for the whole bucket.",
      example:
        '{ id: "upkeep", status: "Enabled", filter: { prefix: "" }, noncurrentVersionExpiration: { noncurrentDays: 30 }, abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } }',
    },
    source: `${S3}/object-lifecycle-mgmt.html`,
    types: [BUCKET, LIFECYCLE],
    check: (graph, judge) => {
      const versions = "never removes old versions";
      const parts = "keeps the parts of uploads that were never finished";
      judge.each(graph.all(BUCKET), (bucket, expect) => {
        const { lifecycleRules = [] } = bucket.props;
        expect("", "has no life cycle", () => lifecycleRules.length > 0 || has(graph, LIFECYCLE, bucket));
        if (lifecycleRules.length === 0) return;
        const enabled = () => lifecycleRules.filter((rule) => rule.enabled === true);
        expect("lifecycleRules", versions, () =>
          enabled().some((rule) => rule.noncurrentVersionExpiration?.days !== undefined),
        );
        expect("lifecycleRules", parts, () => {
          return enabled().some(
            (rule) => rule.abortIncompleteMultipartUploadDays !== undefined && (rule.prefix ?? "") === "",
          );
        });
      });
      judge.each(graph.all(LIFECYCLE), ({ props }, expect) => {
        const enabled = () => (props.rules ?? []).filter((rule) => rule.status === "Enabled");
        expect("rules", versions, () => {
          return enabled().some((rule) => rule.noncurrentVersionExpiration?.noncurrentDays !== undefined);
        });
        expect("rules", parts, () => {
          return enabled().some(
            ({ abortIncompleteMultipartUpload, filter, prefix }) =>
              abortIncompleteMultipartUpload?.daysAfterInitiation !== undefined &&
              (prefix ?? filter?.prefix ?? "") === "" &&
              filter?.and === undefined &&
              filter?.tag === undefined,
          );
        });
      });
    },
  }),
  graphRule({
    id: "aws-s3-object-lock",
    title: "Records of calls cannot be deleted before their time",
    severity: "medium",
    controls: { soc2: ["PI1.5"], pciDss: ["10.3.4"] },
    why: "Who has broken in removes the traces first. A bucket that AWS Config writes to as well cannot have a lock: Config does not deliver to one (https://docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html).",
    remedy: {
      text: "Give the bucket of the trail an object lock with a default retention, and do not let the program empty it.",
      example:
        'new s3.BucketObjectLockConfiguration("lock", { bucket: bucket.bucket, rule: { defaultRetention: { mode: "GOVERNANCE", days: 365 } } })',
    },
    source: `${S3}/object-lock.html`,
    types: [TRAIL],
    check: (graph, judge) => {
      const stores = new Set(
        graph.all(TRAIL).flatMap((trail) => graph.references(trail, "s3BucketName", BUCKET).nodes),
      );
      judge.each(stores, (bucket, expect) => {
        expect("forceDestroy", "deletes the records with the bucket", () => bucket.props.forceDestroy !== true);
        if (graph.from(DELIVERY, "s3BucketName", bucket).length > 0) return;
        expect("", "has no object lock that keeps every new record", () => {
          const inline = bucket.props.objectLockConfiguration?.rule?.defaultRetention;
          const companions = graph.from(LOCK, "bucket", bucket).map(({ props }) => props.rule?.defaultRetention);
          return [inline, ...companions].some((kept) => (kept?.days ?? 0) > 0 || (kept?.years ?? 0) > 0);
        });
      });
    },
  }),
  graphRule({
    id: "aws-s3-no-acl",
    title: "Policies alone say who may use a bucket",
    severity: "medium",
    controls: {},
    why: "An ACL lets others in object by object, past every policy, and gives objects to whoever wrote them.",
    remedy: {
      text: "Let the owner of the bucket own every object, which switches ACLs off, and use no ACL.",
      example:
        'new s3.BucketOwnershipControls("ownership", { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } })',
    },
    source: `${S3}/about-object-ownership.html`,
    types: [BUCKET, OWNERSHIP, ACL],
    check: (graph, judge) => {
      judge.each(graph.all(BUCKET), (bucket, expect) => {
        expect("", "does not switch ACLs off", () => has(graph, OWNERSHIP, bucket));
        expect("acl", "lets others in by an ACL", () => (bucket.props.acl ?? "private") === "private");
        expect("grants", "lets others in by an ACL", () => (bucket.props.grants ?? []).length === 0);
      });
      judge.each(graph.all(OWNERSHIP), ({ props }, expect) => {
        expect("rule.objectOwnership", "leaves ACLs on", () => props.rule?.objectOwnership === "BucketOwnerEnforced");
      });
      judge.each(graph.all(ACL), ({ props }, expect) => {
        expect("acl", "lets others in by an ACL", () => (props.acl ?? "private") === "private");
        expect("accessControlPolicy", "lets others in by an ACL", () => props.accessControlPolicy === undefined);
      });
    },
  }),
];

function has(graph: Graph, type: ResourceType, bucket: Node): boolean {
  return graph.from(type, "bucket", bucket).length > 0;
}

/**
 * Buckets that access logs are written to. They are encrypted with S3's own keys alone:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
function logTargets(graph: Graph): ReadonlySet<Node> {
  return new Set<Node>([
    ...graph.all(LOGGING).flatMap((logging) => graph.references(logging, "targetBucket", BUCKET).nodes),
    ...graph.all(BUCKET).flatMap((bucket) => graph.references(bucket, "logging.targetBucket", BUCKET).nodes),
  ]);
}

interface EncryptionRule {
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm?: string; readonly kmsMasterKeyId?: string };
  readonly bucketKeyEnabled?: boolean;
}

function encryptionFacts(expect: Expect, path: string, rule: EncryptionRule | undefined): void {
  const byDefault = () => rule?.applyServerSideEncryptionByDefault;
  const isKms = () => byDefault()?.sseAlgorithm?.startsWith("aws:kms") === true;
  expect(`${path}.applyServerSideEncryptionByDefault.sseAlgorithm`, "takes keys of S3", isKms);
  expect(`${path}.applyServerSideEncryptionByDefault.kmsMasterKeyId`, "is no key of the account's own", () => {
    return !isKms() || isOwnKey(byDefault()?.kmsMasterKeyId);
  });
  // Double encryption knows no bucket keys: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingDSSEncryption.html
  expect(`${path}.bucketKeyEnabled`, "asks KMS anew for each object", () => {
    return byDefault()?.sseAlgorithm !== "aws:kms" || rule?.bucketKeyEnabled === true;
  });
}

/** Whether a statement denies everybody everything on the bucket and its objects for want of TLS, and for no other reason besides. */
function deniesPlainHttp(one: Statement, bucket: string | undefined): boolean {
  const conditions = Object.entries(one.conditions).flatMap(([operator, tests]) =>
    Object.entries(tests).map(([key, values]) => `${operator} ${key} ${values.join()}`.toLowerCase()),
  );
  return (
    one.effect === "Deny" &&
    one.principals.some(({ kind }) => kind === "*") &&
    one.notActions.length === 0 &&
    isAboutAction(one, "s3:*") &&
    ["aws", "aws-cn", "aws-us-gov"].some(
      (partition) =>
        isAboutResource(one, `arn:${partition}:s3:::${bucket ?? ""}`) &&
        isAboutResource(one, `arn:${partition}:s3:::${bucket ?? ""}/*`),
    ) &&
    conditions.length === 1 &&
    /^bool(ifexists)? aws:securetransport false$/.test(conditions[0] ?? "")
  );
}

/** Whether a trail records every call for objects of a bucket. */
function recordsObjects({ props }: Node<typeof TRAIL>, bucket = ""): boolean {
  if (props.enableLogging === false) return false;
  const isOfBucket = (arn: string) => /^arn:[^:]+:s3:::(.*)\/$/.exec(arn)?.[1] === bucket;
  const isOfAll = (arn: string) => /^arn:[^:]+:s3(:::)?$/.test(arn);
  const isWithin = (arn: string) => isOfAll(arn) || isOfBucket(arn);
  const plain = (props.eventSelectors ?? []).some(
    ({ readWriteType = "All", dataResources = [] }) =>
      readWriteType === "All" &&
      dataResources.some(({ type, values = [] }) => type === "AWS::S3::Object" && values.some(isWithin)),
  );
  return (
    plain ||
    (props.advancedEventSelectors ?? []).some(({ fieldSelectors = [] }) => {
      const isOfObjects = fieldSelectors.some(
        ({ field, equals = [] }) => field === "resources.type" && equals.includes("AWS::S3::Object"),
      );
      return (
        isOfObjects &&
        fieldSelectors.every(({ field, startsWiths = [] }) => {
          return (
            field === "eventCategory" ||
            field === "resources.type" ||
            (field === "resources.ARN" && startsWiths.some(isWithin))
          );
        })
      );
    })
  );
}
