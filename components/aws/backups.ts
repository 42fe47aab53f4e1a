import { Plan, type PlanArgs } from "@pulumi/aws/backup/plan";
import { Selection } from "@pulumi/aws/backup/selection";
import { Vault } from "@pulumi/aws/backup/vault";
import { VaultLockConfiguration } from "@pulumi/aws/backup/vaultLockConfiguration";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import {
  ComponentResource,
  interpolate,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type ProviderResource,
} from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import type { Account } from "./account";
import { ownServiceTrust } from "./policy-document";

/**
 * `governance`: who may manage backups may still unlock the vault. `compliance`: after three days nobody can, not even AWS, and
 * the vault stays until its last recovery point is too old.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
 */
export type VaultLock = "governance" | "compliance";

/** Days in which a lock of compliance can still be taken back: the fewest that AWS Backup accepts. */
const coolingOffDays = 3;

export interface BackupsArgs {
  readonly account: Account;
  /** First part of the vaults' names. */
  readonly prefix: string;
  /** Value of the tag `stack`: what carries it is backed up. */
  readonly stack: string;
  /** Names of buckets that can be brought back to any second of the last 35 days. */
  readonly buckets: Readonly<Record<string, Input<string>>>;
  /** Days that a daily recovery point is kept, here and in the other region. */
  readonly retentionDays: number;
  readonly lock: VaultLock;
  readonly keyArn: Input<string>;
  /** The other region: a provider there, and a key there. */
  readonly copy: { readonly provider: ProviderResource; readonly keyArn: Input<string> };
  readonly protection: Protection;
  readonly transform?: (plan: PlanArgs, id: string) => PlanArgs;
}

/**
 * Away from the backups and the maintenance of the databases themselves, during which RDS takes no other snapshot.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html
 */
const schedule = "cron(0 8 * * ? *)";

/** Continuous backups go back 35 days at most: https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html */
const continuousDays = 35;

/**
 * Daily recovery points of databases and tables, in a locked vault and in another region, and continuous ones of buckets.
 * Databases and tables have their own point-in-time recovery besides: two tools that both owned it would undo each other.
 *
 * Cost: storage per GB and month in each region, the copy's transfer between them.
 */
export class Backups extends ComponentResource {
  readonly vaultArn: Output<string>;
  readonly copyVaultArn: Output<string>;

  constructor(name: string, args: BackupsArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:Backups", name, {}, opts);
    const { account, prefix } = args;
    const here = lockedVault(`${name}-vault`, args, args.keyArn, { parent: this });
    const there = lockedVault(`${name}-copy`, args, args.copy.keyArn, { parent: this, provider: args.copy.provider });
    const role = backupRole(name, account, this);
    const lifecycle = { deleteAfter: args.retentionDays };
    const plan = (
      id: string,
      rule: Omit<PlanArgs["rules"] extends Input<Input<infer R>[]> ? R : never, "targetVaultName">,
    ) => {
      const planArgs: PlanArgs = { name: `${prefix}-${id}`, rules: [{ ...rule, targetVaultName: here.vault.name }] };
      return new Plan(`${name}-${id}`, args.transform?.(planArgs, id) ?? planArgs, {
        parent: this,
        // No recovery point before the lock that holds it.
        dependsOn: [here.lock, there.lock],
      });
    };
    const daily = plan("daily", {
      ruleName: "daily",
      schedule,
      startWindow: 60,
      completionWindow: 480,
      lifecycle,
      copyActions: [{ destinationVaultArn: there.vault.arn, lifecycle }],
    });
    // Types that are named are backed up whether the account has opted in or not; only clusters of DocumentDB need the opt-in,
    // which the first vault of an account in a region brings. https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    new Selection(
      `${name}-databases`,
      {
        name: "databases",
        planId: daily.id,
        iamRoleArn: role.arn,
        resources: ["rds:*:*:db:*", "rds:*:*:cluster:*", "dynamodb:*:*:table/*"].map(
          (pattern) => interpolate`arn:${account.partition}:${pattern}`,
        ),
        conditions: [{ stringEquals: [{ key: "aws:ResourceTag/stack", value: args.stack }] }],
      },
      { parent: this, dependsOn: role.rights },
    );
    const buckets = Object.values(args.buckets).map((bucket) => interpolate`arn:${account.partition}:s3:::${bucket}`);
    if (buckets.length > 0) {
      const continuous = plan("continuous", {
        ruleName: "continuous",
        schedule,
        startWindow: 60,
        completionWindow: 480,
        enableContinuousBackup: true,
        lifecycle: { deleteAfter: continuousDays },
        // In the other region they are points of a day: only a bucket's own region can go back to any second.
        copyActions: [{ destinationVaultArn: there.vault.arn, lifecycle: { deleteAfter: continuousDays } }],
      });
      new Selection(
        `${name}-buckets`,
        { name: "buckets", planId: continuous.id, iamRoleArn: role.arn, resources: buckets },
        { parent: this, dependsOn: role.rights },
      );
    }
    this.vaultArn = here.vault.arn;
    this.copyVaultArn = there.vault.arn;
    this.registerOutputs({ vaultArn: this.vaultArn, copyVaultArn: this.copyVaultArn });
  }
}

function lockedVault(
  name: string,
  { prefix, lock, retentionDays, protection }: BackupsArgs,
  keyArn: Input<string>,
  opts: ComponentResourceOptions & { provider?: ProviderResource },
) {
  const vault = new Vault(
    name,
    { name: prefix, kmsKeyArn: keyArn, forceDestroy: protection.deleteContents },
    { ...opts, protect: protection.protect },
  );
  const held = new VaultLockConfiguration(
    `${name}-lock`,
    {
      backupVaultName: vault.name,
      minRetentionDays: Math.min(retentionDays, continuousDays),
      maxRetentionDays: Math.max(retentionDays, continuousDays),
      ...(lock === "compliance" ? { changeableForDays: coolingOffDays } : {}),
    },
    opts,
  );
  return { vault, lock: held };
}

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html */
function backupRole(name: string, account: Account, parent: ComponentResource) {
  const role = new Role(
    `${name}-role`,
    {
      description: "AWS Backup: makes and restores recovery points",
      assumeRolePolicy: ownServiceTrust(account, { sid: "AssumeByBackup", service: "backup.amazonaws.com" }),
    },
    { parent },
  );
  const rights = [
    { id: "backup", policy: "service-role/AWSBackupServiceRolePolicyForBackup" },
    { id: "restore", policy: "service-role/AWSBackupServiceRolePolicyForRestores" },
    { id: "s3-backup", policy: "AWSBackupServiceRolePolicyForS3Backup" },
    { id: "s3-restore", policy: "AWSBackupServiceRolePolicyForS3Restore" },
  ].map(
    ({ id, policy }) =>
      new RolePolicyAttachment(
        `${name}-${id}`,
        { role: role.name, policyArn: interpolate`arn:${account.partition}:iam::aws:policy/${policy}` },
        { parent },
      ),
  );
  return { arn: role.arn, rights };
}
