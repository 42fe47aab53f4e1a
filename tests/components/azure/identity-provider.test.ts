import assert from "node:assert/strict";
import { IdentityProvider, type IdentityProviderArgs } from "../../../components/azure/identity-provider";
import { azureIdentityProviderSettings } from "../../../config/schema/azure/identity-provider";
import { attempt, onNetwork, text, type Ground } from "./ground";

function provider({ place, protection, onAzure }: Ground, changes: Partial<IdentityProviderArgs> = {}) {
  return new IdentityProvider(
    "people",
    {
      place,
      tenantName: "testpeople",
      displayName: "Test",
      dataPlace: "United States",
      countryCode: "US",
      clients: { web: "11111111-2222-4333-8444-555555555555" },
      protection,
      ...changes,
    },
    onAzure,
  );
}

describe("IdentityProvider of Azure", function () {
  this.timeout(60_000);

  it("[PF-SEC-01] is a tenant of Entra External ID, whose tokens have an issuer of its own", async () => {
    const issuers: string[] = [];
    let made: IdentityProvider | undefined;
    const stack = await onNetwork(
      (ground) => {
        made = provider(ground);
        made.issuer.apply((issuer) => issuers.push(issuer));
      },
      { class: "production" },
    );
    const { inputs, protect } = stack.named("people-tenant");
    assert.deepEqual(inputs, {
      resourceGroupName: "test-site",
      resourceName: "testpeople.onmicrosoft.com",
      location: "United States",
      tags: { system: "test" },
      createTenantProperties: { displayName: "Test", countryCode: "US" },
      sku: { name: "Standard", tier: "A0" },
    });
    assert.equal(protect, true);
    const tenantId = text(stack.output("people-tenant", "tenantId"));
    assert.match(tenantId, /^[0-9a-f-]{36}$/);
    assert.deepEqual(issuers, [`https://${tenantId}.ciamlogin.com/${tenantId}/v2.0`]);
    assert.deepEqual(Object.keys(made?.clientIds ?? {}), ["web"]);
  });

  it("is free to go in a class without guards", async () => {
    const stack = await onNetwork((ground) => provider(ground), { class: "development" });
    assert.equal(stack.named("people-tenant").protect, false);
  });

  it("is refused a name that Azure does not take", async () => {
    const { run } = await attempt((ground) => provider(ground, { tenantName: "test-people" }));
    assert.match(run.errors.join("\n"), /1 to 26 letters and digits/);
  });
});

describe("settings of the identity provider on Azure", () => {
  const settings = azureIdentityProviderSettings({
    mode: "create",
    tenantName: "people",
    displayName: "People",
    dataPlace: "United States",
    countryCode: "US",
  });

  it("ask for a second factor unless told not to", () => {
    assert.deepEqual(settings.parse(undefined), {
      mode: "create",
      mfa: "required",
      tenantName: "people",
      displayName: "People",
      dataPlace: "United States",
      countryCode: "US",
      clients: {},
    });
  });

  it("refuse a client id that is none", () => {
    const { error } = settings.safeParse({ clients: { web: "web" } });
    assert.deepEqual(
      error?.issues.map(({ path, message }) => [path.join("."), message]),
      [["clients.web", "give a GUID in small letters: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"]],
    );
  });
});
