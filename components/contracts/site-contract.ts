import { z } from "zod";
import { documentSchemes } from "./document-store";
import { apiAccesses } from "./kubernetes-cluster";
import { clouds } from "./capabilities";

/**
 * Version of the form below. A change that an older reader cannot ignore raises it; a new optional field does not. Sites are
 * updated one after the other, so a writer keeps a field for one version after its last reader.
 */
export const siteContractVersion = 1;

const range = z.string().regex(/^[\d.]+\/\d+$/, "an IPv4 range");
const host = z.string().min(1);
/** PEM: absent where the certificate is of an authority whose own is public. */
const certificateAuthority = z.string().startsWith("-----BEGIN CERTIFICATE-----").optional();
const address = z.object({ host, port: z.int().min(1).max(65_535) });

/**
 * What a site tells the others: all that they need of it while it is gone. It holds no secret, no time and nothing that changes by
 * itself, so that writing it again changes nothing. Unknown fields are a newer writer's and are left alone.
 */
const siteContractSchema = z.object({
  version: z.literal(siteContractVersion),
  site: z.string().min(1),
  system: z.string().min(1),
  stack: z.string().min(1),
  class: z.string().min(1),
  cloud: z.enum(clouds),
  region: z.string().min(1),
  zones: z.array(z.string().min(1)).min(1),
  network: z.object({
    /** All of the site: what others route to it. */
    block: range,
    network: range,
    pods: range,
    services: range,
    privateServices: range,
    /** Autonomous system number of its gateway. */
    asn: z.int(),
    /** The cloud's own name of its gateway; absent while the site has none. */
    gatewayId: z.string().min(1).optional(),
  }),
  kubernetes: z
    .object({
      clusterName: z.string().min(1),
      version: z.string().min(1),
      /** Issuer of the service accounts' tokens, which other clouds trust. */
      issuer: z.url(),
      apiAccess: z.enum(apiAccesses),
    })
    .optional(),
  /** Registry hosts that the site pulls from. */
  registries: z.array(host),
  data: z.object({
    postgres: z.array(address.extend({ database: z.string().min(1), replicas: z.array(host), certificateAuthority })),
    redis: address,
    memcached: address.optional(),
    events: z.object({ bootstrapServers: z.string().min(1), certificateAuthority }).optional(),
    queue: z.object({ endpoint: z.url(), certificateAuthority }).optional(),
    /** Without a scheme an older writer's: `mongodb`. */
    documents: address
      .extend({ scheme: z.enum(documentSchemes).optional(), database: z.string().min(1).optional() })
      .optional(),
    /** Physical names of buckets and tables, by what they are for. */
    buckets: z.record(z.string(), z.string()),
    tables: z.record(z.string(), z.string()),
  }),
  identity: z.object({ issuer: z.url() }).optional(),
  dns: z.object({ zone: z.string().min(1), nameServers: z.array(host) }).optional(),
  /** Addresses that say whether the site serves; empty until something is exposed. */
  health: z.array(z.url()),
});

export type SiteContract = z.output<typeof siteContractSchema>;

/** Key of a site's contract in every site's state bucket, and its path beside a local state. */
export function siteContractPath(site: string): string {
  return `site-contracts/${site}.json`;
}

/** The file of a contract. */
export function writeSiteContract(contract: SiteContract): string {
  return `${JSON.stringify(siteContractSchema.parse(contract), undefined, 2)}\n`;
}

/**
 * Reads the file of a contract.
 *
 * @param source where the text comes from, for messages
 * @throws Error when the text is no contract, is one of another version, or is one of another site
 */
export function readSiteContract(
  text: string,
  expected: { readonly site: string; readonly source: string },
): SiteContract {
  const { site, source } = expected;
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new Error(`${source} is not JSON (${String(error)}): write it again by an update of ${site}`, {
      cause: error,
    });
  }
  const version = z.object({ version: z.int() }).safeParse(raw);
  if (!version.success) {
    throw new Error(`${source} is no site contract, since it has no version: write it again by an update of ${site}`);
  }
  const found = version.data.version;
  if (found !== siteContractVersion) {
    const remedy =
      found > siteContractVersion
        ? "run the program that wrote it, or a newer one"
        : `update ${site} with this program, which writes the new form`;
    throw new Error(
      `${source} is a site contract of version ${String(found)}, and this program reads ${String(siteContractVersion)}: ${remedy}`,
    );
  }
  const result = siteContractSchema.safeParse(raw);
  if (!result.success) {
    const faults = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new Error([`${source} is not a whole site contract:`, ...faults.map((fault) => `  ${fault}`)].join("\n"));
  }
  if (result.data.site !== site) {
    throw new Error(
      `${source} is the contract of ${result.data.site}, not of ${site}: the file lies in the wrong place`,
    );
  }
  return result.data;
}
