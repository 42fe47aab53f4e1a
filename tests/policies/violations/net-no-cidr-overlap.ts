import { Vpc } from "@pulumi/aws/ec2/vpc";
import type { Providers } from "./providers";

/** Two networks with some addresses in common. */
export function plant(on: Providers): void {
  new Vpc("wide", { cidrBlock: "10.40.0.0/15" }, on.aws());
  new Vpc("narrow", { cidrBlock: "10.41.0.0/16" }, on.aws());
}
