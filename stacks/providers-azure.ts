import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import { Provider as RandomProvider } from "@pulumi/random/provider";

/** What the providers of a stack on Azure are made from. */
export interface AzureTarget {
  /** Default: that of whoever deploys. */
  readonly subscription?: string | undefined;
  readonly region: string;
}

export type AzureProviders = ReturnType<typeof azureProviders>;

/** The providers of a stack on Azure. A component gets those that it needs, by package. */
export function azureProviders({ subscription, region }: AzureTarget) {
  return {
    "azure-native": new AzureProvider("azure-native", {
      location: region,
      ...(subscription === undefined ? {} : { subscriptionId: subscription }),
      disablePulumiPartnerId: true,
    }),
    random: new RandomProvider("random"),
  };
}
