import { Blob, type BlobArgs } from "@pulumi/azure-native/storage/blob";
import {
  asset,
  ComponentResource,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import { siteContractPath } from "../contracts/site-contract";

export interface SiteContractFileArgs {
  /** The site that the contract is of. */
  readonly site: string;
  /** Resource group of the account. */
  readonly groupName: Input<string>;
  /**
   * The account for contracts beside that of the site's state, `azureContractPlace` of `stacks/state-place.ts`. It must accept shared
   * keys, which the SDK writes blobs by, and which the account of the state refuses.
   * https://github.com/pulumi/pulumi-azure-native/issues/2015
   */
  readonly accountName: Input<string>;
  readonly containerName: Input<string>;
  /** The text of the contract: what `writeSiteContract` gives. */
  readonly content: Input<string>;
  readonly transform?: (file: BlobArgs) => BlobArgs;
}

/**
 * The contract of a site in a container that is kept with the site's state, where the other sites get it.
 *
 * A contract with other text is a new blob, since the SDK writes none anew in place: for a moment there is no file, and the
 * container keeps the older version.
 */
export class SiteContractFile extends ComponentResource {
  /** Name of the blob. */
  readonly path: Output<string>;

  constructor(name: string, args: SiteContractFileArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:SiteContractFile", name, {}, opts);
    const fileArgs: BlobArgs = {
      resourceGroupName: args.groupName,
      accountName: args.accountName,
      containerName: args.containerName,
      blobName: siteContractPath(args.site),
      type: "Block",
      contentType: "application/json",
      source: output(args.content).apply((text) => new asset.StringAsset(text)),
    };
    const file = new Blob(`${name}-object`, args.transform?.(fileArgs) ?? fileArgs, { parent: this });
    this.path = file.name;
    this.registerOutputs({ path: this.path });
  }
}
