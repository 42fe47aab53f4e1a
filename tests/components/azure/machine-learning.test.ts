import assert from "node:assert/strict";
import { DataLake } from "../../../components/azure/lake";
import { MachineLearning, type MachineLearningArgs } from "../../../components/azure/machine-learning";
import { automl, trainingStep } from "../../../components/azure/machine-learning.plan";
import { problems } from "../../../components/planning/machine-learning";
import { azureMachineLearningSettings } from "../../../config/schema/azure/machine-learning";
import { at, only, type Deployed } from "../../stacks/deployed";
import { onNetwork, type Ground } from "./ground";

function learning(ground: Ground, changes: Partial<MachineLearningArgs> = {}): MachineLearning {
  const { place, prefix, network, dns, keys, logs, protection, onAzure } = ground;
  const lake = new DataLake(
    "lake",
    {
      prefix,
      place,
      tables: {},
      catalogUri: "https://catalog.example.org",
      infrequentAccessAfterDays: 30,
      deleteAfterDays: 365,
      keepVersionsDays: 30,
      key: keys.keys.data,
      network,
      dns,
      logs,
      protection,
    },
    onAzure,
  );
  return new MachineLearning(
    "learning",
    {
      place,
      prefix,
      network,
      dns,
      problem: "regression",
      target: "amount",
      maxRuntimeMinutes: 60,
      machine: "Standard_D4ds_v5",
      machines: 2,
      lake,
      key: keys.keys.data,
      logs,
      protection,
      ...changes,
    },
    onAzure,
  );
}

