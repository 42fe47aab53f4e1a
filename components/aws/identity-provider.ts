import { ResourceServer } from "@pulumi/aws/cognito/resourceServer";
import { UserGroup } from "@pulumi/aws/cognito/userGroup";
import { UserPool, type UserPoolArgs } from "@pulumi/aws/cognito/userPool";
import { UserPoolClient } from "@pulumi/aws/cognito/userPoolClient";
import { UserPoolDomain } from "@pulumi/aws/cognito/userPoolDomain";
import {
  ComponentResource,
  interpolate,
  type ComponentResourceOptions,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { IdentityProvider as IdentityProviderContract } from "../contracts/identity-provider";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import { unknownScopes, type ClientSpec, type TokenValidity } from "../planning/identity-provider";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { clientArgs } from "./identity-provider.plan";

export interface GroupSpec {
  readonly description: string;
  /** Of a person's groups the one with the lowest number counts first. */
  readonly precedence: number;
}

export interface IdentityProviderArgs {
  readonly account: Account;
  /** First part of the pool's name and of the domain of its pages; it must not contain `aws`, `amazon` or `cognito`. */
  readonly prefix: string;
  /** `required`: nobody logs in without a second factor, an app that shows codes (TOTP). */
  readonly mfa: "required" | "optional";
  /** Whether people make accounts for themselves, or administrators alone do. */
  readonly signUp: "self" | "administrators";
  /** What happens on log-ins that look stolen: nothing, a record, or a refusal. Other than `off` it takes the dearer tier Plus. */
  readonly threatProtection: "off" | "audit" | "enforced";
  /** Applications by key. */
  readonly clients: Readonly<Record<string, ClientSpec>>;
  /** Rights that applications ask for: descriptions by scope, by the API's name. A scope's full name is `<api>/<scope>`. */
  readonly apis: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Roles of people, which tokens carry in the claim `cognito:groups`, by name. */
  readonly groups: Readonly<Record<string, GroupSpec>>;
  readonly tokens: TokenValidity;
  readonly secrets: SecretStore;
  readonly protection: Protection;
  readonly transform?: (pool: UserPoolArgs) => UserPoolArgs;
}

/**
 * Log-in for people on Amazon Cognito. Its data are encrypted with keys of Cognito; it answers over TLS 1.2 at least.
 *
 * Cost: each person who logs in during a month; in the tier Plus about three times as much.
 */
export class IdentityProvider extends ComponentResource implements IdentityProviderContract {
  readonly issuer: Output<string>;
  readonly clientIds: Readonly<Record<string, Output<string>>>;
  /** Keys `clientId` and `clientSecret`, by the key of each application that has a secret. */
  readonly clientCredentials: Readonly<Record<string, SecretReference>>;

  constructor(name: string, args: IdentityProviderArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:IdentityProvider", name, {}, opts);
    const { protection } = args;
    const parent = { parent: this };
    const unknown = unknownScopes(args.clients, args.apis);
    if (unknown.length > 0) throw new Error(unknown.join("\n"));
    const poolArgs: UserPoolArgs = {
      name: `${args.prefix}-people`,
      userPoolTier: args.threatProtection === "off" ? "ESSENTIALS" : "PLUS",
      userPoolAddOns: { advancedSecurityMode: args.threatProtection.toUpperCase() },
      deletionProtection: protection.deletionProtection ? "ACTIVE" : "INACTIVE",
      // Neither can ever be changed without losing every account.
      aliasAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ["email"],
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
      adminCreateUserConfig: { allowAdminCreateUserOnly: args.signUp === "administrators" },
      mfaConfiguration: args.mfa === "required" ? "ON" : "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
      passwordPolicy: {
        minimumLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
        passwordHistorySize: 5,
        temporaryPasswordValidityDays: 3,
      },
    };
    const pool = new UserPool(`${name}-pool`, args.transform?.(poolArgs) ?? poolArgs, {
      parent: this,
      protect: protection.protect,
    });
    new UserPoolDomain(
      `${name}-domain`,
      {
        userPoolId: pool.id,
        // A prefix is taken for all accounts of the region.
        domain: interpolate`${args.prefix}-${args.account.id}`,
        // The newer pages, version 2, need a style for each application first.
        managedLoginVersion: 1,
      },
      parent,
    );
    const apis = Object.entries(args.apis).map(
      ([api, scopes]) =>
        new ResourceServer(
          `${name}-api-${api}`,
          {
            userPoolId: pool.id,
            identifier: api,
            name: api,
            scopes: Object.entries(scopes).map(([scopeName, scopeDescription]) => ({ scopeName, scopeDescription })),
          },
          parent,
        ),
    );
    for (const [group, spec] of Object.entries(args.groups)) {
      new UserGroup(`${name}-group-${group}`, { userPoolId: pool.id, name: group, ...spec }, parent);
    }
    const clients = this.clients(name, args, pool, apis);
    this.issuer = interpolate`https://${pool.endpoint}`;
    this.clientIds = clients.ids;
    this.clientCredentials = clients.credentials;
    this.registerOutputs({ issuer: this.issuer, clientIds: this.clientIds });
  }

  private clients(name: string, args: IdentityProviderArgs, pool: UserPool, apis: readonly Resource[]) {
    const ids: Record<string, Output<string>> = {};
    const credentials: Record<string, SecretReference> = {};
    for (const [id, spec] of Object.entries(args.clients)) {
      const client = new UserPoolClient(
        `${name}-client-${id}`,
        { userPoolId: pool.id, name: id, ...clientArgs(spec, args.tokens) },
        // A client may ask only for scopes that exist.
        { parent: this, dependsOn: [...apis], additionalSecretOutputs: ["clientSecret"] },
      );
      ids[id] = client.id;
      if (spec.kind === "browser") continue;
      credentials[id] = args.secrets.put(
        `client-${id}`,
        { clientId: client.id, clientSecret: client.clientSecret },
        { parent: this },
      );
    }
    return { ids, credentials };
  }
}
