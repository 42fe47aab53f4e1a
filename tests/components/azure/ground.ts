import assert from "node:assert/strict";
import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import { forgetApiVersions } from "../../../components/azure/api-versions";
import { LogWorkspace } from "../../../components/azure/log-workspace";
import { Network } from "../../../components/azure/network";
import { currentSubscription } from "../../../components/azure/place";
import { PrivateDns } from "../../../components/azure/private-dns";
import { ResourceGroup } from "../../../components/azure/resource-group";
import { SiteKeys } from "../../../components/azure/site-keys";
import { resourceGroupName } from "../../../components/planning/names-azure";
import { protectionOf, type StackClass } from "../../../components/planning/protection";
import { linkedSites, siteRanges } from "../../../components/planning/site-plan";
import { privateZoneIds, type OptionalAzureSubnet } from "../../../components/planning/subnets-azure";
import type { Cloud } from "../../../offline/cloud/cloud";
import { Deployed } from "../../stacks/deployed";
import { runInProcess } from "../../support/in-process";

export const region = "eastus";
/** The subscription that every program in the process works in. */
export const subscriptionId = "0a1b2c3d-0000-4000-8000-00000000d001";
export const ranges = siteRanges("dr");

export interface GroundOptions {
  /** Default: none. */
  readonly optional?: readonly OptionalAzureSubnet[];
  /** Default: `private`. */
  readonly ingress?: "internet" | "private";
  /** Default: `staging`. */
  readonly class?: StackClass;
  /** What exists already. Default: nothing. */
  readonly cloud?: Cloud;
  /** Whether to preview alone, with every computed output unknown. Default: false. */
  readonly preview?: boolean;
}

/** What components stand on: a resource group, a network with private names, logs and keys. */
export type Ground = ReturnType<typeof ground>;

/** Deploys components on a network; `errors` of the run say what was refused. */
export async function attempt(make: (made: Ground) => void, options: GroundOptions = {}): Promise<Deployed> {
  const { cloud, preview = false } = options;
  const run = await runInProcess(
    () => {
      make(ground(options));
    },
    { preview, ...(cloud === undefined ? {} : { cloud }) },
  );
  return new Deployed(run);
}

/** The same for components that must come up. */
export async function onNetwork(...args: Parameters<typeof attempt>): Promise<Deployed> {
  const stack = await attempt(...args);
  if (stack.run.errors.length > 0) throw new Error(stack.run.errors.join("\n"));
  return stack;
}

function ground({ optional = [], ingress = "private", class: stackClass = "staging" }: GroundOptions) {
  forgetApiVersions();
  const azure = new AzureProvider("azure", { subscriptionId, location: region });
  const onAzure = { providers: { "azure-native": azure } };
  const prefix = "test";
  const protection = protectionOf(stackClass);
  const place = new ResourceGroup(
    "site",
    {
      subscription: currentSubscription(region, { provider: azure }),
      groupName: resourceGroupName(prefix),
      tags: { system: "test" },
      protection,
    },
    onAzure,
  );
  const network = new Network(
    "network",
    {
      prefix,
      place,
      cidr: ranges.network,
      podCidr: ranges.pods,
      zones: ["a", "b", "c"],
      optional,
      security: { linked: linkedSites("dr"), ingress },
    },
    onAzure,
  );
  const dns = new PrivateDns("dns", { prefix, place, network, zones: privateZoneIds }, onAzure);
  const logs = new LogWorkspace("logs", { prefix, place, protection }, onAzure);
  const keys = new SiteKeys("keys", { prefix, place, sku: "premium", network, dns, logs, protection }, onAzure);
  return { azure, onAzure, prefix, protection, place, network, dns, logs, keys };
}

/** A value that must be a text. */
export function text(value: unknown): string {
  assert.ok(typeof value === "string", `${JSON.stringify(value)} is no text`);
  return value;
}