describe("MachineLearning of Azure", function () {
  this.timeout(60_000);
  let stack: Deployed;
  const ids: Record<string, string> = {};
  before(async () => {
    stack = await onNetwork(
      (ground) => {
        const made = learning(ground);
        made.pipelineId.apply((id) => (ids["pipeline"] = id));
        made.modelRegistryId.apply((id) => (ids["models"] = id));
      },
      { class: "production" },
    );
  });

  it("[PF-AI-01] trains by AutoML on data of the lake, and registers the best model", () => {
    assert.deepEqual(ids, { pipeline: stack.id("learning-training"), models: stack.id("learning-models") });
    const { inputs } = stack.named("learning-training");
    assert.equal(at(inputs, "properties.isEnabled"), false);
    const job = at(inputs, "properties.action.jobDefinition");
    assert.deepEqual(job, {
      jobType: "Pipeline",
      experimentName: "training",
      computeId: stack.id("learning-machines"),
      identity: {
        identityType: "Managed",
        clientId: stack.output("learning-identity", "clientId"),
        resourceId: stack.id("learning-identity"),
      },
      inputs: {
        training_data: {
          jobInputType: "mltable",
          mode: "ReadOnlyMount",
          uri: "azureml://datastores/lake/paths/machine-learning/input/",
        },
      },
      outputs: { best_model: { jobOutputType: "mlflow_model", mode: "Upload", assetName: "trained" } },
      jobs: {
        train: {
          type: "automl",
          task: "regression",
          primary_metric: "normalized_root_mean_squared_error",
          target_column_name: "amount",
          training_data: "${{parent.inputs.training_data}}",
          n_cross_validations: "auto",
          featurization: { mode: "auto" },
          limits: { timeout_minutes: 60, max_concurrent_trials: 2, enable_early_termination: true },
          outputs: { best_model: { type: "literal", value: "${{parent.outputs.best_model}}" } },
        },
      },
    });
    assert.deepEqual(
      only(at(stack.named("learning-lake").inputs, "properties") as Record<string, never>, "accountName", "filesystem"),
      { accountName: stack.output("lake-account", "name"), filesystem: stack.output("lake-container", "name") },
    );
  });

  it("keeps the workspace private, under a key of the site, on parts of its own", () => {
    const { inputs, protect } = stack.named("learning-workspace");
    assert.equal(protect, true);
    assert.deepEqual(
      only(
        inputs,
        "publicNetworkAccess",
        "systemDatastoresAuthMode",
        "primaryUserAssignedIdentity",
        "storageAccount",
        "keyVault",
        "applicationInsights",
        "enableServiceSideCMKEncryption",
        "hbiWorkspace",
      ),
      {
        publicNetworkAccess: "Disabled",
        systemDatastoresAuthMode: "Identity",
        primaryUserAssignedIdentity: stack.id("learning-identity"),
        storageAccount: stack.id("learning-storage-account"),
        keyVault: stack.id("learning-vault-vault"),
        applicationInsights: stack.id("learning-insights"),
        enableServiceSideCMKEncryption: true,
        hbiWorkspace: true,
      },
    );
    assert.deepEqual(at(inputs, "encryption"), {
      status: "Enabled",
      identity: { userAssignedIdentity: stack.id("learning-key-identity") },
      keyVaultProperties: {
        keyVaultArmId: stack.id("keys-vault-vault"),
        keyIdentifier: stack.output("keys-data", "keyUri"),
      },
    });
    assert.equal(at(inputs, "managedNetwork.isolationMode"), "AllowOnlyApprovedOutbound");
    assert.equal(
      at(inputs, "managedNetwork.outboundRules.lake.destination.serviceResourceId"),
      stack.id("lake-account"),
    );
    assert.deepEqual(at(inputs, "managedNetwork.outboundRules.lake.destination"), {
      serviceResourceId: stack.id("lake-account"),
      subresourceTarget: "dfs",
      sparkEnabled: false,
    });
    assert.equal(stack.input("learning-lake", "properties.datastoreType"), "AzureDataLakeGen2");
    assert.equal(stack.input("learning-insights", "disableLocalAuth"), true);
    assert.equal(stack.input("learning-vault-vault", "properties.sku.name"), "standard");
    for (const part of ["learning-models", "learning-storage-account", "learning-vault-vault"]) {
      assert.equal(stack.named(part).protect, true, part);
    }
    assert.deepEqual(stack.input("learning-private-endpoint", "privateLinkServiceConnections.0.groupIds"), [
      "amlworkspace",
    ]);
    const before = stack.waitsFor("learning-workspace");
    for (const part of ["learning-right-blobs", "learning-right-credentials", "learning-key-right"]) {
      assert.ok(before.has(part), part);
    }
  });

  it("brings back for a week what was deleted of its files, and records who changed them", () => {
    assert.deepEqual(
      only(
        stack.named("learning-storage-recovery").inputs,
        "accountName",
        "blobServicesName",
        "deleteRetentionPolicy",
        "containerDeleteRetentionPolicy",
      ),
      {
        accountName: stack.output("learning-storage-account", "name"),
        blobServicesName: "default",
        deleteRetentionPolicy: { enabled: true, days: 7 },
        containerDeleteRetentionPolicy: { enabled: true, days: 7 },
      },
    );
    assert.deepEqual(only(stack.named("learning-storage-logs").inputs, "resourceUri", "workspaceId", "logs"), {
      resourceUri: stack.id("learning-storage-recovery"),
      workspaceId: stack.id("logs-workspace"),
      logs: [
        { category: "StorageWrite", enabled: true },
        { category: "StorageDelete", enabled: true },
      ],
    });
  });

  it("has a name of 33 letters at most", async () => {
    assert.equal(stack.input("learning-workspace", "workspaceName"), "test-models");
    const long = await onNetwork((ground) => learning(ground, { prefix: "a".repeat(40) }));
    assert.equal(long.input("learning-workspace", "workspaceName"), `${"a".repeat(26)}-models`);
  });

  it("has no machine while nothing trains, and none with a public address or a key", () => {
    assert.deepEqual(at(stack.named("learning-machines").inputs, "properties"), {
      computeType: "AmlCompute",
      disableLocalAuth: true,
      properties: {
        vmSize: "Standard_D4ds_v5",
        vmPriority: "Dedicated",
        osType: "Linux",
        enableNodePublicIp: false,
        remoteLoginPortPublicAccess: "Disabled",
        scaleSettings: { minNodeCount: 0, maxNodeCount: 2, nodeIdleTimeBeforeScaleDown: "PT5M" },
      },
    });
  });

  it("is free to go in a class without guards", async () => {
    const development = await onNetwork((ground) => learning(ground), { class: "development" });
    for (const part of ["learning-workspace", "learning-models", "learning-storage-account"]) {
      assert.equal(development.named(part).protect, false, part);
    }
  });
});

describe("the pipeline of Azure Machine Learning", () => {
  it("knows every problem", () => {
    const plan = { target: "amount", maxRuntimeMinutes: 15, machines: 1 };
    assert.deepEqual(
      problems.map((problem) => [problem, trainingStep({ ...plan, problem }).task]),
      [
        ["regression", "regression"],
        ["binary-classification", "classification"],
        ["multiclass-classification", "classification"],
      ],
    );
    assert.equal(automl["binary-classification"].metric, "average_precision_score_weighted");
  });

  it("has settings with the same names as on the other clouds", () => {
    const settings = azureMachineLearningSettings({ mode: "create", problem: "regression", target: "amount" });
    assert.deepEqual(settings.parse(undefined), {
      mode: "create",
      problem: "regression",
      target: "amount",
      maxRuntimeMinutes: 60,
      machine: "Standard_D4ds_v5",
      machines: 2,
    });
    assert.equal(
      settings.safeParse({ machine: "ml.m5.large" }).error?.issues[0]?.message,
      "give a size of Azure such as Standard_D4ds_v5",
    );
  });
});
