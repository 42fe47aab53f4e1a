import { Instance } from "@pulumi/aws/ec2/instance";
import { Network } from "./aws-network";
import type { Providers } from "./providers";

/** A machine in a subnet that the internet has a way into. */
export function plant(on: Providers): void {
  const subnet = new Network("exposed", 33, on.aws()).publicSubnet(0, "us-west-2a");
  new Instance("exposed", { ami: "ami-0abcdef1234567890", instanceType: "t3.micro", subnetId: subnet.id }, on.aws());
}
