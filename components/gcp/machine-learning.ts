import { IAMMember } from "@pulumi/gcp/projects/iammember";
import { Account } from "@pulumi/gcp/serviceaccount/account";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember";
import { AiSchedule, type AiScheduleArgs } from "@pulumi/gcp/vertex/aiSchedule";
import {
  ComponentResource,
  all,
  interpolate,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import type { DataLake } from "../contracts/data-lake";
import type { MachineLearning as MachineLearningContract } from "../contracts/machine-learning";
import type { Problem } from "../planning/machine-learning";
import { gcpName } from "../planning/names-gcp";
import { trainingPipeline } from "./machine-learning.plan";
import type { Project } from "./project";

export interface MachineLearningArgs {
  readonly project: Project;
  /** First part of the names of schedule and model. */
  readonly prefix: string;
  readonly problem: Problem;
  /** Column of the training data that the model learns to tell; a run may name another. */
  readonly target: string;
  /** Minutes until training ends with the best model so far; less than an hour counts as one. */
  readonly maxRuntimeMinutes: number;
  /** When it trains, as five fields of cron, in UTC. Default: at six on the first of each month. */
  readonly schedule?: string;
  /** Training data are CSV under `machine-learning/input/` of its bucket, results go to `machine-learning/output/`. */
  readonly lake: Pick<DataLake, "bucketName">;
  /** Key of datasets, machines and models, in the site's region; Vertex AI has to be a user of it. */
  readonly keyId: Input<string>;
  readonly transform?: (schedule: AiScheduleArgs) => AiScheduleArgs;
}

const folder = "machine-learning";

/**
 * Training of models from tables by AutoML on Vertex AI: a schedule runs a pipeline, which registers each model, encrypted with a
 * key of the site; putting one to use stays a step of a person. A run without training data fails before it trains.
 *
 * Machines of Vertex AI train in networks of Google's, with no way into the site's.
 *
 * Cost: each hour of training; nothing between the runs.
 */
export class MachineLearning extends ComponentResource implements MachineLearningContract {
  readonly pipelineId: Output<string>;
  /** The registry of a region is one: models are told apart by their names. */
  readonly modelRegistryId: Output<string>;

  constructor(name: string, args: MachineLearningArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:MachineLearning", name, {}, opts);
    const { project, prefix, lake } = args;
    const place = interpolate`projects/${project.id}/locations/${project.region}`;
    const model = gcpName("resource", prefix, "training");
    const parameters = { input: interpolate`gs://${lake.bucketName}/${folder}/input/*.csv`, target: args.target };
    const scheduleArgs: AiScheduleArgs = {
      project: project.id,
      location: project.region,
      displayName: model,
      cron: args.schedule ?? "0 6 1 * *",
      // A run that takes longer than the schedule leaves out the next.
      maxConcurrentRunCount: "1",
      allowQueueing: false,
      createPipelineJobRequest: {
        parent: place,
        pipelineJob: {
          displayName: model,
          serviceAccount: this.account(name, args),
          encryptionSpec: { kmsKeyName: args.keyId },
          pipelineSpec: all([output(parameters), args.keyId]).apply(([defaults, keyId]) =>
            trainingPipeline(
              {
                problem: args.problem,
                project: project.projectId,
                region: project.region,
                model,
                maxRuntimeMinutes: args.maxRuntimeMinutes,
                keyId,
              },
              defaults,
            ),
          ),
          runtimeConfig: {
            gcsOutputDirectory: interpolate`gs://${lake.bucketName}/${folder}/output`,
            parameterValues: parameters,
            failurePolicy: "PIPELINE_FAILURE_POLICY_FAIL_FAST",
          },
        },
      },
    };
    const schedule = new AiSchedule(`${name}-schedule`, args.transform?.(scheduleArgs) ?? scheduleArgs, {
      parent: this,
    });
    this.pipelineId = schedule.id;
    this.modelRegistryId = interpolate`${place}/models`;
    this.registerOutputs({ pipelineId: this.pipelineId, modelRegistryId: this.modelRegistryId });
  }

  /** The account that runs work as: its address, known once it has its rights. */
  private account(name: string, { project, prefix, lake }: MachineLearningArgs): Output<string> {
    const parent = { parent: this };
    const account = new Account(
      `${name}-account`,
      {
        project: project.id,
        accountId: gcpName("serviceAccount", prefix, "training"),
        displayName: "Trains and registers models",
      },
      parent,
    );
    const { member } = account;
    // https://docs.cloud.google.com/vertex-ai/docs/pipelines/configure-project#service-account
    const rights = [
      new IAMMember(`${name}-jobs`, { project: project.id, role: "roles/aiplatform.user", member }, parent),
      new BucketIAMMember(
        `${name}-list`,
        { bucket: lake.bucketName, role: "roles/storage.legacyBucketReader", member },
        parent,
      ),
      new BucketIAMMember(
        `${name}-files`,
        {
          bucket: lake.bucketName,
          role: "roles/storage.objectUser",
          member,
          condition: {
            title: `Objects under ${folder}`,
            expression: interpolate`resource.name.startsWith("projects/_/buckets/${lake.bucketName}/objects/${folder}/")`,
          },
        },
        parent,
      ),
    ];
    return all([account.email, all(rights.map(({ urn }) => urn))]).apply(([email]) => email);
  }
}
