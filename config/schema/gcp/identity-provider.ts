import { z } from "zod";
import type { ClientSpec } from "../../../components/gcp/identity-provider.plan";
import { callbackUrls, logInFields, signUp } from "../identity-provider";
import { identifier, requirementOf } from "../values";

const client = z.strictObject({
  kind: z.enum(["browser", "server"], { error: "give a kind of application: browser or server" }),
  callbackUrls,
});

/** Log-in on Identity Platform: scopes, groups, lifetimes of tokens and stolen passwords are no settings of it. */
export function identityPlatformSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly clients: Readonly<Record<string, ClientSpec>>;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  const fields = logInFields(defaults);
  return z
    .strictObject({
      ...fields,
      mode: fields.mode.meta({
        description: "Whether the cloud's own log-in for people is made; a project has one, which stays",
      }),
      signUp,
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
