import { Record } from "@pulumi/aws/route53/record";
import { Zone } from "@pulumi/aws/route53/zone";
import type { Providers } from "./providers";

/** A name with one target. */
export function plant(on: Providers): void {
  const zone = new Zone("public", { name: "shop.example" }, on.aws());
  new Record(
    "app",
    { zoneId: zone.zoneId, name: "app.shop.example", type: "A", ttl: 60, records: ["198.51.100.20"] },
    on.aws(),
  );
}
