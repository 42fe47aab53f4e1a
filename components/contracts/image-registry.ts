import type { Output } from "@pulumi/pulumi";

/** A registry of container images, one repository per image. */
export interface ImageRegistry {
  /** Address to push to and pull from, by repository name, without a tag. */
  readonly repositoryUrls: Readonly<Record<string, Output<string>>>;
}
