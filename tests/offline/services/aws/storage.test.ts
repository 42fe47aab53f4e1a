import assert from "node:assert/strict";
import { text } from "../../../../offline/services/aws/text";
import { Account, network, refused, type Made } from "./support";

const BUCKET = "aws:s3/bucket:Bucket";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const KEY = "aws:kms/key:Key";
const REPLICA = "aws:kms/replicaKey:ReplicaKey";
const ALIAS = "aws:kms/alias:Alias";

function bucket(account: Account, name: string, more = {}): Made {
  return account.create(BUCKET, name, { bucket: name, ...more });
}

describe("AWS S3 bucket", () => {
  it("an automatic name is spelled as the service wants it: a bucket in lower case, an alias below alias/", () => {
    const account = new Account();
    assert.match(account.create(BUCKET, "Assets", {}).id, /^assets-[0-9a-f]{7}$/);
    const key = account.create("aws:kms/key:Key", "key", {});
    assert.match(
      account.create("aws:kms/alias:Alias", "data", { targetKeyId: key.id }).id,
      /^alias\/data-[0-9a-f]{7}$/,
    );
  });

  it("is made with its ARN and domain names", () => {
    const { id, outputs } = bucket(new Account(), "assets");
    assert.equal(id, "assets");
    assert.equal(outputs["arn"], "arn:aws:s3:::assets");
    assert.equal(outputs["bucketRegionalDomainName"], "assets.s3.us-east-1.amazonaws.com");
  });

  for (const name of [
    "ab",
    "Assets",
    "as_sets",
    "a..b",
    "-assets",
    "192.168.0.1",
    "xn--a",
    "a-s3alias",
    "sthree-a",
    "x".repeat(64),
  ]) {
    it(`refuses the name ${name.slice(0, 20)}`, () => {
      assert.match(new Account().reasons(BUCKET, { bucket: name })["bucket"] ?? "accepted", /InvalidBucketName/);
    });
  }

  it("refuses a name of the account-regional namespace that is not of this account and region", () => {
    const account = new Account();
    const regional = { bucketNamespace: "account-regional" };
    assert.deepEqual(account.reasons(BUCKET, { bucket: "a-111122223333-us-east-1-an", ...regional }), {});
    assert.match(
      account.reasons(BUCKET, { bucket: "a-111122223333-eu-west-1-an", ...regional })["bucket"] ?? "",
      /ends with/,
    );
    assert.match(account.reasons(BUCKET, { bucket: "assets-an" })["bucket"] ?? "", /kept for/);
  });

  it("refuses a name taken by another account and one taken by itself, in any region", () => {
    const account = new Account();
    bucket(account, "assets");
    refused(() => bucket(new Account({ region: "eu-west-1" }, account.cloud), "assets"), "BucketAlreadyOwnedByYou");
    const assumeRoles = [{ roleArn: "arn:aws:iam::444455556666:role/other" }];
    refused(() => bucket(new Account({ assumeRoles }, account.cloud), "assets"), "BucketAlreadyExists");
  });

  it("is kept while it holds objects, unless forceDestroy was stored", () => {
    const account = new Account();
    const kept = bucket(account, "kept");
    const object = account.create(OBJECT, "file", { bucket: kept.id, key: "a/b", content: "x" });
    assert.equal(object.id, "kept/a/b");
    refused(() => {
      account.delete(kept);
    }, "BucketNotEmpty");
    const forced = bucket(account, "forced", { forceDestroy: true });
    const gone = account.create(OBJECT, "gone", { bucket: forced.id, key: "a", content: "x" });
    account.delete(forced);
    assert.equal(account.has(OBJECT, gone.id), false);
  });

  for (const [token, inputs] of [
    [OBJECT, { key: "a", content: "" }],
    [VERSIONING, { versioningConfiguration: { status: "Enabled" } }],
    [ENCRYPTION, { rules: [] }],
    ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {}],
    ["aws:s3/bucketOwnershipControls:BucketOwnershipControls", { rule: { objectOwnership: "BucketOwnerEnforced" } }],
    [LIFECYCLE, { rules: [] }],
    [BUCKET_POLICY, { policy: policyOf("assets") }],
  ] as const) {
    it(`refuses ${token.split(":")[2] ?? ""} of a bucket that does not exist`, () => {
      const account = new Account();
      refused(() => account.create(token, "a", { bucket: "assets", ...inputs }), "NoSuchBucket");
      bucket(account, "assets");
      assert.match(account.create(token, "a", { bucket: "assets", ...inputs }).id, /^assets/);
    });
  }
});

