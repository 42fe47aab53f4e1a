import { BucketObject, type BucketObjectArgs } from "@pulumi/gcp/storage/bucketObject";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { siteContractPath } from "../contracts/site-contract";

export interface SiteContractFileArgs {
  /** The site that the contract is of. */
  readonly site: string;
  /** The site's own state bucket. */
  readonly bucketName: Input<string>;
  /** The text of the contract: what `writeSiteContract` gives. */
  readonly content: Input<string>;
  readonly transform?: (file: BucketObjectArgs) => BucketObjectArgs;
}

/** The contract of a site in the bucket that holds the site's state, where the other sites get it. */
export class SiteContractFile extends ComponentResource {
  /** Name of the object. */
  readonly path: Output<string>;

  constructor(name: string, args: SiteContractFileArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:SiteContractFile", name, {}, opts);
    const fileArgs: BucketObjectArgs = {
      bucket: args.bucketName,
      name: siteContractPath(args.site),
      content: args.content,
      contentType: "application/json",
      // No key is named: the bucket's own is taken. https://docs.cloud.google.com/storage/docs/encryption/customer-managed-keys
    };
    const file = new BucketObject(`${name}-object`, args.transform?.(fileArgs) ?? fileArgs, { parent: this });
    this.path = file.name;
    this.registerOutputs({ path: this.path });
  }
}
