import { z } from "zod";
import { overlap, rangeOf } from "../../checks/ranges";
import type { Graph, Node } from "../../model/graph";
import { graphRule, resourceRule, type Expect, type Inputs, type Rule } from "../../model/rule";
import { undecided } from "../../model/view";
import { otherSites, sitesSetting } from "./networks";

type AwsConnection = "aws:ec2/vpnConnection:VpnConnection";
type Tunnel = "gcp:compute/vPNTunnel:VPNTunnel";
type AzureConnection = "azure-native:network:VirtualNetworkGatewayConnection";

/**
 * Groups that RFC 8247 lets stand: 1, 2, 5 and 22 to 24 are broken or about to be.
 * https://www.rfc-editor.org/rfc/rfc8247#section-2.4
 */
const GROUPS: ReadonlySet<number> = new Set([14, 15, 16, 17, 18, 19, 20, 21, 31]);

/** Names that Azure has for groups of keys, and their numbers. */
const AZURE_GROUPS: Readonly<Record<string, number>> = {
  DHGroup1: 1,
  DHGroup2: 2,
  DHGroup14: 14,
  DHGroup2048: 14,
  DHGroup24: 24,
  ECP256: 19,
  ECP384: 20,
  PFS1: 1,
  PFS2: 2,
  PFS14: 14,
  PFS2048: 14,
  PFS24: 24,
  // The group of phase 1 again, which is judged by itself.
  PFSMM: 14,
};

/** Ciphers of 256 bits that also prove where a packet comes from, in the words of each cloud. */
const CIPHERS: ReadonlySet<string> = new Set([
  "AES256-GCM-16",
  "AES-GCM-16-256",
  "AES-GCM-8-256",
  "AES-GCM-12-256",
  "GCMAES256",
]);

