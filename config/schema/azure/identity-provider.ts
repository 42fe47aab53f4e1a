import { z } from "zod";
import { tenantPlaces, type TenantPlace } from "../../../components/azure/identity-provider.plan";
import { logInFields } from "../identity-provider";
import { guid, identifier, requirementOf, text } from "../values";

/** Log-in for people by a tenant of Microsoft Entra External ID. */
export function azureIdentityProviderSettings(defaults: {
  readonly mode: "create" | "skip";
  readonly tenantName: string;
  readonly displayName: string;
  readonly dataPlace: TenantPlace;
  readonly countryCode: string;
  readonly requirement?: string;
}) {
  const requirement = requirementOf(defaults.requirement);
  const fields = logInFields(defaults);
  return z
    .strictObject({
      ...fields,
      mfa: fields.mfa.meta({
        description:
          "Whether nobody logs in without a second factor: a Conditional Access policy of the tenant, which Microsoft Graph sets",
      }),
      tenantName: text(/^[A-Za-z0-9]{1,26}$/, "1 to 26 letters and digits that no tenant in the world has")
        .default(defaults.tenantName)
        .meta({ description: "First part of the tenant's domain `<name>.onmicrosoft.com`; never changes" }),
      displayName: z
        .string()
        .min(1, "say what people read on the pages")
        .default(defaults.displayName)
        .meta({ description: "What people read on the pages" }),
      dataPlace: z
        .enum(tenantPlaces)
        .default(defaults.dataPlace)
        .meta({ description: "Part of the world that the tenant's data stay in; never changes" }),
      countryCode: text(/^[A-Z]{2}$/, "two capital letters of a country, such as US")
        .default(defaults.countryCode)
        .meta({ description: "Country of the tenant, in that part of the world" }),
      clients: z
        .record(identifier, guid)
        .default({})
        .meta({
          description: "Client ids by key of applications, which are registered in the tenant by Microsoft Graph",
          ...requirement,
        }),
    })
    .prefault({})
    .meta({ description: "Log-in for people" });
}

export type AzureIdentityProviderSettings = z.output<ReturnType<typeof azureIdentityProviderSettings>>;
