import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { OutgoingCall } from "../../cloud/package";
import { projectNumber } from "./project";
import { text } from "./text";
import { ENABLED_API, PROJECT_SERVICE } from "./types";

/** Services whose API is called otherwise than the SDK's module, and what messages call it. */
const APIS: Readonly<Record<string, readonly [api: string, title: string]>> = {
  artifactregistry: ["artifactregistry", "Artifact Registry"],
  backupdisasterrecovery: ["backupdr", "Backup and DR Service"],
  biglake: ["biglake", "BigLake"],
  bigquery: ["bigquery", "BigQuery"],
  bigtable: ["bigtableadmin", "Cloud Bigtable Admin"],
  billing: ["billingbudgets", "Cloud Billing Budget"],
  certificateauthority: ["privateca", "Certificate Authority"],
  cloudfunctions: ["cloudfunctions", "Cloud Functions"],
  cloudfunctionsv2: ["cloudfunctions", "Cloud Functions"],
  cloudrun: ["run", "Cloud Run Admin"],
  cloudrunv2: ["run", "Cloud Run Admin"],
  cloudscheduler: ["cloudscheduler", "Cloud Scheduler"],
  compute: ["compute", "Compute Engine"],
  container: ["container", "Kubernetes Engine"],
  containeranalysis: ["containeranalysis", "Container Analysis"],
  dns: ["dns", "Cloud DNS"],
  eventarc: ["eventarc", "Eventarc"],
  firestore: ["firestore", "Cloud Firestore"],
  gkebackup: ["gkebackup", "Backup for GKE"],
  gkehub: ["gkehub", "GKE Hub"],
  iam: ["iam", "Identity and Access Management (IAM)"],
  iap: ["iap", "Cloud Identity-Aware Proxy"],
  identityplatform: ["identitytoolkit", "Identity Toolkit"],
  kms: ["cloudkms", "Cloud Key Management Service (KMS)"],
  managedkafka: ["managedkafka", "Managed Service for Apache Kafka"],
  memcache: ["memcache", "Cloud Memorystore for Memcached"],
  memorystore: ["memorystore", "Memorystore"],
  networkconnectivity: ["networkconnectivity", "Network Connectivity"],
  organizations: ["cloudresourcemanager", "Cloud Resource Manager"],
  projects: ["cloudresourcemanager", "Cloud Resource Manager"],
  pubsub: ["pubsub", "Cloud Pub/Sub"],
  redis: ["redis", "Google Cloud Memorystore for Redis"],
  secretmanager: ["secretmanager", "Secret Manager"],
  securitycenter: ["securitycenter", "Security Command Center"],
  serviceaccount: ["iam", "Identity and Access Management (IAM)"],
  servicenetworking: ["servicenetworking", "Service Networking"],
  spanner: ["spanner", "Cloud Spanner"],
  sql: ["sqladmin", "Cloud SQL Admin"],
  storage: ["storage", "Cloud Storage"],
  vertex: ["aiplatform", "Vertex AI"],
  vpcaccess: ["vpcaccess", "Serverless VPC Access"],
};

/** Types that another API answers than the rest of their module. */
const OWN_API: Readonly<Record<string, string>> = {
  "gcp:projects/apiKey:ApiKey": "apikeys",
  "gcp:projects/iAMCustomRole:IAMCustomRole": "iam",
  "gcp:projects/service:Service": "serviceusage",
  "gcp:projects/serviceIdentity:ServiceIdentity": "serviceusage",
  "gcp:securitycenter/managementProjectSecurityHealthAnalyticsCustomModule:ManagementProjectSecurityHealthAnalyticsCustomModule":
    "securitycentermanagement",
  "gcp:storage/transferJob:TransferJob": "storagetransfer",
};

/** Data sources that the provider answers by itself. */
const LOCAL = /:(getClientConfig|getIAMPolicy|getNetblockIPRanges|getRule)$/;

/** Of every new project: https://docs.cloud.google.com/service-usage/docs/enabled-service#default */
const BY_DEFAULT = [
  "analyticshub",
  "bigquery",
  "bigqueryconnection",
  "bigquerydatapolicy",
  "bigquerydatatransfer",
  "bigquerymigration",
  "bigqueryreservation",
  "bigquerystorage",
  "cloudapis",
  "cloudtrace",
  "dataform",
  "dataplex",
  "datastore",
  "logging",
  "monitoring",
  "servicemanagement",
  "serviceusage",
  "sql-component",
  "storage-api",
  "storage-component",
  "storage",
];

const SUFFIX = ".googleapis.com";

/** APIs without which another cannot be enabled or stay so: https://docs.cloud.google.com/service-usage/docs/enable-disable */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  "container.googleapis.com": ["compute.googleapis.com"],
  "gkebackup.googleapis.com": ["container.googleapis.com"],
  "vpcaccess.googleapis.com": ["compute.googleapis.com"],
};

/** The enabled APIs that need this one. */
export function dependentApis(cloud: CloudView, project: string, api: string): readonly string[] {
  return Object.entries(NEEDS)
    .filter(([other, needed]) => needed.includes(api) && isEnabled(cloud, project, other))
    .map(([other]) => other);
}

/** Whether an API, such as `container.googleapis.com`, can be called for a project. */
export function isEnabled(cloud: CloudView, project: string, api: string): boolean {
  if (BY_DEFAULT.includes(api.replace(SUFFIX, ""))) return true;
  const anywhere = { account: project, region: "" };
  const held = [...cloud.list(PROJECT_SERVICE, anywhere), ...cloud.list(ENABLED_API, anywhere)];
  return held.some(({ outputs, inputs }) => {
    const service = text(outputs["service"] ?? inputs["service"]);
    return service === api || (NEEDS[service] ?? []).includes(api);
  });
}

/** The API that answers for a type or a data source; undefined for what the provider answers by itself. */
export function apiOf(token: string): string | undefined {
  if (LOCAL.test(token)) return undefined;
  const module = /^gcp:([^/]+)\//.exec(token)?.[1] ?? "";
  return `${OWN_API[token] ?? APIS[module]?.[0] ?? module}${SUFFIX}`;
}

/**
 * Refuses a call to an API that the project has not enabled, as the API itself answers:
 * https://docs.cloud.google.com/service-usage/docs/troubleshooting-service-usage
 */
export function requireEnabledApi({ token, scope, cloud }: Pick<OutgoingCall, "token" | "scope" | "cloud">): void {
  const api = apiOf(token);
  if (api === undefined || isEnabled(cloud, scope.account, api)) return;
  refuse("accessNotConfigured", disabled(api, scope.account));
}

/** Refuses what needs a second API, such as Service Networking for a private Cloud SQL instance. */
export function requireApi(cloud: CloudView, project: string, api: string): void {
  if (!isEnabled(cloud, project, api)) refuse("accessNotConfigured", disabled(api, project));
}

function disabled(api: string, project: string): string {
  const number = projectNumber(project);
  const known = Object.values(APIS).find(([name]) => `${name}${SUFFIX}` === api);
  return (
    `${known?.[1] ?? api} API has not been used in project ${number} before or it is disabled. Enable it by visiting ` +
    `https://console.developers.google.com/apis/api/${api}/overview?project=${number} then retry. If you enabled this API recently, ` +
    "wait a few minutes for the action to propagate to our systems and retry. (SERVICE_DISABLED; " +
    `gcp.projects.Service enables ${api} in ${project})`
  );
}
