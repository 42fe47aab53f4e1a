import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { Key, logsStatement } from "./key";

export interface SiteKeysArgs {
  readonly account: Account;
  /** Part of every alias: `alias/<prefix>/<purpose>`. */
  readonly prefix: string;
  /** Names of the log groups that the logs key encrypts, and no others. */
  readonly logGroups: readonly string[];
  readonly protection: Protection;
}

/** The keys of a site, one per purpose, so that the right to read logs is not the right to read the database. */
export class SiteKeys extends ComponentResource {
  /** Databases, caches and their backups. */
  readonly data: Output<string>;
  /** Kubernetes Secrets in etcd. */
  readonly secrets: Output<string>;
  /** Log groups. */
  readonly logs: Output<string>;
  /** Container images. */
  readonly images: Output<string>;

  constructor(name: string, args: SiteKeysArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:SiteKeys", name, {}, opts);
    const { account, prefix, protection } = args;
    const key = (purpose: string, description: string, logGroups: readonly string[] = []) =>
      new Key(
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
    this.data = key("data", "Databases, caches and their backups");
    this.secrets = key("secrets", "Kubernetes Secrets");
    this.logs = key("logs", "Log groups", args.logGroups);
    this.images = key("images", "Container images");
    this.registerOutputs({ data: this.data, secrets: this.secrets, logs: this.logs, images: this.images });
  }
}
