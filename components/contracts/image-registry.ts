import type { Output } from "@pulumi/pulumi";
import type { Grantable } from "./grant";

/** A registry of container images, one repository per image; tags cannot be overwritten. */
export interface ImageRegistry extends Grantable {
  readonly kind: "images";
  /** Address to push to and pull from, by repository name, without a tag. */
  readonly repositoryUrls: Readonly<Record<string, Output<string>>>;
}
