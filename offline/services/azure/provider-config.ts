import type { Session } from "../../cloud/package";
import type { Properties } from "../../cloud/value";
import { isLocation, normalLocation } from "./regions";
import { text } from "./text";

/** The subscription and the tenant that the offline cloud's own credentials belong to, and who they are of. */
export const DEFAULT_SUBSCRIPTION = "11112222-3333-4444-8555-666677778888";
export const DEFAULT_TENANT = "aaaabbbb-cccc-4ddd-8eee-ffff00001111";
export const CALLER = {
  clientId: "c11e0000-0000-4000-8000-00000000c11e",
  objectId: "0b1ec700-0000-4000-8000-00000000c11e",
} as const;

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Azure clouds: https://www.pulumi.com/registry/packages/azure-native/installation-configuration/ */
const ENVIRONMENTS = ["public", "usgovernment", "china"];

export function isGuid(value: string): boolean {
  return GUID.test(value);
}

/** Problems of a provider's configuration. The real provider finds them with its first call. */
export function configProblems(config: Properties): readonly { readonly property: string; readonly reason: string }[] {
  const problems: { property: string; reason: string }[] = [];
  for (const property of ["subscriptionId", "tenantId", "clientId"]) {
    const value = config[property];
    if (typeof value === "string" && !isGuid(value)) {
      problems.push({ property, reason: `"${value}" is not a GUID, such as ${DEFAULT_SUBSCRIPTION}` });
    }
  }
  const { location, environment } = config;
  if (typeof location === "string" && !isLocation(location)) {
    problems.push({ property: "location", reason: `there is no Azure region "${location}": take one such as eastus` });
  }
  if (typeof environment === "string" && !ENVIRONMENTS.includes(environment.toLowerCase())) {
    problems.push({
      property: "environment",
      reason: `expected one of ${ENVIRONMENTS.join(", ")}, got "${environment}"`,
    });
  }
  return problems;
}

/** The instance: its subscription is the account of everything it makes. Regions are the resources' own. */
export function configureSession(config: Properties): Session {
  const { clientSecret: _secret, clientCertificatePassword: _password, oidcToken: _token, ...kept } = config;
  const subscription = text(config["subscriptionId"]) ?? DEFAULT_SUBSCRIPTION;
  return { scope: { account: subscription.toLowerCase(), region: "" }, config: kept };
}

/** The region that the instance gives to resources without one; undefined where it names none. */
export function defaultLocation(session: Session): string | undefined {
  const { location } = session.config;
  return typeof location === "string" ? normalLocation(location) : undefined;
}

export function tenantOf(session: Session): string {
  return text(session.config["tenantId"]) ?? DEFAULT_TENANT;
}
