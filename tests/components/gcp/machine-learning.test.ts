import assert from "node:assert/strict";
import { Bucket } from "@pulumi/gcp/storage/bucket";
import { MachineLearning } from "../../../components/gcp/machine-learning";
import { trainingBudget, trainingPipeline, type TrainingPlan } from "../../../components/gcp/machine-learning.plan";
import { problems } from "../../../components/planning/machine-learning";
import { at, text } from "../../stacks/deployed";
import type { Properties } from "../../../offline/cloud/value";
import { attempt, onSite, projectId, type Ground } from "./ground";
import { serviceKey } from "./service-key";

const apis = ["aiplatform.googleapis.com"];

function training(ground: Ground) {
  const { project, prefix, onGcp } = ground;
  const { name } = new Bucket(
    "lake",
    { location: "us-central1", name: "test-lake", project: project.id, uniformBucketLevelAccess: true },
    { provider: ground.gcp },
  );
  return new MachineLearning(
    "training",
    {
      project,
      prefix,
      problem: "binary-classification",
      target: "churned",
      maxRuntimeMinutes: 120,
      lake: { bucketName: name },
      keyId: serviceKey(ground, "training", ["aiplatform"]),
    },
    onGcp,
  );
}

describe("training on Google Cloud", () => {
  const input = "gs://test-lake/machine-learning/input/*.csv";

  it("[PF-AI-01] runs a pipeline by schedule, encrypted, on data of the lake, one run at a time", async () => {
    const stack = await onSite((ground) => void training(ground), { apis });
    const { inputs } = stack.named("training-schedule");
    assert.equal(inputs["cron"], "0 6 1 * *");
    assert.equal(inputs["maxConcurrentRunCount"], "1");
    assert.equal(inputs["allowQueueing"], false);
    const job = stack.input("training-schedule", "createPipelineJobRequest.pipelineJob") as Properties;
    assert.match(text(at(job, "encryptionSpec.kmsKeyName")), /cryptoKeys\/training$/);
    assert.equal(job["serviceAccount"], `test-training@${projectId}.iam.gserviceaccount.com`);
    assert.deepEqual(job["runtimeConfig"], {
      gcsOutputDirectory: "gs://test-lake/machine-learning/output",
      parameterValues: { input, target: "churned" },
      failurePolicy: "PIPELINE_FAILURE_POLICY_FAIL_FAST",
    });
    assert.equal(
      stack.input("training-schedule", "createPipelineJobRequest.parent"),
      `projects/${projectId}/locations/us-central1`,
    );
    const { outputs } = stack.component("training");
    assert.equal(outputs["pipelineId"], stack.id("training-schedule"));
    assert.equal(outputs["modelRegistryId"], `projects/${projectId}/locations/us-central1/models`);
  });

  it("reads and writes its own folder of the lake, and starts jobs", async () => {
    const stack = await onSite((ground) => void training(ground), { apis });
    const own = `serviceAccount:test-training@${projectId}.iam.gserviceaccount.com`;
    const rights = stack.run.resources.filter(({ inputs: { member } }) => member === own);
    assert.deepEqual(rights.map(({ name, inputs }) => [name, inputs["role"]]).sort(), [
      ["training-files", "roles/storage.objectUser"],
      ["training-jobs", "roles/aiplatform.user"],
      ["training-list", "roles/storage.legacyBucketReader"],
    ]);
    assert.equal(
      stack.input("training-files", "condition.expression"),
      'resource.name.startsWith("projects/_/buckets/test-lake/objects/machine-learning/")',
    );
    for (const { name } of rights) assert.ok(stack.waitsFor("training-schedule").has(name), name);
  });

  it("is refused where Vertex AI is off", async () => {
    const { run } = await attempt((ground) => void training(ground), { apis: [] });
    assert.match(run.errors.join("\n"), /Service aiplatform\.googleapis\.com is not enabled/);
  });
});

