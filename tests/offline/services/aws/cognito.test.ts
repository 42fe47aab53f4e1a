import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { roleArn } from "./cluster-account";
import { Account, refused, type Made } from "./support";

const POOL = "aws:cognito/userPool:UserPool";
const CLIENT = "aws:cognito/userPoolClient:UserPoolClient";
const DOMAIN = "aws:cognito/userPoolDomain:UserPoolDomain";
const SERVER = "aws:cognito/resourceServer:ResourceServer";
const GROUP = "aws:cognito/userGroup:UserGroup";
const INVALID = "InvalidParameterException";

function prepared() {
  const account = new Account();
  const pool = (more: Properties = {}) => account.create(POOL, "users", { name: "users", ...more });
  const client = (owner: Made, more: Properties = {}, name = "web") =>
    account.create(CLIENT, name, { name, userPoolId: owner.id, ...more });
  const domain = (owner: Made, prefix: string, more: Properties = {}) =>
    account.create(DOMAIN, prefix, { domain: prefix, userPoolId: owner.id, ...more });
  return { account, pool, client, domain };
}

describe("offline/services/aws/cognito user pool", () => {
  it("has its id, endpoint and defaults in the real shape", () => {
    const { id, outputs } = prepared().pool();
    assert.match(id, /^us-east-1_[0-9a-f]{9}$/);
    assert.equal(outputs["endpoint"], `cognito-idp.us-east-1.amazonaws.com/${id}`);
    assert.equal(outputs["arn"], `arn:aws:cognito-idp:us-east-1:111122223333:userpool/${id}`);
    assert.equal(outputs["userPoolTier"], "ESSENTIALS");
    assert.equal((outputs["passwordPolicy"] as Properties)["minimumLength"], 8);
  });

  it("is kept while it is protected or has a domain, and takes its contents with it", () => {
    const { account, pool, client, domain } = prepared();
    const made = pool({ deletionProtection: "ACTIVE" });
    const remove = () => {
      account.delete(made);
    };
    const web = client(made);
    const prefix = domain(made, "users-of-shop");
    refused(remove, INVALID, /deletion protection is activated/);
    account.update(made, { deletionProtection: "INACTIVE" });
    refused(remove, INVALID, /domain configured/);
    account.delete(prefix);
    remove();
    assert.equal(account.has(CLIENT, web.id), false);
  });

  const refusals: readonly [what: string, code: string, words: RegExp, more: Properties][] = [
    ["a second factor without one", INVALID, /can't disable all MFAs/, { mfaConfiguration: "ON" }],
    [
      "threat protection outside its plan",
      "FeatureUnavailableInTierException",
      /ESSENTIALS pricing tier configured: Threat Protection/,
      { userPoolAddOns: { advancedSecurityMode: "ENFORCED" } },
    ],
    [
      "verification of what is not verified",
      INVALID,
      /must exist in AutoVerifiedAttributes/,
      { userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] } },
    ],
    ["verified telephones without SMS", INVALID, /SMS configuration/, { autoVerifiedAttributes: ["phone_number"] }],
    [
      "a sender without an identity",
      INVALID,
      /sourceArn/,
      { emailConfiguration: { emailSendingAccount: "DEVELOPER" } },
    ],
  ];
  for (const [what, code, words, more] of refusals) {
    it(`refuses ${what}`, () => {
      refused(() => prepared().pool(more), code, words);
    });
  }

  it("takes a second factor and threat protection where they are set up", () => {
    const { account, pool } = prepared();
    const snsCallerArn = roleArn(account, "ec2", "ec2.amazonaws.com");
    const sms = (arn: string) => ({ mfaConfiguration: "ON", smsConfiguration: { externalId: "x", snsCallerArn: arn } });
    refused(() => pool(sms(snsCallerArn)), "InvalidSmsRoleTrustRelationshipException");
    assert.match(pool(sms(roleArn(account, "sms", "cognito-idp.amazonaws.com"))).id, /^us-east-1_/);
    const { outputs } = pool({
      mfaConfiguration: "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
      userPoolTier: "PLUS",
      userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
    });
    assert.equal(outputs["mfaConfiguration"], "OPTIONAL");
  });

  it("says before anything is created what no value can be", () => {
    const { account } = prepared();
    const reasons = (more: Properties) => Object.keys(account.reasons(POOL, { name: "users", ...more }));
    assert.deepEqual(reasons({ passwordPolicy: { minimumLength: 99 } }), []);
    assert.deepEqual(reasons({ passwordPolicy: { minimumLength: 5 } }), ["passwordPolicy.minimumLength"]);
    assert.deepEqual(reasons({ passwordPolicy: { minimumLength: 100 } }), ["passwordPolicy.minimumLength"]);
    assert.deepEqual(reasons({ mfaConfiguration: "YES" }), ["mfaConfiguration"]);
    assert.deepEqual(reasons({ usernameAttributes: ["name"] }), ["usernameAttributes[0]"]);
    assert.deepEqual(reasons({ aliasAttributes: ["email"], usernameAttributes: ["email"] }), ["aliasAttributes"]);
  });

  it("adds attributes in place, changes none, and is replaced when users are named in another way", () => {
    const { account, pool } = prepared();
    const attribute = (name: string, mutable = true) => ({ name, attributeDataType: "String", mutable });
    const made = pool({ schemas: [attribute("team")] });
    account.update(made, { schemas: [attribute("team"), attribute("site")] });
    refused(() => account.update(made, { schemas: [attribute("team", false)] }), INVALID, /schema items: team/);
    const { changes } = account.diff(made, { usernameAttributes: ["email"] });
    assert.deepEqual(
      changes.map(({ path, replaces }) => [path, replaces]),
      [["usernameAttributes[0]", true]],
    );
  });
});

