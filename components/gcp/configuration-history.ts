import { ProjectFeed, type ProjectFeedArgs } from "@pulumi/gcp/cloudasset/projectFeed";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { gcpName } from "../planning/names-gcp";
import type { Project } from "./project";
import { serviceAgent } from "./service-agents";
import { MessageTopic } from "./topic";

/**
 * What changes are told of, as patterns of asset types. Those of pods and of images would be told by the thousand.
 * https://docs.cloud.google.com/asset-inventory/docs/asset-types
 */
export const watchedAssets = [
  "apikeys.googleapis.com.*",
  "artifactregistry.googleapis.com/Repository",
  "bigquery.googleapis.com.*",
  "cloudkms.googleapis.com.*",
  "cloudresourcemanager.googleapis.com/Project",
  "compute.googleapis.com.*",
  "container.googleapis.com.*",
  "dns.googleapis.com.*",
  "firestore.googleapis.com.*",
  "iam.googleapis.com.*",
  "logging.googleapis.com.*",
  "redis.googleapis.com.*",
  "run.googleapis.com/Service",
  "secretmanager.googleapis.com/Secret",
  "serviceusage.googleapis.com/Service",
  "sqladmin.googleapis.com.*",
  "storage.googleapis.com/Bucket",
] as const;

export interface ConfigurationHistoryArgs {
  readonly project: Project;
  readonly prefix: string;
  /** Key of the topic. */
  readonly keyId: Input<string>;
  readonly transform?: (feed: ProjectFeedArgs, id: string) => ProjectFeedArgs;
}

/**
 * Cloud Asset Inventory: a feed of what was changed, and one of who was given rights, on an encrypted topic. The inventory itself
 * looks back 35 days: https://docs.cloud.google.com/asset-inventory/docs/get-asset-history
 *
 * Cost: the topic alone.
 */
export class ConfigurationHistory extends ComponentResource {
  /** What to subscribe to. */
  readonly topicId: Output<string>;

  constructor(name: string, args: ConfigurationHistoryArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:ConfigurationHistory", name, {}, opts);
    const { project, prefix } = args;
    const topic = new MessageTopic(
      `${name}-topic`,
      {
        project,
        prefix,
        purpose: "changes",
        keyId: args.keyId,
        // A feed writes when it is made: https://docs.cloud.google.com/asset-inventory/docs/monitor-asset-changes
        publishers: { inventory: serviceAgent(`${name}-agent`, "cloudasset", project, { parent: this }) },
      },
      { parent: this },
    );
    const feeds = { resources: "RESOURCE", rights: "IAM_POLICY" } as const;
    for (const [id, contentType] of Object.entries(feeds)) {
      const feedArgs: ProjectFeedArgs = {
        project: project.id,
        billingProject: project.id,
        feedId: gcpName("resource", prefix, id),
        contentType,
        assetTypes: [...watchedAssets],
        feedOutputConfig: { pubsubDestination: { topic: topic.topicId } },
      };
      new ProjectFeed(`${name}-${id}`, args.transform?.(feedArgs, id) ?? feedArgs, { parent: this });
    }
    this.topicId = topic.topicId;
    this.registerOutputs({ topicId: this.topicId });
  }
}
