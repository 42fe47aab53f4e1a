import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { noRole, roleArn } from "./cluster-account";
import { Account, refused } from "./support";

const PIPELINE = "aws:sagemaker/pipeline:Pipeline";
const GROUP = "aws:sagemaker/modelPackageGroup:ModelPackageGroup";

const step = { Name: "train", Type: "AutoML", Arguments: {} };
const definition = (more: object = {}) => JSON.stringify({ Version: "2020-12-01", Steps: [step], ...more });

function inputs(more: Properties = {}): Properties {
  return { pipelineName: "Churn", pipelineDisplayName: "Churn", pipelineDefinition: definition(), ...more };
}

describe("offline/services/aws/sagemaker", () => {
  it("makes a pipeline that runs as a role which SageMaker may assume", () => {
    const account = new Account();
    const role = roleArn(account, "ml", "sagemaker.amazonaws.com");
    const { id, outputs } = account.create(PIPELINE, "p", inputs({ roleArn: role }));
    assert.equal(id, "Churn");
    assert.equal(outputs["arn"], "arn:aws:sagemaker:us-east-1:111122223333:pipeline/churn");
    refused(() => account.create(PIPELINE, "q", inputs({ roleArn: role })), "ValidationException", /must be unique/);
    const other = roleArn(account, "other", "ec2.amazonaws.com");
    const named = { pipelineName: "other" };
    refused(() => account.create(PIPELINE, "r", inputs({ ...named, roleArn: other })), "ValidationException", /assume/);
    refused(
      () => account.create(PIPELINE, "s", inputs({ ...named, roleArn: noRole })),
      "ValidationException",
      /exists/,
    );
    refused(() => account.create(PIPELINE, "t", inputs(named)), "ValidationException", /role ARN is required/);
  });

  it("refuses a definition that is none", () => {
    const account = new Account();
    const reason = (more: Properties) => account.reasons(PIPELINE, inputs(more))["pipelineDefinition"] ?? "";
    assert.equal(reason({}), "");
    assert.match(reason({ pipelineDefinition: "{" }), /^ValidationException: Unable to parse/);
    assert.match(reason({ pipelineDefinition: definition({ Version: "2019" }) }), /Version/);
    assert.match(reason({ pipelineDefinition: definition({ Steps: [] }) }), /at least one step/);
    assert.match(reason({ pipelineDefinition: definition({ Steps: [{ Name: "a" }] }) }), /Steps\[0\] has no Type/);
    assert.match(reason({ pipelineDefinition: definition({ Steps: [step, step] }) }), /used twice/);
    assert.match(reason({ pipelineDefinition: undefined }), /must be set/);
    assert.deepEqual(Object.keys(account.reasons(PIPELINE, inputs({ pipelineName: "-x" }))), ["pipelineName"]);
  });

  it("names a property that is missing instead of making a name up", () => {
    const reasons = new Account().reasons(PIPELINE, inputs({ pipelineName: undefined }));
    assert.match(Object.values(reasons).join(), /pipelineName/);
  });

  it("makes a group of model packages once", () => {
    const account = new Account();
    const { outputs } = account.create(GROUP, "g", { modelPackageGroupName: "churn" });
    assert.equal(outputs["arn"], "arn:aws:sagemaker:us-east-1:111122223333:model-package-group/churn");
    refused(() => account.create(GROUP, "h", { modelPackageGroupName: "churn" }), "ValidationException");
    assert.deepEqual(Object.keys(account.reasons(GROUP, { modelPackageGroupName: "a_b" })), ["modelPackageGroupName"]);
  });
});
