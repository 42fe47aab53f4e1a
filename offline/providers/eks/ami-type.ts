import type { OperatingSystem } from "@pulumi/eks/types/enums";
import { InputPropertyError } from "@pulumi/pulumi";

type Architecture = "x86_64" | "arm64";

/** AMI type of EKS by operating system, architecture and whether it comes with GPU drivers; absent: there is none. */
const AMI_TYPES: Record<OperatingSystem, Record<Architecture, { readonly plain: string; readonly gpu?: string }>> = {
  AL2: { x86_64: { plain: "AL2_x86_64", gpu: "AL2_x86_64_GPU" }, arm64: { plain: "AL2_ARM_64" } },
  AL2023: {
    x86_64: { plain: "AL2023_x86_64_STANDARD", gpu: "AL2023_x86_64_NVIDIA" },
    arm64: { plain: "AL2023_ARM_64_STANDARD" },
  },
  Bottlerocket: {
    x86_64: { plain: "BOTTLEROCKET_x86_64", gpu: "BOTTLEROCKET_x86_64_NVIDIA" },
    arm64: { plain: "BOTTLEROCKET_ARM_64", gpu: "BOTTLEROCKET_ARM_64_NVIDIA" },
  },
};

/** The AMI type that suits all the instance types; x86 when none is given. */
export function amiTypeOf(system: OperatingSystem, gpu: boolean, instanceTypes: readonly string[]): string {
  const architecture = architectureOf(instanceTypes);
  const found = AMI_TYPES[system][architecture];
  const ami = gpu ? found.gpu : found.plain;
  if (ami === undefined) {
    throw new InputPropertyError({
      propertyPath: "gpu",
      reason: `There is no recommended AMI for ${system} with GPU drivers and the architecture ${architecture}.`,
    });
  }
  return ami;
}

function architectureOf(instanceTypes: readonly string[]): Architecture {
  const found = new Set(instanceTypes.map(architectureOfOne));
  if (found.size > 1) {
    throw new InputPropertyError({
      propertyPath: "instanceTypes",
      reason:
        "Cannot determine architecture of instance types. The provided instance types do not share a common architecture",
    });
  }
  return found.has("arm64") ? "arm64" : "x86_64";
}

/** The letter after the generation is the processor's: `g` for Graviton. https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html */
function architectureOfOne(instanceType: string): Architecture {
  const processor = /^[a-z]+\d+([a-z])?[a-z-]*\.[a-z0-9-]+$/i.exec(instanceType);
  if (processor === null) {
    throw new InputPropertyError({
      propertyPath: "instanceTypes",
      reason: `Invalid EC2 instance type: ${instanceType}`,
    });
  }
  return processor[1] === "g" ? "arm64" : "x86_64";
}
