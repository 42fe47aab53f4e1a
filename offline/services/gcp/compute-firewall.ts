import type { FirewallArgs } from "@pulumi/gcp/compute";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { parseCidr } from "../cidr";
import { rfc1035 } from "./generic";
import { fullPath, link, selfLink } from "./links";
import { FIREWALL, NETWORK } from "./types";

// https://docs.cloud.google.com/firewall/docs/firewalls, https://docs.cloud.google.com/compute/docs/reference/rest/v1/firewalls

/** Names of protocols that a rule may give; others by their number. */
const PROTOCOLS = ["tcp", "udp", "icmp", "esp", "ah", "sctp", "ipip", "all"];

/** Protocols that have ports. */
const WITH_PORTS = ["tcp", "udp", "sctp", "6", "17", "132"];

const TARGETS = ["targetTags", "targetServiceAccounts"] as const;
const SOURCES = ["sourceRanges", "sourceTags", "sourceServiceAccounts"] as const;

type Check = CheckContext<Resolved<FirewallArgs>>;

function checkProtocols({ inputs, refuse: report }: Check): void {
  for (const side of ["allows", "denies"] as const) {
    for (const [index, { protocol, ports }] of (inputs[side] ?? []).entries()) {
      const at = `${side}[${String(index)}]`;
      const name = protocol.toLowerCase();
      if (!PROTOCOLS.includes(name) && !(/^\d{1,3}$/.test(name) && Number(name) <= 255)) {
        report(`${at}.protocol`, `Invalid value for field 'resource.${side}.IPProtocol': '${protocol}'`);
      }
      if ((ports ?? []).length > 0 && !WITH_PORTS.includes(name)) {
        report(`${at}.ports`, `ports are for ${WITH_PORTS.slice(0, 3).join(", ")} only, not for ${protocol}`);
      }
      for (const port of ports ?? []) {
        const [low = "", high = low] = port.split("-");
        const numbers = [low, high].map(Number);
        const isRange =
          /^\d+(-\d+)?$/.test(port) && numbers.every((each) => each <= 65535) && Number(low) <= Number(high);
        if (!isRange) report(`${at}.ports`, `Invalid value for field 'resource.${side}.ports': '${port}'`);
      }
    }
  }
}

function checkSides({ inputs, isUnknown, refuse: report }: Check): void {
  const given = (property: keyof Resolved<FirewallArgs>) =>
    isUnknown(property) || ((inputs[property] as readonly unknown[] | undefined) ?? []).length > 0;
  if (given("allows") === given("denies")) {
    report("allows", "only one of `allows`, `denies` can be specified, and one of them must be");
  }
  const ingress = (inputs.direction ?? "INGRESS") === "INGRESS";
  if (ingress && !isUnknown("direction")) {
    // What a rule lets in must be said: the default would be everybody.
    if (!SOURCES.some(given)) {
      report(
        "sourceRanges",
        "one of `sourceRanges`, `sourceTags`, `sourceServiceAccounts` must be specified for INGRESS",
      );
    }
    if (given("destinationRanges") && inputs.destinationRanges !== undefined && inputs.sourceRanges === undefined) {
      report("destinationRanges", "destinationRanges without sourceRanges belong to EGRESS");
    }
  } else {
    for (const source of SOURCES.filter(given).filter((each) => each !== "sourceRanges")) {
      report(source, `${source} cannot be specified for EGRESS`);
    }
  }
  const byTag = given("sourceTags") || given("targetTags");
  const byAccount = given("sourceServiceAccounts") || given("targetServiceAccounts");
  if (byTag && byAccount) {
    report("targetTags", "tags and service accounts cannot be used in the same rule");
  }
  for (const target of TARGETS) {
    if (inputs[target]?.length === 0)
      report(target, "an empty list targets every machine of the network: leave it out");
  }
}

const firewall = resourceType<FirewallArgs>({
  token: FIREWALL,
  service: "compute",
  actions: { create: "firewalls.insert", update: "firewalls.patch", delete: "firewalls.delete" },
  name: rfc1035(),
  references: [link("network", NETWORK)],
  check: (context) => {
    const { inputs, refuse: report } = context;
    const { priority, direction } = inputs;
    if (priority !== undefined && (!Number.isInteger(priority) || priority < 0 || priority > 65535)) {
      report("priority", `expected priority to be in the range (0 - 65535), got ${String(priority)}`);
    }
    if (direction !== undefined && !["INGRESS", "EGRESS"].includes(direction)) {
      report("direction", `expected direction to be one of INGRESS, EGRESS, got ${direction}`);
    }
    for (const side of ["sourceRanges", "destinationRanges"] as const) {
      for (const range of inputs[side] ?? []) {
        const found = range.includes(":") ? undefined : parseCidr(range.includes("/") ? range : `${range}/32`);
        if (typeof found === "string") report(side, `Invalid value for field 'resource.${side}': ${found}`);
      }
    }
    checkProtocols(context);
    checkSides(context);
  },
  create: ({ inputs, scope }) => {
    const id = `projects/${scope.account}/global/firewalls/${inputs.name ?? ""}`;
    const ingress = (inputs.direction ?? "INGRESS") === "INGRESS";
    return {
      id,
      outputs: {
        selfLink: selfLink(id),
        network: selfLink(fullPath(inputs.network, scope.account, "global/networks")),
        creationTimestamp: "2026-01-01T00:00:00.000-08:00",
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        direction: inputs.direction ?? "INGRESS",
        priority: inputs.priority ?? 1000,
        disabled: inputs.disabled ?? false,
        enableLogging: inputs.logConfig !== undefined,
        destinationRanges: inputs.destinationRanges ?? (ingress ? [] : ["0.0.0.0/0"]),
      },
    };
  },
  update: ({ inputs, oldInputs }) => {
    if (inputs.network !== oldInputs.network) {
      refuse(
        "invalid",
        "Invalid value for field 'resource.network': the network of a firewall rule cannot be changed.",
      );
    }
    return {};
  },
});

export const firewallTypes: readonly ResourceType[] = [firewall];
