import { gcpName } from "../components/planning/names-gcp";
import { sharedNameTagLength, storageAccountName, vaultName } from "../components/planning/names-azure";
import { stateBucketName, stateKeyAlias, statePurpose } from "../components/planning/names";

export interface AwsStatePlace {
  readonly cloud: "aws";
  readonly region: string;
  readonly bucket: string;
  readonly keyAlias: string;
}

export interface GcpStatePlace {
  readonly cloud: "gcp";
  readonly project: string;
  /** Location of the bucket and of the key ring: a region. */
  readonly location: string;
  readonly bucket: string;
  readonly keyRing: string;
  readonly key: string;
}

export interface AzureStatePlace {
  readonly cloud: "azure";
  readonly resourceGroup: string;
  readonly storageAccount: string;
  readonly container: string;
  readonly vault: string;
  readonly key: string;
}

/** Where the contract of a site on Azure is: in an account of its own beside that of the state. */
export interface AzureContractPlace {
  readonly resourceGroup: string;
  readonly storageAccount: string;
  readonly container: string;
}

/** Bucket and key by their names in one cloud: all that the engine has to be told. */
export type StatePlace = AwsStatePlace | GcpStatePlace | AzureStatePlace;

/** @param account twelve digits */
export function awsStatePlace(prefix: string, account: string, region: string): AwsStatePlace {
  return { cloud: "aws", region, bucket: stateBucketName(prefix, account, region), keyAlias: stateKeyAlias(prefix) };
}

/** @param project its id, which all bucket names of it carry: they are shared by all projects */
export function gcpStatePlace(prefix: string, project: string, region: string): GcpStatePlace {
  return {
    cloud: "gcp",
    project,
    location: region,
    bucket: gcpName("resource", prefix, statePurpose, project),
    keyRing: gcpName("resource", prefix, statePurpose),
    key: statePurpose,
  };
}

/** @param subscription its GUID: names of accounts and vaults end with a digest of it */
export function azureStatePlace(prefix: string, subscription: string): AzureStatePlace {
  return {
    cloud: "azure",
    resourceGroup: `${prefix}-${statePurpose}`,
    storageAccount: storageAccountName(prefix, statePurpose, subscription),
    container: statePurpose,
    vault: vaultName(prefix, statePurpose, subscription),
    key: statePurpose,
  };
}

/** Second part of the name of the account for contracts. */
export const contractsPart = "sites";

/** @param subscription its GUID, of which the account's name ends with a digest */
export function azureContractPlace(prefix: string, subscription: string): AzureContractPlace {
  const { resourceGroup } = azureStatePlace(prefix, subscription);
  return {
    resourceGroup,
    storageAccount: storageAccountName(prefix, contractsPart, subscription),
    container: contractsPart,
  };
}

/** Days that a state which a newer one replaced can be brought back. */
export const keepStatesDays = 90;

/**
 * What `pulumi login` takes. https://www.pulumi.com/docs/iac/guides/basics/using-a-diy-backend/
 *
 * The region of a bucket on AWS stands in it, since the engine else takes that of whoever deploys; `awssdk=v2` is for a CLI that
 * still knows both. The account stands in that of Azure, so that whoever is logged in there needs no variable besides.
 */
export function backendUrl(place: StatePlace): string {
  switch (place.cloud) {
    case "aws":
      return `s3://${place.bucket}?region=${place.region}&awssdk=v2`;
    case "gcp":
      return `gs://${place.bucket}`;
    case "azure":
      return `azblob://${place.container}?storage_account=${place.storageAccount}`;
  }
}

/** What `pulumi stack init --secrets-provider` takes. https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_init/ */
export function secretsProvider(place: StatePlace): string {
  switch (place.cloud) {
    case "aws":
      return `awskms:///${place.keyAlias}?region=${place.region}`;
    case "gcp":
      return `gcpkms://projects/${place.project}/locations/${place.location}/keyRings/${place.keyRing}/cryptoKeys/${place.key}`;
    case "azure":
      return `azurekeyvault://${place.vault}.vault.azure.net/keys/${place.key}`;
  }
}

/** Stand-ins for a project and a subscription, which names have to be made of. */
const someProject = "some-project";
const someSubscription = "00000000-0000-0000-0000-000000000000";

/** The place as documents show it, for any account: what is the account's own stands in angle brackets. */
export function shownPlace(cloud: StatePlace["cloud"], prefix: string, region: string): StatePlace {
  switch (cloud) {
    case "aws":
      return awsStatePlace(prefix, "<account>", region);
    case "gcp": {
      const place = gcpStatePlace(prefix, someProject, region);
      return { ...place, project: "<project>", bucket: place.bucket.replace(someProject, "<project>") };
    }
    case "azure": {
      const place = azureStatePlace(prefix, someSubscription);
      const shown = (name: string) => `${name.slice(0, -sharedNameTagLength)}<digest>`;
      return { ...place, storageAccount: shown(place.storageAccount), vault: shown(place.vault) };
    }
  }
}
