import { Network } from "@pulumi/gcp/compute/network";
import { Router } from "@pulumi/gcp/compute/router";
import { RouterNat } from "@pulumi/gcp/compute/routerNat";
import type { Providers } from "./providers";

/** A NAT gateway for whatever subnet there is, and will be. */
export function plant(on: Providers): void {
  const network = new Network("nat", { autoCreateSubnetworks: false }, on.gcp());
  const router = new Router("nat", { network: network.id, region: "us-central1" }, on.gcp());
  new RouterNat(
    "nat",
    {
      router: router.name,
      region: "us-central1",
      natIpAllocateOption: "AUTO_ONLY",
      sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
      logConfig: { enable: true, filter: "ERRORS_ONLY" },
    },
    on.gcp(),
  );
}
