import { connections } from "./aws-connection";
import type { Providers } from "./providers";

/** Tunnels that also take IKE version 1, a cipher that proves nothing, and a group of 1,024 bits. */
export function plant(on: Providers): void {
  connections("weak", { asn: 65020, addresses: ["203.0.113.7", "203.0.113.8"] }, on, {
    tunnel1IkeVersions: ["ikev1", "ikev2"],
    tunnel1Phase1EncryptionAlgorithms: ["AES128", "AES256-GCM-16"],
    tunnel1Phase1DhGroupNumbers: [2, 20],
  });
}
