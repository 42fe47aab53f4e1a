import { UserPool } from "@pulumi/aws/cognito/userPool";
import type { Providers } from "./providers";

/** Accounts of users that one removed line deletes. */
export function plant(on: Providers): void {
  new UserPool("unprotected", { deletionProtection: "ACTIVE" }, on.aws());
}
