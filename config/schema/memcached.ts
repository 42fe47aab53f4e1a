import { z } from "zod";
import { type byClass, createOrSkip, requirementOf, text, wholeNumberOrByClass } from "./values";

export function memcachedSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly nodeType: string;
  readonly nodes: number | typeof byClass;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({ description: "Whether there is a Memcached", ...requirement }),
      engineVersion: z.enum(["1.6.22", "1.6.17", "1.6.12"]).default("1.6.22").meta({
        description: "Version of Memcached; older ones speak no TLS",
      }),
      nodeType: text(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, "a node type such as cache.t4g.micro")
        .default(defaults.nodeType)
        .meta({ description: "Machine of each node" }),
      // https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html, NumCacheNodes
      nodes: wholeNumberOrByClass(1, 40)
        .default(defaults.nodes)
        .meta({ description: "Each holds its own part of the keys; dealt over the zones in turn", unit: "nodes" }),
    })
    .prefault({})
    .meta({ description: "Memcached" });
}

export type MemcachedSettings = z.output<ReturnType<typeof memcachedSettings>>;
