import type { Capability, CapabilityMatrix, Cloud, Feature, Refusal } from "../contracts/capabilities";
import { awsCapabilities } from "./capabilities-aws";
import { azureCapabilities } from "./capabilities-azure";
import { gcpCapabilities } from "./capabilities-gcp";

/** What each cloud can do of each feature, why, and where it stands. */
export const capabilityMatrix: CapabilityMatrix = {
  aws: awsCapabilities,
  gcp: gcpCapabilities,
  azure: azureCapabilities,
};

/** A feature that was asked for and that the cloud does not have. */
export interface RefusedFeature extends Refusal {
  readonly feature: Feature;
}

/** The features among those asked for that a cloud refuses, in the order of the question, each once. */
export function refusals(cloud: Cloud, asked: readonly Feature[]): readonly RefusedFeature[] {
  return [...new Set(asked)].flatMap((feature) => {
    const capability: Capability = capabilityMatrix[cloud][feature];
    return capability.level === "refused" ? [{ ...capability, feature }] : [];
  });
}
