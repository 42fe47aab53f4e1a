import type { Output } from "@pulumi/pulumi";

/** Log-in for people by OAuth 2.0 and OpenID Connect. */
export interface IdentityProvider {
  /** Issuer of the tokens, an HTTPS URL; its metadata is under `/.well-known/openid-configuration`. */
  readonly issuer: Output<string>;
  /** Client ids by the application's key. */
  readonly clientIds: Readonly<Record<string, Output<string>>>;
}
