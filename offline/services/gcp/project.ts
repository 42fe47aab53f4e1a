import { createHash } from "node:crypto";

/** The project that the offline cloud's own credentials belong to. */
export const DEFAULT_PROJECT = "platform-offline";

/** Its number; Google keeps this one for examples. */
const DEFAULT_NUMBER = "123456789012";

/** https://docs.cloud.google.com/resource-manager/docs/creating-managing-projects */
const PROJECT_ID = /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/;

/** What is wrong with a project id: 6 to 30 characters, with a domain in front for the oldest ones; undefined when nothing is. */
export function projectProblem(id: string): string | undefined {
  if (PROJECT_ID.test(id.replace(/^[a-z0-9.-]+\.[a-z]+:/, ""))) return undefined;
  return (
    `"${id}" is no project id: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter and not ending with a ` +
    "hyphen; a project's number or name does not stand for it"
  );
}

/** The number that Google gave a project: always the same for the same id. */
export function projectNumber(project: string): string {
  if (project === DEFAULT_PROJECT) return DEFAULT_NUMBER;
  const digits = BigInt(`0x${createHash("sha256").update(project).digest("hex").slice(0, 12)}`) % 900_000_000_000n;
  return String(100_000_000_000n + digits);
}

/** Who a service acts as in a project, and how that account comes to be. */
interface Agent {
  /** `{number}` stands for the project's number. */
  readonly email: string;
  /** Whether it is there as soon as the API is enabled, or only once `projects.ServiceIdentity` asked for it. */
  readonly from: "api" | "identity";
}

const ROBOT = "iam.gserviceaccount.com";

/**
 * Service agents by API: https://docs.cloud.google.com/iam/docs/service-agents
 * Which of them are made when the API is enabled is not documented for all; here those are that the docs of the service tell its
 * users to create.
 */
const AGENTS: Readonly<Record<string, Agent>> = {
  "artifactregistry.googleapis.com": { email: `service-{number}@gcp-sa-artifactregistry.${ROBOT}`, from: "identity" },
  "bigquery.googleapis.com": { email: `bq-{number}@bigquery-encryption.${ROBOT}`, from: "api" },
  "cloudfunctions.googleapis.com": { email: `service-{number}@gcf-admin-robot.${ROBOT}`, from: "api" },
  "compute.googleapis.com": { email: `service-{number}@compute-system.${ROBOT}`, from: "api" },
  "container.googleapis.com": { email: `service-{number}@container-engine-robot.${ROBOT}`, from: "api" },
  "eventarc.googleapis.com": { email: `service-{number}@gcp-sa-eventarc.${ROBOT}`, from: "identity" },
  "firestore.googleapis.com": { email: `service-{number}@gcp-sa-firestore.${ROBOT}`, from: "identity" },
  "managedkafka.googleapis.com": { email: `service-{number}@gcp-sa-managedkafka.${ROBOT}`, from: "identity" },
  "memorystore.googleapis.com": { email: `service-{number}@gcp-sa-memorystore.${ROBOT}`, from: "identity" },
  "pubsub.googleapis.com": { email: `service-{number}@gcp-sa-pubsub.${ROBOT}`, from: "identity" },
  "redis.googleapis.com": { email: `service-{number}@cloud-redis.${ROBOT}`, from: "api" },
  "run.googleapis.com": { email: `service-{number}@serverless-robot-prod.${ROBOT}`, from: "api" },
  "secretmanager.googleapis.com": { email: `service-{number}@gcp-sa-secretmanager.${ROBOT}`, from: "identity" },
  "servicenetworking.googleapis.com": { email: `service-{number}@service-networking.${ROBOT}`, from: "api" },
  "sqladmin.googleapis.com": { email: `service-{number}@gcp-sa-cloud-sql.${ROBOT}`, from: "identity" },
  // Made when somebody asks for it, which the data source `storage.getProjectServiceAccount` does.
  "storage.googleapis.com": { email: `service-{number}@gs-project-accounts.${ROBOT}`, from: "api" },
  "storagetransfer.googleapis.com": {
    email: `project-{number}@storage-transfer-service.${ROBOT}`,
    from: "api",
  },
  "aiplatform.googleapis.com": { email: `service-{number}@gcp-sa-aiplatform.${ROBOT}`, from: "identity" },
};

/** Address of a service's agent in a project, such as `service-123456789012@container-engine-robot.iam.gserviceaccount.com`. */
export function serviceAgent(project: string, api: string): string {
  const known = AGENTS[api]?.email ?? `service-{number}@gcp-sa-${api.split(".")[0] ?? ""}.${ROBOT}`;
  return known.replace("{number}", projectNumber(project));
}

/** The API whose agent in the project this is, and how it comes to be; undefined for an address that is no agent's of it. */
export function agentOf(
  project: string,
  email: string,
): { readonly api: string; readonly from: Agent["from"] } | undefined {
  const number = projectNumber(project);
  const found = Object.entries(AGENTS).find(([, agent]) => agent.email.replace("{number}", number) === email);
  return found === undefined ? undefined : { api: found[0], from: found[1].from };
}
