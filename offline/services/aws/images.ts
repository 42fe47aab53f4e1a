import { createHash } from "node:crypto";
import type { Architecture } from "./instance-types";

/** An AMI id that is always the same for the same image in the same region. */
export function imageId(...facts: readonly string[]): string {
  return `ami-0${createHash("sha256").update(facts.join("|")).digest("hex").slice(0, 16)}`;
}

const AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest";

/**
 * Parameters that AWS publishes for images, as patterns:
 * https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html,
 * https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id-bottlerocket.html,
 * https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
 */
const PUBLIC_IMAGES: readonly RegExp[] = [
  /^\/aws\/service\/eks\/optimized-ami\/1\.\d\d\/amazon-linux-2023\/(x86_64|arm64)\/(standard|nvidia|neuron)\/(recommended|amazon-eks-node-[\w.-]+)\/image_id$/,
  /^\/aws\/service\/bottlerocket\/aws-k8s-1\.\d\d(-nvidia|-fips)?\/(x86_64|arm64)\/(latest|\d+\.\d+\.\d+)\/image_id$/,
  /^\/aws\/service\/ami-windows-latest\/Windows_Server-20\d\d-English-(Core|Full)-EKS_Optimized-1\.\d\d\/image_id$/,
  /^\/aws\/service\/ami-amazon-linux-latest\/al2023-ami-(minimal-)?kernel-(default|6\.\d+)-(x86_64|arm64)$/,
];

/** The image that a public parameter names in a region; undefined for a parameter that AWS does not publish. */
export function publicImage(name: string, region: string): string | undefined {
  return PUBLIC_IMAGES.some((pattern) => pattern.test(name)) ? imageId(name, region) : undefined;
}

/** Kernels of AL2023 that the architecture of an image id is known for. */
const KERNELS = ["default", "6.1", "6.12"];

/**
 * Architecture of the image that an instance names, where that can be told: an AL2023 image by its id, any image by the public
 * parameter that stands for it (`resolve:ssm:…`).
 */
export function architectureOfImage(image: string, region: string): Architecture | undefined {
  const architectures = ["x86_64", "arm64"] as const;
  if (image.startsWith("resolve:ssm:")) return architectures.find((each) => image.includes(each));
  return architectures.find((each) =>
    KERNELS.some((kernel) =>
      ["", "minimal-"].some(
        (kind) => imageId(`${AMAZON_LINUX}/al2023-ami-${kind}kernel-${kernel}-${each}`, region) === image,
      ),
    ),
  );
}
