/**
 * What a site is for while the system's primary site serves. Changing it is an update in place.
 *
 * - `active`: production size, takes the traffic;
 * - `standby`: a pilot light. Every store is there and follows the other sites, at the smallest size that it can grow from.
 */
export const siteRoles = ["standby", "active"] as const;

export type SiteRole = (typeof siteRoles)[number];

/** Settings of which some are others in standby. */
export interface Sized {
  readonly standby?: object | undefined;
}

/** The settings of a group in a role: those under `standby` stand in for their own in that role. */
export function inRole<Settings extends Sized>(
  { standby, ...active }: Settings,
  role: SiteRole,
): Omit<Settings, "standby"> {
  if (role === "active" || standby === undefined) return active;
  const given = Object.entries(standby).filter(([, value]) => value !== undefined);
  return { ...active, ...Object.fromEntries(given) };
}
