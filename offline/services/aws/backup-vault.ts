import type { VaultArgs, VaultLockConfigurationArgs, VaultPolicyArgs } from "@pulumi/aws/backup";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Reference, type ResourceType } from "../../cloud/resource-type";
import { arn, uuid } from "./arn";
import { policyProblem, policyText } from "./policy-document";
import { requireKey } from "./references";

// Error codes: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html, API_DeleteBackupVault.html,
// API_PutBackupVaultLockConfiguration.html and API_DeleteBackupVaultLockConfiguration.html

export const BACKUP_VAULT = "aws:backup/vault:Vault";
export const BACKUP_VAULT_LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";

/** A recovery point in a vault: no resource type of the SDK, it comes from a backup job. Input `backupVaultName`. */
export const RECOVERY_POINT = "aws:backup/recoveryPoint:RecoveryPoint";

/**
 * Says that the days in which a lock may still be changed are over: no resource type of the SDK, it comes with time. Input
 * `backupVaultName`.
 */
export const EXPIRED_GRACE = "aws:backup/expiredGrace:ExpiredGrace";

const vault = resourceType<VaultArgs>({
  token: BACKUP_VAULT,
  service: "Backup",
  actions: { create: "CreateBackupVault", update: "TagResource", delete: "DeleteBackupVault" },
  name: {
    property: "name",
    pattern: /^[A-Za-z0-9_-]{2,}$/,
    rule: "2 to 50 letters, digits, - and _",
    source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html",
    maxLength: 50,
    unique: {
      within: "region",
      code: "AlreadyExistsException",
      message: "Backup vault with the same name already exists: {value}",
    },
  },
  create: (context) => {
    const { inputs, scope } = context;
    requireKey(context, inputs.kmsKeyArn, {
      code: "InvalidParameterValueException",
      message: "The KMS key {value} does not exist or cannot be used",
    });
    const name = inputs.name ?? "";
    return {
      id: name,
      outputs: {
        arn: vaultArn(context, name),
        kmsKeyArn: inputs.kmsKeyArn ?? arn(scope, "kms", `key/${uuid(context)}`),
        recoveryPoints: 0,
        forceDestroy: inputs.forceDestroy ?? false,
      },
    };
  },
  // Words: https://github.com/gruntwork-io/cloud-nuke/issues/730
  delete: ({ resource, cloud, effects }) => {
    const points = cloud.list(RECOVERY_POINT).filter(({ inputs }) => inputs["backupVaultName"] === resource.id);
    const locks = cloud.list(BACKUP_VAULT_LOCK).filter(({ inputs }) => inputs["backupVaultName"] === resource.id);
    const first = points[0];
    if (first !== undefined && (resource.inputs["forceDestroy"] !== true || locks.length > 0)) {
      const message = `Backup vault cannot be deleted because it contains recovery points. (${first.id})`;
      refuse("InvalidRequestException", message);
    }
    for (const each of [...points, ...locks]) effects.remove(each);
  },
});

function vaultArn({ scope }: Pick<CallContext<unknown>, "scope">, name: string): string {
  return arn(scope, "backup", `backup-vault:${name}`);
}

const vaultReference: Reference = {
  path: "backupVaultName",
  to: BACKUP_VAULT,
  holds: false,
  missing: { code: "ResourceNotFoundException", message: "Backup vault {value} does not exist" },
};

/** Days that a recovery point may be kept: https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html */
export const LONGEST_RETENTION = 36500;

const vaultLock = resourceType<VaultLockConfigurationArgs>({
  token: BACKUP_VAULT_LOCK,
  service: "Backup",
  actions: { create: "PutBackupVaultLockConfiguration", delete: "DeleteBackupVaultLockConfiguration" },
  references: [vaultReference],
  check: ({ inputs, refuse: report }) => {
    const { changeableForDays: grace, minRetentionDays: least, maxRetentionDays: most } = inputs;
    if (grace !== undefined && grace < 3) {
      report("changeableForDays", `expected changeableForDays to be at least (3), got ${String(grace)}`);
    }
    if (least !== undefined && least < 1) {
      report("minRetentionDays", `InvalidParameterValueException: must be 1 day or more, got ${String(least)}`);
    }
    if (most !== undefined && (most < 1 || most > LONGEST_RETENTION)) {
      const range = `1 to ${String(LONGEST_RETENTION)}`;
      report("maxRetentionDays", `InvalidParameterValueException: must be ${range} days, got ${String(most)}`);
    }
    if (least !== undefined && most !== undefined && least > most) {
      const reason = `InvalidParameterValueException: ${String(least)} days are more than the longest retention, ${String(most)}`;
      report("minRetentionDays", reason);
    }
  },
  create: (context) => {
    const { inputs, cloud } = context;
    const name = inputs.backupVaultName;
    if (cloud.find(BACKUP_VAULT_LOCK, name) !== undefined) refuseAfterGrace(context, name);
    return { id: name, outputs: { backupVaultArn: vaultArn(context, name) } };
  },
  delete: (context) => {
    refuseAfterGrace(context, context.resource.id);
  },
});

/** In compliance mode nobody, AWS included, changes a lock after its grace time. */
function refuseAfterGrace({ cloud }: Pick<CallContext<unknown>, "cloud">, name: string): void {
  const isOver = cloud.list(EXPIRED_GRACE).some(({ inputs }) => inputs["backupVaultName"] === name);
  if (isOver) {
    refuse("InvalidRequestException", `The lock of backup vault ${name} is immutable: its lock date has passed`);
  }
}

const vaultPolicy = resourceType<VaultPolicyArgs>({
  token: "aws:backup/vaultPolicy:VaultPolicy",
  service: "Backup",
  actions: {
    create: "PutBackupVaultAccessPolicy",
    update: "PutBackupVaultAccessPolicy",
    delete: "DeleteBackupVaultAccessPolicy",
  },
  references: [vaultReference],
  check: ({ inputs, refuse: report }) => {
    const problem = inputs.policy === undefined ? undefined : policyProblem(inputs.policy, "resource");
    if (problem !== undefined) report("policy", `InvalidParameterValueException: ${problem}`);
  },
  create: (context) => ({
    id: context.inputs.backupVaultName,
    outputs: {
      backupVaultArn: vaultArn(context, context.inputs.backupVaultName),
      policy: policyText(context.inputs.policy),
    },
  }),
});

export const backupVaultTypes: readonly ResourceType[] = [vault, vaultLock, vaultPolicy];
