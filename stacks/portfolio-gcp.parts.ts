import type { KeyPurpose } from "../components/contracts/key-ring";
import { siteApis } from "../components/gcp/project";
import type { AgentService } from "../components/gcp/service-agents";
import type { PortfolioGcpConfig } from "../config/schema/portfolio-gcp";

// What the parts of a site that not every stack has ask of its foundation.

/** Function that archives the event stream; its key is also the name of its folder. */
export const archiveFunction = "archive-events";

interface Need {
  readonly isThere: boolean;
  /** APIs by the first part of their hosts. */
  readonly apis?: readonly string[];
  readonly users?: Readonly<Partial<Record<KeyPurpose, readonly AgentService[]>>>;
}

function needs(config: PortfolioGcpConfig): readonly Need[] {
  const { documents, keyValues, lake, functions, machineLearning, identityProvider, alarms, governance } = config;
  return [
    { isThere: true, apis: ["sqladmin", "redis", "storage"], users: { data: ["sqladmin", "redis"] } },
    {
      isThere: documents.mode === "create" || keyValues.mode === "create",
      apis: ["firestore"],
      users: { data: ["firestore"] },
    },
    { isThere: lake.mode === "create", apis: ["biglake"] },
    {
      isThere: functions.mode === "create",
      apis: ["cloudfunctions", "run", "cloudbuild", "eventarc"],
      users: { data: ["cloudfunctions", "run", "artifactregistry", "eventarc"] },
    },
    { isThere: machineLearning.mode === "create", apis: ["aiplatform"], users: { data: ["aiplatform"] } },
    { isThere: identityProvider.mode === "create", apis: ["identitytoolkit", "apikeys"] },
    { isThere: alarms === "create", apis: ["monitoring", "pubsub"], users: { logs: ["pubsub"] } },
    {
      isThere: governance.mode === "create",
      apis: ["logging", "pubsub", "securitycenter", "cloudasset"],
      users: { logs: ["logging", "pubsub"] },
    },
    { isThere: governance.backups.mode === "create", apis: ["backupdr", "gkebackup"] },
  ];
}

/** APIs that the site is made by. */
export function apisOf(config: PortfolioGcpConfig): readonly string[] {
  const wanted = needs(config).filter(({ isThere }) => isThere);
  return [...siteApis, ...wanted.flatMap(({ apis = [] }) => apis.map((api) => `${api}.googleapis.com`))];
}

/** Services that use a key besides those of every site. */
export function keyUsers(config: PortfolioGcpConfig): Readonly<Partial<Record<KeyPurpose, readonly AgentService[]>>> {
  const wanted = needs(config).filter(({ isThere }) => isThere);
  const of = (purpose: KeyPurpose) => wanted.flatMap(({ users }) => users?.[purpose] ?? []);
  return { data: of("data"), logs: of("logs") };
}
