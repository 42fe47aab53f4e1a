import { Secret } from "@pulumi/aws/secretsmanager/secret";
import { REBUILDABLE, type Providers } from "./providers";

/** A secret in one region alone. */
export function plant(on: Providers): void {
  new Secret("alone", { tags: REBUILDABLE, recoveryWindowInDays: 30 }, on.aws());
}
