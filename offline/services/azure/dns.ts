import type { ZoneArgs } from "@pulumi/azure-native/dns";
import type { ResourceType } from "../../cloud/resource-type";
import { azureType, made } from "./service-support";
import { PUBLIC_ZONE } from "./types";

/** The ends of the four name servers of a zone: https://learn.microsoft.com/azure/dns/dns-delegate-domain-azure-dns */
const ENDS = ["com", "net", "org", "info"];

/** Groups of name servers that zones are spread over. */
const GROUPS = 10;

const zone = azureType<ZoneArgs>({
  token: PUBLIC_ZONE,
  name: {
    property: "zoneName",
    pattern: /^(?=.{1,253}$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z][A-Za-z0-9-]*$/,
    rule: "2 to 34 labels of 1 to 63 letters, digits, underscores and hyphens",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork",
    maxLength: 253,
  },
  check: ({ inputs, refuse: report }) => {
    if (inputs.location === undefined || inputs.location.toLowerCase() === "global") return;
    report(
      "location",
      `LocationNotAvailableForResourceType: a DNS zone is in no region: set location to "global", not "${inputs.location}"`,
    );
  },
  create: ({ hex }) => {
    const group = String((Number.parseInt(hex(2), 16) % GROUPS) + 1).padStart(2, "0");
    return made({
      nameServers: ENDS.map((end, index) => `ns${String(index + 1)}-${group}.azure-dns.${end}.`),
      // https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-dns-limits
      maxNumberOfRecordSets: 10_000,
      // Those of the zone's own: SOA and NS.
      numberOfRecordSets: 2,
    });
  },
});

export const dnsTypes: readonly ResourceType[] = [zone];
