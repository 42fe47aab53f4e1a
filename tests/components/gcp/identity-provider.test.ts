import assert from "node:assert/strict";
import { IdentityProvider } from "../../../components/gcp/identity-provider";
import { authorizedDomains, keyRestrictions, type ClientSpec } from "../../../components/gcp/identity-provider.plan";
import { SecretStore } from "../../../components/gcp/secret-store";
import { identityPlatformSettings } from "../../../config/schema/gcp/identity-provider";
import { text } from "../../stacks/deployed";
import { attempt, onSite, projectId, type Ground } from "./ground";

const clients = {
  web: { kind: "browser", callbackUrls: ["https://shop.example.com/signed-in", "http://localhost:3000/"] },
  orders: { kind: "server", callbackUrls: ["https://orders.example.com/back"] },
} as const satisfies Readonly<Record<string, ClientSpec>>;

const apis = ["identitytoolkit.googleapis.com", "apikeys.googleapis.com"];

function people(
  ground: Ground,
  mfa: "required" | "optional" = "required",
  signUp: "self" | "administrators" = "administrators",
) {
  const { project, prefix, keys, protection, onGcp } = ground;
  const secrets = new SecretStore("secrets", { project, prefix, keyId: keys.keyIds.secrets, protection }, onGcp);
  return new IdentityProvider("people", { project, prefix, mfa, signUp, clients, secrets, protection }, onGcp);
}

describe("log-in on Google Cloud", () => {
  it("[PF-SEC-01] asks everybody for a code of an authenticator app, and lets administrators make accounts", async () => {
    const stack = await onSite((ground) => void people(ground), { apis });
    const { inputs } = stack.named("people-config");
    assert.deepEqual(inputs["mfa"], {
      state: "MANDATORY",
      providerConfigs: [{ state: "ENABLED", totpProviderConfig: { adjacentIntervals: 1 } }],
    });
    assert.deepEqual(inputs["client"], { permissions: { disabledUserSignup: true, disabledUserDeletion: true } });
    assert.deepEqual(inputs["signIn"], {
      allowDuplicateEmails: false,
      anonymous: { enabled: false },
      email: { enabled: true, passwordRequired: true },
    });
    assert.equal(inputs["autodeleteAnonymousUsers"], true);
    assert.deepEqual(inputs["monitoring"], { requestLogging: { enabled: true } });
    assert.deepEqual(inputs["authorizedDomains"], ["localhost", "orders.example.com", "shop.example.com"]);
  });

  it("leaves the second factor and accounts to people where it is told to", async () => {
    const stack = await onSite((ground) => void people(ground, "optional", "self"), { apis });
    assert.equal(stack.input("people-config", "mfa.state"), "ENABLED");
    assert.equal(stack.input("people-config", "client.permissions.disabledUserSignup"), false);
  });

  it("is an issuer by HTTPS, of tokens for the project", async () => {
    const stack = await onSite((ground) => void people(ground), { apis });
    const { outputs } = stack.component("people");
    assert.equal(outputs["issuer"], `https://securetoken.google.com/${projectId}`);
    assert.deepEqual(outputs["clientIds"], { web: projectId, orders: projectId });
  });

  it("gives each application a key for log-in alone, whose server's the store keeps", async () => {
    const stack = await onSite((ground) => void people(ground), { apis });
    assert.equal(stack.input("people-key-web", "name"), "test-log-in-web");
    assert.equal(stack.ofType("gcp:projects/apiKey:ApiKey").length, 2);
    const key = text(stack.output("people-key-orders", "keyString"));
    assert.notEqual(key, "");
    assert.notEqual(key, stack.output("people-key-web", "keyString"));
    assert.equal(stack.input("secrets-client-orders", "secretId"), "test-client-orders");
    const kept = text(stack.input("secrets-client-orders-version", "secretData"));
    assert.deepEqual(JSON.parse(kept), { clientId: projectId, apiKey: key });
    assert.equal(stack.ofType("gcp:secretmanager/secret:Secret").length, 1);
  });

  it("is protected in production, and refused without its API", async () => {
    const stack = await onSite((ground) => void people(ground), { apis, class: "production" });
    assert.equal(stack.named("people-config").protect, true);
    const { run } = await attempt((ground) => void people(ground), { apis: apis.slice(1) });
    assert.match(run.errors.join("\n"), /people-config: .*enables identitytoolkit\.googleapis\.com/s);
  });
});

describe("applications on Identity Platform", () => {
  it("come back to hosts of their own", () => {
    assert.deepEqual(authorizedDomains(clients), ["localhost", "orders.example.com", "shop.example.com"]);
    assert.deepEqual(authorizedDomains({}), []);
  });

  it("use their keys for log-in alone, in a browser from their own pages", () => {
    const apiTargets = [{ service: "identitytoolkit.googleapis.com" }, { service: "securetoken.googleapis.com" }];
    assert.deepEqual(keyRestrictions(clients.orders), { apiTargets });
    assert.deepEqual(keyRestrictions(clients.web), {
      apiTargets,
      browserKeyRestrictions: { allowedReferrers: ["http://localhost:3000/*", "https://shop.example.com/*"] },
    });
  });

  it("are neither programs nor by plain HTTP", () => {
    const settings = identityPlatformSettings({ mode: "create", clients });
    assert.deepEqual(settings.parse(undefined).clients, clients);
    const refusal = (kind: string, url: string) =>
      settings.safeParse({ clients: { job: { kind, callbackUrls: [url] } } }).error?.message ?? "";
    assert.match(refusal("service", "https://example.com/"), /browser or server/);
    assert.match(refusal("browser", "http://example.com/"), /https/);
    assert.equal(refusal("server", "https://example.com/"), "");
  });
});
