import assert from "node:assert/strict";
import { unknownScopes } from "../../../components/planning/identity-provider";
import { only, text, type Deployed } from "../../stacks/deployed";
import { attempt, onGround } from "./data-ground";
import { streams } from "./streams-ground";

describe("IdentityProvider", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await onGround((ground) => {
      streams(ground).people();
    });
  });

  it("[PF-SEC-01] asks for a second factor and a long password, and refuses log-ins that look stolen", () => {
    const { inputs, protect } = stack.named("identity-pool");
    assert.equal(protect, true);
    assert.deepEqual(inputs, {
      name: "test-people",
      userPoolTier: "PLUS",
      userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
      deletionProtection: "ACTIVE",
      aliasAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ["email"],
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      mfaConfiguration: "ON",
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
    });
  });

  it("is an issuer by HTTPS, with a domain of its own", () => {
    assert.equal(
      stack.component("identity").outputs["issuer"],
      `https://cognito-idp.eu-west-1.amazonaws.com/${stack.id("identity-pool")}`,
    );
    assert.equal(stack.input("identity-domain", "domain"), "test-111122223333");
  });

  it("gives a browser no secret, a server and a service each one, which the store keeps", () => {
    const flows = (client: string) =>
      only(
        stack.named(`identity-client-${client}`).inputs,
        "generateSecret",
        "allowedOauthFlows",
        "allowedOauthScopes",
      );
    assert.deepEqual(flows("shop"), {
      generateSecret: false,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: ["openid", "orders/read"],
    });
    assert.deepEqual(flows("office"), {
      generateSecret: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: ["openid", "email"],
    });
    assert.deepEqual(flows("billing"), {
      generateSecret: true,
      allowedOauthFlows: ["client_credentials"],
      allowedOauthScopes: ["orders/read"],
    });
    assert.deepEqual(
      stack
        .ofType("aws:secretsmanager/secret:Secret")
        .map(({ inputs }) => inputs["name"])
        .sort(),
      ["test/client-billing", "test/client-office"],
    );
    const kept = stack.named("secrets-client-office-version");
    assert.deepEqual(kept.secretPaths, ["secretString"]);
    assert.deepEqual(JSON.parse(text(kept.inputs["secretString"])), {
      clientId: stack.id("identity-client-office"),
      clientSecret: stack.output("identity-client-office", "clientSecret"),
    });
    for (const client of ["office", "billing"]) {
      assert.ok(stack.named(`identity-client-${client}`).secretOutputs.includes("clientSecret"), client);
    }
  });

  it("lets tokens of a browser hold minutes, and tells nobody who has an account", () => {
    assert.deepEqual(
      only(
        stack.named("identity-client-shop").inputs,
        "accessTokenValidity",
        "idTokenValidity",
        "refreshTokenValidity",
        "tokenValidityUnits",
        "enableTokenRevocation",
        "preventUserExistenceErrors",
        "explicitAuthFlows",
        "callbackUrls",
        "logoutUrls",
      ),
      {
        accessTokenValidity: 15,
        idTokenValidity: 15,
        refreshTokenValidity: 7,
        tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
        enableTokenRevocation: true,
        preventUserExistenceErrors: "ENABLED",
        explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        callbackUrls: ["https://shop.example.com/callback"],
        logoutUrls: ["https://shop.example.com/"],
      },
    );
  });

  it("[PF-SEC-01] knows the rights of APIs and the roles of people, before a client asks for them", () => {
    assert.deepEqual(only(stack.named("identity-api-orders").inputs, "identifier", "scopes"), {
      identifier: "orders",
      scopes: [{ scopeName: "read", scopeDescription: "Read orders" }],
    });
    assert.deepEqual(only(stack.named("identity-group-admins").inputs, "name", "precedence"), {
      name: "admins",
      precedence: 1,
    });
    assert.ok(stack.waitsFor("identity-client-shop").has("identity-api-orders"));
  });

  it("of a development stack can go, and needs neither the dear tier nor a second factor", async () => {
    const small = await onGround(
      (ground) => {
        streams(ground).people({
          mfa: "optional",
          signUp: "self",
          threatProtection: "off",
          transform: (pool) => ({ ...pool, tags: { size: "small" } }),
        });
      },
      { class: "development" },
    );
    const { inputs, protect } = small.named("identity-pool");
    assert.equal(protect, false);
    assert.deepEqual(only(inputs, "deletionProtection", "mfaConfiguration", "userPoolTier", "userPoolAddOns", "tags"), {
      deletionProtection: "INACTIVE",
      mfaConfiguration: "OPTIONAL",
      userPoolTier: "ESSENTIALS",
      userPoolAddOns: { advancedSecurityMode: "OFF" },
      tags: { size: "small" },
    });
  });

  it("names every scope that nobody offers before it makes anything", async () => {
    const { run } = await attempt((ground) => {
      streams(ground).people({ apis: {} });
    });
    assert.match(
      run.errors.join("\n"),
      /client "shop" \(browser\) asks for scope "orders\/read", which is none of openid/,
    );
    assert.match(run.errors.join("\n"), /client "billing" \(service\) asks for scope "orders\/read"/);
    assert.deepEqual(
      run.resources.filter(({ name }) => name.startsWith("identity-")),
      [],
    );
  });
});

describe("scopes of applications", () => {
  it("of a service are those of APIs alone: it has no person to tell of", () => {
    assert.deepEqual(unknownScopes({ billing: { kind: "service", scopes: ["openid"] } }, { orders: { read: "" } }), [
      'client "billing" (service) asks for scope "openid", which is none of orders/read: name one of them, or add it to an API',
    ]);
  });
});
