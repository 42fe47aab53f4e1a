import { Component } from "@pulumi/azure-native/applicationinsights/component";
import { Compute } from "@pulumi/azure-native/machinelearningservices/compute";
import { Datastore } from "@pulumi/azure-native/machinelearningservices/datastore";
import { ModelContainer } from "@pulumi/azure-native/machinelearningservices/modelContainer";
import { Schedule, type ScheduleArgs } from "@pulumi/azure-native/machinelearningservices/schedule";
import { Workspace } from "@pulumi/azure-native/machinelearningservices/workspace";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { MachineLearning as MachineLearningContract } from "../contracts/machine-learning";
import type { Problem } from "../planning/machine-learning";
import type { Protection } from "../planning/protection";
import { KeyUser } from "./key-user";
import type { DataLake } from "./lake";
import type { LogWorkspace } from "./log-workspace";
import { trainingStep } from "./machine-learning.plan";
import type { Place } from "./place";
import { PrivateEndpoint, type EndpointHome } from "./private-endpoint";
import { assignRole, type Role } from "./roles";
import { ServiceStorage } from "./service-storage";
import { Vault } from "./vault";
import type { AzureKey } from "./vault-key";

export interface MachineLearningArgs extends EndpointHome {
  readonly place: Place;
  /** First part of the names. */
  readonly prefix: string;
  readonly problem: Problem;
  /** Column of the training data that the model learns to tell. */
  readonly target: string;
  /** Minutes until training ends with the best model so far. */
  readonly maxRuntimeMinutes: number;
  /** Size of the machines that train. Cannot be changed. */
  readonly machine: string;
  /** Machines at most; none run while nothing trains. Changes in place. */
  readonly machines: number;
  /** Training data are an MLTable under `machine-learning/input/` of its container. */
  readonly lake: DataLake;
  readonly key: AzureKey;
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: (pipeline: ScheduleArgs) => ScheduleArgs;
}

/** A schedule has a time, also one that is switched off; nothing runs at it. */
const unusedTrigger = { triggerType: "Cron", expression: "0 4 1 * *", timeZone: "UTC" } as const;

/** Longest name of a workspace: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const longestWorkspaceName = 33;

/**
 * Training of models from tables by automated ML of Azure Machine Learning. A run trains on machines that come for it, in a network
 * that the workspace keeps, and registers the best model as the next version. The pipeline is kept as a schedule that is switched
 * off: `az ml schedule trigger` starts a run. https://learn.microsoft.com/azure/machine-learning/how-to-schedule-pipeline-job
 *
 * All that the workspace stands on is its own: storage, a vault for its credentials, and what it reports to. A deleted workspace keeps
 * its name for 14 days. https://learn.microsoft.com/azure/machine-learning/concept-soft-delete
 *
 * Cost: private endpoints per hour; a run by the machines that it takes.
 */
export class MachineLearning extends ComponentResource implements MachineLearningContract {
  readonly pipelineId: Output<string>;
  readonly modelRegistryId: Output<string>;

  constructor(name: string, args: MachineLearningArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:MachineLearning", name, {}, opts);
    const { place, prefix, lake, protection } = args;
    const parent = { parent: this };
    const common = { resourceGroupName: place.groupName, location: place.region, tags: { ...place.tags } };
    const identity = new UserAssignedIdentity(
      `${name}-identity`,
      { ...common, resourceName: `${prefix}-models` },
      parent,
    );
    const workspace = this.#workspace(name, args, identity);
    const inWorkspace = { resourceGroupName: place.groupName, workspaceName: workspace.name };
    const compute = new Compute(
      `${name}-machines`,
      {
        ...inWorkspace,
        location: place.region,
        tags: { ...place.tags },
        computeName: "training",
        identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
        properties: {
          computeType: "AmlCompute",
          disableLocalAuth: true,
          properties: {
            vmSize: args.machine,
            vmPriority: "Dedicated",
            osType: "Linux",
            enableNodePublicIp: false,
            remoteLoginPortPublicAccess: "Disabled",
            scaleSettings: { minNodeCount: 0, maxNodeCount: args.machines, nodeIdleTimeBeforeScaleDown: "PT5M" },
          },
        },
      },
      parent,
    );
    const data = new Datastore(
      `${name}-lake`,
      {
        ...inWorkspace,
        name: "lake",
        properties: {
          datastoreType: "AzureDataLakeGen2",
          accountName: lake.accountName,
          filesystem: lake.bucketName,
          // Whoever reads does so by an identity of their own.
          credentials: { credentialsType: "None" },
          serviceDataAccessAuthIdentity: "WorkspaceUserAssignedIdentity",
        },
      },
      parent,
    );
    const models = new ModelContainer(
      `${name}-models`,
      { ...inWorkspace, name: "trained", properties: { description: "Models that training registers" } },
      { parent: this, protect: protection.protect },
    );
    const scheduleArgs: ScheduleArgs = {
      ...inWorkspace,
      name: "training",
      properties: {
        displayName: `${prefix}-training`,
        description: "Trains models from tables and registers the best",
        isEnabled: false,
        trigger: unusedTrigger,
        action: {
          actionType: "CreateJob",
          jobDefinition: {
            jobType: "Pipeline",
            experimentName: "training",
            computeId: compute.id,
            identity: { identityType: "Managed", clientId: identity.clientId, resourceId: identity.id },
            inputs: {
              training_data: {
                jobInputType: "mltable",
                mode: "ReadOnlyMount",
                uri: interpolate`azureml://datastores/${data.name}/paths/machine-learning/input/`,
              },
            },
            outputs: {
              best_model: { jobOutputType: "mlflow_model", mode: "Upload", assetName: models.name },
            },
            jobs: { train: trainingStep(args) },
          },
        },
      },
    };
    const schedule = new Schedule(`${name}-training`, args.transform?.(scheduleArgs) ?? scheduleArgs, parent);
    this.pipelineId = schedule.id;
    this.modelRegistryId = models.id;
    this.registerOutputs({ pipelineId: this.pipelineId, modelRegistryId: this.modelRegistryId });
  }

