import { Unknown, type Properties } from "../../../../offline/cloud/value";
import { linkRules } from "../../../../policies/rules/recovery/links";
import { written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const CONNECTION = "aws:ec2/vpnConnection:VpnConnection";
const CUSTOMER = "aws:ec2/customerGateway:CustomerGateway";
const TUNNEL = "gcp:compute/vPNTunnel:VPNTunnel";
const END = "gcp:compute/routerInterface:RouterInterface";
const PEER = "gcp:compute/routerPeer:RouterPeer";
const EXTERNAL = "gcp:compute/externalVpnGateway:ExternalVpnGateway";
const HA = "gcp:compute/haVpnGateway:HaVpnGateway";
const AZURE = "azure-native:network:VirtualNetworkGatewayConnection";
const LOCAL = "azure-native:network:LocalNetworkGateway";
const GATEWAY = "azure-native:network:VirtualNetworkGateway";

const crypto = (tunnel: string): Properties => ({
  [`${tunnel}IkeVersions`]: ["ikev2"],
  ...Object.fromEntries<readonly (string | number)[]>(
    ["Phase1", "Phase2"].flatMap((phase): [string, (string | number)[]][] => [
      [`${tunnel}${phase}EncryptionAlgorithms`, ["AES256-GCM-16"]],
      [`${tunnel}${phase}IntegrityAlgorithms`, ["SHA2-384"]],
      [`${tunnel}${phase}DhGroupNumbers`, [20]],
    ]),
  ),
});

const connection = written(CONNECTION, {
  customerGatewayId: "cgw-1",
  transitGatewayId: "tgw-1",
  type: "ipsec.1",
  ...crypto("tunnel1"),
  ...crypto("tunnel2"),
});

const tunnel = written(TUNNEL, {
  ikeVersion: 2,
  vpnGateway: "vpn",
  cipherSuite: {
    phase1: { encryptions: ["AES-GCM-16-256"], dhs: ["Group-20"], integrities: [], prves: ["PRF-HMAC-SHA2-384"] },
    phase2: { encryptions: ["AES-GCM-16-256"], pfs: ["Group-20"] },
  },
});

const policy = {
  dhGroup: "ECP384",
  ikeEncryption: "GCMAES256",
  ikeIntegrity: "SHA384",
  ipsecEncryption: "GCMAES256",
  ipsecIntegrity: "GCMAES256",
  pfsGroup: "ECP384",
  saDataSizeKilobytes: 102_400_000,
  saLifeTimeSeconds: 3600,
};

const azure = written(AZURE, { connectionType: "IPsec", connectionProtocol: "IKEv2", ipsecPolicies: [policy] });

describe("rules on links between sites", () => {
  provesResource(linkRules, "net-vpn-strong-crypto", {
    passes: [connection, tunnel, azure],
    alsoPasses: [
      { when: "version 2 is the default of Google Cloud", of: tunnel, remove: ["ikeVersion"] },
      { when: "a curve is a group", of: tunnel, set: { "cipherSuite.phase1.dhs": ["Curve25519", "Group-14"] } },
      { when: "the connection is no tunnel", of: written(AZURE, { connectionType: "ExpressRoute" }) },
    ],
    fails: [
      { set: { tunnel1IkeVersions: ["ikev1", "ikev2"] }, at: "tunnel1IkeVersions" },
      { remove: ["tunnel2IkeVersions"], at: "tunnel2IkeVersions" },
      { set: { tunnel2IkeVersions: [] }, at: "tunnel2IkeVersions" },
      {
        set: { tunnel1Phase1EncryptionAlgorithms: ["AES256-GCM-16", "AES128"] },
        at: "tunnel1Phase1EncryptionAlgorithms",
      },
      { remove: ["tunnel2Phase2EncryptionAlgorithms"], at: "tunnel2Phase2EncryptionAlgorithms" },
      { set: { tunnel1Phase2IntegrityAlgorithms: ["SHA1"] }, at: "tunnel1Phase2IntegrityAlgorithms" },
      { set: { tunnel1Phase1DhGroupNumbers: [2, 20] }, at: "tunnel1Phase1DhGroupNumbers" },
      { set: { tunnel1Phase1DhGroupNumbers: [22] }, at: "tunnel1Phase1DhGroupNumbers" },
      { of: tunnel, set: { ikeVersion: 1 }, at: "ikeVersion" },
      {
        of: tunnel,
        remove: ["cipherSuite"],
        at: [
          "cipherSuite.phase1.encryptions",
          "cipherSuite.phase2.encryptions",
          "cipherSuite.phase1.dhs",
          "cipherSuite.phase2.pfs",
        ],
      },
      {
        of: tunnel,
        set: { "cipherSuite.phase1.encryptions": ["AES-CBC-256"] },
        at: "cipherSuite.phase1.encryptions",
      },
      { of: tunnel, set: { "cipherSuite.phase2.pfs": ["Group-2"] }, at: "cipherSuite.phase2.pfs" },
      { of: azure, set: { connectionProtocol: "IKEv1" }, at: "connectionProtocol" },
      { of: azure, remove: ["ipsecPolicies"], at: "ipsecPolicies" },
      { of: azure, set: { ipsecPolicies: [] }, at: "ipsecPolicies" },
      { of: azure, set: { "ipsecPolicies[0].ipsecEncryption": "AES256" }, at: "ipsecPolicies[0].ipsecEncryption" },
      { of: azure, set: { "ipsecPolicies[0].ipsecIntegrity": "SHA1" }, at: "ipsecPolicies[0].ipsecIntegrity" },
      { of: azure, set: { "ipsecPolicies[0].ikeEncryption": "DES3" }, at: "ipsecPolicies[0].ikeEncryption" },
      { of: azure, set: { "ipsecPolicies[0].ikeIntegrity": "MD5" }, at: "ipsecPolicies[0].ikeIntegrity" },
      { of: azure, set: { "ipsecPolicies[0].dhGroup": "DHGroup2" }, at: "ipsecPolicies[0].dhGroup" },
      { of: azure, set: { "ipsecPolicies[0].pfsGroup": "None" }, at: "ipsecPolicies[0].pfsGroup" },
    ],
    unknown: ["tunnel1IkeVersions", "tunnel2Phase1DhGroupNumbers"],
  });

  provesStack(linkRules, "net-vpn-redundant", {
    of: "prod",
    with: (stack) => awsLink(awsLink(stack, "one", "192.0.2.1"), "two", "192.0.2.2"),
    fails: [
      {
        when: "there is one connection",
        change: (stack) => stack.drop(CONNECTION, "two"),
        violated: [`${CONNECTION} one customerGatewayId`],
      },
      {
        when: "both lead to one address",
        change: (stack) => stack.change(CUSTOMER, "two-gateway", { set: { ipAddress: "192.0.2.1" } }),
        violated: [`${CONNECTION} one customerGatewayId`, `${CONNECTION} two customerGatewayId`],
      },
      {
        when: "the other one leads to another side",
        change: (stack) => stack.change(CUSTOMER, "two-gateway", { set: { bgpAsn: "65010" } }),
        violated: [`${CONNECTION} one customerGatewayId`, `${CONNECTION} two customerGatewayId`],
      },
      {
        when: "the other one starts at another gateway",
        change: (stack) => stack.change(CONNECTION, "two", { set: { transitGatewayId: "tgw-elsewhere" } }),
        violated: [`${CONNECTION} one customerGatewayId`, `${CONNECTION} two customerGatewayId`],
      },
      {
        when: "routes are a fixed list",
        change: (stack) => stack.change(CONNECTION, "one", { set: { staticRoutesOnly: true } }),
        violated: [`${CONNECTION} one staticRoutesOnly`],
      },
    ],
    undecided: [
      {
        when: "the gateway is outside of the stack",
        change: (stack) =>
          stack.drop(CONNECTION, "two").change(CONNECTION, "one", { set: { customerGatewayId: "cgw-elsewhere" } }),
        of: [`${CONNECTION} one`],
      },
      {
        when: "the address of one is not known",
        change: (stack) => stack.change(CUSTOMER, "two-gateway", { set: { ipAddress: Unknown.value } }),
        of: [`${CONNECTION} one`, `${CONNECTION} two`],
      },
    ],
  });

  provesStack(linkRules, "net-vpn-redundant", {
    of: "prod-gcp",
    stack: { stack: "prod-gcp" },
    with: googleLink,
    fails: [
      {
        when: "one of the tunnels is missing",
        change: (stack) => stack.drop(TUNNEL, "tunnel-1"),
        violated: [`${TUNNEL} tunnel-0 peerExternalGatewayInterface`, `${TUNNEL} tunnel-0 vpnGatewayInterface`],
      },
      {
        when: "both start at one interface",
        change: (stack) => stack.change(TUNNEL, "tunnel-1", { set: { vpnGatewayInterface: 0 } }),
        violated: [`${TUNNEL} tunnel-0 vpnGatewayInterface`, `${TUNNEL} tunnel-1 vpnGatewayInterface`],
      },
      {
        when: "both lead to one address",
        change: (stack) => stack.change(EXTERNAL, "aws", { set: { "interfaces[1].ipAddress": "192.0.2.1" } }),
        violated: [
          `${TUNNEL} tunnel-0 peerExternalGatewayInterface`,
          `${TUNNEL} tunnel-1 peerExternalGatewayInterface`,
        ],
      },
      {
        when: "a tunnel has no session",
        change: (stack) => stack.drop(PEER, "peer-1"),
        violated: [`${TUNNEL} tunnel-1 router`],
      },
      {
        when: "a tunnel has no router",
        change: (stack) => stack.change(TUNNEL, "tunnel-1", { remove: ["router"] }),
        violated: [`${TUNNEL} tunnel-1 router`],
      },
      {
        when: "a tunnel is of a classic gateway",
        change: (stack) =>
          stack.change(TUNNEL, "tunnel-1", { remove: ["vpnGateway"], set: { targetVpnGateway: "classic" } }),
        violated: [
          `${TUNNEL} tunnel-0 peerExternalGatewayInterface`,
          `${TUNNEL} tunnel-0 vpnGatewayInterface`,
          `${TUNNEL} tunnel-1 peerExternalGatewayInterface`,
          `${TUNNEL} tunnel-1 vpnGateway`,
        ],
      },
    ],
    undecided: [
      {
        when: "the gateway of the other side is outside of the stack",
        change: (stack) =>
          stack
            .change(TUNNEL, "tunnel-0", { set: { peerExternalGateway: "elsewhere" } })
            .change(TUNNEL, "tunnel-1", { set: { peerExternalGateway: "elsewhere" } }),
        of: [`${TUNNEL} tunnel-0`, `${TUNNEL} tunnel-1`],
      },
    ],
  });

  provesStack(linkRules, "net-vpn-redundant", {
    of: "dr",
    stack: { stack: "dr" },
    with: (stack) => azureLink(azureLink(stack, "one", "192.0.2.1"), "two", "192.0.2.2"),
    alsoPasses: [
      { when: "there are no links yet", change: (stack) => stack.dropAll(AZURE).dropAll(LOCAL) },
      {
        when: "the gateway is one for circuits",
        change: (stack) =>
          stack.change(GATEWAY, "gateway-vpn", { set: { gatewayType: "ExpressRoute", activeActive: false } }),
      },
    ],
    fails: [
      {
        when: "one instance is idle",
        change: (stack) => stack.change(GATEWAY, "gateway-vpn", { set: { activeActive: false } }),
        violated: [`${GATEWAY} gateway-vpn activeActive`],
      },
      {
        when: "the gateway has one address",
        change: (stack) => stack.change(GATEWAY, "gateway-vpn", { remove: ["ipConfigurations[1]"] }),
        violated: [`${GATEWAY} gateway-vpn ipConfigurations`],
      },
      {
        when: "the gateway does not speak BGP",
        change: (stack) => stack.change(GATEWAY, "gateway-vpn", { remove: ["enableBgp"] }),
        violated: [`${GATEWAY} gateway-vpn enableBgp`],
      },
      {
        when: "the gateway stands in one zone",
        change: (stack) => stack.change(GATEWAY, "gateway-vpn", { set: { "sku.name": "VpnGw2" } }),
        violated: [`${GATEWAY} gateway-vpn sku.name`],
      },
      {
        when: "there is one connection",
        change: (stack) => stack.drop(AZURE, "two"),
        violated: [`${AZURE} one localNetworkGateway2`],
      },
      {
        when: "both lead to one address",
        change: (stack) => stack.change(LOCAL, "two-side", { set: { gatewayIpAddress: "192.0.2.1" } }),
        violated: [`${AZURE} one localNetworkGateway2`, `${AZURE} two localNetworkGateway2`],
      },
      {
        when: "a connection does not speak BGP",
        change: (stack) => stack.change(AZURE, "one", { set: { enableBgp: false } }),
        violated: [`${AZURE} one enableBgp`],
      },
      {
        when: "one side is the way to two sites",
        change: (stack) =>
          stack.change(LOCAL, "one-side", {
            set: { localNetworkAddressSpace: { addressPrefixes: ["10.32.0.0/12", "10.48.0.0/12"] } },
          }),
        violated: [`${LOCAL} one-side localNetworkAddressSpace.addressPrefixes`],
      },
    ],
    undecided: [
      {
        when: "the other side is outside of the stack",
        change: (stack) =>
          stack.drop(AZURE, "two").change(AZURE, "one", { set: { localNetworkGateway2: { id: "elsewhere" } } }),
        of: [`${AZURE} one`],
      },
    ],
  });
});

function awsLink(stack: StackUnderTest, name: string, ipAddress: string): StackUnderTest {
  return stack
    .add(CUSTOMER, `${name}-gateway`, { inputs: { bgpAsn: "64514", ipAddress, type: "ipsec.1" } })
    .add(CONNECTION, name, {
      inputs: { customerGatewayId: `${name}-gateway`, transitGatewayId: "tgw-1", type: "ipsec.1" },
      from: { customerGatewayId: [`${CUSTOMER} ${name}-gateway`] },
    });
}

function googleLink(stack: StackUnderTest): StackUnderTest {
  let made = stack.add(EXTERNAL, "aws", {
    inputs: {
      redundancyType: "TWO_IPS_REDUNDANCY",
      interfaces: [
        { id: 0, ipAddress: "192.0.2.1" },
        { id: 1, ipAddress: "192.0.2.2" },
      ],
    },
  });
  for (const side of [0, 1]) {
    made = made
      .add(TUNNEL, `tunnel-${String(side)}`, {
        inputs: {
          vpnGateway: stack.one(HA, "gateway-vpn").outputs["selfLink"] ?? "",
          vpnGatewayInterface: side,
          peerExternalGateway: "aws",
          peerExternalGatewayInterface: side,
          router: "portfolio-prod-gcp-gateway-router",
        },
        outputs: { name: `tunnel-${String(side)}` },
        from: { vpnGateway: [`${HA} gateway-vpn`], peerExternalGateway: [`${EXTERNAL} aws`] },
      })
      .add(END, `end-${String(side)}`, {
        inputs: {
          router: "portfolio-prod-gcp-gateway-router",
          vpnTunnel: `tunnel-${String(side)}`,
          name: `end-${String(side)}`,
        },
        from: { vpnTunnel: [`${TUNNEL} tunnel-${String(side)}`] },
      })
      .add(PEER, `peer-${String(side)}`, {
        inputs: { router: "portfolio-prod-gcp-gateway-router", interface: `end-${String(side)}`, peerAsn: 64512 },
        from: { interface: [`${END} end-${String(side)}`] },
      });
  }
  return made;
}

function azureLink(stack: StackUnderTest, name: string, gatewayIpAddress: string): StackUnderTest {
  return stack
    .add(LOCAL, `${name}-side`, { inputs: { gatewayIpAddress, bgpSettings: { asn: 64512 } } })
    .add(AZURE, name, {
      inputs: { connectionType: "IPsec", enableBgp: true, localNetworkGateway2: { id: `${name}-side` } },
      from: { localNetworkGateway2: [`${LOCAL} ${name}-side`] },
    });
}
