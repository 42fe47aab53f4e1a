import { z } from "zod";
import type { ClientSpec } from "../../../components/gcp/identity-provider.plan";
import { callbackAddress } from "../identity-provider";
import { createOrSkip, identifier, requirementOf } from "../values";

const client = z.strictObject({
  kind: z.enum(["browser", "server"], { error: "give a kind of application: browser or server" }),
  callbackUrls: z.array(callbackAddress).min(1, "give at least one address that a log-in may return to"),
});

/** Log-in on Identity Platform: scopes, groups, lifetimes of tokens and stolen passwords are no settings of it. */
export function identityPlatformSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly clients: Readonly<Record<string, ClientSpec>>;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  return z
    .strictObject({
      mode: createOrSkip(defaults.mode).meta({
        description: "Whether the cloud's own log-in for people is made; a project has one, which stays",
        ...requirement,
      }),
      mfa: z
        .enum(["required", "optional"])
        .default("required")
        .meta({ description: "Whether nobody logs in without a second factor", ...requirement }),
      signUp: z.enum(["self", "administrators"]).default("administrators").meta({ description: "Who makes accounts" }),
      clients: z
        .record(identifier, client)
        .default(structuredClone(defaults.clients) as Record<string, z.output<typeof client>>)
        .meta({
          description: "Applications by key, each with `kind` (`browser`, `server`) and `callbackUrls`",
          ...requirement,
        }),
    })
    .prefault({})
    .meta({ description: "Log-in for people" });
}

export type IdentityPlatformSettings = z.output<ReturnType<typeof identityPlatformSettings>>;
