import type { ComputeArgs, WorkspaceArgs } from "@pulumi/azure-native/machinelearningservices";
import { refuse } from "../../cloud/errors";
import type { CallContext, CheckContext, Reference, Resolved, ResourceType } from "../../cloud/resource-type";
import { block, text } from "./text";
import { azureType, byId, checkChoices, guidFor, locationOf, made, requireIdentities } from "./service-support";
import { APP_INSIGHTS, ML_WORKSPACE, REGISTRY, STORAGE_ACCOUNT, VAULT } from "./types";

const COMPUTE = "azure-native:machinelearningservices:Compute";

type Workspace = Resolved<WorkspaceArgs>;

/** What a workspace stands on, each by its id: https://learn.microsoft.com/azure/machine-learning/concept-workspace */
function associated(path: string, to: string): Reference {
  return {
    path,
    to,
    within: "account",
    missing: { code: "ValidationError", message: `The ${path} {value} of the workspace does not exist.` },
  };
}

const workspace = azureType<WorkspaceArgs>({
  token: ML_WORKSPACE,
  name: {
    property: "workspaceName",
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{2,32}$/,
    rule: "3 to 33 letters, digits, _ and -, a letter or digit first",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
    maxLength: 33,
  },
  references: [
    associated("storageAccount", STORAGE_ACCOUNT),
    associated("keyVault", VAULT),
    associated("applicationInsights", APP_INSIGHTS),
    associated("containerRegistry", REGISTRY),
  ],
  check: checkWorkspace,
  create: (context) => {
    const { inputs } = context;
    requireIdentities(context);
    if (inputs.identity === undefined)
      refuse("ValidationError", "A workspace needs a managed identity: give identity.");
    if ((inputs.kind ?? "Default") === "Default") {
      for (const property of ["storageAccount", "keyVault"] as const) {
        if (inputs[property] === undefined)
          refuse("ValidationError", `Missing dependent resources in workspace json: ${property}.`);
      }
    }
    checkAssociated(context);
    return made({
      workspaceId: guidFor(context, "workspace"),
      discoveryUrl: `https://${locationOf(context)}.api.azureml.ms/discovery`,
      mlFlowTrackingUri: `azureml://${locationOf(context)}.api.azureml.ms/mlflow`,
      notebookInfo: {},
      privateEndpointConnections: [],
      privateLinkCount: 0,
      publicNetworkAccess: inputs.publicNetworkAccess ?? "Enabled",
      serviceProvisionedResourceGroup: "",
      storageHnsEnabled: false,
      tenantId: context.scope.account,
      workspaceName: inputs.workspaceName,
    });
  },
  update: ({ inputs, oldInputs }) => {
    for (const property of ["storageAccount", "keyVault", "hbiWorkspace"] as const) {
      if (inputs[property] !== oldInputs[property]) {
        refuse("ValidationError", `The ${property} of a workspace is chosen at creation.`);
      }
    }
    return {};
  },
});

function checkWorkspace(context: CheckContext<Workspace>): void {
  const { inputs, isUnknown, refuse: report } = context;
  checkChoices(context, [
    ["kind", inputs.kind, ["Default", "Hub", "Project", "FeatureStore"]],
    [
      "managedNetwork.isolationMode",
      inputs.managedNetwork?.isolationMode,
      ["Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound"],
    ],
  ]);
  const primary = inputs.primaryUserAssignedIdentity !== undefined || isUnknown("primaryUserAssignedIdentity");
  if (inputs.identity?.type === "UserAssigned" && !primary) {
    report("primaryUserAssignedIdentity", "is required where the workspace has user-assigned identities alone");
  }
}

/** https://learn.microsoft.com/azure/machine-learning/how-to-configure-private-link, concept-workspace */
function checkAssociated({ inputs, cloud }: CallContext<Workspace>): void {
  const account = byId(cloud, STORAGE_ACCOUNT, inputs.storageAccount);
  if (account?.inputs["isHnsEnabled"] === true) {
    refuse("ValidationError", "The default storage account of a workspace has no hierarchical namespace.");
  }
  if (text(block(account?.inputs["sku"])["name"])?.startsWith("Premium") === true) {
    refuse("ValidationError", "The default storage account of a workspace is not a premium one.");
  }
  const registry = byId(cloud, REGISTRY, inputs.containerRegistry);
  const isPrivate = inputs.publicNetworkAccess === "Disabled";
  if (isPrivate && registry !== undefined && text(block(registry.inputs["sku"])["name"]) !== "Premium") {
    refuse("ValidationError", "A private workspace needs a registry of the SKU Premium.");
  }
  if (
    isPrivate ||
    registry === undefined ||
    registry.inputs["adminUserEnabled"] === true ||
    inputs.identity !== undefined
  )
    return;
  refuse("ValidationError", "The registry of a workspace without an identity must have its admin user on.");
}

const compute = azureType<ComputeArgs>({
  token: COMPUTE,
  name: {
    property: "computeName",
    pattern: /^[A-Za-z](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])$/,
    rule: "2 to 32 letters, digits and -, a letter first, no - last",
    source: "https://learn.microsoft.com/azure/machine-learning/how-to-create-attach-compute-cluster",
    maxLength: 32,
  },
  create: (context) => {
    requireIdentities(context);
    const { properties } = context.inputs;
    if (properties?.computeType === "AmlCompute") {
      const { minNodeCount = 0, maxNodeCount } = properties.properties?.scaleSettings ?? { maxNodeCount: 0 };
      if (minNodeCount > maxNodeCount)
        refuse("BadRequest", `minNodeCount ${String(minNodeCount)} is more than maxNodeCount ${String(maxNodeCount)}.`);
    }
    return made({});
  },
});

export const machineLearningTypes: readonly ResourceType[] = [workspace, compute];
