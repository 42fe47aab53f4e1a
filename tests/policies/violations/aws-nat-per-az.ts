import { Network } from "./aws-network";
import type { Providers } from "./providers";

/** Two zones that share the NAT gateway of one. */
export function plant(on: Providers): void {
  const network = new Network("shared-nat", 34, on.aws());
  const nat = network.nat(0, "us-west-2a");
  network.privateSubnet(1, "us-west-2a", nat);
  network.privateSubnet(2, "us-west-2b", nat);
}
