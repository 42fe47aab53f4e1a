import assert from "node:assert/strict";
import type { Properties } from "../../../offline/cloud/value";
import { trainingPipeline, type TrainingPlan } from "../../../components/aws/machine-learning.plan";
import { problems } from "../../../components/planning/machine-learning";
import { only, policy, text, type Deployed } from "../../stacks/deployed";
import { onGround } from "./data-ground";
import { streams } from "./streams-ground";

const plan: TrainingPlan = {
  problem: "binary-classification",
  target: "churned",
  maxRuntimeSeconds: 3600,
  input: "s3://lake/machine-learning/input/",
  output: "s3://lake/machine-learning/output/",
  keyArn: "key",
  roleArn: "role",
  subnetIds: ["subnet-1", "subnet-2"],
  securityGroupIds: ["sg-1"],
  modelPackageGroup: "models",
};

interface Definition {
  readonly Version: string;
  readonly Parameters: readonly { readonly Name: string; readonly DefaultValue: string }[];
  readonly Steps: readonly {
    readonly Name: string;
    readonly Type: string;
    readonly Arguments: Record<string, unknown>;
  }[];
}

function definition(changes: Partial<TrainingPlan> = {}): Definition {
  return JSON.parse(trainingPipeline({ ...plan, ...changes })) as Definition;
}

describe("MachineLearning", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await onGround((ground) => {
      const make = streams(ground);
      make.learning(make.lake({ tables: {} }));
    });
  });

  it("[PF-AI-01] has a pipeline that trains in the private subnets and registers models", () => {
    const { inputs } = stack.named("learning-pipeline");
    assert.deepEqual(only(inputs, "pipelineName", "roleArn"), {
      pipelineName: "test-training",
      roleArn: stack.output("learning-role", "arn"),
    });
    assert.deepEqual(
      JSON.parse(text(inputs["pipelineDefinition"])),
      definition({
        problem: "regression",
        target: "total",
        input: "s3://test-lake-1/machine-learning/input/",
        output: "s3://test-lake-1/machine-learning/output/",
        keyArn: text(stack.output("data-key", "arn")),
        roleArn: text(stack.output("learning-role", "arn")),
        subnetIds: ["a", "b", "c"].map((zone) => stack.id(`network-private-${zone}`)),
        securityGroupIds: [stack.id("stores")],
        modelPackageGroup: "test-models",
      }),
    );
    assert.equal(stack.named("learning-models").protect, true);
    assert.ok(stack.waitsFor("learning-pipeline").has("learning-policy"));
  });

  it("reads and writes its own folder of the lake, passes its own role on, and no other", () => {
    const { Statement } = policy(stack.input("learning-policy", "policy"));
    const resources = Object.fromEntries(Statement.map(({ Sid, Resource }) => [Sid, Resource]));
    assert.deepEqual(
      [resources["Files"], resources["OwnRole"], resources["VolumeGrants"]],
      [
        "arn:aws:s3:::test-lake-1/machine-learning/*",
        stack.output("learning-role", "arn"),
        stack.output("data-key", "arn"),
      ],
    );
    assert.deepEqual(
      Statement.filter(({ Resource }) => Resource === "*").map(({ Sid }) => Sid),
      ["NetworkInterfaces", "Images", "Measurements"],
    );
    for (const { Action } of Statement) assert.doesNotMatch([Action].flat().join(), /[*]/);
  });

  it("can be changed by transform, and go where nothing is protected", async () => {
    const small = await onGround(
      (ground) => {
        const make = streams(ground);
        make.learning(make.lake({ tables: {} }), {
          transform: (pipeline) => ({ ...pipeline, pipelineDisplayName: "changed" }),
        });
      },
      { class: "development" },
    );
    assert.equal(small.input("learning-pipeline", "pipelineDisplayName"), "changed");
    assert.equal(small.named("learning-models").protect, false);
  });
});

describe("pipeline that trains", () => {
  it("[PF-AI-01] runs Autopilot, whose mode a pipeline takes is ensembling, encrypted on disk and between containers", () => {
    const [train] = definition().Steps;
    assert.deepEqual(train, {
      Name: "Train",
      Type: "AutoML",
      Arguments: {
        InputDataConfig: [
          {
            ChannelType: "training",
            DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: { Get: "Parameters.Input" } } },
            TargetAttributeName: { Get: "Parameters.Target" },
          },
        ],
        OutputDataConfig: { S3OutputPath: "s3://lake/machine-learning/output/", KmsKeyId: "key" },
        ProblemType: "BinaryClassification",
        AutoMLJobObjective: { MetricName: "F1" },
        AutoMLJobConfig: {
          Mode: "ENSEMBLING",
          CompletionCriteria: { MaxAutoMLJobRuntimeInSeconds: 3600 },
          SecurityConfig: {
            VolumeKmsKeyId: "key",
            EnableInterContainerTrafficEncryption: true,
            VpcConfig: { SecurityGroupIds: ["sg-1"], Subnets: ["subnet-1", "subnet-2"] },
          },
        },
        RoleArn: "role",
      },
    });
  });

  it("registers the best model, which waits for approval", () => {
    const register = definition().Steps[1];
    assert.equal(register?.Type, "RegisterModel");
    assert.deepEqual(only(register.Arguments as Properties, "ModelPackageGroupName", "ModelApprovalStatus"), {
      ModelPackageGroupName: "models",
      ModelApprovalStatus: "PendingManualApproval",
    });
    const { Containers } = register.Arguments["InferenceSpecification"] as {
      Containers: { Image: object; ModelDataUrl: object; Environment: Record<string, object> }[];
    };
    assert.deepEqual(Containers[0]?.Image, { Get: "Steps.Train.BestCandidate.InferenceContainers[0].Image" });
    assert.deepEqual(Containers[0].Environment["MODEL_NAME"], {
      Get: "Steps.Train.BestCandidate.InferenceContainers[0].Environment['MODEL_NAME']",
    });
  });

  it("lets a run name other data and another column", () => {
    const { Version, Parameters } = definition();
    assert.equal(Version, "2020-12-01");
    assert.deepEqual(
      Parameters.map(({ Name, DefaultValue }) => [Name, DefaultValue]),
      [
        ["Input", "s3://lake/machine-learning/input/"],
        ["Target", "churned"],
      ],
    );
  });

  it("improves a measure that fits each problem", () => {
    assert.deepEqual(
      problems.map((problem) => {
        const train = definition({ problem }).Steps[0]?.Arguments;
        return [problem, train?.["ProblemType"], (train?.["AutoMLJobObjective"] as { MetricName: string }).MetricName];
      }),
      [
        ["regression", "Regression", "MSE"],
        ["binary-classification", "BinaryClassification", "F1"],
        ["multiclass-classification", "MulticlassClassification", "Accuracy"],
      ],
    );
  });
});
