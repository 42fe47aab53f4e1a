import { getProjectCmekSettingsOutput } from "@pulumi/gcp/logging/getProjectCmekSettings";
import { ServiceIdentity } from "@pulumi/gcp/projects/serviceIdentity";
import { getProjectServiceAccountOutput } from "@pulumi/gcp/storage/getProjectServiceAccount";
import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import type { Project } from "./project";

/**
 * Identities by which services of Google Cloud act in a project: https://docs.cloud.google.com/iam/docs/service-agents
 *
 * - an address: it is there as soon as the API is on;
 * - `identity`: it is there once somebody asked for it;
 * - `logging`, `storage`: its own API hands it out.
 */
const agents = {
  aiplatform: "identity",
  artifactregistry: "identity",
  backupdr: "identity",
  bigquery: (number: Output<string>) => interpolate`bq-${number}@bigquery-encryption.iam.gserviceaccount.com`,
  cloudasset: "identity",
  cloudfunctions: (number: Output<string>) => interpolate`service-${number}@gcf-admin-robot.iam.gserviceaccount.com`,
  compute: (number: Output<string>) => interpolate`service-${number}@compute-system.iam.gserviceaccount.com`,
  container: (number: Output<string>) => interpolate`service-${number}@container-engine-robot.iam.gserviceaccount.com`,
  eventarc: "identity",
  firestore: "identity",
  gkebackup: "identity",
  logging: "logging",
  memorystore: "identity",
  monitoring: (number: Output<string>) =>
    interpolate`service-${number}@gcp-sa-monitoring-notification.iam.gserviceaccount.com`,
  pubsub: "identity",
  redis: (number: Output<string>) => interpolate`service-${number}@cloud-redis.iam.gserviceaccount.com`,
  run: (number: Output<string>) => interpolate`service-${number}@serverless-robot-prod.iam.gserviceaccount.com`,
  secretmanager: "identity",
  sqladmin: "identity",
  storage: "storage",
} as const satisfies Record<string, "identity" | "logging" | "storage" | ((number: Output<string>) => Output<string>)>;

/** A service by the first part of its API's host. */
export type AgentService = keyof typeof agents;

/**
 * The member that a right for a service is given to: `serviceAccount:<address>`. The identity is made where none would be there.
 *
 * @param name logical name of the identity, where one is made
 */
export function serviceAgent(
  name: string,
  service: AgentService,
  project: Project,
  opts: CustomResourceOptions,
): Output<string> {
  const agent = agents[service];
  if (agent === "identity") {
    const { member } = new ServiceIdentity(name, { project: project.id, service: `${service}.googleapis.com` }, opts);
    return member;
  }
  if (agent === "storage") return getProjectServiceAccountOutput({ project: project.id }, opts).member;
  if (agent === "logging") {
    const { serviceAccountId } = getProjectCmekSettingsOutput({ project: project.id }, opts);
    return interpolate`serviceAccount:${serviceAccountId}`;
  }
  return interpolate`serviceAccount:${agent(project.number)}`;
}
