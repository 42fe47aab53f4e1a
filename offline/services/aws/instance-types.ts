import sizes from "./instance-types.json";
import { zonesOf } from "./regions";

/*
 * Instance types of EC2: the sizes of each family, from the enumeration of the service model in botocore 1.43.11.
 * A type that is not in it does not exist here.
 */
const SIZES: Readonly<Record<string, string>> = sizes;

export type Architecture = "x86_64" | "arm64";

/** `gpu`: NVIDIA or AMD; `neuron`: Inferentia or Trainium. */
export type Accelerator = "gpu" | "neuron";

/**
 * Families that a zone is known to lack, by zone id. AWS publishes no table of zones; a family that is not named here is offered
 * in every zone. https://github.com/ned1313/Getting-Started-Terraform/issues/44 (t3),
 * https://github.com/skyplane-project/skyplane/issues/172 (m5), https://github.com/compiler-explorer/infra/issues/601 (c5),
 * https://github.com/kubernetes-sigs/provider-aws-test-infra/pull/354 (r5d),
 * https://github.com/hashicorp/field-workshops-terraform/issues/70 (t2 in us-west-2d)
 */
const LACKING: Readonly<Record<string, readonly string[]>> = {
  "use1-az3": ["t3", "m5", "c5", "r5d"],
  "usw2-az4": ["t2"],
};

/** Arm families that the letter after the generation does not tell: Graviton 1, Grace. */
const OTHER_ARM = new Set(["a1", "p6e-gb200"]);

export function isInstanceType(type: string): boolean {
  const [family, size] = parts(type);
  return SIZES[family]?.split(" ").includes(size) === true;
}

/** Every type, by family and size. */
export function instanceTypes(): readonly string[] {
  return Object.entries(SIZES).flatMap(([family, each]) => each.split(" ").map((size) => `${family}.${size}`));
}

/** https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html: `g` after the generation is Graviton. */
export function architectureOf(type: string): Architecture {
  const [family] = parts(type);
  return OTHER_ARM.has(family) || /^[a-z]+\d+g/.test(family) ? "arm64" : "x86_64";
}

/** https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html */
export function acceleratorOf(type: string): Accelerator | undefined {
  const [family] = parts(type);
  if (/^(inf|trn)\d/.test(family)) return "neuron";
  return /^(p|g|gr)\d/.test(family) ? "gpu" : undefined;
}

/** Names of the region's zones that offer a type. */
export function zonesOffering(type: string, region: string): readonly string[] {
  const [family] = parts(type);
  return zonesOf(region).flatMap(({ name, id }) => (LACKING[id]?.includes(family) === true ? [] : [name]));
}

function parts(type: string): readonly [family: string, size: string] {
  const [family = "", ...size] = type.split(".");
  return [family, size.join(".")];
}
