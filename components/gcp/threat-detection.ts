import {
  V2ProjectNotificationConfig,
  type V2ProjectNotificationConfigArgs,
} from "@pulumi/gcp/securitycenter/v2projectNotificationConfig";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { gcpName } from "../planning/names-gcp";
import type { Project } from "./project";
import { MessageTopic } from "./topic";

export interface ThreatDetectionArgs {
  readonly project: Project;
  readonly prefix: string;
  /** Key of the topic. */
  readonly keyId: Input<string>;
  readonly transform?: (notification: V2ProjectNotificationConfigArgs) => V2ProjectNotificationConfigArgs;
}

/**
 * Findings of Security Command Center on an encrypted topic, as they come. Switching it on is a step in the console, for the
 * project or the organization: https://docs.cloud.google.com/security-command-center/docs/activate-scc-overview
 *
 * Cost: nothing in its tier Standard; Premium by what the project uses.
 */
export class ThreatDetection extends ComponentResource {
  /** What to subscribe to. */
  readonly topicId: Output<string>;

  constructor(name: string, args: ThreatDetectionArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:ThreatDetection", name, {}, opts);
    const { project, prefix } = args;
    const topic = new MessageTopic(
      `${name}-topic`,
      { project, prefix, purpose: "findings", keyId: args.keyId },
      { parent: this },
    );
    const notificationArgs: V2ProjectNotificationConfigArgs = {
      project: project.id,
      configId: gcpName("resource", prefix, "findings"),
      location: "global",
      description: "Findings that are open and not muted",
      pubsubTopic: topic.topicId,
      streamingConfig: { filter: 'state = "ACTIVE" AND NOT mute = "MUTED"' },
    };
    const notification = new V2ProjectNotificationConfig(
      `${name}-findings`,
      args.transform?.(notificationArgs) ?? notificationArgs,
      { parent: this },
    );
    // Its identity comes with the notification: https://docs.cloud.google.com/security-command-center/docs/how-to-notifications
    topic.addPublisher(`${name}-publisher`, interpolate`serviceAccount:${notification.serviceAccount}`, {
      parent: this,
    });
    this.topicId = topic.topicId;
    this.registerOutputs({ topicId: this.topicId });
  }
}
