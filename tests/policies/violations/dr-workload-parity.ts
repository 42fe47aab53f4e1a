import { deployment } from "./deployment";
import type { Providers } from "./providers";

/** A server of which no replica runs. */
export function plant(on: Providers): void {
  deployment("asleep", on, { replicas: 0 });
}
