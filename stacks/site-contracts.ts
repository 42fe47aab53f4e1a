import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSiteContract, siteContractPath, type SiteContract } from "../components/contracts/site-contract";
import type { SiteName } from "../components/planning/site-plan";
import { catalogue, type CatalogueEntry } from "./catalogue";

/**
 * The contract of a site as it was last written beside a state.
 *
 * @param folder folder of the contracts' own folder: the project, or that of an offline cloud
 * @throws Error when there is none, naming the command that writes it, and when it cannot be used
 */
export function readSiteContractFile(folder: string, site: SiteName): SiteContract {
  const file = join(folder, siteContractPath(site));
  return readSiteContract(textOf(file, site), { site, source: file });
}

function textOf(file: string, site: SiteName): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const entries: readonly CatalogueEntry[] = Object.values(catalogue);
    const stack = entries.find((entry) => entry.site === site)?.stack ?? site;
    throw new Error(
      `there is no contract of site ${site} at ${file}: deploy it, with npx platform up ${stack} (offline with --offline), which writes it`,
      { cause: error },
    );
  }
}
