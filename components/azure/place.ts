import { getClientConfigOutput } from "@pulumi/azure-native/authorization/getClientConfig";
import type { InvokeOptions, Output } from "@pulumi/pulumi";

/** The subscription and region that a stack deploys to. */
export interface Subscription {
  /** A GUID. */
  readonly id: Output<string>;
  /** Directory of Microsoft Entra that the subscription trusts, a GUID. */
  readonly tenantId: Output<string>;
  /** As Azure writes it: `eastus`. */
  readonly region: string;
}

/** Asks the provider of `opts` which subscription it works in. */
export function currentSubscription(region: string, opts: InvokeOptions): Subscription {
  const { subscriptionId, tenantId } = getClientConfigOutput(opts);
  return { id: subscriptionId, tenantId, region };
}

/** Where resources are made: a resource group in a region. */
export interface Place {
  readonly subscription: Subscription;
  /** Name of the resource group. */
  readonly groupName: Output<string>;
  readonly region: string;
  /** Of every resource: Azure has no tags that a group hands down. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Zones by letter, in the order of Azure's numbers, which mean different buildings in each subscription. */
const zoneNumbers: Readonly<Record<string, string>> = { a: "1", b: "2", c: "3" };

/**
 * Zones as Azure numbers them. https://learn.microsoft.com/azure/reliability/availability-zones-overview
 *
 * @param zones letters, as on the other clouds, or numbers
 * @throws Error for a zone that no region has.
 */
export function azureZones(zones: readonly string[]): string[] {
  return zones.map((zone) => {
    const found = zoneNumbers[zone] ?? (/^[123]$/.test(zone) ? zone : undefined);
    if (found === undefined) {
      throw new Error(`no region of Azure has a zone "${zone}": choose among a, b and c in network.zones`);
    }
    return found;
  });
}