export const linkRules: readonly Rule[] = [
  graphRule({
    id: "net-vpn-redundant",
    title: "Sites are joined by tunnels that no single gateway, address or route can take down",
    severity: "high",
    controls: { iso27001: ["A.8.14"] },
    why: "A link of one tunnel is down with every update of either gateway, and with it replication: the copy at the other site grows old just before it is needed.",
    remedy: {
      text: "Give each pair of sites two tunnels or more that end on different interfaces and different addresses of the other side, and let BGP choose.",
      example:
        'new compute.VPNTunnel("to-prod-1", { vpnGatewayInterface: 1, peerExternalGatewayInterface: 1, router: router.id, … })',
    },
    source: "https://docs.cloud.google.com/network-connectivity/docs/vpn/concepts/topologies",
    starred: true,
    settings: z.object({ sites: sitesSetting }),
    types: [
      "aws:ec2/vpnConnection:VpnConnection",
      "gcp:compute/vPNTunnel:VPNTunnel",
      "azure-native:network:VirtualNetworkGatewayConnection",
      "azure-native:network:VirtualNetworkGateway",
    ],
    check: (graph, judge, { stack, settings }) => {
      judge.each(graph.all("aws:ec2/vpnConnection:VpnConnection"), (connection, expect) => {
        expect("staticRoutesOnly", "routes by a fixed list: without BGP no tunnel takes over from another", () => {
          return connection.props.staticRoutesOnly !== true;
        });
        expect(
          "customerGatewayId",
          "is the only connection to that side: a second one to another address of it is missing",
          () => hasTwin(graph, connection),
        );
      });
      judge.each(graph.all("gcp:compute/vPNTunnel:VPNTunnel"), (tunnel, expect) => {
        judgeTunnel(graph, tunnel, expect);
      });
      judge.each(graph.all("azure-native:network:VirtualNetworkGateway"), (gateway, expect) => {
        const isVpn = () => (gateway.props.gatewayType ?? "Vpn") === "Vpn";
        expect("activeActive", "leaves one instance idle: its one address takes the link down with it", () => {
          return !isVpn() || gateway.props.activeActive === true;
        });
        expect("ipConfigurations", "has fewer than two addresses", () => {
          return !isVpn() || (gateway.props.ipConfigurations ?? []).length >= 2;
        });
        expect("enableBgp", "does not speak BGP, so no tunnel takes over from another", () => {
          return !isVpn() || gateway.props.enableBgp === true;
        });
        // Only these stand in several zones: https://learn.microsoft.com/azure/vpn-gateway/about-zone-redundant-vnet-gateways
        expect("sku.name", "is of a size that stands in one zone", () => {
          return !isVpn() || (gateway.props.sku?.name ?? "").endsWith("AZ");
        });
      });
      const connections = graph.all("azure-native:network:VirtualNetworkGatewayConnection");
      judge.each(connections, (connection, expect) => {
        const isIpsec = () => connection.props.connectionType === "IPsec";
        expect("enableBgp", "does not speak BGP, so no tunnel takes over from another", () => {
          return !isIpsec() || connection.props.enableBgp === true;
        });
        expect(
          "localNetworkGateway2",
          "is the only connection to that side: a second one to another address of it is missing",
          () => {
            if (!isIpsec()) return true;
            const [peer] = peersOf(graph, connection);
            if (peer === undefined) undecided("localNetworkGateway2", "names no gateway of this stack");
            const side = peer.props.bgpSettings?.asn;
            return connections.some((other) => {
              if (other === connection) return false;
              const [twin] = peersOf(graph, other);
              return (
                twin !== undefined &&
                twin.props.bgpSettings?.asn === side &&
                twin.props.gatewayIpAddress !== peer.props.gatewayIpAddress
              );
            });
          },
        );
      });
      const others = otherSites(stack, settings.sites);
      judge.each(graph.all("azure-native:network:LocalNetworkGateway"), (peer, expect) => {
        expect(
          "localNetworkAddressSpace.addressPrefixes",
          "sends what is for several sites through one, so that the loss of that one takes the others away",
          () => {
            const ranges = (peer.props.localNetworkAddressSpace?.addressPrefixes ?? []).flatMap(
              (each) => rangeOf(each) ?? [],
            );
            const reached = others.filter(([, block]) => ranges.some((range) => overlap(range, block)));
            return new Set(reached.map(([site]) => site)).size < 2;
          },
        );
      });
    },
  }),
  resourceRule({
    id: "net-vpn-strong-crypto",
    title: "Tunnels between sites agree on strong ciphers alone",
    severity: "high",
    controls: { iso27001: ["A.8.24"], hipaa: ["164.312(e)(1)"] },
    why: "What a gateway offers by default goes down to keys of 1,024 bits and IKE version 1, and whoever stands between chooses the weakest offer that both sides take.",
    remedy: {
      text: "Allow IKE version 2, AES-256-GCM and groups of 2,048 bits or more, and nothing else, in both phases and both tunnels.",
      example:
        'new ec2.VpnConnection("to-dr", { tunnel1IkeVersions: ["ikev2"], tunnel1Phase1EncryptionAlgorithms: ["AES256-GCM-16"], tunnel1Phase1DhGroupNumbers: [20], … })',
    },
    source: "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html",
    starred: true,
    on: {
      "aws:ec2/vpnConnection:VpnConnection": judgeAws,
      "gcp:compute/vPNTunnel:VPNTunnel": (tunnel, expect) => {
        expect("ikeVersion", "is not 2", () => (tunnel.ikeVersion ?? 2) === 2);
        const suite = "cipherSuite";
        for (const phase of ["phase1", "phase2"] as const) {
          expect(`${suite}.${phase}.encryptions`, "allows a cipher that is not AES-256-GCM", () =>
            only(tunnel.cipherSuite?.[phase]?.encryptions, (name) => CIPHERS.has(name)),
          );
        }
        expect(`${suite}.phase1.dhs`, "allows a weak group", () =>
          only(tunnel.cipherSuite?.phase1?.dhs, isGoogleGroup),
        );
        expect(`${suite}.phase2.pfs`, "allows a weak group", () =>
          only(tunnel.cipherSuite?.phase2?.pfs, isGoogleGroup),
        );
      },
      "azure-native:network:VirtualNetworkGatewayConnection": judgeAzure,
    },
  }),
];