describe("pipeline that trains on Vertex AI", () => {
  const plan: TrainingPlan = {
    problem: "regression",
    project: "site-1",
    region: "us-central1",
    model: "site-training",
    maxRuntimeMinutes: 60,
    keyId: "projects/site-1/locations/us-central1/keyRings/site/cryptoKeys/data",
  };
  const defaults = { input: "gs://lake/input/*.csv", target: "price" };
  const parsed = (problem: TrainingPlan["problem"] = "regression") =>
    JSON.parse(trainingPipeline({ ...plan, problem }, defaults)) as Properties;
  const argument = (pipeline: Properties, step: string, name: string) => {
    const args = at(pipeline, `deploymentSpec.executors.exec-${step}.container.args`) as readonly string[];
    const index = args.indexOf(`--${name}`);
    return index < 0 ? undefined : args[index + 1];
  };

  it("[PF-AI-01] trains by AutoML on a dataset of its own, both encrypted with the site's key", () => {
    const pipeline = parsed();
    assert.equal(argument(pipeline, "dataset", "method.gcs_source"), "{{$.inputs.parameters['input']}}");
    assert.equal(argument(pipeline, "dataset", "method.encryption_spec_key_name"), plan.keyId);
    assert.equal(argument(pipeline, "train", "init.training_encryption_spec_key_name"), plan.keyId);
    assert.equal(argument(pipeline, "train", "init.model_encryption_spec_key_name"), plan.keyId);
    assert.equal(argument(pipeline, "train", "method.model_display_name"), "site-training");
    assert.deepEqual(at(pipeline, "root.dag.tasks.train.dependentTasks"), ["dataset"]);
    assert.deepEqual(at(pipeline, "root.dag.tasks.train.inputs.artifacts.dataset"), {
      taskOutputArtifact: { producerTask: "dataset", outputArtifactKey: "dataset" },
    });
  });

  it("is written in the format of 2.1.0, whose artifacts are those of Google's own steps", () => {
    const pipeline = parsed();
    assert.equal(pipeline["schemaVersion"], "2.1.0");
    assert.equal(pipeline["sdkVersion"], "kfp-2.14.6");
    const artifact = (schemaTitle: string) => ({ artifactType: { schemaTitle, schemaVersion: "0.0.1" } });
    assert.deepEqual(at(pipeline, "components.comp-dataset.outputDefinitions.artifacts"), {
      dataset: artifact("google.VertexDataset"),
    });
    assert.deepEqual(at(pipeline, "components.comp-train.inputDefinitions.artifacts"), {
      dataset: artifact("google.VertexDataset"),
    });
    assert.deepEqual(at(pipeline, "components.comp-train.outputDefinitions.artifacts"), {
      model: artifact("google.VertexModel"),
    });
  });

  it("runs its steps in Google's image, each by one method of the SDK", () => {
    for (const [step, className, method] of [
      ["dataset", "TabularDataset", "create"],
      ["train", "AutoMLTabularTrainingJob", "run"],
    ] as const) {
      const container = at(parsed(), `deploymentSpec.executors.exec-${step}.container`);
      assert.equal(at(container, "image"), "gcr.io/ml-pipeline/google-cloud-pipeline-components:2.22.0");
      assert.deepEqual(at(container, "command"), [
        "python3",
        "-m",
        "google_cloud_pipeline_components.container.v1.aiplatform.remote_runner",
        "--cls_name",
        className,
        "--method_name",
        method,
      ]);
    }
  });

  it("lets a run name other data and another column", () => {
    assert.deepEqual(at(parsed(), "root.inputDefinitions.parameters"), {
      input: { parameterType: "STRING", defaultValue: "gs://lake/input/*.csv" },
      target: { parameterType: "STRING", defaultValue: "price" },
    });
  });

  it("has an executor and a definition for each task, and every input of a task is one of its component", () => {
    const pipeline = parsed();
    const tasks = at(pipeline, "root.dag.tasks") as Readonly<Record<string, Properties>>;
    for (const [task, definition] of Object.entries(tasks)) {
      const component = text(at(definition, "componentRef.name"));
      const executor = text(at(pipeline, `components.${component}.executorLabel`));
      assert.ok(at(pipeline, `deploymentSpec.executors.${executor}`) !== undefined, task);
      assert.deepEqual(
        Object.keys(at(definition, "inputs.parameters") as object),
        Object.keys(at(pipeline, `components.${component}.inputDefinitions.parameters`) as object),
      );
    }
  });

  it("improves a measure that fits each problem", () => {
    const measures = problems.map((problem) => [
      problem,
      argument(parsed(problem), "train", "init.optimization_prediction_type"),
      argument(parsed(problem), "train", "init.optimization_objective"),
    ]);
    assert.deepEqual(measures, [
      ["regression", "regression", "minimize-rmse"],
      ["binary-classification", "classification", "maximize-au-prc"],
      ["multiclass-classification", "classification", "minimize-log-loss"],
    ]);
  });

  it("may take an hour at least and 72 at most", () => {
    assert.deepEqual([10, 60, 90, 1440, 9999].map(trainingBudget), [1000, 1000, 1500, 24_000, 72_000]);
  });
});
