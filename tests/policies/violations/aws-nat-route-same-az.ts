import { Network } from "./aws-network";
import type { Providers } from "./providers";

/** Two zones with a NAT gateway each, of which one goes out by the other's. */
export function plant(on: Providers): void {
  const network = new Network("crossed-nat", 35, on.aws());
  const nat = network.nat(0, "us-west-2a");
  network.nat(1, "us-west-2b");
  network.privateSubnet(2, "us-west-2a", nat);
  network.privateSubnet(3, "us-west-2b", nat);
}
