import { z } from "zod";
import { unknownScopes, type ClientSpec } from "../../components/planning/identity-provider";
import { createOrSkip, identifier, requirementOf, text, wholeNumber } from "./values";

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html, CallbackURLs */
const callbackAddress = text(
  /^(https:\/\/|http:\/\/localhost(:\d+)?(\/|$))[^#\s]*$/,
  "an address by https, or of http://localhost",
);

export const callbackUrls = z.array(callbackAddress).min(1, "give at least one address that a log-in may return to");

const redirecting = {
  callbackUrls,
  logoutUrls: z.array(callbackAddress).default([]),
  scopes: z.array(z.string()).min(1, "give at least one scope, such as openid"),
};

const client = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("browser"), ...redirecting }),
    z.strictObject({ kind: z.literal("server"), ...redirecting }),
    z.strictObject({ kind: z.literal("service"), scopes: redirecting.scopes }),
  ],
  {
    error: "give a kind of application: browser, server or service",
  },
);

const api = z.record(
  text(/^[a-z][a-z0-9:_-]*$/, "lower-case letters, digits, :, _ and -"),
  z.string().min(1, "say what it allows"),
);

/** Whether people log in by the cloud's own means, and whether with a second factor. */
export function logInFields(defaults: { readonly mode: "create" | "skip"; readonly requirement?: string }) {
  const requirement = requirementOf(defaults.requirement);
  return {
    mode: createOrSkip(defaults.mode).meta({
      description: "Whether the cloud's own log-in for people is made",
      ...requirement,
    }),
    mfa: z
      .enum(["required", "optional"])
      .default("required")
      .meta({ description: "Whether nobody logs in without a second factor", ...requirement }),
  };
}

export const signUp = z
  .enum(["self", "administrators"])
  .default("administrators")
  .meta({ description: "Who makes accounts" });

export function identityProviderSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly clients: Readonly<Record<string, ClientSpec>>;
  readonly apis: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly groups: Readonly<Record<string, { readonly description: string; readonly precedence: number }>>;
  readonly threatProtection: "off" | "audit" | "enforced";
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      ...logInFields(defaults),
      signUp,
      threatProtection: z
        .enum(["off", "audit", "enforced"])
        .default(defaults.threatProtection)
        .meta({ description: "What happens on log-ins that look stolen; other than `off` takes the dearer tier" }),
      accessTokenMinutes: wholeNumber(5, 1440)
        .default(15)
        .meta({ description: "How long an access token holds; it cannot be taken back before", unit: "minutes" }),
      idTokenMinutes: wholeNumber(5, 1440)
        .default(15)
        .meta({ description: "How long an ID token holds", unit: "minutes" }),
      refreshTokenDays: wholeNumber(1, 3650)
        .default(7)
        .meta({ description: "How long nobody has to log in again", unit: "days" }),
      clients: z
        .record(identifier, client)
        .default(structuredClone(defaults.clients) as Record<string, z.output<typeof client>>)
        .meta({
          description:
            "Applications by key, each with `kind` (`browser`, `server`, `service`), `scopes`, `callbackUrls` and `logoutUrls`",
          ...requirement,
        }),
      apis: z
        .record(identifier, api)
        .default(structuredClone(defaults.apis) as Record<string, Record<string, string>>)
        .meta({ description: "Rights that applications ask for: descriptions by scope, by the API's name" }),
      groups: z
        .record(
          identifier,
          z.strictObject({
            description: z.string().min(1, "say who is in the group"),
            precedence: wholeNumber(0, 2_147_483_647),
          }),
        )
        .default({ ...defaults.groups })
        .meta({ description: "Roles of people by name, each with `description` and `precedence`", ...requirement }),
    })
    .superRefine(({ clients, apis }, context) => {
      for (const message of unknownScopes(clients, apis)) {
        context.addIssue({ code: "custom", path: ["clients"], message });
      }
    })
    .prefault({})
    .meta({ description: "Log-in for people" });
}

export type IdentityProviderSettings = z.output<ReturnType<typeof identityProviderSettings>>;
