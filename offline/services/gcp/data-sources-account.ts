import { refuse } from "../../cloud/errors";
import type { DataSource } from "./data-sources";
import { projectNumber, serviceAgent } from "./project";
import { isRegion, regions, zonesOf } from "./regions";
import { text } from "./text";

const getProject: DataSource = (args, { scope }) => {
  const project = text(args["projectId"]) || scope.account;
  return {
    id: `projects/${project}`,
    projectId: project,
    number: projectNumber(project),
    name: project,
    orgId: "",
    folderId: "",
    billingAccount: "",
    autoCreateNetwork: false,
    deletionPolicy: "PREVENT",
    labels: {},
    effectiveLabels: {},
    pulumiLabels: {},
    tags: {},
  };
};

/** The token stands for one: nothing that takes it leaves the offline cloud. */
const getClientConfig: DataSource = (_args, { session, scope }) => ({
  id: `projects/"${scope.account}"/regions/"${scope.region}"/zones/"${text(session.config["zone"])}"`,
  project: session.scope.account,
  region: session.scope.region,
  zone: text(session.config["zone"]),
  accessToken: "offline-access-token",
  defaultLabels: session.config["defaultLabels"] ?? {},
});

const getZones: DataSource = (_args, { scope }) => {
  if (!isRegion(scope.region)) {
    refuse("notFound", `The resource 'projects/${scope.account}/regions/${scope.region}' was not found`);
  }
  return {
    id: `projects/${scope.account}/regions/${scope.region}`,
    names: zonesOf(scope.region),
    project: scope.account,
    region: scope.region,
  };
};

const getRegions: DataSource = (_args, { scope }) => ({
  id: `projects/${scope.account}`,
  names: regions(),
  project: scope.account,
});

/** Asking makes the agent, if there was none. */
const getProjectServiceAccount: DataSource = (_args, { scope }) => {
  const email = serviceAgent(scope.account, "storage.googleapis.com");
  return { id: email, emailAddress: email, member: `serviceAccount:${email}`, project: scope.account };
};

/** Who Cloud Logging encrypts as: https://docs.cloud.google.com/logging/docs/routing/managed-encryption-storage */
const getProjectCmekSettings: DataSource = (_args, { scope }) => ({
  id: `projects/${scope.account}/cmekSettings`,
  name: `projects/${scope.account}/cmekSettings`,
  project: scope.account,
  kmsKeyName: "",
  kmsKeyVersionName: "",
  serviceAccountId: `cmek-p${projectNumber(scope.account)}@gcp-sa-logging.iam.gserviceaccount.com`,
});

export const accountDataSources: Readonly<Record<string, DataSource>> = {
  "gcp:organizations/getProject:getProject": getProject,
  "gcp:organizations/getClientConfig:getClientConfig": getClientConfig,
  "gcp:compute/getZones:getZones": getZones,
  "gcp:compute/getRegions:getRegions": getRegions,
  "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": getProjectCmekSettings,
  "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": getProjectServiceAccount,
};