/** Whether another connection of the same gateway leads to another address of the same side, which its number of BGP tells. */
function hasTwin(graph: Graph, connection: Node<AwsConnection>): boolean {
  const sideOf = (each: Node<AwsConnection>) => {
    const [gateway] = graph.to(each, "customerGatewayId", "aws:ec2/customerGateway:CustomerGateway");
    if (gateway === undefined) undecided("customerGatewayId", "names no gateway of this stack");
    const { bgpAsn, bgpAsnExtended, ipAddress } = gateway.props;
    return { asn: bgpAsn ?? bgpAsnExtended, ipAddress };
  };
  const own = sideOf(connection);
  const gateways = gatewaysOf(graph, connection);
  return graph
    .all("aws:ec2/vpnConnection:VpnConnection")
    .filter((other) => other !== connection && gatewaysOf(graph, other).some((one) => gateways.includes(one)))
    .map(sideOf)
    .some(({ asn, ipAddress }) => asn === own.asn && ipAddress !== own.ipAddress);
}

/** The gateway on this side, as a URN, or as it is named where it is not in this stack. */
function gatewaysOf(graph: Graph, connection: Node<AwsConnection>): readonly string[] {
  const found = [
    graph.references(connection, "vpnGatewayId", "aws:ec2/vpnGateway:VpnGateway"),
    graph.references(connection, "transitGatewayId", "aws:ec2transitgateway/transitGateway:TransitGateway"),
  ];
  return found.flatMap(({ nodes, outside }) => [...nodes.map(({ urn }) => urn), ...outside]);
}

function judgeTunnel(graph: Graph, tunnel: Node<Tunnel>, expect: Expect): void {
  expect("vpnGateway", "is missing: a classic gateway has one address", () => isSet(tunnel, "vpnGateway"));
  expect("router", "is missing: without BGP no tunnel takes over from another", () => isSet(tunnel, "router"));
  expect("router", "has no session of BGP for this tunnel", () => {
    if (!isSet(tunnel, "router")) return true;
    const ends = graph.from("gcp:compute/routerInterface:RouterInterface", "vpnTunnel", tunnel);
    return ends.some((end) => graph.from("gcp:compute/routerPeer:RouterPeer", "interface", end).length > 0);
  });
  expect("vpnGatewayInterface", "is that of every tunnel to that side: the other interface has none", () => {
    if (!isSet(tunnel, "vpnGateway")) return true;
    const twins = siblings(graph, tunnel);
    return new Set(twins.map((each) => each.props.vpnGatewayInterface ?? 0)).size >= 2;
  });
  expect("peerExternalGatewayInterface", "leads to the one address of that side", () => {
    const [peer] = graph.references(
      tunnel,
      "peerExternalGateway",
      "gcp:compute/externalVpnGateway:ExternalVpnGateway",
    ).nodes;
    // A gateway of Google Cloud on the other side has two interfaces, and each takes its like.
    if (!isSet(tunnel, "peerExternalGateway")) return !isSet(tunnel, "peerIp");
    if (peer === undefined) undecided("peerExternalGateway", "names no gateway of this stack");
    const addresses = new Map(
      (peer.props.interfaces ?? []).map((each) => [each.id ?? 0, each.ipAddress ?? each.ipv6Address]),
    );
    const reached = siblings(graph, tunnel).map((each) => addresses.get(each.props.peerExternalGatewayInterface ?? 0));
    return new Set(reached).size >= 2;
  });
}

/** Whether an input is there, known or not. */
function isSet({ inputs }: Node<Tunnel>, name: "vpnGateway" | "router" | "peerExternalGateway" | "peerIp"): boolean {
  return inputs[name] !== undefined && inputs[name] !== null;
}

/** Tunnels of the same gateway to the same side, this one among them. */
function siblings(graph: Graph, tunnel: Node<Tunnel>): readonly Node<Tunnel>[] {
  const end = (each: Node<Tunnel>, path: "vpnGateway" | "peerExternalGateway" | "peerGcpGateway") => {
    const { nodes, outside } = graph.references(
      each,
      path,
      "gcp:compute/haVpnGateway:HaVpnGateway",
      "gcp:compute/externalVpnGateway:ExternalVpnGateway",
    );
    return [...nodes.map(({ urn }) => urn), ...outside].join(" ");
  };
  const place = (each: Node<Tunnel>) =>
    [end(each, "vpnGateway"), end(each, "peerExternalGateway"), end(each, "peerGcpGateway")].join(" ");
  const own = place(tunnel);
  return graph.all("gcp:compute/vPNTunnel:VPNTunnel").filter((each) => place(each) === own);
}

