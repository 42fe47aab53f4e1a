import { connections } from "./aws-connection";
import type { Providers } from "./providers";

/** One connection, to one address of the other side. */
export function plant(on: Providers): void {
  connections("single", { asn: 65010, addresses: ["198.51.100.7"] }, on);
}
