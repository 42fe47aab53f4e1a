import { Unknown, type Properties } from "../../../../offline/cloud/value";
import { objectStoreRules } from "../../../../policies/rules/aws/object-stores";
import type { ResourceType } from "../../../../policies/types";
import { provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const ACL = "aws:s3/bucketAcl:BucketAcl";
const BUCKET = "aws:s3/bucket:Bucket";
const DELIVERY = "aws:cfg/deliveryChannel:DeliveryChannel";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const LOGGING = "aws:s3/bucketLogging:BucketLogging";
const OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const PRIVACY = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const TRAIL = "aws:cloudtrail/trail:Trail";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";

const LAKE = `${BUCKET} lake-objects-bucket`;
const AUDIT = `${BUCKET} audit-store-objects-bucket`;
const ASSETS = `${BUCKET} objects-bucket`;
const REQUESTS = `${BUCKET} audit-store-requests-records-bucket`;
const NAME = "portfolio-prod-lake-111122223333-us-west-2";
const REQUESTS_NAME = "portfolio-prod-audit-111122223333-us-west-2-requests";

/** The stack with something else about the lake's bucket itself: inputs that newer resources stand for. */
function inline(stack: StackUnderTest, set: Properties): StackUnderTest {
  return stack.change(BUCKET, "lake-objects-bucket", { set });
}

/** The stack with another resource of a bucket. */
function besides(stack: StackUnderTest, type: ResourceType, inputs: Properties, bucket = LAKE): StackUnderTest {
  const { inputs: own } = stack.one(BUCKET, bucket.slice(BUCKET.length + 1));
  return stack.add(type, "planted", { inputs: { bucket: own["bucket"] ?? "", ...inputs }, from: { bucket: [bucket] } });
}

/** The stack in which a resource of the lake's bucket is of nobody knows which bucket. */
function strayed(stack: StackUnderTest, type: ResourceType, name: string): StackUnderTest {
  const { inputs } = stack.one(type, name);
  return stack.drop(type, name).add(type, "strayed", { inputs: { ...inputs, bucket: Unknown.value } });
}

describe("rules on object stores of AWS", () => {
  provesStack(objectStoreRules, "aws-s3-public-access-block", {
    of: "prod",
    fails: [
      {
        when: "a bucket has no block",
        change: (stack) => stack.drop(PRIVACY, "lake-objects-public-access"),
        violated: [LAKE],
      },
      {
        when: "the block is of another bucket",
        change: (stack) => stack.change(PRIVACY, "lake-objects-public-access", { set: { bucket: "elsewhere" } }),
        violated: [LAKE],
      },
      ...(["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const).flatMap(
        (flag) => [
          {
            when: `${flag} is off`,
            change: (stack: StackUnderTest) =>
              stack.change(PRIVACY, "lake-objects-public-access", { set: { [flag]: false } }),
            violated: [`${PRIVACY} lake-objects-public-access ${flag}`],
          },
          {
            when: `${flag} is missing, which is off`,
            change: (stack: StackUnderTest) => stack.change(PRIVACY, "lake-objects-public-access", { remove: [flag] }),
            violated: [`${PRIVACY} lake-objects-public-access ${flag}`],
          },
        ],
      ),
    ],
    undecided: [
      {
        when: "it is unknown whether a switch is on",
        change: (stack) =>
          stack.change(PRIVACY, "lake-objects-public-access", { set: { blockPublicAcls: Unknown.value } }),
        of: [`${PRIVACY} lake-objects-public-access`],
      },
      {
        when: "it is unknown which bucket a block is of",
        change: (stack) => strayed(stack, PRIVACY, "lake-objects-public-access"),
        of: [LAKE],
      },
    ],
  });

  const kms = { sseAlgorithm: "aws:kms", kmsMasterKeyId: "arn:aws:kms:us-west-2:111122223333:key/1" };
  const path = "applyServerSideEncryptionByDefault";
  provesStack(objectStoreRules, "aws-s3-kms", {
    of: "prod",
    alsoPasses: [
      {
        when: "the bucket says so inline",
        change: (stack) =>
          inline(stack.drop(ENCRYPTION, "lake-objects-encryption"), {
            serverSideEncryptionConfiguration: { rule: { [path]: kms, bucketKeyEnabled: true } },
          }),
      },
      {
        when: "it is encrypted twice, which knows no bucket key",
        change: (stack) =>
          stack.change(ENCRYPTION, "lake-objects-encryption", {
            set: { rules: [{ [path]: { ...kms, sseAlgorithm: "aws:kms:dsse" } }] },
          }),
      },
      {
        when: "the stack is of development",
        change: (stack) => stack.drop(ENCRYPTION, "lake-objects-encryption"),
        stack: { class: "development" },
      },
      {
        when: "access logs go to the bucket, which S3 writes with its own keys alone",
        change: (stack) =>
          besides(
            stack.change(ENCRYPTION, "lake-objects-encryption", {
              set: { [`rules[0].${path}`]: { sseAlgorithm: "AES256" } },
            }),
            LOGGING,
            { targetBucket: NAME, targetPrefix: "" },
            AUDIT,
          ),
      },
    ],
    fails: [
      {
        when: "a bucket has neither",
        change: (stack) => stack.drop(ENCRYPTION, "lake-objects-encryption"),
        violated: [LAKE],
      },
      {
        when: "the companion takes keys of S3",
        change: (stack) =>
          stack.change(ENCRYPTION, "lake-objects-encryption", {
            set: { [`rules[0].${path}`]: { sseAlgorithm: "AES256" } },
          }),
        violated: [`${ENCRYPTION} lake-objects-encryption rules[0].${path}.sseAlgorithm`],
      },
      {
        when: "the companion is right and the bucket says otherwise inline",
        change: (stack) =>
          inline(stack, { serverSideEncryptionConfiguration: { rule: { [path]: { sseAlgorithm: "AES256" } } } }),
        violated: [`${LAKE} serverSideEncryptionConfiguration.rule.${path}.sseAlgorithm`],
      },
      {
        when: "the bucket is right inline and the companion says otherwise",
        change: (stack) =>
          inline(
            stack.change(ENCRYPTION, "lake-objects-encryption", {
              set: { [`rules[0].${path}`]: { sseAlgorithm: "AES256" } },
            }),
            { serverSideEncryptionConfiguration: { rule: { [path]: kms, bucketKeyEnabled: true } } },
          ),
        violated: [`${ENCRYPTION} lake-objects-encryption rules[0].${path}.sseAlgorithm`],
      },
      {
        when: "no key is named, which is the key of AWS",
        change: (stack) =>
          stack.change(ENCRYPTION, "lake-objects-encryption", {
            set: { [`rules[0].${path}`]: { sseAlgorithm: "aws:kms" } },
          }),
        violated: [`${ENCRYPTION} lake-objects-encryption rules[0].${path}.kmsMasterKeyId`],
      },
      {
        when: "the key of AWS is named",
        change: (stack) =>
          stack.change(ENCRYPTION, "lake-objects-encryption", {
            set: { [`rules[0].${path}`]: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "alias/aws/s3" } },
          }),
        violated: [`${ENCRYPTION} lake-objects-encryption rules[0].${path}.kmsMasterKeyId`],
      },
      {
        when: "there is no bucket key",
        change: (stack) =>
          stack.change(ENCRYPTION, "lake-objects-encryption", { remove: ["rules[0].bucketKeyEnabled"] }),
        violated: [`${ENCRYPTION} lake-objects-encryption rules[0].bucketKeyEnabled`],
      },
      {
        when: "there is no rule",
        change: (stack) => stack.change(ENCRYPTION, "lake-objects-encryption", { set: { rules: [] } }),
        violated: [`${ENCRYPTION} lake-objects-encryption rules`],
      },
    ],
    undecided: [
      {
        when: "the algorithm is unknown",
        change: (stack) =>
          stack.change(ENCRYPTION, "lake-objects-encryption", {
            set: { [`rules[0].${path}.sseAlgorithm`]: Unknown.value },
          }),
        of: [`${ENCRYPTION} lake-objects-encryption`],
      },
      {
        when: "it is unknown which bucket it is of",
        change: (stack) => strayed(stack, ENCRYPTION, "lake-objects-encryption"),
        of: [LAKE],
      },
    ],
  });

  provesStack(objectStoreRules, "aws-s3-versioning", {
    of: "prod",
    alsoPasses: [
      {
        when: "the bucket says so inline",
        change: (stack) => inline(stack.drop(VERSIONING, "lake-objects-versioning"), { versioning: { enabled: true } }),
      },
      {
        when: "the bucket has object lock, which takes versions",
        change: (stack) => inline(stack.drop(VERSIONING, "lake-objects-versioning"), { objectLockEnabled: true }),
      },
    ],
    fails: [
      {
        when: "a bucket has neither",
        change: (stack) => stack.drop(VERSIONING, "lake-objects-versioning"),
        violated: [LAKE],
      },
      {
        when: "versioning is suspended",
        change: (stack) =>
          stack.change(VERSIONING, "lake-objects-versioning", {
            set: { "versioningConfiguration.status": "Suspended" },
          }),
        violated: [`${VERSIONING} lake-objects-versioning versioningConfiguration.status`],
      },
      {
        when: "the companion is right and the bucket says otherwise inline",
        change: (stack) => inline(stack, { versioning: { enabled: false } }),
        violated: [`${LAKE} versioning.enabled`],
      },
      {
        when: "the bucket names versioning without switching it on",
        change: (stack) => inline(stack.drop(VERSIONING, "lake-objects-versioning"), { versioning: {} }),
        violated: [`${LAKE} versioning.enabled`],
      },
    ],
    undecided: [
      {
        when: "the status is unknown",
        change: (stack) =>
          stack.change(VERSIONING, "lake-objects-versioning", {
            set: { "versioningConfiguration.status": Unknown.value },
          }),
        of: [`${VERSIONING} lake-objects-versioning`],
      },
      {
        when: "it is unknown which bucket it is of",
        change: (stack) => strayed(stack, VERSIONING, "lake-objects-versioning"),
        of: [LAKE],
      },
    ],
  });

  const denial = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${NAME}`, `arn:aws:s3:::${NAME}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  const saying = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const otherwise = (when: string, change: object) => ({
    when,
    change: (stack: StackUnderTest) =>
      stack.change(POLICY, "lake-objects-policy", { set: { policy: saying({ ...denial, ...change }) } }),
    violated: [`${POLICY} lake-objects-policy policy`],
  });
  provesStack(objectStoreRules, "aws-s3-tls-only", {
    of: "prod",
    alsoPasses: [
      {
        when: "the bucket has the policy inline",
        change: (stack) => inline(stack.drop(POLICY, "lake-objects-policy"), { policy: saying(denial) }),
      },
      {
        when: "the denial is one of several, about everything",
        change: (stack) =>
          stack.change(POLICY, "lake-objects-policy", {
            set: {
              policy: saying(
                { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "s3:GetObject", Resource: "*" },
                { ...denial, Principal: { AWS: "*" }, Action: ["*"], Resource: "*" },
              ),
            },
          }),
      },
    ],
    fails: [
      {
        when: "a bucket has no policy",
        change: (stack) => stack.drop(POLICY, "lake-objects-policy"),
        violated: [LAKE],
      },
      {
        when: "the policy inline denies nothing",
        change: (stack) => inline(stack.drop(POLICY, "lake-objects-policy"), { policy: saying() }),
        violated: [`${LAKE} policy`],
      },
      {
        when: "the companion is right and the bucket has another policy inline",
        change: (stack) => inline(stack, { policy: saying() }),
        violated: [`${LAKE} policy`],
      },
      otherwise("the objects are left out", { Resource: `arn:aws:s3:::${NAME}` }),
      otherwise("the bucket is left out", { Resource: `arn:aws:s3:::${NAME}/*` }),
      otherwise("the denial is about another bucket", { Resource: ["arn:aws:s3:::other", "arn:aws:s3:::other/*"] }),
      otherwise("some actions are denied alone", { Action: "s3:PutObject" }),
      otherwise("all actions but some are denied", { Action: undefined, NotAction: "s3:GetObject" }),
      otherwise("some are denied alone", { Principal: { AWS: "111122223333" } }),
      otherwise("it is the requests with TLS that are denied", {
        Condition: { Bool: { "aws:SecureTransport": "true" } },
      }),
      otherwise("a second condition narrows the denial", {
        Condition: { Bool: { "aws:SecureTransport": "false" }, IpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
      }),
      otherwise("plain requests are allowed", { Effect: "Allow" }),
    ],
    undecided: [
      {
        when: "the policy is unknown",
        change: (stack) => stack.change(POLICY, "lake-objects-policy", { set: { policy: Unknown.value } }),
        of: [`${POLICY} lake-objects-policy`],
      },
      {
        when: "the policy is none",
        change: (stack) => stack.change(POLICY, "lake-objects-policy", { set: { policy: "{" } }),
        of: [`${POLICY} lake-objects-policy`],
      },
    ],
  });

  const recording = (selectors: Properties) => (stack: StackUnderTest) =>
    stack.change(TRAIL, "audit-trail-trail", { set: selectors });
  const unlogged = (stack: StackUnderTest) => stack.drop(LOGGING, "audit-store-requests-logging");
  const silent = (when: string, selectors: Properties) => ({
    when,
    change: recording(selectors),
    violated: [LAKE, ASSETS],
  });
  provesStack(objectStoreRules, "aws-s3-access-logs", {
    of: "prod",
    alsoPasses: [
      {
        when: "the trail records every bucket, and none writes logs",
        change: (stack) =>
          recording({
            advancedEventSelectors: [
              {
                fieldSelectors: [
                  { field: "eventCategory", equals: ["Data"] },
                  { field: "resources.type", equals: ["AWS::S3::Object"] },
                ],
              },
            ],
          })(unlogged(stack)),
      },
      {
        when: "the trail has the older selectors, and no bucket writes logs",
        change: (stack) =>
          recording({
            advancedEventSelectors: [],
            eventSelectors: [{ dataResources: [{ type: "AWS::S3::Object", values: ["arn:aws:s3"] }] }],
          })(unlogged(stack)),
      },
      {
        when: "each bucket writes logs to another, that one none, and one says so inline",
        change: (stack) =>
          inline(
            recording({ advancedEventSelectors: [] })(stack).add(LOGGING, "objects", {
              inputs: { bucket: "portfolio-prod-assets-111122223333-us-west-2", targetBucket: REQUESTS_NAME },
            }),
            { logging: { targetBucket: REQUESTS_NAME } },
          ),
      },
      {
        when: "the stack is of development",
        change: recording({ advancedEventSelectors: [] }),
        stack: { class: "development" },
      },
    ],
    fails: [
      silent("the trail records calls of buckets alone", { advancedEventSelectors: [] }),
      silent("the trail is switched off", { enableLogging: false }),
      silent("the trail records writing alone", {
        advancedEventSelectors: [],
        eventSelectors: [
          { readWriteType: "WriteOnly", dataResources: [{ type: "AWS::S3::Object", values: ["arn:aws:s3"] }] },
        ],
      }),
      silent("the trail records some of the calls", {
        advancedEventSelectors: [
          {
            fieldSelectors: [
              { field: "resources.type", equals: ["AWS::S3::Object"] },
              { field: "readOnly", equals: ["false"] },
            ],
          },
        ],
      }),
      silent("the trail records functions", {
        advancedEventSelectors: [{ fieldSelectors: [{ field: "resources.type", equals: ["AWS::Lambda::Function"] }] }],
      }),
      {
        when: "the trail records one bucket alone",
        change: recording({
          advancedEventSelectors: [
            {
              fieldSelectors: [
                { field: "resources.type", equals: ["AWS::S3::Object"] },
                { field: "resources.ARN", startsWiths: [`arn:aws:s3:::${NAME}/`] },
              ],
            },
          ],
        }),
        violated: [ASSETS],
      },
      {
        when: "a bucket that the trail leaves out writes no logs",
        change: unlogged,
        violated: [AUDIT, REQUESTS],
        preview: "undecided",
      },
      {
        when: "a bucket writes its logs into itself",
        change: (stack) => besides(stack, LOGGING, { targetBucket: NAME }),
        violated: [`${LOGGING} planted targetBucket`],
      },
      {
        when: "a bucket says inline that its logs go into itself",
        change: (stack) => inline(stack, { logging: { targetBucket: NAME } }),
        violated: [`${LAKE} logging.targetBucket`],
      },
    ],
    undecided: [
      {
        when: "it is unknown what the trail records",
        change: (stack) => stack.change(TRAIL, "audit-trail-trail", { set: { advancedEventSelectors: Unknown.value } }),
        of: [LAKE, ASSETS],
      },
      {
        when: "it is unknown which bucket writes logs",
        change: (stack) =>
          strayed(recording({ advancedEventSelectors: [] })(stack), LOGGING, "audit-store-requests-logging"),
        of: [LAKE, AUDIT, ASSETS],
      },
    ],
  });

  const upkeep = { noncurrentVersionExpiration: { noncurrentDays: 7 } };
  const abort = { abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } };
  const living = (when: string, ...rules: Properties[]) => ({
    when,
    change: (stack: StackUnderTest) => stack.change(LIFECYCLE, "lake-objects-lifecycle", { set: { rules } }),
  });
  provesStack(objectStoreRules, "aws-s3-lifecycle", {
    of: "prod",
    alsoPasses: [
      {
        when: "the bucket says so inline",
        change: (stack) =>
          inline(stack.drop(LIFECYCLE, "lake-objects-lifecycle"), {
            lifecycleRules: [
              { enabled: true, noncurrentVersionExpiration: { days: 7 }, abortIncompleteMultipartUploadDays: 7 },
            ],
          }),
      },
      living("one rule without a filter does both", { status: "Enabled", ...upkeep, ...abort }),
    ],
    fails: [
      {
        when: "a bucket has neither",
        change: (stack) => stack.drop(LIFECYCLE, "lake-objects-lifecycle"),
        violated: [LAKE],
      },
      {
        ...living("old versions stay", { status: "Enabled", ...abort }),
        violated: [`${LIFECYCLE} lake-objects-lifecycle rules`],
      },
      {
        ...living("parts stay", { status: "Enabled", ...upkeep }),
        violated: [`${LIFECYCLE} lake-objects-lifecycle rules`],
      },
      {
        ...living("parts go under a prefix alone", {
          status: "Enabled",
          ...upkeep,
          ...abort,
          filter: { prefix: "a/" },
        }),
        violated: [`${LIFECYCLE} lake-objects-lifecycle rules`],
      },
      {
        ...living("the rule is switched off", { status: "Disabled", ...upkeep, ...abort }),
        violated: [`${LIFECYCLE} lake-objects-lifecycle rules`, `${LIFECYCLE} lake-objects-lifecycle rules`],
      },
      {
        ...living("there is no rule"),
        violated: [`${LIFECYCLE} lake-objects-lifecycle rules`, `${LIFECYCLE} lake-objects-lifecycle rules`],
      },
      {
        when: "the companion is right and the bucket says otherwise inline",
        change: (stack) => inline(stack, { lifecycleRules: [{ enabled: false }] }),
        violated: [`${LAKE} lifecycleRules`, `${LAKE} lifecycleRules`],
      },
    ],
    undecided: [
      {
        when: "the rules are unknown",
        change: (stack) => stack.change(LIFECYCLE, "lake-objects-lifecycle", { set: { rules: Unknown.value } }),
        of: [`${LIFECYCLE} lake-objects-lifecycle`],
      },
      {
        when: "it is unknown which bucket they are of",
        change: (stack) => strayed(stack, LIFECYCLE, "lake-objects-lifecycle"),
        of: [LAKE],
      },
    ],
  });

  const retention = { rule: { defaultRetention: { mode: "GOVERNANCE", days: 365 } } };
  const locked = (stack: StackUnderTest, change: Properties = {}) =>
    besides(stack.dropAll(DELIVERY), LOCK, { ...retention, ...change }, AUDIT);
  provesStack(objectStoreRules, "aws-s3-object-lock", {
    of: "prod",
    alsoPasses: [
      { when: "the bucket takes records of calls alone, and has a lock", change: (stack) => locked(stack) },
      {
        when: "the lock is inline, for years",
        change: (stack) =>
          stack.dropAll(DELIVERY).change(BUCKET, "audit-store-objects-bucket", {
            set: {
              objectLockConfiguration: {
                objectLockEnabled: "Enabled",
                rule: { defaultRetention: { mode: "COMPLIANCE", years: 1 } },
              },
            },
          }),
      },
      {
        when: "the bucket is of another stack",
        change: (stack) => stack.change(TRAIL, "audit-trail-trail", { set: { s3BucketName: "elsewhere" } }),
      },
    ],
    fails: [
      {
        when: "the bucket takes records of calls alone, and has no lock",
        change: (stack) => stack.dropAll(DELIVERY),
        violated: [AUDIT],
      },
      {
        when: "the lock keeps nothing by itself",
        change: (stack) => locked(stack, { rule: null }),
        violated: [AUDIT],
      },
      {
        when: "the lock keeps records for no day",
        change: (stack) => locked(stack, { rule: { defaultRetention: { mode: "GOVERNANCE", days: 0 } } }),
        violated: [AUDIT],
      },
      {
        when: "the bucket is emptied when it is destroyed",
        change: (stack) => stack.change(BUCKET, "audit-store-objects-bucket", { set: { forceDestroy: true } }),
        violated: [`${AUDIT} forceDestroy`],
      },
    ],
    undecided: [
      {
        when: "it is unknown whether the bucket is emptied",
        change: (stack) => stack.change(BUCKET, "audit-store-objects-bucket", { set: { forceDestroy: Unknown.value } }),
        of: [AUDIT],
      },
      {
        when: "it is unknown how long the lock keeps records",
        change: (stack) => locked(stack, { rule: Unknown.value }),
        of: [AUDIT],
      },
      {
        when: "it is unknown where Config writes",
        change: (stack) =>
          stack.dropAll(DELIVERY).add(DELIVERY, "strayed", { inputs: { s3BucketName: Unknown.value } }),
        of: [AUDIT],
      },
    ],
  });

  provesStack(objectStoreRules, "aws-s3-no-acl", {
    of: "prod",
    alsoPasses: [
      {
        when: "the ACL is private, inline and as a resource",
        change: (stack) => besides(inline(stack, { acl: "private", grants: [] }), ACL, { acl: "private" }),
      },
    ],
    fails: [
      {
        when: "ACLs are not switched off",
        change: (stack) => stack.drop(OWNERSHIP, "lake-objects-ownership"),
        violated: [LAKE],
      },
      ...["ObjectWriter", "BucketOwnerPreferred"].map((owner) => ({
        when: `objects are owned by ${owner}`,
        change: (stack: StackUnderTest) =>
          stack.change(OWNERSHIP, "lake-objects-ownership", { set: { "rule.objectOwnership": owner } }),
        violated: [`${OWNERSHIP} lake-objects-ownership rule.objectOwnership`],
      })),
      {
        when: "the bucket has a public ACL inline",
        change: (stack) => inline(stack, { acl: "public-read" }),
        violated: [`${LAKE} acl`],
      },
      {
        when: "the bucket has grants inline",
        change: (stack) => inline(stack, { grants: [{ type: "Group", permissions: ["READ"], uri: "all" }] }),
        violated: [`${LAKE} grants`],
      },
      {
        when: "the bucket has a public ACL as a resource",
        change: (stack) => besides(stack, ACL, { acl: "public-read" }),
        violated: [`${ACL} planted acl`],
      },
      {
        when: "the bucket has grants in a resource",
        change: (stack) => besides(stack, ACL, { accessControlPolicy: { grants: [] } }),
        violated: [`${ACL} planted accessControlPolicy`],
      },
    ],
    undecided: [
      {
        when: "the ACL is unknown",
        change: (stack) => inline(stack, { acl: Unknown.value }),
        of: [LAKE],
      },
      {
        when: "it is unknown which bucket switches them off",
        change: (stack) => strayed(stack, OWNERSHIP, "lake-objects-ownership"),
        of: [LAKE],
      },
    ],
  });
});
