import type { ClientSpec, TokenValidity } from "../planning/identity-provider";

/** What an application may do, as Cognito takes it. */
export function clientArgs(spec: ClientSpec, tokens: TokenValidity) {
  const common = {
    allowedOauthFlowsUserPoolClient: true,
    allowedOauthScopes: [...spec.scopes],
    enableTokenRevocation: true,
    // An answer to a wrong name is that to a wrong password: nobody learns who has an account.
    preventUserExistenceErrors: "ENABLED",
    supportedIdentityProviders: ["COGNITO"],
    generateSecret: spec.kind !== "browser",
    accessTokenValidity: tokens.accessMinutes,
    idTokenValidity: tokens.idMinutes,
    refreshTokenValidity: tokens.refreshDays,
    tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
  };
  if (spec.kind === "service") {
    return { ...common, allowedOauthFlows: ["client_credentials"], explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"] };
  }
  return {
    ...common,
    allowedOauthFlows: ["code"],
    // The password itself never travels: SRP proves it.
    explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    callbackUrls: [...spec.callbackUrls],
    logoutUrls: [...spec.logoutUrls],
  };
}