function peersOf(graph: Graph, connection: Node<AzureConnection>) {
  return graph.to(connection, "localNetworkGateway2.id", "azure-native:network:LocalNetworkGateway");
}

/** A list of what is allowed that is there and holds nothing else. Without one, the gateway allows all that it knows. */
function only<T>(allowed: readonly T[] | undefined, fits: (each: T) => boolean): boolean {
  return allowed !== undefined && allowed.length > 0 && allowed.every(fits);
}

/** Google Cloud writes groups as `Group-14`, those of curves as `Curve25519`. */
function isGoogleGroup(name: string): boolean {
  if (/^curve-?25519$/i.test(name)) return true;
  const number = /^group-?(\d+)$/i.exec(name)?.[1];
  return number !== undefined && GROUPS.has(Number(number));
}

function judgeAws(connection: Inputs<AwsConnection>, expect: Expect): void {
  const cipher = (name: string) => CIPHERS.has(name);
  const group = (number: number) => GROUPS.has(number);
  const hash = (name: string) => /^SHA2-(256|384|512)$/.test(name);
  for (const tunnel of ["tunnel1", "tunnel2"] as const) {
    expect(`${tunnel}IkeVersions`, "allows IKE version 1", () =>
      only(connection[`${tunnel}IkeVersions`], (version) => version === "ikev2"),
    );
    for (const phase of ["Phase1", "Phase2"] as const) {
      const says = "allows a cipher that is not AES-256-GCM";
      expect(`${tunnel}${phase}EncryptionAlgorithms`, says, () =>
        only(connection[`${tunnel}${phase}EncryptionAlgorithms`], cipher),
      );
      expect(`${tunnel}${phase}IntegrityAlgorithms`, "allows SHA-1", () =>
        only(connection[`${tunnel}${phase}IntegrityAlgorithms`], hash),
      );
      expect(`${tunnel}${phase}DhGroupNumbers`, "allows a weak group", () =>
        only(connection[`${tunnel}${phase}DhGroupNumbers`], group),
      );
    }
  }
}

function judgeAzure(connection: Inputs<AzureConnection>, expect: Expect): void {
  const isIpsec = () => connection.connectionType === "IPsec" || connection.connectionType === "Vnet2Vnet";
  expect(
    "connectionProtocol",
    "is IKE version 1",
    () => !isIpsec() || (connection.connectionProtocol ?? "IKEv2") === "IKEv2",
  );
  expect("ipsecPolicies", "is missing: the gateway's own list has groups of 1,024 bits", () => {
    return !isIpsec() || (connection.ipsecPolicies ?? []).length > 0;
  });
  for (const [index, policy] of (connection.ipsecPolicies ?? []).entries()) {
    const at = `ipsecPolicies[${String(index)}]`;
    expect(`${at}.ipsecEncryption`, "is not AES-256-GCM", () => CIPHERS.has(policy.ipsecEncryption ?? ""));
    expect(`${at}.ipsecIntegrity`, "does not go with AES-256-GCM", () => policy.ipsecIntegrity === "GCMAES256");
    // Azure takes GCM for what is sent and, with some gateways, AES-256 with SHA-384 for the agreement before it:
    // https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-compliance-crypto
    expect(`${at}.ikeEncryption`, "is weaker than AES-256", () =>
      ["AES256", "GCMAES256"].includes(policy.ikeEncryption ?? ""),
    );
    expect(`${at}.ikeIntegrity`, "is weaker than SHA-256", () =>
      ["SHA256", "SHA384", "GCMAES256"].includes(policy.ikeIntegrity ?? ""),
    );
    expect(`${at}.dhGroup`, "is a weak group", () => GROUPS.has(AZURE_GROUPS[policy.dhGroup ?? ""] ?? 0));
    expect(`${at}.pfsGroup`, "is a weak group", () => GROUPS.has(AZURE_GROUPS[policy.pfsGroup ?? ""] ?? 0));
  }
}
