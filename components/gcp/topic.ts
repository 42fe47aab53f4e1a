import { Topic, type TopicArgs } from "@pulumi/gcp/pubsub/topic";
import { TopicIAMMember } from "@pulumi/gcp/pubsub/topicIAMMember";
import {
  ComponentResource,
  all,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import { gcpName } from "../planning/names-gcp";
import type { Project } from "./project";

export interface MessageTopicArgs {
  readonly project: Project;
  /** First part of the topic's name. */
  readonly prefix: string;
  /** What is said on it: the last part of its name. */
  readonly purpose: string;
  readonly keyId: Input<string>;
  /** Who writes to it, by a name that never changes. Default: nobody yet. */
  readonly publishers?: Readonly<Record<string, Input<string>>>;
  readonly transform?: (topic: TopicArgs) => TopicArgs;
}

/** Who subscribes later can still go back so far; at most 31 days: https://docs.cloud.google.com/pubsub/docs/topic-retention-basics */
const retentionDays = 7;

/**
 * An encrypted Pub/Sub topic for what services of Google Cloud tell the people who run the site.
 *
 * Its messages are stored wherever they are sent from: with a policy of regions that is enforced in transit, Cloud Monitoring
 * could not send. https://docs.cloud.google.com/monitoring/alerts/using-channels-api
 *
 * Cost: each GB that is sent, and that is kept.
 */
export class MessageTopic extends ComponentResource {
  /** `projects/<project>/topics/<name>`, known once the publishers may write. */
  readonly topicId: Output<string>;
  readonly #project: Project;

  constructor(name: string, args: MessageTopicArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:MessageTopic", name, {}, opts);
    const { project } = args;
    const topicArgs: TopicArgs = {
      project: project.id,
      name: gcpName("resource", args.prefix, args.purpose),
      kmsKeyName: args.keyId,
      messageRetentionDuration: `${String(retentionDays * 86_400)}s`,
    };
    const topic = new Topic(`${name}-topic`, args.transform?.(topicArgs) ?? topicArgs, { parent: this });
    this.#project = project;
    const rights = Object.entries(args.publishers ?? {}).map(([publisher, member]) =>
      this.#grant(`${name}-${publisher}`, topic.name, member, { parent: this }),
    );
    this.topicId = all([topic.id, all(rights.map(({ urn }) => urn))]).apply(([id]) => id);
    this.registerOutputs({ topicId: this.topicId });
  }

  /** Lets one write to it whose identity comes with something that is told the topic: `publishers` is for all others. */
  addPublisher(name: string, member: Input<string>, opts: CustomResourceOptions): void {
    this.#grant(name, this.topicId, member, opts);
  }

  #grant(name: string, topic: Output<string>, member: Input<string>, opts: CustomResourceOptions): TopicIAMMember {
    return new TopicIAMMember(name, { project: this.#project.id, topic, role: "roles/pubsub.publisher", member }, opts);
  }
}
