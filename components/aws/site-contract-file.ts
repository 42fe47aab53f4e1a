import { BucketObjectv2, type BucketObjectv2Args } from "@pulumi/aws/s3/bucketObjectv2";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { siteContractPath } from "../contracts/site-contract";

export interface SiteContractFileArgs {
  /** The site that the contract is of. */
  readonly site: string;
  /** The site's own state bucket. */
  readonly bucketName: Input<string>;
  /** Region of that bucket. */
  readonly region: string;
  /** The text of the contract: what `writeSiteContract` gives. */
  readonly content: Input<string>;
  readonly transform?: (file: BucketObjectv2Args) => BucketObjectv2Args;
}

/** The contract of a site in the bucket that holds the site's state, where the other sites get it. */
export class SiteContractFile extends ComponentResource {
  /** Key of the object. */
  readonly path: Output<string>;

  constructor(name: string, args: SiteContractFileArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:SiteContractFile", name, {}, opts);
    const fileArgs: BucketObjectv2Args = {
      bucket: args.bucketName,
      region: args.region,
      key: siteContractPath(args.site),
      content: args.content,
      contentType: "application/json",
      // No key is named: the bucket's own is taken. `aws:kms` without a key would be the account's default one instead.
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    };
    const file = new BucketObjectv2(`${name}-object`, args.transform?.(fileArgs) ?? fileArgs, { parent: this });
    this.path = file.key;
    this.registerOutputs({ path: this.path });
  }
}
