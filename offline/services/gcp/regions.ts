/**
 * Regions and the letters of their zones: https://docs.cloud.google.com/compute/docs/regions-zones
 * Every region has three zones; only us-central1 has four, and the oldest ones do not begin with `a`.
 */
const REGIONS: Readonly<Record<string, string>> = {
  "africa-south1": "abc",
  "asia-east1": "abc",
  "asia-east2": "abc",
  "asia-northeast1": "abc",
  "asia-northeast2": "abc",
  "asia-northeast3": "abc",
  "asia-south1": "abc",
  "asia-south2": "abc",
  "asia-southeast1": "abc",
  "asia-southeast2": "abc",
  "australia-southeast1": "abc",
  "australia-southeast2": "abc",
  "europe-central2": "abc",
  "europe-north1": "abc",
  "europe-north2": "abc",
  "europe-southwest1": "abc",
  "europe-west1": "bcd",
  "europe-west10": "abc",
  "europe-west12": "abc",
  "europe-west2": "abc",
  "europe-west3": "abc",
  "europe-west4": "abc",
  "europe-west6": "abc",
  "europe-west8": "abc",
  "europe-west9": "abc",
  "me-central1": "abc",
  "me-central2": "abc",
  "me-west1": "abc",
  "northamerica-northeast1": "abc",
  "northamerica-northeast2": "abc",
  "northamerica-south1": "abc",
  "southamerica-east1": "abc",
  "southamerica-west1": "abc",
  "us-central1": "abcf",
  "us-east1": "bcd",
  "us-east4": "abc",
  "us-east5": "abc",
  "us-south1": "abc",
  "us-west1": "abc",
  "us-west2": "abc",
  "us-west3": "abc",
  "us-west4": "abc",
};

export function isRegion(name: string): boolean {
  return Object.hasOwn(REGIONS, name);
}

/** The region's zones in the order of their names; none for a region that does not exist. */
export function zonesOf(region: string): readonly string[] {
  return Array.from(REGIONS[region] ?? "", (letter) => `${region}-${letter}`);
}

export function isZone(name: string): boolean {
  return zonesOf(regionOfZone(name)).includes(name);
}

/** `us-central1` of `us-central1-a`; whether there is such a region is another question. */
export function regionOfZone(zone: string): string {
  return zone.replace(/-[a-z]$/, "");
}

/** The region of a location that is a region or a zone; "" for a multi-region, a dual-region or `global`. */
export function regionOf(location: string): string {
  const name = location.toLowerCase();
  if (isRegion(name)) return name;
  return /-[a-z]$/.test(name) ? regionOfZone(name) : "";
}

/** The regions in the order of their names. */
export function regions(): readonly string[] {
  return Object.keys(REGIONS);
}
