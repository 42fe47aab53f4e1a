// A class of the SDK, not the folder of settings.
// eslint-disable-next-line no-restricted-imports
import { Config, type ConfigArgs } from "@pulumi/gcp/identityplatform/config";
import { ApiKey } from "@pulumi/gcp/projects/apiKey";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { IdentityProvider as IdentityProviderContract } from "../contracts/identity-provider";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import { authorizedDomains, keyRestrictions, type ClientSpec } from "./identity-provider.plan";
import type { Project } from "./project";

export interface IdentityProviderArgs {
  readonly project: Project;
  /** First part of the names of the applications' keys. */
  readonly prefix: string;
  /** `required`: nobody logs in without a second factor, an app that shows codes (TOTP). */
  readonly mfa: "required" | "optional";
  /** Whether people make accounts for themselves, or administrators alone do. */
  readonly signUp: "self" | "administrators";
  /** Applications by key. */
  readonly clients: Readonly<Record<string, ClientSpec>>;
  readonly secrets: SecretStore;
  readonly protection: Protection;
  readonly transform?: (config: ConfigArgs) => ConfigArgs;
}

/**
 * Log-in for people on Identity Platform, with a password and codes of an authenticator app. A project has one, which is never
 * switched off again: a destroyed stack leaves it and its accounts behind.
 * https://docs.cloud.google.com/identity-platform/docs/admin/enabling-totp-mfa
 *
 * Every application gets tokens for the same audience, the project, and tells itself apart by its key. Password rules and groups
 * are not of the resource: they are set by the Admin SDK, as are the claims that say who may do what. A deleted key can be brought
 * back for 30 days, in which its name is taken: https://docs.cloud.google.com/docs/authentication/api-keys#delete
 *
 * Cost: each person who logs in during a month, beyond 50,000.
 */
export class IdentityProvider extends ComponentResource implements IdentityProviderContract {
  readonly issuer: Output<string>;
  /** The audience of tokens: the project, for every application. */
  readonly clientIds: Readonly<Record<string, Output<string>>>;
  /** Keys of applications in a browser, which are no secret. */
  readonly browserKeys: Readonly<Record<string, Output<string>>>;
  /** Keys `clientId` and `apiKey`, by the key of each application on a server. */
  readonly clientCredentials: Readonly<Record<string, SecretReference>>;

  constructor(name: string, args: IdentityProviderArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:IdentityProvider", name, {}, opts);
    const { project, clients } = args;
    const configArgs: ConfigArgs = {
      project: project.id,
      authorizedDomains: [...authorizedDomains(clients)],
      autodeleteAnonymousUsers: true,
      signIn: {
        // One account for each address, and none without a password.
        allowDuplicateEmails: false,
        anonymous: { enabled: false },
        email: { enabled: true, passwordRequired: true },
      },
      client: {
        permissions: { disabledUserSignup: args.signUp === "administrators", disabledUserDeletion: true },
      },
      mfa: {
        state: args.mfa === "required" ? "MANDATORY" : "ENABLED",
        // No text messages: codes of the step before and after count, for clocks that are off.
        providerConfigs: [{ state: "ENABLED", totpProviderConfig: { adjacentIntervals: 1 } }],
      },
      monitoring: { requestLogging: { enabled: true } },
    };
    const config = new Config(`${name}-config`, args.transform?.(configArgs) ?? configArgs, {
      parent: this,
      protect: args.protection.protect,
    });
    // By the name of the configuration: a token is issued only once it is there.
    const audience = config.name.apply(() => project.projectId);
    this.issuer = interpolate`https://securetoken.google.com/${audience}`;
    this.clientIds = Object.fromEntries(Object.keys(clients).map((id) => [id, audience]));
    const browserKeys: Record<string, Output<string>> = {};
    const credentials: Record<string, SecretReference> = {};
    for (const [id, spec] of Object.entries(clients)) {
      const { keyString } = new ApiKey(
        `${name}-key-${id}`,
        {
          project: project.id,
          name: gcpName("resource", args.prefix, "log-in", id),
          displayName: `Log-in of ${id}`,
          restrictions: keyRestrictions(spec),
        },
        { parent: this },
      );
      if (spec.kind === "browser") browserKeys[id] = keyString;
      else {
        credentials[id] = args.secrets.put(`client-${id}`, { clientId: audience, apiKey: keyString }, { parent: this });
      }
    }
    this.browserKeys = browserKeys;
    this.clientCredentials = credentials;
    this.registerOutputs({ issuer: this.issuer, clientIds: this.clientIds });
  }
}
