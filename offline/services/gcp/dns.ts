import type { ManagedZoneArgs, RecordSetArgs } from "@pulumi/gcp/dns";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { decimal } from "./compute-network";
import { rfc1035 } from "./generic";
import { link, nameIn } from "./links";
import { findNamed } from "./lookups";
import { text } from "./text";
import { MANAGED_ZONE, NETWORK, RECORD_SET } from "./types";

// https://docs.cloud.google.com/dns/docs/reference/rest/v1/managedZones, https://docs.cloud.google.com/dns/docs/records-overview

const zone = resourceType<ManagedZoneArgs>({
  token: MANAGED_ZONE,
  service: "dns",
  actions: { create: "managedZones.create", update: "managedZones.patch", delete: "managedZones.delete" },
  name: rfc1035(),
  references: [{ ...link("privateVisibilityConfig.networks[*].networkUrl", NETWORK), holds: true }],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const { dnsName, visibility } = inputs;
    if (dnsName !== undefined && !/^([a-z0-9_*]([-a-z0-9_]*[a-z0-9])?\.)+$/i.test(dnsName)) {
      report("dnsName", `"${dnsName}" is no DNS name with a dot at its end, such as example.com.`);
    }
    const isPrivate = visibility === "private";
    if (visibility !== undefined && !["public", "private"].includes(visibility)) {
      report("visibility", `expected visibility to be one of public, private, got ${visibility}`);
    }
    const shown = inputs.privateVisibilityConfig !== undefined || isUnknown("privateVisibilityConfig");
    if (shown && !isPrivate) report("privateVisibilityConfig", "is for zones with visibility private");
    if (inputs.dnssecConfig !== undefined && isPrivate) report("dnssecConfig", "is for public zones");
    if (inputs.forwardingConfig !== undefined && !isPrivate) report("forwardingConfig", "is for private zones");
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const networks = (each: unknown) => JSON.stringify(each ?? {});
    const clash = cloud
      .list(MANAGED_ZONE)
      .find(
        (other) =>
          other.inputs["visibility"] === "private" &&
          inputs.visibility === "private" &&
          other.inputs["dnsName"] === inputs.dnsName &&
          networks(other.inputs["privateVisibilityConfig"]) === networks(inputs.privateVisibilityConfig),
      );
    if (clash !== undefined) {
      refuse(
        "conflict",
        `Network is already bound to zone '${nameIn(clash.id)}' with the same DNS name '${inputs.dnsName}'.`,
      );
    }
    const servers = Number.parseInt(context.hex(2), 16) % 5;
    return {
      id: `projects/${scope.account}/managedZones/${inputs.name ?? ""}`,
      outputs: {
        description: inputs.description ?? "Managed by Pulumi",
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        managedZoneId: decimal(context),
        visibility: inputs.visibility ?? "public",
        nameServers:
          inputs.visibility === "private"
            ? ["ns-gcp-private.googledomains.com."]
            : [1, 2, 3, 4].map((index) => `ns-cloud-${"abcde".charAt(servers)}${String(index)}.googledomains.com.`),
      },
    };
  },
  delete: ({ inputs, resource, cloud, effects }) => {
    const records = cloud
      .list(RECORD_SET)
      .filter((each) => nameIn(text(each.inputs["managedZone"])) === nameIn(resource.id));
    if (records.length > 0 && inputs.forceDestroy !== true) {
      refuse(
        "containerNotEmpty",
        "The resource named '" +
          nameIn(resource.id) +
          "' cannot be deleted because it contains one or more 'resource records'.",
      );
    }
    for (const record of records) effects.remove(record);
  },
});

/** https://docs.cloud.google.com/dns/docs/records-overview#supported_dns_record_types */
const TYPES = [
  ...[
    "A",
    "AAAA",
    "ALIAS",
    "CAA",
    "CNAME",
    "DNSKEY",
    "DS",
    "HTTPS",
    "IPSECKEY",
    "MX",
    "NAPTR",
    "NS",
    "PTR",
    "SOA",
    "SPF",
  ],
  ...["SRV", "SSHFP", "SVCB", "TLSA", "TXT"],
];

const record = resourceType<RecordSetArgs>({
  token: RECORD_SET,
  service: "dns",
  actions: { create: "changes.create", update: "changes.create", delete: "changes.create" },
  references: [
    {
      ...link("managedZone", MANAGED_ZONE),
      missing: { code: "notFound", message: "The 'parameters.managedZone' resource named '{value}' does not exist." },
      holds: false,
    },
  ],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const { name, type, rrdatas, ttl } = inputs;
    if (name !== undefined && !name.endsWith(".")) report("name", `"${name}" does not end with a dot`);
    if (type !== undefined && !TYPES.includes(type))
      report("type", `expected type to be one of ${TYPES.join(", ")}, got ${type}`);
    const routed = inputs.routingPolicy !== undefined || isUnknown("routingPolicy");
    if (routed === (rrdatas !== undefined || isUnknown("rrdatas"))) {
      report("rrdatas", "one of `rrdatas`, `routingPolicy` must be specified, and only one");
    }
    if (type === "CNAME" && (rrdatas ?? []).length > 1) report("rrdatas", "a CNAME has one value");
    if (ttl !== undefined && (ttl < 0 || ttl > 2_147_483_647)) report("ttl", `0 to 2147483647, got ${String(ttl)}`);
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const zoneName = nameIn(inputs.managedZone);
    const owner = findNamed(context, MANAGED_ZONE, inputs.managedZone);
    const suffix = text(owner?.inputs["dnsName"]);
    if (inputs.name !== suffix && !inputs.name.endsWith(`.${suffix}`)) {
      refuse(
        "invalid",
        `Invalid value for 'entity.change.additions[0].name': '${inputs.name}' (the zone is ${suffix})`,
      );
    }
    const same = cloud
      .list(RECORD_SET)
      .filter((each) => each.inputs["name"] === inputs.name && nameIn(text(each.inputs["managedZone"])) === zoneName);
    const alone = same.find((each) => (each.inputs["type"] === "CNAME") !== (inputs.type === "CNAME"));
    if (alone !== undefined) {
      refuse(
        "cnameResourceRecordSetConflict",
        `The resource record set 'entity.change.additions[0]' is invalid because the DNS name '${inputs.name}' has a resource record set of the type '${text(alone.inputs["type"])}', and a CNAME stands alone.`,
      );
    }
    return {
      id: `projects/${scope.account}/managedZones/${zoneName}/rrsets/${inputs.name}/${inputs.type}`,
      outputs: { deletionPolicy: inputs.deletionPolicy ?? "DELETE" },
    };
  },
});

export const dnsTypes: readonly ResourceType[] = [zone, record];