  #workspace(name: string, args: MachineLearningArgs, identity: UserAssignedIdentity): Workspace {
    const { place, prefix, lake, network, dns, key, logs, protection } = args;
    const parent = { parent: this };
    const common = { resourceGroupName: place.groupName, location: place.region, tags: { ...place.tags } };
    const keyUser = new KeyUser(`${name}-key`, { identityName: `${prefix}-models-key`, place, key }, parent);
    const storage = new ServiceStorage(
      `${name}-storage`,
      {
        place,
        prefix,
        part: "models",
        key,
        reached: { network, dns, parts: ["blob", "file"] },
        blobs: logs,
        protection,
      },
      parent,
    );
    const vault = new Vault(
      `${name}-vault`,
      { prefix, part: "models", place, sku: "standard", network, dns, logs, protection },
      parent,
    );
    const insights = new Component(
      `${name}-insights`,
      {
        ...common,
        resourceName: `${prefix}-models`,
        kind: "web",
        applicationType: "web",
        workspaceResourceId: logs.workspaceId,
        disableLocalAuth: true,
      },
      parent,
    );
    const right = (part: string, role: Role, scope: Input<string>) =>
      assignRole(
        `${name}-right-${part}`,
        { subscription: place.subscription, role, scope, principalId: identity.principalId },
        parent,
      );
    // https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication#workspace
    const rights = [
      right("storage", "Contributor", storage.accountId),
      right("blobs", "Storage Blob Data Contributor", storage.accountId),
      right("files", "Storage File Data Privileged Contributor", storage.accountId),
      right("vault", "Contributor", vault.vaultId),
      right("credentials", "Key Vault Administrator", vault.vaultId),
      right("insights", "Contributor", insights.id),
      right("lake", "Storage Blob Data Reader", lake.accountId),
      // For the private endpoint to it in the workspace's network.
      right("lake-endpoint", "Azure AI Enterprise Network Connection Approver", lake.accountId),
    ];
    const workspace = new Workspace(
      `${name}-workspace`,
      {
        ...common,
        workspaceName: `${prefix.slice(0, longestWorkspaceName - "-models".length)}-models`,
        kind: "Default",
        sku: { name: "Basic", tier: "Basic" },
        friendlyName: `${prefix}-models`,
        identity: { type: "UserAssigned", userAssignedIdentities: [identity.id, keyUser.identityId] },
        primaryUserAssignedIdentity: identity.id,
        storageAccount: storage.accountId,
        keyVault: vault.vaultId,
        applicationInsights: insights.id,
        // Data on the machines are encrypted too, and Microsoft takes in fewer diagnostics.
        hbiWorkspace: true,
        systemDatastoresAuthMode: "Identity",
        publicNetworkAccess: "Disabled",
        managedNetwork: {
          isolationMode: "AllowOnlyApprovedOutbound",
          outboundRules: {
            lake: {
              type: "PrivateEndpoint",
              category: "UserDefined",
              destination: { serviceResourceId: lake.accountId, subresourceTarget: "dfs", sparkEnabled: false },
            },
          },
        },
        // What the workspace knows of runs and models is kept by the service, under a key of ours. Both are chosen for ever.
        enableServiceSideCMKEncryption: true,
        encryption: {
          status: "Enabled",
          identity: { userAssignedIdentity: keyUser.identityId },
          keyVaultProperties: { keyVaultArmId: key.vaultId, keyIdentifier: key.uri },
        },
      },
      {
        parent: this,
        protect: protection.protect,
        dependsOn: [keyUser.right, ...rights, ...storage.endpoints, vault.endpoint],
      },
    );
    new PrivateEndpoint(
      `${name}-private`,
      {
        place,
        network,
        dns,
        endpointName: `${prefix}-models`,
        serviceId: workspace.id,
        groupId: "amlworkspace",
        zones: ["machine-learning", "notebooks"],
      },
      parent,
    );
    logs.diagnose(`${name}-logs`, workspace.id, { groups: ["allLogs"] }, this);
    return workspace;
  }
}
