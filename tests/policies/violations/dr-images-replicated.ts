import { Repository } from "@pulumi/aws/ecr/repository";
import { deployment } from "./deployment";
import { REBUILDABLE, type Providers } from "./providers";

/** An image from a public registry beside the site's own. */
export function plant(on: Providers): void {
  new Repository("services", { imageTagMutability: "IMMUTABLE", tags: REBUILDABLE }, on.aws());
  deployment("foreign", on, {
    image: "docker.io/library/nginx@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  });
}
