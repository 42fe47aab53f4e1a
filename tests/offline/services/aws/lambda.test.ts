import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { noRole, roleArn } from "./cluster-account";
import { FUNCTION, FunctionAccount } from "./lambda-support";
import { refused } from "./support";

const ALIAS = "aws:lambda/alias:Alias";
const PERMISSION = "aws:lambda/permission:Permission";
const INVALID = "InvalidParameterValueException";

describe("offline/services/aws/lambda", () => {
  it("gives a function its ARNs and defaults", () => {
    const { id, outputs } = new FunctionAccount().function();
    const arn = "arn:aws:lambda:us-east-1:111122223333:function:handle";
    assert.equal(id, "handle");
    assert.equal(outputs["arn"], arn);
    assert.equal(outputs["qualifiedArn"], `${arn}:$LATEST`);
    assert.equal(
      outputs["invokeArn"],
      `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`,
    );
    assert.deepEqual(outputs["architectures"], ["x86_64"]);
    assert.deepEqual(outputs["loggingConfig"], { logFormat: "Text", logGroup: "/aws/lambda/handle" });
    assert.equal(outputs["timeout"], 3);
  });

  it("refuses a role that does not exist or that Lambda cannot assume, and a name twice", () => {
    const account = new FunctionAccount();
    refused(() => account.function({ role: noRole }), INVALID, /cannot be assumed by Lambda/);
    const role = roleArn(account, "ec2", "ec2.amazonaws.com");
    refused(() => account.function({ role }), INVALID, /cannot be assumed by Lambda/);
    account.function();
    refused(() => account.create(FUNCTION, "again", account.inputs()), "ResourceConflictException");
  });

  const refusals: readonly [what: string, words: RegExp, more: Properties][] = [
    ["a runtime that has ended", /nodejs16\.x is no longer supported/, { runtime: "nodejs16.x" }],
    ["variables of Lambda's own", /AWS_REGION/, { environment: { variables: { AWS_REGION: "x" } } }],
    ["more than 4 KB of variables", /4KB/, { environment: { variables: { A: "x".repeat(4096) } } }],
    ["a key that does not exist", /KMS key/, { kmsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/none" }],
    ["more concurrency than an account has to give", /\[100\]/, { reservedConcurrentExecutions: 901 }],
    ["tracing that the role may not write", /PutTraceSegments on XRAY/, { tracingConfig: { mode: "Active" } }],
    [
      "a dead-letter queue that does not exist",
      /does not exist/,
      { deadLetterConfig: { targetArn: "arn:aws:sqs:us-east-1:111122223333:none" } },
    ],
    [
      "a bucket that does not exist",
      /NoSuchBucket/,
      { code: undefined, s3Bucket: "no-such-bucket-1", s3Key: "fn.zip" },
    ],
    [
      "an image of a repository that does not exist",
      /does not exist/,
      {
        ...{ code: undefined, runtime: undefined, handler: undefined, packageType: "Image" },
        imageUri: "111122223333.dkr.ecr.us-east-1.amazonaws.com/fn:1",
      },
    ],
    [
      "a subnet that does not exist",
      /InvalidSubnetID\.NotFound/,
      { vpcConfig: { subnetIds: ["subnet-00000000000000000"], securityGroupIds: [] } },
    ],
  ];
  for (const [what, words, more] of refusals) {
    it(`refuses ${what}`, () => {
      const account = new FunctionAccount();
      refused(() => account.function(more), INVALID, words);
    });
  }

  it("says before anything is created what no value can be", () => {
    const account = new FunctionAccount();
    const reasons = (more: Properties) => Object.keys(account.reasons(FUNCTION, account.inputs(more)));
    assert.deepEqual(reasons({}), []);
    assert.deepEqual(reasons({ memorySize: 127 }), ["memorySize"]);
    assert.deepEqual(reasons({ memorySize: 10_241 }), ["memorySize"]);
    assert.deepEqual(reasons({ timeout: 901 }), ["timeout"]);
    assert.deepEqual(reasons({ ephemeralStorage: { size: 511 } }), ["ephemeralStorage.size"]);
    assert.deepEqual(reasons({ runtime: "nodejs99.x" }), ["runtime"]);
    assert.deepEqual(reasons({ handler: undefined }), ["handler"]);
    assert.deepEqual(reasons({ code: undefined }), ["code"]);
    assert.deepEqual(reasons({ s3Bucket: "b", s3Key: "k" }), ["code"]);
    assert.deepEqual(reasons({ architectures: ["riscv"] }), ["architectures[0]"]);
    assert.deepEqual(reasons({ loggingConfig: { logFormat: "Text", applicationLogLevel: "INFO" } }), ["loggingConfig"]);
    assert.deepEqual(reasons({ role: "fn" }), ["role"]);
  });

  it("lies in a network only when the role may make its interfaces, and then keeps subnets and groups", () => {
    const account = new FunctionAccount();
    const vpcConfig = { subnetIds: account.subnetIds, securityGroupIds: [account.group.id] };
    refused(() => account.function({ vpcConfig }), INVALID, /CreateNetworkInterface on EC2/);
    account.attach("service-role/AWSLambdaVPCAccessExecutionRole");
    refused(() => account.function({ vpcConfig: { ...vpcConfig, securityGroupIds: [] } }), INVALID, /coexist/);
    const other = account.create("aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.9.0.0/16" });
    const stranger = account.create("aws:ec2/securityGroup:SecurityGroup", "s", { vpcId: other.id, description: "s" });
    refused(
      () => account.function({ vpcConfig: { ...vpcConfig, securityGroupIds: [stranger.id] } }),
      INVALID,
      /not in the VPC/,
    );
    const made = account.function({ vpcConfig });
    assert.equal((made.outputs["vpcConfig"] as Properties)["vpcId"], account.vpc.id);
    refused(() => {
      account.delete(account.group);
    }, "DependencyViolation");
    account.delete(made);
    account.delete(account.group);
  });

  it("reads the role's own policies: wildcards, resources and denials", () => {
    const account = new FunctionAccount();
    const targetArn = account.queue("dead");
    const create = () => account.function({ deadLetterConfig: { targetArn } });
    refused(create, INVALID, /SendMessage on SQS/);
    account.delete(account.grant(["sqs:Send*"], `${targetArn}-other`));
    refused(create, INVALID, /SendMessage on SQS/);
    account.grant(["sqs:Send*"], targetArn);
    const denial = account.grant(["sqs:*"], "*", "Deny");
    refused(create, INVALID, /SendMessage on SQS/);
    account.delete(denial);
    assert.equal(create().id, "handle");
  });

  it("raises the concurrency of an account by its quota", () => {
    const account = new FunctionAccount();
    account.function({ reservedConcurrentExecutions: 900 });
    refused(() => account.function({ name: "second", reservedConcurrentExecutions: 1 }), INVALID);
    const raised = { serviceCode: "lambda", quotaCode: "L-B99A9384", value: 1001 };
    account.create("aws:servicequotas/serviceQuota:ServiceQuota", "q", raised);
    assert.equal(account.function({ name: "second", reservedConcurrentExecutions: 1 }).id, "second");
  });

  it("publishes versions that aliases point to", () => {
    const account = new FunctionAccount();
    const made = account.function({ publish: true });
    assert.equal(made.outputs["version"], "1");
    const alias = (name: string, functionVersion: string) =>
      account.create(ALIAS, name, { name, functionName: made.id, functionVersion });
    refused(() => alias("live", "2"), "ResourceNotFoundException", /:2$/);
    assert.equal(account.update(made, { timeout: 10 })["version"], "2");
    assert.match(alias("live", "2").id, /function:handle:live$/);
    refused(() => alias("live", "1"), "ResourceConflictException");
    assert.deepEqual(Object.keys(account.reasons(ALIAS, { name: "1", functionName: "f", functionVersion: "1" })), [
      "name",
    ]);
  });

  it("gives a permission once, on a function that exists, and loses it with the function", () => {
    const account = new FunctionAccount();
    const made = account.function();
    account.function({ name: "second" });
    const permit = (name: string, target = "handle") =>
      account.create(PERMISSION, name, {
        statementId: "sns",
        action: "lambda:InvokeFunction",
        principal: "sns.amazonaws.com",
        function: target,
      });
    refused(() => permit("none", "none"), "ResourceNotFoundException");
    assert.equal(permit("a").id, "sns");
    refused(() => permit("b"), "ResourceConflictException");
    assert.equal(permit("c", "second").id, "second/sns");
    account.delete(made);
    assert.equal(account.has(PERMISSION, "sns"), false);
    assert.equal(account.has(PERMISSION, "second/sns"), true);
    const wrong = { action: "lambda-invoke", principal: "sns", function: "f" };
    assert.deepEqual(Object.keys(account.reasons(PERMISSION, wrong)), ["action", "principal"]);
  });
});
