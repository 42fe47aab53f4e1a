import { acceleratorOf, architectureOf } from "./instance-types";

/**
 * Whether an instance type runs an AMI of this type. EKS compares the architecture, and the device that an accelerated AMI has
 * drivers for; a plain AMI runs on an accelerated type too. https://github.com/eksctl-io/eksctl/pull/4973 (architecture),
 * https://github.com/rancher/rancher/issues/29472 (plain AMI); that a type without the device is refused follows from what
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html says of `amiType`
 */
export function runsAmi(instanceType: string, ami: string): boolean {
  if (ami === "CUSTOM") return true;
  if ((architectureOf(instanceType) === "arm64") !== ami.includes("ARM_64")) return false;
  const accelerator = acceleratorOf(instanceType);
  // The accelerated AMI of Amazon Linux 2 has the drivers of both devices.
  if (ami === "AL2_x86_64_GPU") return accelerator !== undefined;
  if (ami.includes("NVIDIA")) return accelerator === "gpu";
  return !ami.includes("NEURON") || accelerator === "neuron";
}