describe("offline/services/aws/cognito client", () => {
  const code = {
    allowedOauthFlowsUserPoolClient: true,
    allowedOauthFlows: ["code"],
    allowedOauthScopes: ["openid", "email"],
    callbackUrls: ["https://shop.example.com/login"],
  };

  it("has a secret only when it asks for one, and the journal never has it", () => {
    const { account, pool, client } = prepared();
    const owner = pool();
    assert.equal(client(owner, code).outputs["clientSecret"], "");
    const made = client(owner, { generateSecret: true }, "api");
    assert.match(text(made.outputs["clientSecret"]), /^[0-9a-f]{51}$/);
    const stored = account.cloud.all().find(({ id }) => id === made.id);
    assert.notEqual(stored?.outputs["clientSecret"], made.outputs["clientSecret"]);
  });

  const refusals: readonly [what: string, code: string, words: RegExp, more: Properties][] = [
    [
      "a scope that does not exist",
      "ScopeDoesNotExistException",
      /shop\/read/,
      { ...code, allowedOauthScopes: ["shop/read"] },
    ],
    ["OAuth without flows", "InvalidOAuthFlowException", /are required/, { allowedOauthFlowsUserPoolClient: true }],
    ["flows without OAuth", INVALID, /allowedOauthFlowsUserPoolClient/, { allowedOauthFlows: ["code"] }],
    [
      "client credentials beside the code flow",
      "InvalidOAuthFlowException",
      /along with code flow/,
      { ...code, allowedOauthFlows: ["code", "client_credentials"], generateSecret: true },
    ],
    [
      "client credentials without a secret",
      "InvalidOAuthFlowException",
      /client secret/,
      { ...code, allowedOauthFlows: ["client_credentials"] },
    ],
    ["the code flow without an address", INVALID, /callbackUrls/, { ...code, callbackUrls: [] }],
    ["an access token of two days", INVALID, /accessTokenValidity/, { accessTokenValidity: 48 }],
    [
      "an access token of 4 minutes",
      INVALID,
      /240 s/,
      { accessTokenValidity: 4, tokenValidityUnits: { accessToken: "minutes" } },
    ],
    [
      "a refresh token that ends first",
      INVALID,
      /outlive/,
      { accessTokenValidity: 24, refreshTokenValidity: 1, tokenValidityUnits: { refreshToken: "hours" } },
    ],
    ["a provider that does not exist", INVALID, /Google does not exist/, { supportedIdentityProviders: ["Google"] }],
  ];
  for (const [what, errorCode, words, more] of refusals) {
    it(`refuses ${what}`, () => {
      const { pool, client } = prepared();
      const owner = pool();
      refused(() => client(owner, more), errorCode, words);
    });
  }

  it("uses the scopes of its pool's resource servers", () => {
    const { account, pool, client } = prepared();
    const owner = pool();
    const scopes = [{ scopeName: "read", scopeDescription: "read" }];
    const inputs = { userPoolId: owner.id, identifier: "shop", name: "shop", scopes };
    assert.deepEqual(account.create(SERVER, "s", inputs).outputs["scopeIdentifiers"], ["shop/read"]);
    refused(() => account.create(SERVER, "t", inputs), INVALID, /already exists/);
    const made = client(owner, {
      generateSecret: true,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["client_credentials"],
      allowedOauthScopes: ["shop/read"],
    });
    assert.deepEqual(made.outputs["allowedOauthScopes"], ["shop/read"]);
  });

  it("says before anything is created what no value can be", () => {
    const { account } = prepared();
    const reasons = (more: Properties) => Object.keys(account.reasons(CLIENT, { userPoolId: "p", ...more }));
    assert.deepEqual(reasons({ callbackUrls: ["http://localhost:3000", "myapp://login", "https://a.example"] }), []);
    assert.deepEqual(reasons({ callbackUrls: ["http://a.example"] }), ["callbackUrls[0]"]);
    assert.deepEqual(reasons({ logoutUrls: ["https://a.example/#x"] }), ["logoutUrls[0]"]);
    assert.deepEqual(reasons({ explicitAuthFlows: ["ALLOW_ALL"] }), ["explicitAuthFlows[0]"]);
    assert.deepEqual(reasons({ allowedOauthFlows: ["password"] }), ["allowedOauthFlows[0]"]);
    assert.deepEqual(reasons({ defaultRedirectUri: "https://a.example" }), ["defaultRedirectUri"]);
    assert.deepEqual(reasons({ authSessionValidity: 16 }), ["authSessionValidity"]);
  });

  it("refuses a pool that does not exist", () => {
    const { client, pool } = prepared();
    refused(() => client({ ...pool(), id: "us-east-1_none" }), "ResourceNotFoundException");
  });
});

