import { CustomerGateway } from "@pulumi/aws/ec2/customerGateway";
import { VpnConnection, type VpnConnectionArgs } from "@pulumi/aws/ec2/vpnConnection";
import { VpnGateway } from "@pulumi/aws/ec2/vpnGateway";
import type { Providers } from "./providers";

const STRONG = {
  tunnel1IkeVersions: ["ikev2"],
  tunnel1Phase1EncryptionAlgorithms: ["AES256-GCM-16"],
  tunnel1Phase2EncryptionAlgorithms: ["AES256-GCM-16"],
  tunnel1Phase1IntegrityAlgorithms: ["SHA2-384"],
  tunnel1Phase2IntegrityAlgorithms: ["SHA2-384"],
  tunnel1Phase1DhGroupNumbers: [20],
  tunnel1Phase2DhGroupNumbers: [20],
  tunnel2IkeVersions: ["ikev2"],
  tunnel2Phase1EncryptionAlgorithms: ["AES256-GCM-16"],
  tunnel2Phase2EncryptionAlgorithms: ["AES256-GCM-16"],
  tunnel2Phase1IntegrityAlgorithms: ["SHA2-384"],
  tunnel2Phase2IntegrityAlgorithms: ["SHA2-384"],
  tunnel2Phase1DhGroupNumbers: [20],
  tunnel2Phase2DhGroupNumbers: [20],
};

/** Another site: its number of BGP, and its addresses. */
interface OtherSide {
  readonly asn: number;
  readonly addresses: readonly string[];
}

/** A connection to each address of another site, strong but for what `weaker` says. */
export function connections(
  name: string,
  { asn, addresses }: OtherSide,
  on: Providers,
  weaker: Partial<VpnConnectionArgs> = {},
): void {
  const gateway = new VpnGateway(name, { amazonSideAsn: "64512" }, on.aws());
  for (const [index, ipAddress] of addresses.entries()) {
    const one = `${name}-${String(index)}`;
    const other = new CustomerGateway(one, { bgpAsn: String(asn), ipAddress, type: "ipsec.1" }, on.aws());
    new VpnConnection(
      one,
      { ...STRONG, vpnGatewayId: gateway.id, customerGatewayId: other.id, type: "ipsec.1", ...weaker },
      on.aws(),
    );
  }
}
