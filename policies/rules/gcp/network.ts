import { z } from "zod";
import { isInternet, sensitivePortIn } from "../../checks/networks";
import { graphRule, resourceRule, type Rule } from "../../model/rule";

const DOCS = "https://cloud.google.com";

/** Tokens of the ranges that a NAT may serve of every subnet of the network, also those made later. */
const EVERY_SUBNET = new Set(["ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES"]);

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
      "gcp:compute/subnetwork:Subnetwork": (subnet, expect, { settings }) => {
        // Subnets of load balancers and of private services cannot have logs.
        const machines = () => subnet.purpose === undefined || subnet.purpose === "PRIVATE";
        expect("logConfig", "is missing, so no flow is logged", () => !machines() || subnet.logConfig !== undefined);
        expect("logConfig.flowSampling", `logs less than ${String(settings.leastSampling)} of the flows`, () => {
          // The default is 0.5.
          return subnet.logConfig === undefined || (subnet.logConfig.flowSampling ?? 0.5) >= settings.leastSampling;
        });
        expect("logConfig.metadata", "leaves out what the flows are of", () => {
          return subnet.logConfig === undefined || subnet.logConfig.metadata !== "EXCLUDE_ALL_METADATA";
        });
      },
    },
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
      "gcp:compute/subnetwork:Subnetwork": (subnet, expect) => {
        expect("privateIpGoogleAccess", "is not on", () => {
          const machines = subnet.purpose === undefined || subnet.purpose === "PRIVATE";
          return !machines || subnet.privateIpGoogleAccess === true;
        });
      },
    },
    fix: { "gcp:compute/subnetwork:Subnetwork": { privateIpGoogleAccess: true } },
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
      "gcp:compute/firewall:Firewall": (firewall, expect) => {
        for (const [index, allowed] of (firewall.allows ?? []).entries()) {
          const at = `allows[${String(index)}]`;
          const open = () => {
            const incoming = firewall.disabled !== true && (firewall.direction ?? "INGRESS") === "INGRESS";
            const narrowed = [firewall.sourceTags, firewall.sourceServiceAccounts].some(
              (list) => (list?.length ?? 0) > 0,
            );
            const ranges = firewall.sourceRanges ?? [];
            // Without any source it is everybody.
            return incoming && (ranges.length === 0 ? !narrowed : ranges.some((range) => isInternet(range)));
          };
          const known = () => allowed.protocol === "tcp" && (allowed.ports ?? []).length > 0;
          expect(at, "lets the internet in on every port", () => !open() || known());
          expect(`${at}.ports`, "lets the internet in on a port of a log-in or a store", () => {
            return (
              !open() ||
              !known() ||
              (allowed.ports ?? []).every((ports) => sensitivePortIn(...rangeOf(ports)) === undefined)
            );
          });
          expect(`${at}.ports`, "lets the internet in on other ports than 443", () => {
            return !open() || !known() || (allowed.ports ?? []).every((ports) => ports === "443");
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
    source: `${DOCS}/nat/docs/nat-rules-overview`,
    starred: true,
    types: ["gcp:compute/routerNat:RouterNat"],
    check: (graph, judge) => {
      judge.each(graph.all("gcp:compute/routerNat:RouterNat"), (nat, expect) => {
        expect("sourceSubnetworkIpRangesToNat", "serves every subnet of the network, also those to come", () => {
          return !EVERY_SUBNET.has(nat.props.sourceSubnetworkIpRangesToNat ?? "");
        });
        expect("logConfig", "does not log", () => nat.props.logConfig?.enable === true);
        for (const [index] of (nat.props.subnetworks ?? []).entries()) {
          const path = `subnetworks[${String(index)}].name`;
          expect(path, "is a subnet of databases", () => {
            return graph
              .to(nat, path, "gcp:compute/subnetwork:Subnetwork")
              .every(
                (subnet) =>
                  (subnet.props.purpose ?? "PRIVATE") === "PRIVATE" && subnet.props.privateIpGoogleAccess === true,
              );
          });
        }
      });
    },
  }),
];

/** First and last port of `443` or `8000-8080`. */
function rangeOf(ports: string): [number, number] {
  const [from = "", to = from] = ports.split("-");
  return [Number(from), Number(to)];
}