describe("offline/services/aws/cognito domain and groups", () => {
  it("takes a prefix once in a region, whoever owns it, and one for each pool", () => {
    const { account, pool, domain } = prepared();
    const owner = pool();
    assert.equal(domain(owner, "shop-login").id, "shop-login");
    refused(() => domain(owner, "shop-more"), INVALID, /already has a domain/);
    const other = new Account({ assumeRoles: '[{"roleArn":"arn:aws:iam::444455556666:role/deploy"}]' }, account.cloud);
    const theirs = other.create(POOL, "theirs", { name: "theirs" });
    const inputs = { domain: "shop-login", userPoolId: theirs.id };
    refused(() => other.create(DOMAIN, "d", inputs), INVALID, /already associated with another user pool/);
    const west = new Account({ region: "us-west-2" }, account.cloud);
    const pool2 = west.create(POOL, "west", { name: "west" });
    assert.equal(west.create(DOMAIN, "d", { domain: "shop-login", userPoolId: pool2.id }).id, "shop-login");
  });

  it("refuses words that Cognito keeps, and names that are none", () => {
    const { account } = prepared();
    const reason = (domain: string, more: Properties = {}) =>
      account.reasons(DOMAIN, { domain, userPoolId: "p", ...more })["domain"] ?? "";
    assert.equal(reason("shop-login"), "");
    for (const word of ["my-aws-login", "amazonian", "cognito1"]) assert.match(reason(word), /reserved word/);
    assert.match(reason("Shop"), /invalid character/);
    assert.match(reason("auth.example.com"), /invalid character/);
    assert.equal(
      reason("auth.example.com", { certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/1" }),
      "",
    );
  });

  it("wants the certificate of a domain of one's own in us-east-1", () => {
    const { domain, pool } = prepared();
    const owner = pool();
    const create = (region: string) =>
      domain(owner, "auth.example.com", { certificateArn: `arn:aws:acm:${region}:111122223333:certificate/1` });
    refused(() => create("us-west-2"), INVALID, /must be in us-east-1/);
    refused(() => create("us-east-1"), INVALID, /doesn't exist/);
  });

  it("has a group once", () => {
    const { account, pool } = prepared();
    const owner = pool();
    const create = (more: Properties = {}) =>
      account.create(GROUP, "admins", { name: "admins", userPoolId: owner.id, ...more });
    assert.equal(create().id, `${owner.id}/admins`);
    refused(() => create(), "GroupExistsException");
    refused(() => create({ name: "b", roleArn: "arn:aws:iam::111122223333:role/none" }), INVALID);
    assert.deepEqual(Object.keys(account.reasons(GROUP, { name: "b", userPoolId: "p", precedence: -1 })), [
      "precedence",
    ]);
  });
});
