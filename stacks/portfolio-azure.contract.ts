import type { Output, ProviderResource } from "@pulumi/pulumi";
import type { Subscription } from "../components/azure/place";
import { SiteContractFile } from "../components/azure/site-contract-file";
import { siteContract, type ContractOf } from "./site-contract";
import { azureContractPlace } from "./state-place";

export interface DeliveryArgs extends Omit<ContractOf, "cloud"> {
  readonly subscription: Subscription;
  readonly prefix: string;
  readonly azure: ProviderResource;
}

/** Writes what the site tells the others beside its state. The text is also a stack output, from which the file beside the state is made. */
export function deliverSiteContract({ subscription, prefix, azure, ...args }: DeliveryArgs): Output<string> {
  const { site } = args;
  const content = siteContract({ ...args, cloud: "azure" });
  const place = subscription.id.apply((id) => azureContractPlace(prefix, id));
  new SiteContractFile(
    "site-contract",
    {
      site: site.name,
      groupName: place.resourceGroup,
      accountName: place.storageAccount,
      containerName: place.container,
      content,
    },
    { providers: { "azure-native": azure } },
  );
  return content;
}
