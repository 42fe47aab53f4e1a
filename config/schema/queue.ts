import { z } from "zod";
import { byClass, createOrSkip, requirementOf, text } from "./values";

export function queueSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly instanceType: string;
  readonly availability: "single-instance" | "cluster" | typeof byClass;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({ description: "Whether there is a message queue", ...requirement }),
      // https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-4.html
      engineVersion: z
        .enum(["4.3", "4.2"])
        .default("4.3")
        .meta({ description: "Version of RabbitMQ; AWS chooses and raises the patch" }),
      instanceType: text(/^mq\.m7g\.[a-z0-9]+$/, "a machine such as mq.m7g.medium: RabbitMQ 4 runs on mq.m7g alone")
        .default(defaults.instanceType)
        .meta({ description: "Machine of each node", ...requirement }),
      availability: z
        .enum(["single-instance", "cluster", byClass])
        .default(defaults.availability)
        .meta({ description: "`cluster`: three nodes in several zones", ...requirement }),
    })
    .prefault({})
    .meta({ description: "Message queue" });
}

export type QueueSettings = z.output<ReturnType<typeof queueSettings>>;
