import { Secret } from "@pulumi/aws/secretsmanager/secret";
import { REBUILDABLE, type Providers } from "./providers";

/** A copy in a region that the stack does not know of. */
export function plant(on: Providers): void {
  new Secret(
    "abroad",
    { tags: REBUILDABLE, recoveryWindowInDays: 30, replicas: [{ region: "ap-southeast-2" }] },
    on.aws(),
  );
}
