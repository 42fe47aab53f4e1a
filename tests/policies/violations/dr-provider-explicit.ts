import { Topic } from "@pulumi/aws/sns/topic";
import type { Providers } from "./providers";

/** Something made in a region that the stack does not know of. */
export function plant(on: Providers): void {
  new Topic("astray", {}, on.aws("eu-north-1"));
}
