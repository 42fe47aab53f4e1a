import { SubnetGroup } from "@pulumi/aws/rds/subnetGroup";
import { Network } from "./aws-network";
import type { Providers } from "./providers";

/** A subnet of databases behind an internet gateway. */
export function plant(on: Providers): void {
  const subnet = new Network("data", 32, on.aws()).publicSubnet(0, "us-west-2a");
  new SubnetGroup("data", { subnetIds: [subnet.id] }, on.aws());
}
