import { ComponentResource, output, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { KeyPurpose, KeyRing } from "../contracts/key-ring";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { Key, logsStatement } from "./key";

export interface SiteKeysArgs {
  readonly account: Account;
  /** Part of every alias: `alias/<prefix>/<purpose>`. */
  readonly prefix: string;
  /** Names of the log groups that the logs key encrypts, and no others. */
  readonly logGroups: readonly string[];
  /** ARNs of keys that exist already, by purpose: their policies are their owner's. Default: none. */
  readonly adopted?: Readonly<Partial<Record<KeyPurpose, string>>>;
  readonly protection: Protection;
}

/** The keys of a site, one per purpose, so that the right to read logs is not the right to read the database. */
export class SiteKeys extends ComponentResource implements KeyRing {
  readonly keyIds: Readonly<Record<KeyPurpose, Output<string>>>;

  constructor(name: string, args: SiteKeysArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:SiteKeys", name, {}, opts);
    const { account, prefix, protection } = args;
    const key = (purpose: KeyPurpose, description: string, logGroups: readonly string[] = []): Output<string> => {
      const adopted = args.adopted?.[purpose];
      if (adopted !== undefined) return output(adopted);
      return new Key(
        `${name}-${purpose}`,
        {
          account,
          prefix,
          purpose,
          description,
          statements: logGroups.length > 0 ? [logsStatement(account, logGroups)] : [],
          protection,
        },
        { parent: this },
      ).arn;
    };
    this.keyIds = {
      data: key("data", "Databases, caches and their backups"),
      secrets: key("secrets", "Kubernetes Secrets"),
      logs: key("logs", "Log groups", args.logGroups),
      images: key("images", "Container images"),
    };
    this.registerOutputs({ keyIds: this.keyIds });
  }
}
