interface Location {
  readonly display: string;
  /** Whether its zones can be named: "1", "2" and "3", numbered for each subscription by itself. */
  readonly zones: boolean;
  /** Region that Azure pairs it with, where there is one. */
  readonly pair?: string;
}

/** https://learn.microsoft.com/azure/reliability/regions-list */
const LOCATIONS: Readonly<Record<string, Location>> = {
  australiaeast: { display: "Australia East", zones: true, pair: "australiasoutheast" },
  australiasoutheast: { display: "Australia Southeast", zones: false, pair: "australiaeast" },
  brazilsouth: { display: "Brazil South", zones: true, pair: "southcentralus" },
  canadacentral: { display: "Canada Central", zones: true, pair: "canadaeast" },
  canadaeast: { display: "Canada East", zones: false, pair: "canadacentral" },
  centralindia: { display: "Central India", zones: true, pair: "southindia" },
  centralus: { display: "Central US", zones: true, pair: "eastus2" },
  eastasia: { display: "East Asia", zones: true, pair: "southeastasia" },
  eastus: { display: "East US", zones: true, pair: "westus" },
  eastus2: { display: "East US 2", zones: true, pair: "centralus" },
  francecentral: { display: "France Central", zones: true, pair: "francesouth" },
  germanywestcentral: { display: "Germany West Central", zones: true, pair: "germanynorth" },
  italynorth: { display: "Italy North", zones: true },
  japaneast: { display: "Japan East", zones: true, pair: "japanwest" },
  koreacentral: { display: "Korea Central", zones: true, pair: "koreasouth" },
  northcentralus: { display: "North Central US", zones: false, pair: "southcentralus" },
  northeurope: { display: "North Europe", zones: true, pair: "westeurope" },
  norwayeast: { display: "Norway East", zones: true, pair: "norwaywest" },
  polandcentral: { display: "Poland Central", zones: true },
  southafricanorth: { display: "South Africa North", zones: true, pair: "southafricawest" },
  southcentralus: { display: "South Central US", zones: true, pair: "northcentralus" },
  southindia: { display: "South India", zones: false, pair: "centralindia" },
  southeastasia: { display: "Southeast Asia", zones: true, pair: "eastasia" },
  spaincentral: { display: "Spain Central", zones: true },
  swedencentral: { display: "Sweden Central", zones: true, pair: "swedensouth" },
  switzerlandnorth: { display: "Switzerland North", zones: true, pair: "switzerlandwest" },
  uaenorth: { display: "UAE North", zones: true, pair: "uaecentral" },
  uksouth: { display: "UK South", zones: true, pair: "ukwest" },
  ukwest: { display: "UK West", zones: false, pair: "uksouth" },
  westcentralus: { display: "West Central US", zones: false, pair: "westus2" },
  westeurope: { display: "West Europe", zones: true, pair: "northeurope" },
  westus: { display: "West US", zones: false, pair: "eastus" },
  westus2: { display: "West US 2", zones: true, pair: "westcentralus" },
  westus3: { display: "West US 3", zones: true, pair: "eastus" },
};

/** Where resources that belong to no region are. */
export const GLOBAL = "global";

/** `eastus` of `East US`: how the service itself writes it. */
export function normalLocation(location: string): string {
  return location.toLowerCase().replaceAll(" ", "");
}

export function isLocation(location: string): boolean {
  return Object.hasOwn(LOCATIONS, normalLocation(location));
}

export function displayName(location: string): string {
  return LOCATIONS[normalLocation(location)]?.display ?? location;
}

/** Zones of a region that a resource can name; none where the region has no zones, or is not known. */
export function zonesOf(location: string): readonly string[] {
  return LOCATIONS[normalLocation(location)]?.zones === true ? ["1", "2", "3"] : [];
}

/** The region that copies of a geo-redundant store go to. */
export function pairOf(location: string): string | undefined {
  return LOCATIONS[normalLocation(location)]?.pair;
}
