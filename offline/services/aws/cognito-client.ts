import type { UserPoolClientArgs } from "@pulumi/aws/cognito";
import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type CheckContext, type Resolved } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import {
  IDENTITY_PROVIDER,
  INVALID_PARAMETER,
  poolReference,
  RESOURCE_SERVER,
  USER_POOL_CLIENT,
} from "./cognito-references";
import { checkChoices, checkRanges } from "../input-checks";

// Rules and error codes: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html

type Inputs = Resolved<UserPoolClientArgs>;
type Context = CallContext<Inputs>;

/** https://github.com/awsdocs/aws-cloudformation-user-guide/pull/518 */
const STANDARD_SCOPES = ["phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"];
const LEGACY_FLOWS = ["ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"];
const AUTH_FLOWS = [
  ...["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
  ...["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"],
];
/** Those that a client has which names none. */
const DEFAULT_FLOWS = ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"];

const SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };
const DAY = 86_400;

export const userPoolClient = resourceType<UserPoolClientArgs>({
  token: USER_POOL_CLIENT,
  service: "Cognito Identity Provider",
  actions: { create: "CreateUserPoolClient", update: "UpdateUserPoolClient", delete: "DeleteUserPoolClient" },
  name: {
    property: "name",
    pattern: /^[\w\s+=,.@-]+$/,
    rule: "1 to 128 letters, digits, spaces and _+=,.@-",
    source: "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html",
    maxLength: 128,
  },
  references: [poolReference(false)],
  check,
  create: (context) => {
    checkClient(context);
    return {
      id: context.hex(26),
      outputs: {
        clientSecret: context.inputs.generateSecret === true ? context.hex(51) : "",
        ...described(context.inputs),
      },
    };
  },
  update: (context) => {
    checkClient(context);
    return described(context.inputs);
  },
});

/** What the provider itself checks, and what follows from the inputs alone. */
function check(context: CheckContext<Inputs>): void {
  const { inputs, refuse: report } = context;
  checkRanges(context, [["authSessionValidity", inputs.authSessionValidity, 3, 15]]);
  const units = Object.keys(SECONDS);
  checkChoices(context, [
    ["preventUserExistenceErrors", inputs.preventUserExistenceErrors, ["LEGACY", "ENABLED"]],
    ["tokenValidityUnits.accessToken", inputs.tokenValidityUnits?.accessToken, units],
    ["tokenValidityUnits.idToken", inputs.tokenValidityUnits?.idToken, units],
    ["tokenValidityUnits.refreshToken", inputs.tokenValidityUnits?.refreshToken, units],
    ...(inputs.allowedOauthFlows ?? []).map(
      (flow, index) =>
        [`allowedOauthFlows[${String(index)}]`, flow, ["code", "implicit", "client_credentials"]] as const,
    ),
    ...(inputs.explicitAuthFlows ?? []).map(
      (flow, index) => [`explicitAuthFlows[${String(index)}]`, flow, [...LEGACY_FLOWS, ...AUTH_FLOWS]] as const,
    ),
  ]);
  for (const property of ["callbackUrls", "logoutUrls"] as const) {
    (inputs[property] ?? []).forEach((url, index) => {
      const problem = urlProblem(url);
      if (problem !== undefined) report(`${property}[${String(index)}]`, `${INVALID_PARAMETER}: ${problem}`);
    });
  }
  const redirect = inputs.defaultRedirectUri;
  if (redirect !== undefined && !context.isUnknown("callbackUrls") && !(inputs.callbackUrls ?? []).includes(redirect)) {
    report("defaultRedirectUri", `${INVALID_PARAMETER}: ${redirect} must be one of callbackUrls`);
  }
  const flows = inputs.explicitAuthFlows ?? [];
  if (flows.some((flow) => LEGACY_FLOWS.includes(flow)) && flows.some((flow) => AUTH_FLOWS.includes(flow))) {
    report("explicitAuthFlows", `${INVALID_PARAMETER}: flows with and without ALLOW_ cannot be mixed`);
  }
}

/** An absolute address by HTTPS, or by HTTP on localhost, or of an app's own scheme. */
function urlProblem(url: string): string | undefined {
  if (!URL.canParse(url)) return `"${url}" is no absolute address`;
  const { protocol, hostname, hash } = new URL(url);
  if (hash !== "") return `"${url}" must have no fragment`;
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return protocol === "http:" && !isLocal ? `"${url}" cannot use the HTTP protocol: use HTTPS` : undefined;
}

