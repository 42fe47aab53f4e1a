import type { Output, ProviderResource } from "@pulumi/pulumi";
import type { Account } from "../components/aws/account";
import { SiteContractFile } from "../components/aws/site-contract-file";
import { stateBucketName } from "../components/planning/names";
import { siteContract, type ContractOf } from "./site-contract";

export interface DeliveryArgs extends Omit<ContractOf, "cloud"> {
  readonly account: Account;
  readonly prefix: string;
  readonly aws: ProviderResource;
}

/** Writes what the site tells the others into its state bucket. The text is also a stack output, from which the file beside the state is made. */
export function deliverSiteContract({ account, prefix, aws, ...args }: DeliveryArgs): Output<string> {
  const { site } = args;
  const content = siteContract({ ...args, cloud: "aws" });
  new SiteContractFile(
    "site-contract",
    {
      site: site.name,
      bucketName: account.id.apply((id) => stateBucketName(prefix, id, site.region)),
      region: site.region,
      content,
    },
    { providers: { aws } },
  );
  return content;
}
