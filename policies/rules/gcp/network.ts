import { z } from "zod";
import { isInternet } from "../../checks/networks";
import { anyOf } from "../../checks/undecided";
import { graphRule, resourceRule, type Inputs, type Rule } from "../../model/rule";

const DOCS = "https://cloud.google.com";

const FIREWALL = "gcp:compute/firewall:Firewall";
const NAT = "gcp:compute/routerNat:RouterNat";
const SUBNET = "gcp:compute/subnetwork:Subnetwork";

export const gcpNetworkRules: readonly Rule[] = [
  resourceRule({
    id: "gcp-network-custom-mode",
    title: "Networks have only the subnets that are asked for",
    severity: "high",
    controls: { cis: ["GCP 4.0 3.1"], iso27001: ["A.8.20"], pciDss: ["1.4.2"] },
    why: "A network in auto mode has a subnet in every region, whose ranges meet those of other networks, and the default one comes with open firewall rules.",
    remedy: {
      text: "Set autoCreateSubnetworks to false, and make the subnets.",
      example: 'new compute.Network("network", { autoCreateSubnetworks: false })',
    },
    source: `${DOCS}/vpc/docs/vpc`,
    on: {
      "gcp:compute/network:Network": (network, expect) => {
        // The default is true.
        expect(
          "autoCreateSubnetworks",
          "makes a subnet in every region",
          () => network.autoCreateSubnetworks === false,
        );
        expect("name", "is that of the default network", () => network.name !== "default");
      },
    },
  }),
  resourceRule({
    id: "gcp-subnet-flow-logs",
    title: "Subnets log who speaks with whom",
    severity: "medium",
    controls: {
      cis: ["GCP 4.0 3.8"],
      iso27001: ["A.8.16", "A.8.20"],
      soc2: ["CC7.2", "CC7.3"],
      pciDss: ["10.2.1"],
    },
    why: "After an incident nobody can say which machine was reached, and from where.",
    remedy: {
      text: "Give the subnet flow logs that keep at least the configured share of flows, with metadata.",
      example:
        'new compute.Subnetwork("nodes", { logConfig: { flowSampling: 0.5, metadata: "INCLUDE_ALL_METADATA" }, … })',
    },
    source: `${DOCS}/vpc/docs/flow-logs`,
    settings: z.object({
      leastSampling: z.number().gt(0).max(1).default(0.5).describe("Share of flows that is logged, at least."),
    }),
    on: {
      [SUBNET]: (subnet, expect, { settings }) => {
        // Subnets of load balancers and of private services cannot have logs.
        expect("logConfig", "is missing, so no flow is logged", () => {
          return anyOf([() => subnet.logConfig !== undefined, () => !isOfMachines(subnet)], (fact) => fact());
        });
        expect("logConfig.flowSampling", `logs less than ${String(settings.leastSampling)} of the flows`, () => {
          // The default is 0.5.
          return subnet.logConfig === undefined || (subnet.logConfig.flowSampling ?? 0.5) >= settings.leastSampling;
        });
        expect("logConfig.metadata", "leaves out what the flows are of", () => {
          // The default is all of them.
          const log = subnet.logConfig;
          if (log?.metadata === "CUSTOM_METADATA") return (log.metadataFields?.length ?? 0) > 0;
          return log?.metadata !== "EXCLUDE_ALL_METADATA";
        });
      },
    },
    fix: { [SUBNET]: { "logConfig.metadata": "INCLUDE_ALL_METADATA" } },
  }),
  resourceRule({
    id: "gcp-subnet-private-google-access",
    title: "Subnets reach Google's services without an address of the internet",
    severity: "medium",
    controls: { iso27001: ["A.8.20"] },
    why: "Machines without it reach storage and registries over NAT or a public address, outside of the network's control.",
    remedy: {
      text: "Set privateIpGoogleAccess to true.",
      example: 'new compute.Subnetwork("nodes", { privateIpGoogleAccess: true, … })',
    },
    source: `${DOCS}/vpc/docs/private-google-access`,
    on: {
      [SUBNET]: (subnet, expect) => {
        expect("privateIpGoogleAccess", "is not on", () => {
          const facts = [() => subnet.privateIpGoogleAccess === true, () => !isOfMachines(subnet)];
          return anyOf(facts, (fact) => fact());
        });
      },
    },
    fix: { [SUBNET]: { privateIpGoogleAccess: true } },
  }),
  resourceRule({
    id: "gcp-fw-no-open-ingress",
    title: "Firewall rules let the internet in on HTTPS alone",
    severity: "critical",
    controls: {
      cis: ["GCP 4.0 3.6"],
      iso27001: ["A.8.20"],
      soc2: ["CC6.6", "CC6.7"],
      pciDss: ["1.2.5"],
    },
    why: "Every open port is tried by everybody within minutes, those of log-ins and stores first.",
    remedy: {
      text: "Name the ranges, tags or accounts that may come in; let the internet in on 443 alone.",
      example:
        'new compute.Firewall("web", { sourceRanges: ["10.0.0.0/8"], allows: [{ protocol: "tcp", ports: ["443"] }], … })',
    },
    source: `${DOCS}/firewall/docs/firewalls`,
    on: {
      [FIREWALL]: (firewall, expect) => {
        const closed = [
          () => firewall.disabled === true,
          () => firewall.direction === "EGRESS",
          () => !isFromInternet(firewall),
        ];
        for (let index = 0; index < (firewall.allows?.length ?? 0); index += 1) {
          const allowed = () => firewall.allows?.[index];
          const hasPorts = () => WITH_PORTS.has(allowed()?.protocol?.toLowerCase() ?? "");
          expect(`allows[${String(index)}].protocol`, "lets the internet in on more than ports of TCP and UDP", () => {
            return anyOf([hasPorts, ...closed], (fact) => fact());
          });
          expect(`allows[${String(index)}].ports`, "lets the internet in on other ports than 443", () => {
            const facts = [() => isHttpsAlone(allowed()?.ports ?? []), () => !hasPorts(), ...closed];
            return anyOf(facts, (fact) => fact());
          });
        }
      },
    },
  }),
  graphRule({
    id: "gcp-nat-not-all-subnets",
    title: "NAT serves the subnets that are named, and no other",
    severity: "high",
    controls: { iso27001: ["A.8.22"] },
    why: "A NAT for all subnets gives the next subnet, one of databases say, a way to the internet that nobody decided on.",
    remedy: {
      text: "Name the subnets of machines, and log what the NAT refuses.",
      example:
        'new compute.RouterNat("nat", { sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS", subnetworks: [{ name: nodes.id, sourceIpRangesToNats: ["ALL_IP_RANGES"] }], logConfig: { enable: true, filter: "ERRORS_ONLY" }, … })',
    },
    source: `${DOCS}/nat/docs/overview`,
    starred: true,
    types: [NAT],
    check: (graph, judge) => {
      judge.each(graph.all(NAT), (nat, expect) => {
        const every = "serves every subnet of the network, also those to come";
        // A private NAT leads to other networks, not to the internet.
        const isPrivate = () => nat.props.type === "PRIVATE";
        expect("sourceSubnetworkIpRangesToNat", every, () => {
          const facts = [() => nat.props.sourceSubnetworkIpRangesToNat === "LIST_OF_SUBNETWORKS", isPrivate];
          return anyOf(facts, (fact) => fact());
        });
        expect("sourceSubnetworkIpRangesToNat64", every, () => {
          const facts = [() => nat.props.sourceSubnetworkIpRangesToNat64 !== "ALL_IPV6_SUBNETWORKS", isPrivate];
          return anyOf(facts, (fact) => fact());
        });
        expect("logConfig.enable", "does not log", () => nat.props.logConfig?.enable === true);
        // Managed databases are in networks of Google's own, which this NAT does not serve: what is left are subnets that services
        // are published in, and such as are kept for something else.
        for (let index = 0; index < (nat.props.subnetworks?.length ?? 0); index += 1) {
          const path = `subnetworks[${String(index)}].name`;
          expect(path, "is no subnet of machines", () => {
            return graph.to(nat, path, SUBNET).every(({ props }) => isOfMachines(props));
          });
        }
      });
    },
  }),
];

/** Protocols of firewall rules that have ports, by name and by number. */
const WITH_PORTS: ReadonlySet<string> = new Set(["tcp", "6", "udp", "17"]);

/** Whether a subnet is one of machines and pods: the others are kept for a service. */
function isOfMachines({ purpose = "PRIVATE" }: Inputs<typeof SUBNET>): boolean {
  return purpose === "PRIVATE";
}

/** Whether a firewall rule is about traffic from the internet: of its ranges, tags and accounts one is enough to come in. */
function isFromInternet(firewall: Inputs<typeof FIREWALL>): boolean {
  const ranges = firewall.sourceRanges ?? [];
  if (ranges.length > 0) return anyOf(ranges.keys(), (index) => isInternet(ranges[index]));
  // Without any source it is everybody.
  const narrowed = [() => firewall.sourceTags, () => firewall.sourceServiceAccounts];
  return !anyOf(narrowed, (list) => (list()?.length ?? 0) > 0);
}

/** Whether ports are 443 and nothing else; none stand for all. */
function isHttpsAlone(ports: readonly string[]): boolean {
  return ports.length > 0 && !anyOf(ports.keys(), (index) => ports[index] !== "443");
}
