/** What OpenID Connect itself offers: https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims */
const standardScopes = ["openid", "email", "profile"] as const;

interface RedirectingClient {
  /** Addresses that a log-in may return to: HTTPS, or `http://localhost`. */
  readonly callbackUrls: readonly string[];
  /** Addresses that a log-out may return to. */
  readonly logoutUrls: readonly string[];
  /** Of `openid`, `email`, `profile`, and `<api>/<scope>`. */
  readonly scopes: readonly string[];
}

/**
 * An application that people or programs log in to.
 *
 * - `browser`: its code is in the hands of the user, so it has no secret; it proves itself with PKCE.
 * - `server`: keeps a secret on a server of ours.
 * - `service`: a program without a person, in its own name.
 */
export type ClientSpec =
  | (RedirectingClient & { readonly kind: "browser" | "server" })
  | {
      readonly kind: "service";
      /** Of the APIs alone: `<api>/<scope>`. */
      readonly scopes: readonly string[];
    };

/** How long tokens hold. An access token cannot be taken back before it ends, a refresh token can. */
export interface TokenValidity {
  /** Minutes, 5 to 1,440. */
  readonly accessMinutes: number;
  /** Minutes, 5 to 1,440. */
  readonly idMinutes: number;
  /** Days, 1 to 3,650: so long nobody has to log in again. */
  readonly refreshDays: number;
}

/** One message for each scope that a client asks for and nobody offers. */
export function unknownScopes(
  clients: Readonly<Record<string, ClientSpec>>,
  apis: Readonly<Record<string, Readonly<Record<string, string>>>>,
): readonly string[] {
  const own = Object.entries(apis).flatMap(([api, scopes]) => Object.keys(scopes).map((scope) => `${api}/${scope}`));
  return Object.entries(clients).flatMap(([client, { kind, scopes }]) => {
    const offered = kind === "service" ? own : [...standardScopes, ...own];
    return scopes
      .filter((scope) => !offered.includes(scope))
      .map(
        (scope) =>
          `client "${client}" (${kind}) asks for scope "${scope}", which is none of ${offered.join(", ") || "those that are offered"}: name one of them, or add it to an API`,
      );
  });
}
