import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import type { Providers } from "./providers";

/** A namespace of a mesh that takes requests in clear. */
export function plant(on: Providers): void {
  new Namespace("mesh", { metadata: { name: "mesh", labels: { "istio-injection": "enabled" } } }, on.kubernetes());
}
