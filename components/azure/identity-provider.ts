import { CIAMTenant, type CIAMTenantArgs } from "@pulumi/azure-native/azureactivedirectory/ciamtenant";
import { ComponentResource, interpolate, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { IdentityProvider as IdentityProviderContract } from "../contracts/identity-provider";
import type { Protection } from "../planning/protection";
import type { TenantPlace } from "./identity-provider.plan";
import type { Place } from "./place";

export interface IdentityProviderArgs {
  readonly place: Place;
  /**
   * First part of the tenant's domain `<name>.onmicrosoft.com`: 1 to 26 letters and digits that nobody in the world has. It can
   * never be changed.
   */
  readonly tenantName: string;
  /** What people read on the pages. */
  readonly displayName: string;
  /** Where its data are kept. It can never be changed. */
  readonly dataPlace: TenantPlace;
  /** Two capital letters of a country of that part of the world. */
  readonly countryCode: string;
  /** Client ids (GUIDs) of applications that are registered in the tenant, by key. */
  readonly clients: Readonly<Record<string, string>>;
  readonly protection: Protection;
  readonly transform?: (tenant: CIAMTenantArgs) => CIAMTenantArgs;
}

/**
 * Log-in for people by a tenant of Microsoft Entra External ID. Resource Manager makes the tenant alone: its applications, user flows
 * and second factors (Conditional Access) are set by Microsoft Graph with rights in the tenant, which nobody has before it is there.
 * https://learn.microsoft.com/entra/external-id/customers/overview-customers-ciam
 *
 * A tenant can be deleted only when all that is in it is gone.
 *
 * Cost: each person who logs in during a month, from 50,000 on.
 */
export class IdentityProvider extends ComponentResource implements IdentityProviderContract {
  readonly issuer: Output<string>;
  readonly clientIds: Readonly<Record<string, Output<string>>>;
  /** The directory's id, a GUID. */
  readonly tenantId: Output<string>;

  constructor(name: string, args: IdentityProviderArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:IdentityProvider", name, {}, opts);
    const { place, protection } = args;
    const tenantArgs: CIAMTenantArgs = {
      resourceGroupName: place.groupName,
      resourceName: `${args.tenantName}.onmicrosoft.com`,
      location: args.dataPlace,
      tags: { ...place.tags },
      createTenantProperties: { displayName: args.displayName, countryCode: args.countryCode },
      sku: { name: "Standard", tier: "A0" },
    };
    const tenant = new CIAMTenant(`${name}-tenant`, args.transform?.(tenantArgs) ?? tenantArgs, {
      parent: this,
      protect: protection.protect,
    });
    this.tenantId = tenant.tenantId.apply((id) => {
      if (id === undefined) throw new Error(`the tenant "${args.tenantName}" has no id: refresh the stack`);
      return id;
    });
    // https://learn.microsoft.com/entra/external-id/customers/concept-authentication-methods-customers
    this.issuer = interpolate`https://${this.tenantId}.ciamlogin.com/${this.tenantId}/v2.0`;
    this.clientIds = Object.fromEntries(Object.entries(args.clients).map(([id, client]) => [id, output(client)]));
    this.registerOutputs({ issuer: this.issuer, clientIds: this.clientIds });
  }
}
