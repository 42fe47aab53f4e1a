import type { Output, ProviderResource } from "@pulumi/pulumi";
import { SiteContractFile } from "../components/gcp/site-contract-file";
import type { Project } from "../components/gcp/project";
import { siteContract, type ContractOf } from "./site-contract";
import { gcpStatePlace } from "./state-place";

export interface DeliveryArgs extends Omit<ContractOf, "cloud"> {
  readonly project: Project;
  readonly prefix: string;
  readonly gcp: ProviderResource;
}

/** Writes what the site tells the others into its state bucket. The text is also a stack output, from which the file beside the state is made. */
export function deliverSiteContract({ project, prefix, gcp, ...args }: DeliveryArgs): Output<string> {
  const { site } = args;
  const content = siteContract({ ...args, cloud: "gcp" });
  new SiteContractFile(
    "site-contract",
    { site: site.name, bucketName: gcpStatePlace(prefix, project.projectId, site.region).bucket, content },
    { providers: { gcp } },
  );
  return content;
}