function checkClient(context: Context): void {
  checkFlows(context);
  checkValidity(context.inputs);
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html */
function checkFlows({ inputs, cloud }: Context): void {
  const { allowedOauthFlows: flows = [], allowedOauthScopes: scopes = [], userPoolId } = inputs;
  const isAllowed = inputs.allowedOauthFlowsUserPoolClient === true;
  if (isAllowed && (flows.length === 0 || scopes.length === 0)) {
    refuse(
      "InvalidOAuthFlowException",
      "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
    );
  }
  if (!isAllowed && flows.length + scopes.length > 0) {
    refuse(INVALID_PARAMETER, "OAuth flows and scopes need allowedOauthFlowsUserPoolClient to be true");
  }
  if (flows.includes("client_credentials")) {
    if (flows.length > 1) {
      refuse(
        "InvalidOAuthFlowException",
        "client_credentials flow can not be selected along with code flow or implicit flow.",
      );
    }
    if (inputs.generateSecret !== true) {
      refuse(
        "InvalidOAuthFlowException",
        "client_credentials flow can not be selected if client does not have a client secret.",
      );
    }
  } else if (flows.length > 0 && (inputs.callbackUrls ?? []).length === 0) {
    refuse(INVALID_PARAMETER, "The flows code and implicit need at least one address in callbackUrls");
  }
  const own = scopesOf(cloud, userPoolId);
  const missing = scopes.find((scope) => !STANDARD_SCOPES.includes(scope) && !own.includes(scope));
  // https://github.com/awsdocs/aws-cloudformation-user-guide/issues/564
  if (missing !== undefined) refuse("ScopeDoesNotExistException", `Invalid scope requested: ${missing}`);
  const providers = [
    "COGNITO",
    ...cloud
      .list(IDENTITY_PROVIDER)
      .filter((each) => each.inputs["userPoolId"] === userPoolId)
      .map((each) => each.inputs["providerName"]),
  ];
  const unknown = (inputs.supportedIdentityProviders ?? []).find((each) => !providers.includes(each));
  if (unknown !== undefined) {
    refuse(INVALID_PARAMETER, `The provider ${unknown} does not exist for User Pool ${userPoolId}.`);
  }
}

function scopesOf(cloud: CloudView, userPoolId: string): readonly unknown[] {
  return cloud
    .list(RESOURCE_SERVER)
    .filter((each) => each.inputs["userPoolId"] === userPoolId)
    .flatMap((each) => {
      const scopes = each.outputs["scopeIdentifiers"];
      return Array.isArray(scopes) ? (scopes as readonly unknown[]) : [];
    });
}

/** Access and ID tokens live 5 minutes to a day, refresh tokens an hour to ten years, and longer than the others. */
function checkValidity(inputs: Inputs): void {
  const units = inputs.tokenValidityUnits;
  const lifetime = (value: number | undefined, unit: string | undefined, initial: string, standard: number) =>
    value === undefined || value === 0 ? standard : value * (SECONDS[unit ?? initial] ?? 1);
  const access = lifetime(inputs.accessTokenValidity, units?.accessToken, "hours", 3_600);
  const id = lifetime(inputs.idTokenValidity, units?.idToken, "hours", 3_600);
  const refresh = lifetime(inputs.refreshTokenValidity, units?.refreshToken, "days", 30 * DAY);
  const ranges = [
    ["accessTokenValidity", access, 300, DAY],
    ["idTokenValidity", id, 300, DAY],
    ["refreshTokenValidity", refresh, 3_600, 3_650 * DAY],
  ] as const;
  for (const [property, value, low, high] of ranges) {
    if (value >= low && value <= high) continue;
    refuse(
      INVALID_PARAMETER,
      `Invalid range for token validity: ${property} is ${String(value)} s, and must be ${String(low)} to ${String(high)} s`,
    );
  }
  if (refresh < Math.max(access, id)) {
    refuse(INVALID_PARAMETER, "Invalid range for token validity: a refresh token must outlive access and ID tokens");
  }
}

function described(inputs: Inputs): Properties {
  return {
    allowedOauthFlows: inputs.allowedOauthFlows ?? [],
    allowedOauthFlowsUserPoolClient: inputs.allowedOauthFlowsUserPoolClient ?? false,
    allowedOauthScopes: inputs.allowedOauthScopes ?? [],
    authSessionValidity: inputs.authSessionValidity ?? 3,
    enableTokenRevocation: inputs.enableTokenRevocation ?? true,
    explicitAuthFlows: inputs.explicitAuthFlows ?? DEFAULT_FLOWS,
    refreshTokenValidity: inputs.refreshTokenValidity ?? 30,
    accessTokenValidity: inputs.accessTokenValidity ?? 0,
    idTokenValidity: inputs.idTokenValidity ?? 0,
    supportedIdentityProviders: inputs.supportedIdentityProviders ?? [],
  };
}
