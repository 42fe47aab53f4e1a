import type { ConfigArgs, OauthIdpConfigArgs, TenantArgs } from "@pulumi/gcp/identityplatform";
import type { ApiKeyArgs } from "@pulumi/gcp/projects";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { checkChoices, checkRanges } from "../input-checks";
import { inProject } from "./lookups";
import { patternName } from "./names";

const CONFIG = "gcp:identityplatform/config:Config";
const STATES = ["DISABLED", "ENABLED", "MANDATORY"];

/**
 * The one configuration of a project. It is switched on once and never off: deleting it only forgets it.
 * https://docs.cloud.google.com/identity-platform/docs/reference/rest/v2/projects/initializeAuth
 */
const config = resourceType<ConfigArgs>({
  token: CONFIG,
  service: "Identity Platform",
  actions: { create: "initializeAuth", update: "updateConfig", delete: "updateConfig" },
  reach: "global",
  check: (context) => {
    const { inputs, refuse: report } = context;
    const { mfa, signIn, quota } = inputs;
    checkChoices(context, [
      ["mfa.state", mfa?.state, STATES],
      ...(mfa?.providerConfigs ?? []).map(
        ({ state }, index) => [`mfa.providerConfigs[${String(index)}].state`, state, STATES] as const,
      ),
    ]);
    checkRanges(context, [["quota.signUpQuotaConfig.quota", quota?.signUpQuotaConfig?.quota, 1, 1_000]]);
    const factors = [...(mfa?.enabledProviders ?? []), ...(mfa?.providerConfigs ?? [])];
    if (mfa?.state !== undefined && mfa.state !== "DISABLED" && factors.length === 0 && !context.isUnknown("mfa")) {
      report("mfa", `state ${mfa.state} needs a second factor in enabledProviders or providerConfigs`);
    }
    if (
      signIn?.phoneNumber?.enabled === true &&
      inputs.smsRegionConfig === undefined &&
      !context.isUnknown("smsRegionConfig")
    ) {
      report(
        "smsRegionConfig",
        "without it no region gets text messages: https://docs.cloud.google.com/identity-platform/docs/recaptcha-enterprise",
      );
    }
  },
  create: ({ scope, inputs, hex }) => ({
    id: `projects/${scope.account}/config`,
    outputs: {
      name: `projects/${scope.account}/config`,
      authorizedDomains: inputs.authorizedDomains ?? [
        "localhost",
        `${scope.account}.firebaseapp.com`,
        `${scope.account}.web.app`,
      ],
      client: { ...inputs.client, apiKey: `AIza${hex(35)}`, firebaseSubdomain: scope.account },
    },
  }),
});

const noConfig = (project: string) =>
  refuse("notFound", `CONFIGURATION_NOT_FOUND: Identity Platform has not been initialized in project ${project}`);

const tenant = resourceType<TenantArgs>({
  token: "gcp:identityplatform/tenant:Tenant",
  service: "Identity Platform",
  actions: { create: "createTenant", update: "updateTenant", delete: "deleteTenant" },
  reach: "global",
  check: ({ inputs, refuse: report }) => {
    const name = inputs.displayName;
    if (name !== undefined && !/^[A-Za-z][A-Za-z0-9-]{3,19}$/.test(name)) {
      report("displayName", `INVALID_DISPLAY_NAME: 4 to 20 letters, digits and -, a letter first, got "${name}"`);
    }
  },
  create: (context) => {
    const { scope, inputs, hex } = context;
    const project = inProject(context, CONFIG)[0] ?? noConfig(scope.account);
    const allows = project.inputs["multiTenant"] as { readonly allowTenants?: boolean } | undefined;
    if (allows?.allowTenants !== true) {
      refuse("invalidArgument", "MULTI_TENANCY_NOT_ENABLED: set multiTenant.allowTenants of the project's config");
    }
    const name = `${inputs.displayName.toLowerCase()}-${hex(5)}`;
    return { id: `projects/${scope.account}/tenants/${name}`, outputs: { name } };
  },
});

/** An identity provider that people of this project may log in with. */
const oauthProvider = resourceType<OauthIdpConfigArgs>({
  token: "gcp:identityplatform/oauthIdpConfig:OauthIdpConfig",
  service: "Identity Platform",
  actions: { create: "createOauthIdpConfig", update: "updateOauthIdpConfig", delete: "deleteOauthIdpConfig" },
  reach: "global",
  name: {
    ...patternName(
      "name",
      /^oidc\.[a-z0-9-]+$/,
      'begins with "oidc.", then lower-case letters, digits and -',
      100,
      "https://docs.cloud.google.com/identity-platform/docs/web/oidc",
    ),
    spell: (name) => `oidc.${name.toLowerCase()}`,
  },
  check: ({ inputs, refuse: report }) => {
    if (inputs.issuer !== undefined && !inputs.issuer.startsWith("https://")) {
      report("issuer", `INVALID_ARGUMENT: an issuer begins with https://, got ${inputs.issuer}`);
    }
    const { code, idToken } = inputs.responseType ?? {};
    if (code === true && idToken === true) report("responseType", "either idToken or code, not both");
    if (code === true && inputs.clientSecret === undefined) report("clientSecret", "is needed for the code flow");
  },
  create: (context) => {
    const { scope, inputs } = context;
    if (inProject(context, CONFIG).length === 0) noConfig(scope.account);
    const name = inputs.name ?? "";
    return { id: `projects/${scope.account}/oauthIdpConfigs/${name}`, outputs: { name } };
  },
});

/** What an application says its project by. https://docs.cloud.google.com/docs/authentication/api-keys */
const apiKey = resourceType<ApiKeyArgs>({
  token: "gcp:projects/apiKey:ApiKey",
  service: "API Keys",
  actions: { create: "CreateKey", update: "UpdateKey", delete: "DeleteKey" },
  reach: "global",
  name: patternName(
    "name",
    /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    "1 to 63 lower-case letters, digits and -, a letter first and no - last",
    63,
    "https://docs.cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys/create",
  ),
  check: ({ inputs, refuse: report }) => {
    const { browserKeyRestrictions, serverKeyRestrictions, androidKeyRestrictions, iosKeyRestrictions } =
      inputs.restrictions ?? {};
    const callers = [browserKeyRestrictions, serverKeyRestrictions, androidKeyRestrictions, iosKeyRestrictions];
    if (callers.filter((each) => each !== undefined).length > 1) {
      report("restrictions", "a key is for one kind of caller: browsers, servers, Android or iOS");
    }
  },
  create: ({ scope, inputs, hex }) => ({
    id: `projects/${scope.account}/locations/global/keys/${inputs.name ?? ""}`,
    outputs: { name: inputs.name ?? "", keyString: `AIza${hex(35)}`, uid: hex(32) },
  }),
});

export const identityPlatformTypes: readonly ResourceType[] = [config, tenant, oauthProvider, apiKey];
