import { deployment } from "./deployment";
import type { Providers } from "./providers";

/** A password in the template of a pod. */
export function plant(on: Providers): void {
  deployment("literal", on, { env: [{ name: "DATABASE_PASSWORD", value: "wren-42-Lantern" }] });
}
