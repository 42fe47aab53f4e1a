import type { ClientSpec as AnyClientSpec } from "../planning/identity-provider";

/**
 * An application that people log in to. Programs have no log-in of their own here: they carry tokens of workload identity.
 * Scopes, log-outs and lifetimes of tokens are the application's own matter.
 */
export type ClientSpec = Pick<Extract<AnyClientSpec, { readonly kind: "browser" | "server" }>, "kind" | "callbackUrls">;

/** APIs that an application calls with its key: log-in, and renewal of its tokens. */
const keyApis = ["identitytoolkit.googleapis.com", "securetoken.googleapis.com"] as const;

/** Hosts that a log-in may return to, each once, in order. */
export function authorizedDomains(clients: Readonly<Record<string, ClientSpec>>): readonly string[] {
  const hosts = Object.values(clients).flatMap(({ callbackUrls }) => callbackUrls.map((url) => new URL(url).hostname));
  return [...new Set(hosts)].sort();
}

/**
 * What the key of an application is good for. That of a browser is no secret: it is taken from the application's own pages alone.
 * https://docs.cloud.google.com/docs/authentication/api-keys#api_key_restrictions
 */
export function keyRestrictions({ kind, callbackUrls }: ClientSpec) {
  const apiTargets = keyApis.map((service) => ({ service }));
  if (kind === "server") return { apiTargets };
  const pages = new Set(callbackUrls.map((url) => `${new URL(url).origin}/*`));
  return { apiTargets, browserKeyRestrictions: { allowedReferrers: [...pages].sort() } };
}