function policyOf(name: string): string {
  const statement = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

describe("AWS S3 configuration", () => {
  it("refuses a bucket policy that is malformed or speaks of another bucket", () => {
    const account = new Account();
    bucket(account, "assets");
    assert.match(
      account.reasons(BUCKET_POLICY, { bucket: "assets", policy: "{}" })["policy"] ?? "",
      /^MalformedPolicy: /,
    );
    refused(
      () => account.create(BUCKET_POLICY, "p", { bucket: "assets", policy: policyOf("other") }),
      "MalformedPolicy",
    );
  });

  it("takes a bucket policy whose condition names another bucket, as the source of a request", () => {
    const account = new Account();
    bucket(account, "records");
    const statement = {
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::records/*",
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::assets" } },
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    assert.equal(account.create(BUCKET_POLICY, "p", { bucket: "records", policy }).id, "records");
  });

  it("refuses an encryption key that does not exist, and a key with AES256", () => {
    const account = new Account();
    bucket(account, "assets");
    const rules = (sseAlgorithm: string, kmsMasterKeyId: string) => ({
      bucket: "assets",
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm, kmsMasterKeyId } }],
    });
    refused(
      () => account.create(ENCRYPTION, "e", rules("aws:kms", "arn:aws:kms:us-east-1:111122223333:key/none")),
      "KMS.NotFoundException",
    );
    assert.match(Object.values(account.reasons(ENCRYPTION, rules("AES256", "k"))).join(), /InvalidArgument/);
    const key = account.create(KEY, "k", {});
    assert.equal(account.create(ENCRYPTION, "e", rules("aws:kms", text(key.outputs["arn"]))).id, "assets");
  });

  it("refuses lifecycle rules that S3 does not take", () => {
    const account = new Account();
    const rule = (more: object) => ({ id: "r", status: "Enabled", ...more });
    const reasons = (...rules: object[]) =>
      Object.values(account.reasons(LIFECYCLE, { bucket: "b", rules: rules.map((each) => ({ ...each })) })).join();
    const toInfrequent = (days: number) => ({ transitions: [{ days, storageClass: "STANDARD_IA" }] });
    assert.match(
      reasons(rule(toInfrequent(29))),
      /InvalidArgument: 'Days' in Transition action must be greater than or equal to 30/,
    );
    assert.match(
      reasons(rule({ ...toInfrequent(90), expiration: { days: 90 } })),
      /InvalidArgument: 'Days' in the Expiration/,
    );
    assert.match(reasons(rule({}), rule({})), /InvalidArgument: RuleId must be unique/);
    assert.match(reasons(rule({ transitions: [{ days: 30, storageClass: "COLD" }] })), /MalformedXML/);
    assert.equal(reasons(rule({ ...toInfrequent(90), expiration: { days: 365 } })), "");
  });

  it("refuses to turn versioning off once it was on", () => {
    const account = new Account();
    bucket(account, "assets");
    const made = account.create(VERSIONING, "v", { bucket: "assets", versioningConfiguration: { status: "Enabled" } });
    const off = { versioningConfiguration: { status: "Disabled" } };
    refused(() => account.update(made, off), "IllegalVersioningConfigurationException");
    assert.ok(account.update(made, { versioningConfiguration: { status: "Suspended" } }));
  });
});

describe("AWS KMS", () => {
  it("makes keys with ids and ARNs of their kind", () => {
    const account = new Account();
    const { id, outputs } = account.create(KEY, "k", {});
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(outputs["arn"], `arn:aws:kms:us-east-1:111122223333:key/${id}`);
    assert.match(account.create(KEY, "m", { multiRegion: true }).id, /^mrk-[0-9a-f]{32}$/);
  });

  it("refuses windows, rotation periods and policies that KMS does not take", () => {
    const account = new Account();
    const reasons = account.reasons(KEY, {
      deletionWindowInDays: 5,
      enableKeyRotation: true,
      rotationPeriodInDays: 30,
      policy: "{",
    });
    assert.match(reasons["deletionWindowInDays"] ?? "", /7 - 30/);
    assert.match(reasons["rotationPeriodInDays"] ?? "", /90 - 2560/);
    assert.match(reasons["policy"] ?? "", /^MalformedPolicyDocumentException: /);
    const asymmetric = { enableKeyRotation: true, customerMasterKeySpec: "RSA_2048", keyUsage: "SIGN_VERIFY" };
    assert.match(account.reasons(KEY, asymmetric)["enableKeyRotation"] ?? "", /UnsupportedOperationException/);
  });

  it("refuses a policy that locks the account out", () => {
    const account = new Account();
    const statement = {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::444455556666:root" },
      Action: "kms:*",
      Resource: "*",
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    refused(() => account.create(KEY, "k", { policy }), "MalformedPolicyDocumentException", /not allow you to update/);
  });

  it("gives a key one alias of a name, and frees the name with the alias", () => {
    const account = new Account();
    const key = account.create(KEY, "k", {});
    const inputs = { name: "alias/data", targetKeyId: key.id };
    const alias = account.create(ALIAS, "a", inputs);
    assert.equal(alias.outputs["targetKeyArn"], key.outputs["arn"]);
    refused(() => account.create(ALIAS, "b", inputs), "AlreadyExistsException");
    account.delete(alias);
    assert.equal(account.create(ALIAS, "b", inputs).id, "alias/data");
    refused(() => account.create(ALIAS, "c", { name: "alias/none", targetKeyId: "none" }), "NotFoundException");
    assert.match(account.reasons(ALIAS, { name: "data", targetKeyId: "k" })["name"] ?? "", /alias\/ and then/);
    assert.match(account.reasons(ALIAS, { name: "alias/aws/s3", targetKeyId: "k" })["name"] ?? "", /not alias\/aws/);
  });

  it("replicates only multi-Region keys, into another region", () => {
    const account = new Account();
    const primary = account.create(KEY, "p", { multiRegion: true });
    const single = account.create(KEY, "s", {});
    const west = new Account({ region: "us-west-2" }, account.cloud);
    const replicate = (from: Account, arn: unknown) => from.create(REPLICA, "r", { primaryKeyArn: text(arn) });
    refused(() => replicate(west, single.outputs["arn"]), "UnsupportedOperationException");
    refused(() => replicate(account, primary.outputs["arn"]), "AlreadyExistsException");
    const replica = replicate(west, primary.outputs["arn"]);
    assert.equal(replica.outputs["arn"], `arn:aws:kms:us-west-2:111122223333:key/${primary.id}`);
  });
});

describe("AWS flow logs and endpoints", () => {
  const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
  const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "vpc-flow-logs.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });

  it("refuses a flow log without its role, its log group, or twice", () => {
    const account = new Account();
    const { vpc } = network(account);
    const group = account.create("aws:cloudwatch/logGroup:LogGroup", "g", { name: "/vpc/flow" });
    const iamRole = account.create("aws:iam/role:Role", "r", { name: "flow", assumeRolePolicy: trust });
    const inputs = {
      vpcId: vpc.id,
      trafficType: "ALL",
      iamRoleArn: text(iamRole.outputs["arn"]),
      logDestination: text(group.outputs["arn"]),
    };
    const create = (more: object) => account.create(FLOW_LOG, "f", { ...inputs, ...more });
    refused(
      () => create({ iamRoleArn: "arn:aws:iam::111122223333:role/none" }),
      "InvalidParameterValue",
      /Unable to assume/,
    );
    refused(() => create({ iamRoleArn: undefined }), "InvalidParameter", /can't be empty/);
    refused(
      () => create({ logDestination: "arn:aws:logs:us-east-1:111122223333:log-group:none" }),
      "LogDestinationNotFound",
    );
    assert.match(create({}).id, /^fl-/);
    refused(() => create({}), "FlowLogAlreadyExists");
    assert.match(Object.values(account.reasons(FLOW_LOG, { vpcId: "v", subnetId: "s" })).join(), /exactly one of/);
  });

  it("refuses an endpoint of a service that does not exist in the region, and of things that do not", () => {
    const account = new Account();
    const { vpc } = network(account);
    const create = (more: object) =>
      account.create(ENDPOINT, "e", { vpcId: vpc.id, serviceName: "com.amazonaws.us-east-1.s3", ...more });
    refused(() => create({ serviceName: "com.amazonaws.us-west-2.s3" }), "InvalidServiceName");
    refused(() => create({ serviceName: "com.amazonaws.us-east-1.sts" }), "InvalidServiceName", /gateway endpoint/);
    refused(() => create({ routeTableIds: ["rtb-0"] }), "InvalidRouteTableId.NotFound");
    refused(() => create({ subnetIds: ["subnet-0"], vpcEndpointType: "Interface" }), "InvalidSubnetId.NotFound");
    assert.match(create({}).id, /^vpce-/);
  });
});
