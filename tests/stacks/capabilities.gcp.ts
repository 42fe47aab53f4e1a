import type { Properties } from "../../offline/cloud/value";
import { all, count, every, has, is, none, tells } from "./capabilities.proofs";
import { clusterCells } from "./capabilities.gcp.cluster";
import { backupRegion, production, project, region, stages, type Stage } from "./capabilities.gcp.stages";
import { storeCells } from "./capabilities.gcp.stores";
import type { CloudProofs } from "./capabilities.walk";
import { at, text } from "./deployed";

const key = "gcp:kms/cryptoKey:CryptoKey";
const service = "gcp:projects/service:Service";

/** Keys that lie in a region. */
const inRegion = (location: string) => (inputs: Properties) =>
  text(inputs["keyRing"]).startsWith(`projects/${project}/locations/${location}/`);

/** A component that finds what is said; made are rights to keys alone, and APIs are switched on. */
const adopts = (type: string, found: (outputs: Properties) => boolean) =>
  all(
    tells(`platform:gcp:${type}`, found),
    none(/^gcp:(?!projects\/service:|projects\/serviceIdentity:|kms\/cryptoKeyIAMMember:)/),
  );

const cells = {
  ...clusterCells,
  ...storeCells,
  "images.immutable-tags": [
    production,
    has("gcp:artifactregistry/repository:Repository", is("dockerConfig.immutableTags", true)),
  ],
  "images.scanning": [
    production,
    all(
      has(service, is("service", "containerscanning.googleapis.com")),
      every(
        "gcp:artifactregistry/repository:Repository",
        is("vulnerabilityScanningConfig.enablementConfig", "INHERITED"),
      ),
    ),
  ],
  "secrets.replicas": [
    production,
    every(
      "gcp:secretmanager/secret:Secret",
      is("replication.userManaged.replicas.0.location", region),
      is("replication.userManaged.replicas.1.location", backupRegion),
      is(
        "replication.userManaged.replicas.1.customerManagedEncryption.kmsKeyName",
        `projects/${project}/locations/${backupRegion}/keyRings/${project}-copy-credentials/cryptoKeys/credentials`,
      ),
    ),
  ],
  "keys.rotation": [production, every(key, is("rotationPeriod", "7776000s"))],
  "keys.multi-region": [
    production,
    all(
      count(key, 4, inRegion(region)),
      count(key, 2, inRegion(backupRegion)),
      count("gcp:kms/keyRing:KeyRing", 3),
      every("gcp:kms/keyRing:KeyRing", ({ location }) => location === region || location === backupRegion),
    ),
  ],
  "functions.on-events": [
    production,
    all(
      count(
        "gcp:cloudfunctionsv2/function:Function",
        1,
        is("eventTrigger", undefined),
        is("serviceConfig.ingressSettings", "ALLOW_INTERNAL_ONLY"),
      ),
      none(/eventarc|serviceIamMember/i),
    ),
  ],
  "identity-provider.oidc": [
    "applications",
    all(
      count("gcp:identityplatform/config:Config", 1, is("signIn.anonymous.enabled", false)),
      tells(
        "platform:gcp:IdentityProvider",
        is("issuer", `https://securetoken.google.com/${project}`),
        is("clientIds", { desk: project, shop: project }),
      ),
      count("gcp:projects/apiKey:ApiKey", 2),
    ),
  ],
  "identity-provider.mfa": [
    production,
    has(
      "gcp:identityplatform/config:Config",
      is("mfa.state", "MANDATORY"),
      is("mfa.providerConfigs.0.totpProviderConfig", { adjacentIntervals: 1 }),
    ),
  ],
  "machine-learning.automl": [
    production,
    count("gcp:vertex/aiSchedule:AiSchedule", 1, (inputs) =>
      text(at(inputs, "createPipelineJobRequest.pipelineJob.pipelineSpec")).includes("AutoML"),
    ),
  ],
  "telemetry.alarms": [
    production,
    all(count("gcp:monitoring/notificationChannel:NotificationChannel", 1, is("type", "pubsub")), (stack) =>
      every("gcp:monitoring/alertPolicy:AlertPolicy", is("notificationChannels", [stack.id("alarms-channel")]))(stack),
    ),
  ],
  "governance.threat-detection": [
    production,
    all(
      count("gcp:securitycenter/v2ProjectNotificationConfig:V2ProjectNotificationConfig", 1),
      has("gcp:pubsub/topic:Topic", is("name", `${project}-findings`)),
      none(/gcp:securitycenter\/(?!v2ProjectNotificationConfig:)/),
    ),
  ],
  "governance.configuration-history": [
    production,
    all(
      has("gcp:cloudasset/projectFeed:ProjectFeed", is("contentType", "RESOURCE")),
      has("gcp:cloudasset/projectFeed:ProjectFeed", is("contentType", "IAM_POLICY")),
      none(/gcp:(orgpolicy|securityposture)/),
    ),
  ],
  "governance.audit-trail": [
    "locked",
    all(
      count("gcp:logging/projectBucketConfig:ProjectBucketConfig", 1, is("locked", true), is("retentionDays", 2190)),
      has(
        "gcp:projects/iAMAuditConfig:IAMAuditConfig",
        is("service", "allServices"),
        is("auditLogConfigs", [{ logType: "ADMIN_READ" }, { logType: "DATA_READ" }, { logType: "DATA_WRITE" }]),
      ),
    ),
  ],
  "backup.immutable-copy": [
    production,
    all(
      count(
        "gcp:backupdisasterrecovery/backupVault:BackupVault",
        1,
        is("location", backupRegion),
        is("backupMinimumEnforcedRetentionDuration", "3024000s"),
      ),
      count(
        "gcp:backupdisasterrecovery/backupPlan:BackupPlan",
        1,
        is("resourceType", "sqladmin.googleapis.com/Instance"),
        is("backupRules.0.backupRetentionDays", 35),
      ),
      every(
        "gcp:backupdisasterrecovery/backupPlanAssociation:BackupPlanAssociation",
        is("resourceType", "sqladmin.googleapis.com/Instance"),
      ),
      count(
        "gcp:gkebackup/backupPlan:BackupPlan",
        1,
        is("location", backupRegion),
        is("retentionPolicy.backupDeleteLockDays", 35),
      ),
    ),
  ],
  "adopt.network": [
    "adoption",
    adopts("AdoptedNetwork", is("subnetId", `projects/${project}/regions/${region}/subnetworks/${project}-nodes`)),
  ],
  "adopt.cluster": ["adoption", adopts("AdoptedCluster", is("clusterName", "portfolio-prod-gke"))],
  "adopt.zone": ["adoption", adopts("DnsZone", is("zoneId", `${project}-gcp-example-com`))],
  "adopt.key": [
    "adoption",
    adopts(
      "SiteKeys",
      is("keyIds.data", `projects/${project}/locations/${region}/keyRings/${project}/cryptoKeys/data`),
    ),
  ],
  "adopt.registry": [
    "adoption",
    adopts(
      "AdoptedRegistry",
      is("repositoryUrls.services", `${region}-docker.pkg.dev/${project}/${project}-services/services`),
    ),
  ],
} as const satisfies CloudProofs<Stage>["cells"];

/** What proves each cell of Google Cloud. */
export const gcpProofs: CloudProofs<Stage> = { title: "Google Cloud", production, stages, cells };
