import { Alias } from "@pulumi/aws/kms/alias";
import { ReplicaKey } from "@pulumi/aws/kms/replicaKey";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { accountAdministration } from "./key";
import { policyDocument } from "./policy-document";

export interface KeyCopyArgs {
  readonly account: Account;
  /** Part of the alias: `alias/<prefix>/<purpose>`, as of the key itself. */
  readonly prefix: string;
  readonly purpose: string;
  /** What the key encrypts. */
  readonly description: string;
  /** The multi-region key in the other region. */
  readonly primaryKeyArn: Input<string>;
  readonly protection: Protection;
}

/** A copy of a multi-region key, in the region of its provider. It rotates with the key itself. */
export class KeyCopy extends ComponentResource {
  readonly arn: Output<string>;

  constructor(name: string, args: KeyCopyArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:KeyCopy", name, {}, opts);
    const key = new ReplicaKey(
      `${name}-key`,
      {
        primaryKeyArn: args.primaryKeyArn,
        description: args.description,
        deletionWindowInDays: args.protection.keyDeletionDays,
        policy: policyDocument([accountAdministration(args.account)]),
      },
      { parent: this, protect: args.protection.protect },
    );
    new Alias(
      `${name}-alias`,
      { name: `alias/${args.prefix}/${args.purpose}`, targetKeyId: key.keyId },
      { parent: this },
    );
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
