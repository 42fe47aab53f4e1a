import type { OptionalAzureSubnet, PrivateZoneId } from "../components/planning/subnets-azure";
import type { PortfolioAzureConfig } from "../config/schema/portfolio-azure";

// What the parts of a site that not every stack has ask of its foundation.

/** Subnets besides those that every site has. */
export function optionalSubnets({ gateway, cluster }: PortfolioAzureConfig): readonly OptionalAzureSubnet[] {
  const needed: readonly (readonly [OptionalAzureSubnet, boolean])[] = [
    ["gateway", gateway === "create"],
    ["bastion", cluster.access === "bastion"],
  ];
  return needed.flatMap(([subnet, isNeeded]) => (isNeeded ? [subnet] : []));
}

/** What the site keeps private names of. */
export function privateZones({ images }: PortfolioAzureConfig): readonly PrivateZoneId[] {
  return ["vault", ...(images.mode === "create" ? (["registry"] as const) : [])];
}
