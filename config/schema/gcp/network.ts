import { z } from "zod";
import { zoneLetters, type Zone } from "../../../components/planning/address-plan";
import { cidr, text, wholeNumber } from "../values";

/** https://docs.cloud.google.com/compute/docs/naming-resources */
export const resourceName = text(
  /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "a name of Google Cloud: small letters, digits and hyphens, a letter first and no hyphen last",
);

const secondaryRange = (holds: string) =>
  z
    .strictObject({
      rangeName: resourceName.meta({ description: "Name of the secondary range" }),
      range: cidr.meta({ description: "The range itself", unit: "CIDR" }),
    })
    .meta({ description: `Secondary range of the subnet, for ${holds}` });

/** The network of a site on Google Cloud; its ranges are those of the address plan. */
export function gcpNetworkSettings(defaults: { readonly zones: Zone[]; readonly natAddresses: number }) {
  return z
    .strictObject({
      zones: z
        .array(z.enum([...zoneLetters]))
        .min(2, "give at least two zones: databases and the cluster need two")
        .refine((zones) => new Set(zones).size === zones.length, "names a zone twice: name each zone once")
        .default(defaults.zones)
        .meta({ description: "Letters of the zones that nodes and databases lie in" }),
      natAddresses: wholeNumber(1, 16).default(defaults.natAddresses).meta({
        description: "Static addresses of Cloud NAT: each has 64,512 ports for connections to one destination",
        unit: "addresses",
      }),
      adopt: z
        .strictObject({
          network: resourceName.meta({ description: "Name of the existing VPC" }),
          cidr: cidr.meta({ description: "Range that all subnets of the site lie in", unit: "CIDR" }),
          subnet: z
            .strictObject({
              name: resourceName.meta({ description: "Name of the subnet, in the stack's region" }),
              range: cidr.meta({ description: "Its first range", unit: "CIDR" }),
              pods: secondaryRange("pods"),
              services: secondaryRange("Services"),
            })
            .meta({ description: "The subnet of nodes" }),
          privateServicesRange: resourceName.meta({
            description: "Name of the range that private services access has reserved in the VPC",
          }),
        })
        .optional()
        .meta({ description: "A network that exists already, in place of a new one; nothing of it is changed" }),
    })
    .prefault({})
    .meta({ description: "Virtual network" });
}

export type GcpNetworkSettings = z.output<ReturnType<typeof gcpNetworkSettings>>;
