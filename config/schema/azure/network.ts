import { z } from "zod";
import type { Zone } from "../../../components/planning/address-plan";
import { azureSubnets, type AzureSubnet } from "../../../components/planning/subnets-azure";
import type { AddIssue } from "../data";
import { cidr, resourceGroup, text } from "../values";

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork */
const networkName = text(/^[A-Za-z0-9]([\w.-]{0,62}\w)?$/, "the name of a network or subnet: letters, digits, _ . -");

/** Subnets that everything else of a site needs. */
const needed = ["nodes", "ingress", "database", "api-server", "endpoints"] as const satisfies readonly AzureSubnet[];

const azureZoneLetters = ["a", "b", "c"] as const satisfies readonly Zone[];

/** The network of a site on Azure; its ranges are those of the address plan. */
export function azureNetworkSettings(defaults: { readonly zones: (typeof azureZoneLetters)[number][] }) {
  return z
    .strictObject({
      zones: z
        .array(z.enum(azureZoneLetters))
        .min(2, "give at least two zones: databases and the cluster need two")
        .refine((zones) => new Set(zones).size === zones.length, "names a zone twice: name each zone once")
        .default(defaults.zones)
        .meta({ description: "Zones by letter, in the order of Azure's numbers: a is 1" }),
      adopt: z
        .strictObject({
          resourceGroup: resourceGroup.meta({ description: "Resource group of the existing network" }),
          name: networkName.meta({ description: "Name of the existing network" }),
          cidr: cidr.meta({ description: "Its range", unit: "CIDR" }),
          ingressRange: cidr.meta({
            description:
              "Range of the subnet for load balancers, /24 or larger: brokers on the cluster have its last addresses",
            unit: "CIDR",
          }),
          subnetNames: z
            .partialRecord(z.enum(azureSubnets), networkName)
            .superRefine((names, context: AddIssue) => {
              for (const subnet of needed.filter((each) => names[each] === undefined)) {
                const message = `is missing: name the existing subnet for ${subnet}`;
                context.addIssue({ code: "custom", path: [subnet], message });
              }
            })
            .meta({ description: "Names of existing subnets by what they are for" }),
        })
        .optional()
        .meta({ description: "A network that exists already, in place of a new one; nothing of it is changed" }),
    })
    .prefault({})
    .meta({ description: "Virtual network" });
}

export type AzureNetworkSettings = z.output<ReturnType<typeof azureNetworkSettings>>;
