/** Parts of the world that a tenant's data stay in: https://learn.microsoft.com/rest/api/activedirectory/ciam-tenants/create */
export const tenantPlaces = ["United States", "Europe", "Asia Pacific", "Australia", "Japan"] as const;

export type TenantPlace = (typeof tenantPlaces)[number];
